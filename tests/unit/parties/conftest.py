"""A fresh settlement for every test of the parties' rules."""

from __future__ import annotations

import pytest

from tests.history import History
from tests.settlement import Settlement


@pytest.fixture
def town() -> Settlement:
    """An opened ledger with the platform's operator."""
    return Settlement(History())

"""A bazaar of each test's own."""

from __future__ import annotations

import pytest

from tests.unit.incidents.bench import Bench


@pytest.fixture
def bench() -> Bench:
    """Goods in many hands, and their regulators."""
    return Bench()

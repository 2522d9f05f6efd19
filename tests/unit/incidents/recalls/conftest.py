"""A bazaar of each test's own, where goods are called back."""

from __future__ import annotations

import pytest

from tests.unit.incidents.recalls.bench import Recalls


@pytest.fixture
def bench() -> Recalls:
    """Goods in many hands, and who calls them back."""
    return Recalls()

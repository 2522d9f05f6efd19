"""A ledger for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from service.storage import EmbeddedPostgres
from tests.integration.ways_on.house import House, begin


@pytest.fixture
def house(postgres: EmbeddedPostgres, database: str, tmp_path: Path) -> Iterator[House]:
    """A ledger that nobody serves, with a first few entries, none of them published."""
    yield begin(postgres, database, tmp_path / "house")

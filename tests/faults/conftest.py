"""A ledger with a released unit, told once and copied for each fault."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from service.storage import EmbeddedPostgres
from tests.conftest import complete, fresh_copy
from tests.faults.ground import Ground
from tests.retold import retold


@pytest.fixture(scope="session")
def ground() -> Ground:
    """What the ledger says."""
    return Ground.told()


@pytest.fixture(scope="session")
def told(postgres: EmbeddedPostgres, template: str, ground: Ground) -> Iterator[str]:
    """The name of the database that is copied."""
    for url in fresh_copy(postgres, template):
        complete(lambda url=url: tell(url, ground))
        yield url.rpartition("/")[2].partition("?")[0]


async def tell(url: str, ground: Ground) -> None:
    """The ledger's beginning, in an empty database."""
    async with retold(url, ground.quay.history):
        pass


@pytest.fixture
def url(postgres: EmbeddedPostgres, told: str) -> Iterator[str]:
    """The ledger that meets a fault."""
    yield from fresh_copy(postgres, told)

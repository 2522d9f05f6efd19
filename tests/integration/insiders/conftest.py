"""A ledger told once, and a copy of its database for each attack."""

from __future__ import annotations

from collections.abc import Iterator

import asyncpg
import pytest

from service.storage import EmbeddedPostgres
from tests.conftest import complete, fresh_copy
from tests.integration.insiders.scene import Ground
from tests.retold import retold


@pytest.fixture(scope="module")
def ground() -> Ground:
    """What the ledger says."""
    return Ground.told()


@pytest.fixture(scope="module")
def told(postgres: EmbeddedPostgres, template: str, ground: Ground) -> Iterator[str]:
    """The name of the database that is copied."""
    for url in fresh_copy(postgres, template):
        yield complete(lambda url=url: _tell(url, ground))


async def _tell(url: str, ground: Ground) -> str:
    async with retold(url, ground.history):
        connection = await asyncpg.connect(url)
        try:
            return str(await connection.fetchval("SELECT current_database()"))
        finally:
            await connection.close()


@pytest.fixture
def url(postgres: EmbeddedPostgres, told: str) -> Iterator[str]:
    """The ledger that is attacked."""
    yield from fresh_copy(postgres, told)


@pytest.fixture
def dump(postgres: EmbeddedPostgres, told: str) -> Iterator[str]:
    """The same as it was before anything more was said: what somebody kept and puts back."""
    yield from fresh_copy(postgres, told)

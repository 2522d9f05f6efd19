"""A ledger long enough to be sealed: two full segments and a tail, told once and copied for each test."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from shutil import copytree
from typing import Any
from urllib.parse import urlsplit

import asyncpg
import pytest

from service.goods.movements import SPLIT
from service.ledger import Ledger, Proposal, store
from service.ledger.merkle import RightEdge
from service.ledger.segments import SEGMENT
from service.publishing.publisher import Places, Publisher
from service.publishing.witnesses import Quorum
from service.storage import EmbeddedPostgres, open_pool
from tests.conftest import complete, fresh_copy
from tests.history import History
from tests.quay import OUT, Quay
from tests.retold import SIGNER, ledger_on, retold
from tests.tampering import disarm

SIZE = 2 * SEGMENT + 300
BATCH, GRAMS = 1_000, 900


@dataclass(frozen=True)
class Long:
    """A copy of that ledger: its database, and where its notes and segments are."""

    url: str
    places: Places
    quay: Quay
    unit: int

    @asynccontextmanager
    async def publisher(self) -> AsyncIterator[Publisher]:
        """A publisher on it, as a worker has one; publishes once more when it is closed."""
        async with await open_pool(self.url, "coldledger_writer", 2) as pool:
            publisher = Publisher(pool, [SIGNER], self.places, Quorum([SIGNER.verifier], []))
            try:
                yield publisher
            finally:
                await publisher.close()

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Any]:
        """A connection that may only read."""
        async with await open_pool(self.url, "coldledger_reader", 1) as pool, pool.acquire() as conn:
            yield conn

    async def tamper(self, *statements: str) -> None:
        """Change it as its superuser, with what defends it switched off."""
        connection = await asyncpg.connect(self.url)
        try:
            await disarm(connection)
            for statement in statements:
                await connection.execute(statement)
        finally:
            await connection.close()

    async def roll_back(self, size: int) -> None:
        """Take the last entries away as who holds the database can: what is left fits together."""
        async with self.reading() as conn:
            edge = RightEdge().extend(await store.leaves(conn, 0, size))
        await self.tamper(
            f"DELETE FROM ledger.entry WHERE position >= {size}",
            f"UPDATE ledger.head SET size = {size}, edge = '\\x{edge.to_bytes().hex()}',"
            f" chain = (SELECT chain FROM ledger.entry WHERE position = {size - 1})",
        )

    async def say(self, count: int) -> None:
        """Record so many more."""
        async with ledger_on(self.url) as ledger:
            await _say(ledger, self.quay, self.unit, count)


async def _say(ledger: Ledger, quay: Quay, unit: int, count: int) -> None:
    part = {"pieces": 1, "grams": GRAMS}
    data = {"unit": unit, "parts": [part], "happened_at": OUT}
    proposal = Proposal(SPLIT, quay.station.staff, data)
    for start in range(0, count, BATCH):
        await asyncio.gather(*(ledger.append(proposal) for _ in range(min(BATCH, count - start))))


@pytest.fixture(scope="session")
def told_long(
    postgres: EmbeddedPostgres, template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Long]:
    """The one that is copied, published and sealed."""
    quay = Quay(History())
    goods = quay.lot(SIZE, SIZE * GRAMS)
    quay.papers(goods)
    unit = quay.release(goods)
    folder = tmp_path_factory.mktemp("long")
    for url in fresh_copy(postgres, template):
        long = Long(url, _places(folder), quay, unit)
        complete(lambda long=long: _tell(long))
        yield long


def _places(folder: Path) -> Places:
    return Places(folder / "trust" / "checkpoint", folder / "trust" / "published", folder / "segments")


async def _tell(long: Long) -> None:
    async with retold(long.url, long.quay.history) as ledger:
        await _say(ledger, long.quay, long.unit, SIZE - long.quay.history.position)
    async with long.publisher():
        pass


@pytest.fixture
def long(postgres: EmbeddedPostgres, told_long: Long, tmp_path: Path) -> Iterator[Long]:
    """A copy of this test's own."""
    copytree(told_long.places.segments.parent, tmp_path / "copy")
    for url in fresh_copy(postgres, urlsplit(told_long.url).path.removeprefix("/")):
        yield Long(url, _places(tmp_path / "copy"), told_long.quay, told_long.unit)

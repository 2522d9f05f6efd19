"""A ledger with goods by the million to ask about: its server, its tables, its index, who may ask."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import asyncpg

from service.ledger import Proposal
from service.parties import ISSUE_TOKEN
from service.parties.credentials import new_token
from service.storage import Database, EmbeddedPostgres, open_database, prepare
from service.tracing.index.following import TraceIndex
from tests.benchmarks.goods_filled import fill
from tests.benchmarks.goods_made import Made, make
from tests.history import History
from tests.quay import Quay
from tests.retold import retold

SIZES = "100000 1000000"
LONG = 600
"""Seconds that the largest index may take to be there."""


def sizes() -> list[int]:
    """Of how many edges ledgers are made: ``COLDLEDGER_EDGES``, or ``--edges``."""
    return [int(float(size)) for size in os.environ.get("COLDLEDGER_EDGES", SIZES).split()]


@dataclass(frozen=True)
class Ground:
    """``token`` is an auditor's. ``starts`` has the root unit of each container of known size."""

    quay: Quay
    made: Made
    url: str
    folder: Path
    token: str

    @property
    def starts(self) -> dict[int, int]:
        """The unit that a container was, by how many units about it became."""
        return {size: lot // 1000 * 1000 for size, lot in self.made.planted.items()}


@asynccontextmanager
async def ground(edges: int) -> AsyncIterator[Ground]:
    """A ledger of a first station, with so many edges of goods that were made."""
    scratch = tempfile.TemporaryDirectory(prefix="coldledger-bench-")
    with scratch as folder, EmbeddedPostgres(Path(folder, "d")) as server:
        quay = Quay(History())
        auditor = quay.town.party("auditor").manager
        url = server.url()
        await prepare(url)
        async with retold(url, quay.history) as ledger:
            asides, once = new_token()
            issue = {"scopes": ["goods:read"]}
            said = await ledger.append(Proposal(ISSUE_TOKEN, auditor, issue, asides=asides))
        made = make(edges, said.position + 1)
        root = await asyncpg.connect(url)
        await fill(root, made)
        await root.close()
        (token,) = once.values()
        yield Ground(quay, made, url, Path(folder), token)


@asynccontextmanager
async def indexed(place: Ground) -> AsyncIterator[tuple[Database, TraceIndex, float]]:
    """The database, an index of it, and how many seconds that took to be there."""
    async with open_database(place.url) as database:
        index = TraceIndex(database, place.folder / "index")
        begun = time.perf_counter()
        index.start()
        assert await index.at_least(place.made.end, LONG)
        took = time.perf_counter() - begun
        try:
            yield database, index, took
        finally:
            await index.close()


@contextmanager
def timed(into: list[float]) -> Iterator[None]:
    """Add the milliseconds that this takes."""
    begun = time.perf_counter()
    yield
    into.append((time.perf_counter() - begun) * 1000)

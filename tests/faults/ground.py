"""What is said while faults are made, and how a ledger is judged afterwards: by whom nobody here wrote."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from aiohttp import web
from aiohttp.test_utils import TestServer

from schema.problems import Problem
from service.goods.movements import SPLIT
from service.ledger import Acknowledgement, Actor, Idempotency, Ledger, Proposal
from service.publishing.keys import LOG
from service.publishing.log import PublishedLog
from service.publishing.publisher import Places, Publisher
from service.publishing.routes import ROUTES
from service.publishing.witnesses import Quorum
from service.storage import open_pool
from tests.conformance.verifiers import follow_with_sumdb, sumdb
from tests.history import History
from tests.quay import OUT, Quay
from tests.retold import SIGNER

GRAMS, CARTONS = 900, 20_000
COME_AGAIN = {"ledger.unavailable", "ledger.unknown"}
"""What a client answers by sending the same again."""

STATEMENTS = {
    "BEGIN": "BEGIN",
    "the head is taken": "FROM ledger.head FOR UPDATE",
    "streams are loaded": "jsonb_agg",
    "the batch is written": "WITH q0",
    "COMMIT": "COMMIT",
}
"""Everything that is sent to the database for a batch, in order."""


@dataclass(frozen=True)
class Ground:
    """A station, and a released unit of which cartons are split off."""

    quay: Quay
    unit: int

    @classmethod
    def told(cls) -> Ground:
        quay = Quay(History())
        goods = quay.lot(CARTONS, CARTONS * GRAMS)
        quay.papers(goods)
        return cls(quay, quay.release(goods))

    @property
    def size(self) -> int:
        """How many statements every such ledger begins with."""
        return self.quay.history.position

    def split(self, key: str) -> Proposal:
        """A carton is split off, submitted under a key."""
        return split(self.unit, self.quay.station.staff, key)


def split(unit: int, actor: Actor, key: str) -> Proposal:
    """A carton of the unit is split off."""
    submission = Idempotency(sha256(key.encode()).hexdigest(), "0" * 64)
    data = {"unit": unit, "parts": [{"pieces": 1, "grams": GRAMS}], "happened_at": OUT}
    return Proposal(SPLIT, actor, data, submission)


async def insist(ledger: Ledger, proposal: Proposal, seconds: float = 60) -> Acknowledgement:
    """Send the same again until it is acknowledged, as a client does."""
    async with asyncio.timeout(seconds):
        while True:
            try:
                return await ledger.append(proposal)
            except Problem as problem:
                if problem.code not in COME_AGAIN:
                    raise
            await asyncio.sleep(0.05)


def places_in(folder: Path) -> Places:
    """Notes and segments in one folder."""
    return Places(folder / "trust" / "checkpoint", folder / "trust" / "published", folder / "segments")


@asynccontextmanager
async def publishing(url: str, places: Places, witnesses: Quorum | None = None) -> AsyncIterator[Publisher]:
    """A publisher, as every worker has one."""
    async with await open_pool(url, "coldledger_writer", 2) as pool:
        publisher = Publisher(pool, [SIGNER], places, witnesses or Quorum([SIGNER.verifier], []))
        try:
            yield publisher
        finally:
            await publisher.close()


async def outside_takes(url: str, folder: Path) -> int:
    """Publish it, and have Go's own verifier follow it over HTTP; the size that it took."""
    places = places_in(folder)
    async with publishing(url, places):
        pass
    async with await open_pool(url, "coldledger_reader", 2) as pool:
        app = web.Application()
        app[LOG] = log = PublishedLog(pool, places, [SIGNER.verifier])
        app.add_routes([declared.route() for declared in ROUTES])
        key = folder / "verifier.key"
        key.write_text(SIGNER.verifier.vkey, encoding="ascii")
        async with TestServer(app) as server:
            address = str(server.make_url("/"))
            verdict = await asyncio.to_thread(follow_with_sumdb, sumdb(), address, key)
        size = log.published().size
        log.close()
    assert verdict.sound, verdict.told
    return size

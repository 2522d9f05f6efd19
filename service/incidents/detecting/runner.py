"""Runs the detectors beside the service, or by hand: one process at a time, under an advisory lock.

Order of a pass: take the lock → gather what is new → ask the rules what of it holds → record that → commit
the marks of what was looked at. A pass that is cut off is done again, and what it had recorded is refused
then, because the same evidence raises nothing twice.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial

from aiohttp import web

from schema.problems import Refusal
from service.goods.corrections.asking import Asking, asking
from service.incidents.detecting.gathering import GATHERERS, Pass
from service.incidents.detecting.raising import RAISE_SUSPICION
from service.ledger import PLATFORM, Context, Data, Ledger, Proposal, store
from service.ledger.statement import instant
from service.stopping import stop
from service.storage import query

log = logging.getLogger(__name__)

INTERVAL = 5.0
"""Seconds between two passes, where nothing waits."""


class Detectors:
    """The detectors of one process."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Run in the background until ``close``."""
        self._task = asyncio.create_task(self.run(), name="detectors")

    async def run(self) -> None:
        """Pass after pass."""
        more = False
        while True:
            await asyncio.sleep(0 if more else INTERVAL)
            try:
                _, more = await self.once()
            except Exception:
                # Whatever it was: were this task to end, nothing would be suspected any more.
                more = False
                log.exception("the detectors were stopped; they begin again")

    async def all(self, now: datetime | None = None) -> int:
        """Look at everything that waits; how many suspicions were recorded."""
        count, more = await self.once(now)
        while more:
            found, more = await self.once(now)
            count += found
        return count

    async def once(self, now: datetime | None = None) -> tuple[int, bool]:
        """One pass as of ``now``: how many suspicions were recorded, and whether more waits. Nothing where
        another process is at it."""
        pool = self._ledger.pool
        async with pool.acquire() as conn, conn.transaction():
            if not await conn.fetchval(query("incidents/detected.lock")):
                return 0, False
            async with asking(pool, self._ledger.registry) as at:
                work = Pass(conn, at, now or datetime.now(UTC))
                for gather in GATHERERS:
                    await gather(work)
                found = await self._holding(at, work.gathered.found)
            recorded = 0
            for data in found:
                recorded += await self._record(data)
            return recorded, work.gathered.more

    async def _holding(self, at: Asking, found: Sequence[Data]) -> list[Data]:
        """What the rules let in as the ledger is now: advice, as the ledger judges again."""
        head = await store.head(at.conn)
        ctx = Context(PLATFORM, max(head.at, instant(datetime.now(UTC))), head.size, RAISE_SUSPICION.name)
        decide = RAISE_SUSPICION.deciders[RAISE_SUSPICION.newest]
        holding = []
        for data in found:
            try:
                await at.answer(partial(decide, data, ctx))
            except Refusal as refusal:
                log.debug("no suspicion of %s: %s", data["subject"], refusal.code)
            else:
                holding.append(data)
        return holding

    async def _record(self, data: Data) -> bool:
        try:
            told = await self._ledger.append(Proposal(RAISE_SUSPICION, PLATFORM, data))
        except Refusal as refusal:
            log.info("a suspicion of %s did not hold: %s", data["subject"], refusal.code)
            return False
        log.info("suspected: %s of %s, position %s", data["rule"], data["subject"], told.position)
        return True

    async def close(self) -> None:
        """Stop; a pass that is cut off is done again."""
        if self._task is not None:
            await stop(self._task)


DETECTORS = web.AppKey("detectors", Detectors)
"""Those of the application; whoever serves it starts them."""

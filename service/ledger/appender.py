"""The only way into the ledger: gather what waits and commit it as one batch.

Every process has one appender; the head row is where they meet. While a batch commits, the next one
gathers, so there is no timer. A problem ``ledger.unknown`` says that nobody knows whether it was recorded:
repeat with the same key. With every other problem nothing of it was written.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from dataclasses import dataclass

import asyncpg

from schema.problems import Problem
from service.ledger.batch import Admitted
from service.ledger.committer import Clock, Committer, UnknownCommitError, utc_now
from service.ledger.kinds import Proposal, Registry

log = logging.getLogger(__name__)

MAX_WAITING = 4096
MAX_BATCH = 1024

_DATA_ERRORS = (asyncpg.IntegrityConstraintViolationError, asyncpg.DataError)


@dataclass(slots=True)
class _Waiting:
    proposal: Proposal
    answer: asyncio.Future[Admitted]


class Appender:
    """One process's batching task."""

    def __init__(
        self, pool: asyncpg.Pool[asyncpg.Record], registry: Registry, clock: Clock = utc_now
    ) -> None:
        self._committer = Committer(pool, registry, clock)
        self._waiting: deque[_Waiting] = deque()
        self._wake = asyncio.Event()
        self._closing = False
        self._task = asyncio.create_task(self._run(), name="ledger appender")

    async def append(self, proposal: Proposal) -> Admitted:
        """Record a proposal. Raises the Problem that refuses it or why the ledger could not take it."""
        if len(self._waiting) >= MAX_WAITING or self._closing:
            raise Problem("ledger.busy", waiting=len(self._waiting))
        waiting = _Waiting(proposal, asyncio.get_running_loop().create_future())
        self._waiting.append(waiting)
        self._wake.set()
        # A caller that goes away does not take its statement back: it may be committed already.
        return await asyncio.shield(waiting.answer)

    async def close(self) -> None:
        """Record what is waiting, then stop."""
        self._closing = True
        self._wake.set()
        await self._task

    async def _run(self) -> None:
        while not (self._closing and not self._waiting):
            if not self._waiting:
                self._wake.clear()
                await self._wake.wait()
                continue
            # Let every request that is ready now join this batch.
            await asyncio.sleep(0)
            size = min(len(self._waiting), MAX_BATCH)
            await self._record([self._waiting.popleft() for _ in range(size)])

    async def _record(self, waiting: list[_Waiting]) -> None:
        """Commit a batch and answer it. Never raises: whatever happens is an answer."""
        try:
            batch = await self._committer.commit([w.proposal for w in waiting])
        except _DATA_ERRORS as error:
            await self._halve(waiting, error)
            return
        except Exception as error:
            code = "ledger.unknown" if isinstance(error, UnknownCommitError) else "ledger.unavailable"
            log.exception("a batch of %d was not recorded: %s", len(waiting), code)
            for w in waiting:
                _answer(w, Problem(code))
            return
        for w, result in zip(waiting, batch.results, strict=True):
            _answer(w, result)

    async def _halve(self, waiting: list[_Waiting], error: Exception) -> None:
        """A database constraint refused the batch, which is a defect of ours: find the one to blame."""
        if len(waiting) == 1:
            log.error("%s broke a constraint", waiting[0].proposal.kind.name, exc_info=error)
            _answer(waiting[0], Problem("ledger.defect"))
            return
        middle = len(waiting) // 2
        await self._record(waiting[:middle])
        await self._record(waiting[middle:])


def _answer(waiting: _Waiting, result: Admitted | Exception) -> None:
    if waiting.answer.done():
        return
    if isinstance(result, Exception):
        waiting.answer.set_exception(result)
    else:
        waiting.answer.set_result(result)

"""The only way into the ledger: gather what waits, judge it under the head row, commit it as one batch.

Every process has one appender; the head row is where they meet. While a batch commits, the next one
gathers, so there is no timer. What must hold when ``append`` returns: the statement is committed with
fsync, at the position that it names. What an exception says: ``ledger.unknown`` – nobody knows, repeat with
the same key; every other problem – nothing of it was written.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import asyncpg

from schema.problems import Problem
from service.ledger import store
from service.ledger.batch import Admitted, Batch
from service.ledger.judging import needed
from service.ledger.kinds import Proposal, Registry
from service.ledger.statement import instant
from service.ledger.store import Connection, Head
from service.ledger.submissions import SUBMISSION
from service.ledger.world import Stream, World

log = logging.getLogger(__name__)

MAX_WAITING = 4096
MAX_BATCH = 1024
MAX_ATTEMPTS = 8
MAX_REFERENCES = 50_000

_DATA_ERRORS = (asyncpg.IntegrityConstraintViolationError, asyncpg.DataError)
_LOST = (asyncpg.PostgresConnectionError, asyncpg.InterfaceError, asyncpg.OperatorInterventionError, OSError)


@dataclass(slots=True)
class _Waiting:
    proposal: Proposal
    answer: asyncio.Future[Admitted]


class _HeadMovedError(Exception):
    """The compare-and-swap lost: somebody else advanced the head."""


class _UnknownCommitError(Exception):
    """The connection broke while COMMIT was under way."""


class References:
    """Reference rows kept between batches; valid as long as nobody wrote one (``Head.reference``)."""

    def __init__(self) -> None:
        self._as_of = -1
        self._rows: dict[str, dict[Any, Any]] = {}

    def lend(self, world: World, head: Head) -> None:
        """Fill ``world`` with what is known, or forget it where it is stale."""
        if head.reference != self._as_of:
            self._rows = {}
            self._as_of = head.reference
        world.adopt(self._rows)

    def take(self, world: World, head: Head) -> None:
        """Keep the reference rows of a committed batch."""
        self._rows = world.references()
        self._as_of = head.reference
        if sum(map(len, self._rows.values())) > MAX_REFERENCES:
            self._rows = {}


class Appender:
    """One process's batching task."""

    def __init__(
        self,
        pool: asyncpg.Pool[asyncpg.Record],
        registry: Registry,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._pool = pool
        self._registry = registry
        self._clock = clock
        self._waiting: deque[_Waiting] = deque()
        self._wake = asyncio.Event()
        self._references = References()
        self._closing = False
        self.committed = asyncio.Event()
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
            batch = await self._commit([w.proposal for w in waiting])
        except _DATA_ERRORS as error:
            await self._halve(waiting, error)
            return
        except Exception as error:
            code = "ledger.unknown" if isinstance(error, _UnknownCommitError) else "ledger.unavailable"
            log.exception("a batch of %d was not recorded: %s", len(waiting), code)
            for w in waiting:
                _answer(w, Problem(code))
            return
        for w, result in zip(waiting, batch.results, strict=True):
            _answer(w, result)
        self.committed.set()

    async def _halve(self, waiting: list[_Waiting], error: Exception) -> None:
        """A database constraint refused the batch, which is a defect of ours: find the one to blame."""
        if len(waiting) == 1:
            log.error("%s broke a constraint", waiting[0].proposal.kind.name, exc_info=error)
            _answer(waiting[0], Problem("ledger.defect"))
            return
        middle = len(waiting) // 2
        await self._record(waiting[:middle])
        await self._record(waiting[middle:])

    async def _commit(self, proposals: list[Proposal]) -> Batch:
        for _ in range(MAX_ATTEMPTS):
            async with self._pool.acquire() as conn:
                try:
                    return await self._attempt(conn, proposals)
                except _HeadMovedError:
                    log.info("the head moved under a batch of %d; judging it again", len(proposals))
                    continue
                except _UnknownCommitError as unknown:
                    batch: Batch = unknown.args[0]
            if await self._settled(batch):
                return batch
        raise Problem("ledger.unavailable")

    async def _attempt(self, conn: Connection, proposals: list[Proposal]) -> Batch:
        transaction = conn.transaction()
        await transaction.start()
        try:
            batch = await self._judge(conn, proposals)
            head = batch.new_head()
            if batch.records:
                await self._write(conn, batch, head)
        except BaseException:
            if not conn.is_closed():
                await transaction.rollback()
            raise
        try:
            await transaction.commit()
        except _LOST as error:
            raise _UnknownCommitError(batch) from error
        self._references.take(batch.world, head)
        return batch

    async def _judge(self, conn: Connection, proposals: list[Proposal]) -> Batch:
        head = await store.take_head(conn)
        world = self._registry.world()
        self._references.lend(world, head)
        # Recorded times never decrease, even where a clock steps back.
        batch = Batch(self._registry, world, head, max(instant(self._clock()), head.at), proposals)
        while await store.load(conn, world, self._needed(proposals, world)):
            pass
        while (missing := batch.judge_on()) is not None:
            await store.load(conn, world, [missing])
        return batch

    def _needed(self, proposals: list[Proposal], world: World) -> Iterable[Stream]:
        for proposal in proposals:
            if proposal.idempotency is not None:
                yield (SUBMISSION, proposal.idempotency.key)
            yield from needed(self._registry, proposal, world)

    async def _write(self, conn: Connection, batch: Batch, head: Head) -> None:
        if not await store.advance_head(conn, batch.head, head):
            raise _HeadMovedError
        await store.insert_entries(conn, batch.records)
        for dirty in batch.world.dirty():
            await store.save(conn, dirty)
        for name, rows in batch.asides.items():
            await store.save_aside(conn, name, rows)

    async def _settled(self, batch: Batch) -> bool:
        """After a broken COMMIT: whether it took place. Raises where even that cannot be told.

        The head row is taken first: the server may still be committing, and holds that row until it is done.
        """
        if not batch.records:
            return True
        last = batch.records[-1]
        try:
            async with self._pool.acquire() as conn, conn.transaction():
                await store.take_head(conn)
                recorded = await store.record(conn, last.position)
        except (*_LOST, TimeoutError) as error:
            raise _UnknownCommitError(None) from error
        return recorded is not None and recorded.leaf == last.leaf


def _answer(waiting: _Waiting, result: Admitted | Exception) -> None:
    if waiting.answer.done():
        return
    if isinstance(result, Exception):
        waiting.answer.set_exception(result)
    else:
        waiting.answer.set_result(result)

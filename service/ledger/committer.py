"""One batch into the database: judged under the head row and committed as one transaction.

What must hold when ``commit`` returns: every admitted statement of the batch is committed with fsync, at its
position. What it raises: UnknownCommitError – the connection broke during COMMIT and nobody knows; any other
– nothing was written.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import asyncpg

from schema.problems import Problem
from service.ledger import store
from service.ledger.batch import Batch
from service.ledger.judging import needed
from service.ledger.kinds import Proposal, Registry
from service.ledger.statement import instant
from service.ledger.store import Connection, Head
from service.ledger.submissions import SUBMISSION
from service.ledger.world import Stream, World
from service.storage import LOST

log = logging.getLogger(__name__)

MAX_ATTEMPTS = 8
MAX_REFERENCES = 50_000

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """The machine's clock."""
    return datetime.now(UTC)


class HeadMovedError(Exception):
    """The compare-and-swap lost: somebody else advanced the head."""


class ClashError(Exception):
    """A constraint refused the rows of a batch that was judged on ``head``."""

    def __init__(self, cause: asyncpg.IntegrityConstraintViolationError, head: Head) -> None:
        super().__init__(str(cause))
        self.cause = cause
        self.head = head


class UnknownCommitError(Exception):
    """The connection broke while COMMIT was under way."""

    def __init__(self, batch: Batch | None = None) -> None:
        super().__init__()
        self.batch = batch


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


class Committer:
    """Commits batches; several may be under way at once, and the head row puts them in order."""

    def __init__(
        self, pool: asyncpg.Pool[asyncpg.Record], registry: Registry, clock: Clock = utc_now
    ) -> None:
        self._pool = pool
        self._registry = registry
        self._clock = clock
        self._references = References()

    async def commit(self, proposals: Sequence[Proposal]) -> Batch:
        """Judge and commit; the batch holds an answer a proposal. Raises as the module says."""
        for _ in range(MAX_ATTEMPTS):
            try:
                async with self._pool.acquire() as conn:
                    return await self._attempt(conn, proposals)
            except HeadMovedError:
                log.info("the head moved under a batch of %d; judging it again", len(proposals))
            except ClashError as clash:
                # Ids derive from positions: where somebody else has taken these, their rows are in the way.
                if not await self._moved_since(clash.head):
                    raise clash.cause from None
                log.info("another batch came before one of %d; judging it again", len(proposals))
            except UnknownCommitError as unknown:
                if unknown.batch is not None and await self._settled(unknown.batch):
                    return unknown.batch
        raise Problem("ledger.unavailable")

    async def _attempt(self, conn: Connection, proposals: Sequence[Proposal]) -> Batch:
        transaction = conn.transaction()
        await transaction.start()
        try:
            batch = await self._judge(conn, proposals)
            head = batch.new_head()
            if batch.records:
                await self._write(conn, batch, head)
        except BaseException:
            # Where the connection is gone, the database has rolled back by itself.
            with suppress(*LOST):
                await transaction.rollback()
            raise
        try:
            await transaction.commit()
        except LOST as error:
            raise UnknownCommitError(batch) from error
        self._references.take(batch.world, head)
        return batch

    async def _judge(self, conn: Connection, proposals: Sequence[Proposal]) -> Batch:
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

    def _needed(self, proposals: Sequence[Proposal], world: World) -> Iterable[Stream]:
        for proposal in proposals:
            if proposal.idempotency is not None:
                yield (SUBMISSION, proposal.idempotency.key)
            yield from needed(self._registry, proposal, world)

    async def _write(self, conn: Connection, batch: Batch, head: Head) -> None:
        """All rows of the batch in one statement, fenced by the comparison of the head row."""
        try:
            moved = await store.write(
                conn,
                store.advance_head(batch.head, head),
                store.insert_entries(batch.records),
                *map(store.saving, batch.world.dirty()),
                *(store.insert(name, rows) for name, rows in batch.asides.items()),
            )
        except asyncpg.IntegrityConstraintViolationError as error:
            raise ClashError(error, batch.head) from error
        if not moved:
            raise HeadMovedError

    async def _moved_since(self, head: Head) -> bool:
        async with self._pool.acquire() as conn:
            return (await store.head(conn)).size != head.size

    async def _settled(self, batch: Batch) -> bool:
        """After a broken COMMIT: whether it took place. Raises UnknownCommitError where even that is unknown.

        The head row is taken first: the server may still be committing, and holds that row until it is done.
        """
        if not batch.records:
            return True
        last = batch.records[-1]
        try:
            async with self._pool.acquire() as conn, conn.transaction():
                await store.take_head(conn)
                recorded = await store.record(conn, last.position)
        except (*LOST, TimeoutError) as error:
            raise UnknownCommitError from error
        return recorded is not None and recorded.leaf == last.leaf

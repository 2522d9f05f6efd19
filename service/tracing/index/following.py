"""The trace index of this process: made from the tables or a snapshot, then following what is committed.

A commit of whichever process is told by the database (NOTIFY, sent with the commit); where that is lost the
index looks by itself once a second. What was written since its position is read in one statement, so it is as
of one moment, and it must have grown from what the index knows: the chain value before its position, the
ledger's name and the tables' last migration are the same. Where they are not – the database was put back, or
is another – the index is dropped and made again. It answers only as of ``position``; meanwhile and without
it, SQL does.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar

import asyncpg

from service.ledger.store import Connection
from service.stopping import stop
from service.storage import LOST, query, reading_together
from service.storage.database import READER, Database, open_pool
from service.tracing.index import snapshots
from service.tracing.index.arrays import Arrays
from service.tracing.index.gate import Gate
from service.tracing.index.loading import Head, load, read_head
from service.tracing.index.reaching import TooManyError
from service.tracing.index.rows import few
from service.tracing.index.snapshots import OddSnapshotError, Origin

log = logging.getLogger(__name__)

T = TypeVar("T")

CHANNEL = "coldledger_grown"
IDLE = 1.0
"""Seconds until the index looks by itself."""
AGAIN, LATER = 1.0, 60.0
"""Seconds until it tries again what failed, first and at most: twice as long each time."""
STEP = 500
"""How many statements are taken in at once, so that the event loop is not held up."""
SOURCES = ("shipments", "units", "waste", "edges", "corrections", "stays")
"""What is read of each step, in the order in which it is taken in; handlings after them."""
FEW_NODES = 12_288
"""So many nodes are looked at on the event loop: about a millisecond, for a summary two."""
FEW_LINKED = 16_384
"""So many rows may be found by links before all are put in order, or an eighth of all."""
SAVE_SECONDS = 600.0
SAVE_STATEMENTS = 1000
"""A snapshot is written when the ledger grew by so many statements, and not more often than that."""
CONNECTIONS = 4
"""One follows; a load uses the others as well."""


class _GrownApartError(Exception):
    """The database does not continue what the index knows."""


class TraceIndex:
    """The index of this process. All of it runs on one event loop."""

    def __init__(self, database: Database, folder: Path) -> None:
        self._database = database
        self._folder = folder
        self._gate = Gate()
        self._arrays: Arrays | None = None
        self._chain = ""
        self._origin: str | None = None
        self._migration = 0
        self._whole = False
        self._grown = asyncio.Event()
        self._moved = asyncio.Condition()
        self._saved = (0, 0.0)
        self._ordering: asyncio.Task[None] | None = None
        self._task: asyncio.Task[None] | None = None

    @property
    def position(self) -> int | None:
        """As of which position it answers; None where it cannot yet."""
        return self._arrays.position if self._arrays is not None and self._whole else None

    def start(self) -> None:
        """Load and follow, until ``close``."""
        self._task = asyncio.create_task(self._run(), name="trace index")

    async def close(self) -> None:
        """Stop following."""
        for task in (self._task, self._ordering):
            if task is not None:
                await stop(task)

    async def at_least(self, position: int, seconds: float) -> bool:
        """Wait until statements before ``position`` are known, so many seconds at most; whether they are."""
        if (self.position or 0) >= position:
            return True
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds), self._moved:
                await self._moved.wait_for(lambda: (self.position or 0) >= position)
        return (self.position or 0) >= position

    @asynccontextmanager
    async def reading(self, position: int | None = None) -> AsyncIterator[Arrays | None]:
        """The arrays, which stay as they are until this is left; None where there are none, or they are not
        as of ``position``."""
        async with self._gate.reading():
            there = self.position
            fits = there is not None and position in (None, there)
            yield self._arrays if fits else None

    async def asked(self, question: Callable[[Arrays, int | None], T]) -> T | None:
        """The answer of a question; None where the index cannot say.

        It is asked at once, to look at so many nodes at most (or to raise TooManyError), and only then in a
        thread without bounds: most traces are small, and a thread costs more than they do.
        """
        async with self.reading() as arrays:
            if arrays is None:
                return None
            try:
                return question(arrays, FEW_NODES)
            except TooManyError:
                return await asyncio.to_thread(question, arrays, None)

    async def save(self) -> None:
        """Write a snapshot; nothing changes meanwhile. Where that fails the index goes on without."""
        async with self.reading() as arrays:
            if arrays is None:
                return
            origin = Origin(self._origin, arrays.position, self._chain, self._migration)
            self._saved = (arrays.position, time.monotonic())
            try:
                await asyncio.to_thread(snapshots.save, self._folder, arrays, arrays.order, origin)
            except OSError as error:
                log.warning("the trace index's snapshot was not written: %s", error)

    async def _run(self) -> None:
        pause = AGAIN
        while True:
            begun = time.monotonic()
            await self._try()
            # What went well for a while failed for a reason of its own.
            pause = AGAIN if time.monotonic() > begun + LATER else pause
            await asyncio.sleep(pause)
            pause = min(LATER, 2 * pause)

    async def _try(self) -> None:
        """Follow until something fails, and be ready to begin again."""
        try:
            async with await open_pool(self._database.url, READER, CONNECTIONS) as pool:
                await self._follow(pool)
        except LOST as error:
            log.warning("the trace index waits for the database: %s", error)
        except _GrownApartError as error:
            log.warning("the trace index is made again: %s", error)
            await self._drop()
        except Exception:
            log.exception("the trace index is made again")
            await self._drop()

    async def _drop(self) -> None:
        async with self._gate.changing():
            self._arrays, self._whole = None, False
        await asyncio.to_thread(snapshots.remove, self._folder)

    async def _follow(self, pool: asyncpg.Pool[asyncpg.Record]) -> None:
        async with pool.acquire() as conn:
            await conn.execute(query("tracing/index.plan_once"))
            await conn.add_listener(CHANNEL, self._told)
            try:
                if self._arrays is None:
                    await self._obtain(pool, conn)
                await self._go_on(conn)
            finally:
                await conn.remove_listener(CHANNEL, self._told)

    async def _go_on(self, conn: Connection) -> None:
        """Follow until something fails."""
        while True:
            self._grown.clear()
            await self._catch_up(conn)
            await self._tend()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(IDLE):
                    await self._grown.wait()

    def _told(self, *_notification: object) -> None:
        self._grown.set()

    async def _obtain(self, pool: asyncpg.Pool[asyncpg.Record], conn: Connection) -> None:
        """From the snapshot where that is of this ledger, else from the tables."""
        begun = time.monotonic()
        arrays = await self._restored(conn)
        source = "tables" if arrays is None else "snapshot"
        if arrays is None:
            arrays, head = await load(pool)
            self._knows(head)
        self._arrays, self._whole = arrays, False
        self._saved = (arrays.position if source == "snapshot" else 0, 0.0)
        took = time.monotonic() - begun
        log.info("trace index of %d nodes from the %s in %.1f s", len(arrays.nodes), source, took)

    def _knows(self, head: Head) -> None:
        self._chain, self._origin, self._migration = head.chain, head.origin, head.migration

    async def _restored(self, conn: Connection) -> Arrays | None:
        """The snapshot, where it is of this ledger and not newer than it."""
        try:
            origin = await asyncio.to_thread(snapshots.read_origin, self._folder)
            if origin is None:
                return None
            head = await read_head(conn, origin.position)
            # Beyond the end there is no chain value, so a snapshot that is newer than the database is odd,
            # too.
            now = Origin(head.origin, origin.position, head.chain_before or "", head.migration)
            arrays = await asyncio.to_thread(snapshots.restore, self._folder, now)
        except (OddSnapshotError, OSError) as error:
            log.warning("the trace index's snapshot is left: %s", error)
            return None
        self._chain, self._origin, self._migration = origin.chain, origin.ledger, origin.migration
        return arrays

    async def _catch_up(self, conn: Connection) -> None:
        """Take in all that was committed. Raises _GrownApartError."""
        assert self._arrays is not None  # noqa: S101  (obtained before)
        while True:
            begin = self._arrays.position
            head, found, handlings = await self._read(conn, begin)
            self._demand_grown(begin, head)
            end = min(head.size, begin + STEP)
            async with self._gate.changing():
                for name, rows in found.items():
                    self._arrays.put(name, few(name, rows))
                self._arrays.handlings.put(handlings, self._arrays.nodes)
                self._arrays.link()
                self._arrays.position, self._whole = end, end == head.size
            self._chain = ""
            if self._whole:
                self._knows(head)
                async with self._moved:
                    self._moved.notify_all()
                return

    async def _read(
        self, conn: Connection, begin: int
    ) -> tuple[Head, dict[str, Sequence[Mapping[str, Any]]], list[Mapping[str, Any]]]:
        """What was written in the next step, and where the ledger is: one statement sees one moment."""
        names = ("head", *SOURCES, "handlings")
        text = reading_together(tuple(f"tracing/index.{name}" for name in names))
        bounds = [begin, begin + STEP] * (len(names) - 1)
        row = await conn.fetchrow(text, begin, *bounds)
        assert row is not None  # noqa: S101  (a SELECT without FROM has one row)
        head, *found, handlings = row
        named = {name: rows for name, rows in zip(SOURCES, found, strict=True) if rows}
        return Head.of(head[0]), named, handlings or []

    def _demand_grown(self, begin: int, head: Head) -> None:
        if head.size < begin:
            raise _GrownApartError(f"the ledger went back from {begin} to {head.size}")
        if begin and self._chain and head.chain_before != self._chain:
            raise _GrownApartError(f"another entry stands at {begin - 1}")
        if (head.origin, head.migration) != (self._origin, self._migration) and begin:
            raise _GrownApartError("the ledger has another name, or its tables were migrated")

    async def _tend(self) -> None:
        """Put in order, and on disk, what grew."""
        assert self._arrays is not None  # noqa: S101
        if self._ordering is not None and self._ordering.done():
            await self._ordering
            self._ordering = None
        few_linked = max(FEW_LINKED, len(self._arrays.edges) // 8)
        if self._ordering is None and self._arrays.linked > few_linked:
            self._ordering = asyncio.create_task(self._order(self._arrays))
        position, at = self._saved
        if self._arrays.position >= position + SAVE_STATEMENTS and time.monotonic() > at + SAVE_SECONDS:
            await self.save()

    async def _order(self, arrays: Arrays) -> None:
        order = await asyncio.to_thread(arrays.sorted)
        async with self._gate.changing():
            arrays.adopt(order)

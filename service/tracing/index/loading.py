"""The index made from the tables: all of them as of one moment, on several connections, off the event loop.

Rows come as binary COPY in blocks; a thread takes each block in while the next ones arrive.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import asyncpg

from service.ledger.store import ALL, Connection
from service.storage import query
from service.tracing.index.arrays import Arrays
from service.tracing.index.rows import CopyReader

NUMBERED = ("node_ids", "lot_ids")
"""What is read first, and taken in at once: it gives the numbers that all the rest speaks of, ascending."""
TOGETHER = (("shipments", "units", "waste"), ("edges", "corrections"), ("stays",))
"""What is read after that, each group on a connection of its own."""
BLOCK = 4 << 20
"""How many bytes of COPY are taken in at once."""
HANDLINGS = 1000
"""How many handlings are taken in at once; they have lists and come as objects."""


@dataclass(frozen=True, slots=True)
class Head:
    """Where the ledger is: its ``size``, name and chain value, the chain value before some position, and the
    number of its tables' last migration."""

    size: int
    chain: str
    origin: str | None
    chain_before: str | None
    migration: int

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Head:
        return cls(row["size"], row["chain"], row["origin"], row["chain_before"], row["migration"])


async def read_head(conn: Connection, position: int) -> Head:
    """Where the ledger is, with the chain value before ``position``."""
    row = await conn.fetchrow(query("tracing/index.head"), position)
    assert row is not None  # noqa: S101  (the head has one row)
    return Head.of(dict(row))


async def load(pool: asyncpg.Pool[asyncpg.Record]) -> tuple[Arrays, Head]:
    """Arrays of all that the tables hold, put in order, and where the ledger was then."""
    arrays, lock = Arrays(), asyncio.Lock()
    async with pool.acquire() as conn, conn.transaction(isolation="repeatable_read", readonly=True):
        head = await read_head(conn, 0)
        snapshot = await conn.fetchval(query("tracing/index.share_snapshot"))
        await _take(conn, NUMBERED, arrays, lock, at_once=True)
        arrays.reserve(await _sizes(conn))
        async with asyncio.TaskGroup() as tasks:
            for names in TOGETHER:
                tasks.create_task(_take_beside(pool, snapshot, names, arrays, lock))
        await _take_handlings(conn, arrays)
    await asyncio.to_thread(arrays.trim)
    arrays.adopt(await asyncio.to_thread(arrays.sorted))
    await asyncio.to_thread(arrays.stays.sort, len(arrays.nodes))
    arrays.position = head.size
    return arrays, head


async def _take_beside(
    pool: asyncpg.Pool[asyncpg.Record],
    snapshot: str,
    names: Sequence[str],
    arrays: Arrays,
    lock: asyncio.Lock,
) -> None:
    """Take in tables on another connection, as of the same moment."""
    async with pool.acquire() as conn, conn.transaction(isolation="repeatable_read", readonly=True):
        await conn.execute(snapshot)
        await _take(conn, names, arrays, lock)


async def _sizes(conn: Connection) -> dict[str, int]:
    """How many rows the large tables have, about."""
    return {row["name"]: row["rows"] for row in await conn.fetch(query("tracing/index.sizes"))}


async def _take(
    conn: Connection, names: Sequence[str], arrays: Arrays, lock: asyncio.Lock, *, at_once: bool = False
) -> None:
    for name in names:
        text = query(f"tracing/index.{name}")
        bounds = (0, ALL) if "$1" in text else ()
        taking = _Taking(name, arrays, lock, ALL if at_once else BLOCK)
        await conn.copy_from_query(text, *bounds, output=taking.receive, format="binary")
        await taking.finish()


class _Taking:
    """One query's rows on their way into the arrays."""

    def __init__(self, name: str, arrays: Arrays, lock: asyncio.Lock, block: int) -> None:
        self._name = name
        self._block = block
        self._arrays = arrays
        self._lock = lock
        self._reader = CopyReader(name)
        self._parts: list[bytes] = []
        self._size = 0

    async def receive(self, data: bytes) -> None:
        self._parts.append(data)
        self._size += len(data)
        if self._size >= self._block:
            await self._put()

    async def finish(self) -> None:
        """Take in what is left. Raises CopyFormatError."""
        await self._put()
        self._reader.finish()

    async def _put(self) -> None:
        data, self._parts, self._size = b"".join(self._parts), [], 0
        async with self._lock:
            await asyncio.to_thread(self._put_block, data)

    def _put_block(self, data: bytes) -> None:
        rows = self._reader.rows(data)
        if rows is not None:
            self._arrays.put(self._name, rows)


async def _take_handlings(conn: Connection, arrays: Arrays) -> None:
    cursor = await conn.cursor(query("tracing/index.handlings"), 0, ALL)
    while rows := await cursor.fetch(HANDLINGS):
        arrays.handlings.put([dict(row) for row in rows], arrays.nodes)
        await asyncio.sleep(0)

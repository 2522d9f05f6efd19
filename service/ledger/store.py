"""The ledger's SQL: streams in and out, the head row, entries. A call is one statement for a whole batch."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import asyncpg
import orjson

from service.ledger.chain import GENESIS
from service.ledger.merkle import RightEdge
from service.ledger.world import Dirty, Key, Projection, Stream, World
from service.storage import query

# Text, because only the stubs are generic.
Connection: TypeAlias = (
    "asyncpg.Connection[asyncpg.Record] | asyncpg.pool.PoolConnectionProxy[asyncpg.Record]"
)


@dataclass(frozen=True, slots=True)
class Head:
    """Where the ledger stands: size, chain value, right edge, last recorded time, last reference write."""

    size: int
    chain: bytes
    edge: RightEdge
    at: str
    reference: int


EMPTY = Head(0, GENESIS, RightEdge(), "1970-01-01T00:00:00.000000Z", 0)


@dataclass(frozen=True, slots=True)
class Record:
    """One row of ledger.entry: exact hashed bytes and hashes."""

    position: int
    kind: str
    nonce: bytes
    statement: bytes
    entry: bytes
    leaf: bytes
    chain: bytes


def _head(row: asyncpg.Record) -> Head:
    edge = RightEdge.from_bytes(row["size"], row["edge"])
    return Head(row["size"], row["chain"], edge, row["at"], row["reference"])


async def head(conn: Connection) -> Head:
    """The head as committed."""
    return _head(await _one(conn, "ledger/ledger.head"))


async def take_head(conn: Connection) -> Head:
    """The head, locked until the transaction ends."""
    return _head(await _one(conn, "ledger/ledger.take_head"))


async def _one(conn: Connection, name: str) -> asyncpg.Record:
    row = await conn.fetchrow(query(name))
    if row is None:
        raise LookupError("ledger.head has no row: the database was not migrated")
    return row


async def advance_head(conn: Connection, old: Head, new: Head) -> bool:
    """Compare-and-swap of the head row; False where somebody else was quicker."""
    moved = await conn.fetchval(
        query("ledger/ledger.advance_head"),
        old.size,
        old.chain,
        new.size,
        new.chain,
        new.edge.to_bytes(),
        new.at,
        new.reference,
    )
    return moved is not None


async def insert_entries(conn: Connection, records: Sequence[Record]) -> None:
    """Add a batch of entries."""
    columns = zip(
        *((r.position, r.kind, r.nonce, r.statement, r.entry, r.leaf, r.chain) for r in records), strict=True
    )
    await conn.execute(query("ledger/ledger.insert_entries"), *map(list, columns))


async def record(conn: Connection, position: int) -> Record | None:
    """The entry at ``position``, or None beyond the end."""
    row = await conn.fetchrow(query("ledger/ledger.entry"), position)
    return None if row is None else Record(*row)


async def records(conn: Connection, start: int = 0, page: int = 2000) -> AsyncIterator[Record]:
    """Every entry from ``start`` on, in order, read in pages."""
    while True:
        rows = await conn.fetch(query("ledger/ledger.entries"), start, page)
        for row in rows:
            yield Record(*row)
        if len(rows) < page:
            return
        start = rows[-1]["position"] + 1


async def load(conn: Connection, world: World, streams: Iterable[Stream]) -> bool:
    """Load what ``world`` does not know yet, one query a projection. False where nothing was missing."""
    missing: dict[Projection[Any], set[Key]] = {}
    for projection, key in streams:
        if not world.knows(projection, key):
            missing.setdefault(projection, set()).add(key)
    for projection, keys in missing.items():
        rows = await conn.fetch(query(f"{projection.queries}.load"), list(keys))
        world.load(projection, keys, (projection.row(*row) for row in rows))
    return bool(missing)


async def save(conn: Connection, dirty: Dirty) -> None:
    """Write the final rows of one projection, one array a column."""
    columns = zip(*map(dirty.projection.values, dirty.rows), strict=True)
    await conn.execute(query(f"{dirty.projection.queries}.save"), *map(_column, columns))


def _column(values: Iterable[Any]) -> list[Any]:
    """One array of values; a JSON list is wrapped, which asyncpg would take for one more dimension."""
    return [orjson.Fragment(orjson.dumps(v)) if isinstance(v, list) else v for v in values]


async def save_aside(conn: Connection, name: str, rows: Sequence[tuple[Any, ...]]) -> None:
    """Write rows that go with a statement but are not derived from it."""
    await conn.execute(query(name), *map(list, zip(*rows, strict=True)))


async def rows(conn: Connection, projection: Projection[Any]) -> AsyncIterator[Any]:
    """Every row of a projection, ordered by key; needs a transaction."""
    async for row in conn.cursor(query(f"{projection.queries}.all"), prefetch=2000):
        yield projection.row(*row)

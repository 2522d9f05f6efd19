"""The ledger's SQL: streams in and out, the head row, entries. A call is one statement for a whole batch."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, TypeAlias, TypeVar

import asyncpg
import orjson

from service.ledger.chain import GENESIS
from service.ledger.merkle import RightEdge
from service.ledger.world import Dirty, Key, Projection, Source, Stream, Versioned, World
from service.storage import query, reading_together, writing_together

R = TypeVar("R", bound=Versioned)

# Text, because only the stubs are generic.
Connection: TypeAlias = (
    "asyncpg.Connection[asyncpg.Record] | asyncpg.pool.PoolConnectionProxy[asyncpg.Record]"
)

Reading: TypeAlias = "Connection | asyncpg.Pool[asyncpg.Record]"
"""What a single query is asked of; a pool lends a connection for it."""


@dataclass(frozen=True, slots=True)
class Head:
    """Where the ledger stands: size, chain value, right edge, last recorded time, last reference write."""

    size: int
    chain: bytes
    edge: RightEdge
    at: str
    reference: int


ALL = 1 << 62
"""Beyond every position."""

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


@dataclass(frozen=True, slots=True)
class Writing:
    """A named query and its arguments."""

    query: str
    arguments: Sequence[Any]


def advance_head(old: Head, new: Head) -> Writing:
    """Compare-and-swap of the head row: returns nothing where somebody else was quicker."""
    edge = new.edge.to_bytes()
    return Writing(
        "ledger/ledger.advance_head",
        (old.size, old.chain, new.size, new.chain, edge, new.at, new.reference),
    )


def insert_entries(records: Iterable[Record]) -> Writing:
    """Add a batch of entries."""
    rows = ((r.position, r.kind, r.nonce, r.statement, r.entry, r.leaf, r.chain) for r in records)
    return insert("ledger/ledger.insert_entries", rows)


def insert(name: str, rows: Iterable[tuple[Any, ...]]) -> Writing:
    """Write rows through a query that takes an array a column."""
    return Writing(name, [_column(values) for values in zip(*rows, strict=True)])


def saving(dirty: Dirty) -> Writing:
    """Write the final rows of one projection."""
    return insert(f"{dirty.projection.queries}.save", map(dirty.projection.values, dirty.rows))


async def write(conn: Connection, first: Writing, *more: Writing) -> bool:
    """Do it all in one round trip; whether ``first`` returned a row. No two may write the same row."""
    writings = (first, *more)
    text = writing_together(tuple(each.query for each in writings))
    arguments = chain.from_iterable(each.arguments for each in writings)
    return await conn.fetchrow(text, *arguments) is not None


async def record(conn: Connection, position: int) -> Record | None:
    """The entry at ``position``, or None beyond the end."""
    row = await conn.fetchrow(query("ledger/ledger.entry"), position)
    return None if row is None else Record(*row)


async def records(
    conn: Connection, start: int = 0, page: int = 2000, end: int = ALL
) -> AsyncIterator[Record]:
    """Every entry from ``start`` up to, and without, ``end``, in order, read in pages."""
    while start < end:
        rows = await conn.fetch(query("ledger/ledger.entries"), start, page, end)
        for row in rows:
            yield Record(*row)
        if len(rows) < page:
            return
        start = rows[-1]["position"] + 1


async def leaves(conn: Reading, start: int, end: int) -> list[bytes]:
    """Leaf hashes from ``start`` up to, and without, ``end``. Raises MissingPositionError."""
    return await _all(conn, "ledger/ledger.leaves", start, end)


async def entries(conn: Reading, start: int, end: int) -> list[bytes]:
    """Public entries from ``start`` up to, and without, ``end``. Raises MissingPositionError."""
    return await _all(conn, "ledger/ledger.public_entries", start, end)


class MissingPositionError(Exception):
    """The database has no entry at a position below its head: it was taken away."""


async def records_between(conn: Connection, start: int, end: int) -> list[Record]:
    """Whole entries from ``start`` up to, and without, ``end``. Raises MissingPositionError."""
    found = [record async for record in records(conn, start, end=end)]
    if [record.position for record in found] != [*range(start, end)]:
        raise MissingPositionError(f"not every position from {start} to {end - 1} is there")
    return found


async def _all(conn: Reading, name: str, start: int, end: int) -> list[bytes]:
    rows = await conn.fetch(query(name), start, end)
    for position, row in zip(range(start, end), rows, strict=False):
        if row["position"] != position:
            raise MissingPositionError(f"position {position} is missing")
    if len(rows) != end - start:
        raise MissingPositionError(f"position {start + len(rows)} is missing")
    return [row[1] for row in rows]


async def load(conn: Connection, world: World, streams: Iterable[Stream]) -> bool:
    """Load what ``world`` does not know yet, in one round trip. False where nothing was missing."""
    missing: dict[Source, set[Key]] = {}
    for source, key in streams:
        if not world.knows(source, key):
            missing.setdefault(source, set()).add(key)
    if not missing:
        return False
    text = reading_together(tuple(source.query for source in missing))
    found = await conn.fetchrow(text, *map(list, missing.values()))
    assert found is not None  # noqa: S101  (a SELECT without FROM has one row)
    for (source, keys), rows in zip(missing.items(), found, strict=True):
        world.load(source, keys, (source.row(**row) for row in rows or ()))
    return True


async def save(conn: Connection, dirty: Dirty) -> None:
    """Write the final rows of one projection alone: for whoever rebuilds it."""
    writing = saving(dirty)
    await conn.execute(query(writing.query), *writing.arguments)


def _column(values: Iterable[Any]) -> list[Any]:
    """One array of values; a JSON list is wrapped, which asyncpg would take for one more dimension."""
    return [orjson.Fragment(orjson.dumps(v)) if isinstance(v, list) else v for v in values]


async def row(conn: Connection, projection: Projection[R], key: Key) -> R | None:
    """One row of a projection; None where there is none."""
    found = await conn.fetchrow(query(projection.query), [key])
    return None if found is None else projection.row(*found)


async def rows(conn: Connection, projection: Projection[Any]) -> AsyncIterator[Any]:
    """Every row of a projection, ordered by key; needs a transaction."""
    async for row in conn.cursor(query(f"{projection.queries}.all"), prefetch=2000):
        yield projection.row(*row)

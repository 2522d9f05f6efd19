"""Walking the lineage for one reader: which units and nodes a trace reaches, as far as the reader may see.

All queries of one answer run in one ``trace_snapshot``, so that what they count is the same goods. As of a
position it is walked as far as the reader might walk then, and shown as far as it may see today.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from enum import StrEnum

import asyncpg

from service.http.readers import Reader, ReaderKind
from service.ledger.store import Connection
from service.parties.visibility import not_found, sight
from service.storage import is_past, query


class Direction(StrEnum):
    """Which way."""

    UPSTREAM = "upstream"
    DOWNSTREAM = "downstream"


@dataclass(frozen=True, slots=True)
class Start:
    """Where a trace begins: a lot as a whole, or one unit of it."""

    lot: int
    unit: int | None = None


@dataclass(frozen=True, slots=True)
class Walk:
    """What was reached: ids of units and of nodes. ``business`` is whose steps alone were walked, or None."""

    start: Start
    direction: Direction
    nodes: list[int]
    business: int | None

    @property
    def complete(self) -> bool:
        """Whether the reader is one who sees all; says nothing of whether there is more."""
        return self.business is None


@asynccontextmanager
async def trace_snapshot(pool: asyncpg.Pool[asyncpg.Record]) -> AsyncIterator[Connection]:
    """A connection on which every query sees the same state.

    Plans are made for the arrays at hand: a generic plan would search a long array again for each row.
    """
    async with pool.acquire() as conn, conn.transaction(isolation="repeatable_read", readonly=True):
        await conn.execute(query("tracing/trace.plan_for_arrays"))
        yield conn


async def start_of_unit(conn: Connection, reader: Reader, unit: int) -> Start:
    """Raises Problem ``request.not-found`` unless ``reader`` sees the unit, and it was there."""
    if not await conn.fetchval(query("goods/read_units.sees"), *sight(reader), unit):
        raise not_found()
    lot = await conn.fetchval(query("tracing/trace.lot_of_unit"), unit)
    if lot is None:
        raise not_found()
    return Start(lot, unit)


async def start_of_lot(conn: Connection, reader: Reader, lot: int) -> Start:
    """Raises Problem ``request.not-found`` unless ``reader`` sees the lot, and it was there."""
    if not await conn.fetchval(query("goods/read_lots.sees"), *sight(reader), lot):
        raise not_found()
    if is_past(conn) and not await conn.fetchrow(query("tracing/trace.lot"), lot):
        raise not_found()
    return Start(lot)


async def start_of_code(conn: Connection, reader: Reader, code: str) -> Start:
    """A code names a lot. Raises Problem ``request.not-found`` unless ``reader`` sees that."""
    row = await conn.fetchrow(query("codes/read_codes.resolve"), *sight(reader), code)
    if row is None:
        raise not_found()
    return Start(row["lot"])


async def walk(conn: Connection, reader: Reader, start: Start, direction: Direction) -> Walk:
    """All that a trace from ``start`` reaches."""
    business = reader.organisation if reader.kind is ReaderKind.ORGANISATION else None
    units = [start.unit]
    if start.unit is None:
        units = await conn.fetchval(query("tracing/trace.start_of_lot"), *sight(reader), start.lot)
    nodes = await conn.fetchval(query(f"tracing/trace.{direction}"), units, business)
    if business is not None and is_past(conn):
        nodes = await conn.fetchval(query("tracing/trace.still_seen"), *sight(reader), nodes)
    if business is None and not await conn.fetchval(
        query("tracing/trace.in_reach"), *sight(reader), start.lot
    ):
        nodes = await conn.fetchval(query("tracing/trace.seen_part"), *sight(reader), nodes)
    return Walk(start, direction, sorted(nodes), business)

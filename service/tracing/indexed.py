"""The summary of a way down, from the trace index: figures from its arrays, words from SQL, as of one
position.

It is what ``answers.downstream`` says, byte for byte, for who sees all that a trace reaches. Where the index
is off, behind, or knows some unit only as it became after that position, it says nothing and SQL answers.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import NamedTuple

import asyncpg

from service.http.paging import Page
from service.http.readers import Reader, ReaderKind
from service.ledger.store import Connection
from service.parties.shelves import Row
from service.parties.visibility import sight
from service.storage import query
from service.tracing import answers
from service.tracing.accounts import Amount
from service.tracing.index import figures
from service.tracing.index.arrays import Arrays
from service.tracing.index.columns import NONE
from service.tracing.index.figures import Accounts, Figures, Group
from service.tracing.index.following import TraceIndex
from service.tracing.index.reaching import reach
from service.tracing.index.units import STATES
from service.tracing.walk import Direction, Start, Walk

PATIENCE = 0.05
"""Seconds that an answer waits for the index to know what the database knows."""


class Beginning(NamedTuple):
    """What a trace begins from, as its address says: one of these."""

    lot: int | None = None
    unit: int | None = None
    code: str | None = None


async def summary(
    index: TraceIndex, conn: Connection, reader: Reader, start: Start, direction: Direction, position: int
) -> Row | None:
    """The summary as of ``position``, which is what ``conn`` sees; None where the index cannot say."""
    if not (await _sees_all(conn, reader, start) and await index.at_least(position, PATIENCE)):
        return None
    if direction is Direction.UPSTREAM:
        nodes = await index.asked(lambda arrays, most: _above(arrays, start, position, most))
        walk = None if nodes is None else Walk(start, direction, nodes, None)
        return None if walk is None else await answers.upstream(conn, reader, walk)
    first = Page().wanted
    told = await index.asked(
        lambda arrays, most: figures.downstream(arrays, start.lot, start.unit, position, first, most)
    )
    return None if told is None else await _downstream(conn, reader, start, told, position)


async def totals(
    index: TraceIndex, pool: asyncpg.Pool[asyncpg.Record] | Connection, reader: Reader, beginning: Beginning
) -> Row | None:
    """What ``answers.totals`` says, with the position as of which it does; None where the index cannot say,
    which includes whatever the reader may not see.

    Whether it may, the lot and the position come in one statement and so are of one moment: no transaction.
    """
    if reader.kind is ReaderKind.ORGANISATION:
        return None
    row = await pool.fetchrow(query("tracing/indexed.beginning"), *sight(reader), *beginning)
    if row is None or not await index.at_least(row["position"], PATIENCE):
        return None
    position, lot = row["position"], row["id"]
    told = await index.asked(lambda arrays, most: figures.totals(arrays, lot, beginning.unit, position, most))
    accounts = None if told is None else await _accounts(pool, told.accounts, position)
    if told is None or accounts is None:
        return None
    return {
        "lot": {name: row[name] for name in ("id", "code", "product", "product_en")},
        "unit": beginning.unit,
        "direction": Direction.DOWNSTREAM,
        "complete": True,
        **accounts,
        "position": position,
        "states": [
            {"state": STATES[group.key[0]], "organisations": group.key[1], **_amount(group)}
            for group in told.states
        ],
    }


async def _sees_all(conn: Connection, reader: Reader, start: Start) -> bool:
    """Whether the reader sees all that the trace reaches. A business walks its own steps alone, and who sees
    the start by a trace only sees less: that is said in SQL."""
    if reader.kind is ReaderKind.ORGANISATION:
        return False
    sees: bool = await conn.fetchval(query("tracing/trace.in_reach"), *sight(reader), start.lot)
    return sees


def _above(arrays: Arrays, start: Start, position: int, most: int | None) -> list[int]:
    begin = figures.start_of(arrays, start.lot, start.unit)
    reached = reach(arrays, begin, down=False, as_of=position, most=most)
    found: list[int] = arrays.nodes.ids[reached.nodes].tolist()
    return found


async def _downstream(
    conn: Connection, reader: Reader, start: Start, told: Figures, position: int
) -> Row | None:
    walk = Walk(start, Direction.DOWNSTREAM, [], None)
    accounts = await _accounts(conn, told.accounts, position)
    if accounts is None:
        return None
    holders = await _holders(conn, told.holders)
    return {
        **await answers.head(conn, walk),
        **accounts,
        "holders": [row for row in holders if row["state"] != "sold"],
        "in_transit": await _in_transit(conn, told.in_transit),
        "sold": [row for row in holders if row["state"] == "sold"],
        "delivered": [],
        "losses": await _listed(conn, "losses", told.losing, start.lot),
        "processing": await _listed(conn, "processing", told.mixed, None),
        "flows": answers.opening(await answers.flows(conn, replace(walk, nodes=told.flows), Page())),
        "units": answers.opening(await answers.units(conn, reader, replace(walk, nodes=told.units), Page())),
    }


async def _listed(conn: Connection, name: str, nodes: list[int], about: int | None) -> list[Row]:
    return await answers.rows(conn, name, nodes, about) if nodes else []


async def _accounts(
    conn: asyncpg.Pool[asyncpg.Record] | Connection, told: Accounts, position: int
) -> Row | None:
    """What no movement made is of the lot itself: all that was made of it came by one. None where such a
    unit was written since the position."""
    own = told.own
    if told.found:
        row = await conn.fetchrow(query("tracing/indexed.found"), told.found, position)
        if row is None:
            return None
        counted = own["surplus"].pieces is not None
        own = own | {"surplus": Amount((row["pieces"] or 0) if counted else None, row["grams"] or 0)}
    return {"account": own, "derived": {"lots": told.derived_lots, "account": told.derived}}


async def _holders(conn: Connection, groups: list[Group]) -> list[Row]:
    if not groups:
        return []
    organisations = sorted({group.key[0] for group in groups})
    facilities = sorted({group.key[1] for group in groups} - {NONE})
    names = await conn.fetchrow(query("tracing/indexed.names"), organisations, facilities)
    assert names is not None  # noqa: S101  (a SELECT without FROM has one row)
    named, placed = names["organisations"], names["facilities"] or {}
    return [
        {
            "organisation": named[str(custodian)],
            "facility": placed.get(str(facility)),
            "state": STATES[state],
            **_amount(group),
        }
        for group in groups
        for custodian, facility, state in (group.key,)
    ]


async def _in_transit(conn: Connection, groups: list[Group]) -> list[Row]:
    if not groups:
        return []
    found: Iterable[Row] = map(
        dict, await conn.fetch(query("tracing/indexed.shipments"), [group.key[0] for group in groups])
    )
    shipments = {row["shipment"]: row for row in found}
    return [shipments[group.key[0]] | _amount(group) for group in groups]


def _amount(group: Group) -> Row:
    return {
        "derived": group.derived,
        "units": group.units,
        "pieces": group.pieces,
        "grams": group.grams,
    }

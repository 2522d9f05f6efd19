"""The summary of a way down, from the trace index: figures from its arrays, words from SQL, as of one
position.

It is what ``answers.downstream`` says, byte for byte, for who sees all that a trace reaches. Where the index
is off, behind, or knows some unit only as it became after that position, it says nothing and SQL answers.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

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


async def summary(
    index: TraceIndex, conn: Connection, reader: Reader, start: Start, direction: Direction, position: int
) -> Row | None:
    """The summary as of ``position``, which is what ``conn`` sees; None where the index cannot say."""
    if not (await _sees_all(conn, reader, start) and await index.at_least(position, PATIENCE)):
        return None
    if direction is Direction.UPSTREAM:
        nodes = await index.asked(lambda arrays: _above(arrays, start, position))
        walk = None if nodes is None else Walk(start, direction, nodes, None)
        return None if walk is None else await answers.upstream(conn, reader, walk)
    first = Page().wanted
    told = await index.asked(
        lambda arrays: figures.downstream(arrays, start.lot, start.unit, position, first)
    )
    return None if told is None else await _downstream(conn, reader, start, told)


async def totals(
    index: TraceIndex, conn: Connection, reader: Reader, start: Start, position: int
) -> Row | None:
    """What ``answers.totals`` says as of ``position``; None where the index cannot say."""
    if not (await _sees_all(conn, reader, start) and await index.at_least(position, PATIENCE)):
        return None
    told = await index.asked(lambda arrays: figures.totals(arrays, start.lot, start.unit, position))
    if told is None:
        return None
    return {
        **await answers.head(conn, Walk(start, Direction.DOWNSTREAM, [], None)),
        **await _accounts(conn, told.accounts),
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


def _above(arrays: Arrays, start: Start, position: int) -> list[int]:
    begin = figures.start_of(arrays, start.lot, start.unit)
    found: list[int] = arrays.nodes.ids[reach(arrays, begin, down=False, as_of=position).nodes].tolist()
    return found


async def _downstream(conn: Connection, reader: Reader, start: Start, told: Figures) -> Row:
    walk = Walk(start, Direction.DOWNSTREAM, [], None)
    holders = await _holders(conn, told.holders)
    return {
        **await answers.head(conn, walk),
        **await _accounts(conn, told.accounts),
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


async def _accounts(conn: Connection, told: Accounts) -> Row:
    """What no movement made is of the lot itself: all that was made of it came by one."""
    own = told.own
    if told.found:
        row = await conn.fetchrow(query("tracing/indexed.found"), told.found)
        assert row is not None  # noqa: S101  (a sum has one row)
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

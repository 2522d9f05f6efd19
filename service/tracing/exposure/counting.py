"""An answer counted before it is listed, as far as its reader sees the goods.

A few by the database; many are read once and summed up in a thread, for a query a sum takes longer than the
walk. It is the same either way, and nobody waits for a loop over all that was reached.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from service.http.readers import Reader, ReaderKind
from service.ledger.store import Connection
from service.parties.shelves import Row
from service.parties.visibility import sight
from service.storage import query
from service.tracing.exposure import sums
from service.tracing.exposure.question import PART, Answer, Column, Hits
from service.tracing.exposure.sums import Goods

NOTHING: Row = {"units": 0, "lots": 0, "pieces": 0, "grams": 0}
PARTS = ("tiers", "hops", "states", "regions")
FEW = 2_000
"""Hits that the database counts."""
_FILE = "tracing/exposure_seen"


async def counted(conn: Connection, reader: Reader, answer: Answer) -> Row:
    """Sums by tier, hop, state, region and holder; of what the reader may not see, the cities alone."""
    large = len(answer.hits) + len(answer.cleared) > FEW
    return await (by_columns if large else by_database)(conn, reader, answer)


async def by_columns(conn: Connection, reader: Reader, answer: Answer) -> Row:
    """Read once, and summed up in a thread."""
    every = reader.kind is ReaderKind.AUDITOR
    lots = None if every else await conn.fetchval(query(f"{_FILE}.lots"), *sight(reader))
    seen = None if every else np.frombuffer(lots or b"", ">i8").astype(np.int64)
    hits = await _wire(conn, answer.hits, answer.position)
    cleared = await _wire(conn, answer.cleared, answer.position)
    told = await asyncio.to_thread(_sums, answer, hits, cleared, seen)
    return told | {"holders": await _named(conn, told["holders"])}


async def _wire(conn: Connection, hits: Hits, position: int) -> bytes:
    """What is known of the units, as bytes, so that nobody makes objects of it; some at a time."""
    found = []
    for begin in range(0, len(hits), PART):
        units = hits.unit[begin : begin + PART].tolist()
        found.append(await conn.fetchval(query(f"{_FILE}.columns"), position, units, [*sums.STATES]))
    return b"".join(found)


def _sums(answer: Answer, hits: bytes, cleared: bytes, seen: Column | None) -> dict[str, Any]:
    goods, apart = Goods.of(answer.hits, hits), Goods.of(answer.cleared, cleared)
    within = goods.within(seen)
    mine = goods.only(within)
    return {
        "hits": mine.sum(),
        **sums.parts(mine),
        "held": mine.only(mine.held > 0).sum(),
        "holders": mine.holders(),
        "elsewhere": goods.only(~within).cities(),
        "cleared": apart.only(apart.within(seen)).sum(),
    }


async def _named(conn: Connection, holders: Sequence[Mapping[str, Any]]) -> list[Row]:
    if not holders:
        return []
    organisations = sorted({row["organisation"] for row in holders})
    facilities = sorted({row["facility"] for row in holders} - {None})
    names = await conn.fetchrow(query("tracing/indexed.names"), organisations, facilities)
    assert names is not None  # noqa: S101  (a SELECT without FROM has one row)
    named, placed = names["organisations"], names["facilities"] or {}
    return [
        {
            **row,
            "organisation": named[str(row["organisation"])],
            "facility": placed.get(str(row["facility"])),
        }
        for row in holders
    ]


async def by_database(conn: Connection, reader: Reader, answer: Answer) -> Row:
    """Counted in SQL."""
    units, *_ = columns = await asyncio.to_thread(_lists, answer.hits)
    at = (*sight(reader), answer.position)
    parts = await _parts(conn, at, columns)
    held = await conn.fetchrow(query(f"{_FILE}.held"), *at, units)
    cleared = await _parts(conn, at, await asyncio.to_thread(_lists, answer.cleared))
    return {
        "hits": parts["all"][0],
        **{part: parts[part] for part in PARTS},
        "held": _filled(dict(held or NOTHING)),
        "holders": await _rows(conn, "holders", *at, units),
        "elsewhere": await _rows(conn, "elsewhere", *at, units),
        "cleared": cleared["all"][0],
    }


def _lists(hits: Hits) -> tuple[list[int], list[int], list[int]]:
    return hits.unit.tolist(), hits.tier.tolist(), hits.hop.tolist()


async def _parts(
    conn: Connection, at: tuple[object, ...], columns: tuple[list[int], list[int], list[int]]
) -> dict[str, list[Row]]:
    parts: dict[str, list[Row]] = {part: [] for part in ("all", *PARTS)}
    for row in await _rows(conn, "counts", *at, *columns):
        parts[row["part"]].append(_filled(row))
    return parts


def _filled(row: Row) -> Row:
    """Nothing at all has no pieces, rather than pieces that nobody counted."""
    return row if row["units"] else {**row, "pieces": 0}


async def _rows(conn: Connection, name: str, *arguments: object) -> list[Row]:
    return [dict(row) for row in await conn.fetch(query(f"{_FILE}.{name}"), *arguments)]

"""An answer counted before it is listed, as far as its reader sees the goods."""

from __future__ import annotations

from collections.abc import Sequence

from service.http.readers import Reader
from service.ledger.store import Connection
from service.parties.shelves import Row
from service.parties.visibility import sight
from service.storage import query
from service.tracing.exposure.question import Answer, Hit

NOTHING: Row = {"units": 0, "lots": 0, "pieces": 0, "grams": 0}
PARTS = ("tiers", "hops", "states", "regions")


async def counted(conn: Connection, reader: Reader, answer: Answer) -> Row:
    """Sums by tier, hop, state, region and holder; of what the reader may not see, the cities alone."""
    units = [hit.unit for hit in answer.hits]
    at = (*sight(reader), answer.position)
    parts = await _parts(conn, reader, answer.position, answer.hits)
    held = await conn.fetchrow(query("tracing/exposure_seen.held"), *at, units)
    cleared = await _parts(conn, reader, answer.position, answer.cleared)
    return {
        "hits": parts["all"][0],
        **{part: parts[part] for part in PARTS},
        "held": _filled(dict(held or NOTHING)),
        "holders": await _rows(conn, "holders", *at, units),
        "elsewhere": await _rows(conn, "elsewhere", *at, units),
        "cleared": cleared["all"][0],
    }


async def _parts(
    conn: Connection, reader: Reader, position: int, hits: Sequence[Hit]
) -> dict[str, list[Row]]:
    columns = [hit.unit for hit in hits], [hit.tier for hit in hits], [hit.hop for hit in hits]
    parts: dict[str, list[Row]] = {part: [] for part in ("all", *PARTS)}
    for row in await _rows(conn, "counts", *sight(reader), position, *columns):
        parts[row["part"]].append(_filled(row))
    return parts


def _filled(row: Row) -> Row:
    """Nothing at all has no pieces, rather than pieces that nobody counted."""
    return row if row["units"] else {**row, "pieces": 0}


async def _rows(conn: Connection, name: str, *arguments: object) -> list[Row]:
    return [dict(row) for row in await conn.fetch(query(f"tracing/exposure_seen.{name}"), *arguments)]

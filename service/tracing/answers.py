"""What a trace answers: first its totals, then movements, units and accounts of lots in pages."""

from __future__ import annotations

from service.goods.reading import UNITS
from service.http.paging import Page, Slice, write_cursor
from service.http.readers import Reader
from service.ledger.store import Connection
from service.parties.shelves import Row
from service.parties.visibility import sight
from service.storage import query
from service.tracing.accounts import read_account, total
from service.tracing.walk import Direction, Walk


async def rows(conn: Connection, name: str, *arguments: object) -> list[Row]:
    """What ``tracing/trace.<name>`` finds."""
    return [dict(row) for row in await conn.fetch(query(f"tracing/trace.{name}"), *arguments)]


def _after(page: Page) -> int | str | None:
    return page.after[0] if page.after else None


async def flows(conn: Connection, walk: Walk, page: Page) -> Slice[Row]:
    """Movements among what was reached, in the order of recording."""
    down = walk.direction is Direction.DOWNSTREAM
    found = await rows(conn, "flows", walk.nodes, _after(page), page.wanted, down)
    return page.cut([_flow(row) for row in found], lambda row: (row["id"],))


def _flow(row: Row) -> Row:
    """Gather the two ends of a movement."""
    parts = ("unit", "process", "organisation", "facility", "lot", "held")
    ends = {end: {part: row.pop(f"{end}_{part}") for part in parts} for end in ("from", "to")}
    return row | {"source": ends["from"], "target": ends["to"]}


async def units(conn: Connection, reader: Reader, walk: Walk, page: Page) -> Slice[Row]:
    """Units that were reached, the oldest first."""
    found = await rows(conn, "units", walk.nodes, _after(page), page.wanted)
    keys = page.cut([row["id"] for row in found], lambda key: (key,))
    shown = await UNITS.rows(conn, sight(reader), keys.items)
    return Slice(shown[::-1], keys.next)


async def accounts(conn: Connection, walk: Walk, page: Page) -> Slice[Row]:
    """The account of each lot that was reached."""
    found = await rows(conn, "accounts", walk.nodes, _after(page), page.wanted)
    return page.cut([_account_row(row) for row in found], lambda row: (row["lot"]["id"],))


def _account_row(row: Row) -> Row:
    lot = {"id": row["lot"], **{name: row[name] for name in ("code", "product", "product_en")}}
    return {"lot": lot, "units": row["units"], "account": read_account(row)}


async def totals(conn: Connection, walk: Walk) -> Row:
    """What a way down comes to, without any list that grows with it."""
    return {
        **await head(conn, walk),
        **await _accounts(conn, walk),
        "states": await rows(conn, "states", walk.nodes, walk.start.lot),
    }


async def _accounts(conn: Connection, walk: Walk) -> Row:
    lots = await rows(conn, "accounts", walk.nodes, None, None)
    own = [read_account(row) for row in lots if row["lot"] == walk.start.lot]
    derived = [read_account(row) for row in lots if row["lot"] != walk.start.lot]
    return {"account": total(own), "derived": {"lots": len(derived), "account": total(derived)}}


async def downstream(conn: Connection, reader: Reader, walk: Walk) -> Row:
    """Totals by what became of the goods, present holders, the road, sales, losses; then the first pages."""
    holders = await rows(conn, "holders", walk.nodes, walk.start.lot)
    return {
        **await head(conn, walk),
        **await _accounts(conn, walk),
        "holders": [row for row in holders if row["state"] != "sold"],
        "in_transit": await rows(conn, "in_transit", walk.nodes, walk.start.lot),
        "sold": [row for row in holders if row["state"] == "sold"],
        "delivered": await _delivered(conn, walk),
        "losses": await rows(conn, "losses", walk.nodes, walk.start.lot),
        "processing": await rows(conn, "processing", walk.nodes, walk.business),
        **await _pages(conn, reader, walk),
    }


async def _delivered(conn: Connection, walk: Walk) -> list[Row]:
    if walk.complete:
        return []
    return await rows(conn, "delivered", walk.nodes, walk.start.lot)


async def upstream(conn: Connection, reader: Reader, walk: Walk) -> Row:
    """Origins with their papers; for a business also its suppliers' shipments; then the first pages."""
    return {
        **await head(conn, walk),
        "origins": await rows(conn, "origins", *sight(reader)[:2], walk.nodes),
        "suppliers": await rows(conn, "suppliers", walk.nodes, walk.business),
        "processing": await rows(conn, "processing", walk.nodes, walk.business),
        **await _pages(conn, reader, walk),
    }


async def head(conn: Connection, walk: Walk) -> Row:
    """What a trace is of."""
    lot = (await rows(conn, "lot", walk.start.lot))[0]
    return {"lot": lot, "unit": walk.start.unit, "direction": walk.direction, "complete": walk.complete}


async def _pages(conn: Connection, reader: Reader, walk: Walk) -> Row:
    """The first pages; ``next`` is the cursor for the list of the same name beneath the trace's address."""
    first = Page()
    return {
        "flows": opening(await flows(conn, walk, first)),
        "units": opening(await units(conn, reader, walk, first)),
    }


def opening(part: Slice[Row]) -> Row:
    """The first page of a list, within another answer."""
    return {"items": part.items, "next": None if part.next is None else write_cursor(part.next)}

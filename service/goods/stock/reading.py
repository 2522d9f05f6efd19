"""GET routes of stock: what lies where, what nears its end, what was declared, which stores report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from schema import moments
from schema.clock import CHINA
from schema.identifiers import prefix
from schema.messages import stock as messages
from service.goods.stock.nearness import near_days
from service.http.paging import Slice
from service.http.reads import Ask, Read
from service.ledger.statement import instant
from service.parties.shelves import Row, Shelf
from service.parties.visibility import sight
from service.storage import query

DECLARATIONS = Shelf("goods/read_declarations")
REPORTING_DAYS = 7
_FILE = "goods/read_stock"


def _now() -> datetime:
    return datetime.now(UTC)


def _today(ask: Ask) -> date:
    return ask.now().astimezone(CHINA).date()


def _after(ask: Ask, length: int) -> Sequence[int | str | None]:
    return ask.page.after if ask.page.after is not None else (None,) * length


async def _stock(ask: Ask) -> Slice[Row]:
    filters = map(ask.query.get, ("facility", "zone", "owner", "lot", "state"))
    rows = await ask.pool.fetch(
        query(f"{_FILE}.page"),
        *sight(ask.reader),
        *_after(ask, 5),
        ask.page.wanted,
        *filters,
        ask.query.get("to_be_moved", False),
    )
    today = _today(ask)
    page = ask.page.cut(
        rows, lambda row: (row["facility"], row["lot"], row["zone"], row["owner"], row["state"])
    )
    return Slice([_aged(dict(row), today) for row in page.items], page.next)


def _aged(row: Mapping[str, Any], today: date) -> Row:
    """A row of stock with its age; zone 0 is none."""
    lot = {name: row[name] for name in ("code", "product", "product_en")} | {"id": row["lot"]}
    return {
        **row,
        "lot": lot,
        "zone": row["zone"] or None,
        "days": (today - moments.parse(row["since"]).day).days,
        "days_left": _left(row["best_before"], today),
    }


def _left(best_before: str | None, today: date) -> int | None:
    return None if best_before is None else (date.fromisoformat(best_before) - today).days


async def _totals(ask: Ask) -> Slice[Row]:
    by = ask.query.get("by", "facility")
    rows = await ask.pool.fetch(
        query(f"{_FILE}.totals"), *sight(ask.reader), by, *_after(ask, 2), ask.page.wanted
    )
    return ask.page.cut([dict(row) for row in rows], lambda row: (row["key"], row["part"]))


async def _expiring(ask: Ask) -> Slice[Row]:
    today = _today(ask)
    days = ask.query.get("days")
    if days is None:
        days = await near_days(ask.pool, ask.reader.region, ask.now())
    rows = await ask.pool.fetch(
        query(f"{_FILE}.expiring"),
        *sight(ask.reader),
        str(today + timedelta(days=days)),
        *_after(ask, 4),
        ask.page.wanted,
        ask.query.get("facility"),
    )
    found = [dict(row) | {"days_left": _left(row["best_before"], today)} for row in rows]
    return ask.page.cut(
        found, lambda row: (row["best_before"], row["lot_id"], row["facility_id"], row["owner_id"])
    )


def _since(ask: Ask) -> str:
    """The recorded time from which on a report is recent."""
    return instant(_now() - timedelta(days=ask.query.get("days", REPORTING_DAYS)))


async def _coverage(ask: Ask) -> Slice[Row]:
    region = ask.query.get("region")
    rows = await ask.pool.fetch(
        query(f"{_FILE}.coverage"),
        *sight(ask.reader),
        *_after(ask, 1),
        ask.page.wanted,
        _since(ask),
        ask.query.get("state"),
        None if region is None else prefix(region),
    )
    return ask.page.cut([dict(row) for row in rows], lambda row: (row["id"],))


async def _regions(ask: Ask) -> Row:
    rows = await ask.pool.fetch(query(f"{_FILE}.coverage_regions"), *sight(ask.reader), _since(ask))
    return {"regions": [dict(row) for row in rows]}


async def _declarations(ask: Ask) -> Slice[Row]:
    return await DECLARATIONS.page(ask, ask.query.get("facility"))


async def _declaration(ask: Ask) -> Row:
    return await DECLARATIONS.one(ask, ask.path["declaration"])


async def _differences(ask: Ask) -> Slice[Row]:
    await DECLARATIONS.demand(ask, ask.path["declaration"])
    rows = await ask.pool.fetch(
        query("goods/read_declarations.differences"),
        *sight(ask.reader),
        ask.path["declaration"],
        *_after(ask, 2),
        ask.page.wanted,
        ask.query.get("all", False),
    )
    return ask.page.cut([dict(row) for row in rows], lambda row: (row["key"], row["code"]))


_AT = "/api/v1/stock/declarations"

READS: Sequence[Read] = (
    Read("/api/v1/stock", "stock", "What lies where: by place, lot, zone, owner and state", _stock,
         messages.StockView, messages.StockQuery, cursor=(int, int, int, int, str), past=True),
    Read("/api/v1/stock/totals", "stock-totals", "Stock added up by place, zone, owner or lot", _totals,
         messages.TotalView, messages.TotalQuery, cursor=(int, int), past=True),
    Read("/api/v1/stock/expiring", "stock-expiring", "Goods past their best-before day or near it",
         _expiring, messages.ExpiringView, messages.ExpiringQuery, cursor=(str, int, int, int), past=True),
    Read("/api/v1/coverage", "coverage", "Filed places: which report, which are silent, which never did",
         _coverage, messages.CoverageView, messages.CoverageQuery, cursor=(int,)),
    Read("/api/v1/coverage/regions", "coverage-regions", "The same, counted by city", _regions,
         messages.CoverageRegions, messages.CoverageRegionQuery),
    Read(_AT, "stock-declarations", "What places said they hold, newest first", _declarations,
         messages.DeclarationView, messages.DeclarationQuery, cursor=(int,), past=True),
    Read(_AT + "/{declaration:id}", "stock-declaration", "What a place said it holds", _declaration,
         messages.DeclarationView, past=True),
    Read(_AT + "/{declaration:id}/differences", "stock-differences",
         "What a place said it holds against what the ledger says, both ways", _differences,
         messages.CountDifferenceView, messages.DifferenceQuery, cursor=(int, str), past=True),
)  # fmt: skip

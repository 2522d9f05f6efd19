"""Stock: what lies where, what nears its end, which places report, and what a place says that it holds."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Any

from aiohttp import web

from schema.messages.stock import COVERAGE, STOCK_STATES, TOTALS
from schema.problems import Problem, Refusal
from service.http.readers import ReaderKind
from service.http.writes import Receipt
from service.web import choices
from service.web.downloads import table
from service.web.entitled import demand_own
from service.web.forms import Field, Form, Group, Widget
from service.web.lists import list_page
from service.web.operations import WRITES
from service.web.rendering import page
from service.web.submitting import Fact, FormPage, Sheet
from service.web.visits import Visit

_FILTERS = ("facility", "zone", "owner", "lot", "state", "to_be_moved")
_PART = 1000
"""Rows of a download that are asked for at a time."""
_LINES = 100
_FURTHER = 5
_DECLARATIONS = "/stock/declarations"


async def stock(request: web.Request) -> web.StreamResponse:
    """What lies where."""
    visit = Visit(request)
    visit.demand_signed_in()
    places = await _places(visit)
    context = {
        "states": choices.words(visit, "unit_state", STOCK_STATES),
        "places": choices.facilities(visit, places),
        "download": _download(visit, "/stock.csv"),
        "mine": [each["id"] for each in places if _is_own(visit, each)],
    }
    return await list_page(visit, "stock.html", "stock", _FILTERS, context)


async def _places(visit: Visit) -> list[dict[str, Any]]:
    """Places to choose from: one's own; an authority finds those of others by their organisation."""
    return await choices.own_facilities(visit)


def _is_own(visit: Visit, place: dict[str, Any]) -> bool:
    return bool(place["organisation"]["id"] == visit.reader.organisation)


def _download(visit: Visit, path: str) -> str:
    """The address of the table of what the page shows."""
    return str(visit.request.rel_url.with_path(path).without_query_params("cursor", "done"))


async def totals(request: web.Request) -> web.StreamResponse:
    """Stock added up."""
    visit = Visit(request)
    visit.demand_signed_in()
    by = choices.words(visit, "stock_by", TOTALS)
    return await list_page(visit, "stock_totals.html", "stock-totals", ("by",), {"choices": by})


async def expiring(request: web.Request) -> web.StreamResponse:
    """What is past its best-before day or near it."""
    visit = Visit(request)
    visit.demand_signed_in()
    more = {"download": _download(visit, "/stock/expiring.csv")}
    return await list_page(visit, "stock_expiring.html", "stock-expiring", ("days", "facility"), more)


async def coverage(request: web.Request) -> web.StreamResponse:
    """Which filed places report, by city and one by one."""
    visit = Visit(request)
    visit.demand_signed_in()
    said = visit.asked("days")
    days = said if said.get("days", "7").isdigit() else {}
    counted = await visit.ask("coverage-regions", days)
    more = {"regions": counted["regions"], "states": choices.words(visit, "coverage", COVERAGE)}
    return await list_page(visit, "coverage.html", "coverage", ("days", "state", "region"), more)


async def stock_table(request: web.Request) -> web.StreamResponse:
    """All that the list of stock shows, as a table to take along."""
    visit = Visit(request)
    visit.demand_signed_in()
    keys = (
        "field.facility",
        "field.zone",
        "field.product",
        "field.code",
        "field.owner",
        "field.state",
        "field.pieces",
        "stock.grams",
        "field.made_at",
        "field.best_before",
    )
    heading = [visit.t(key) for key in keys]
    return await table(visit, "stock.csv", heading, _stock_rows(visit))


async def _stock_rows(visit: Visit) -> AsyncIterator[list[Sequence[object]]]:
    async for items in _parts(visit, "stock", _FILTERS):
        yield [
            (
                choices.named(visit, each["facility"]),
                each["zone_name"],
                choices.product(visit, each["lot"]),
                each["lot"]["code"],
                choices.named(visit, each["owner"]),
                visit.t("unit_state." + each["state"]),
                each["pieces"],
                each["grams"],
                each["since"],
                each["best_before"],
            )
            for each in items
        ]


async def expiring_table(request: web.Request) -> web.StreamResponse:
    """All that nears its end, as a table to take along."""
    visit = Visit(request)
    visit.demand_signed_in()
    keys = (
        "field.best_before",
        "field.days-left",
        "field.product",
        "field.code",
        "field.facility",
        "field.owner",
        "field.pieces",
        "stock.grams",
    )
    heading = [visit.t(key) for key in keys]
    return await table(visit, "expiring.csv", heading, _expiring_rows(visit))


async def _expiring_rows(visit: Visit) -> AsyncIterator[list[Sequence[object]]]:
    async for items in _parts(visit, "stock-expiring", ("days", "facility")):
        yield [
            (
                each["best_before"],
                each["days_left"],
                choices.product(visit, each["lot"]),
                each["lot"]["code"],
                choices.named(visit, each["facility"]),
                choices.named(visit, each["owner"]),
                each["pieces"],
                each["grams"],
            )
            for each in items
        ]


async def _parts(visit: Visit, read: str, filters: tuple[str, ...]) -> AsyncIterator[list[Any]]:
    """The whole list, part by part."""
    cursor: str | None = None
    while True:
        listing = await visit.ask_list(read, visit.asked(*filters), limit=_PART, cursor=cursor)
        yield listing.items
        cursor = listing.next
        if cursor is None:
            return


async def declarations(request: web.Request) -> web.StreamResponse:
    """What places said they hold."""
    visit = Visit(request)
    visit.demand_signed_in()
    business = visit.reader.kind is ReaderKind.ORGANISATION
    places = await _places(visit) if business else []
    return await list_page(
        visit, "declarations.html", "stock-declarations", ("facility",), {"places": places}
    )


async def declaration(request: web.Request) -> web.StreamResponse:
    """A declaration against what the ledger says."""
    visit = Visit(request)
    visit.demand_signed_in()
    key = visit.id("declaration")
    found = await visit.ask("stock-declaration", declaration=key)
    asked = {"all": "true"} if visit.asked("all") else {}
    cursor = visit.request.query.get("cursor")
    listing = await visit.ask_list("stock-differences", asked, cursor=cursor, declaration=key)
    following = None
    if listing.next is not None:
        following = str(visit.request.rel_url.update_query(cursor=listing.next).without_query_params("done"))
    context = {
        "declaration": found,
        "listing": listing,
        "following": following,
        "all": bool(asked),
        "mine": found["organisation"]["id"] == visit.reader.organisation,
    }
    return await page(visit, "declaration.html", context)


async def _declare(visit: Visit) -> Sheet:
    """The lots that lie there by the ledger, each to be counted, and lines for what else is found."""
    said = visit.asked("facility", "zone")
    place = said.get("facility", "")
    if not (place.isascii() and place.isdigit() and len(place) < 16):
        raise Refusal("facility.not-found", facility=place[:20] or None)
    found = await visit.ask("facility", facility=int(place))
    demand_own(visit, found["organisation"], Refusal("facility.not-found", facility=found["id"]))
    listing = await visit.ask_list("stock", said, limit=_LINES)
    if listing.next is not None:
        # What is not on the form would be declared as not there.
        raise Problem("web.stock-too-long", most=_LINES)
    lots = {each["lot"]["id"]: each for each in listing.items}
    rows = [_counted(visit, row, each) for row, each in enumerate(lots.values())]
    rows += [_further(row) for row in range(len(rows), len(rows) + _FURTHER)]
    head = Field("as_of", Widget.MOMENT, required=True, initial=choices.now())
    form = Form((Group("", (head,), visit.t("stock.declare-note")), *rows), {"lines": "grams"})
    # Where nothing is filled in, nothing is there: that is declared too.
    fixed: dict[str, Any] = {"lines": [], **{name: int(number) for name, number in said.items()}}
    facts = [Fact(visit.t("field.facility"), choices.named(visit, found))]
    if "zone" in fixed:
        facts.append(Fact(visit.t("field.zone"), said["zone"]))
    return Sheet(form, visit.t("stock.declare"), "/stock", tuple(facts), fixed)


def _counted(visit: Visit, row: int, each: dict[str, Any]) -> Group:
    lot, name = each["lot"], f"lines.{row}."
    about = f"{choices.product(visit, lot)} · {lot['code']}"
    fields = (
        Field(f"{name}lot", Widget.HIDDEN, "lot.title", initial=str(lot["id"]), ids=True),
        Field(f"{name}pieces", Widget.WHOLE, note=about),
        Field(f"{name}grams", Widget.KILOGRAMS, hint="hint.kilograms", note=about),
    )
    return Group("", fields, about)


def _further(row: int) -> Group:
    name, note = f"lines.{row}.", str(row + 1)
    fields = (
        Field(f"{name}code", hint="hint.code", longest=200, note=note),
        Field(f"{name}pieces", Widget.WHOLE, note=note),
        Field(f"{name}grams", Widget.KILOGRAMS, hint="hint.kilograms", note=note),
    )
    return Group("stock.further", fields)


def _to_declaration(_visit: Visit, receipt: Receipt) -> str:
    return f"{_DECLARATIONS}/{receipt.acknowledgement.statement.outcome['declaration']}"


ROUTES = (
    web.get("/stock", stock),
    web.get("/stock.csv", stock_table),
    web.get("/stock/totals", totals),
    web.get("/stock/expiring", expiring),
    web.get("/stock/expiring.csv", expiring_table),
    web.get("/coverage", coverage),
    web.get(_DECLARATIONS, declarations),
    web.get(_DECLARATIONS + r"/{declaration:\d{1,15}}", declaration),
    *FormPage(
        "/stock/declare", WRITES["stock-declared"], "stock.declare", _declare, _to_declaration
    ).routes(),
)

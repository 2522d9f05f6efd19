"""Disinfection: recorded by whoever did it, accepted by the regulator of the region."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from schema.identifiers import TraceCode
from schema.messages.disinfection import GROUNDS, SUBJECTS
from schema.messages.policies import AGENTS, ZONE_KINDS
from schema.problems import Refusal
from service.http.readers import ReaderKind
from service.http.writes import Receipt
from service.web import choices
from service.web.entitled import demand_own
from service.web.forms import Field, Form, Group, Option, Widget
from service.web.lists import list_page
from service.web.operations import WRITES
from service.web.rendering import page
from service.web.submitting import Fact, FormPage, Sheet
from service.web.visits import Visit

_LIST = "/disinfections"


async def disinfections(request: web.Request) -> web.StreamResponse:
    """One's own, or the region's."""
    visit = Visit(request)
    visit.demand_signed_in()
    context = {
        "subjects": choices.words(visit, "disinfected", SUBJECTS),
        "vehicles": await _vehicles(visit),
        "places": await choices.own_facilities(visit),
    }
    return await list_page(
        visit, "disinfections.html", "disinfections", ("subject", "target", "accepted"), context
    )


async def _vehicles(visit: Visit) -> list[Any]:
    listing = await visit.ask_list("vehicles", limit=100)
    return [
        each for each in listing.items if each["active"] and each["organisation"] == visit.reader.organisation
    ]


async def disinfection(request: web.Request) -> web.StreamResponse:
    """One disinfection, and for its regulator the way to accept it."""
    visit = Visit(request)
    visit.demand_signed_in()
    await visit.look_back()
    found = await visit.ask("disinfection", disinfection=visit.id("disinfection"))
    may_accept = visit.past is None and found["accepted_by"] is None and _supervises(visit, found)
    return await page(visit, "disinfection.html", {"found": found, "may_accept": may_accept})


def _supervises(visit: Visit, found: dict[str, Any]) -> bool:
    region: str = found["region"]
    return visit.reader.kind is ReaderKind.REGULATOR and region.startswith(visit.reader.region)


async def _record(visit: Visit) -> Sheet:
    """The form for what the address names: a unit, a lot, a vehicle, or something in a place of one's own."""
    if key := _named(visit, "unit"):
        return await _of_unit(visit, key)
    if key := _named(visit, "lot"):
        return await _of_lot(visit, key)
    if key := _named(visit, "vehicle"):
        fact = Fact(visit.t("field.vehicle"), str(key))
        return _sheet(visit, "/organisation", (fact,), (), {"vehicle": key})
    return await _of_place(visit, _named(visit, "facility") or 0)


def _named(visit: Visit, name: str) -> int | None:
    said = visit.asked(name).get(name, "")
    return int(said) if said.isascii() and said.isdigit() and len(said) < 16 else None


async def _of_unit(visit: Visit, key: int) -> Sheet:
    found = await visit.ask("unit", unit=key)
    demand_own(visit, found["custodian"], Refusal("unit.not-found", unit=key))
    facts = (
        Fact(visit.t("field.product"), choices.product(visit, found["lot"])),
        Fact(visit.t("field.on-hand"), choices.amount(visit, found["pieces"], found["grams"])),
    )
    return _sheet(visit, f"/units/{key}", facts, _pieces(found["pieces"]), {"unit": key})


async def _of_lot(visit: Visit, key: int) -> Sheet:
    found = await visit.ask("lot", lot=key)
    demand_own(visit, found["organisation"], Refusal("lot.not-found", lot=key))
    facts = (
        Fact(visit.t("field.product"), choices.product(visit, found)),
        Fact(visit.t("field.code"), TraceCode.parse(found["code"]).grouped),
    )
    return _sheet(visit, f"/lots/{key}", facts, _pieces(found["pieces"]), {"lot": key})


def _pieces(there: int | None) -> tuple[Field, ...]:
    """How many pieces were done, where they are counted."""
    return () if there is None else (Field("pieces", Widget.WHOLE, hint="hint.each-piece", required=True),)


async def _of_place(visit: Visit, key: int) -> Sheet:
    found = await visit.ask("facility", facility=key)
    demand_own(visit, found["organisation"], Refusal("facility.not-found", facility=key))
    zones: tuple[Option, ...] = choices.zones(visit, found, ZONE_KINDS)
    what = (
        Field("zone", Widget.CHOICE, hint="hint.one-of", options=zones, ids=True),
        Field("bay", hint="hint.one-of", longest=16),
        Field("equipment", hint="hint.one-of", longest=16),
        Field("square_metres", Widget.WHOLE),
    )
    facts = (Fact(visit.t("field.facility"), choices.named(visit, found)),)
    return _sheet(visit, f"/facilities/{key}", facts, what, {"facility": key})


def _sheet(
    visit: Visit, back: str, facts: tuple[Fact, ...], what: tuple[Field, ...], fixed: dict[str, int]
) -> Sheet:
    fields = (
        *what,
        Field("happened_at", Widget.MOMENT, required=True, initial=choices.now()),
        Field("agent", Widget.CHOICE, "field.agent", required=True,
              options=choices.words(visit, "policy_agent", AGENTS)),
        Field("agent_name", hint="hint.agent_name", longest=60),
        Field("milligrams_per_litre", Widget.WHOLE),
        Field("contact_minutes", Widget.WHOLE),
        Field("terminal", Widget.CHECK),
        Field("file", Widget.FILE, "field.evidence", hint="hint.file"),
        Field("remark", Widget.LINES, hint="hint.remark", longest=500),
    )  # fmt: skip
    return Sheet(Form((Group("", fields),)), visit.t("disinfection.record"), back, facts, fixed)


async def _accept(visit: Visit) -> Sheet:
    found = await visit.ask("disinfection", disinfection=visit.id("disinfection"))
    if not _supervises(visit, found):
        raise Refusal("disinfection.not-found", disinfection=found["id"])
    grounds = choices.words(visit, "grounds", GROUNDS)
    fields = (
        Field("grounds", Widget.CHOICE, required=True, options=grounds),
        Field("remark", Widget.LINES, hint="hint.remark", longest=500),
    )
    facts = (
        Fact(visit.t("field.organisation"), choices.named(visit, found["organisation"])),
        Fact(visit.t("disinfection.title"), visit.t("disinfected." + found["subject"])),
    )
    title, back = visit.t("disinfection.accept"), f"{_LIST}/{found['id']}"
    return Sheet(Form((Group("", fields),), {}), title, back, facts)


def _to_record(visit: Visit, receipt: Receipt) -> str:
    outcome = receipt.acknowledgement.statement.outcome
    return f"{_LIST}/{outcome.get('disinfection') or visit.id('disinfection')}"


ROUTES = (
    web.get(_LIST, disinfections),
    web.get(_LIST + r"/{disinfection:\d{1,15}}", disinfection),
    *FormPage(
        f"{_LIST}/new", WRITES["disinfection-done"], "disinfection.record", _record, _to_record
    ).routes(),
    *FormPage(
        _LIST + "/{disinfection:id}/acceptance",
        WRITES["disinfection-accepted"],
        "disinfection.accept",
        _accept,
        _to_record,
    ).routes(),
)

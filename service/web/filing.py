"""What becomes of a filed place, a vehicle, an organisation: changed, stopped, divided anew, closed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from aiohttp import web

from schema.identifiers import SOLE_TRADER
from schema.messages.filing import CLOSURES, REINSTATEMENTS, SUSPENSIONS
from schema.messages.parties import ROLES, VEHICLE_KINDS
from schema.messages.policies import ZONE_KINDS
from schema.problems import Refusal
from service.http.paging import write_cursor
from service.http.readers import ReaderKind
from service.http.writes import Receipt
from service.parties import UserRole
from service.web import choices
from service.web.entitled import demand_own, demand_platform
from service.web.forms import Field, Form, Group, Option, Widget
from service.web.operations import WRITES
from service.web.rendering import page
from service.web.submitting import Fact, FormPage, Sheet
from service.web.visits import Visit

_PLACE = "/facilities/{facility:id}"
_OWN = "/organisation"
_NEW_ZONES = 4


async def place(request: web.Request) -> web.StreamResponse:
    """One place: its zones in all their editions, what lies there, and what one may do with it."""
    visit = Visit(request)
    visit.demand_signed_in()
    found = await visit.ask("facility", facility=visit.id("facility"))
    mine = found["organisation"]["id"] == visit.reader.organisation
    context = {"facility": found, "deeds": _deeds(visit, found), "zones": found["zones"], "mine": mine}
    return await page(visit, "facility.html", context)


def _path(key: int) -> str:
    return f"/facilities/{key}"


def _deeds(visit: Visit, found: dict[str, Any]) -> list[dict[str, str]]:
    """What may be tried: each a path and a key of the texts."""
    key, names = found["id"], []
    keeper = _keeper(visit, found)
    if found["organisation"]["id"] == visit.reader.organisation and found["active"]:
        names.append({"path": f"/stock/declare?facility={key}", "key": "stock.declare"})
        names.append({"path": f"/disinfections/new?facility={key}", "key": "disinfection.record"})
    if keeper is None or found["closed"]:
        return names
    verbs = ["reinstatement" if keeper in found["suspended"] else "suspension", "closing"]
    if keeper == "owner":
        verbs = ["change", "repartition", *verbs]
    return [*names, *({"path": f"{_path(key)}/{verb}", "key": f"place.{verb}"} for verb in verbs)]


def _keeper(visit: Visit, found: dict[str, Any]) -> str | None:
    """As whom the reader may stop the place, if at all."""
    if visit.reader.user_role != UserRole.MANAGER:
        return None
    if found["organisation"]["id"] == visit.reader.organisation:
        return "owner"
    watches = visit.reader.kind is ReaderKind.REGULATOR and found["region"].startswith(visit.reader.region)
    return "authority" if watches else None


async def _seen(visit: Visit) -> dict[str, Any]:
    found: dict[str, Any] = await visit.ask("facility", facility=visit.id("facility"))
    return found


async def _own_place(visit: Visit) -> dict[str, Any]:
    """Raises Refusal ``facility.not-found`` for what another keeps."""
    found = await _seen(visit)
    demand_own(visit, found["organisation"], Refusal("facility.not-found", facility=found["id"]))
    return found


async def _kept_place(visit: Visit) -> dict[str, Any]:
    """Raises Refusal ``facility.not-found`` for who neither owns nor supervises it."""
    found = await _seen(visit)
    is_own = found["organisation"]["id"] == visit.reader.organisation
    watches = visit.reader.kind is ReaderKind.REGULATOR and found["region"].startswith(visit.reader.region)
    if not (is_own or watches):
        raise Refusal("facility.not-found", facility=found["id"])
    return found


def _about(visit: Visit, found: dict[str, Any]) -> tuple[Fact, ...]:
    return (
        Fact(visit.t("field.facility"), choices.named(visit, found)),
        Fact(visit.t("field.facility_kind"), visit.t("facility_kind." + found["kind"])),
        Fact(visit.t("field.organisation"), choices.named(visit, found["organisation"])),
        Fact(visit.t("field.filing"), found["filing"] or "—"),
    )


def _sheet(visit: Visit, found: dict[str, Any], verb: str, *groups: Group) -> Sheet:
    form = Form(groups, {"zones": "name"})
    return Sheet(form, visit.t(f"place.{verb}"), _path(found["id"]), _about(visit, found))


async def _change(visit: Visit) -> Sheet:
    found = await _own_place(visit)
    fields = (
        Field("changed_on", Widget.DAY, required=True, initial=choices.today()),
        Field("name", label="field.facility_name", hint="hint.unchanged", longest=200),
        Field("name_en", hint="hint.unchanged", longest=200),
        Field("address", hint="hint.same-region", longest=200),
        Field("filing", hint="hint.unchanged", longest=60),
    )
    return _sheet(visit, found, "change", Group("", fields))


def _because(visit: Visit, reasons: tuple[str, ...]) -> Group:
    options = choices.words(visit, "place_reason", reasons)
    reason = Field("reason", Widget.CHOICE, "field.because", required=True, options=options)
    return Group("", (reason, Field("remark", Widget.LINES, hint="hint.remark", longest=500)))


async def _suspension(visit: Visit) -> Sheet:
    return _sheet(visit, await _kept_place(visit), "suspension", _because(visit, SUSPENSIONS))


async def _reinstatement(visit: Visit) -> Sheet:
    return _sheet(visit, await _kept_place(visit), "reinstatement", _because(visit, REINSTATEMENTS))


async def _closing(visit: Visit) -> Sheet:
    return _sheet(visit, await _kept_place(visit), "closing", _because(visit, CLOSURES))


async def _repartition(visit: Visit) -> Sheet:
    found = await _own_place(visit)
    there = choices.zones(visit, found, ZONE_KINDS)
    when = Field("happened_at", Widget.MOMENT, required=True, initial=choices.now())
    gone = Field("gives_up", Widget.CHECKS, hint="hint.gives_up", options=there, ids=True)
    rows = tuple(_new_zone(visit, row, there) for row in range(_NEW_ZONES))
    first = Group("", (when, gone), visit.t("place.repartition-note"))
    return _sheet(visit, found, "repartition", first, *rows)


async def _clearing(visit: Visit) -> Sheet:
    found = await _own_place(visit)
    when = Field("happened_at", Widget.MOMENT, required=True, initial=choices.now())
    sheet = _sheet(visit, found, "clearing", Group("", (when,)))
    return replace(sheet, facts=(*sheet.facts, Fact(visit.t("field.zone"), visit.part("zone"))))


def _new_zone(visit: Visit, row: int, there: tuple[Option, ...]) -> Group:
    kinds = choices.words(visit, "zone_kind", ZONE_KINDS)
    name, note = f"zones.{row}.", str(row + 1)
    fields = (
        Field(f"{name}name", label="field.zone_name", longest=60, note=note),
        Field(f"{name}kind", Widget.CHOICE, "field.zone_kind", options=kinds, note=note),
        Field(f"{name}from", Widget.CHECKS, "field.made_from", options=there, ids=True, note=note),
    )
    return Group("place.new-zone", fields)


async def _own_vehicle(visit: Visit) -> tuple[Fact, ...]:
    """Raises Refusal ``vehicle.not-found`` where the reader has no such vehicle."""
    key = visit.id("vehicle")
    # The list goes on after an id, so one part of one line is that vehicle, and no other plate is read.
    listing = await visit.ask_list("vehicles", limit=1, cursor=write_cursor((key - 1,)))
    for each in listing.items:
        if each["id"] == key and each["organisation"] == visit.reader.organisation:
            return (Fact(visit.t("field.vehicle"), choices.vehicle(visit, each)),)
    raise Refusal("vehicle.not-found", vehicle=key)


async def _vehicle_change(visit: Visit) -> Sheet:
    facts = await _own_vehicle(visit)
    kinds = choices.words(visit, "vehicle_kind", VEHICLE_KINDS)
    fields = (
        Field("kind", Widget.CHOICE, "field.vehicle_kind", hint="hint.unchanged", options=kinds),
        Field("plate", hint="hint.personal", longest=20),
    )
    return Sheet(Form((Group("", fields),)), visit.t("vehicle.change"), _OWN, facts)


async def _vehicle_retirement(visit: Visit) -> Sheet:
    return Sheet(Form(()), visit.t("vehicle.retire"), _OWN, await _own_vehicle(visit))


async def _organisation_change(visit: Visit) -> Sheet:
    demand_platform(visit)
    found = await visit.ask("organisation", organisation=visit.id("organisation"))
    roles = choices.words(visit, "role", (role for role in ROLES if role != "platform"))
    fields: tuple[Field, ...] = (
        Field("name", label="field.organisation_name", hint="hint.unchanged", longest=200),
        Field("name_en", hint="hint.unchanged", longest=200),
        Field("roles", Widget.CHECKS, hint="hint.all-roles", options=roles, initial=tuple(found["roles"])),
    )
    facts: tuple[Fact, ...] = (Fact(visit.t("field.uscc"), found["uscc"]),)
    sent = {"uscc": found["uscc"]}
    if found["uscc"] == SOLE_TRADER:
        # The code was erased with the name: whoever names the trader anew has it on paper.
        fields, facts, sent = (Field("uscc", hint="hint.uscc", required=True, longest=30), *fields), (), {}
    back = f"/organisations/{found['id']}"
    title = f"{visit.t('organisation.change')} · {choices.named(visit, found)}"
    return Sheet(Form((Group("", fields),)), title, back, facts, sent)


def _to_place(visit: Visit, _receipt: Receipt) -> str:
    return _path(visit.id("facility"))


def _to_own(_visit: Visit, _receipt: Receipt) -> str:
    return _OWN


def _to_organisation(visit: Visit, _receipt: Receipt) -> str:
    return f"/organisations/{visit.id('organisation')}"


_OF_PLACES = tuple(
    FormPage(f"{_PLACE}/{verb}", WRITES[kind], f"place.{verb.rpartition('/')[2]}", sheet, _to_place)
    for verb, kind, sheet in (
        ("change", "facility-changed", _change),
        ("suspension", "facility-suspended", _suspension),
        ("reinstatement", "facility-reinstated", _reinstatement),
        ("closing", "facility-closed", _closing),
        ("repartition", "zones-repartitioned", _repartition),
        ("zones/{zone:id}/clearing", "zone-cleared", _clearing),
    )
)
_VEHICLE = _OWN + "/vehicles/{vehicle:id}"

ROUTES = (
    web.get(r"/facilities/{facility:\d{1,15}}", place),
    *(route for form in _OF_PLACES for route in form.routes()),
    *FormPage(
        f"{_VEHICLE}/change", WRITES["vehicle-changed"], "vehicle.change", _vehicle_change, _to_own
    ).routes(),
    *FormPage(
        f"{_VEHICLE}/retirement", WRITES["vehicle-retired"], "vehicle.retire", _vehicle_retirement, _to_own
    ).routes(),
    *FormPage(
        "/organisations/{organisation:id}/change",
        WRITES["organisation-changed"],
        "organisation.change",
        _organisation_change,
        _to_organisation,
    ).routes(),
)

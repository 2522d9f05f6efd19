"""Who takes part: a manager's own places and vehicles; the platform's register."""

from __future__ import annotations

from aiohttp import web

from schema.messages.parties import ROLES, VEHICLE_KINDS
from schema.messages.policies import FACILITY_KINDS, ZONE_KINDS
from service.http.readers import ReaderKind
from service.http.writes import Receipt
from service.parties import UserRole
from service.web import choices
from service.web.entitled import demand_platform
from service.web.forms import Field, Form, Group, Widget
from service.web.lists import list_page
from service.web.operations import WRITES
from service.web.rendering import page
from service.web.submitting import FormPage, Sheet
from service.web.visits import Visit

_ZONES = 6
_SHOWN = 200
_OWN = "/organisation"
_REGISTER = "/organisations"


async def own(request: web.Request) -> web.StreamResponse:
    """The reader's organisation; people and tokens have a page of their own (accounts.py)."""
    visit = Visit(request)
    visit.demand_signed_in()
    organisation = await visit.ask("organisation", organisation=visit.reader.organisation)
    manages = visit.reader.user_role == UserRole.MANAGER
    # The platform's operator is told everybody's vehicles; those of others are none of its own to change.
    vehicles = (await visit.ask_list("vehicles", limit=_SHOWN)).items
    own_vehicles = [each for each in vehicles if each["organisation"] == visit.reader.organisation]
    context = {
        "organisation": organisation,
        "facilities": await choices.own_facilities(visit),
        "vehicles": own_vehicles,
        "manages": manages,
    }
    return await page(visit, "organisation.html", context)


async def organisations(request: web.Request) -> web.StreamResponse:
    """The register, as far as the reader sees it."""
    visit = Visit(request)
    visit.demand_signed_in()
    return await list_page(
        visit, "organisations.html", "organisations", ("uscc",), {"platform": _is_platform(visit)}
    )


async def other(request: web.Request) -> web.StreamResponse:
    """One organisation and its places."""
    visit = Visit(request)
    visit.demand_signed_in()
    key = visit.id("organisation")
    organisation = await visit.ask("organisation", organisation=key)
    places = await visit.ask_list("facilities", {"organisation": str(key)}, limit=_SHOWN)
    context = {"organisation": organisation, "facilities": places.items, "platform": _is_platform(visit)}
    return await page(visit, "other.html", context)


def _is_platform(visit: Visit) -> bool:
    return visit.reader.kind is ReaderKind.PLATFORM


async def _facility(visit: Visit) -> Sheet:
    place = (
        Field("kind", Widget.CHOICE, "field.facility_kind", required=True,
              options=choices.words(visit, "facility_kind", FACILITY_KINDS)),
        Field("name", label="field.facility_name", required=True, longest=200),
        Field("name_en", longest=200),
        Field("region", hint="hint.region", required=True, longest=10),
        Field("address", required=True, longest=200),
        Field("filing", hint="hint.filing", longest=60),
        Field("began_on", Widget.DAY, hint="hint.began_on"),
    )  # fmt: skip
    kinds = choices.words(visit, "zone_kind", ZONE_KINDS)
    zones = tuple(
        field
        for row in range(_ZONES)
        for field in (
            Field(f"zones.{row}.name", label="field.zone_name", longest=60, note=str(row + 1)),
            Field(f"zones.{row}.kind", Widget.CHOICE, "field.zone_kind", options=kinds, note=str(row + 1)),
        )
    )
    form = Form(
        (Group("", place), Group("facility.zones", zones, visit.t("facility.zones-note"))), {"zones": "name"}
    )
    return Sheet(form, visit.t("facility.file"), _OWN)


async def _vehicle(visit: Visit) -> Sheet:
    fields = (
        Field("kind", Widget.CHOICE, "field.vehicle_kind", required=True,
              options=choices.words(visit, "vehicle_kind", VEHICLE_KINDS)),
        Field("plate", hint="hint.personal", required=True, longest=20),
    )  # fmt: skip
    return Sheet(Form((Group("", fields),)), visit.t("vehicle.register"), _OWN)


async def _organisation(visit: Visit) -> Sheet:
    demand_platform(visit)
    roles = tuple(role for role in ROLES if role != "platform")
    fields = (
        Field("uscc", hint="hint.uscc", required=True, longest=30),
        Field("uscc_reason", hint="hint.uscc_reason", longest=500),
        Field("name", label="field.organisation_name", required=True, longest=200),
        Field("name_en", longest=200),
        Field("roles", Widget.CHECKS, required=True, options=choices.words(visit, "role", roles)),
        Field("region", hint="hint.region", required=True, longest=10),
    )
    return Sheet(Form((Group("", fields),)), visit.t("organisation.register"), _REGISTER)


async def _reason(visit: Visit) -> Sheet:
    demand_platform(visit)
    organisation = await visit.ask("organisation", organisation=visit.id("organisation"))
    fields = (Field("reason", Widget.LINES, hint="hint.personal", required=True, longest=500),)
    name = choices.named(visit, organisation)
    verb = "organisation.suspend" if organisation["active"] else "organisation.reinstate"
    return Sheet(Form((Group("", fields),)), f"{visit.t(verb)} · {name}", f"{_REGISTER}/{organisation['id']}")


def _to_own(_visit: Visit, _receipt: Receipt) -> str:
    return _OWN


def _to_other(_visit: Visit, receipt: Receipt) -> str:
    statement = receipt.acknowledgement.statement
    key = statement.outcome.get("organisation", statement.data.get("organisation"))
    return f"{_REGISTER}/{key}"


ROUTES = (
    web.get(_OWN, own),
    *FormPage(
        f"{_OWN}/facilities/new", WRITES["facility-filed"], "facility.file", _facility, _to_own
    ).routes(),
    *FormPage(
        f"{_OWN}/vehicles/new", WRITES["vehicle-registered"], "vehicle.register", _vehicle, _to_own
    ).routes(),
    web.get(_REGISTER, organisations),
    *FormPage(
        f"{_REGISTER}/new",
        WRITES["organisation-registered"],
        "organisation.register",
        _organisation,
        _to_other,
    ).routes(),
    web.get(_REGISTER + r"/{organisation:\d{1,15}}", other),
    *FormPage(
        _REGISTER + "/{organisation:id}/suspension",
        WRITES["organisation-suspended"],
        "organisation.suspend",
        _reason,
        _to_other,
    ).routes(),
    *FormPage(
        _REGISTER + "/{organisation:id}/reinstatement",
        WRITES["organisation-reinstated"],
        "organisation.reinstate",
        _reason,
        _to_other,
    ).routes(),
)

"""Who takes part: a manager's own places, people, tokens and vehicles; the platform's register."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from schema.messages.parties import FACILITY_KINDS, ROLES, SCOPES, USER_ROLES, VEHICLE_KINDS, ZONE_KINDS
from service.http.authentication import DOOR
from service.http.readers import ReaderKind
from service.http.writes import Receipt
from service.parties import UserRole
from service.web import choices
from service.web.entitled import demand_platform
from service.web.forms import Field, Form, Group, Widget
from service.web.lists import list_page
from service.web.operations import WRITES
from service.web.rendering import page
from service.web.submitting import Fact, FormPage, Sheet
from service.web.visits import Visit

_ZONES = 6
_SHOWN = 200
_OWN = "/organisation"
_REGISTER = "/organisations"


async def own(request: web.Request) -> web.StreamResponse:
    """The reader's organisation; its manager also sees people and tokens."""
    visit = Visit(request)
    visit.demand_signed_in()
    organisation = await visit.ask("organisation", organisation=visit.reader.organisation)
    manages = visit.reader.user_role == UserRole.MANAGER
    users = await _of_own(visit, "users") if manages else []
    context = {
        "organisation": organisation,
        "facilities": await choices.own_facilities(visit),
        "vehicles": (await visit.ask_list("vehicles", limit=_SHOWN)).items,
        "users": users,
        "logins": await _logins(visit, users),
        "tokens": await _of_own(visit, "tokens") if manages else [],
        "manages": manages,
    }
    return await page(visit, "organisation.html", context)


async def _of_own(visit: Visit, read: str) -> list[Any]:
    """The platform sees those of all; here only its own are wanted."""
    listing = await visit.ask_list(read, limit=_SHOWN)
    return [row for row in listing.items if row["organisation"] == visit.reader.organisation]


async def _logins(visit: Visit, users: list[Any]) -> dict[int, str]:
    """By what people sign in, for their own managers only; who lost a login to another has none."""
    return await visit.request.app[DOOR].credentials.logins(user["id"] for user in users) if users else {}


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


def _person(visit: Visit, roles: tuple[str, ...]) -> tuple[Field, ...]:
    options = choices.words(visit, "user_role", roles)
    return (
        Field("role", Widget.CHOICE, required=True, options=options, initial=roles[-1]),
        Field("name", label="field.person", hint="hint.personal", required=True, longest=100),
        Field("login", hint="hint.login", required=True, longest=100),
        Field("password", Widget.PASSWORD, hint="hint.new-password", autocomplete="new-password"),
    )


async def _user(visit: Visit) -> Sheet:
    form = Form((Group("", _person(visit, USER_ROLES)),))
    return Sheet(form, visit.t("user.register"), _OWN, fixed={"organisation": visit.reader.organisation})


async def _manager(visit: Visit) -> Sheet:
    demand_platform(visit)
    organisation = await visit.ask("organisation", organisation=visit.id("organisation"))
    form = Form((Group("", _person(visit, (UserRole.MANAGER.value,))),))
    facts = (
        Fact(visit.t("field.organisation"), choices.named(visit, organisation)),
        Fact(visit.t("field.uscc"), organisation["uscc"]),
    )
    back = f"{_REGISTER}/{organisation['id']}"
    return Sheet(form, visit.t("user.register-manager"), back, facts, {"organisation": organisation["id"]})


async def _token(visit: Visit) -> Sheet:
    scopes = tuple(
        each for each in SCOPES if each != "regulator:read" or visit.reader.kind is ReaderKind.REGULATOR
    )
    field = Field("scopes", Widget.CHECKS, hint="hint.scopes", required=True,
                  options=choices.words(visit, "scope", scopes))  # fmt: skip
    return Sheet(Form((Group("", (field,)),)), visit.t("token.issue"), _OWN)


async def _confirm_user(visit: Visit) -> Sheet:
    key = visit.id("user")
    users = [user for user in await _of_own(visit, "users") if user["id"] == key]
    logins = await _logins(visit, users)
    facts = tuple(Fact(visit.t("field.login"), login) for login in logins.values())
    return Sheet(Form(()), visit.t("user.disable", id=key), _OWN, facts)


async def _confirm_token(visit: Visit) -> Sheet:
    return Sheet(Form(()), visit.t("token.revoke", id=visit.id("token")), _OWN)


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
    *FormPage(
        f"{_OWN}/users/new", WRITES["user-registered"], "user.register", _user, _to_own, once="secret.html"
    ).routes(),
    *FormPage(
        _OWN + "/users/{user:id}/disabling",
        WRITES["user-disabled"],
        "user.disable-now",
        _confirm_user,
        _to_own,
    ).routes(),
    *FormPage(
        f"{_OWN}/tokens/new", WRITES["token-issued"], "token.issue", _token, _to_own, once="secret.html"
    ).routes(),
    *FormPage(
        _OWN + "/tokens/{token:id}/revocation",
        WRITES["token-revoked"],
        "token.revoke-now",
        _confirm_token,
        _to_own,
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
        _REGISTER + "/{organisation:id}/manager",
        WRITES["user-registered"],
        "user.register-manager",
        _manager,
        _to_other,
        once="secret.html",
    ).routes(),
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

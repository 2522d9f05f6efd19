"""People who sign in and API tokens, as their manager looks after them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aiohttp import web

from schema.messages.accounts import SCOPES, USER_ROLES
from service.http.readers import ReaderKind
from service.http.writes import Receipt
from service.parties import UserRole
from service.web import choices
from service.web.entitled import demand_platform
from service.web.forms import Field, Form, Group, Widget
from service.web.operations import WRITES
from service.web.rendering import page
from service.web.submitting import Fact, FormPage, Sheet
from service.web.visits import Visit

PEOPLE = "/organisation/people"
_OWN = "/organisation"
_REGISTER = "/organisations"
_SHOWN = 200
_BACK = web.RequestKey("people", str)


async def people(request: web.Request) -> web.StreamResponse:
    """The organisation's people with how they may sign in, and its tokens."""
    visit = Visit(request)
    visit.demand_signed_in()
    return await _people(visit, str(visit.reader.organisation), is_own=True)


async def people_of(request: web.Request) -> web.StreamResponse:
    """Those of another organisation, for the operator, whom its managers ask for help."""
    visit = Visit(request)
    demand_platform(visit)
    return await _people(visit, visit.part("organisation"), is_own=False)


async def _people(visit: Visit, organisation: str, *, is_own: bool) -> web.Response:
    query, cursor = {"organisation": organisation}, visit.asked("cursor").get("cursor")
    accounts = await visit.ask_list("accounts", query, cursor=cursor, limit=_SHOWN)
    tokens = await visit.ask_list("tokens", query, limit=_SHOWN)
    context = {
        "accounts": accounts.items,
        "next": accounts.next,
        "tokens": tokens.items,
        "logins": {each["id"]: each["login"] for each in accounts.items},
        "is_own": is_own,
    }
    return await page(visit, "people.html", context)


async def leaver(request: web.Request) -> web.StreamResponse:
    """What a disabled user leaves behind: the tokens that this user issued and that still hold."""
    visit = Visit(request)
    account = await visit.ask("user", user=visit.id("user"))
    query = {"issued_by": str(account["id"]), "holding": "true"}
    tokens = await visit.ask_list("tokens", query, limit=_SHOWN)
    return await page(visit, "leaver.html", {"account": account, "tokens": tokens.items})


def _person(visit: Visit, roles: tuple[str, ...]) -> tuple[Field, ...]:
    options = choices.words(visit, "user_role", roles)
    return (
        Field("role", Widget.CHOICE, required=True, options=options, initial=roles[-1]),
        Field("name", label="field.person", hint="hint.personal", required=True, longest=100),
        Field("login", hint="hint.login", required=True, longest=100),
    )


async def _user(visit: Visit) -> Sheet:
    note = visit.t("user.invitation-note")
    form = Form((Group("", _person(visit, USER_ROLES), note),))
    return Sheet(form, visit.t("user.register"), PEOPLE, fixed={"organisation": visit.reader.organisation})


async def _manager(visit: Visit) -> Sheet:
    demand_platform(visit)
    organisation = await visit.ask("organisation", organisation=visit.id("organisation"))
    note = visit.t("user.invitation-note")
    form = Form((Group("", _person(visit, (UserRole.MANAGER.value,)), note),))
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
    options = choices.words(visit, "scope", scopes)
    networks = tuple(
        Field(f"networks.{row}", label="field.network", longest=50, note=str(row + 1)) for row in range(4)
    )
    form = Form(
        (
            Group(
                "",
                (
                    Field("scopes", Widget.CHECKS, hint="hint.scopes", required=True, options=options),
                    Field("valid_days", Widget.WHOLE, hint="hint.valid_days", initial="365", longest=4),
                ),
            ),
            Group("token.networks", networks, visit.t("token.networks-note")),
        )
    )
    return Sheet(form, visit.t("token.issue"), PEOPLE)


def _about(title: str, note: str) -> Any:
    """A sheet that only asks whether one means it, with whom it is about."""

    async def sheet(visit: Visit) -> Sheet:
        account = await visit.ask("user", user=visit.id("user"))
        facts = (
            Fact(visit.t("field.login"), account["login"] or "—"),
            Fact(visit.t("field.role"), visit.t(f"user_role.{account['role']}")),
        )
        form = Form((Group("", (), visit.t(note)),))
        back = people_path(visit, account["organisation"])
        return Sheet(form, visit.t(title, id=account["id"]), back, facts)

    return sheet


def people_path(visit: Visit, organisation: int) -> str:
    """The page of the people of ``organisation``, to which one returns when all is done."""
    own = organisation == visit.reader.organisation
    path = PEOPLE if own else f"{_REGISTER}/{organisation}/people"
    visit.request[_BACK] = path
    return path


async def _confirm_token(visit: Visit) -> Sheet:
    token: Mapping[str, Any] = await visit.ask("token", token=visit.id("token"))
    facts = (Fact(visit.t("field.scopes"), ", ".join(token["scopes"])),)
    back = people_path(visit, token["organisation"])
    return Sheet(Form(()), visit.t("token.revoke", id=token["id"]), back, facts)


def _to_people(visit: Visit, _receipt: Receipt) -> str:
    path: str = visit.request.get(_BACK, PEOPLE)
    return path


def _to_leaver(visit: Visit, _receipt: Receipt) -> str:
    return f"{PEOPLE}/{visit.id('user')}/left"


def _to_organisation(visit: Visit, _receipt: Receipt) -> str:
    return f"{_REGISTER}/{visit.id('organisation')}"


_USER = _OWN + "/users/{user:id}"

ROUTES = (
    web.get(PEOPLE, people),
    web.get(_REGISTER + r"/{organisation:\d{1,15}}/people", people_of),
    web.get(PEOPLE + r"/{user:\d{1,15}}/left", leaver),
    *FormPage(
        f"{_OWN}/users/new", WRITES["user-registered"], "user.register", _user, _to_people, once="secret.html"
    ).routes(),
    *FormPage(
        f"{_USER}/invitation",
        WRITES["user-invited"],
        "user.invite-now",
        _about("user.invite", "user.invite-note"),
        _to_people,
        once="secret.html",
    ).routes(),
    *FormPage(
        f"{_USER}/invitation/withdrawal",
        WRITES["invitation-withdrawn"],
        "user.withdraw-now",
        _about("user.withdraw", "user.withdraw-note"),
        _to_people,
    ).routes(),
    *FormPage(
        f"{_USER}/second-factor/reset",
        WRITES["second-factor-reset"],
        "user.reset-now",
        _about("user.reset", "user.reset-note"),
        _to_people,
    ).routes(),
    *FormPage(
        f"{_USER}/disabling",
        WRITES["user-disabled"],
        "user.disable-now",
        _about("user.disable", "user.disable-note"),
        _to_leaver,
    ).routes(),
    *FormPage(
        f"{_OWN}/tokens/new", WRITES["token-issued"], "token.issue", _token, _to_people, once="secret.html"
    ).routes(),
    *FormPage(
        _OWN + "/tokens/{token:id}/revocation",
        WRITES["token-revoked"],
        "token.revoke-now",
        _confirm_token,
        _to_people,
    ).routes(),
    *FormPage(
        _REGISTER + "/{organisation:id}/manager",
        WRITES["user-registered"],
        "user.register-manager",
        _manager,
        _to_organisation,
        once="secret.html",
    ).routes(),
)

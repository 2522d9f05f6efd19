"""Signing in by hand: the password, the code where one is asked, and an invitation taken up."""

from __future__ import annotations

from urllib.parse import urlencode

from aiohttp import web

from schema.messages.accounts import Code, SignIn
from schema.problems import Problem
from service.http.authentication import DOOR, INVITATION_PATHS
from service.http.body import load
from service.http.client import client_network
from service.http.keys import SETTINGS
from service.http.sessions import DEVICE_COOKIE, attempt_of, close_session, open_session, set_cookies
from service.parties.credentials import Credentials
from service.parties.credentials.logins import Entrant
from service.parties.credentials.signing_in import TICKET_SECONDS
from service.web.asking import Attempt, Ends, view
from service.web.forms import Field, Form, Group, Reading, Typed, Widget, read
from service.web.rendering import page
from service.web.spoken import local
from service.web.submitting import Fact
from service.web.visits import Visit, demand_own_form, sent

TICKET_COOKIE = "coldledger-step"
"""Says between the two steps that the password was right (credentials/signing_in.py)."""
FACTOR_PATH = "/account/second-factor"
_NEXT = "next"
_CODE_PATH = "/sign-in/code"
_SIGN_IN, _CODE = SignIn(), Code()
_SIGN_IN_FORM = Form(
    (
        Group(
            "",
            (
                Field("login", required=True, autocomplete="username", longest=100),
                Field("password", Widget.PASSWORD, required=True, autocomplete="current-password"),
            ),
        ),
    )
)
_CODE_FORM = Form(
    (
        Group(
            "",
            (
                Field(
                    "code",
                    label="field.second_factor",
                    hint="hint.second_factor",
                    required=True,
                    autocomplete="one-time-code",
                    longest=40,
                ),
            ),
        ),
    )
)
_CHOOSE_FORM = Form(
    (
        Group(
            "",
            (
                Field(
                    "password",
                    Widget.PASSWORD,
                    "field.new_password",
                    hint="hint.choose-password",
                    required=True,
                    autocomplete="new-password",
                ),
                Field("again", Widget.PASSWORD, required=True, autocomplete="new-password"),
            ),
        ),
    )
)


def _credentials(request: web.Request) -> Credentials:
    return request.app[DOOR].credentials


def demand_twice(reading: Reading) -> None:
    """Raises Problem ``account.repeated-wrong`` where a password was typed differently the second time."""
    if reading.body.get("password") != reading.body.get("again"):
        raise Problem("account.repeated-wrong", field="/again")


async def show_sign_in(request: web.Request) -> web.StreamResponse:
    """The form; who is signed in already goes on."""
    visit = Visit(request)
    if visit.reader.signed_in:
        raise web.HTTPSeeOther(local(request.query.get(_NEXT, "/")))
    return await _page(visit, _SIGN_IN_FORM, "sign-in.title", "sign-in.button")


async def sign_in(request: web.Request) -> web.StreamResponse:
    """The first step: on to the code where one is asked, else to where one wanted to go."""
    visit = Visit(request)
    async with sent(request) as form:
        reading = read(_SIGN_IN_FORM, form.typed)
    try:
        typed = load(_SIGN_IN, reading.body)
        attempt = attempt_of(request, typed["login"], typed["password"])
        entrant, more = await _credentials(request).signing_in.show_password(attempt)
        if not more:
            return await _enter(visit, entrant)
    except Problem as problem:
        return await _page(
            visit, _SIGN_IN_FORM, "sign-in.title", "sign-in.button", _again(form.typed, reading, problem)
        )
    response = web.Response(status=303, headers={"Location": _with_next(visit, _CODE_PATH)})
    response.set_cookie(
        TICKET_COOKIE,
        _credentials(request).signing_in.ticket(entrant),
        max_age=TICKET_SECONDS,
        path=_CODE_PATH,
        httponly=True,
        samesite="Strict",
        secure=not request.app[SETTINGS].loopback,
    )
    return response


async def show_code(request: web.Request) -> web.StreamResponse:
    """The second step's form."""
    return await _page(Visit(request), _CODE_FORM, "sign-in.code-title", "sign-in.button")


async def send_code(request: web.Request) -> web.StreamResponse:
    """The second step."""
    visit = Visit(request)
    async with sent(request) as form:
        reading = read(_CODE_FORM, form.typed)
    signing_in = _credentials(request).signing_in
    try:
        code = load(_CODE, reading.body)["code"]
        entrant = await signing_in.holder(request.cookies.get(TICKET_COOKIE, ""))
        devices = request.cookies.get(DEVICE_COOKIE, "")
        await signing_in.show_code(entrant, code, client_network(request), devices)
        return await _enter(visit, entrant)
    except Problem as problem:
        return await _page(
            visit, _CODE_FORM, "sign-in.code-title", "sign-in.button", _again(form.typed, reading, problem)
        )


async def sign_out(request: web.Request) -> web.StreamResponse:
    """End the session."""
    visit = Visit(request)
    async with sent(request) as form:
        demand_own_form(visit.reader, form)
    response = web.Response(status=303, headers={"Location": "/"})
    await close_session(request, response)
    return response


async def show_invitation(request: web.Request) -> web.StreamResponse:
    """Who is invited, and the form for the password. Looking at it does not use it up."""
    visit = Visit(request)
    return await _invitation_page(visit)


async def take_up_invitation(request: web.Request) -> web.StreamResponse:
    """Set the password, and sign in; who has a second factor shows it at the door."""
    visit = Visit(request)
    async with sent(request) as form:
        reading = read(_CHOOSE_FORM, form.typed)
    credentials = _credentials(request)
    password = str(reading.body.get("password", ""))
    try:
        demand_twice(reading)
        user = await credentials.invitations.take_up(visit.part("invitation"), password)
    except Problem as problem:
        if problem.code == "invitation.unknown":
            raise
        return await _invitation_page(visit, _again(form.typed, reading, problem))
    entrant = await credentials.logins.entrant(user)
    if entrant is None or await credentials.factors.stands(user):
        raise web.HTTPSeeOther("/sign-in")
    return await _enter(visit, entrant)


async def _enter(visit: Visit, entrant: Entrant) -> web.Response:
    """Open a session and go on, to the second factor first where one is demanded and missing."""
    session, who = await open_session(visit.request, entrant)
    demanded = visit.request.app[SETTINGS].demands_second_factor(who.role, who.roles)
    onward = FACTOR_PATH if demanded and not who.factor else local(visit.request.query.get(_NEXT, "/"))
    response = web.Response(status=303, headers={"Location": onward})
    set_cookies(visit.request, response, session, entrant.login)
    response.del_cookie(TICKET_COOKIE, path=_CODE_PATH)
    return response


async def _invitation_page(visit: Visit, attempt: Attempt | None = None) -> web.Response:
    invited = await _credentials(visit.request).invitations.find(visit.part("invitation"))
    english = visit.language == "en" and invited.organisation_en
    facts = (
        Fact(visit.t("field.organisation"), english or invited.organisation or "—"),
        Fact(visit.t("field.login"), invited.login),
    )
    return await _page(visit, _CHOOSE_FORM, "invitation.title", "invitation.button", attempt, facts)


async def _page(
    visit: Visit,
    form: Form,
    title: str,
    button: str,
    attempt: Attempt | None = None,
    facts: tuple[Fact, ...] = (),
) -> web.Response:
    # The ticket of the first step may have run out: from the second one goes back to it.
    back = _with_next(visit, "/sign-in") if visit.request.path == _CODE_PATH else ""
    shown = view(form, visit, Ends(visit.request.path_qs, button, back), attempt)
    status = 200 if shown.trouble is None else shown.trouble.status
    response = await page(
        visit, "form.html", {"title": visit.t(title), "view": shown, "facts": facts}, status=status
    )
    if attempt is not None and "seconds" in attempt.problem.facts:
        response.headers["Retry-After"] = str(attempt.problem.facts["seconds"])
    return response


def _again(typed: Typed, reading: Reading, problem: Problem) -> Attempt:
    return Attempt(typed, reading, problem, "")


def _with_next(visit: Visit, path: str) -> str:
    onward = visit.request.query.get(_NEXT)
    return path if onward is None else f"{path}?{urlencode({_NEXT: onward})}"


ROUTES = (
    web.get("/sign-in", show_sign_in),
    web.post("/sign-in", sign_in),
    web.get(_CODE_PATH, show_code),
    web.post(_CODE_PATH, send_code),
    web.post("/sign-out", sign_out),
    web.get(INVITATION_PATHS + "{invitation}", show_invitation),
    web.post(INVITATION_PATHS + "{invitation}", take_up_invitation),
)

"""One's own account: password, second factor, sessions.

Each change is made by a form that works without script.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from aiohttp import web

from schema.problems import Problem
from service.codes.labels.matrix import matrix
from service.http import accounts
from service.http.authentication import DOOR
from service.http.body import load
from service.http.sessions import demand_person, own_sessions
from service.parties.credentials.factors import Enrolment
from service.web.asking import Attempt, Ends, view
from service.web.forms import Field, Form, Group, Reading, Typed, Widget, read
from service.web.rendering import page
from service.web.signing_in import FACTOR_PATH, demand_twice
from service.web.visits import Sent, Visit, demand_own_form, sent

_ACCOUNT = "/account"
_QUIET = 4
"""Light modules around a QR code."""
_PRESENT = Field(
    "present", Widget.PASSWORD, "field.present_password", required=True, autocomplete="current-password"
)
_SHOWN = Field(
    "password", Widget.PASSWORD, "field.present_password", required=True, autocomplete="current-password"
)
_NEW = Field(
    "password",
    Widget.PASSWORD,
    "field.new_password",
    hint="hint.choose-password",
    required=True,
    autocomplete="new-password",
)
_AGAIN = Field("again", Widget.PASSWORD, required=True, autocomplete="new-password")
_CODE = Field("code", label="field.second_factor", required=True, autocomplete="one-time-code", longest=40)
_PASSWORD_FORM = Form((Group("", (_PRESENT, _NEW, _AGAIN)),))
_BEGIN_FORM = Form((Group("", (_SHOWN,)),))
_CODE_FORM = Form((Group("", (_CODE,)),))
_BOTH_FORM = Form((Group("", (_SHOWN, _CODE)),))


@dataclass(frozen=True, slots=True)
class Words:
    """Keys of a form's heading and of its button."""

    title: str
    button: str


_PASSWORD = Words("account.password", "account.password-now")
_FACTOR = Words("account.factor", "account.factor-now")
_RECOVERY = Words("account.recovery", "account.recovery-now")
_REMOVAL = Words("account.factor-remove", "account.factor-remove-now")


async def account(request: web.Request) -> web.StreamResponse:
    """By what one signs in, and from where one is signed in."""
    visit = Visit(request)
    user, _ = demand_person(visit.reader)
    state, demanded = await accounts.factor_state(request)
    context = {
        "login": await request.app[DOOR].credentials.logins.login_of(user),
        "sessions": await own_sessions(request),
        "since": state.confirmed_at and state.confirmed_at.isoformat(),
        "recovery_codes": state.recovery_codes,
        "demanded": demanded,
    }
    return await page(visit, "account.html", context)


Do = Callable[[Visit, Reading], Awaitable[web.StreamResponse]]


async def _form(visit: Visit, form: Form, words: Words, attempt: Attempt | None = None) -> web.Response:
    shown = view(form, visit, Ends(visit.request.path, words.button, _ACCOUNT), attempt)
    status = 200 if shown.trouble is None else shown.trouble.status
    context = {"title": visit.t(words.title), "view": shown, "facts": ()}
    return await page(visit, "form.html", context, status=status)


async def _send(request: web.Request, form: Form, words: Words, do: Do) -> web.StreamResponse:
    """Read a form and ``do`` what it says; what is wrong is told on the form again."""
    visit = Visit(request)
    demand_person(visit.reader)
    async with sent(request) as filled:
        demand_own_form(visit.reader, filled)
        reading = read(form, filled.typed)
    try:
        return await do(visit, reading)
    except Problem as problem:
        return await _form(visit, form, words, Attempt(filled.typed, reading, problem, ""))


def _showing(form: Form, words: Words) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    async def show(request: web.Request) -> web.StreamResponse:
        visit = Visit(request)
        demand_person(visit.reader)
        return await _form(visit, form, words)

    return show


async def _change_password(request: web.Request) -> web.StreamResponse:
    return await _send(request, _PASSWORD_FORM, _PASSWORD, _do_change_password)


async def _do_change_password(visit: Visit, reading: Reading) -> web.StreamResponse:
    demand_twice(reading)
    body = {name: value for name, value in reading.body.items() if name != "again"}
    said = load(accounts.PASSWORD_CHANGE, body)
    await accounts.change_password(visit.request, said["present"], said["password"])
    raise web.HTTPSeeOther(_ACCOUNT)


async def show_factor(request: web.Request) -> web.StreamResponse:
    """The key that waits, where there is one; otherwise the password is asked first."""
    visit = Visit(request)
    demand_person(visit.reader)
    pending = await accounts.pending_factor(request)
    if pending is None:
        return await show_beginning(request)
    return await _factor_page(visit, pending)


async def show_beginning(request: web.Request) -> web.StreamResponse:
    """The form before a key is made."""
    return await _form(Visit(request), await _beginning(request), _FACTOR)


async def _begin_factor(request: web.Request) -> web.StreamResponse:
    return await _send(request, await _beginning(request), _FACTOR, _do_begin_factor)


async def _beginning(request: web.Request) -> Form:
    """Who has a second factor already shows it before another takes its place."""
    state, _ = await accounts.factor_state(request)
    return _BEGIN_FORM if state.confirmed_at is None else _BOTH_FORM


async def _do_begin_factor(visit: Visit, reading: Reading) -> web.StreamResponse:
    said = load(accounts.BEGINNING, reading.body)
    await accounts.begin_factor(visit.request, said["password"], said.get("code"))
    raise web.HTTPSeeOther(FACTOR_PATH)


async def confirm_factor(request: web.Request) -> web.StreamResponse:
    """The first code of the key that waits; the recovery codes are shown once."""
    visit = Visit(request)
    demand_person(visit.reader)
    async with sent(request) as filled:
        demand_own_form(visit.reader, filled)
        reading = read(_CODE_FORM, filled.typed)
    try:
        codes = await accounts.confirm_factor(request, load(accounts.CODE, reading.body)["code"])
    except Problem as problem:
        pending = await accounts.pending_factor(request)
        if pending is None:
            raise web.HTTPSeeOther(FACTOR_PATH) from None
        return await _factor_page(visit, pending, _attempt(filled, reading, problem))
    return await page(visit, "recovery.html", {"codes": codes})


def _attempt(filled: Sent, reading: Reading, problem: Problem) -> Attempt:
    typed: Typed = filled.typed
    return Attempt(typed, reading, problem, "")


async def _factor_page(visit: Visit, pending: Enrolment, attempt: Attempt | None = None) -> web.Response:
    ends = Ends(f"{FACTOR_PATH}/confirmation", "account.factor-confirm", _ACCOUNT)
    shown = view(_CODE_FORM, visit, ends, attempt)
    status = 200 if shown.trouble is None else shown.trouble.status
    code = matrix(pending.uri)
    context = {
        "view": shown,
        "key": " ".join(pending.key[start : start + 4] for start in range(0, len(pending.key), 4)),
        "uri": pending.uri,
        "side": code.modules + 2 * _QUIET,
        "dark": "".join(f"M{x + _QUIET} {y + _QUIET}h{long}v1h-{long}z" for x, y, long in code.runs()),
    }
    return await page(visit, "second_factor.html", context, status=status)


async def _renew_codes(request: web.Request) -> web.StreamResponse:
    return await _send(request, _BOTH_FORM, _RECOVERY, _do_renew_codes)


async def _do_renew_codes(visit: Visit, reading: Reading) -> web.StreamResponse:
    said = load(accounts.PASSWORD_AND_CODE, reading.body)
    codes = await accounts.new_recovery_codes(visit.request, said["password"], said["code"])
    return await page(visit, "recovery.html", {"codes": codes})


async def _remove_factor(request: web.Request) -> web.StreamResponse:
    return await _send(request, _BOTH_FORM, _REMOVAL, _do_remove_factor)


async def _do_remove_factor(visit: Visit, reading: Reading) -> web.StreamResponse:
    said = load(accounts.PASSWORD_AND_CODE, reading.body)
    await accounts.remove_factor(visit.request, said["password"], said["code"])
    raise web.HTTPSeeOther(_ACCOUNT)


async def end_session(request: web.Request) -> web.StreamResponse:
    """End one of one's own sessions, or all but this one."""
    visit = Visit(request)
    user, present = demand_person(visit.reader)
    async with sent(request) as filled:
        demand_own_form(visit.reader, filled)
    sessions = request.app[DOOR].credentials.sessions
    which = visit.part("session")
    if which == "others":
        await sessions.end_others(user, present)
    elif not await sessions.end_own(user, which):
        raise Problem("request.not-found")
    raise web.HTTPSeeOther(_ACCOUNT)


ROUTES = (
    web.get(_ACCOUNT, account),
    web.get(f"{_ACCOUNT}/password", _showing(_PASSWORD_FORM, _PASSWORD)),
    web.post(f"{_ACCOUNT}/password", _change_password),
    web.get(FACTOR_PATH, show_factor),
    web.post(FACTOR_PATH, _begin_factor),
    web.get(f"{FACTOR_PATH}/new", show_beginning),
    web.post(f"{FACTOR_PATH}/new", _begin_factor),
    web.post(f"{FACTOR_PATH}/confirmation", confirm_factor),
    web.get(f"{FACTOR_PATH}/removal", _showing(_BOTH_FORM, _REMOVAL)),
    web.post(f"{FACTOR_PATH}/removal", _remove_factor),
    web.get(f"{_ACCOUNT}/recovery-codes", _showing(_BOTH_FORM, _RECOVERY)),
    web.post(f"{_ACCOUNT}/recovery-codes", _renew_codes),
    web.post(_ACCOUNT + "/sessions/{session}/ending", end_session),
)

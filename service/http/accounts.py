"""One's own ways in: the password, the second factor, an invitation. None of it is a statement.

Whoever changes a way in shows the present one first, however much is signed in: an open browser on a counter
must not be enough. Such attempts are counted like those at the door.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import orjson
from aiohttp import web

from schema.messages import accounts as messages
from schema.problems import Problem
from service.http.authentication import COOKIE, DOOR
from service.http.body import JSON, json_body, load
from service.http.declared import Action
from service.http.keys import DATABASE, READER, SETTINGS
from service.http.sessions import demand_person
from service.parties.credentials import Credentials
from service.parties.credentials.factors import Enrolment, FactorState
from service.storage import query

TAG = "sessions"
PASSWORD_CHANGE, BEGINNING = messages.PasswordChange(), messages.FactorBeginning()
PASSWORD_AND_CODE, CODE = messages.PasswordAndCode(), messages.Code()
_ACCEPTANCE = messages.InvitationAcceptance()


def _credentials(request: web.Request) -> Credentials:
    return request.app[DOOR].credentials


async def within_limits(request: web.Request, check: Callable[[int], Awaitable[bool]], wrong: str) -> int:
    """The user who is signed in, where ``check`` holds; counted before it is judged.

    Raises Problem ``wrong``, ``sign-in.too-many-attempts``, and as ``demand_person``.
    """
    user, session = demand_person(request[READER])
    throttle = _credentials(request).throttle
    charge = await throttle.admit_within(session)
    if not await check(user):
        raise Problem(wrong)
    await throttle.succeeded(charge)
    return user


async def demand_password(request: web.Request, password: str) -> int:
    """The user who is signed in and shows the password.

    Raises Problem ``account.password-wrong`` and others.
    """
    logins = _credentials(request).logins
    return await within_limits(
        request, lambda user: logins.shows_password(user, password), "account.password-wrong"
    )


async def change_password(request: web.Request, present: str, password: str) -> None:
    """Set a new password; the other sessions end, the one that asks goes on.

    Raises Problem ``password.…``.
    """
    user = await demand_password(request, present)
    await _credentials(request).logins.set_password(user, password, session=request.cookies.get(COOKIE))


async def factor_state(request: web.Request) -> tuple[FactorState, bool]:
    """How one's own second factor stands, and whether one is demanded."""
    user, _ = demand_person(request[READER])
    row = await request.app[DATABASE].reader.fetchrow(query("parties/read_accounts.position_of"), user)
    demanded = row is not None and request.app[SETTINGS].demands_second_factor(row["role"], row["roles"])
    return await _credentials(request).factors.state(user), demanded


async def begin_factor(request: web.Request, password: str, code: str | None) -> Enrolment:
    """A key that waits for its first code. Where a second factor stands it is shown once more, or who has the
    password and an open session would put his own in its place.

    Raises Problem ``sign-in.second-factor-needed``, ``second-factor.code-wrong``, and as ``demand_password``.
    """
    user = await demand_password(request, password)
    credentials = _credentials(request)
    if await credentials.factors.stands(user):
        await _demand_code(request, code)
    return await credentials.factors.begin(user, await credentials.logins.login_of(user))


async def pending_factor(request: web.Request) -> Enrolment | None:
    """The key that waits, where there is one."""
    user, _ = demand_person(request[READER])
    credentials = _credentials(request)
    return await credentials.factors.pending(user, await credentials.logins.login_of(user))


async def confirm_factor(request: web.Request, code: str) -> list[str]:
    """The key counts from now on, and the other sessions end; recovery codes, told once."""
    user, session = demand_person(request[READER])
    credentials = _credentials(request)
    codes = await credentials.factors.confirm(user, code)
    await credentials.sessions.end_others(user, session)
    return codes


async def _demand_both(request: web.Request, password: str, code: str) -> int:
    """The user, who shows password and code. Raises Problem ``second-factor.none`` and as the two do."""
    user, _ = demand_person(request[READER])
    factors = _credentials(request).factors
    if not await factors.stands(user):
        raise Problem("second-factor.none")
    await demand_password(request, password)
    return await _demand_code(request, code)


async def _demand_code(request: web.Request, code: str | None) -> int:
    if code is None:
        raise Problem("sign-in.second-factor-needed")
    factors = _credentials(request).factors
    return await within_limits(request, lambda user: factors.accepts(user, code), "second-factor.code-wrong")


async def new_recovery_codes(request: web.Request, password: str, code: str) -> list[str]:
    """Ten new ones; the earlier ones hold no more."""
    user = await _demand_both(request, password, code)
    return await _credentials(request).factors.new_recovery_codes(user)


async def remove_factor(request: web.Request, password: str, code: str) -> None:
    """Sign in with the password alone from now on; the other sessions end.

    Raises Problem ``second-factor.demanded``.
    """
    _, session = demand_person(request[READER])
    _, demanded = await factor_state(request)
    if demanded:
        raise Problem("second-factor.demanded")
    user = await _demand_both(request, password, code)
    credentials = _credentials(request)
    await credentials.factors.remove(user)
    await credentials.sessions.end_others(user, session)


async def _change_password(request: web.Request) -> web.Response:
    demand_person(request[READER])
    said = load(PASSWORD_CHANGE, await json_body(request))
    await change_password(request, said["present"], said["password"])
    return web.Response(status=204)


async def _factor(request: web.Request) -> web.Response:
    state, demanded = await factor_state(request)
    since = state.confirmed_at
    members = {"confirmed_at": since and since.isoformat(), "recovery_codes": state.recovery_codes}
    return _json({**members, "demanded": demanded})


async def _begin(request: web.Request) -> web.Response:
    demand_person(request[READER])
    said = load(BEGINNING, await json_body(request))
    begun = await begin_factor(request, said["password"], said.get("code"))
    return _json({"key": begun.key, "uri": begun.uri}, 201)


async def _confirm(request: web.Request) -> web.Response:
    demand_person(request[READER])
    codes = await confirm_factor(request, load(CODE, await json_body(request))["code"])
    return _json({"recovery_codes": codes}, 201)


async def _recovery_codes(request: web.Request) -> web.Response:
    demand_person(request[READER])
    said = load(PASSWORD_AND_CODE, await json_body(request))
    return _json({"recovery_codes": await new_recovery_codes(request, said["password"], said["code"])}, 201)


async def _remove(request: web.Request) -> web.Response:
    demand_person(request[READER])
    said = load(PASSWORD_AND_CODE, await json_body(request))
    await remove_factor(request, said["password"], said["code"])
    return web.Response(status=204)


async def _accept(request: web.Request) -> web.Response:
    said = load(_ACCEPTANCE, await json_body(request))
    await _credentials(request).invitations.take_up(said["invitation"], said["password"])
    return web.Response(status=204)


def _json(members: dict[str, object], status: int = 200) -> web.Response:
    return web.Response(status=status, body=orjson.dumps(members), content_type=JSON)


_EXAMPLE = {"password": "seven boxes of squid", "code": "123456"}

ACCOUNTS = (
    Action("POST", "/api/v1/password", "password-change", "Change your password; other sessions end",
           _change_password, status=204, body=messages.PasswordChange, person=True, tag=TAG,
           example={"present": "seven boxes of squid", "password": "nine crates of prawns"}),
    Action("GET", "/api/v1/second-factor", "second-factor", "How your second factor stands",
           _factor, response=messages.SecondFactorView, person=True, tag=TAG),
    Action("POST", "/api/v1/second-factor", "second-factor-begin", "Get a key for an authenticator",
           _begin, status=201, body=messages.FactorBeginning, response=messages.EnrolmentView, person=True,
           tag=TAG, example={"password": "seven boxes of squid"}),
    Action("POST", "/api/v1/second-factor/confirmation", "second-factor-confirm",
           "Show the key's first code; it counts from then on", _confirm, status=201, body=messages.Code,
           response=messages.RecoveryCodesView, person=True, tag=TAG, example={"code": "123456"}),
    Action("POST", "/api/v1/second-factor/recovery-codes", "recovery-codes", "Get ten new recovery codes",
           _recovery_codes, status=201, body=messages.PasswordAndCode,
           response=messages.RecoveryCodesView, person=True, tag=TAG, example=_EXAMPLE),
    Action("POST", "/api/v1/second-factor/removal", "second-factor-remove",
           "Sign in with the password alone from now on", _remove, status=204,
           body=messages.PasswordAndCode, person=True, tag=TAG, example=_EXAMPLE),
    Action("POST", "/api/v1/invitations/acceptance", "invitation-accept",
           "Choose the password of whom an invitation is for", _accept, status=204,
           body=messages.InvitationAcceptance, tag=TAG,
           example={"invitation": "the last part of the link", "password": "seven boxes of squid"}),
)  # fmt: skip

"""Signing in and out with a browser, and one's own sessions. The cookie is out of reach of scripts; programs
use tokens instead.

A session's secret is made here at each sign-in and never taken from the browser, so nobody signs another
person in to a session that he knows. Beside it stands a second cookie, which opens nothing (devices.py).
"""

from __future__ import annotations

from dataclasses import asdict

import orjson
from aiohttp import web

from schema.messages.accounts import SessionView, SignIn
from schema.messages.answers import SignedIn as SignedInAnswer
from schema.problems import Problem
from service.http.authentication import COOKIE, DOOR
from service.http.body import JSON, json_body, load
from service.http.client import client_address, client_agent, client_network
from service.http.declared import Action
from service.http.keys import READER, SETTINGS
from service.http.readers import Reader
from service.parties.credentials import Attempt, Session, SignedIn
from service.parties.credentials.devices import LIFETIME_SECONDS
from service.parties.credentials.logins import Entrant
from service.parties.credentials.sessions import LIFETIME
from service.parties.visibility import not_found

DEVICE_COOKIE = "coldledger-device"
_SIGN_IN = SignIn()


def attempt_of(request: web.Request, login: str, password: str, code: str | None = None) -> Attempt:
    """What somebody typed, with from where."""
    return Attempt(login, password, client_network(request), request.cookies.get(DEVICE_COOKIE, ""), code)


async def open_session(request: web.Request, entrant: Entrant) -> tuple[Session, SignedIn]:
    """A new session, which ends the one that the browser had. Pages use it too.

    Raises Problem ``session.credentials-wrong`` where the user was disabled in this very moment.
    """
    sessions = request.app[DOOR].credentials.sessions
    address = client_address(request)
    session = await sessions.open(
        entrant.user, address="" if address is None else str(address), agent=client_agent(request)
    )
    signed_in = await sessions.find(session.secret)
    if signed_in is None:
        raise Problem("session.credentials-wrong")
    # The browser forgets the former cookie, so nobody could sign that session out any more.
    await _end_session(request)
    return session, signed_in


def set_cookies(request: web.Request, response: web.Response, session: Session, login: str) -> None:
    """Hand the session to the browser, over plain HTTP only on this machine, and know the browser again."""
    devices = request.app[DOOR].credentials.devices.remember(request.cookies.get(DEVICE_COOKIE, ""), login)
    _set(request, response, COOKIE, session.secret, int(LIFETIME.total_seconds()))
    _set(request, response, DEVICE_COOKIE, devices, LIFETIME_SECONDS)


def _set(request: web.Request, response: web.Response, name: str, value: str, seconds: int) -> None:
    secure = not request.app[SETTINGS].loopback
    response.set_cookie(name, value, max_age=seconds, httponly=True, samesite="Lax", secure=secure)


async def close_session(request: web.Request, response: web.Response) -> None:
    """End the session of the request's cookie, and let the browser forget it."""
    await _end_session(request)
    response.del_cookie(COOKIE, httponly=True, samesite="Lax", secure=not request.app[SETTINGS].loopback)


async def _end_session(request: web.Request) -> None:
    secret = request.cookies.get(COOKIE)
    if secret:
        await request.app[DOOR].credentials.sessions.end(secret)


def demand_person(reader: Reader) -> tuple[int, str]:
    """The user who is signed in, and the session's handle.

    Raises Problem ``auth.missing`` for the public, ``account.person-only`` for a token.
    """
    if reader.actor is None:
        raise Problem("auth.missing")
    if reader.actor.user is None or reader.session is None:
        raise Problem("account.person-only")
    return reader.actor.user, reader.session


async def _sign_in(request: web.Request) -> web.Response:
    said = load(_SIGN_IN, await json_body(request))
    attempt = attempt_of(request, said["login"], said["password"], said.get("code"))
    entrant = await request.app[DOOR].credentials.signing_in.enter(attempt)
    session, who = await open_session(request, entrant)
    members = {"user": who.user, "organisation": who.organisation, "role": who.role, "csrf": who.csrf}
    response = web.Response(status=201, body=orjson.dumps(members), content_type=JSON)
    set_cookies(request, response, session, entrant.login)
    return response


async def _sign_out(request: web.Request) -> web.Response:
    if not request[READER].signed_in:
        raise Problem("auth.missing")
    response = web.Response(status=204)
    await close_session(request, response)
    return response


async def own_sessions(request: web.Request) -> list[dict[str, object]]:
    """The sessions of who asks, as ``SessionView`` tells them. Raises as ``demand_person``."""
    user, present = demand_person(request[READER])
    found = await request.app[DOOR].credentials.sessions.of(user)
    return [
        {
            **{name: str(value) for name, value in asdict(each).items() if name != "handle"},
            **{name: getattr(each, name).isoformat() for name in ("created_at", "last_used", "expires_at")},
            "id": each.handle,
            "present": each.handle == present,
        }
        for each in found
    ]


async def _list(request: web.Request) -> web.Response:
    body = {"items": await own_sessions(request), "next": None}
    return web.Response(body=orjson.dumps(body), content_type=JSON)


async def _one(request: web.Request) -> web.Response:
    for each in await own_sessions(request):
        if each["id"] == request.match_info["session"]:
            return web.Response(body=orjson.dumps(each), content_type=JSON)
    raise not_found()


async def _end_one(request: web.Request) -> web.Response:
    user, _ = demand_person(request[READER])
    if not await request.app[DOOR].credentials.sessions.end_own(user, request.match_info["session"]):
        raise not_found()
    return web.Response(status=204)


async def _end_others(request: web.Request) -> web.Response:
    user, present = demand_person(request[READER])
    await request.app[DOOR].credentials.sessions.end_others(user, present)
    return web.Response(status=204)


SESSIONS = (
    Action(
        "POST", "/api/v1/sessions", "sign-in", "Sign in; the answer sets the session's cookie",
        _sign_in, status=201, body=SignIn, response=SignedInAnswer, tag="sessions",
        example={"login": "zhang.san", "password": "seven boxes of squid", "code": "123456"},
    ),
    Action("DELETE", "/api/v1/sessions", "sign-out", "Sign out", _sign_out, status=204, person=True,
           tag="sessions"),
    Action("GET", "/api/v1/sessions", "sessions", "Your open sessions", _list,
           response=SessionView, many=True, person=True, tag="sessions"),
    Action("DELETE", "/api/v1/sessions/others", "other-sessions-end", "End all your sessions but this one",
           _end_others, status=204, person=True, tag="sessions"),
    Action("GET", "/api/v1/sessions/{session}", "session", "One of your sessions", _one,
           response=SessionView, person=True, tag="sessions"),
    Action("DELETE", "/api/v1/sessions/{session}", "session-end", "End one of your sessions", _end_one,
           status=204, person=True, tag="sessions"),
)  # fmt: skip

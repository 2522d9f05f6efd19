"""Signing in and out with a browser. The cookie is out of reach of scripts; programs use tokens instead."""

from __future__ import annotations

import orjson
from aiohttp import web

from schema.messages.answers import SignedIn as SignedInAnswer
from schema.messages.parties import SignIn
from schema.problems import Problem
from service.http.authentication import COOKIE, DOOR
from service.http.body import JSON, json_body, load
from service.http.declared import Action
from service.http.keys import READER, SETTINGS
from service.parties.credentials import SESSION_LIFETIME, NewSession, SignedIn

_SIGN_IN = SignIn()


async def open_session(request: web.Request, login: str, password: str) -> tuple[NewSession, SignedIn]:
    """A new session, which ends the one that the browser had. Pages use it too.

    Raises Problem ``session.credentials-wrong``, whatever was wrong; the browser's session goes on then.
    """
    credentials = request.app[DOOR].credentials
    user = await credentials.authenticate(login, password)
    if user is None:
        raise Problem("session.credentials-wrong")
    session = await credentials.open_session(user)
    signed_in = await credentials.session(session.secret)
    if signed_in is None:
        raise Problem("session.credentials-wrong")
    # The browser forgets the former cookie, so nobody could sign that session out any more.
    await _end_session(request)
    return session, signed_in


def set_cookie(app: web.Application, response: web.Response, session: NewSession) -> None:
    """Hand the session to the browser; over plain HTTP only on this machine."""
    response.set_cookie(
        COOKIE,
        session.secret,
        max_age=int(SESSION_LIFETIME.total_seconds()),
        httponly=True,
        samesite="Lax",
        secure=not app[SETTINGS].loopback,
    )


async def close_session(request: web.Request, response: web.Response) -> None:
    """End the session of the request's cookie, and let the browser forget it."""
    await _end_session(request)
    response.del_cookie(COOKIE, httponly=True, samesite="Lax", secure=not request.app[SETTINGS].loopback)


async def _end_session(request: web.Request) -> None:
    secret = request.cookies.get(COOKIE)
    if secret:
        await request.app[DOOR].credentials.end_session(secret)


async def _sign_in(request: web.Request) -> web.Response:
    said = load(_SIGN_IN, await json_body(request))
    session, who = await open_session(request, said["login"], said["password"])
    members = {"user": who.user, "organisation": who.organisation, "role": who.role, "csrf": who.csrf}
    response = web.Response(status=201, body=orjson.dumps(members), content_type=JSON)
    set_cookie(request.app, response, session)
    return response


async def _sign_out(request: web.Request) -> web.Response:
    if not request[READER].signed_in:
        raise Problem("auth.missing")
    response = web.Response(status=204)
    await close_session(request, response)
    return response


SESSIONS = (
    Action(
        "POST", "/api/v1/sessions", "sign-in", "Sign in; the answer sets the session's cookie",
        _sign_in, status=201, body=SignIn, response=SignedInAnswer, tag="sessions",
    ),
    Action("DELETE", "/api/v1/sessions", "sign-out", "Sign out", _sign_out, status=204, tag="sessions"),
)  # fmt: skip

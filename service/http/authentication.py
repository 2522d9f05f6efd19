"""The door: who asks, by API token or by the browser's session.

A token that does not hold is refused, so that a program learns it at once; so is one that has expired or is
used from elsewhere than it is for. A session that ended makes its browser the public again, so that open
pages stay open. Who must have a second factor and has none yet is known and may do nothing but set one up. A
request that changes something and that a browser's cookie vouches for must also show that the browser meant
it: the session's own CSRF token, in a header or a form field; a form with files, whose fields cannot be read
before its files, the browser's word that it comes from here.
"""

from __future__ import annotations

from dataclasses import replace
from secrets import compare_digest
from urllib.parse import urlsplit

from aiohttp import web

from schema.problems import Problem
from service.http.body import form_body
from service.http.client import client_address
from service.http.keys import SETTINGS
from service.http.readers import PUBLIC, Reader, reader_for
from service.parties import Role, Scope, UserRole
from service.parties.credentials import Credentials, SignedIn

COOKIE = "coldledger"
CSRF_HEADER = "X-CSRF-Token"
CSRF_FIELD = "csrf"
SIGN_IN_PATHS = frozenset({"/api/v1/sessions", "/sign-in", "/sign-in/code", "/api/v1/invitations/acceptance"})
"""Where signing in is posted: whatever cookie comes along says nothing there."""
INVITATION_PATHS = "/invitations/"
"""Where an invitation is taken up by hand, likewise."""

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_FORM = "application/x-www-form-urlencoded"
_FORM_WITH_FILES = "multipart/form-data"


class Door:
    """Makes a Reader of a request. Raises Problem ``auth.…`` and ``token.…``."""

    def __init__(self, credentials: Credentials) -> None:
        self.credentials = credentials

    async def reader(self, request: web.Request) -> Reader:
        """Who asks. Raises Problem ``auth.invalid`` or ``auth.csrf``."""
        headers = request.headers
        if "Authorization" in headers:
            return await self._by_token(request, headers["Authorization"])
        if request.method == "POST" and _signs_in(request.path):
            _demand_same_origin(request, missing_is_fine=True)
            return PUBLIC
        if "Cookie" not in headers or not (secret := request.cookies.get(COOKIE)):
            return PUBLIC
        session = await self.credentials.sessions.find(secret)
        if session is None:
            return PUBLIC
        if request.method not in _SAFE:
            await _demand_csrf(request, session.csrf)
        demanded = request.app[SETTINGS].demands_second_factor(session.role, session.roles)
        return newcomer(session) if demanded and not session.factor else reader_of_session(session)

    async def _by_token(self, request: web.Request, header: str) -> Reader:
        scheme, _, text = header.partition(" ")
        holder = await self.credentials.tokens.find(text.strip()) if scheme.lower() == "bearer" else None
        if holder is None:
            raise Problem("auth.invalid")
        holder.demand(client_address(request))
        return reader_for(holder.actor, holder.roles, holder.region, holder.scopes, uscc=holder.uscc)


DOOR = web.AppKey("door", Door)


def _signs_in(path: str) -> bool:
    return path in SIGN_IN_PATHS or path.startswith(INVITATION_PATHS)


def newcomer(session: SignedIn) -> Reader:
    """Who must set up a second factor before anything else: sees what the public sees."""
    return replace(PUBLIC, actor=session.actor, csrf=session.csrf, session=session.handle, must_enrol=True)


def reader_of_session(session: SignedIn) -> Reader:
    """What a person may do: a manager also answers for the own organisation's people and places."""
    scopes = {Scope.GOODS_READ, Scope.GOODS_WRITE}
    if session.role == UserRole.MANAGER:
        scopes.add(Scope.PARTIES_WRITE)
    if Role.REGULATOR in session.roles:
        scopes.add(Scope.REGULATOR_READ)
    return reader_for(
        session.actor,
        session.roles,
        session.region,
        scopes,
        user_role=session.role,
        csrf=session.csrf,
        uscc=session.uscc,
        session=session.handle,
    )


async def _demand_csrf(request: web.Request, token: str) -> None:
    given = request.headers.get(CSRF_HEADER)
    if given is None and request.content_type == _FORM:
        field = (await form_body(request)).get(CSRF_FIELD)
        given = field if isinstance(field, str) else None
    if given is None and request.content_type == _FORM_WITH_FILES:
        _demand_same_origin(request, missing_is_fine=False)
    elif given is None or not compare_digest(given.encode(errors="replace"), token.encode()):
        raise Problem("auth.csrf")


def _demand_same_origin(request: web.Request, *, missing_is_fine: bool) -> None:
    """Browsers say where a POST comes from; other sites cannot forge it."""
    origin = request.headers.get("Origin")
    if origin is None and missing_is_fine:
        return
    if origin is None or _host(origin) != request.host:
        raise Problem("auth.csrf")


def _host(origin: str) -> str | None:
    try:
        return urlsplit(origin).netloc
    except ValueError:
        return None

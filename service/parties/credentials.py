"""Signing in: logins with passwords, sessions, API tokens. Truths outside the ledger, in schema ``private``.

Of what a client keeps secret (256 random bits of a session or token) only the SHA-256 is stored: there is too
much chance in it to need more. A token's holder is remembered for at most a second; what a revoked one still
gets through the door in that second is refused under the head row (standing.py) if it is a statement.
"""

from __future__ import annotations

import asyncio
import hashlib
import re
import secrets
import time
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import asyncpg

from schema.problems import Problem
from service.ledger import Actor, Statement
from service.ledger.kinds import Asides
from service.parties.passwords import Hashing, check_password
from service.storage import query

SESSION_LIFETIME = timedelta(hours=12)
REMEMBERED_SECONDS = 1.0
REMEMBERED_TOKENS = 10_000

_LOGIN = re.compile(r"[a-z0-9][a-z0-9._@+-]{1,62}[a-z0-9]")
_TOKEN = re.compile(r"cl_(\d{1,16})_([A-Za-z0-9_-]{43})")


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who is signed in. ``role`` is the person's; ``roles``, ``region``, ``uscc`` are the organisation's."""

    user: int
    organisation: int
    role: str
    roles: tuple[str, ...]
    region: str
    csrf: str
    expires_at: datetime
    uscc: str

    @property
    def actor(self) -> Actor:
        """Who speaks."""
        return Actor(self.organisation, user=self.user)


@dataclass(frozen=True, slots=True)
class TokenHolder:
    """An organisation that calls with a token. ``roles``, ``region`` and ``uscc`` are the organisation's."""

    token: int
    organisation: int
    roles: tuple[str, ...]
    region: str
    scopes: tuple[str, ...]
    uscc: str

    @property
    def actor(self) -> Actor:
        """Who speaks."""
        return Actor(self.organisation, token=self.token)


@dataclass(frozen=True, slots=True)
class NewSession:
    """A session that was just opened; ``secret`` is for the cookie and kept nowhere."""

    secret: str
    csrf: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class SessionSummary:
    """A session as its owner sees it; ``handle`` ends it and cannot be used to sign in."""

    handle: str
    created_at: datetime
    expires_at: datetime


def parse_login(text: str) -> str:
    """A login in its one written form: lower case. Raises Problem ``user.login-format``."""
    login = unicodedata.normalize("NFKC", text).strip().lower()
    if not _LOGIN.fullmatch(login):
        raise Problem("user.login-format", field="/login")
    return login


def new_token() -> tuple[Asides, dict[str, str]]:
    """How a fresh token's digest is kept, and what to tell once: ``{"secret": "cl_<id>_<secret>"}``.

    The second is empty until the statement has its position, since the id is part of the text.
    """
    secret = secrets.token_urlsafe(32)
    once: dict[str, str] = {}

    def asides(_position: int, statement: Statement) -> Iterator[tuple[str, tuple[Any, ...]]]:
        token = statement.outcome["token"]
        once["secret"] = f"cl_{token}_{secret}"
        yield "private/token.save", (token, _digest(secret))

    return asides, once


class Credentials:
    """Logins, sessions and tokens of one database; ``pool`` must be one that may write."""

    def __init__(
        self, pool: asyncpg.Pool[asyncpg.Record], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._pool = pool
        self._clock = clock
        self._hashing = Hashing()
        self._remembered: dict[bytes, tuple[float, TokenHolder]] = {}
        self._looking: dict[bytes, asyncio.Task[TokenHolder | None]] = {}

    async def enrol(
        self, login: str, password: str | None = None, *names: str | None
    ) -> tuple[Asides, dict[str, str]]:
        """How a new user's login and password are kept, and what to tell once: a password that was made here.

        ``names`` are what the password must not be, besides the login. Raises Problem ``user.login-…`` and
        ``password.…``.
        """
        login = parse_login(login)
        if await self.knows(login):
            raise Problem("user.login-taken", field="/login", login=login)
        once = {} if password is not None else {"password": secrets.token_urlsafe(15)}
        chosen = password if password is not None else once["password"]
        check_password(chosen, login, *names)
        hashed = await self._hashing.hash(chosen)

        def asides(_position: int, statement: Statement) -> Iterator[tuple[str, tuple[Any, ...]]]:
            yield "private/credential.save", (statement.outcome["user"], login, hashed)

        return asides, once

    async def knows(self, login: str) -> bool:
        """Whether somebody has this login."""
        return bool(await self._pool.fetchval(query("private/credential.taken"), parse_login(login)))

    async def authenticate(self, login: str, password: str) -> int | None:
        """The id of the active user who signs in so. It takes as long to say no as to say yes."""
        known = unicodedata.normalize("NFKC", login).strip().lower()
        row = None
        # What is no login (a NUL, say, which PostgreSQL takes in no text) is nobody's.
        if _LOGIN.fullmatch(known):
            row = await self._pool.fetchrow(query("private/credential.by_login"), known)
        right = await self._hashing.verify(None if row is None else row["password"], password)
        return int(row["user_id"]) if row is not None and right and row["active"] else None

    async def change_password(self, user: int, current: str, new: str, *names: str | None) -> bool:
        """Change a password and end every session of its user; False where ``current`` is wrong."""
        row = await self._pool.fetchrow(query("private/credential.by_user"), user)
        if not await self._hashing.verify(None if row is None else row["password"], current) or row is None:
            return False
        check_password(new, row["login"], *names)
        hashed = await self._hashing.hash(new)
        async with self._pool.acquire() as conn, conn.transaction():
            await conn.execute(query("private/credential.change_password"), user, hashed)
            await conn.execute(query("private/session.end_all"), user)
        return True

    async def reset_password(self, login: str) -> str:
        """Give a login a new random password and end its sessions; for who runs the service.

        Raises Problem ``user.login-unknown``.
        """
        login, password = parse_login(login), secrets.token_urlsafe(15)
        hashed = await self._hashing.hash(password)
        async with self._pool.acquire() as conn, conn.transaction():
            row = await conn.fetchrow(query("private/credential.by_login"), login)
            if row is None:
                raise Problem("user.login-unknown", login=login)
            await conn.execute(query("private/credential.change_password"), row["user_id"], hashed)
            await conn.execute(query("private/session.end_all"), row["user_id"])
        return password

    async def logins(self, users: Iterable[int]) -> dict[int, str]:
        """The logins of users, for their managers."""
        rows = await self._pool.fetch(query("private/credential.logins"), list(users))
        return {row["user_id"]: row["login"] for row in rows}

    async def open_session(self, user: int, lifetime: timedelta = SESSION_LIFETIME) -> NewSession:
        """Sign a user in whom ``authenticate`` named."""
        secret, csrf = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
        expires_at = await self._pool.fetchval(
            query("private/session.open"), _digest(secret), user, csrf, lifetime
        )
        return NewSession(secret, csrf, expires_at)

    async def session(self, secret: str) -> SignedIn | None:
        """Who is signed in with a cookie; None where it ended or its user was disabled."""
        row = await self._pool.fetchrow(query("private/session.find"), _digest(secret))
        if row is None:
            return None
        user, organisation, role, roles, region, csrf, expires_at, uscc = row
        return SignedIn(user, organisation, role, tuple(roles), region, csrf, expires_at, uscc)

    async def sessions(self, user: int) -> list[SessionSummary]:
        """A user's open sessions, oldest first."""
        rows = await self._pool.fetch(query("private/session.of_user"), user)
        return [SessionSummary(row["sha256"].hex(), row["created_at"], row["expires_at"]) for row in rows]

    async def end_session(self, secret: str) -> None:
        """Sign out."""
        await self._pool.execute(query("private/session.end"), _digest(secret))

    async def end_sessions(self, user: int) -> None:
        """Sign a user out everywhere."""
        await self._pool.execute(query("private/session.end_all"), user)

    async def token(self, text: str) -> TokenHolder | None:
        """Who calls with a token; None where there is no such active one. Up to a second old."""
        match = _TOKEN.fullmatch(text)
        if match is None:
            return None
        digest = _digest(text)
        until, holder = self._remembered.get(digest, (0.0, None))
        now = self._clock()
        if holder is not None and now < until:
            return holder
        looking = self._looking.get(digest)
        if looking is None:
            # Of all the requests that come with a token just forgotten, one looks it up for the others.
            looking = asyncio.create_task(self._look_up(digest, int(match[1]), match[2]))
            self._looking[digest] = looking
        return await asyncio.shield(looking)

    async def _look_up(self, digest: bytes, token: int, secret: str) -> TokenHolder | None:
        try:
            holder = await self._find_token(token, secret)
            self._remember(digest, self._clock() + REMEMBERED_SECONDS, holder)
        finally:
            del self._looking[digest]
        return holder

    async def _find_token(self, token: int, secret: str) -> TokenHolder | None:
        row = await self._pool.fetchrow(query("private/token.find"), token, _digest(secret))
        if row is None:
            return None
        token, organisation, roles, region, scopes, uscc = row
        return TokenHolder(token, organisation, tuple(roles), region, tuple(scopes), uscc)

    def _remember(self, digest: bytes, until: float, holder: TokenHolder | None) -> None:
        if holder is None:
            self._remembered.pop(digest, None)
            return
        if len(self._remembered) >= REMEMBERED_TOKENS:
            self._remembered.clear()
        self._remembered[digest] = (until, holder)


def _digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()

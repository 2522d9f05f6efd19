"""Sessions of browsers: opened, used, listed, ended."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import asyncpg

from service.ledger import Actor, Statement
from service.parties.credentials.digests import digest, new_secret
from service.storage import query

LIFETIME = timedelta(hours=12)
"""However much it is used: a shift. Whoever goes on after it signs in again."""
IDLE = timedelta(hours=1)
"""How long it may lie unused (NIST SP 800-63B, 2.2.3)."""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who is signed in. ``role`` is the person's; ``roles``, ``region``, ``uscc`` are the organisation's.

    ``handle`` names the session and cannot be used to sign in; ``factor`` says whether a second factor
    stands.
    """

    user: int
    organisation: int
    role: str
    roles: tuple[str, ...]
    region: str
    csrf: str
    expires_at: datetime
    uscc: str
    factor: bool
    handle: str

    @property
    def actor(self) -> Actor:
        """Who speaks."""
        return Actor(self.organisation, user=self.user)


@dataclass(frozen=True, slots=True)
class Session:
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
    last_used: datetime
    address: str
    agent: str


class Sessions:
    """The sessions of all users."""

    def __init__(self, pool: asyncpg.Pool[asyncpg.Record]) -> None:
        self._pool = pool

    async def open(
        self, user: int, lifetime: timedelta = LIFETIME, *, address: str = "", agent: str = ""
    ) -> Session:
        """Sign a user in who showed all that is asked; ``address`` and ``agent`` are for the owner to see."""
        secret, csrf = new_secret(), new_secret()
        expires_at = await self._pool.fetchval(
            query("private/session.open"), digest(secret), user, csrf, lifetime, address, agent, IDLE
        )
        return Session(secret, csrf, expires_at)

    async def find(self, secret: str) -> SignedIn | None:
        """Who is signed in with a cookie; None where it ended, lay unused, or its user was disabled."""
        key = digest(secret)
        row = await self._pool.fetchrow(query("private/session.find"), key, IDLE)
        if row is None:
            return None
        user, organisation, role, roles, region, csrf, expires_at, uscc, factor = row
        return SignedIn(
            user, organisation, role, tuple(roles), region, csrf, expires_at, uscc, factor, key.hex()
        )

    async def of(self, user: int) -> list[SessionSummary]:
        """A user's open sessions, oldest first."""
        rows = await self._pool.fetch(query("private/session.of_user"), user, IDLE)
        return [SessionSummary(key.hex(), *rest) for key, *rest in rows]

    async def end(self, secret: str) -> None:
        """Sign out."""
        await self._pool.execute(query("private/session.end"), digest(secret))

    async def end_own(self, user: int, handle: str) -> bool:
        """End a session of a user; False where it is not one of theirs."""
        try:
            key = bytes.fromhex(handle)
        except ValueError:
            return False
        return await self._pool.fetchval(query("private/session.end_own"), key, user) is not None

    async def end_others(self, user: int, handle: str) -> None:
        """End all of a user's sessions but one."""
        await self._pool.execute(query("private/session.end_others"), user, bytes.fromhex(handle))

    async def end_all(self, user: int) -> None:
        """Sign a user out everywhere."""
        await self._pool.execute(query("private/session.end_all"), [user])


def ending_all(_position: int, statement: Statement) -> Iterator[tuple[str, tuple[Any, ...]]]:
    """Ends the sessions of the user that a statement is about, with it."""
    yield "private/session.end_all", (statement.data["user"],)

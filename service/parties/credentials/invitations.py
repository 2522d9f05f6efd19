"""Invitations: a link that lets its holder choose the password of one user, once, within seven days.

A manager hands it over instead of a password, so nobody but the user ever knows that. Whoever intercepts the
link can use it first, and then it is used up for the right person, who learns so.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import asyncpg

from schema.problems import Problem
from service.ledger import Statement
from service.ledger.kinds import Asides
from service.parties.credentials.digests import digest, new_secret
from service.parties.credentials.logins import Logins
from service.parties.credentials.passwords import check_password
from service.storage import query


@dataclass(frozen=True, slots=True)
class Invitation:
    """Who is invited, and by whom."""

    user: int
    login: str
    organisation: str
    organisation_en: str | None


def new_invitation() -> tuple[Asides, str]:
    """How a fresh invitation's digest is kept for the user that a statement makes or is about; its secret."""
    secret = new_secret()

    def asides(_position: int, statement: Statement) -> Iterator[tuple[str, tuple[Any, ...]]]:
        user = statement.outcome.get("user", statement.data.get("user"))
        yield "private/invitation.save", (user, digest(secret))

    return asides, secret


def withdrawing(_position: int, statement: Statement) -> Iterator[tuple[str, tuple[Any, ...]]]:
    """Takes back the invitation of the user that a statement is about, with it."""
    yield "private/invitation.withdraw", (statement.data["user"],)


class Invitations:
    """The open invitations of all organisations."""

    def __init__(self, pool: asyncpg.Pool[asyncpg.Record], logins: Logins) -> None:
        self._pool = pool
        self._logins = logins

    async def find(self, secret: str) -> Invitation:
        """Whom it invites. Raises Problem ``invitation.unknown``: never made, used, withdrawn or too old."""
        row = await self._pool.fetchrow(query("private/invitation.find"), digest(secret))
        if row is None:
            raise Problem("invitation.unknown")
        return Invitation(*row)

    async def take_up(self, secret: str, password: str) -> int:
        """Set the password of whom it invites and end it; the user's id.

        A password that is not taken leaves it as it is. Raises Problem ``invitation.unknown`` or
        ``password.…``.
        """
        invited = await self.find(secret)
        check_password(password, invited.login, invited.organisation, invited.organisation_en)
        if await self._pool.fetchval(query("private/invitation.take"), digest(secret)) is None:
            raise Problem("invitation.unknown")
        await self._logins.set_password(invited.user, password)
        return invited.user

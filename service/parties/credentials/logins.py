"""Logins and their passwords."""

from __future__ import annotations

import re
import secrets
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import asyncpg

from schema.problems import Problem
from service.ledger import Statement
from service.ledger.kinds import Asides
from service.parties.credentials.digests import digest
from service.parties.credentials.passwords import Hashing, check_password
from service.storage import query

_LOGIN = re.compile(r"[a-z0-9][a-z0-9._@+-]{1,62}[a-z0-9]")


def normal_login(text: str) -> str:
    """What somebody typed as a login, in one written form, whether or not it is one."""
    return unicodedata.normalize("NFKC", text).strip().lower()


def parse_login(text: str) -> str:
    """A login in its one written form: lower case. Raises Problem ``user.login-format``."""
    login = normal_login(text)
    if not _LOGIN.fullmatch(login):
        raise Problem("user.login-format", field="/login")
    return login


@dataclass(frozen=True, slots=True)
class Entrant:
    """A user who showed the right password; ``fingerprint`` changes with the password."""

    user: int
    login: str
    fingerprint: str


class Logins:
    """By what people sign in."""

    def __init__(self, pool: asyncpg.Pool[asyncpg.Record]) -> None:
        self._pool = pool
        self.hashing = Hashing()

    async def claim(self, login: str, claim: str) -> str:
        """Take ``login`` for a registration that is about to be said; its written form.

        ``claim`` names the submission, which may claim again. Raises Problem ``user.login-…``.
        """
        known = parse_login(login)
        if await self._pool.fetchval(query("private/credential.claim"), known, claim) is None:
            raise Problem("user.login-taken", field="/login", login=known)
        return known

    async def give_up(self, login: str, claim: str) -> None:
        """The registration was refused: the login is free again."""
        await self._pool.execute(query("private/credential.give_up"), login, claim)

    def invited(self, login: str) -> Asides:
        """How a claimed login is kept for a user without a password yet."""
        return _saving(login, None)

    async def enrol(
        self, login: str, password: str | None = None, *names: str | None, claim: str | None = None
    ) -> tuple[Asides, dict[str, str]]:
        """How a new user's login and password are kept, and what to tell once: a password that was made here.

        ``names`` are what the password must not be, besides the login. Raises Problem ``user.login-…`` and
        ``password.…``.
        """
        once = {} if password is not None else {"password": secrets.token_urlsafe(15)}
        chosen = password if password is not None else once["password"]
        check_password(chosen, parse_login(login), *names)
        known = await self.claim(login, claim or secrets.token_urlsafe(16))
        return _saving(known, await self.hashing.hash(chosen)), once

    async def knows(self, login: str) -> bool:
        """Whether somebody has this login."""
        return bool(await self._pool.fetchval(query("private/credential.taken"), parse_login(login)))

    async def authenticate(self, login: str, password: str, *, in_haste: bool = False) -> Entrant | None:
        """The active user who signs in so. It takes as long to say no as to say yes.

        ``in_haste`` is who need not wait behind strangers. Raises Problem ``sign-in.busy``.
        """
        known = normal_login(login)
        row = None
        # What is no login (a NUL, say, which PostgreSQL takes in no text) is nobody's.
        if _LOGIN.fullmatch(known):
            row = await self._pool.fetchrow(query("private/credential.by_login"), known)
        stored = None if row is None else row["password"]
        right = await self.hashing.verify(stored, password, in_haste=in_haste)
        if row is None or stored is None or not right or not row["active"]:
            return None
        return Entrant(row["user_id"], known, fingerprint(stored))

    async def entrant(self, user: int) -> Entrant | None:
        """A user who has a password, as if it had just been shown."""
        row = await self._pool.fetchrow(query("private/credential.by_user"), user)
        if row is None or row["password"] is None:
            return None
        return Entrant(user, row["login"], fingerprint(row["password"]))

    async def shows_password(self, user: int, password: str) -> bool:
        """Whether it is the password of a user who is signed in."""
        row = await self._pool.fetchrow(query("private/credential.by_user"), user)
        return await self.hashing.verify(None if row is None else row["password"], password, in_haste=True)

    async def login_of(self, user: int) -> str:
        """By what a user signs in; empty for none."""
        return (await self.of([user])).get(user, "")

    async def change_password(
        self, user: int, current: str, new: str, *names: str | None, session: str | None = None
    ) -> bool:
        """Change a password and end every session of its user but ``session``; False where ``current`` is
        wrong.

        Raises Problem ``password.…``.
        """
        if not await self.shows_password(user, current):
            return False
        await self.set_password(user, new, *names, session=session)
        return True

    async def set_password(self, user: int, new: str, *names: str | None, session: str | None = None) -> None:
        """Give a user a password, whatever it was; ends sessions likewise. Raises Problem ``password.…``."""
        row = await self._pool.fetchrow(query("private/credential.by_user"), user)
        if row is None:
            raise Problem("user.login-unknown", login="")
        check_password(new, row["login"], row["name"], row["name_en"], *names)
        hashed = await self.hashing.hash(new)
        kept = b"" if session is None else digest(session)
        async with self._pool.acquire() as conn, conn.transaction():
            await conn.execute(query("private/credential.change_password"), user, hashed)
            await conn.execute(query("private/session.end_others"), user, kept)

    async def reset_password(self, login: str) -> str:
        """Give a login a new random password and end its sessions; for who runs the service.

        Raises Problem ``user.login-unknown``.
        """
        known, password = parse_login(login), secrets.token_urlsafe(15)
        row = await self._pool.fetchrow(query("private/credential.by_login"), known)
        if row is None:
            raise Problem("user.login-unknown", login=known)
        await self.set_password(row["user_id"], password)
        return password

    async def of(self, users: Iterable[int]) -> dict[int, str]:
        """The logins of users, for their managers."""
        rows = await self._pool.fetch(query("private/credential.logins"), list(users))
        return {row["user_id"]: row["login"] for row in rows}

    async def ways_in(self, users: Iterable[int]) -> list[dict[str, Any]]:
        """How users may sign in, for their managers: the rows of ``private/account.of_users``."""
        return [dict(row) for row in await self._pool.fetch(query("private/account.of_users"), list(users))]


def fingerprint(stored: str) -> str:
    """Tells one stored password from another, and nothing of either."""
    return digest(stored).hex()


def _saving(login: str, hashed: str | None) -> Asides:
    def asides(_position: int, statement: Statement) -> Iterator[tuple[str, tuple[Any, ...]]]:
        yield "private/credential.save", (statement.outcome["user"], login, hashed)

    return asides

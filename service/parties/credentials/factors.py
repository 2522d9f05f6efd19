"""Second factors: codes of an authenticator (TOTP, RFC 6238: SHA-1, six digits, 30 seconds), recovery codes.

The key is sealed under the accounts' key and handed out once, while it is pending. A code counts in its own
step and in the one before and after; each step counts once, so that a code seen over a shoulder is used up.
A recovery code holds 80 random bits and is used up by its use.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import asyncpg
import pyotp

from schema.problems import Problem
from service.ledger import Statement
from service.parties.credentials.keys import AccountKeys
from service.storage import query

ISSUER = "ColdLedger"
STEP_SECONDS = 30
DRIFT = 1
"""Steps that a clock may be early or late."""
WAITING = timedelta(minutes=15)
"""How long a key waits for its first code: one that was left lying is not for whoever finds the browser."""
RECOVERY_CODES = 10
_RECOVERY_BYTES = 10
_DIGITS = 6


@dataclass(frozen=True, slots=True)
class FactorState:
    """How a user's second factor stands; ``confirmed_at`` is None where there is none."""

    confirmed_at: datetime | None
    recovery_codes: int


@dataclass(frozen=True, slots=True)
class Enrolment:
    """A key that waits for its first code: for an authenticator as an address, for the hand as text."""

    key: str
    uri: str


class Factors:
    """The second factors of all users."""

    def __init__(
        self, pool: asyncpg.Pool[asyncpg.Record], keys: AccountKeys, now: Callable[[], float]
    ) -> None:
        self._pool = pool
        self._keys = keys
        self._now = now

    async def state(self, user: int) -> FactorState:
        """What a user may know of it."""
        row = await self._row(user)
        if row is None:
            return FactorState(None, 0)
        return FactorState(row["confirmed_at"], row["recovery_codes"])

    async def stands(self, user: int) -> bool:
        """Whether a code is asked when this user signs in."""
        return (await self.state(user)).confirmed_at is not None

    async def begin(self, user: int, login: str) -> Enrolment:
        """A new key, which counts once its first code was shown; one that stands goes on until then."""
        key = secrets.token_bytes(20)
        await self._pool.execute(query("private/second_factor.begin"), user, self._keys.seal(user, key))
        return _enrolment(key, login)

    async def pending(self, user: int, login: str) -> Enrolment | None:
        """The key that waits."""
        row = await self._row(user)
        if row is None or row["pending"] is None:
            return None
        return _enrolment(self._keys.unseal(user, row["pending"]), login)

    async def confirm(self, user: int, code: str) -> list[str]:
        """The pending key counts from now on; fresh recovery codes, told once.

        Raises Problem ``second-factor.not-begun`` or ``second-factor.code-wrong``.
        """
        row = await self._row(user)
        if row is None or row["pending"] is None:
            raise Problem("second-factor.not-begun")
        step = self._matching(self._keys.unseal(user, row["pending"]), code)
        confirming = (query("private/second_factor.confirm"), user, row["pending"], step)
        if step is None or await self._pool.fetchval(*confirming) is None:
            raise Problem("second-factor.code-wrong", field="/code")
        return await self.new_recovery_codes(user)

    async def new_recovery_codes(self, user: int) -> list[str]:
        """Ten recovery codes instead of those that there were; told once."""
        codes = [_grouped(secrets.token_bytes(_RECOVERY_BYTES)) for _ in range(RECOVERY_CODES)]
        async with self._pool.acquire() as conn, conn.transaction():
            await conn.execute(query("private/second_factor.forget_recovery_codes"), [user])
            digests = [_recovery_digest(user, _plain(code)) for code in codes]
            await conn.execute(query("private/second_factor.save_recovery_codes"), user, digests)
        return codes

    async def accepts(self, user: int, code: str) -> bool:
        """Whether it is the user's code now, or one of the recovery codes; either is used up by this."""
        plain = _plain(code)
        if len(plain) == _DIGITS and plain.isdecimal():
            return await self._accepts_step(user, plain)
        used = (query("private/second_factor.use_recovery_code"), user, _recovery_digest(user, plain))
        return await self._pool.fetchval(*used) is not None

    async def remove(self, user: int) -> None:
        """Take it away, with its recovery codes."""
        async with self._pool.acquire() as conn, conn.transaction():
            await conn.execute(query("private/second_factor.remove"), [user])
            await conn.execute(query("private/second_factor.forget_recovery_codes"), [user])

    async def _accepts_step(self, user: int, code: str) -> bool:
        row = await self._row(user)
        if row is None or row["secret"] is None:
            return False
        step = self._matching(self._keys.unseal(user, row["secret"]), code)
        if step is None:
            return False
        return await self._pool.fetchval(query("private/second_factor.use_step"), user, step) is not None

    def _matching(self, key: bytes, code: str) -> int | None:
        """The step around now whose code it is. All are compared, in constant time."""
        hotp = pyotp.HOTP(base64.b32encode(key).decode())
        now = int(self._now()) // STEP_SECONDS
        steps = range(now - DRIFT, now + DRIFT + 1)
        shown = _plain(code).encode()
        matching = [step for step in steps if secrets.compare_digest(hotp.at(step).encode(), shown)]
        return matching[-1] if matching else None

    async def _row(self, user: int) -> asyncpg.Record | None:
        return await self._pool.fetchrow(query("private/second_factor.find"), user, WAITING)


def resetting(_position: int, statement: Statement) -> Iterator[tuple[str, tuple[Any, ...]]]:
    """Takes away the second factor of the user that a statement is about, with it."""
    yield "private/second_factor.remove", (statement.data["user"],)
    yield "private/second_factor.forget_recovery_codes", (statement.data["user"],)


def _enrolment(key: bytes, login: str) -> Enrolment:
    text = base64.b32encode(key).decode()
    return Enrolment(text, pyotp.TOTP(text).provisioning_uri(name=login, issuer_name=ISSUER))


def _plain(code: str) -> str:
    """A code as typed, without what separates its groups."""
    return "".join(character for character in code.upper() if character.isalnum())


def _grouped(secret: bytes) -> str:
    text = base64.b32encode(secret).decode()
    return "-".join(text[start : start + 4] for start in range(0, len(text), 4))


def _recovery_digest(user: int, plain: str) -> bytes:
    return hashlib.sha256(f"{user}\n{plain}".encode()).digest()

"""Ways in: logins with passwords, second factors, invitations, sessions, API tokens; and what holds guessing
back.

All of it is truth outside the ledger, in schema ``private``. Rules that it keeps: of a secret with enough
chance in it (a session, token, invitation or recovery code) only the SHA-256 is stored; a password is stored
as Argon2id; what must be read again (a second factor's key) is sealed under a key file outside the database;
every attempt is counted before it is judged; an unknown login is answered with the words and in the time of a
known one. What was taken back is taken back at the next request of every process, but for a token, whose
holder is remembered for a second: what it says in that second is refused under the head row (standing.py).
"""

from __future__ import annotations

import time
from collections.abc import Callable

import asyncpg

from service.parties.credentials.devices import Devices
from service.parties.credentials.factors import Factors
from service.parties.credentials.invitations import Invitations
from service.parties.credentials.keys import AccountKeys
from service.parties.credentials.logins import Logins, parse_login
from service.parties.credentials.sessions import Session, Sessions, SessionSummary, SignedIn
from service.parties.credentials.signing_in import Attempt, SigningIn
from service.parties.credentials.throttle import Throttle
from service.parties.credentials.tokens import TokenHolder, Tokens, new_token


class Credentials:
    """Every way in of one database; ``pool`` must be one that may write.

    Without ``keys`` there are new ones, which is enough for who touches no second factor and no device.
    ``clock`` counts seconds from anywhere, ``now`` since 1970.
    """

    def __init__(
        self,
        pool: asyncpg.Pool[asyncpg.Record],
        keys: AccountKeys | None = None,
        *,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], float] = time.time,
    ) -> None:
        keys = keys or AccountKeys.fresh()
        self.logins = Logins(pool)
        self.factors = Factors(pool, keys, now)
        self.invitations = Invitations(pool, self.logins)
        self.sessions = Sessions(pool)
        self.tokens = Tokens(pool, clock)
        self.devices = Devices(keys, now)
        self.throttle = Throttle(pool, keys)
        self.signing_in = SigningIn(self.logins, self.factors, self.throttle, self.devices, keys, now)


__all__ = [
    "AccountKeys",
    "Attempt",
    "Credentials",
    "Session",
    "SessionSummary",
    "SignedIn",
    "TokenHolder",
    "new_token",
    "parse_login",
]

"""A user of a shop, and the doors at which everybody tries."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import pyotp

from schema.problems import Problem
from service.ledger import Actor, Ledger, Proposal
from service.parties import REGISTER_USER
from service.parties.credentials import AccountKeys, Attempt, Credentials
from service.parties.credentials.factors import STEP_SECONDS
from service.parties.credentials.logins import Entrant
from service.parties.credentials.passwords import Hashing
from tests.history import History
from tests.retold import retold
from tests.settlement import SEALED, Settlement

LOGIN_NAME, PASSWORD = "wang.li", "seven boxes of squid"
HOME, ELSEWHERE = "203.0.113.7", "198.51.100.9"
KEYS = AccountKeys.fresh()


class QuickHashing(Hashing):
    """Takes no time: these tests are about what is counted, and Argon2 is slow by intent."""

    async def hash(self, password: str) -> str:
        return f"plain {password}"

    async def verify(self, stored: str | None, password: str, *, in_haste: bool = False) -> bool:
        await asyncio.sleep(0)
        return stored == f"plain {password}"


@dataclass
class Door:
    """A user of a shop, and one process at whose door everybody tries. ``now`` is seconds since 1970."""

    ledger: Ledger
    manager: Actor
    credentials: Credentials
    user: int = 0
    now: float = 1_600_000_000.0

    def process(self) -> Credentials:
        """Another process on the same database."""
        made = Credentials(self.ledger.pool, KEYS, now=lambda: self.now)
        made.logins.hashing = QuickHashing()
        return made

    async def tries(
        self, password: str, network: str = HOME, devices: str = "", code: str | None = None, login: str = ""
    ) -> Entrant:
        attempt = Attempt(login or LOGIN_NAME, password, network, devices, code)
        return await self.credentials.signing_in.enter(attempt)

    async def told(self, password: str, network: str = HOME, devices: str = "", **more: str) -> str:
        """The code of what an attempt is told; empty where it is let in."""
        try:
            await self.tries(password, network, devices, **more)
        except Problem as problem:
            return problem.code
        return ""

    async def later(self, seconds: float) -> None:
        """So many seconds pass, on the database's clock as well."""
        self.now += seconds
        await self.ledger.pool.execute(
            "UPDATE private.throttle SET blocked_until = blocked_until - $1 * interval '1 second', "
            "updated_at = updated_at - $1 * interval '1 second'",
            seconds,
        )

    async def enrolled(self) -> pyotp.TOTP:
        """The user gets a second factor; the authenticator."""
        begun = await self.credentials.factors.begin(self.user, LOGIN_NAME)
        phone = pyotp.TOTP(begun.key)
        self.codes = await self.credentials.factors.confirm(self.user, phone.at(int(self.now)))
        self.now += STEP_SECONDS
        return phone


@asynccontextmanager
async def door(database: str) -> AsyncIterator[Door]:
    town = Settlement(History())
    shop = town.party("retailer", region="420100")
    async with retold(database, town.history) as ledger:
        it = Door(ledger, shop.manager, Credentials(ledger.pool))
        it.credentials = it.process()
        asides, _ = await it.credentials.logins.enrol(LOGIN_NAME, PASSWORD)
        data = {"organisation": shop.organisation, "role": "staff", "name": SEALED}
        said = await ledger.append(Proposal(REGISTER_USER, shop.manager, data, asides=asides))
        it.user = said.statement.outcome["user"]
        yield it


WRONG, SLOW = "session.credentials-wrong", "sign-in.too-many-attempts"

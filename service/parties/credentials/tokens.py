"""API tokens: an organisation's programs call with them."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from ipaddress import IPv4Address, IPv6Address, ip_network
from typing import Any

import asyncpg

from schema.problems import Problem
from service.ledger import Actor, Statement
from service.ledger.kinds import Asides
from service.parties.credentials.digests import digest, new_secret
from service.storage import query

REMEMBERED_SECONDS = 1.0
REMEMBERED_TOKENS = 10_000
_TOKEN = re.compile(r"cl_(\d{1,16})_([A-Za-z0-9_-]{43})")

Address = IPv4Address | IPv6Address


@dataclass(frozen=True, slots=True)
class TokenHolder:
    """An organisation that calls with a token. ``roles``, ``region`` and ``uscc`` are the organisation's.

    ``networks`` are those that it may call from, none for any; ``expires_at`` is an instant.
    """

    token: int
    organisation: int
    roles: tuple[str, ...]
    region: str
    scopes: tuple[str, ...]
    uscc: str
    networks: tuple[str, ...]
    expires_at: str

    @property
    def actor(self) -> Actor:
        """Who speaks."""
        return Actor(self.organisation, token=self.token)

    def demand(self, address: Address | None, now: datetime | None = None) -> None:
        """Raises Problem ``token.expired``, or ``token.address-refused`` where it may not call from
        ``address``."""
        if datetime.fromisoformat(self.expires_at) <= (now or datetime.now(UTC)):
            raise Problem("token.expired", token=self.token, expires_at=self.expires_at)
        if self.networks and not any(address in ip_network(each) for each in self.networks if address):
            raise Problem("token.address-refused", token=self.token, address=str(address or "—"))


def new_token() -> tuple[Asides, dict[str, str]]:
    """How a fresh token's digest is kept, and what to tell once: ``{"secret": "cl_<id>_<secret>"}``.

    The second is empty until the statement has its position, since the id is part of the text.
    """
    secret = new_secret()
    once: dict[str, str] = {}

    def asides(_position: int, statement: Statement) -> Iterator[tuple[str, tuple[Any, ...]]]:
        token = statement.outcome["token"]
        once["secret"] = f"cl_{token}_{secret}"
        yield "private/token.save", (token, digest(secret))

    return asides, once


class Tokens:
    """The tokens of all organisations."""

    def __init__(self, pool: asyncpg.Pool[asyncpg.Record], clock: Callable[[], float]) -> None:
        self._pool = pool
        self._clock = clock
        self._remembered: dict[bytes, tuple[float, TokenHolder]] = {}
        self._looking: dict[bytes, asyncio.Task[TokenHolder | None]] = {}

    async def find(self, text: str) -> TokenHolder | None:
        """Who calls with a token; None where there is no such active one. Up to a second old.

        Whether it may be used now and from here is the holder's ``demand``.
        """
        match = _TOKEN.fullmatch(text)
        if match is None:
            return None
        key = digest(text)
        until, holder = self._remembered.get(key, (0.0, None))
        if holder is not None and self._clock() < until:
            return holder
        looking = self._looking.get(key)
        if looking is None:
            # Of all the requests that come with a token just forgotten, one looks it up for the others.
            looking = asyncio.create_task(self._look_up(key, int(match[1]), match[2]))
            self._looking[key] = looking
        return await asyncio.shield(looking)

    async def last_used(self, tokens: Iterable[int]) -> dict[int, datetime | None]:
        """When each was last used, to the minute; None for never."""
        rows = await self._pool.fetch(query("private/token.last_used"), list(tokens))
        return {row["token"]: row["last_used"] for row in rows}

    async def _look_up(self, key: bytes, token: int, secret: str) -> TokenHolder | None:
        try:
            holder = await self._find(token, secret)
            self._remember(key, self._clock() + REMEMBERED_SECONDS, holder)
        finally:
            del self._looking[key]
        return holder

    async def _find(self, token: int, secret: str) -> TokenHolder | None:
        row = await self._pool.fetchrow(query("private/token.find"), token, digest(secret))
        if row is None:
            return None
        token, organisation, roles, region, scopes, uscc, networks, expires_at = row
        return TokenHolder(
            token, organisation, tuple(roles), region, tuple(scopes), uscc, tuple(networks), expires_at
        )

    def _remember(self, key: bytes, until: float, holder: TokenHolder | None) -> None:
        if holder is None:
            self._remembered.pop(key, None)
            return
        if len(self._remembered) >= REMEMBERED_TOKENS:
            self._remembered.clear()
        self._remembered[key] = (until, holder)

"""What holds guessing back without locking anybody out: delays that grow, counted in the database.

An attempt at a login is counted in two places: for the pair of login and the client's network, which slows
one guesser soon and everybody else not at all; and for the login as a whole, which slows many who guess
together. An attempt from a browser on which that login signed in before is counted for that browser alone.
Delays end by themselves; nothing here is ever locked. Unknown logins are counted like known ones.

A counter's place is a keyed digest cut to 20 bits a kind: the table holds at most three million short rows
whatever is thrown at it, and nobody without the key finds two logins that share a counter.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_network

import asyncpg

from schema.problems import Problem
from service.parties.credentials.keys import AccountKeys, mac
from service.parties.credentials.logins import normal_login
from service.storage import query

_BITS = 20
_SWEEP_EVERY = 100
_SUBSCRIBER_V6 = 64


@dataclass(frozen=True, slots=True)
class Lane:
    """A kind of counter: its number, failures that cost nothing, the longest delay in seconds."""

    number: int
    free: int
    slowest: int


PAIR = Lane(0, free=5, slowest=900)
LOGIN = Lane(1, free=30, slowest=300)
KNOWN = Lane(2, free=10, slowest=300)


@dataclass(frozen=True, slots=True)
class Charge:
    """An attempt that was let pass and counted. ``own`` are the counters of this client alone."""

    own: tuple[int, ...]
    shared: tuple[int, ...]


def network_of(address: IPv4Address | IPv6Address | None) -> str:
    """What one subscriber has: an IPv4 address, or the 64 bits before an IPv6 interface."""
    if isinstance(address, IPv6Address):
        return str(ip_network((address, _SUBSCRIBER_V6), strict=False))
    return str(address)


class Throttle:
    """The counters, shared by every process on the database."""

    def __init__(self, pool: asyncpg.Pool[asyncpg.Record], keys: AccountKeys) -> None:
        self._pool = pool
        self._key = keys.counters
        self._attempts = 0

    async def admit(self, login: str, network: str, device: str | None) -> Charge:
        """Count an attempt at ``login`` before it is judged; ``device`` is one that signed in before.

        Raises Problem ``sign-in.too-many-attempts``, with the seconds to wait.
        """
        known = normal_login(login)
        if device is not None:
            return await self._charge([(KNOWN, self._bucket(KNOWN, known, device))], [])
        own = [(PAIR, self._bucket(PAIR, known, network))]
        return await self._charge(own, [(LOGIN, self._bucket(LOGIN, known))])

    async def admit_within(self, session: str) -> Charge:
        """Count an attempt at a password or code inside a session, whose handle is given."""
        return await self._charge([(KNOWN, self._bucket(KNOWN, "session", session))], [])

    async def take_back(self, charge: Charge) -> None:
        """It was no failure, and no success yet."""
        await self._pool.execute(query("private/throttle.take_back"), [*charge.own, *charge.shared])

    async def succeeded(self, charge: Charge) -> None:
        """It was right: this client begins anew. What others did at the login stays counted."""
        await self._pool.execute(query("private/throttle.forget"), [*charge.own])
        await self._pool.execute(query("private/throttle.take_back"), [*charge.shared])

    async def _charge(self, own: Sequence[tuple[Lane, int]], shared: Sequence[tuple[Lane, int]]) -> Charge:
        await self._sweep()
        wanted = sorted([*own, *shared], key=lambda each: each[1])
        buckets = [bucket for _, bucket in wanted]
        bounds = [lane.free for lane, _ in wanted], [lane.slowest for lane, _ in wanted]
        rows = await self._pool.fetch(query("private/throttle.admit"), buckets, *bounds)
        if len(rows) < len(wanted):
            await self._pool.execute(query("private/throttle.take_back"), [row["bucket"] for row in rows])
            waiting = await self._pool.fetchval(query("private/throttle.wait"), buckets)
            raise Problem("sign-in.too-many-attempts", seconds=max(1, math.ceil(waiting or 0)))
        return Charge(tuple(bucket for _, bucket in own), tuple(bucket for _, bucket in shared))

    def _bucket(self, lane: Lane, *parts: str) -> int:
        found = int.from_bytes(mac(self._key, lane.number, *parts)[:8]) % (1 << _BITS)
        return (lane.number << _BITS) + found

    async def _sweep(self) -> None:
        self._attempts += 1
        if self._attempts % _SWEEP_EVERY == 0:
            await self._pool.execute(query("private/throttle.sweep"))

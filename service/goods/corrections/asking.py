"""Asking a judgement's questions of the database: what a correction would do, before it is made.

Pure functions read a world; here one is filled with what they turn out to need, on one snapshot.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TypeVar

import asyncpg

from service.ledger import Registry, World
from service.ledger.store import Connection, load
from service.ledger.world import UnloadedError

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Asking:
    """A world on one snapshot of the database."""

    conn: Connection
    world: World

    async def answer(self, question: Callable[[World], T]) -> T:
        """What ``question`` finds, once all that it reads is loaded. Raises what it raises."""
        while True:
            try:
                return question(self.world)
            except UnloadedError as missing:
                await load(self.conn, self.world, [missing.stream])


@asynccontextmanager
async def asking(pool: asyncpg.Pool[asyncpg.Record], registry: Registry) -> AsyncIterator[Asking]:
    """A snapshot to ask."""
    async with pool.acquire() as conn, conn.transaction(isolation="repeatable_read", readonly=True):
        yield Asking(conn, registry.world())

"""The database as of a position: the same pool and the same queries, told of the rows that were known then.

``Past`` stands for a pool where only reading is done. Each connection that it lends is one snapshot whose
``coldledger.as_of`` is the position, and the texts asked there name ``known.unit`` where they named
``goods.unit``. So no query is written twice, and none can mix what was known with what is known now: what has
no form as of a position – who may see what, names of parties and places – is today's everywhere
(``0024_known.sql``).
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, nullcontext
from dataclasses import dataclass
from functools import cached_property
from typing import Any, cast

import asyncpg

from service.storage.queries import query


@dataclass(frozen=True)
class Names:
    """What has a form as of a position: its name now, and that form's in the schema ``known``."""

    known: Mapping[str, str]

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        return re.compile(rf"\b(?:{'|'.join(map(re.escape, self.known))})\b")

    @cached_property
    def _told(self) -> dict[str, str]:
        """Texts once told; there are as many as named queries, and as many put together of them."""
        return {}

    def as_of(self, text: str) -> str:
        """A query as it is asked about the past."""
        told = self._told.get(text)
        if told is None:
            told = self._pattern.sub(lambda found: f"known.{self.known[found[0]]}", text)
            self._told[text] = told
        return told


@dataclass(frozen=True, slots=True)
class PastConnection:
    """A connection within the snapshot that ``Past.acquire`` began."""

    _conn: Any
    _names: Names

    async def fetch(self, text: str, *arguments: object) -> list[asyncpg.Record]:
        return cast("list[asyncpg.Record]", await self._conn.fetch(self._names.as_of(text), *arguments))

    async def fetchrow(self, text: str, *arguments: object) -> asyncpg.Record | None:
        return cast("asyncpg.Record | None", await self._conn.fetchrow(self._names.as_of(text), *arguments))

    async def fetchval(self, text: str, *arguments: object) -> Any:
        return await self._conn.fetchval(self._names.as_of(text), *arguments)

    async def execute(self, text: str, *arguments: object) -> str:
        return cast("str", await self._conn.execute(self._names.as_of(text), *arguments))

    def cursor(self, text: str, *arguments: object, **options: Any) -> Any:
        return self._conn.cursor(self._names.as_of(text), *arguments, **options)

    def transaction(self, **_options: Any) -> nullcontext[None]:
        """Nothing to begin: all that this connection is asked is one snapshot already."""
        return nullcontext()


@dataclass(frozen=True, slots=True)
class Past:
    """What reads ask of a pool, as of ``position``: statements before it are known."""

    pool: asyncpg.Pool[asyncpg.Record]
    names: Names
    position: int

    @asynccontextmanager
    async def acquire(self) -> AsyncIterator[PastConnection]:
        """A snapshot of the past."""
        async with self.pool.acquire() as conn, conn.transaction(isolation="repeatable_read", readonly=True):
            await conn.execute(query("storage/known.as_of"), str(self.position))
            yield PastConnection(conn, self.names)

    async def fetch(self, text: str, *arguments: object) -> list[asyncpg.Record]:
        async with self.acquire() as conn:
            return await conn.fetch(text, *arguments)

    async def fetchrow(self, text: str, *arguments: object) -> asyncpg.Record | None:
        async with self.acquire() as conn:
            return await conn.fetchrow(text, *arguments)

    async def fetchval(self, text: str, *arguments: object) -> Any:
        async with self.acquire() as conn:
            return await conn.fetchval(text, *arguments)


def is_past(pool_or_connection: object) -> bool:
    """Whether what is asked there is answered as of a position."""
    return isinstance(pool_or_connection, Past | PastConnection)

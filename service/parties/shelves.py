"""How one kind of thing is read: a page of ids that the reader sees, one thing if it sees that, and the rows.

A query file of the reading side has the blocks ``sees`` (reader's sight, key → whether), ``page`` (sight,
cursor, number of rows, filters → ids) and ``rows`` (sight, ids → what may be told of them, newest first).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import asyncpg

from service.http.paging import Slice
from service.http.reads import Ask
from service.ledger.store import Connection
from service.parties.visibility import Sight, not_found, sight
from service.storage import query

# Text, because only the stubs are generic.
Fetcher: TypeAlias = "Connection | asyncpg.Pool[asyncpg.Record]"
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Shelf:
    """The queries of one kind of thing."""

    queries: str

    async def page(self, ask: Ask, *filters: object) -> Slice[Row]:
        """The page that is asked for, newest first."""
        before = ask.page.after[0] if ask.page.after else None
        found = await ask.pool.fetch(
            query(f"{self.queries}.page"), *sight(ask.reader), before, ask.page.wanted, *filters
        )
        page = ask.page.cut([row["id"] for row in found], lambda key: (key,))
        rows = await self.rows(ask.pool, sight(ask.reader), page.items)
        return Slice(rows, page.next)

    async def one(self, ask: Ask, key: int) -> Row:
        """One thing. Raises Problem ``request.not-found`` where it may not be seen or is not there."""
        await self.demand(ask, key)
        rows = await self.rows(ask.pool, sight(ask.reader), [key])
        if not rows:
            raise not_found()
        return rows[0]

    async def demand(self, ask: Ask, key: int) -> None:
        """Raises Problem ``request.not-found`` unless the reader sees the thing and, as of a position, it was
        there."""
        if not await ask.pool.fetchval(query(f"{self.queries}.sees"), *sight(ask.reader), key):
            raise not_found()
        if ask.as_of is not None and not await self.rows(ask.pool, sight(ask.reader), [key]):
            raise not_found()

    async def rows(self, fetcher: Fetcher, who: Sight, keys: Sequence[int]) -> list[Row]:
        """What may be told of things that the reader sees."""
        found = await fetcher.fetch(query(f"{self.queries}.rows"), *who, list(keys)) if keys else []
        return [dict(row) for row in found]

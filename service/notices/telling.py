"""Finds out what is to be told, and who has not read it in time. Everything here is done by the one sender.

Order of a pass: what statements say from the mark on → clocks that ran out → queue the contacts whose turn it
is → move the mark. Each notice is known by organisation, kind, thing and position, so a pass that is cut off
is done again and tells nothing twice.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

import asyncpg

from schema.clock import CHINA
from service.ledger.statement import instant
from service.notices.kinds import HOURS
from service.storage import query

MOST_POSITIONS: Final = 1000
"""Statements that one pass looks at; the next goes on from there."""
MOST_UNREAD: Final = 200
_NOTICE = "private/notice"
_SENDING = "private/sending"


async def gather(pool: asyncpg.Pool[asyncpg.Record]) -> bool:
    """Tell what is new in the ledger; whether more waits."""
    async with pool.acquire() as conn, conn.transaction():
        mark = await conn.fetchrow(query(f"{_NOTICE}.read_to"))
        if mark is None or mark["read"] >= mark["size"]:
            return False
        upto = min(mark["read"] + MOST_POSITIONS, mark["size"])
        rows = await conn.fetch(query(f"{_NOTICE}.gather"), mark["read"], upto, dict(HOURS))
        await conn.execute(query(f"{_SENDING}.queue"), [row["id"] for row in rows])
        await conn.execute(query(f"{_NOTICE}.mark"), upto)
        return bool(upto < mark["size"])


async def watch_clocks(pool: asyncpg.Pool[asyncpg.Record], now: datetime | None = None) -> None:
    """Tell of recalls, requests and findings whose time ran out."""
    at = now or datetime.now(UTC)
    today = at.astimezone(CHINA).date().isoformat()
    async with pool.acquire() as conn, conn.transaction():
        rows = await conn.fetch(query(f"{_NOTICE}.overdue"), instant(at), today, dict(HOURS))
        await conn.execute(query(f"{_SENDING}.queue"), [row["id"] for row in rows])


async def escalate(pool: asyncpg.Pool[asyncpg.Record]) -> int:
    """What nobody read in time goes to the next contact, then to the authority; how many there were."""
    async with pool.acquire() as conn, conn.transaction():
        unread = await conn.fetch(query(f"{_NOTICE}.unread"), MOST_UNREAD)
        for row in unread:
            if row["next"] is not None:
                await conn.execute(query(f"{_NOTICE}.next_turn"), row["id"], row["next"], HOURS[row["kind"]])
                told = [row["id"]]
            else:
                handed = await conn.fetch(query(f"{_NOTICE}.hand_on"), row["id"], HOURS["unread"])
                told = [each["id"] for each in handed]
            await conn.execute(query(f"{_SENDING}.queue"), told)
        return len(unread)

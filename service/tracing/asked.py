"""As of which position a trace answers, and that it knows at least what its reader wants it to."""

from __future__ import annotations

import asyncio
import time

from schema.problems import Problem
from service.http.reads import Ask
from service.ledger.store import Connection
from service.storage import query

BOUND = 2.0
"""Seconds that a reader may wait for a position."""
PAUSE = 0.02


async def position_of(conn: Connection, ask: Ask) -> int:
    """What the answer knows: the statements before this position."""
    if ask.as_of is not None:
        return ask.as_of.position
    size: int = await conn.fetchval(query("tracing/indexed.position"))
    return size


async def demand_reached(ask: Ask) -> None:
    """Wait until the database knows the statements that ``at_least`` asks for: one that answers reads may be
    a moment behind the one that records. Raises Problem ``trace.not-known-yet``."""
    wanted = ask.query.get("at_least")
    if wanted is None:
        return
    until = time.monotonic() + BOUND
    while (size := await ask.pool.fetchval(query("tracing/indexed.position"))) < wanted:
        if time.monotonic() > until:
            raise Problem("trace.not-known-yet", position=wanted, size=size)
        await asyncio.sleep(PAUSE)

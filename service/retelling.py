"""Rows that an older version made are made again from the ledger, before anything is served.

A migration that adds what older rows lack leaves a mark where there are entries (``ledger.rebuild_due``);
what was known when, for one, can be answered only for rows whose whole history is kept. It is done once,
under the head row, by whichever service starts first; the others wait for it and find it done.
"""

from __future__ import annotations

import logging

import asyncpg

from schema.problems import Problem
from service.ledger import audit, store
from service.registry import make_registry
from service.storage import Database, open_pool, query

OWNER = "coldledger_owner"
TOLD_EVERY = 50_000
"""Entries between two lines of the log."""

log = logging.getLogger(__name__)


async def rebuild_where_due(database: Database) -> None:
    """Nothing where no mark stands.

    Raises Problem ``ledger.rebuild-due`` where the service may not do it itself, and
    ``ledger.rebuild-failed`` where the ledger is not what it should be; nothing was written then.
    """
    if not await database.reader.fetchval(query("ledger/rebuild_due.is_due")):
        return
    try:
        async with (
            await open_pool(database.url, OWNER, 1) as pool,
            pool.acquire() as conn,
            conn.transaction(),
        ):
            await store.take_head(conn)
            if await conn.fetchval(query("ledger/rebuild_due.is_due")):
                await _rebuild(conn)
    except asyncpg.InsufficientPrivilegeError as error:
        raise Problem("ledger.rebuild-due", cause=error.message) from error


async def _rebuild(conn: store.Connection) -> None:
    log.info("rows made by an older version are made again from the ledger")
    report = await audit.rebuild(conn, make_registry(), _told)
    if await conn.fetchval(query("ledger/rebuild_due.is_due")):
        found = report.findings[0]
        raise Problem("ledger.rebuild-failed", size=report.entries, finding=f"{found.where}: {found.what}")
    log.info("made %d rows again from %d entries", report.rows, report.entries)


def _told(done: int, size: int) -> None:
    if done and done % TOLD_EVERY == 0:
        log.info("read %d of %d entries", done, size)

"""Does what an erasure says: destroys the keys, then the rows that they sealed.

Order: the statement first (erasure.py), then the keys on disk, then the rows. Whatever is cut off is done by
the next start, or by ``coldledger erase --again``: both do again what the ledger says was erased, so a backup
of the database or an old vault that was put back is emptied too. All of it is harmless to do twice.
"""

from __future__ import annotations

import asyncio

import asyncpg

from service.parties.persons.vault import Vault
from service.parties.state import PersonKind
from service.storage import query


async def forget(pool: asyncpg.Pool[asyncpg.Record], vault: Vault, person: str | None = None) -> int:
    """Destroy what is kept of the persons whom the ledger says are erased; how many keys were still there.

    ``person`` is one of them (``kind/subject``), None for all.
    """
    rows = await pool.fetch(query("private/personal.erased"), person)
    keys = [row["person"] for row in rows]
    users = [row["subject"] for row in rows if row["kind"] == PersonKind.USER]
    there = await asyncio.to_thread(vault.destroy, keys)
    async with pool.acquire() as conn, conn.transaction():
        await conn.execute(query("private/personal.forget"), keys)
        await conn.execute(query("private/personal.forget_ways_in"), users)
    return there


async def forget_again(pool: asyncpg.Pool[asyncpg.Record], vault: Vault) -> int:
    """Do all erasures of the ledger again; how many keys had come back."""
    return await forget(pool, vault)

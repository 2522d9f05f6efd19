"""The database as a command reaches it: of a service that runs, or started for the command."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg

from schema.problems import Problem
from service.ledger.store import Connection
from service.settings import Settings
from service.storage import EmbeddedPostgres, open_pool, prepare, query

LEAVING_LOOKS, LEAVING_SECONDS = 5, 0.2
"""How often, and how far apart, it is looked whether somebody is still connected."""


@asynccontextmanager
async def database_url(settings: Settings) -> AsyncIterator[str]:
    """The database named, that of the service running on this data folder, or an embedded one started now."""
    running = settings.database or EmbeddedPostgres.running(settings.data)
    if running is not None:
        yield running
        return
    async with EmbeddedPostgres(settings.data) as server:
        yield server.url()


@asynccontextmanager
async def connection(settings: Settings, role: str) -> AsyncIterator[Connection]:
    """A connection that acts as ``role``."""
    async with database_url(settings) as url:
        pool: asyncpg.Pool[asyncpg.Record] = await open_pool(url, role, 1)
        async with pool, pool.acquire() as conn:
            yield conn


@asynccontextmanager
async def alone(settings: Settings) -> AsyncIterator[tuple[str, Connection]]:
    """The database's address and an owner's connection to it, migrated, while nobody else is connected.

    Raises Problem ``command.in-use`` where a service or another command runs, and ``storage.…``.
    """
    async with database_url(settings) as url:
        await _demand_nobody_else(url)
        await prepare(url)
        async with await open_pool(url, "coldledger_owner", 1) as pool, pool.acquire() as conn:
            yield url, conn


async def _demand_nobody_else(url: str) -> None:
    """Who has just gone may be counted for a moment still. Raises Problem ``command.in-use``."""
    async with await open_pool(url, "coldledger_reader", 1) as pool:
        for _ in range(LEAVING_LOOKS):
            others = await pool.fetchval(query("storage/session.others"))
            if not others:
                return
            await asyncio.sleep(LEAVING_SECONDS)
    raise Problem("command.in-use", sessions=others)

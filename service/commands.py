"""What operators and auditors run beside the service: verify the ledger, rebuild what is derived from it."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing

import asyncpg

from schema.problems import Problem
from service.ledger import Registry, audit
from service.ledger.audit import Sealing
from service.ledger.segments import Segments
from service.ledger.store import Connection
from service.parties.credentials import Credentials
from service.parties.persons.forgetting import forget_again
from service.parties.persons.vault import Vault
from service.publishing.notes import read_note
from service.settings import Settings
from service.storage import EmbeddedPostgres, open_pool, prepare, query
from service.terminal import print_report, progress
from service.trust import read_verifiers

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


async def verify(settings: Settings, registry: Registry, *, rules: bool) -> int:
    """``coldledger verify [--rules]``: 0 where everything agrees, otherwise 1 and the places."""
    note = read_note(settings.checkpoint_file, read_verifiers(settings))
    checkpoint = None if note is None else note.checkpoint
    async with connection(settings, "coldledger_reader") as conn:
        with closing(Segments(settings.segments)) as segments:
            sealing = Sealing(segments, os.cpu_count() or 1)
            report = await audit.verify(
                conn, registry, checkpoint, rules=rules, sealing=sealing, progress=progress()
            )
    noted = "no checkpoint outside yet" if checkpoint is None else f"checkpoint of {checkpoint.size} entries"
    judged = ", every statement judged again" if rules else ""
    return print_report(report, f"{report.entries} entries: chain, tree, statements, head; {noted}{judged}")


async def new_password(settings: Settings, login: str, *, reset_factor: bool = False) -> int:
    """``coldledger password LOGIN``: a new random password, printed; the user's sessions end.

    ``reset_factor`` is for the last manager, whom nobody else could help: it leaves no statement, as it is
    done by who could change the database's rows anyhow.
    """
    async with database_url(settings) as url, await open_pool(url, "coldledger_writer", 1) as pool:
        credentials = Credentials(pool)
        password = await credentials.logins.reset_password(login)
        if reset_factor:
            entrant = await credentials.logins.authenticate(login, password)
            if entrant is not None:
                await credentials.factors.remove(entrant.user)
    sys.stdout.write(f"login {login}  password {password}\n")
    return 0


async def erase_again(settings: Settings) -> int:
    """``coldledger erase --again``: destroy what the ledger says was erased, where it came back."""
    async with database_url(settings) as url, await open_pool(url, "coldledger_writer", 1) as pool:
        with closing(Vault(settings.vault_file)) as vault:
            back = await forget_again(pool, vault)
    sys.stdout.write(f"good every erasure of the ledger done again; {back} keys had come back\n")
    return 0


async def rebuild(settings: Settings, registry: Registry, *, check: bool) -> int:
    """``coldledger rebuild [--check]``: make every projection from the ledger; ``check`` only compares."""
    async with connection(settings, "coldledger_reader" if check else "coldledger_owner") as conn:
        work = audit.check_rows if check else audit.rebuild
        report = await work(conn, registry, progress())
    done = "compared" if check else "written"
    return print_report(report, f"{report.entries} entries, {report.rows} rows {done}")

"""A server of one's own: one account migrates, the service's writes and reads only (docker/database.sql)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from schema.problems import LANGUAGES, Problem, explain
from service.storage import EmbeddedPostgres, open_database, prepare
from tests.conftest import complete

SCRIPT = Path(__file__).resolve().parents[3] / "docker" / "database.sql"
PASSWORDS = {"password": "of-the-service", "admin_password": "of-the-owner"}
ADMIN, SERVICE = ("coldledger_admin", "of-the-owner"), ("shop", "of-the-service")


def statements() -> list[str]:
    """What psql sends: variables filled in, its own commands left out.

    The embedded cluster's superuser has the name of the service's account, so that one is another here.
    """
    text = re.sub(r"^(--|\\).*$", "", SCRIPT.read_text(encoding="utf-8"), flags=re.MULTILINE)
    filled = re.sub(r":'(\w+)'", lambda variable: f"'{PASSWORDS[variable[1]]}'", text)
    renamed = re.sub(r"\bcoldledger\b", "shop", filled)
    return [statement for statement in map(str.strip, renamed.split(";")) if statement]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedPostgres]:
    """A cluster on which the script was run."""
    with EmbeddedPostgres(tmp_path_factory.mktemp("own") / "virgin") as server:
        complete(lambda: _run(server))
        yield server


async def _run(server: EmbeddedPostgres) -> None:
    root = await asyncpg.connect(server.url())
    try:
        for statement in statements():
            await root.execute(statement)
    finally:
        await root.close()


def url(server: EmbeddedPostgres, account: str, password: str) -> str:
    """How an account of the script signs in."""
    return f"postgresql://{account}:{password}@/shop?{server.url().partition('?')[2]}"


async def test_one_account_migrates_and_the_other_writes_and_reads(server: EmbeddedPostgres) -> None:
    service, admin = url(server, *SERVICE), url(server, *ADMIN)
    with pytest.raises(Problem) as caught:
        await prepare(service)
    assert caught.value.code == "storage.not-allowed-to-migrate"
    assert all(explain(caught.value, language).remedy for language in LANGUAGES)
    await prepare(admin)
    async with open_database(service, writers=1, readers=1) as database:
        async with database.writer.acquire() as conn, conn.transaction():
            assert await conn.fetchval("SELECT size FROM ledger.head FOR UPDATE") == 0
        assert await database.reader.fetchval("SELECT count(*) FROM parties.organisation") == 0
    await _disarming_is_refused(service)


ATTEMPTS = [
    "SET ROLE coldledger_owner",
    "SET ROLE coldledger_admin",
    "ALTER TABLE ledger.entry DISABLE TRIGGER USER",
    "DROP TRIGGER entry_kept ON ledger.entry",
    "CREATE OR REPLACE FUNCTION ledger.refuse_change() RETURNS trigger LANGUAGE sql AS ''",
    "SET session_replication_role = replica",
    "UPDATE ledger.entry SET statement = ''",
    "DROP TABLE goods.lot",
    "INSERT INTO public.migration VALUES (9999, 'mine', repeat('0', 64))",
    "CREATE SCHEMA mine",
    "CREATE TABLE public.mine (a integer)",
    "CREATE TEMP TABLE mine (a integer)",
    "CREATE ROLE mine",
]


async def _disarming_is_refused(service: str) -> None:
    connection = await asyncpg.connect(service)
    try:
        for attempt in ATTEMPTS:
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute(attempt)
                pytest.fail(f"taken: {attempt}")
    finally:
        await connection.close()

"""Migrations are applied once, whole, in order, by whoever comes first; and never change afterwards."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import quote

import asyncpg
import pytest

from schema.problems import LANGUAGES, Problem, explain
from service.storage import EmbeddedPostgres, prepare
from service.storage.migrations import migrate, read_migrations

FIRST = next(entry for entry in read_migrations() if entry.number == 1)
ROOMS = {"ledger", "parties", "goods", "codes", "private"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Migrations to play with: the product's first, and a second of two steps."""
    (tmp_path / "0001_roles.sql").write_text("\n-- step\n".join(FIRST.steps), encoding="utf-8")
    (tmp_path / "0002_crates.sql").write_text(
        "CREATE TABLE goods.crate (id bigint)\n-- step\nINSERT INTO goods.crate VALUES (1)\n"
    )
    return tmp_path


@pytest.fixture
def virgin(tmp_path: Path) -> Iterator[EmbeddedPostgres]:
    """A cluster in which nobody has made the roles yet."""
    with EmbeddedPostgres(tmp_path / "virgin") as server:
        yield server


@asynccontextmanager
async def connected(url: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(url)
    try:
        yield connection
    finally:
        await connection.close()


async def migrate_from(url: str, folder: Path) -> None:
    async with connected(url) as connection:
        await migrate(connection, read_migrations(folder))


async def refused(url: str, folder: Path) -> Problem:
    with pytest.raises(Problem) as caught:
        await migrate_from(url, folder)
    assert all(explain(caught.value, language).remedy for language in LANGUAGES)
    return caught.value


async def test_each_is_applied_once_and_recorded(empty_database: str, folder: Path) -> None:
    await migrate_from(empty_database, folder)
    await migrate_from(empty_database, folder)
    async with connected(empty_database) as connection:
        rows = await connection.fetch("SELECT number, name, sha256 FROM public.migration ORDER BY number")
        assert [tuple(row) for row in rows] == [
            (entry.number, entry.name, entry.sha256) for entry in read_migrations(folder)
        ]
        assert await connection.fetchval("SELECT count(*) FROM goods.crate") == 1


async def test_rooms_belong_to_the_owner_and_the_reader_has_no_private_one(empty_database: str) -> None:
    await prepare(empty_database)
    async with connected(empty_database) as connection:
        owned = await connection.fetch(
            "SELECT nspname FROM pg_namespace WHERE pg_get_userbyid(nspowner) = 'coldledger_owner'"
        )
        assert {row["nspname"] for row in owned} >= ROOMS
        for role, rooms in {"coldledger_writer": ROOMS, "coldledger_reader": ROOMS - {"private"}}.items():
            usable = await connection.fetch(
                "SELECT room FROM unnest($1::text[]) room WHERE has_schema_privilege($2, room, 'USAGE')",
                list(ROOMS),
                role,
            )
            assert {row["room"] for row in usable} == rooms


async def test_later_ones_run_as_the_owner(empty_database: str, folder: Path) -> None:
    await migrate_from(empty_database, folder)
    async with connected(empty_database) as connection:
        owner = await connection.fetchval("SELECT tableowner FROM pg_tables WHERE tablename = 'crate'")
    assert owner == "coldledger_owner"


async def test_two_starters_at_once_do_it_once(empty_database: str, folder: Path) -> None:
    await asyncio.gather(*(migrate_from(empty_database, folder) for _ in range(4)))
    async with connected(empty_database) as connection:
        assert await connection.fetchval("SELECT count(*) FROM goods.crate") == 1


async def test_a_failing_step_leaves_nothing_of_its_migration(empty_database: str, folder: Path) -> None:
    second = folder / "0002_crates.sql"
    good = second.read_text()
    second.write_text(good + "-- step\nSELECT 1/0\n")
    with pytest.raises(asyncpg.DivisionByZeroError):
        await migrate_from(empty_database, folder)
    second.write_text(good)
    await migrate_from(empty_database, folder)


async def test_a_file_that_changed_after_it_was_applied_is_named(empty_database: str, folder: Path) -> None:
    await migrate_from(empty_database, folder)
    with (folder / "0002_crates.sql").open("a") as second:
        second.write("-- a harmless remark\n")
    problem = await refused(empty_database, folder)
    assert problem.code == "storage.migration-changed"
    assert problem.facts["migration"] == "0002_crates"


async def test_a_database_newer_than_the_code_is_refused(empty_database: str, folder: Path) -> None:
    await migrate_from(empty_database, folder)
    (folder / "0002_crates.sql").unlink()
    problem = await refused(empty_database, folder)
    assert problem.code == "storage.database-newer"
    assert problem.facts["migration"] == "0002_crates"


async def test_a_refused_starter_does_not_keep_the_lock(empty_database: str, folder: Path) -> None:
    await migrate_from(empty_database, folder)
    async with connected(empty_database) as first:
        with pytest.raises(Problem):
            await migrate(first, [])
        await asyncio.wait_for(migrate_from(empty_database, folder), 5)


async def make_database(server: EmbeddedPostgres, user: str, *rights: str) -> str:
    """A database that ``user``, with ``rights``, owns; answers the URL to sign in with."""
    async with connected(server.url()) as connection:
        await connection.execute(f"CREATE ROLE {user} LOGIN PASSWORD 'secret' {' '.join(rights)}")
        await connection.execute(f"CREATE DATABASE {user} OWNER {user}")
    host = server.url().partition("?host=")[2]
    return f"postgresql://{user}:secret@/{quote(user)}?host={host}"


async def test_databases_of_one_cluster_may_be_migrated_at_the_same_moment(virgin: EmbeddedPostgres) -> None:
    names = [f"shop_{number}" for number in range(4)]
    async with connected(virgin.url()) as connection:
        for name in names:
            await connection.execute(f"CREATE DATABASE {name}")
    await asyncio.gather(*(prepare(virgin.url(name)) for name in names))


async def test_a_user_who_may_create_roles_and_owns_the_database_suffices(
    virgin: EmbeddedPostgres, folder: Path
) -> None:
    url = await make_database(virgin, "alice", "CREATEROLE")
    await migrate_from(url, folder)
    async with connected(url) as connection:
        for role in ("coldledger_owner", "coldledger_writer", "coldledger_reader"):
            await connection.execute(f"SET ROLE {role}")


async def test_a_user_who_may_not_create_roles_is_told_so(postgres: EmbeddedPostgres, folder: Path) -> None:
    problem = await refused(await make_database(postgres, "bob"), folder)
    assert problem.code == "storage.not-allowed-to-migrate"
    assert problem.facts["user"] == "bob"

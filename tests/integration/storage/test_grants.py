"""Each role may do what the product's queries do, and nothing else; PUBLIC may do nothing.

What the writer may do is compared with the queries themselves, so a table that is only added to cannot be
changed, and a grant that no query needs fails here.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import AsyncIterator
from importlib.resources import files
from typing import Any

import asyncpg
import pytest

from service.registry import make_registry
from service.storage import open_pool, prepare
from service.storage.queries import split_blocks

WRITING = {"INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER"}
OWNERS_BLOCK = "clear"
"""The one block of a query file that runs as the owner: a rebuild empties a table."""
ROOMS = ("ledger", "parties", "goods", "codes", "incidents", "known", "private")
_VERB = re.compile(r"\b(INSERT) INTO ([a-z]+\.\w+)|\b(UPDATE) ([a-z]+\.\w+)|\b(DELETE) FROM ([a-z]+\.\w+)")
_LOCKED = re.compile(r"FROM ([a-z]+\.\w+)[^)]*?FOR UPDATE", re.DOTALL)


@pytest.fixture
async def root(database: str) -> AsyncIterator[asyncpg.Connection[asyncpg.Record]]:
    """A superuser's connection to a migrated database."""
    async with await open_pool(database, None, 1) as pool, pool.acquire() as connection:
        yield connection


def written() -> dict[str, set[str]]:
    """Which table the service's queries write, and how."""
    found: dict[str, set[str]] = defaultdict(set)
    for file in (files("schema") / "sql" / "queries").iterdir():
        for entry in file.iterdir():
            for name, text in split_blocks(entry.read_text(encoding="utf-8")).items():
                if name != OWNERS_BLOCK:
                    _note(re.sub(r"--.*", "", text), found)
    return found


def _note(text: str, found: dict[str, set[str]]) -> None:
    for groups in _VERB.findall(text):
        verb, table = (part for part in groups if part)
        found[table].add(verb)
        if verb == "INSERT" and "DO UPDATE" in text:
            found[table].add("UPDATE")
    for table in _LOCKED.findall(text):
        found[table].add("UPDATE")


async def granted(root: Any, role: str) -> dict[str, set[str]]:
    """What a role may do with each table and view of the product, or with some of its columns."""
    rows = await root.fetch(
        "SELECT c.relnamespace::regnamespace || '.' || c.relname AS name, a.privilege_type AS privilege"
        "  FROM pg_class c CROSS JOIN LATERAL ("
        "       SELECT c.relacl AS list UNION ALL"
        "       SELECT attacl FROM pg_attribute WHERE attrelid = c.oid) acl CROSS JOIN aclexplode(acl.list) a"
        " WHERE c.relnamespace = ANY($1::text[]::regnamespace[]) AND c.relkind IN ('r', 'v', 'p', 'S')"
        "   AND a.grantee = CASE $2::text WHEN 'public' THEN 0 ELSE to_regrole($2::text) END",
        [*ROOMS, "public"],
        role,
    )
    found: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        found[row["name"]].add(row["privilege"])
    return found


async def test_the_writer_may_do_what_the_queries_do(root: Any) -> None:
    may = await granted(root, "coldledger_writer")
    wanted = {table: verbs for table, verbs in written().items() if not table.startswith("public.")}
    assert {table: verbs & WRITING for table, verbs in may.items() if verbs & WRITING} == wanted


async def test_the_reader_reads_what_follows_from_the_ledger_and_nothing_private(root: Any) -> None:
    may = await granted(root, "coldledger_reader")
    assert set().union(*may.values()) == {"SELECT"}
    derived = {projection.queries.replace("/", ".") for projection in make_registry().kept}
    assert derived <= {*may}
    assert not any(table.startswith("private.") for table in may)


async def test_every_table_and_function_is_the_owners(root: Any) -> None:
    others = await root.fetch(
        "SELECT oid::regclass::text AS what FROM pg_class WHERE relkind IN ('r', 'v', 'S')"
        "   AND relnamespace = ANY($1::text[]::regnamespace[]) AND relowner <> to_regrole($2::text)"
        " UNION ALL SELECT oid::regprocedure::text FROM pg_proc"
        " WHERE pronamespace = ANY($1::text[]::regnamespace[]) AND proowner <> to_regrole($2::text)",
        list(ROOMS),
        "coldledger_owner",
    )
    assert others == []


async def test_public_has_nothing(empty_database: str) -> None:
    """In a database of one's own: its name, its schemas, tables and functions."""
    await prepare(empty_database)
    async with await open_pool(empty_database, None, 1) as pool, pool.acquire() as root:
        assert await granted(root, "public") == {}
        everything = await root.fetch(
            "SELECT datname::text AS what FROM pg_database, aclexplode(datacl)"
            " WHERE datname = current_database() AND grantee = 0"
            " UNION ALL SELECT nspname::text FROM pg_namespace, aclexplode(nspacl)"
            " WHERE nspname = ANY($1) AND grantee = 0"
            " UNION ALL SELECT oid::regprocedure::text FROM pg_proc,"
            "       aclexplode(coalesce(proacl, acldefault('f', proowner)))"
            " WHERE pronamespace = ANY($2::text[]::regnamespace[]) AND grantee = 0",
            [*ROOMS, "public"],
            list(ROOMS),
        )
        assert everything == []


async def test_a_function_to_come_is_not_everybodys(root: Any) -> None:
    await root.execute("SET ROLE coldledger_owner")
    await root.execute("CREATE FUNCTION goods.one() RETURNS integer LANGUAGE sql RETURN 1")
    allowed = {
        role: await root.fetchval("SELECT has_function_privilege($1, 'goods.one()', 'EXECUTE')", role)
        for role in ("coldledger_writer", "coldledger_reader", "coldledger_follower")
    }
    assert allowed == {"coldledger_writer": True, "coldledger_reader": True, "coldledger_follower": False}
    public = "SELECT count(*) FROM pg_proc, aclexplode(proacl) WHERE proname = 'one' AND grantee = 0"
    assert await root.fetchval(public) == 0


async def test_what_acts_for_others_looks_nowhere_else(root: Any) -> None:
    """Triggers run in sessions of others, and a definer's function with its rights: both say where."""
    loose = await root.fetch(
        "SELECT p.oid::regprocedure::text AS what FROM pg_proc p"
        " WHERE p.pronamespace = ANY($1::text[]::regnamespace[])"
        "   AND (p.prosecdef OR p.prorettype = 'trigger'::regtype)"
        "   AND NOT coalesce('search_path=pg_catalog, pg_temp' = ANY(p.proconfig), false)",
        list(ROOMS),
    )
    assert loose == []


async def _all_columns(root: Any) -> list[tuple[str, str]]:
    rows = await root.fetch(
        "SELECT c.relnamespace::regnamespace || '.' || c.relname AS relation, attname::text AS name"
        "  FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid"
        " WHERE c.relnamespace = ANY($1::text[]::regnamespace[])"
        "   AND c.relkind IN ('r', 'v') AND attnum > 0 AND NOT attisdropped",
        [*ROOMS, "public"],
    )
    return [(row["relation"], row["name"]) for row in rows]


async def test_a_follower_reads_the_public_part_and_nothing_else(root: Any) -> None:
    columns = await _all_columns(root)
    await root.execute("SET ROLE coldledger_follower")
    readable = set()
    for relation, name in columns:
        try:
            await root.execute(f"SELECT {name} FROM {relation} LIMIT 1")
        except asyncpg.InsufficientPrivilegeError:
            continue
        readable.add(f"{relation}.{name}")
    assert readable == {
        *(f"ledger.entry.{column}" for column in ("position", "entry", "leaf", "chain")),
        *(f"ledger.head.{column}" for column in ("single", "size", "chain", "edge", "at", "reference")),
    }


ATTEMPTS = [
    "INSERT INTO ledger.entry DEFAULT VALUES",
    "UPDATE ledger.head SET size = 0",
    "DELETE FROM ledger.head",
    "TRUNCATE ledger.entry",
    "SELECT ledger.recorded_at(0)",
    "SELECT count(*) FROM public.migration",
    "CREATE TEMP TABLE mine (a integer)",
    "CREATE TABLE public.mine (a integer)",
    "CREATE TABLE ledger.mine (a integer)",
    "DO $$ BEGIN LOCK TABLE ledger.entry; END $$",
    "SET ROLE coldledger_writer",
]


async def test_a_follower_does_nothing_else(empty_database: str) -> None:
    """As an account of its own, as docs/insiders.md tells to make it."""
    await prepare(empty_database)
    account = f"mirror_{empty_database.partition('@/')[2].partition('?')[0]}"
    async with await open_pool(empty_database, None, 1) as pool, pool.acquire() as root:
        await root.execute(f"CREATE ROLE {account} LOGIN PASSWORD 'x' IN ROLE coldledger_follower")
        try:
            await _try_as(f"postgresql://{account}:x@{empty_database.partition('@')[2]}")
        finally:
            await root.execute(f"DROP ROLE {account}")


async def _try_as(url: str) -> None:
    mirror = await asyncpg.connect(url)
    try:
        assert await mirror.fetchval("SELECT size FROM ledger.head") == 0
        for attempt in ATTEMPTS:
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await mirror.execute(attempt)
                pytest.fail(f"taken: {attempt}")
    finally:
        await mirror.close()

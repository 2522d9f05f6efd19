"""Pools speak as the product does; a server that may lose an answered commit is refused."""

from __future__ import annotations

from datetime import UTC, datetime

import asyncpg
import pytest

from schema.problems import LANGUAGES, Problem, explain
from service.storage import open_database, open_pool, prepare


async def test_jsonb_is_python_values_alone_and_in_arrays(database: str) -> None:
    lot = {"name": "冻牛肉", "grams": 27_000_000, "marks": [None, True, "a"]}
    async with await open_pool(database, None, 1) as pool:
        assert await pool.fetchval("SELECT $1::jsonb", lot) == lot
        assert await pool.fetchval("SELECT $1::jsonb->>'name'", lot) == "冻牛肉"
        assert await pool.fetchval("SELECT $1::jsonb[]", [lot, {}, None]) == [lot, {}, None]


async def test_a_pool_acts_as_its_role_on_every_connection_and_use(database: str) -> None:
    async with await open_pool(database, "coldledger_reader", 2) as pool:
        for _ in range(3):
            assert await pool.fetchval("SELECT current_user") == "coldledger_reader"
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await pool.execute("CREATE TABLE goods.mine (a integer)")


async def test_times_are_utc(database: str) -> None:
    async with await open_pool(database, None, 1) as pool:
        assert await pool.fetchval("SHOW timezone") == "UTC"
        noon = datetime(2020, 1, 23, 12, tzinfo=UTC)
        assert await pool.fetchval("SELECT $1::timestamptz::text", noon) == "2020-01-23 12:00:00+00"


async def test_an_open_database_has_a_writer_and_a_reader(empty_database: str) -> None:
    async with open_database(empty_database, writers=1, readers=1) as database:
        assert await database.writer.fetchval("SELECT current_user") == "coldledger_writer"
        assert await database.reader.fetchval("SELECT current_user") == "coldledger_reader"
        assert await database.reader.fetchval("SELECT count(*) FROM public.migration") >= 1


async def test_synchronous_commit_off_is_refused(empty_database: str) -> None:
    name = empty_database.partition("@/")[2].partition("?")[0]
    connection = await asyncpg.connect(empty_database)
    await connection.execute(f"ALTER DATABASE {name} SET synchronous_commit = off")
    await connection.close()
    with pytest.raises(Problem) as caught:
        await prepare(empty_database)
    assert caught.value.code == "storage.not-durable"
    assert "synchronous_commit = off" in explain(caught.value).detail


async def test_an_unreachable_server_is_a_problem_in_both_languages() -> None:
    with pytest.raises(Problem) as caught:
        await prepare("postgresql://someone@127.0.0.1:1/nothing")
    assert caught.value.code == "storage.no-connection"
    assert all(explain(caught.value, language).remedy for language in LANGUAGES)

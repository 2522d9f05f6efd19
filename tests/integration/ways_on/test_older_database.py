"""A database that an older version made, with a ledger in it: its rows are made again before it is served.

Such a database is made by its own migrations, up to 21, and filled with the rows that a ledger has by now, of
the columns that there were.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any, cast

import asyncpg
import pytest

from schema.problems import Problem
from service.founding import found
from service.ledger import audit, store
from service.registry import make_registry
from service.retelling import rebuild_where_due
from service.storage import EmbeddedPostgres, open_database, open_pool
from service.storage.migrations import migrate, read_migrations
from tests.conftest import complete
from tests.history import History
from tests.integration.ways_on.house import House
from tests.quay import Quay
from tests.retold import SIGNER, retold
from tests.tampering import disarm
from tests.voyage import voyage

BEFORE_HISTORY = 21
ARMED = """
    ALTER TABLE ledger.entry ENABLE ALWAYS TRIGGER entry_kept, ENABLE ALWAYS TRIGGER entry_counted;
    ALTER TABLE ledger.head ENABLE ALWAYS TRIGGER head_kept, ENABLE ALWAYS TRIGGER head_fits
"""
"""As that version has them."""
COLUMNS = """
    SELECT c.relnamespace::regnamespace::text AS schema, c.relname::text AS name,
           array_agg(a.attname::text ORDER BY a.attnum) AS columns
      FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
     WHERE c.relkind = 'r' AND a.attgenerated = ''
       AND c.relnamespace::regnamespace::text
           IN ('ledger', 'parties', 'goods', 'codes', 'incidents', 'private')
     GROUP BY c.oid
"""


@pytest.fixture
def older(
    postgres: EmbeddedPostgres, database: str, empty_database: str, tmp_path: Path
) -> Iterator[tuple[House, str]]:
    """A house whose database is of the older version, and the present one that it was made from."""
    history = voyage(Quay(History())).history

    async def make() -> None:
        async with retold(database, history):
            pass
        async with (
            await open_pool(empty_database, None, 1) as there,
            await open_pool(database, None, 1) as here,
            there.acquire() as old,
            here.acquire() as new,
        ):
            await migrate(cast("asyncpg.Connection[asyncpg.Record]", old), read_migrations()[:BEFORE_HISTORY])
            await _fill(old, new)

    complete(make)
    house = House(postgres, empty_database, tmp_path / "house", "")
    house.settings.trust.mkdir(parents=True, mode=0o700)
    house.settings.key_file.write_text(SIGNER.skey + "\n", encoding="ascii")
    yield house, database


async def _fill(old: Any, new: Any) -> None:
    await disarm(old)
    await old.execute("SET session_replication_role = replica")
    now = {(row["schema"], row["name"]): row["columns"] for row in await new.fetch(COLUMNS)}
    for row in await old.fetch(COLUMNS):
        place = {"schema_name": row["schema"], "columns": row["columns"]}
        assert set(row["columns"]) <= set(now[row["schema"], row["name"]])
        await old.execute(f"DELETE FROM {row['schema']}.{row['name']}")
        rows = BytesIO()
        await new.copy_from_table(row["name"], output=rows, **place)
        await old.copy_to_table(row["name"], source=BytesIO(rows.getvalue()), **place)
    await old.execute("SET session_replication_role = origin")
    await old.execute(ARMED)


async def _rows(url: str) -> dict[str, list[Any]]:
    async with (
        await open_pool(url, "coldledger_reader", 1) as pool,
        pool.acquire() as conn,
        conn.transaction(),
    ):
        return {p.name: [row async for row in store.rows(conn, p)] for p in make_registry().kept}


def test_a_start_makes_its_rows_again_and_they_are_what_a_new_one_has(
    older: tuple[House, str], caplog: pytest.LogCaptureFixture
) -> None:
    house, new = older
    with caplog.at_level("INFO", "service.retelling"):
        complete(lambda: found(house.settings, house.database))
        assert "made again from the ledger" in caplog.text
        caplog.clear()
        complete(lambda: found(house.settings, house.database))
    assert "made again" not in caplog.text
    assert complete(lambda: _rows(house.database)) == complete(lambda: _rows(new))
    house.sound()


def test_of_several_that_start_at_once_one_does_it(
    older: tuple[House, str], caplog: pytest.LogCaptureFixture
) -> None:
    async def start() -> None:
        async with open_database(older[0].database, writers=1, readers=1) as database:
            await rebuild_where_due(database)

    async def all_at_once() -> None:
        await asyncio.gather(*(start() for _ in range(3)))

    with caplog.at_level("INFO", "service.retelling"):
        complete(all_at_once)
    assert [each.message[:4] for each in caplog.records] == ["rows", "made"]


def test_the_command_does_it_as_well(older: tuple[House, str]) -> None:
    house, _ = older
    complete(lambda: _migrated(house.database))
    assert "rows written" in house.good("rebuild")
    complete(lambda: found(house.settings, house.database))
    house.sound()


async def _migrated(url: str) -> None:
    connection = await asyncpg.connect(url)
    await migrate(connection)
    await connection.close()


def test_who_may_not_is_told_the_command(older: tuple[House, str]) -> None:
    house, _ = older
    make, drop = "CREATE ROLE only_serves LOGIN PASSWORD 'x'", "DROP ROLE only_serves"
    complete(lambda: _migrated(house.database))

    async def act(conn: Any) -> None:
        await conn.execute(make)
        await conn.execute("GRANT coldledger_reader, coldledger_writer TO only_serves")

    house.tampered(act)
    scheme, rest = house.database.split("://")
    url = f"{scheme}://only_serves:x@{rest.partition('@')[2]}"
    try:
        with pytest.raises(Problem) as caught:
            complete(lambda: _start(url))
        assert caught.value.code == "ledger.rebuild-due"
    finally:
        house.tampered(lambda conn: conn.execute(drop))


async def _start(url: str) -> None:
    async with open_database(url, writers=1, readers=1) as database:
        await rebuild_where_due(database)


def test_a_ledger_that_cannot_be_told_leaves_everything_as_it_was(older: tuple[House, str]) -> None:
    house, _ = older

    async def act(conn: Any) -> None:
        await migrate(conn)
        await disarm(conn)
        await conn.execute("UPDATE ledger.entry SET statement = '{}' WHERE position = 3")

    house.tampered(act)
    before = complete(lambda: _rows(house.database))
    with pytest.raises(Problem) as caught:
        complete(lambda: _start(house.database))
    assert caught.value.code == "ledger.rebuild-failed"
    assert complete(lambda: _rows(house.database)) == before


def test_what_a_new_database_tells_needs_nothing(database: str) -> None:
    async def due() -> bool:
        async with open_database(database, writers=1, readers=1) as opened:
            await rebuild_where_due(opened)
            async with await open_pool(database, "coldledger_reader", 1) as pool, pool.acquire() as conn:
                return bool((await audit.check_rows(conn, make_registry())).findings)

    assert complete(due) is False

"""``coldledger rebuild``: whatever became of the derived tables, the ledger makes the same rows again."""

from __future__ import annotations

from typing import Any

import asyncpg

from service.ledger import audit
from service.registry import make_registry
from service.storage import query
from tests.history import History
from tests.quay import Quay
from tests.retold import retold
from tests.tampering import disarm
from tests.voyage import voyage

REGISTRY = make_registry()
OWNER = "SET ROLE coldledger_owner"
WRITER = "SET ROLE coldledger_writer"


async def _snapshot(conn: Any) -> dict[str, list[asyncpg.Record]]:
    return {p.name: await conn.fetch(query(f"{p.queries}.all")) for p in REGISTRY.kept}


async def test_lost_and_invented_rows_are_made_right_again(database: str) -> None:
    async with retold(database, voyage(Quay(History())).history) as ledger, ledger.pool.acquire() as conn:
        await conn.execute(OWNER)
        before = await _snapshot(conn)
        written = sum(map(len, before.values()))
        for projection in REGISTRY.kept:
            await conn.execute(query(f"{projection.queries}.clear"))
        await conn.execute("INSERT INTO codes.case_count (lot, cases, version) VALUES (1, 1, 1)")
        assert len((await audit.check_rows(conn, REGISTRY)).findings) == written + 1

        report = await audit.rebuild(conn, REGISTRY)

        assert (report.rows, report.findings) == (written, [])
        assert await _snapshot(conn) == before
        assert (await audit.check_rows(conn, REGISTRY)).findings == []
        await conn.execute(WRITER)


async def test_a_statement_that_cannot_be_read_stops_it_before_anything_is_written(database: str) -> None:
    async with retold(database, voyage(Quay(History())).history) as ledger, ledger.pool.acquire() as conn:
        await conn.execute("SET ROLE NONE")
        await disarm(conn)
        await conn.execute("UPDATE ledger.entry SET statement = '{}' WHERE position = 3")
        await conn.execute("TRUNCATE goods.unit")

        report = await audit.rebuild(conn, REGISTRY)

        assert report.rows == 0
        assert any(finding.where == "position 3" for finding in report.findings)
        assert await conn.fetchval("SELECT count(*) FROM goods.unit") == 0
        await conn.execute(WRITER)

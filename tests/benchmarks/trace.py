"""Traces from the index against the best SQL, by the size of the answer and of the ledger, in turns in one
run.

The peer is the quickest of several forms of the recursive CTE over ``edge (parent) INCLUDE (child)``, with
holders and quantities, on the same machine with everything in memory; each form is tried for each size. Both
begin from a container's first unit and say who has how much. ``COLDLEDGER_EDGES`` names the sizes of the
ledgers.
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import time
from collections.abc import AsyncIterator
from typing import Any

from aiohttp import ClientSession, TCPConnector, web

import service.app
from schema.identifiers import Level, TraceCode
from service.app import make_app
from service.goods import lots
from service.ledger import Ledger, Proposal
from service.settings import Settings
from service.storage import Database
from service.tracing.index import figures
from service.tracing.index.following import TraceIndex
from service.tracing.keys import INDEX
from service.trust import open_signer
from tests.benchmarks.ground import LONG, Ground, ground, indexed, sizes, timed
from tests.benchmarks.server import Nobody
from tests.retold import ledger_on

ROUNDS, COMMITS, REQUESTS, DELAYS = 15, 400, 200, 40
FIRST = 51
LOOK = 0.001
"""Seconds between two looks at the event loop's clock."""
_HELD = """
SELECT u.custodian, u.facility, u.state, count(*), sum(u.pieces), sum(u.grams)
  FROM reached r JOIN goods.unit u ON u.id = r.node WHERE u.grams > 0 GROUP BY 1, 2, 3"""
_WALK = """WITH RECURSIVE reached(node) AS (
    VALUES ($1::bigint) {union} SELECT e.child FROM reached r JOIN goods.edge e ON e.parent = r.node)"""
SQL = {
    "union": _WALK.format(union="UNION") + _HELD,
    "union-all": _WALK.format(union="UNION ALL") + ", distinct_nodes AS (SELECT DISTINCT node FROM reached)"
    + _HELD.replace("reached", "distinct_nodes"),
    "function": "WITH reached(node) AS (SELECT * FROM goods.downstream(ARRAY[$1::bigint], NULL))" + _HELD,
}  # fmt: skip
PLANS = {
    "as planned": "",
    "nested loops": "SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off",
}


async def run() -> AsyncIterator[dict[str, Any]]:
    """Lines for each size of ledger."""
    for edges in sizes():
        async with ground(edges) as place:
            async with indexed(place) as (database, index, cold):
                yield _start("tables", place, cold)
                yield await _weight(index, edges)
                for size, start in place.starts.items():
                    yield await _compared(place, database, index, size, start)
                yield await _loop_delay(place, index, max(place.starts))
                await index.save()
            async with indexed(place) as (database, index, again):
                yield _start("snapshot", place, again)
                yield await _visible(place, index)
            async for line in _over_http(place):
                yield line


def _settings(place: Ground) -> dict[str, int]:
    return {"edges": len(place.made.edges["id"]), "units": len(place.made.units["id"])}


def _start(source: str, place: Ground, seconds: float) -> dict[str, Any]:
    return {"name": "index_start", "from": source, "seconds": round(seconds, 2), "settings": _settings(place)}


async def _weight(index: TraceIndex, edges: int) -> dict[str, Any]:
    """Bytes of all arrays, marks for one reader included, to each unit; every unit has two stays."""
    async with index.reading() as arrays:
        assert arrays is not None
        parts = {name: table.bytes for name, table in arrays.tables().items()}
        units = int((arrays.units.lot >= 0).sum())
        return {
            "name": "index_bytes_per_unit",
            "bytes": round(arrays.bytes / units, 1),
            "megabytes": round(arrays.bytes / 1e6),
            "tables": {name: round(each / units, 1) for name, each in parts.items() if each > units / 10},
            "settings": {"edges": edges, "units": units},
        }


async def _compared(
    place: Ground, database: Database, index: TraceIndex, size: int, start: int
) -> dict[str, Any]:
    """One answer, the index and the best SQL taking turns."""
    lot = place.made.planted[size]
    async with database.reader.acquire() as conn:
        best, plan = await _best(conn, start)
        ours: list[float] = []
        theirs: list[float] = []
        reached = 0
        for _ in range(ROUNDS if size < 100_000 else 5):
            with timed(ours):
                told = await index.asked(
                    lambda arrays, most: figures.downstream(arrays, lot, start, place.made.end, FIRST, most)
                )
            with timed(theirs):
                await _ask(conn, SQL[best], PLANS[plan], start)
            assert told is not None
            reached = sum(group.units for group in told.holders + told.in_transit)
    index_ms, sql_ms = statistics.median(ours), statistics.median(theirs)
    return {
        "name": "trace_downstream",
        "planted": size,
        "units_held": reached,
        "index_ms": round(index_ms, 3),
        "index_ns_per_unit": round(index_ms * 1e6 / size),
        "sql_ms": round(sql_ms, 2),
        "ratio": round(sql_ms / index_ms, 1),
        "rounds": [round(sql / own, 1) for own, sql in zip(ours, theirs, strict=True)],
        "sql": f"{best}, {plan}",
        "settings": _settings(place),
    }


async def _best(conn: Any, start: int) -> tuple[str, str]:
    """The quickest form and plan for this start."""
    took: dict[tuple[str, str], float] = {}
    for form, text in SQL.items():
        for plan, setting in PLANS.items():
            times: list[float] = []
            for _ in range(3):
                with timed(times):
                    await _ask(conn, text, setting, start)
            took[form, plan] = min(times)
    return min(took, key=took.__getitem__)


async def _ask(conn: Any, text: str, setting: str, start: int) -> Any:
    if not setting:
        return await conn.fetch(text, start)
    async with conn.transaction():
        await conn.execute(setting)
        return await conn.fetch(text, start)


async def _loop_delay(place: Ground, index: TraceIndex, size: int) -> dict[str, Any]:
    """How late the event loop is while the largest question is asked over and over."""
    start, lot = place.starts[size], place.made.planted[size]
    delays: list[float] = []
    # As a worker does (service/workers.py).
    sys.setswitchinterval(0.001)
    asking = asyncio.create_task(_ask_often(index, place, lot, start))
    while not asking.done():
        begun = time.perf_counter()
        await asyncio.sleep(LOOK)
        delays.append((time.perf_counter() - begun - LOOK) * 1000)
    cuts = statistics.quantiles(delays, n=100)
    return {
        "name": "loop_delay_while_tracing",
        "planted": size,
        "p50_ms": round(cuts[49], 2),
        "p99_ms": round(cuts[98], 2),
        "max_ms": round(max(delays), 2),
        "n": len(delays),
        "settings": _settings(place),
    }


async def _ask_often(index: TraceIndex, place: Ground, lot: int, start: int) -> None:
    for _ in range(DELAYS):
        await index.asked(
            lambda arrays, most: figures.downstream(arrays, lot, start, place.made.end, FIRST, most)
        )
        await asyncio.sleep(0)  # as between two requests


async def _visible(place: Ground, index: TraceIndex) -> dict[str, Any]:
    """From a commit's acknowledgement to where the index answers with it."""
    took: list[float] = []
    async with ledger_on(place.url) as ledger:
        registration = place.quay.registration(10, 270_000)
        for _ in range(COMMITS):
            position = await _register(ledger, place, registration)
            with timed(took):
                assert await index.at_least(position + 1, LONG)
            await asyncio.sleep(0.002)
    cuts = statistics.quantiles(took, n=100)
    return {
        "name": "commit_to_visible",
        "p50_ms": round(cuts[49], 3),
        "p99_ms": round(cuts[98], 3),
        "max_ms": round(max(took), 3),
        "n": len(took),
        "settings": _settings(place),
    }


async def _register(ledger: Ledger, place: Ground, registration: dict[str, Any]) -> int:
    code = TraceCode.new(Level.BATCH, "370200").text
    said = await ledger.append(
        Proposal(lots.REGISTER, place.quay.station.staff, {**registration, "code": code})
    )
    return said.position


async def _over_http(place: Ground) -> AsyncIterator[dict[str, Any]]:
    """Totals and summary of 10,000 units over HTTP, from a service in this process: the client's time is in
    it."""
    service.app.Publisher = Nobody  # type: ignore[assignment,misc]
    settings = Settings(data=place.folder, trust=place.folder / "trust.d", sample_data=True, access_log=False)
    app = await make_app(settings, place.url, open_signer(settings, "bench.invalid/ledger"))
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = site._server.sockets[0].getsockname()[1]  # type: ignore[union-attr]
    trace = f"http://127.0.0.1:{port}/api/v1/units/{place.starts[10_000]}/trace/downstream"
    addresses = {"totals": f"{trace}/totals", "summary": trace}
    try:
        async with ClientSession(connector=TCPConnector(limit=1), headers=_bearer(place)) as client:
            by_sql = {name: await _asked(client, address, 5) for name, address in addresses.items()}
            app[INDEX].start()
            assert await app[INDEX].at_least(place.made.end, LONG)
            for name, address in addresses.items():
                yield _answered(place, name, await _asked(client, address, REQUESTS), by_sql[name])
    finally:
        await runner.cleanup()


def _answered(place: Ground, name: str, ours: list[float], by_sql: list[float]) -> dict[str, Any]:
    return {
        "name": f"trace_{name}_over_http",
        "planted": 10_000,
        "p50_ms": round(statistics.median(ours), 2),
        "p99_ms": round(statistics.quantiles(ours, n=100)[98], 2),
        "sql_p50_ms": round(statistics.median(by_sql), 1),
        "n": len(ours),
        "settings": _settings(place),
    }


def _bearer(place: Ground) -> dict[str, str]:
    return {"Authorization": f"Bearer {place.token}"}


async def _asked(client: ClientSession, address: str, times: int) -> list[float]:
    took: list[float] = []
    for _ in range(times):
        with timed(took):
            async with client.get(address) as answer:
                await answer.read()
                assert answer.status == 200, await answer.text()
    return took

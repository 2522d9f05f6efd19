"""Random histories: what SQL traces and shows is what plain loops over all rows say."""

from __future__ import annotations

import asyncio
from collections import Counter
from itertools import count
from typing import Any

import asyncpg
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from service.goods.state import ARRIVAL, EDGE, LOT, PARENTAGE, SHIPMENT, UNIT
from service.http.readers import Reader, ReaderKind
from service.ledger import store
from service.ledger.world import Dirty
from service.parties.state import FACILITY, ORGANISATION
from service.parties.visibility import sight
from service.storage import open_pool, query
from service.tracing import answers
from service.tracing.accounts import PARTS, balances
from service.tracing.walk import Direction, Start, trace_snapshot, walk
from tests.integration.reading import oracle
from tests.integration.reading.trade import Trade, facilities, organisations

READERS = (
    *(Reader(ReaderKind.ORGANISATION, no) for no in (1, 2, 3)),
    Reader(ReaderKind.REGULATOR, 90, "37"),
    Reader(ReaderKind.REGULATOR, 91, "42"),
    Reader(ReaderKind.REGULATOR, 92, "4201"),
    Reader(ReaderKind.AUDITOR, 93),
    Reader(ReaderKind.PLATFORM, 94),
)
SEES = (
    ("goods/read_lots.sees", "lots", oracle.sees_lot),
    ("goods/read_units.sees", "units", oracle.sees_unit),
    ("goods/read_shipments.sees", "shipments", oracle.sees_shipment),
)

steps = st.lists(
    st.tuples(st.integers(0, 9), st.integers(0, 11), st.integers(0, 11), st.integers(0, 2000)),
    min_size=4,
    max_size=24,
)
START = [(0, 0, 1, 900), (0, 1, 1, 500), (1, 0, 0, 2000), (1, 0, 0, 2000)]
"""Goods to trade with: a release of each of two lots."""


async def write(conn: Any, trade: Trade) -> None:
    for projection, rows in (
        (ARRIVAL, trade.arrivals.values()),
        (LOT, trade.lots.values()),
        (UNIT, trade.units.values()),
        (EDGE, trade.edges),
        (SHIPMENT, trade.shipments.values()),
        (PARENTAGE, trade.parentage),
    ):
        if rows:
            await store.save(conn, Dirty(projection, [*rows]))


async def compare_sight(conn: Any, trade: Trade, reader: Reader) -> None:
    for name, table, expected in SEES:
        for key in getattr(trade, table):
            told = bool(await conn.fetchval(query(name), *sight(reader), key))
            assert told == expected(trade, reader, key), (reader.kind, reader.organisation, name, key)


async def compare_traces(pool: asyncpg.Pool[asyncpg.Record], trade: Trade, reader: Reader) -> None:
    for lot in trade.lots:
        if not oracle.sees_lot(trade, reader, lot):
            continue
        begin = [u.id for u in trade.units.values() if u.lot == lot and oracle.sees_unit(trade, reader, u.id)]
        for direction in Direction:
            await compare(pool, trade, reader, Start(lot), begin, direction)
        for unit in begin[:1]:
            await compare(pool, trade, reader, Start(lot, unit), [unit], Direction.DOWNSTREAM)


async def compare(
    pool: asyncpg.Pool[asyncpg.Record],
    trade: Trade,
    reader: Reader,
    start: Start,
    begin: list[int],
    direction: Direction,
) -> None:
    nodes = oracle.reached(trade, reader, begin, direction)
    async with trace_snapshot(pool) as conn:
        found = await walk(conn, reader, start, direction)
        assert set(found.nodes) == nodes
        if direction is Direction.UPSTREAM:
            return
        rows = await conn.fetch(query("tracing/trace.accounts"), found.nodes, None, None)
        told = await answers.downstream(conn, reader, found)
    expected = oracle.grams_by_lot(trade, nodes)
    names = {"entered", *PARTS}
    for row in rows:
        assert {name: row[f"{name}_grams"] for name in names} == {
            name: expected[row["lot"]][name] for name in names
        }
    assert {row["lot"] for row in rows} == set(expected)
    assert balances(told["account"])
    assert balances(told["derived"]["account"])
    if start.unit is None and found.complete:
        assert told["account"]["entered"].grams == trade.lots[start.lot].grams
        assert told["account"]["delivered"].grams == 0
    parts = Counter[tuple[int, str, bool]]()
    for row in [*told["holders"], *told["sold"]]:
        parts[row["organisation"]["id"], row["state"], row["derived"]] += row["grams"]
    assert parts == oracle.holders(trade, nodes, start.lot)
    road = {(row["shipment"], row["derived"]): row["grams"] for row in told["in_transit"]}
    assert road == oracle.on_road(trade, nodes, start.lot)


def test_sql_says_what_plain_loops_say(database: str) -> None:
    bases = count(10**6, 10**6)
    with asyncio.Runner() as runner:
        pool = runner.run(open_pool(database, None, 2))

        async def prepare() -> None:
            async with pool.acquire() as conn:
                await store.save(conn, Dirty(ORGANISATION, organisations()))
                await store.save(conn, Dirty(FACILITY, facilities()))

        runner.run(prepare())

        @settings(max_examples=12, deadline=None, database=None, suppress_health_check=[*HealthCheck])
        @given(steps)
        def check(taken: list[tuple[int, int, int, int]]) -> None:
            trade = Trade(next(bases))
            trade.run([*START, *taken])

            async def run() -> None:
                async with pool.acquire() as conn:
                    await write(conn, trade)
                    for reader in READERS:
                        await compare_sight(conn, trade, reader)
                for reader in READERS:
                    await compare_traces(pool, trade, reader)

            runner.run(run())

        check()
        runner.run(pool.close())

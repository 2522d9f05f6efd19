"""Exposure from the index against SQL, by hops and by how much is reached, in turns in one run.

Two peers on the same machine, with everything in memory: ``twin`` is what the service asks where it has no
index, which knows of every rule; ``tuned`` is the same walk over zones for this measurement alone, without
corrections, disinfections and earlier positions: temporary tables, hop by hop, dangerous times united first,
whatever index helps. The same units must be found. ``COLDLEDGER_EDGES`` names the sizes of the ledgers.
"""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from typing import Any

import asyncpg
import numpy as np

from service.storage import Database
from service.tracing.exposure import sql
from service.tracing.exposure.question import Question, Tier
from service.tracing.index.answering import follow, seeds_of
from service.tracing.index.arrays import Arrays
from service.tracing.index.exposure import exposed
from service.tracing.index.following import TraceIndex
from service.tracing.index.grounds import Grounds
from service.tracing.walk import trace_snapshot
from tests.benchmarks.goods_made import BEGIN, DAY, SPAN
from tests.benchmarks.ground import Ground, ground, indexed, sizes, timed

SIZES = (1_000, 10_000, 100_000, 350_000)
ROUNDS, LOOK, TIMES = 9, 0.001, 25
SLOWEST = 30_000
"""Milliseconds that a peer may take; it is not asked for more after that."""
MOST_FOR_TWIN = 15_000
TUNED = """
CREATE TEMP TABLE found (unit bigint PRIMARY KEY, tau bigint);
CREATE TEMP TABLE fresh (round integer, unit bigint, tau bigint);
"""
MET = """
WITH piece AS MATERIALIZED (
    SELECT s.facility, coalesce(s.zone, 0) AS zone, greatest(d.tau, s.since, $1) AS a, least(s.until, $2) AS b
      FROM found d JOIN goods.stay s ON s.unit = d.unit WHERE s.facility IS NOT NULL
    UNION ALL
    SELECT u.facility, coalesce(u.zone, 0), greatest(d.tau, u.since, $1), $2
      FROM found d JOIN goods.unit u ON u.id = d.unit WHERE u.until IS NULL AND u.facility IS NOT NULL),
merged AS MATERIALIZED (
    SELECT p.facility, p.zone, unnest(range_agg(int8range(p.a, p.b))) AS span
      FROM piece p WHERE p.a < p.b GROUP BY p.facility, p.zone),
met AS (
    SELECT s.unit, greatest(s.since, lower(m.span)) AS tau
      FROM merged m JOIN goods.stay s ON s.facility = m.facility AND coalesce(s.zone, 0) = m.zone
     WHERE s.until > lower(m.span) AND s.since < upper(m.span)
       AND least(s.until, upper(m.span)) - greatest(s.since, lower(m.span)) >= $3
    UNION ALL
    SELECT u.id, greatest(u.since, lower(m.span))
      FROM merged m JOIN goods.unit u ON u.facility = m.facility AND coalesce(u.zone, 0) = m.zone
     WHERE u.until IS NULL AND u.since < upper(m.span)
       AND upper(m.span) - greatest(u.since, lower(m.span)) >= $3),
better AS (
    INSERT INTO found AS o SELECT m.unit, min(m.tau) FROM met m GROUP BY m.unit
        ON CONFLICT (unit) DO UPDATE SET tau = excluded.tau WHERE o.tau > excluded.tau RETURNING unit, tau)
INSERT INTO fresh SELECT 0, b.unit, b.tau FROM better b
"""
MADE = """
WITH made AS (
    SELECT g.child AS unit, min(greatest(f.tau, g.earliest)) AS tau
      FROM fresh f JOIN goods.edge g ON g.parent = f.unit
     WHERE f.round = $1 AND greatest(f.tau, g.earliest) < least(g.latest, $2) GROUP BY g.child),
better AS (
    INSERT INTO found AS o SELECT m.unit, m.tau FROM made m
        ON CONFLICT (unit) DO UPDATE SET tau = excluded.tau WHERE o.tau > excluded.tau RETURNING unit, tau)
INSERT INTO fresh SELECT $1 + 1, b.unit, b.tau FROM better b
"""
COUNT = "SELECT count(*) FROM found f JOIN goods.unit u ON u.id = f.unit"


async def run() -> AsyncIterator[dict[str, Any]]:
    """Lines for each size of ledger."""
    for edges in sizes():
        async with ground(edges) as place, indexed(place) as (database, index, _):
            async with index.reading() as arrays:
                assert arrays is not None
                grounds = Grounds(arrays)
                await follow(database, grounds)
            largest = None
            for hops, size in ((hops, size) for hops in (1, 2) for size in SIZES):
                asked = await _question(place, database, grounds, size, hops)
                if asked is not None:
                    yield await _compared(place, database, grounds, asked, size)
                    largest = asked
            assert largest is not None
            yield await _loop_delay(place, database, index, grounds, largest)


def _settings(place: Ground) -> dict[str, int]:
    return {"edges": len(place.made.edges["id"]), "stays": len(place.made.stays["unit"])}


async def _question(
    place: Ground, database: Database, grounds: Grounds, size: int, hops: int
) -> Question | None:
    """A question that reaches about so many units; None where there is none."""
    nearest: tuple[float, Question] | None = None
    for asked in _questions(place, grounds.arrays, hops):
        hits, _ = exposed(grounds, asked, await seeds_of(database, grounds, asked))
        apart = abs(np.log(max(len(hits), 1) / size))
        if nearest is None or apart < nearest[0]:
            nearest = apart, asked
        if apart < 0.15:
            break
    assert nearest is not None
    return nearest[1] if nearest[0] < 0.5 else None


def _questions(place: Ground, arrays: Arrays, hops: int) -> Iterator[Question]:
    """Some units of one day are positive, asked about for some days."""
    chance = np.random.default_rng(5)
    now = BEGIN + (SPAN + 60) * DAY
    since = arrays.units.since
    for days in (1, 2, 4, 8, 16, 32, 64, 128, 256):
        begin = BEGIN + SPAN * DAY // 3
        of_day = np.flatnonzero((arrays.units.lot >= 0) & (since >= begin) & (since < begin + DAY))
        for seeds in (1, 2, 4, 8, 16, 32, 64, 128, 256):
            chosen = chance.choice(of_day, min(seeds, len(of_day)), replace=False)
            units = tuple(sorted(arrays.nodes.ids[chosen].tolist()))
            yield Question(
                begin, begin + days * DAY, place.made.end, now, place.made.end, units,
                tiers=frozenset({Tier.SAME, Tier.ZONE}), hops=hops, min_overlap_minutes=60, cleared=False,
            )  # fmt: skip


async def _compared(
    place: Ground, database: Database, grounds: Grounds, asked: Question, size: int
) -> dict[str, Any]:
    """One answer, the index and its peers taking turns."""
    ours: list[float] = []
    tuned: list[float] = []
    twin: list[float] = []
    for _ in range(ROUNDS):
        with timed(ours):
            hits, _ = exposed(grounds, asked, await seeds_of(database, grounds, asked))
        if not tuned or max(tuned) * 3 < SLOWEST:
            with timed(tuned):
                assert await _tuned(place.url, asked) == len(hits)
        if len(hits) <= MOST_FOR_TWIN and (not twin or max(twin) * 3 < SLOWEST):
            async with trace_snapshot(database.reader) as conn:
                with timed(twin):
                    assert len((await sql.exposed(conn, asked)).hits) == len(hits)
    index_ms = statistics.median(ours)
    peers = {"tuned": tuned, "twin": twin}
    return {
        "name": "exposure",
        "hops": asked.hops,
        "wanted": size,
        "units": len(hits),
        "index_ms": round(index_ms, 2),
        "index_ns_per_unit": round(index_ms * 1e6 / len(hits)),
        **{f"{name}_ms": round(statistics.median(took)) for name, took in peers.items() if took},
        **{
            f"{name}_ratio": round(statistics.median(took) / index_ms, 1)
            for name, took in peers.items()
            if took
        },
        "rounds": len(ours),
        "settings": _settings(place),
    }


async def _tuned(url: str, asked: Question) -> int:
    """How many units the tuned walk finds; its connection's tables are its own."""
    conn = await asyncpg.connect(url)
    try:
        await conn.execute(TUNED)
        seeds = "INSERT INTO fresh SELECT 0, unit, $2 FROM unnest($1::bigint[]) AS unit"
        await conn.execute(seeds, [*asked.units], asked.begin)
        await conn.execute("INSERT INTO found SELECT f.unit, f.tau FROM fresh f")
        for hop in range(asked.hops + 1):
            if hop:
                await conn.execute("TRUNCATE fresh")
                await conn.execute(MET, asked.begin, asked.end, asked.least_overlap)
            rounds = 0
            while await conn.execute(MADE, rounds, asked.end) != "INSERT 0 0":
                rounds += 1
            await conn.execute("ANALYZE found")
        found: int = await conn.fetchval(COUNT)
        return found
    finally:
        await conn.close()


async def _loop_delay(
    place: Ground, database: Database, index: TraceIndex, grounds: Grounds, asked: Question
) -> dict[str, Any]:
    """How late the event loop is while the largest question is asked over and over."""
    seeds = await seeds_of(database, grounds, asked)
    delays: list[float] = []
    asking = asyncio.create_task(_ask_often(index, grounds, asked, seeds))
    while not asking.done():
        begun = time.perf_counter()
        await asyncio.sleep(LOOK)
        delays.append((time.perf_counter() - begun - LOOK) * 1000)
    cuts = statistics.quantiles(delays, n=100)
    return {
        "name": "loop_delay_while_exposing",
        "units": await asking,
        "p50_ms": round(cuts[49], 2),
        "p99_ms": round(cuts[98], 2),
        "max_ms": round(max(delays), 2),
        "n": len(delays),
        "settings": _settings(place),
    }


async def _ask_often(index: TraceIndex, grounds: Grounds, asked: Question, seeds: Any) -> int:
    found = 0
    for _ in range(TIMES):
        async with index.reading():
            hits, _ = await asyncio.to_thread(exposed, grounds, replace(asked, cleared=False), seeds)
            found = len(hits)
    return found

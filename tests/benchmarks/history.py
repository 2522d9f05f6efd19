"""What it costs to keep what rows said before, and what an answer as of a position costs against one of now.

Three ledgers are written in turns, in one process and in batches as they gather: one that keeps nothing, one
whose superseded rows have only their keys, and the product's with the indexes of the past. Every statement
replaces a row, which is the worst case. Ratios are of neighbouring rounds: the machine drifts.
"""

from __future__ import annotations

import asyncio
import statistics
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg

from service.goods.movements import SPLIT
from service.http.readers import Reader, ReaderKind
from service.ledger import Ledger, Proposal, Registry, Statement, World
from service.ledger.history import Superseded
from service.registry import make_registry
from service.storage import EmbeddedPostgres, open_database, open_pool, prepare
from service.tracing import answers
from service.tracing.walk import Direction, start_of_lot, trace_snapshot, walk
from tests.history import History
from tests.quay import OUT, Quay
from tests.retold import SIGNER, retold

FORMS = ("nothing", "key", "product")
AT_ONCE, ROUNDS, SECONDS = 128, 15, 0.7
PIECES, GRAMS = 900_000, 40
READINGS = 5


class Forgetful(Registry):
    """Keeps nothing of what rows said before."""

    def rows(self, statement: Statement, position: int, world: World) -> list[Any]:
        rows = super().rows(statement, position, world)
        return [row for row in rows if not isinstance(row, Superseded)]


@dataclass(frozen=True, slots=True)
class Ground:
    """A ledger and the goods that are split."""

    url: str
    ledger: Ledger
    proposal: Proposal
    lot: int


async def _ground(stack: AsyncExitStack, server: EmbeddedPostgres, form: str) -> Ground:
    root = await stack.enter_async_context(await open_pool(server.url(), None, 1))
    await root.execute(f"CREATE DATABASE {form}")
    url = server.url(form)
    await prepare(url)
    quay = Quay(History())
    goods = quay.lot(PIECES, PIECES * GRAMS)
    quay.papers(goods)
    unit = quay.release(goods)
    async with retold(url, quay.history):
        pass
    if form == "key":
        await _drop_indexes(url)
    made = make_registry()
    registry = made
    if form == "nothing":
        kept = [each for each in made.projections.values() if each.row is not Superseded]
        registry = Forgetful(made.kinds.values(), kept, made.standing, made.followers)
    pool = await stack.enter_async_context(await open_pool(url, "coldledger_writer", 8))
    ledger = Ledger(pool, registry, SIGNER)
    stack.push_async_callback(ledger.close)
    split = {"unit": unit, "parts": [{"pieces": 1, "grams": GRAMS}], "happened_at": OUT}
    return Ground(url, ledger, Proposal(SPLIT, quay.station.staff, split), goods.lot)


async def _drop_indexes(url: str) -> None:
    async with await open_pool(url, None, 1) as pool:
        names = await pool.fetch(
            "SELECT indexname FROM pg_indexes WHERE tablename = 'superseded' AND indexdef NOT LIKE '%UNIQUE%'"
        )
        for row in names:
            await pool.execute(f"DROP INDEX ledger.{row['indexname']}")


async def _written(ground: Ground) -> float:
    """Statements a second."""
    until, count = time.perf_counter() + SECONDS, 0

    async def say() -> None:
        nonlocal count
        while time.perf_counter() < until:
            await ground.ledger.append(ground.proposal)
            count += 1

    began = time.perf_counter()
    await asyncio.gather(*(say() for _ in range(AT_ONCE)))
    return count / (time.perf_counter() - began)


async def _sizes(url: str) -> dict[str, float]:
    """Bytes a superseded row, its indexes told apart, and their share of everything."""
    async with await open_pool(url, None, 1) as pool:
        await pool.execute("VACUUM ANALYZE ledger.superseded")
        row = await pool.fetchrow(
            "SELECT count(*) AS rows, pg_table_size('ledger.superseded') AS held,"
            "       pg_indexes_size('ledger.superseded') AS found,"
            "       pg_database_size(current_database()) AS all FROM ledger.superseded"
        )
    assert row is not None
    return {
        "rows": row["rows"],
        "bytes_a_row": round(row["held"] / row["rows"]),
        "index_bytes_a_row": round(row["found"] / row["rows"]),
        "share_of_database": round((row["held"] + row["found"]) / row["all"], 3),
    }


async def _read(pool: asyncpg.Pool[asyncpg.Record], lot: int) -> float:
    """Milliseconds of a whole trace downstream by SQL: the median of a few."""
    reader, times = Reader(ReaderKind.AUDITOR, 1), []
    for _ in range(READINGS):
        began = time.perf_counter()
        async with trace_snapshot(pool) as conn:
            start = await start_of_lot(conn, reader, lot)
            found = await walk(conn, reader, start, Direction.DOWNSTREAM)
            await answers.downstream(conn, reader, found)
        times.append((time.perf_counter() - began) * 1000)
    return statistics.median(times)


async def _readings(ground: Ground) -> dict[str, Any]:
    async with open_database(ground.url, writers=1, readers=2) as database:
        size: int = await database.reader.fetchval("SELECT size FROM ledger.head")
        count = "SELECT count(*) FROM goods.unit WHERE lot = $1"
        units: int = await database.reader.fetchval(count, ground.lot)
        now = await _read(database.reader, ground.lot)
        then = await _read(database.as_of(size), ground.lot)
        half = await _read(database.as_of(size // 2), ground.lot)
    return {
        "name": "history_read",
        "units": units,
        "now_ms": round(now, 1),
        "as_of_the_end_ms": round(then, 1),
        "as_of_the_middle_ms": round(half, 1),
        "ratio": round(then / now, 2),
    }


async def run() -> AsyncIterator[dict[str, Any]]:
    """One line for each form that is written, one for what is read."""
    with tempfile.TemporaryDirectory() as folder, EmbeddedPostgres(Path(folder) / "d") as server:
        async with AsyncExitStack() as stack:
            grounds = {form: await _ground(stack, server, form) for form in FORMS}
            rates: dict[str, list[float]] = {form: [] for form in FORMS}
            for _ in range(ROUNDS):
                for form, ground in grounds.items():
                    rates[form].append(await _written(ground))
            for form in FORMS:
                yield _line(form, rates) | ({} if form == "nothing" else await _sizes(grounds[form].url))
            yield await _readings(grounds["product"])


def _line(form: str, rates: dict[str, list[float]]) -> dict[str, Any]:
    ratios = sorted(own / bare for own, bare in zip(rates[form], rates["nothing"], strict=True))
    return {
        "name": "history_written",
        "keeps": form,
        "statements_a_second": round(statistics.median(rates[form])),
        "ratio": round(statistics.median(ratios), 2),
        "ratio_quartiles": [round(ratios[len(ratios) // 4], 2), round(ratios[-len(ratios) // 4], 2)],
    }

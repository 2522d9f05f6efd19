"""What the triggers on the ledger's tables cost: commits, and registrations a second, with them and without.

A commit is timed alone, without waiting for the disk, as the fastest tenth of many: that figure holds on a
busy machine, too. Registrations are made by one process on one ledger, without HTTP: the database's share is
as large as it gets. Rounds take turns within a pair, and which comes first changes from pair to pair, as the
machine drifts and the ledger grows. The ratio is the median of the pairs'.
"""

from __future__ import annotations

import asyncio
import statistics
import tempfile
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import asyncpg

from schema.identifiers import Level, TraceCode
from service.goods import lots
from service.ledger import Ledger, Proposal, Statement, store
from service.ledger.store import Head, Record
from service.storage import EmbeddedPostgres, prepare
from tests.history import History
from tests.quay import Quay
from tests.retold import retold
from tests.tampering import arm, disarm, follow

PAIRS, ROUND_SECONDS, SUBMITTERS = 24, 0.5, (1, 64, 256)
COMMITS = {1: 1500, 64: 400, 256: 150}
"""How many batches of how many entries are timed."""


async def run() -> AsyncIterator[dict[str, Any]]:
    """A line for each number of submitters that wait for their answers at once."""
    scratch = tempfile.TemporaryDirectory(prefix="coldledger-bench-")
    quay = Quay(History())
    with scratch as folder, EmbeddedPostgres(Path(folder, "d")) as server:
        await prepare(server.url())
        root = await asyncpg.connect(server.url())
        async with retold(server.url(), quay.history) as ledger:
            for submitters in SUBMITTERS:
                yield await _compared(root, ledger, quay, submitters)
        await root.execute("SET synchronous_commit = off")
        for entries, commits in COMMITS.items():
            yield await _timed(root, quay.history.statements[-1], entries, commits)
        await root.close()


async def _timed(root: Any, statement: Statement, entries: int, commits: int) -> dict[str, Any]:
    took: dict[bool, list[float]] = {True: [], False: []}
    for number in range(10):
        armed = number % 2 == 0
        await (arm if armed else disarm)(root)
        for _ in range(commits // 5):
            head = await store.head(root)
            batch = follow(head, [(bytes(32), replace(statement, at=head.at))] * entries)
            begun = time.perf_counter()
            await _commit(root, head, *batch)
            took[armed].append((time.perf_counter() - begun) * 1e6)
    with_, without = (statistics.quantiles(took[armed], n=10)[0] for armed in (True, False))
    return {
        "name": "commit_with_triggers",
        "entries": entries,
        "us_with": round(with_),
        "us_without": round(without),
        "us_an_entry": round((with_ - without) / entries, 1),
        "n": len(took[True]),
        "settings": {"synchronous_commit": False, "fastest": "tenth"},
    }


async def _commit(root: Any, old: Head, new: Head, records: list[Record]) -> None:
    async with root.transaction():
        await store.write(root, store.advance_head(old, new), store.insert_entries(records))


async def _compared(root: Any, ledger: Ledger, quay: Quay, submitters: int) -> dict[str, Any]:
    await _round(ledger, quay, submitters)
    pairs = []
    for number in range(PAIRS):
        rates = {}
        for armed in (True, False) if number % 2 else (False, True):
            await (arm if armed else disarm)(root)
            rates[armed] = await _round(ledger, quay, submitters)
        pairs.append(rates)
    await arm(root)
    ratios = [rates[True] / rates[False] for rates in pairs]
    return {
        "name": "registrations_with_triggers_to_without",
        "ratio": round(statistics.median(ratios), 3),
        "rounds": sorted(round(ratio, 3) for ratio in ratios),
        "per_second_with": round(statistics.median(rates[True] for rates in pairs)),
        "per_second_without": round(statistics.median(rates[False] for rates in pairs)),
        "settings": {"submitters": submitters, "processes": 1, "seconds": ROUND_SECONDS, "fsync": True},
    }


async def _round(ledger: Ledger, quay: Quay, submitters: int) -> float:
    """Registrations a second, each submitter waiting for the answer before the next."""
    begun = time.perf_counter()
    until = begun + ROUND_SECONDS
    done = sum(await asyncio.gather(*(_submit(ledger, quay, until) for _ in range(submitters))))
    return done / (time.perf_counter() - begun)


async def _submit(ledger: Ledger, quay: Quay, until: float) -> int:
    registration = quay.registration(1006, 27_000_000)
    done = 0
    while time.perf_counter() < until:
        code = TraceCode.new(Level.BATCH, "370200").text
        await ledger.append(Proposal(lots.REGISTER, quay.station.staff, {**registration, "code": code}))
        done += 1
    return done

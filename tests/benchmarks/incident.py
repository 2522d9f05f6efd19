"""From "positive", entered by HTTP, to the hold in force on every affected unit, on a ledger of many edges.

The affected goods, 5,000 units of one lot and 1,000 of another that lies in the same zone, were said through
the real statements, and go on moving, 50 times a second in two processes of their own, while the alarm is
raised at a service with its index. Beside them stand 10^6 edges with twice as many stays that were made and
written into the tables past every rule (``goods_made``): the statements of those are not there, so nothing is
published meanwhile. ``escaped`` counts affected units that no hold is on, and others that one is on;
``passed`` intents that went through after the holds; ``unmarked`` facts after them that bear no breach. All
three must be 0. Each run is on a fresh copy of the same ledger.
"""

from __future__ import annotations

import statistics
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import service.app
from service.storage import EmbeddedPostgres, open_pool, prepare
from service.tracing.keys import INDEX
from tests.benchmarks.goods_filled import fill
from tests.benchmarks.goods_made import make
from tests.benchmarks.ground import LONG, sizes
from tests.benchmarks.server import Nobody
from tests.integration.incidents.alarm import Outcome, alarmed, served
from tests.integration.incidents.race import Ground, ground
from tests.retold import retold

UNITS, BESIDE, RUNS, RATE = 5_000, 1_000, 3, 25
BEFORE, AFTER = 1.5, 1.5
"""Seconds of movements on either side of the alarm."""
_MADE = "incident_made"


async def run() -> AsyncIterator[dict[str, Any]]:
    """A line for the greatest ledger asked for: by the index, and by the database alone."""
    service.app.Publisher = Nobody  # type: ignore[assignment,misc]
    place, edges = ground(UNITS, BESIDE), sizes()[-1]
    scratch = tempfile.TemporaryDirectory(prefix="coldledger-bench-")
    with scratch as folder, EmbeddedPostgres(Path(folder, "d")) as server:
        await _execute(server, f"CREATE DATABASE {_MADE}")
        await prepare(server.url(_MADE))
        async with retold(server.url(_MADE), place.history):
            pass
        root = await open_pool(server.url(_MADE), None, 1)
        async with root, root.acquire() as conn:
            await fill(conn, make(edges, place.history.position))
        for by_index in (True, False):
            outcomes = [await _once(server, place, Path(folder), number, by_index) for number in range(RUNS)]
            yield _line(outcomes, edges, by_index)


async def _once(
    server: EmbeddedPostgres, place: Ground, folder: Path, number: int, by_index: bool
) -> Outcome:
    name = f"incident_{number}_{int(by_index)}"
    await _execute(server, f"CREATE DATABASE {name} TEMPLATE {_MADE}")
    async with served(server.url(name), folder / name) as client:
        assert client.app is not None
        index = client.app[INDEX]
        if by_index:
            index.start()
            assert await index.at_least(1, LONG)
        outcome = await alarmed(
            client, server.url(name), place, number * 2, rate=RATE, before=BEFORE, after=AFTER
        )
    await _execute(server, f"DROP DATABASE {name} WITH (FORCE)")
    return outcome


async def _execute(server: EmbeddedPostgres, statement: str) -> None:
    root = await open_pool(server.url(), None, 1)
    async with root:
        await root.execute(statement)


def _line(outcomes: list[Outcome], edges: int, by_index: bool) -> dict[str, Any]:
    took = [outcome.milliseconds for outcome in outcomes]
    return {
        "name": "positive_to_held",
        "by": "index" if by_index else "database",
        "n": len(outcomes),
        "p50_ms": round(statistics.median(took), 1),
        "max_ms": round(max(took), 1),
        "affected": min(outcome.affected for outcome in outcomes),
        "holds": max(outcome.holds for outcome in outcomes),
        "added_under_the_head_row": sum(outcome.added for outcome in outcomes),
        "escaped": sum(outcome.escaped for outcome in outcomes),
        "passed": sum(outcome.passed for outcome in outcomes),
        "unmarked": sum(outcome.unmarked for outcome in outcomes),
        "movements_before": sum(outcome.before for outcome in outcomes),
        "movements_after": sum(outcome.after for outcome in outcomes),
        "refused_after": sum(outcome.refused for outcome in outcomes),
        "settings": {"edges": edges, "movers": 2, "movements_per_second": 2 * RATE, "fsync": True},
    }

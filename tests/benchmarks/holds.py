"""A hold on a lot of 50,000 units while 50 movements a second go on in two processes: does anything escape?

Each run is on a fresh copy of the same ledger. ``escaped`` counts units made of the lot that the hold is not
on, whichever side of it they were moved on; ``passed`` intents that went through after it; ``unmarked`` facts
after it that bear no breach. All three must be 0.
"""

from __future__ import annotations

import statistics
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from service.storage import EmbeddedPostgres, open_pool, prepare
from tests.integration.incidents.race import Outcome, ground, race
from tests.retold import retold

UNITS, RUNS, RATE = 50_000, 20, 25
BEFORE, AFTER = 1.5, 1.5
"""Seconds of movements on either side of the hold."""
_TOLD = "holds_told"


async def run() -> AsyncIterator[dict[str, Any]]:
    """One line."""
    place = ground(UNITS)
    outcomes: list[Outcome] = []
    scratch = tempfile.TemporaryDirectory(prefix="coldledger-bench-")
    with scratch as folder, EmbeddedPostgres(Path(folder, "d")) as server:
        await _execute(server, f"CREATE DATABASE {_TOLD}")
        await prepare(server.url(_TOLD))
        async with retold(server.url(_TOLD), place.history):
            pass
        for number in range(RUNS):
            name = f"holds_{number}"
            await _execute(server, f"CREATE DATABASE {name} TEMPLATE {_TOLD}")
            outcomes.append(
                await race(server.url(name), place, number * 2, rate=RATE, before=BEFORE, after=AFTER)
            )
            await _execute(server, f"DROP DATABASE {name} WITH (FORCE)")
    yield _line(outcomes)


async def _execute(server: EmbeddedPostgres, statement: str) -> None:
    root = await open_pool(server.url(), None, 1)
    async with root:
        await root.execute(statement)


def _line(outcomes: list[Outcome]) -> dict[str, Any]:
    placed = [outcome.placed_ms for outcome in outcomes]
    return {
        "name": "hold_under_movement",
        "n": len(outcomes),
        "escaped": sum(outcome.escaped for outcome in outcomes),
        "passed": sum(outcome.passed for outcome in outcomes),
        "unmarked": sum(outcome.unmarked for outcome in outcomes),
        "place_p50_ms": round(statistics.median(placed), 1),
        "place_max_ms": round(max(placed), 1),
        "units": min(outcome.units for outcome in outcomes),
        "movements_before": sum(outcome.before for outcome in outcomes),
        "movements_after": sum(outcome.after for outcome in outcomes),
        "refused_after": sum(outcome.refused for outcome in outcomes),
        "settings": {"units": UNITS, "processes": 2, "movements_per_second": 2 * RATE, "fsync": True},
    }

"""kill -9 under load: nothing acknowledged is lost, and an outside verifier takes the ledger each time.

Ten kills, seeded; ``python -m tests.faults.kills --times 200`` makes as many as one likes.
"""

from __future__ import annotations

from pathlib import Path

from tests.conformance.verifiers import sumdb
from tests.faults.kills import run

TIMES, SEED = 10, 3
"""Of this seed every victim is one of the ten."""


async def test_ten_random_kills_lose_nothing(tmp_path: Path) -> None:
    sumdb()
    told = await run(tmp_path, TIMES, SEED)
    assert told.kills.total() == TIMES
    assert told.acknowledged < told.entries
    assert "nobody: it is starting" not in told.kills

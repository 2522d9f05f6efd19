"""An alarm is raised by HTTP while goods move in two processes: every affected unit is held, none escapes."""

from __future__ import annotations

from pathlib import Path

import pytest

from service.ledger import audit
from service.registry import make_registry
from service.storage import open_pool
from tests.integration.incidents.alarm import alarmed, served
from tests.integration.incidents.race import ground
from tests.retold import retold


@pytest.mark.parametrize("seed", [1])
async def test_nothing_escapes_an_alarm(database: str, tmp_path: Path, seed: int) -> None:
    place = ground(600, beside=600)
    async with retold(database, place.history):
        pass
    async with served(database, tmp_path) as client:
        outcome = await alarmed(client, database, place, seed, before=0.6, after=0.6)
    assert (outcome.escaped, outcome.passed, outcome.unmarked) == (0, 0, 0), outcome
    assert outcome.affected > place.units + 600, outcome
    assert outcome.holds > 2, "a whole lot, and units of the other one in several holds"
    assert outcome.before > 5, outcome
    assert outcome.after > 5, outcome
    assert outcome.refused > 0, "some wanted to ship what was held"
    pool = await open_pool(database, "coldledger_reader", 1)
    async with pool, pool.acquire() as conn:
        assert (await audit.verify(conn, make_registry(), None, rules=True)).findings == []
        assert (await audit.check_rows(conn, make_registry())).findings == []

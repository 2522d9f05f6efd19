"""A hold is placed on a lot whose goods move on in two processes at once: nothing escapes it."""

from __future__ import annotations

import pytest

from service.ledger import audit
from service.registry import make_registry
from service.storage import open_pool
from tests.integration.incidents.race import ground, race
from tests.retold import retold


@pytest.mark.parametrize("seed", [1, 2])
async def test_nothing_escapes_a_hold(database: str, seed: int) -> None:
    place = ground(600)
    async with retold(database, place.history):
        pass
    outcome = await race(database, place, seed * 10, before=0.6, after=0.6)
    assert (outcome.escaped, outcome.passed, outcome.unmarked) == (0, 0, 0), outcome
    assert outcome.before > 5, outcome
    assert outcome.after > 5, outcome
    assert outcome.units > place.units
    assert outcome.refused > 0, "some wanted to ship what was held"
    pool = await open_pool(database, "coldledger_reader", 1)
    async with pool, pool.acquire() as conn:
        assert (await audit.verify(conn, make_registry(), None, rules=True)).findings == []
        assert (await audit.check_rows(conn, make_registry())).findings == []

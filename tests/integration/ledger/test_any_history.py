"""Several processes say anything to one ledger, each of what it saw a while ago: every law holds anyway.

``COLDLEDGER_SEEDS=20`` runs so many histories, each longer, for whoever looks for what is rare.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from asyncio.subprocess import PIPE
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from service.ledger import Ledger, Statement, audit, store
from service.ledger.committer import utc_now
from service.ledger.statement import instant
from service.ledger.world import Projection
from tests.anything.beginning import begin
from tests.history import History
from tests.laws import Books
from tests.retold import ledger_on, retold

ROOT = Path(__file__).resolve().parents[3]
PROCESSES = 3
LONG = int(os.environ.get("COLDLEDGER_SEEDS", "0"))
SEEDS = range(1000, 1000 + LONG * 10, 10) if LONG else [1]
STATEMENTS = 500 if LONG else 160
LEAST_ADMITTED = 0.3
"""Of all that is said: a ledger that refuses everything keeps every law."""


@pytest.mark.parametrize("seed", SEEDS)
async def test_the_laws_hold_whoever_speaks_at_once(database: str, seed: int) -> None:
    history = History()
    begin(history)
    async with retold(database, history):
        pass
    told = await _speak(database, seed)
    admitted, refused = Counter[str](), Counter[str]()
    for each in told:
        admitted.update(each["admitted"])
        refused.update(each["refused"])
    shown = f"admitted {admitted}\nrefused by {refused}"
    assert not [code for code in refused if code.startswith("ledger.")], shown
    assert admitted.total() >= LEAST_ADMITTED * PROCESSES * STATEMENTS, shown
    async with ledger_on(database) as ledger:
        await _sound(ledger, history.position + admitted.total())


async def _speak(database: str, seed: int) -> list[dict[str, Any]]:
    """All processes at once; what each of them counted."""
    command = [sys.executable, "-m", "tests.integration.ledger.sayer", database]
    began = instant(utc_now())
    started = [
        await asyncio.create_subprocess_exec(
            *command, str(seed + number), str(STATEMENTS), began, stdin=PIPE, stdout=PIPE, cwd=ROOT
        )
        for number in range(PROCESSES)
    ]
    for process in started:
        assert process.stdout is not None
        assert await process.stdout.readline() == b"ready\n"
    told = await asyncio.gather(*(process.communicate(b"go\n") for process in started))
    return [json.loads(out) for out, _ in told]


async def _sound(ledger: Ledger, size: int) -> None:
    """The laws hold of the tables; positions have no gap; chain, tree, rules and rows are right."""
    async with ledger.pool.acquire() as conn:
        async with conn.transaction(isolation="repeatable_read", readonly=True):
            records = [record async for record in store.records(conn)]
            rows = {p: [row async for row in store.rows(conn, p)] for p in ledger.registry.kept}
        assert [record.position for record in records] == list(range(size))
        said = ((record.position, Statement.decode(record.statement)) for record in records)

        def table(projection: Projection[Any]) -> list[Any]:
            return rows[projection]

        Books(table, said).check()
        assert (await audit.verify(conn, ledger.registry, None, rules=True)).findings == []
        assert (await audit.check_rows(conn, ledger.registry)).findings == []

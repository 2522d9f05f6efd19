"""A history told again to a real ledger: the same statements at the same positions, so all ids are the same.

::

    async with retold(database, town.history) as ledger:
        await ledger.append(Proposal(SPLIT, {...}, actor))
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from functools import partial

from service.ledger import Idempotency, Ledger, Proposal
from service.ledger.appender import Appender
from service.ledger.committer import Clock, utc_now
from service.ledger.note import generate_key
from service.ledger.statement import parse_instant
from service.registry import make_registry
from service.storage import open_pool
from tests.history import History

SIGNER = generate_key("test.invalid/ledger")


@asynccontextmanager
async def ledger_on(database: str, clock: Clock = utc_now) -> AsyncIterator[Ledger]:
    """One process's hold on the ledger in ``database``."""
    pool = await open_pool(database, "coldledger_writer", 4)
    async with pool:
        ledger = Ledger(pool, make_registry(), SIGNER, partial(Appender, clock=clock))
        try:
            yield ledger
        finally:
            await ledger.close()


@asynccontextmanager
async def retold(database: str, history: History) -> AsyncIterator[Ledger]:
    """A ledger in ``database`` that begins with what ``history`` says, when it says it; then it is now."""
    telling: list[datetime] = []
    async with ledger_on(database, lambda: telling[0] if telling else utc_now()) as ledger:
        for position, statement in enumerate(history.statements):
            telling[:] = [parse_instant(statement.at)]
            kind = ledger.registry.kinds[statement.kind]
            submission = statement.idempotency or Idempotency(f"{position:064}", f"{position:064}")
            said = await ledger.append(
                Proposal(kind, statement.actor, statement.data, submission, signature=statement.signature)
            )
            assert (said.position, said.statement.outcome) == (position, statement.outcome)
        telling.clear()
        yield ledger

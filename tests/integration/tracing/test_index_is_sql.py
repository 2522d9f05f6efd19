"""Random histories, told to a real ledger: what the trace index says is what SQL says, at every position on
the way.

Also between corrections and exclusions, when it was made from the tables in between, and after a start from
the snapshot that an index wrote which is no more.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

import orjson
import pytest

from schema.problems import Refusal
from service.http.readers import Reader, ReaderKind
from service.ledger import Idempotency, Ledger, Proposal
from service.ledger.statement import parse_instant
from service.parties.visibility import sight
from service.storage import open_database, query
from service.storage.database import Database
from service.tracing import answers, indexed
from service.tracing.index.following import TraceIndex
from service.tracing.walk import Direction, Start, trace_snapshot, walk
from tests.anything.beginning import begin
from tests.anything.saying import propose
from tests.anything.seen import Seen
from tests.history import History
from tests.retold import ledger_on

LONG = int(os.environ.get("COLDLEDGER_SEEDS", "0"))
SEEDS = range(11, 11 + LONG) if LONG else [11, 12]
STATEMENTS, LOOKS = 160, 4
READERS = (Reader(ReaderKind.AUDITOR, 93), Reader(ReaderKind.REGULATOR, 91, "42"))


class Told:
    """A random history that is told to a real ledger as it goes on."""

    def __init__(self, seed: int) -> None:
        self.history = History()
        begin(self.history)
        self._chance = Random(seed)
        self._told = 0

    def go_on(self, statements: int) -> None:
        """Say so many more things that are admitted."""
        history, until = self.history, self.history.position + statements
        while history.position < until:
            history.now(history.at + timedelta(minutes=self._chance.randint(1, 90)))
            saying = propose(Seen(history.rows, history.statements, history.at, self._chance))
            try:
                history.say(saying.kind, saying.data, saying.actor)
            except Refusal:
                continue

    @asynccontextmanager
    async def ledger(self, database: str) -> AsyncIterator[Ledger]:
        """Where it is told, at the times at which it was said."""
        async with ledger_on(
            database, lambda: parse_instant(self.history.statements[self._told].at)
        ) as ledger:
            yield ledger

    async def tell(self, ledger: Ledger) -> None:
        """Tell what was not told yet."""
        for said in self.history.statements[self._told :]:
            key = f"{self._told:064}"
            await ledger.append(
                Proposal(ledger.registry.kinds[said.kind], said.actor, said.data, Idempotency(key, key))
            )
            self._told += 1


@asynccontextmanager
async def following(database: Database, folder: Path) -> AsyncIterator[TraceIndex]:
    index = TraceIndex(database, folder)
    index.start()
    try:
        assert await index.at_least(1, 20)
        yield index
    finally:
        await index.close()


async def starts(conn: Any) -> list[Start]:
    rows = await conn.fetch(
        "SELECT id AS lot, NULL AS unit FROM goods.lot UNION ALL SELECT lot, id FROM goods.unit"
    )
    return [Start(row["lot"], row["unit"]) for row in rows]


async def compare(index: TraceIndex, database: Database, chance: Random, most: int = 25) -> int:
    """Ask both, for lots and units of all kinds; how many answers the index gave."""
    said = 0
    async with trace_snapshot(database.reader) as conn:
        position = await conn.fetchval(query("tracing/indexed.position"))
        assert await index.at_least(position, 5)
        beginnings = await starts(conn)
        for start in chance.sample(beginnings, min(most, len(beginnings))):
            for reader in READERS:
                for direction in Direction:
                    told = await indexed.summary(index, conn, reader, start, direction, position)
                    if told is not None:
                        expected = await by_sql(conn, reader, start, direction)
                        assert written(told) == written(expected), (start, direction, reader)
                        said += 1
                lot = start.lot if start.unit is None else None
                quick = await indexed.totals(index, conn, reader, indexed.Beginning(lot, start.unit))
                if quick is not None:
                    assert await seen(conn, reader, start), (start, reader)
                    assert quick.pop("position") == position
                    down = await walk(conn, reader, start, Direction.DOWNSTREAM)
                    slow = await answers.totals(conn, down)
                    assert written(quick) == written(slow), (start, reader)
    return said


async def seen(conn: Any, reader: Reader, start: Start) -> bool:
    """Whether the reader may begin a trace there."""
    name, id_ = ("lots", start.lot) if start.unit is None else ("units", start.unit)
    sees: bool = await conn.fetchval(query(f"goods/read_{name}.sees"), *sight(reader), id_)
    return sees


async def by_sql(conn: Any, reader: Reader, start: Start, direction: Direction) -> Any:
    found = await walk(conn, reader, start, direction)
    told = answers.upstream if direction is Direction.UPSTREAM else answers.downstream
    return await told(conn, reader, found)


def written(told: Any) -> list[str]:
    """An answer in JSON, as it is ordered, a line a value: so that a difference is seen."""
    return orjson.dumps(told, option=orjson.OPT_INDENT_2).decode().splitlines()


@pytest.mark.parametrize("seed", SEEDS)
async def test_the_index_says_what_sql_says(database: str, tmp_path: Path, seed: int) -> None:
    told, chance = Told(seed), Random(seed)
    async with open_database(database) as opened, told.ledger(database) as ledger:
        await told.tell(ledger)
        async with following(opened, tmp_path / "index") as index:
            for _ in range(LOOKS):
                told.go_on(STATEMENTS // LOOKS)
                await told.tell(ledger)
                assert await compare(index, opened, chance) > 20
        # Another one, made from the tables as they are now.
        async with following(opened, tmp_path / "other") as index:
            assert await compare(index, opened, chance) > 20

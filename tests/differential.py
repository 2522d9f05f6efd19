"""The trace index against SQL: ``python -m tests.differential [--seeds 1000] [--first 0]``.

Each seed is a yard (tests/anything/yards.py) that is written into a database with others. The index loads
them all as it loads a ledger. Of each yard it is asked a way up, a way down, and two questions of exposure
with any policy, in one hop and in more; SQL is asked the same, and of every answer not a unit, hop, tier or
second may differ. Yards are also told to the oracle of exposure (tests/exposed.py).
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import orjson

from schema.messages.exposure import ExposureView
from service.http.readers import Reader, ReaderKind
from service.ledger import store
from service.ledger.world import Dirty
from service.storage import Database, EmbeddedPostgres, open_database, open_pool, prepare, query
from service.tracing.exposure import counting, sql
from service.tracing.exposure.question import Answer, Hit, Question
from service.tracing.index.answering import follow, seeds_of
from service.tracing.index.exposure import answer, exposed
from service.tracing.index.grounds import Grounds
from service.tracing.index.loading import load
from service.tracing.index.reaching import reach
from service.tracing.walk import Direction, trace_snapshot
from tests import exposed as oracle
from tests.anything.asking import ask
from tests.anything.yards import ROOM, Yard

TOGETHER = 20
"""So many yards are in one database."""
_TEMPLATE = "differential"


@dataclass
class Compared:
    """What was asked, by kind; ``different`` are what the two did not answer alike."""

    asked: Counter[str] = field(default_factory=Counter)
    hits: Counter[tuple[int, int]] = field(default_factory=Counter)
    cleared: int = 0
    different: list[str] = field(default_factory=list)

    def exposure(self, seed: int, asked: Question, by_index: Answer, by_sql: Answer, told: Answer) -> None:
        """Take in three answers to one question."""
        self.asked[f"exposure, {asked.hops} hops"] += 1
        self.hits.update((hit.hop, hit.tier) for hit in by_sql.hits)
        self.cleared += bool(by_sql.cleared)
        if not by_index.digest == by_sql.digest == told.digest:
            known = {"index": by_index, "sql": by_sql, "oracle": told}
            only = {who: _beyond(answer, told) for who, answer in known.items()}
            missing = {who: _beyond(told, answer) for who, answer in known.items()}
            self.different.append(f"seed {seed}: beyond the oracle {only}, short of it {missing}: {asked}")

    def counted(self, by_columns: Mapping[str, Any], by_sql: Mapping[str, Any]) -> None:
        """Take in two counts of one answer."""
        self.asked["counts"] += 1
        if orjson.dumps(by_columns) != orjson.dumps(by_sql):
            self.different.append(f"counted: {by_columns} and not {by_sql}")

    def lineage(
        self, seed: int, direction: Direction, start: int, by_index: list[int], by_sql: list[int]
    ) -> None:
        """Take in two walks from one start."""
        self.asked[direction.value] += 1
        if by_index != by_sql:
            self.different.append(f"seed {seed}: {direction.value} from {start}: {by_index} and not {by_sql}")


def _beyond(found: Answer, told: Answer) -> list[Hit]:
    """What the one has and the other has not."""
    return sorted({*found.hits, *found.cleared} - {*told.hits, *told.cleared})


async def compare(database: Database, seeds: Sequence[int], compared: Compared) -> None:
    """Write a yard for each seed into an empty database, and ask."""
    chances = {seed: Random(seed) for seed in seeds}
    yards = {seed: Yard(chance, number) for number, (seed, chance) in enumerate(chances.items())}
    async with database.writer.acquire() as conn:
        for yard in yards.values():
            for projection, rows in yard.tables().items():
                await store.save(conn, Dirty(projection, rows))
    grounds = await _loaded(database, len(yards))
    for seed, yard in yards.items():
        await _lineage(database, grounds, seed, yard, chances[seed], compared)
        for hops in (1, chances[seed].choice([2, 2, 2, 0, 3, 5])):
            asked = ask(yard.rows, yard.moments, chances[seed], hops, yard.base)
            seeds_ = await seeds_of(database, grounds, asked)
            by_index = answer(asked, exposed(grounds, asked, seeds_))
            async with trace_snapshot(database.reader) as conn:
                by_sql = await sql.exposed(conn, asked)
            compared.exposure(seed, asked, by_index, by_sql, oracle.exposed(yard.rows, asked))
            await _counts(database, by_index, chances[seed], compared)


async def _counts(database: Database, told: Answer, chance: Random, compared: Compared) -> None:
    """The answer counted for an auditor, or for the authority of a region."""
    reader = chance.choice([_reader(ReaderKind.AUDITOR, ""), _reader(ReaderKind.REGULATOR, "3702")])
    async with trace_snapshot(database.as_of(told.position)) as conn:
        by_columns = await counting.by_columns(conn, reader, told)
        by_sql = await counting.by_database(conn, reader, told)
    compared.counted(ExposureView().dump(by_columns), ExposureView().dump(by_sql))


def _reader(kind: ReaderKind, region: str) -> Reader:
    return Reader(kind, region=region)


async def _loaded(database: Database, yards: int) -> Grounds:
    """The index as of after the last yard; yards have rows and no statements."""
    arrays, _ = await load(database.reader)
    arrays.position = yards * ROOM
    grounds = Grounds(arrays)
    await follow(database, grounds)
    return grounds


async def _lineage(
    database: Database, grounds: Grounds, seed: int, yard: Yard, chance: Random, compared: Compared
) -> None:
    """What any unit of the yard became, and what it was made of."""
    nodes = grounds.arrays.nodes
    for direction in Direction:
        start = chance.choice(yard.units).id
        down = direction is Direction.DOWNSTREAM
        found = reach(grounds.arrays, nodes.find(np.array([start])), down=down).nodes
        async with trace_snapshot(database.reader) as conn:
            told = await conn.fetchval(query(f"tracing/trace.{direction}"), [start], None)
        compared.lineage(seed, direction, start, sorted(nodes.ids[found].tolist()), sorted(told))


async def run(seeds: Sequence[int]) -> AsyncIterator[Compared]:
    """Ask all seeds; what was compared so far after every few of them."""
    compared = Compared()
    scratch = tempfile.TemporaryDirectory(prefix="coldledger-differential-")
    with scratch as folder, EmbeddedPostgres(Path(folder, "d")) as server:
        async with await open_pool(server.url(), None, 1) as root:
            await root.execute(f"CREATE DATABASE {_TEMPLATE}")
            await prepare(server.url(_TEMPLATE))
            for begin in range(0, len(seeds), TOGETHER):
                name = f"yards_{begin}"
                await root.execute(f"CREATE DATABASE {name} TEMPLATE {_TEMPLATE}")
                async with open_database(server.url(name)) as database:
                    await compare(database, seeds[begin : begin + TOGETHER], compared)
                await root.execute(f"DROP DATABASE {name} WITH (FORCE)")
                yield compared


async def main(arguments: Sequence[str]) -> int:
    """Compare, and say what was; 1 if anything differed."""
    parser = argparse.ArgumentParser(prog="python -m tests.differential", description=__doc__)
    parser.add_argument("--seeds", type=int, default=1000, help="how many")
    parser.add_argument("--first", type=int, default=0, help="the first of them")
    options = parser.parse_args(arguments)
    began, compared = time.monotonic(), Compared()
    async for compared in run(range(options.first, options.first + options.seeds)):
        print(f"{compared.asked.total()} questions", end="\r", file=sys.stderr)
    print(f"{options.seeds} seeds in {time.monotonic() - began:.0f} s: {dict(compared.asked)}")
    print(
        f"hits by hop and tier: {dict(sorted(compared.hits.items()))}; {compared.cleared} with cleared goods"
    )
    print("\n".join([*compared.different[:20], f"{len(compared.different)} differ"]))
    return 1 if compared.different else 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main(sys.argv[1:])))

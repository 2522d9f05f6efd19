"""What a pack is made of: everything that its reader may see of a case, as of a position.

Rules kept: a pack is for who sees the whole case – its authority, authorities whose region covers it,
auditors – and of goods it holds what they may see of a trace; every statement that a table rests on is there
by its receipt, with its text where the reader may read it; values about persons are in none of it.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import asyncpg

from schema.clock import CHINA
from service.evidence.tables import HITS, TABLES, Asked, Row
from service.goods.reading import may_read
from service.http.readers import Reader, ReaderKind
from service.incidents.cases.questions import asked_again
from service.ledger import Statement
from service.ledger.store import Connection, Record, record
from service.parties.visibility import not_found, sight
from service.storage import Database, query
from service.tracing.exposure.answering import Answers
from service.tracing.walk import trace_snapshot

_PACK = "evidence/pack"


@dataclass(frozen=True, slots=True)
class Gathered:
    """A case as of ``position``: its row, the tables by name, and the positions of the statements used.

    ``nodes`` are the units and transformations of the goods, ``lots`` those that the units are of.
    """

    case: Row
    position: int
    tables: dict[str, list[Row]]
    positions: Sequence[int]
    nodes: Sequence[int]
    lots: Sequence[int]

    @property
    def number(self) -> str:
        """The authority's own number of the case."""
        return str(self.case["number"])

    def with_table(self, name: str, rows: list[Row]) -> Gathered:
        """The same with another table in the place of that name."""
        return replace(self, tables={**self.tables, name: rows})


async def demand_case(pool: asyncpg.Pool[asyncpg.Record], reader: Reader, case: int) -> None:
    """Raises Problem ``request.not-found`` unless ``reader`` sees the whole case."""
    if not await pool.fetchval(query(f"{_PACK}.sees"), *sight(reader), case):
        raise not_found()


async def gather(database: Database, reader: Reader, case: int, position: int) -> Gathered:
    """All but the exposed goods, which ``with_hits`` adds.

    Raises Problem ``request.not-found``, also where the case was not opened before ``position``.
    """
    await demand_case(database.reader, reader, case)
    async with trace_snapshot(database.as_of(position)) as conn:
        row = await conn.fetchrow(query(f"{_PACK}.case"), case)
        if row is None:
            raise not_found()
        nodes = await _nodes(conn, reader, case)
        lots = await conn.fetchval(query(f"{_PACK}.lots_of"), nodes)
        asked = {Asked.CASE: case, Asked.UNITS: nodes, Asked.LOTS: lots}
        tables = {each.name: await _rows(conn, each.name, asked[each.asked]) for each in TABLES}
        positions = await conn.fetchval(query(f"{_PACK}.positions"), case, nodes, lots, position)
    return Gathered(dict(row), position, tables, positions, nodes, lots)


async def with_hits(database: Database, answers: Answers, reader: Reader, found: Gathered) -> Gathered:
    """With every unit that an answer on record reached and that the reader sees, as it was then known.

    An answer is asked for again at its position; ``found_again`` says whether it has the digest on record.
    """
    case, rows = found.case["id"], list[Row]()
    async with database.as_of(found.position).acquire() as conn:
        recorded_answers = await conn.fetch(query(f"{_PACK}.recorded_answers"), case)
    for known in recorded_answers:
        rows += [row async for row in _reached(database, answers, reader, dict(known))]
    positions = sorted({*found.positions, *(row["unit"] // 1000 for row in rows)})
    return replace(found.with_table(HITS, rows), positions=positions)


async def _reached(
    database: Database, answers: Answers, reader: Reader, known: dict[str, Any]
) -> AsyncIterator[Row]:
    async with database.reader.acquire() as conn:
        asked = await asked_again(conn, known)
    answer = (await answers.to(asked)).answer
    hits = [(hit, False) for hit in answer.hits] + [(hit, True) for hit in answer.cleared]
    async with trace_snapshot(database.as_of(known["asked_at"])) as conn:
        units = sorted({hit.unit for hit, _ in hits})
        if reader.kind is ReaderKind.REGULATOR:
            units = await conn.fetchval(query("tracing/trace.seen_part"), *sight(reader), units)
        told = {row["unit"]: dict(row) for row in await conn.fetch(query(f"{_PACK}.reached"), units)}
    same = answer.digest == known["digest"]
    for hit, cleared in hits:
        if hit.unit in told:
            since = datetime.fromtimestamp(hit.since, CHINA).isoformat()
            place = {"exposure": known["id"], "tier": int(hit.tier), "hop": hit.hop, "since": since}
            yield {**place, **told[hit.unit], "cleared": cleared, "found_again": same}


async def _nodes(conn: Connection, reader: Reader, case: int) -> list[int]:
    """The goods of the case, what they were made of and what was made of them, as far as the reader sees."""
    start = await conn.fetchval(query(f"{_PACK}.start"), case)
    reached: set[int] = set()
    for way in ("upstream", "downstream"):
        reached.update(await conn.fetchval(query(f"tracing/trace.{way}"), start, None))
    nodes = sorted(reached)
    if reader.kind is ReaderKind.REGULATOR:
        nodes = await conn.fetchval(query("tracing/trace.seen_part"), *sight(reader), nodes)
    return sorted(nodes)


async def _rows(conn: Connection, table: str, argument: Any) -> list[Row]:
    return [dict(row) for row in await conn.fetch(query(f"{_PACK}.{table}"), argument)]


async def open_positions(conn: Connection, found: Gathered) -> frozenset[int]:
    """Positions whose statement is about a lot that the reader sees, in one question for all of them."""
    return frozenset(
        await conn.fetchval(query(f"{_PACK}.open_positions"), list(found.positions), list(found.lots))
    )


async def recorded(
    conn: Connection, reader: Reader, position: int, opened: frozenset[int]
) -> tuple[Record, bool]:
    """What was recorded at a position, and whether the reader may read its statement."""
    found = await record(conn, position)
    if found is None:
        raise not_found()
    told = position in opened or await may_read(conn, reader, Statement.decode(found.statement), position)
    return found, told

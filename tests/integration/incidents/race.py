"""A hold on a lot of many units while its goods move on in two processes; and a count of what escaped.

Used by a test (small) and by a measurement (50,000 units, twenty times). What escaped is found by a walk of
its own over the rows: neither the rules nor their SQL have a part in it.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from asyncio.subprocess import PIPE, Process
from collections import Counter, defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg

from service.goods import arrivals
from service.goods.movements import SELL, SPLIT
from service.incidents.holds import PLACE_HOLD
from service.ledger import Acknowledgement, Actor, Ledger, Proposal, Statement
from tests.history import History
from tests.quay import OUT, Quay
from tests.retold import ledger_on
from tests.settlement import Party

GRAMS = 1000
PARTS = 400
SOLD = "2020-08-16"
MOVING = 100
"""Units that each process moves goods of."""
PIECES = 100
"""Pieces of each of those, so that there is always one more."""
ROOT = Path(__file__).resolve().parents[3]


@dataclass(frozen=True, slots=True)
class Ground:
    """A lot of many units in one store, who may hold it, and the units that move. ``beside`` is another lot
    that lies in the same zone."""

    history: History
    lot: int
    plant: int
    shop: int
    keeper: Party
    regulator: Party
    moving: tuple[tuple[int, ...], ...]
    units: int
    beside: int = 0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a race.

    ``escaped`` are units made of the lot that the hold is not on, or others that it is on; ``passed`` intents
    that were admitted after it, and ``unmarked`` facts after it that take goods away and bear no breach.
    """

    placed_ms: float
    before: int
    after: int
    escaped: int
    passed: int
    unmarked: int
    units: int
    refused: int


def ground(units: int, beside: int = 0) -> Ground:
    """A released lot, split until it is in ``units`` units, and another one in so many units, of which one
    was sold before anything happened."""
    quay = Quay(History())
    station = quay.town.party("first_station", "processor", region="370200", name="示例首站加工")
    quay.station, quay.place = station, quay.town.facility(station, "first_station")
    regulator = quay.town.party("regulator", region="370200")
    _announce(quay)
    goods = quay.lot(units + 2 * MOVING * PIECES, (units + 2 * MOVING * PIECES) * GRAMS)
    quay.papers(goods)
    whole = quay.release(goods)
    movers = tuple(_split(quay, whole, MOVING, PIECES) for _ in range(2))
    made = 2 * MOVING + 2
    while made < units:
        made += len(_split(quay, whole, min(PARTS, units - made), 1))
    other = _beside(quay, beside) if beside else 0
    return Ground(quay.history, goods.lot, quay.place, quay.counter, station, regulator, movers, made, other)


def _beside(quay: Quay, units: int) -> int:
    """Another lot in the same zone, in so many units."""
    goods = quay.lot(units + PIECES, (units + PIECES) * GRAMS)
    quay.papers(goods)
    whole = quay.release(goods)
    sold = {"unit": whole, "pieces": 1, "grams": GRAMS, "happened_at": SOLD}
    quay.history.say(SELL, sold, quay.station.staff)
    made = 0
    while made < units:
        made += len(_split(quay, whole, min(PARTS, units - made), 1))
    return goods.lot


def _announce(quay: Quay) -> None:
    announced = {
        "facility": quay.place,
        "source": "within_province",
        "importer": quay.station.uscc,
        "port": "青岛港",
        "entry_on": "2020-08-07",
        "expected_at": "2020-08-07",
    }
    quay.arrival = quay.history.say(arrivals.ANNOUNCE, announced, quay.station.staff).outcome["arrival"]


def _split(quay: Quay, unit: int, parts: int, pieces: int) -> tuple[int, ...]:
    part = {"pieces": pieces, "grams": pieces * GRAMS}
    data = {"unit": unit, "parts": [part] * parts, "happened_at": OUT}
    return tuple(quay.history.say(SPLIT, data, quay.station.staff).outcome["units"])


async def race(
    url: str, place: Ground, seed: int, *, rate: float = 25, before: float, after: float
) -> Outcome:
    """Move, hold, move on, stop, count. ``rate`` is movements a second in each of two processes."""
    async with ledger_on(url) as ledger:
        answers: Counter[str] = Counter()
        async with moving(url, place, seed, rate, answers):
            await asyncio.sleep(before)
            begun = time.perf_counter()
            held = await _hold(ledger, place)
            placed = (time.perf_counter() - begun) * 1000
            await asyncio.sleep(after)
        return await _counted(ledger.pool, place, held, placed, answers["unit.held"])


@asynccontextmanager
async def moving(
    url: str, place: Ground, seed: int, rate: float, answers: Counter[str]
) -> AsyncIterator[None]:
    """Two processes move goods meanwhile; ``answers`` are what they were answered, by code."""
    movers = [await _mover(url, place, seed + no, units, rate) for no, units in enumerate(place.moving)]
    for mover in movers:
        assert mover.stdout is not None and mover.stdin is not None
        assert (await mover.stdout.readline()).strip() == b"ready"
    for mover in movers:
        assert mover.stdin is not None
        mover.stdin.write(b"go\n")
    yield
    for mover in movers:
        answers.update(json.loads((await mover.communicate(b""))[0]))
    assert set(answers) <= {"admitted", "unit.held"}, answers


async def _mover(url: str, place: Ground, seed: int, units: tuple[int, ...], rate: float) -> Process:
    actor = place.keeper.staff
    told = (actor.organisation, actor.user, place.plant, place.shop, seed, rate)
    named = [f"{unit}:{PIECES}" for unit in units]
    command = [sys.executable, "-m", "tests.integration.incidents.mover", url, *map(str, told), *named]
    return await asyncio.create_subprocess_exec(*command, stdin=PIPE, stdout=PIPE, cwd=ROOT)


async def _hold(ledger: Ledger, place: Ground) -> Acknowledgement:
    question = {"lots": [place.lot]}
    asked_at = len(place.history.statements)
    data: dict[str, Any] = {
        "question": question,
        "asked_at": asked_at,
        "digest": "0" * 64,
        "reason": "positive",
    }
    manager: Actor = place.regulator.manager
    return await ledger.append(Proposal(PLACE_HOLD, manager, data))


async def _counted(
    pool: asyncpg.Pool[asyncpg.Record], place: Ground, held: Acknowledgement, placed: float, refused: int
) -> Outcome:
    hold = held.statement.outcome["hold"]
    async with pool.acquire() as conn:
        units = await conn.fetch("SELECT id, lot, holds FROM goods.unit")
        edges = await conn.fetch("SELECT parent, child FROM goods.edge")
        whole = {
            row["lot"]: row["holds"] for row in await conn.fetch("SELECT lot, holds FROM incidents.held_lot")
        }
        entries = await conn.fetch(
            "SELECT position, statement FROM ledger.entry WHERE position >= $1 ORDER BY position",
            len(place.history.statements),
        )
    made = made_of([row["id"] for row in units if row["lot"] == place.lot], edges)
    covered = {row["id"] for row in units if hold in row["holds"] or hold in whole.get(row["lot"], ())}
    known = {row["id"] for row in units}
    said = [(row["position"], Statement.decode(row["statement"])) for row in entries]
    later = [statement for position, statement in said if position > held.position]
    return Outcome(
        placed_ms=placed,
        before=sum(position < held.position for position, _ in said),
        after=len(later),
        escaped=len((made & known) - covered) + len(covered - made),
        passed=sum(statement.kind == "goods-shipped" for statement in later),
        unmarked=sum(takes(statement) and not is_marked(statement) for statement in later),
        units=len(made & known),
        refused=refused,
    )


def made_of(start: list[int], edges: list[asyncpg.Record]) -> set[int]:
    """Every node that edges lead to."""
    children: dict[int, list[int]] = defaultdict(list)
    for edge in edges:
        children[edge["parent"]].append(edge["child"])
    found, waiting = set(start), list(start)
    while waiting:
        for child in children[waiting.pop()]:
            if child not in found:
                found.add(child)
                waiting.append(child)
    return found


def takes(statement: Statement) -> bool:
    """Whether it is a fact that takes goods out of the store."""
    return statement.kind in ("goods-processed", "goods-sold")


def is_marked(statement: Statement) -> bool:
    return any(breach["rule"] == "unit.held" for breach in statement.breach)

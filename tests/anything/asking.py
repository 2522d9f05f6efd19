"""Anything that an authority might ask about exposure: any seeds, windows and policies."""

from __future__ import annotations

from random import Random
from typing import Any

from schema.moments import first_second, last_second
from service.goods.state import ARRIVAL, LOT, UNIT
from service.goods.whereabouts import STAY
from service.ledger import Statement
from service.parties import FACILITY, VEHICLE
from service.tracing.exposure.question import Question, Tier
from tests.anything.seen import Rows

DAY = 86_400


def ask(rows: Rows, statements: list[Statement], chance: Random, hops: int) -> Question:
    """A question of what is known now or, at times, of what was known at an earlier position."""
    position = len(statements)
    if chance.random() < 0.25:
        position = chance.randint(position // 2, position)
    now = last_second(statements[position - 1].at)
    begin = chance.choice([first_second(statements[0].at) - DAY, now - chance.randint(0, 20 * DAY)])
    end = now if chance.random() < 0.7 else chance.randint(min(begin, now), now)
    known_before = position if chance.random() < 0.6 else chance.randint(position // 2, position)
    return Question(
        begin, end, position, now, known_before, **_seeds(rows, chance), **_policy(chance), hops=hops
    )


def _seeds(rows: Rows, chance: Random) -> dict[str, Any]:
    roll = chance.random()
    if roll < 0.5:
        return {"units": _some([unit.id for unit in rows(UNIT)], 3, chance)}
    if roll < 0.7:
        return {"lots": _some([lot.id for lot in rows(LOT)], 2, chance)}
    if roll < 0.75:
        return {"arrivals": _some([arrival.id for arrival in rows(ARRIVAL)], 2, chance)}
    if roll < 0.85:
        return {"vehicle": chance.choice([vehicle.id for vehicle in rows(VEHICLE)])}
    zones = [(stay.facility, stay.zone or 0) for stay in rows(STAY) if stay.facility is not None]
    places = [(facility.id, zone["no"]) for facility in rows(FACILITY) for zone in facility.zones]
    return {"zone": chance.choice([*zones, *places])}


def _some(ids: list[int], most: int, chance: Random) -> tuple[int, ...]:
    return tuple(sorted(chance.sample(ids, min(len(ids), chance.randint(1, most)))))


def _policy(chance: Random) -> dict[str, Any]:
    kinds = ["quarantine", "independent", "imported", "domestic"]
    return {
        "tiers": frozenset(chance.sample([*Tier], chance.randint(2, 6))),
        "min_overlap_minutes": chance.choice([0, 0, 1, 30, 600]),
        "zone_kinds": None if chance.random() < 0.7 else frozenset(chance.sample(kinds, 2)),
        "linger_minutes": chance.choice([0, 0, 30, 2880]),
        "opened_only": chance.random() < 0.2,
        "handling_hours": chance.choice([0, 2, 48]),
        "production_days": chance.choice([0, 3]),
    }

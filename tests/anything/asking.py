"""Anything that an authority might ask about exposure: any seeds, windows and policies."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import Any

from service.goods.state import ARRIVAL, LOT, SHIPMENT, UNIT
from service.goods.whereabouts import STAY
from service.parties import FACILITY
from service.tracing.exposure.question import Question, Tier
from tests.anything.seen import Rows

DAY = 86_400


def ask(rows: Rows, moments: Sequence[int], chance: Random, hops: int, base: int = 0) -> Question:
    """A question of what is known now or, at times, of what was known at an earlier position.

    ``moments`` are the seconds by which the statements from the position ``base`` on were recorded.
    """
    last = len(moments)
    known = last if chance.random() < 0.75 else chance.randint(last // 2, last)
    opened = known if chance.random() < 0.6 else chance.randint(known // 2, known)
    now = moments[known - 1]
    begin = chance.choice([moments[0] - DAY, chance.choice(moments[:known])])
    end = now if chance.random() < 0.7 else chance.randint(min(begin, now), now)
    window = (begin, end, base + known, now, base + opened)
    return Question(*window, **_seeds(rows, chance), **_policy(chance), hops=hops)


def _seeds(rows: Rows, chance: Random) -> dict[str, Any]:
    roll = chance.random()
    if roll < 0.5:
        return {"units": _some([unit.id for unit in rows(UNIT)], 3, chance)}
    if roll < 0.7:
        return {"lots": _some([lot.id for lot in rows(LOT)], 2, chance)}
    if roll < 0.75:
        return {"arrivals": _some([arrival.id for arrival in rows(ARRIVAL)], 2, chance)}
    vehicles = sorted({trip.vehicle for trip in rows(SHIPMENT) if trip.vehicle is not None})
    if roll < 0.85 and vehicles:
        return {"vehicle": chance.choice(vehicles)}
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

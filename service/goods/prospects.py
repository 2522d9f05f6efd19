"""What the gate would say now: the same judgement as at release, asked beforehand and for nobody's record."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from schema.clock import CHINA
from schema.moments import parse
from schema.problems import Refusal
from service.goods.demands import Demands
from service.goods.fitness import Application
from service.goods.gate import wants
from service.goods.state import ARRIVAL, CERTIFICATE, LOT, UNIT, Lot, Unit, UnitState
from service.ledger import World
from service.ledger.store import Connection, load
from service.parties import FACILITY, POLICY, policy_for, policy_streams

_PROJECTIONS = {p.row: p for p in (LOT, UNIT, ARRIVAL, CERTIFICATE, FACILITY, POLICY)}


@dataclass(frozen=True, slots=True)
class Prospect:
    """A quarantined unit, and all that its release as a whole still wants."""

    unit: int
    pieces: int | None
    grams: int
    wants: list[Refusal]


async def prospects(conn: Connection, lot: int, units: list[int]) -> list[Prospect]:
    """For each of ``units`` of ``lot`` that is in quarantine with something on hand, what the gate wants."""
    world = World(_PROJECTIONS)
    await load(conn, world, [(LOT, lot), *((UNIT, unit) for unit in units)])
    known = world.peek(LOT, lot)
    if known is None or known.arrival is None:
        return []
    waiting = [unit for key in units if (unit := world.peek(UNIT, key)) and _waits(unit)]
    places = {unit.facility for unit in waiting if unit.facility is not None}
    papers = [(CERTIFICATE, key) for key in known.certificates]
    await load(conn, world, [(ARRIVAL, known.arrival), *papers, *((FACILITY, place) for place in places)])
    regions = {facility.region for place in places if (facility := world.peek(FACILITY, place))}
    await load(conn, world, [stream for region in regions for stream in policy_streams(region)])
    now = datetime.now(CHINA).isoformat(timespec="minutes")
    return [_prospect(world, known, unit, now) for unit in waiting]


def _waits(unit: Unit) -> bool:
    return unit.state == UnitState.QUARANTINED and unit.grams > 0 and unit.facility is not None


def _prospect(world: World, lot: Lot, unit: Unit, now: str) -> Prospect:
    assert lot.arrival is not None and unit.facility is not None  # noqa: S101  (asked before)
    facility = world.row(FACILITY, unit.facility)
    try:
        policy = policy_for(world, facility.region, datetime.now(CHINA), lot.regime)
    except Refusal as missing:
        return Prospect(unit.id, unit.pieces, unit.grams, [missing])
    case = Application(
        lot=lot,
        unit=unit,
        arrival=world.row(ARRIVAL, lot.arrival),
        facility=facility,
        papers=[world.row(CERTIFICATE, key) for key in lot.certificates],
        demands=Demands.of(policy),
        pieces=unit.pieces or 0,
        grams=unit.grams,
        moment=parse(now),
    )
    return Prospect(unit.id, unit.pieces, unit.grams, wants(case))

"""Where every unit was, from when to when, and who and what handled it. Exposure is traced over it.

Rules kept here: a unit stays in a zone of a place, or on a trip, from the first second in which it may have
come to the last in which it may have left (moments are widened outwards). A stay that ended is a row of its
own, written once; the present one stands on the unit. What a correction takes back stays on record as it was
said, until an authority excludes it: a stay does not count where the statement that placed the unit, or the
one that ended the stay, was corrected and that correction was excluded. So each correction of either writes
the stay as it is now, under its own position.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from schema.moments import first_second, last_second
from service.goods.corrections.said import CORRECTED, said_at
from service.goods.state import SHIPMENT, UNIT, Packaging, Unit, UnitState
from service.ledger import Data, Projection, Statement, World
from service.ledger.kinds import IDS_PER_POSITION

THERE = frozenset({UnitState.QUARANTINED, UnitState.RELEASED, UnitState.IN_TRANSIT})
"""States of goods that are somewhere; what was sold, surrendered or withdrawn is in no place of ours."""
_WHEN = ("happened_at", "departed_at", "received_at", "opened_at")


@dataclass(frozen=True, slots=True)
class Stay:
    """A stay of a unit that ended: in a zone of a facility (None where the place has none), or on a trip.

    Seconds are UTC since 1970; it lasted from ``since`` to ``until``, both widened outwards. ``placed`` is
    the position of the statement that put the unit there, ``version`` that of the one that ended it.
    """

    id: int
    unit: int
    lot: int
    facility: int | None
    zone: int | None
    shipment: int | None
    vehicle: int | None
    sealed: bool
    since: int
    until: int
    placed: int
    version: int


@dataclass(frozen=True, slots=True)
class Handling:
    """Units that were handled together: at a bay, with equipment, by members of the staff (``crew``)."""

    id: int
    organisation: int
    facility: int | None
    bay: str | None
    equipment: str | None
    crew: list[int]
    units: list[int]
    since: int
    until: int
    version: int


STAY = Projection(Stay, name="stay", queries="goods/stay", log=True)
HANDLING = Projection(Handling, name="handling", queries="goods/handling", log=True)
PROJECTIONS: list[Projection[Any]] = [STAY, HANDLING]


def follow(
    statement: Statement, position: int, world: World, rows: Sequence[Any]
) -> Iterator[Unit | Stay | Handling]:
    """What a statement says of where units are: the units with their stays, and the stays that it ended."""
    units = {row.id: row for row in rows if isinstance(row, Unit)}
    if statement.kind == CORRECTED:
        units = _left_alone(statement, world) | units
    if not units:
        return
    told = _Told.of(statement, position)
    place = 0
    for unit in units.values():
        before = world.peek(UNIT, unit.id)
        now, ended = _stays(before, unit, told)
        if now != unit:
            yield replace(now, version=position)
        for stay in ended:
            yield _stay(stay, position * IDS_PER_POSITION + place, position, world)
            place += 1
    yield from _handling(statement, told, units.values())


def _left_alone(correction: Statement, world: World) -> dict[int, Unit]:
    """The units that a corrected statement touched: where only its time changes, their rows do not."""
    said = said_at(correction.data["position"], world)
    if said is None:
        return {}
    flows = [*said.outcome.get("flows", ()), *(correction.outcome["said"] or {}).get("flows", ())]
    ids = {end for flow in flows for end in flow[:2] if isinstance(end, int)}
    known = (world.peek(UNIT, id_) for id_ in sorted({*ids, said.last.get("unit", 0)}))
    return {unit.id: unit for unit in known if unit is not None}


@dataclass(frozen=True, slots=True)
class _Told:
    """When what a statement says happened. Of a correction: when its replacement did, and ``corrects``, the
    position that it takes back, of what was first said at ``root``. ``by_now`` is when it was recorded."""

    position: int
    earliest: int
    latest: int
    by_now: int
    corrects: int | None
    root: int
    data: Data | None

    @classmethod
    def of(cls, statement: Statement, position: int) -> _Told:
        data: Data | None = statement.data
        corrects, root = None, position
        if statement.kind == CORRECTED:
            corrects, data = statement.data["position"], statement.data["replacement"]
            root = statement.outcome["root"]
        when = next((data[name] for name in _WHEN if name in data), None) if data else None
        when = when or statement.at
        by_now = last_second(statement.at)
        return cls(position, first_second(when), last_second(when), by_now, corrects, root, data)


def _is_there(unit: Unit) -> bool:
    return unit.state in THERE and bool(unit.grams or unit.pieces)


def _place(unit: Unit) -> tuple[int | None, int | None, int | None]:
    return unit.facility, unit.zone, unit.shipment if unit.state == UnitState.IN_TRANSIT else None


def _stays(before: Unit | None, unit: Unit, told: _Told) -> tuple[Unit, list[Unit]]:
    """The unit with its present stay, and the unit as it was in each stay that is to be written down."""
    if before is None or not before.placed:
        return _made(unit, told), []
    unit = replace(unit, since=before.since, placed=before.placed, until=before.until, vacated=before.vacated)
    if told.corrects is not None and before.placed == told.corrects:
        return _placed_anew(before, unit, told)
    if _is_there(unit):
        if _is_there(before) and _place(before) != _place(unit):
            return replace(unit, since=told.earliest, placed=told.position), [_gone(before, told)]
        return replace(unit, until=None, vacated=None), []
    if _is_there(before) or (told.corrects is not None and before.vacated == told.corrects):
        gone = _gone(unit, told)
        return gone, [gone]
    return unit, []


def _made(unit: Unit, told: _Told) -> Unit:
    """A new unit. What is sold from the start, say, never stays anywhere as such."""
    made = replace(unit, since=first_second(unit.made_at), placed=told.position, until=None, vacated=None)
    if _is_there(made):
        return made
    return replace(made, until=last_second(made.made_at), vacated=told.position)


def _placed_anew(before: Unit, unit: Unit, told: _Told) -> tuple[Unit, list[Unit]]:
    """The statement that put the unit there is said otherwise, or taken back: its stay as it is known
    now, and as it was known until now."""
    ended = [replace(before, until=told.by_now, vacated=told.position)] if _is_there(before) else []
    moved = unit.id // IDS_PER_POSITION != told.root and told.data is not None
    now = _made(unit, told)
    if moved:
        now = replace(now, since=told.earliest)
    if _is_there(now) or unit.state == UnitState.WITHDRAWN or before.vacated == before.placed:
        return now, ended
    left = told.latest if before.until is None or before.vacated == told.corrects else before.until
    gone = replace(now, until=max(left, now.since))
    return gone, [*ended, gone]


def _gone(unit: Unit, told: _Told) -> Unit:
    """The unit that has left. What was withdrawn was there until that was recorded, for all that is known."""
    until = told.by_now if unit.state == UnitState.WITHDRAWN else told.latest
    return replace(unit, until=max(until, unit.since), vacated=told.position)


def _stay(unit: Unit, id_: int, position: int, world: World) -> Stay:
    """The row of a stay that ended."""
    shipment = unit.shipment if unit.facility is None else None
    trip = None if shipment is None else world.peek(SHIPMENT, shipment)
    assert unit.until is not None  # noqa: S101  (only stays that ended are written)
    return Stay(
        id=id_,
        unit=unit.id,
        lot=unit.lot,
        facility=unit.facility,
        zone=unit.zone,
        shipment=shipment,
        vehicle=None if trip is None else trip.vehicle,
        sealed=unit.packaging == Packaging.SEALED,
        since=unit.since,
        until=unit.until,
        placed=unit.placed,
        version=position,
    )


def _handling(statement: Statement, told: _Told, units: Any) -> Iterator[Handling]:
    """Who and what handled the units, where the statement says so."""
    handling = (told.data or {}).get("handling")
    if not handling:
        return
    touched = sorted(units, key=lambda unit: unit.id)
    places = [unit.facility for unit in touched if unit.facility is not None]
    yield Handling(
        id=told.position,
        organisation=statement.actor.organisation,
        facility=(told.data or {}).get("facility", places[0] if places else None),
        bay=handling.get("bay"),
        equipment=handling.get("equipment"),
        crew=sorted(handling.get("crew", ())),
        units=[unit.id for unit in touched],
        since=told.earliest,
        until=told.latest,
        version=told.position,
    )

"""What every movement asks of its goods and places.

Rules kept here: one moves what is in one's own hands, where it is, and only in the states that the movement
is for; a place is one's own and in service; each zone keeps one kind of goods. A unit that a statement names
several times is counted every time.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from schema.problems import Refusal
from service.goods.state import UNIT, Unit, UnitState
from service.ledger import Context, Stream, World
from service.parties import FACILITY, Facility, ZoneKind, policy_streams

_OUT_OF_REACH = {
    UnitState.QUARANTINED: "unit.quarantined",
    UnitState.IN_TRANSIT: "unit.in-transit",
    UnitState.SOLD: "unit.sold",
}

ZONES_FOR = {
    UnitState.QUARANTINED: (ZoneKind.QUARANTINE, ZoneKind.INDEPENDENT),
    UnitState.RELEASED: (ZoneKind.IMPORTED,),
}
"""Imported goods are kept apart: before release in quarantine, afterwards in the zones for imported goods."""

RELEASED = (UnitState.RELEASED,)
IN_STORE = (UnitState.QUARANTINED, UnitState.RELEASED)


def unit_in_hand(
    unit_id: int, ctx: Context, world: World, states: Collection[UnitState], field: str = "/unit"
) -> Unit:
    """A unit in the actor's custody and in one of ``states``. Raises Refusal ``unit.…``."""
    unit = world.get(UNIT, unit_id)
    if unit is None or unit.custodian != ctx.actor.organisation:
        raise Refusal("unit.not-found", field=field, unit=unit_id)
    state = UnitState(unit.state)
    if state not in states:
        raise Refusal(
            _OUT_OF_REACH[state], field=field, unit=unit.id, shipment=unit.shipment, made=unit.made_at
        )
    return unit


def known_unit(unit_id: int, world: World) -> Unit:
    """A unit that another row vouches for. Raises LookupError where the ledger contradicts itself."""
    unit = world.get(UNIT, unit_id)
    if unit is None:
        raise LookupError(f"unit {unit_id} is named and does not exist")
    return unit


def unit_at(unit: Unit, facility: Facility, field: str = "/unit") -> None:
    """Raises Refusal ``unit.elsewhere`` where the unit is at another place."""
    if unit.facility != facility.id:
        raise Refusal("unit.elsewhere", field=field, unit=unit.id, facility=unit.facility, asked=facility.id)


def known_facility(facility_id: int, world: World) -> Facility:
    """A facility that another row vouches for. Raises LookupError where the ledger contradicts itself."""
    facility = world.get(FACILITY, facility_id)
    if facility is None:
        raise LookupError(f"facility {facility_id} is named and does not exist")
    return facility


def facility_of(unit: Unit, world: World) -> Facility:
    """Where a unit in store is: a facility of its custodian."""
    if unit.facility is None:
        raise LookupError(f"unit {unit.id} is in store and at no facility")
    return known_facility(unit.facility, world)


def own_facility(facility_id: int, ctx: Context, world: World, field: str = "/facility") -> Facility:
    """A facility of the actor's organisation, in service. Raises Refusal ``facility.…``."""
    facility = world.get(FACILITY, facility_id)
    if facility is None or facility.organisation != ctx.actor.organisation:
        raise Refusal("facility.not-found", field=field, facility=facility_id)
    for closed in out_of_service(facility, field):
        raise closed
    return facility


def out_of_service(facility: Facility, field: str = "/facility") -> Iterator[Refusal]:
    """The rule that one breaks who works in a closed facility."""
    if not facility.active:
        yield Refusal("facility.inactive", field=field, facility=facility.id)


def zone_of(facility: Facility, number: int, field: str = "/zone") -> Mapping[str, Any]:
    """A zone by its number. Raises Refusal ``zone.not-found``."""
    for zone in facility.zones:
        if zone["no"] == number:
            return zone
    raise Refusal("zone.not-found", field=field, facility=facility.id, zone=number)


def zone_unfit(
    zone: Mapping[str, Any], facility: Facility, state: UnitState, field: str = "/zone"
) -> Iterator[Refusal]:
    """The rule that goods of ``state`` break in ``zone``, where they break one."""
    if zone["kind"] not in ZONES_FOR[state]:
        yield Refusal(
            "zone.kind-unfit",
            field=field,
            facility=facility.id,
            zone=zone["no"],
            kind=zone["kind"],
            state=state.value,
            allowed=", ".join(ZONES_FOR[state]),
        )


def unit_streams(units: Iterable[int], world: World) -> Iterator[Stream]:
    """The streams of units, of the places that they are at and of the policies there."""
    for unit_id in units:
        yield UNIT, unit_id
        unit = world.peek(UNIT, unit_id)
        if unit is not None:
            yield from policy_streams(unit.region)
            if unit.facility is not None:
                yield FACILITY, unit.facility


def facility_streams(facility_id: int, world: World) -> Iterator[Stream]:
    """The streams of a facility and of the policies there."""
    yield FACILITY, facility_id
    facility = world.peek(FACILITY, facility_id)
    if facility is not None:
        yield from policy_streams(facility.region)

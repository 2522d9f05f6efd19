"""What every movement asks of its goods and places.

Rules kept here: one moves what is in one's own hands, where it is; goods leave a place only when they were
released and nothing holds them; a place is one's own and in service; each zone keeps one kind of goods. An
intent is refused by these rules; a fact is recorded and marked with those that it broke. What cannot have
happened at all – a unit that is not there, on the road, or sold already – is refused in both cases.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from schema import moments
from schema.moments import Moment
from schema.problems import Refusal
from service.goods.state import LOT, UNIT, Lot, Unit, UnitState
from service.incidents.restraint import held, hold_streams, holds_in_force
from service.ledger import Context, Stream, World
from service.parties import (
    FACILITY,
    ORGANISATION,
    Facility,
    Role,
    ZoneKind,
    policy_after_release,
    policy_streams,
)
from service.parties.filing.zones import zone_closed
from service.parties.state import Keeper

_NOT_IN_STORE = {
    UnitState.IN_TRANSIT: "unit.in-transit",
    UnitState.SOLD: "unit.sold",
    UnitState.SURRENDERED: "unit.surrendered",
    UnitState.WITHDRAWN: "unit.withdrawn",
}

ZONES_FOR = {
    UnitState.QUARANTINED: (ZoneKind.QUARANTINE, ZoneKind.INDEPENDENT),
    UnitState.RELEASED: (ZoneKind.IMPORTED,),
}
"""Imported goods are kept apart: before release in quarantine, afterwards in the zones for imported goods."""


def unit_in_hand(unit_id: int, ctx: Context, world: World, field: str = "/unit") -> Unit:
    """A unit in store in the actor's custody. Raises Refusal ``unit.…``."""
    unit = world.get(UNIT, unit_id)
    if unit is None or unit.custodian != ctx.actor.organisation:
        raise Refusal("unit.not-found", field=field, unit=unit_id)
    return _in_store(unit, field)


def unit_in_charge(unit_id: int, ctx: Context, world: World, field: str = "/unit") -> Unit:
    """A unit in store that the actor owns or keeps. Raises Refusal ``unit.…``."""
    unit = world.get(UNIT, unit_id)
    if unit is None or ctx.actor.organisation not in (unit.owner, unit.custodian):
        raise Refusal("unit.not-found", field=field, unit=unit_id)
    return _in_store(unit, field)


def _in_store(unit: Unit, field: str) -> Unit:
    code = _NOT_IN_STORE.get(UnitState(unit.state))
    if code is not None:
        raise Refusal(code, field=field, unit=unit.id, shipment=unit.shipment, made=unit.made_at)
    return unit


def not_free(unit: Unit, world: World, field: str = "/unit") -> Iterator[Refusal]:
    """The rules that one breaks who lets the unit out of quarantine, or moves it while it is held."""
    if unit.state == UnitState.QUARANTINED:
        yield Refusal("unit.quarantined", field=field, unit=unit.id)
    yield from held(holds_on(unit, world), unit.id, field)


def holds_on(unit: Unit, world: World) -> list[Any]:
    """The holds in force on a unit."""
    return holds_in_force(unit.holds, unit.lot, world)


def known_unit(unit_id: int, world: World) -> Unit:
    """A unit that another row vouches for. Raises LookupError where the ledger contradicts itself."""
    unit = world.get(UNIT, unit_id)
    if unit is None:
        raise LookupError(f"unit {unit_id} is named and does not exist")
    return unit


def known_lot(lot_id: int, world: World) -> Lot:
    """A lot that a unit vouches for. Raises LookupError where the ledger contradicts itself."""
    lot = world.get(LOT, lot_id)
    if lot is None:
        raise LookupError(f"lot {lot_id} has units and does not exist")
    return lot


def past_best_before(lot: Lot, unit: Unit, moment: Moment, field: str = "/unit") -> Iterator[Refusal]:
    """The rule that one breaks who sells, or offers, what has run out. Goods without papers say nothing."""
    if lot.best_before is not None and moments.parse(lot.best_before).certainly_before(moment):
        yield Refusal("unit.past-best-before", field=field, unit=unit.id, best_before=lot.best_before)


def authority(organisation: int, world: World, field: str = "/authority") -> None:
    """Raises Refusal ``authority.not-found`` where the organisation is no regulator."""
    found = world.get(ORGANISATION, organisation)
    if found is None or Role.REGULATOR not in found.roles:
        raise Refusal("authority.not-found", field=field, organisation=organisation)


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
    """A facility of the actor's organisation, in service or not. Raises Refusal ``facility.not-found``."""
    facility = world.get(FACILITY, facility_id)
    if facility is None or facility.organisation != ctx.actor.organisation:
        raise Refusal("facility.not-found", field=field, facility=facility_id)
    return facility


def shut_in(facility: Facility, field: str = "/facility") -> Iterator[Refusal]:
    """The rule that one breaks who takes goods out of a place that an authority stopped. One that its owner
    stopped, or that is closed for good, is to be emptied."""
    if Keeper.AUTHORITY in facility.suspended and not facility.closed:
        yield Refusal("facility.inactive", field=field, facility=facility.id)


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


def zones_for(
    unit: Unit, facility: Facility, ctx: Context, world: World, *, restrained: bool = False
) -> tuple[str, ...]:
    """The kinds of zone in which the unit may lie, by the policy of its goods' regime there. Held goods may
    be moved into quarantine or be sealed where they are."""
    lot = known_lot(unit.lot, world)
    policy = policy_after_release(world, facility.region, ctx.recorded, lot.regime)
    before: list[str] = policy.document["zones_before_release"]
    after: list[str] = policy.document["zones_after_release"]
    if unit.state == UnitState.QUARANTINED:
        return tuple(before)
    return tuple(dict.fromkeys([*after, *before])) if restrained else tuple(after)


def zone_unfit(
    zone: Mapping[str, Any],
    facility: Facility,
    state: UnitState,
    field: str = "/zone",
    *,
    allowed: Collection[str] | None = None,
) -> Iterator[Refusal]:
    """The rules that goods of ``state`` break in ``zone``; ``allowed`` is what their regime says."""
    yield from zone_closed(zone, facility, field)
    allowed = ZONES_FOR[state] if allowed is None else allowed
    if zone["kind"] not in allowed:
        yield Refusal(
            "zone.kind-unfit",
            field=field,
            facility=facility.id,
            zone=zone["no"],
            kind=zone["kind"],
            state=state.value,
            allowed=", ".join(allowed),
        )


def lot_streams(units: Iterable[int], world: World) -> Iterator[Stream]:
    """The streams of the lots of units, as far as they can be told."""
    for unit_id in units:
        unit = world.peek(UNIT, unit_id)
        if unit is not None:
            yield LOT, unit.lot


def unit_streams(units: Iterable[int], world: World) -> Iterator[Stream]:
    """The streams of units, of the holds on them, of the places where they are and of the policies there."""
    for unit_id in units:
        yield UNIT, unit_id
        unit = world.peek(UNIT, unit_id)
        if unit is not None:
            yield from hold_streams(unit.holds, unit.lot, world)
            yield from policy_streams(unit.region)
            if unit.facility is not None:
                yield FACILITY, unit.facility


def facility_streams(facility_id: int, world: World) -> Iterator[Stream]:
    """The streams of a facility and of the policies there."""
    yield FACILITY, facility_id
    facility = world.peek(FACILITY, facility_id)
    if facility is not None:
        yield from policy_streams(facility.region)

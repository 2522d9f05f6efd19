"""Goods leave a place for another one, with their waybill. An intent: the gate may refuse it.

Rules kept here: only released goods leave; held goods, and goods in a place that an authority stopped,
leave for quarantine or disposal only, while a place that its owner stopped or closed is to be emptied;
goods go to a filed place in service, and to a first station first when they come from another province –
but for what goes back, and for held goods – unless the policy at their destination accepts the exit
certificates of others. On the road they
stay in the consignor's hands and account, one unit in transit for each item. Nobody who must not work hands
them over. Whether goods that go back came from there is not asked: rows do not tell it, traces do. With the
goods the ownership goes to the consignee, but not to a third-party store, which keeps what others own, and
not for quarantine or disposal.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from schema.problems import Refusal
from service.goods import timing
from service.goods.movements import flow, rules
from service.goods.movements.telling import demand_fit_crew, streams
from service.goods.state import UNIT, MovementKind, Purpose, Shipment, Unit, UnitState
from service.incidents.restraint import held
from service.ledger import Context, Data, Decision, Kind, Statement, Stream, World
from service.parties import (
    BEFORE_RELEASE,
    FACILITY,
    ORGANISATION,
    VEHICLE,
    Facility,
    FacilityKind,
    Policy,
    Role,
    policy_for,
)
from service.parties.filing.zones import open_zones

_FOR_HELD = (Purpose.QUARANTINE, Purpose.DISPOSAL)


def decide(data: Data, ctx: Context, world: World) -> Decision:
    """Judged under the policy of the destination; how far back it may be dated is the origin's.

    Where they go, and on what, is looked at last: who has nothing to send is not told what there is.
    """
    origin = rules.own_facility(data["facility"], ctx, world)
    purpose = Purpose(data.get("purpose", Purpose.TRADE))
    if purpose not in _FOR_HELD:
        for shut in rules.shut_in(origin):
            raise shut
    there = policy_for(world, origin.region, ctx.recorded)
    departed = timing.happened(data["departed_at"], ctx, there, "/departed_at", kind="goods-shipped")
    demand_fit_crew(data, ctx, departed, there, world)
    accounts, all_held = flow.Accounts(ctx), True
    units = [ctx.id(place) for place in range(1, len(data["items"]) + 1)]
    for place, (item, child) in enumerate(zip(data["items"], units, strict=True)):
        pointer = f"/items/{place}"
        unit = rules.unit_in_hand(item["unit"], ctx, world, f"{pointer}/unit")
        is_held = _may_leave(unit, purpose, world, f"{pointer}/unit")
        all_held = all_held and is_held
        rules.unit_at(unit, origin, f"{pointer}/unit")
        timing.after_made(departed, unit, "/departed_at")
        accounts.take(unit, item.get("pieces"), item["grams"], child, pointer)
    _vehicle(data.get("vehicle"), ctx, world)
    destination = _destination(data["destination"], origin, world)
    policy = policy_for(world, destination.region, ctx.recorded)
    if purpose is Purpose.TRADE or (purpose in _FOR_HELD and not all_held):
        _first_station_first(origin, destination, policy)
    _fit_for(purpose, destination)
    passes = _passes(purpose, destination)
    return Decision(
        {"shipment": ctx.id(), "units": units, "passes": passes, **accounts.outcome}, policy.version
    )


def _may_leave(unit: Unit, purpose: Purpose, world: World, field: str) -> bool:
    """Whether the unit leaves under a hold. Raises Refusal ``unit.quarantined`` or ``unit.held``."""
    if unit.state == UnitState.QUARANTINED:
        raise Refusal("unit.quarantined", field=field, unit=unit.id)
    holds = rules.holds_on(unit, world)
    if purpose not in _FOR_HELD:
        for broken in held(holds, unit.id, field):
            raise broken
    return bool(holds)


def _passes(purpose: Purpose, destination: Facility) -> bool:
    """Whether who receives the goods owns them then."""
    return purpose not in _FOR_HELD and destination.kind != FacilityKind.THIRD_PARTY_STORE


def _destination(facility_id: int, origin: Facility, world: World) -> Facility:
    """Any filed place in service, of whatever organisation, but not the origin itself."""
    found = world.get(FACILITY, facility_id)
    if found is None:
        raise Refusal("shipment.destination-not-found", field="/destination", facility=facility_id)
    if found.id == origin.id:
        raise Refusal("shipment.destination-is-origin", field="/destination", facility=found.id)
    if found.filing is None:
        raise Refusal("shipment.destination-not-filed", field="/destination", facility=found.id)
    consignee = world.get(ORGANISATION, found.organisation)
    if not found.active or consignee is None or not consignee.active:
        raise Refusal("shipment.destination-closed", field="/destination", facility=found.id)
    return found


def _fit_for(purpose: Purpose, destination: Facility) -> None:
    kinds = {zone["kind"] for zone in open_zones(destination)}
    if purpose is Purpose.QUARANTINE and not BEFORE_RELEASE & kinds:
        raise Refusal("shipment.no-quarantine-there", field="/destination", facility=destination.id)


def _first_station_first(origin: Facility, destination: Facility, policy: Policy) -> None:
    same_province = origin.region[:2] == destination.region[:2]
    if same_province or destination.kind in policy.document["first_stations"]:
        return
    if not policy.document["accept_exit_certificates_of_other_provinces"]:
        raise Refusal(
            "gate.first-station-first",
            field="/destination",
            facility=destination.id,
            kind=destination.kind,
            region=destination.region,
            origin=origin.region,
        )


def _vehicle(vehicle_id: int | None, ctx: Context, world: World) -> None:
    """One's own vehicle or a carrier's, in service."""
    if vehicle_id is None:
        return
    vehicle = world.get(VEHICLE, vehicle_id)
    holder = None if vehicle is None else world.get(ORGANISATION, vehicle.organisation)
    if (
        vehicle is None
        or holder is None
        or not (vehicle.active and holder.active)
        or (holder.id != ctx.actor.organisation and Role.CARRIER not in holder.roles)
    ):
        raise Refusal("shipment.vehicle-not-found", field="/vehicle", vehicle=vehicle_id)


def project(statement: Statement, position: int, world: World) -> Iterator[Any]:
    """The shipment, its units in transit, and what stays behind."""
    data, outcome, at = statement.data, statement.outcome, statement.data["departed_at"]
    shipment = outcome["shipment"]
    purpose = Purpose(data.get("purpose", Purpose.TRADE))
    made: dict[int, Unit] = {}
    for item, child in zip(data["items"], outcome["units"], strict=True):
        part = flow.part(statement, world.row(UNIT, item["unit"]), item, id=child, at=at, position=position)
        made[child] = replace(
            part, state=UnitState.IN_TRANSIT.value, facility=None, zone=None, shipment=shipment
        )
    kind = MovementKind.RETURN if purpose is Purpose.RETURN else MovementKind.SHIP
    yield from flow.rows(statement, position, world, kind, at, made)
    yield Shipment(
        id=shipment,
        consignor=statement.actor.organisation,
        consignee=world.row(FACILITY, data["destination"]).organisation,
        origin=data["facility"],
        destination=data["destination"],
        units=outcome["units"],
        vehicle=data.get("vehicle"),
        waybill=data.get("waybill", {}),
        departed_at=at,
        received_at=None,
        purpose=purpose.value,
        passes=outcome["passes"],
        withdrawn=False,
        version=position,
    )
    lots = [unit.lot for unit in made.values()]
    yield from flow.events(statement, position, lots, data["facility"], at)


def reads(data: Data, world: World) -> Iterator[Stream]:
    """The goods, both places with their policies, the consignee, the vehicle and its holder, the crew."""
    yield from streams(data, (item["unit"] for item in data["items"]), world)
    yield from rules.facility_streams(data["facility"], world)
    yield from rules.facility_streams(data["destination"], world)
    destination = world.peek(FACILITY, data["destination"])
    if destination is not None:
        yield ORGANISATION, destination.organisation
    if "vehicle" in data:
        yield VEHICLE, data["vehicle"]
        vehicle = world.peek(VEHICLE, data["vehicle"])
        if vehicle is not None:
            yield ORGANISATION, vehicle.organisation


SHIP = Kind("goods-shipped", {3: decide}, project, reads, intent=True)

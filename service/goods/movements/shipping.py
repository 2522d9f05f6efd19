"""Goods leave a place for another one, with their waybill. An intent: the gate may refuse it.

Rules kept here: only released goods leave; they go to a filed place in service; goods from another province
go to a first station first, unless the policy at their destination accepts the exit certificates of others.
On the road they stay in the consignor's hands and account, one unit in transit for each item.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from schema.problems import Refusal
from service.goods import timing
from service.goods.accounts import drawn
from service.goods.movements import flow, rules
from service.goods.state import UNIT, MovementKind, Shipment, UnitState
from service.ledger import Context, Data, Decision, Kind, Statement, Stream, World
from service.parties import (
    FACILITY,
    FIRST_STATIONS,
    ORGANISATION,
    VEHICLE,
    Facility,
    Policy,
    Role,
    policy_for,
)


def decide(data: Data, ctx: Context, world: World) -> Decision:
    """Judged under the policy of the destination; how far back it may be dated is the origin's.

    Where they go, and on what, is looked at last: who has nothing to send is not told what there is.
    """
    origin = rules.own_facility(data["facility"], ctx, world)
    departed = timing.happened(
        data["departed_at"], ctx, policy_for(world, origin.region, ctx.recorded), "/departed_at"
    )
    accounts = flow.Accounts()
    for place, item in enumerate(data["items"]):
        pointer = f"/items/{place}"
        unit = rules.unit_in_hand(item["unit"], ctx, world, rules.RELEASED, f"{pointer}/unit")
        rules.unit_at(unit, origin, f"{pointer}/unit")
        timing.after_made(departed, unit, "/departed_at")
        accounts.take(unit, item.get("pieces"), item["grams"], pointer)
    _vehicle(data.get("vehicle"), ctx, world)
    destination = _destination(data["destination"], origin, world)
    policy = policy_for(world, destination.region, ctx.recorded)
    _first_station_first(origin, destination, policy)
    units = [ctx.id(place) for place in range(1, len(data["items"]) + 1)]
    return Decision({"shipment": ctx.id(), "units": units}, policy.version)


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


def _first_station_first(origin: Facility, destination: Facility, policy: Policy) -> None:
    same_province = origin.region[:2] == destination.region[:2]
    if same_province or destination.kind in FIRST_STATIONS:
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
    data, at = statement.data, statement.data["departed_at"]
    shipment, children = statement.outcome["shipment"], statement.outcome["units"]
    accounts = flow.Accounts()
    flows, lots = [], []
    for item, child in zip(data["items"], children, strict=True):
        unit = world.row(UNIT, item["unit"])
        pieces, grams = item.get("pieces"), item["grams"]
        accounts.take(unit, pieces, grams)
        flows.append((unit.id, child, unit.family, pieces, grams))
        lots.append(unit.lot)
        part = drawn(unit, id=child, pieces=pieces, grams=grams, made_at=at, version=position)
        yield replace(part, state=UnitState.IN_TRANSIT.value, facility=None, zone=None, shipment=shipment)
    yield from accounts.rows(position)
    yield from flow.edges(MovementKind.SHIP, at, position, flows)
    yield Shipment(
        id=shipment,
        consignor=statement.actor.organisation,
        consignee=world.row(FACILITY, data["destination"]).organisation,
        origin=data["facility"],
        destination=data["destination"],
        units=children,
        vehicle=data.get("vehicle"),
        waybill=data.get("waybill", {}),
        departed_at=at,
        received_at=None,
        version=position,
    )
    yield from flow.events(statement, position, lots, data["facility"], at)


def reads(data: Data, world: World) -> Iterator[Stream]:
    """The goods, both places with their policies, the consignee, the vehicle and its holder."""
    yield from rules.unit_streams((item["unit"] for item in data["items"]), world)
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


SHIP = Kind("goods-shipped", {1: decide}, project, reads)

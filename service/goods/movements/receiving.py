"""The consignee says what arrived. A fact: what breaks a rule on the way is recorded as a breach.

Rules kept here: each unit of the shipment is answered for once; no more arrives than was sent; what is
missing is declared lost in the unit in transit, with a reason. What arrived becomes the consignee's, in hand
and in ownership. A broken seal, a zone that is not for imported goods, and a place that was closed meanwhile
are recorded, in breach, and not refused.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from schema.problems import Refusal
from service.goods import timing
from service.goods.accounts import Amount, demand_counting, opened
from service.goods.movements import flow, rules
from service.goods.state import SHIPMENT, UNIT, MovementKind, Shipment, Unit, UnitState
from service.ledger import Context, Data, Decision, Kind, Statement, Stream, World
from service.parties import FACILITY, Facility, policy_for


def decide(data: Data, ctx: Context, world: World) -> Decision:
    """``units`` of the outcome stand in the order of the items, None for what did not arrive at all."""
    shipment = _shipment(data["shipment"], ctx, world)
    destination = rules.known_facility(shipment.destination, world)
    policy = policy_for(world, destination.region, ctx.recorded)
    arrived = timing.happened(data["happened_at"], ctx, policy)
    _each_once(data["items"], shipment)
    accounts = flow.Accounts()
    losses = []
    for place, item in enumerate(data["items"]):
        unit = rules.known_unit(item["unit"], world)
        timing.after_made(arrived, unit)
        loss = _settle(accounts, unit, item, f"/items/{place}")
        if loss.pieces or loss.grams:
            losses.append({"unit": unit.id, "pieces": loss.pieces, "grams": loss.grams})
    units = [ctx.id(place) if item["grams"] else None for place, item in enumerate(data["items"])]
    return Decision({"units": units, "losses": losses}, policy.version, [*_breaches(data, destination)])


def _shipment(shipment_id: int, ctx: Context, world: World) -> Shipment:
    shipment = world.get(SHIPMENT, shipment_id)
    if shipment is None or shipment.consignee != ctx.actor.organisation:
        raise Refusal("shipment.not-found", field="/shipment", shipment=shipment_id)
    if shipment.received_at is not None:
        raise Refusal(
            "shipment.already-received",
            field="/shipment",
            shipment=shipment.id,
            received=shipment.received_at,
        )
    return shipment


def _each_once(items: list[Data], shipment: Shipment) -> None:
    missing = set(shipment.units)
    for place, item in enumerate(items):
        unit, pointer = item["unit"], f"/items/{place}/unit"
        if unit not in shipment.units:
            raise Refusal("receipt.not-in-shipment", field=pointer, unit=unit, shipment=shipment.id)
        if unit not in missing:
            raise Refusal("receipt.unit-twice", field=pointer, unit=unit)
        missing.remove(unit)
    if missing:
        raise Refusal("receipt.unit-missing", field="/items", unit=min(missing), shipment=shipment.id)


def _settle(accounts: flow.Accounts, unit: Unit, item: Mapping[str, Any], pointer: str) -> Amount:
    """Close the account of a unit in transit: what did not arrive is lost, and that much is returned."""
    pieces, grams = item.get("pieces"), item["grams"]
    try:
        demand_counting(unit, pieces)
    except Refusal as refusal:
        raise refusal.at(pointer) from None
    loss = Amount(None if unit.pieces is None else unit.pieces - (pieces or 0), unit.grams - grams)
    if loss.grams < 0 or (loss.pieces or 0) < 0:
        raise Refusal(
            "receipt.more-than-shipped",
            field=pointer,
            unit=unit.id,
            pieces=pieces,
            grams=grams,
            shipped_pieces=unit.pieces,
            shipped_grams=unit.grams,
        )
    if (loss.grams or loss.pieces) and not item.get("reason"):
        raise Refusal(
            "receipt.reason-missing",
            field=f"{pointer}/reason",
            unit=unit.id,
            pieces=loss.pieces,
            grams=loss.grams,
        )
    # The loss first: afterwards the unit holds exactly what arrived, so that its last piece goes with its
    # last gram although it lost only weight.
    accounts.lose(unit, loss.pieces, loss.grams, pointer)
    if grams:
        accounts.take(unit, pieces, grams, pointer)
    return loss


def _breaches(data: Data, destination: Facility) -> Iterator[Refusal]:
    yield from rules.out_of_service(destination, "/shipment")
    if "zone" in data:
        zone = rules.zone_of(destination, data["zone"])
        yield from rules.zone_unfit(zone, destination, UnitState.RELEASED)
    if data.get("seals_intact") is False:
        yield Refusal("receipt.seal-broken", field="/seals_intact", shipment=data["shipment"])


def project(statement: Statement, position: int, world: World) -> Iterator[Any]:
    """The consignee's new units; the units in transit are closed with their losses."""
    data, at = statement.data, statement.data["happened_at"]
    shipment = world.row(SHIPMENT, data["shipment"])
    destination = world.row(FACILITY, shipment.destination)
    accounts = flow.Accounts()
    flows, lots = [], []
    for item, child in zip(data["items"], statement.outcome["units"], strict=True):
        unit = world.row(UNIT, item["unit"])
        lots.append(unit.lot)
        _settle(accounts, unit, item, "")
        if child is None:
            continue
        flows.append((unit.id, child, unit.family, item.get("pieces"), item["grams"]))
        yield opened(
            id=child,
            lot=unit.lot,
            family=unit.family,
            owner=shipment.consignee,
            custodian=shipment.consignee,
            facility=destination.id,
            zone=data.get("zone"),
            region=destination.region,
            state=UnitState.RELEASED,
            pieces=item.get("pieces"),
            grams=item["grams"],
            made_at=at,
            version=position,
        )
    yield from accounts.rows(position)
    yield from flow.edges(MovementKind.RECEIVE, at, position, flows)
    yield replace(shipment, received_at=at, version=position)
    yield from flow.events(statement, position, lots, destination.id, at)


def reads(data: Data, world: World) -> Iterator[Stream]:
    """The shipment, its units, its destination and the policy there."""
    yield SHIPMENT, data["shipment"]
    yield from ((UNIT, item["unit"]) for item in data["items"])
    shipment = world.peek(SHIPMENT, data["shipment"])
    if shipment is not None:
        yield from rules.facility_streams(shipment.destination, world)


RECEIVE = Kind("goods-received", {1: decide}, project, reads)

"""The consignee says what arrived. A fact: what breaks a rule on the way is recorded as a breach.

Rules kept here: each unit of the shipment is answered for once; what is missing is declared lost in the
unit in transit, with a reason; what is more than was sent comes out of a stock difference. What arrived is
in the consignee's hands, and its own where ownership goes with the goods. A broken seal, a zone that is not
for such goods, one that keeps the goods of another arrival, and a place that was closed meanwhile are
recorded, in breach, and hold what arrived.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from schema.problems import Refusal
from service.goods import timing
from service.goods.accounts import Amount, demand_counting, drawn
from service.goods.movements import flow, rules, zoning
from service.goods.movements.telling import Telling, streams, tell
from service.goods.state import SHIPMENT, UNIT, MovementKind, Shipment, Unit, UnitState
from service.ledger import Context, Data, Decision, Kind, Statement, Stream, World
from service.parties import FACILITY, Facility


def decide(data: Data, ctx: Context, world: World) -> Decision:
    """``units`` of the outcome stand in the order of the items, None for what did not arrive at all."""
    shipment = incoming(data["shipment"], ctx, world)
    destination = rules.known_facility(shipment.destination, world)
    telling = tell("goods-received", data, ctx, world, destination)
    units = {unit: rules.known_unit(unit, world) for unit in shipment.units}
    _each_once(data["items"], shipment, [unit.id for unit in units.values() if unit.grams])
    children = [ctx.id(place) if item["grams"] else None for place, item in enumerate(data["items"])]
    restrained = False
    for place, (item, child) in enumerate(zip(data["items"], children, strict=True)):
        unit = units[item["unit"]]
        timing.after_made(telling.moment, unit)
        _settle(telling.accounts, unit, item, child, f"/items/{place}")
        restrained = bool(rules.holds_on(unit, world)) or restrained
    allowed = [
        rules.zones_for(unit, destination, ctx, world, restrained=restrained) for unit in units.values()
    ]
    telling.broken += _breaches(data, destination, allowed)
    arrived = {units[item["unit"]].family for item in data["items"] if item["grams"]}
    outcome = {"units": children, **telling.accounts.outcome, **_entering(data, telling, arrived, world)}
    return telling.decided(outcome, [unit.lot for unit in units.values()], holding=True)


def incoming(shipment_id: int, ctx: Context, world: World) -> Shipment:
    """A shipment on the road to the actor. Raises Refusal ``shipment.…``."""
    shipment = world.get(SHIPMENT, shipment_id)
    if shipment is None or shipment.consignee != ctx.actor.organisation:
        raise Refusal("shipment.not-found", field="/shipment", shipment=shipment_id)
    if shipment.withdrawn:
        raise Refusal("shipment.withdrawn", field="/shipment", shipment=shipment_id)
    if shipment.received_at is not None:
        raise Refusal(
            "shipment.already-received",
            field="/shipment",
            shipment=shipment.id,
            received=shipment.received_at,
        )
    return shipment


def _each_once(items: list[Data], shipment: Shipment, aboard: list[int]) -> None:
    missing = set(aboard)
    for place, item in enumerate(items):
        unit, pointer = item["unit"], f"/items/{place}/unit"
        if unit not in aboard:
            raise Refusal("receipt.not-in-shipment", field=pointer, unit=unit, shipment=shipment.id)
        if unit not in missing:
            raise Refusal("receipt.unit-twice", field=pointer, unit=unit)
        missing.remove(unit)
    if missing:
        raise Refusal("receipt.unit-missing", field="/items", unit=min(missing), shipment=shipment.id)


def _settle(
    accounts: flow.Accounts, unit: Unit, item: Mapping[str, Any], child: int | None, pointer: str
) -> None:
    """Close the account of a unit in transit: what did not arrive is lost."""
    pieces, grams = item.get("pieces"), item["grams"]
    try:
        demand_counting(unit, pieces)
    except Refusal as refusal:
        raise refusal.at(pointer) from None
    loss = Amount(
        None if unit.pieces is None else max(unit.pieces - (pieces or 0), 0), max(unit.grams - grams, 0)
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
    whole = grams <= unit.grams and (pieces or 0) <= (unit.pieces or 0)
    if whole and (loss.grams or loss.pieces):
        accounts.lose(unit, loss.pieces, loss.grams, pointer)
    if child is not None:
        accounts.took(unit, pieces, grams, child, pointer)


def _breaches(data: Data, destination: Facility, allowed: Sequence[tuple[str, ...]]) -> Iterator[Refusal]:
    """``allowed`` are the kinds of zone for each of the units: all of them go into one."""
    yield from rules.out_of_service(destination, "/shipment")
    if "zone" in data:
        zone = rules.zone_of(destination, data["zone"])
        common = [kind for kind in allowed[0] if all(kind in kinds for kinds in allowed)]
        yield from rules.zone_unfit(zone, destination, UnitState.RELEASED, allowed=common)
    if data.get("seals_intact") is False:
        yield Refusal("receipt.seal-broken", field="/seals_intact", shipment=data["shipment"])


def _entering(data: Data, telling: Telling, families: Collection[int], world: World) -> Data:
    """What of the outcome tells who is in the zone then; goods that do not go together are a breach."""
    if "zone" not in data:
        return {}
    zone = rules.zone_of(telling.facility, data["zone"])
    telling.broken += zoning.mixed(zone, telling.facility, families, telling.policy, world)
    return zoning.occupies(zone, telling.facility, families, telling.policy, world)


def project(statement: Statement, position: int, world: World) -> Iterator[Any]:
    """The consignee's new units; the units in transit are closed with their losses."""
    data, at = statement.data, statement.data["happened_at"]
    shipment = world.row(SHIPMENT, data["shipment"])
    destination = world.row(FACILITY, shipment.destination)
    made: dict[int, Unit] = {}
    for item, child in zip(data["items"], statement.outcome["units"], strict=True):
        if child is not None:
            unit = world.row(UNIT, item["unit"])
            made[child] = _arrived(statement, item, unit, child, shipment, destination, position)
    yield from flow.rows(statement, position, world, MovementKind.RECEIVE, at, made)
    yield replace(shipment, received_at=at, version=position)
    yield from zoning.entered(statement, position)
    lots = [world.row(UNIT, unit).lot for unit in shipment.units]
    yield from flow.events(statement, position, lots, destination.id, at)


def _arrived(
    statement: Statement,
    item: Data,
    unit: Unit,
    child: int,
    shipment: Shipment,
    destination: Facility,
    position: int,
) -> Unit:
    part = drawn(
        unit,
        id=child,
        pieces=item.get("pieces"),
        grams=item["grams"],
        made_at=statement.data["happened_at"],
        version=position,
        holds=statement.outcome.get("holds", ()),
    )
    return replace(
        part,
        owner=shipment.consignee if shipment.passes else unit.owner,
        custodian=shipment.consignee,
        facility=destination.id,
        zone=statement.data.get("zone"),
        region=destination.region,
        state=UnitState.RELEASED.value,
        shipment=None,
    )


def reads(data: Data, world: World) -> Iterator[Stream]:
    """The shipment, its units, its destination and the policy there, and the crew."""
    yield SHIPMENT, data["shipment"]
    shipment = world.peek(SHIPMENT, data["shipment"])
    yield from streams(data, () if shipment is None else shipment.units, world)
    if shipment is not None:
        yield from rules.lot_streams(shipment.units, world)
        yield from rules.facility_streams(shipment.destination, world)
        if "zone" in data:
            yield from zoning.zone_streams(shipment.destination, data["zone"])


RECEIVE = Kind("goods-received", {3: decide}, project, reads)

"""The consignee turns goods away at the door: they go back on the vehicle that brought them.

Rules kept here: what is turned away is aboard a shipment to oneself that is still open; it goes back in a
return shipment to where it came from, in the consignor's hands and under the same owner, and the consignor
receives it there. The first shipment is received without it, or closed where nothing is left. What came back
is received, not turned away again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from schema.problems import Refusal
from service.goods import timing
from service.goods.movements import flow, rules
from service.goods.movements.receiving import incoming
from service.goods.movements.telling import streams, tell
from service.goods.state import SHIPMENT, UNIT, MovementKind, Purpose, Shipment, Unit
from service.ledger import Context, Data, Decision, Kind, Statement, Stream, World
from service.parties import FACILITY


def decide(data: Data, ctx: Context, world: World) -> Decision:
    """``shipment`` of the outcome is the return; ``closed`` says whether the first one is done with."""
    shipment = incoming(data["shipment"], ctx, world)
    destination = rules.known_facility(shipment.destination, world)
    if rules.known_facility(shipment.origin, world).organisation != shipment.consignor:
        raise Refusal("rejection.of-a-return", field="/shipment", shipment=shipment.id)
    telling = tell("goods-rejected", data, ctx, world, destination)
    units = {unit: rules.known_unit(unit, world) for unit in shipment.units}
    children = [ctx.id(place) for place in range(1, len(data["items"]) + 1)]
    for place, (item, child) in enumerate(zip(data["items"], children, strict=True)):
        unit = _aboard(item["unit"], units, shipment, f"/items/{place}/unit")
        timing.after_made(telling.moment, unit)
        telling.accounts.took(unit, item.get("pieces"), item["grams"], child, f"/items/{place}")
    left = [telling.accounts.now(unit).grams for unit in units.values()]
    outcome = {
        "shipment": ctx.id(),
        "units": children,
        "closed": not any(left),
        **telling.accounts.outcome,
    }
    return telling.decided(outcome, [unit.lot for unit in units.values()], holding=True)


def _aboard(unit_id: int, units: Mapping[int, Unit], shipment: Shipment, pointer: str) -> Unit:
    unit = units.get(unit_id)
    if unit is None:
        raise Refusal("receipt.not-in-shipment", field=pointer, unit=unit_id, shipment=shipment.id)
    return unit


def project(statement: Statement, position: int, world: World) -> Iterator[Any]:
    """The return with its units, and what of the first shipment is still to be received."""
    data, outcome, at = statement.data, statement.outcome, statement.data["happened_at"]
    shipment = world.row(SHIPMENT, data["shipment"])
    made: dict[int, Unit] = {}
    for item, child in zip(data["items"], outcome["units"], strict=True):
        part = flow.part(statement, world.row(UNIT, item["unit"]), item, id=child, at=at, position=position)
        made[child] = replace(part, shipment=outcome["shipment"])
    yield from flow.rows(statement, position, world, MovementKind.REJECT, at, made)
    yield _back(shipment, outcome["shipment"], outcome["units"], at, position)
    if outcome["closed"]:
        yield replace(shipment, received_at=at, version=position)
    lots = [unit.lot for unit in made.values()]
    yield from flow.events(statement, position, lots, shipment.destination, at)


def _back(shipment: Shipment, id: int, units: Iterable[int], at: str, position: int) -> Shipment:
    """The return of ``units``: from the door to where they came from, to who sent them."""
    return Shipment(
        id=id,
        consignor=shipment.consignor,
        consignee=shipment.consignor,
        origin=shipment.destination,
        destination=shipment.origin,
        units=[*units],
        vehicle=shipment.vehicle,
        waybill={},
        departed_at=at,
        received_at=None,
        purpose=Purpose.RETURN.value,
        passes=False,
        withdrawn=False,
        version=position,
    )


def reads(data: Data, world: World) -> Iterator[Stream]:
    """The shipment, its units, both places and the policy at the door, and the crew."""
    yield SHIPMENT, data["shipment"]
    shipment = world.peek(SHIPMENT, data["shipment"])
    yield from streams(data, () if shipment is None else shipment.units, world)
    if shipment is not None:
        yield from rules.facility_streams(shipment.destination, world)
        yield FACILITY, shipment.origin


REJECT = Kind("goods-rejected", {1: decide}, project, reads)

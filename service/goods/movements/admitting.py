"""A market's gate lets a shipment in. An intent: what lacks its papers stays outside.

Rules kept here: everything aboard was released, is not held and not past its date, and its lot carries every
paper that the policy of the place wants of such goods. The admission stands on the shipment and in the lots'
history; the goods are still to be received.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from schema.moments import Moment
from schema.problems import Refusal
from service.goods import timing
from service.goods.demands import Demands
from service.goods.movements import flow, rules
from service.goods.movements.receiving import incoming
from service.goods.movements.telling import demand_fit_crew, streams
from service.goods.state import CERTIFICATE, LOT, SHIPMENT, UNIT, Lot, Unit
from service.incidents.restraint import held
from service.ledger import Context, Data, Decision, Kind, Statement, Stream, World
from service.parties import Facility, FacilityKind, policy_for

GATES = (FacilityKind.MARKET,)


def decide(data: Data, ctx: Context, world: World) -> Decision:
    """Judged unit by unit; the first thing that is missing is named."""
    shipment = incoming(data["shipment"], ctx, world)
    market = rules.known_facility(shipment.destination, world)
    if market.kind not in GATES:
        raise Refusal("admission.not-a-market", field="/shipment", facility=market.id, kind=market.kind)
    for closed in rules.out_of_service(market, "/shipment"):
        raise closed
    if shipment.admitted_at is not None:
        raise Refusal(
            "admission.admitted-already",
            field="/shipment",
            shipment=shipment.id,
            admitted=shipment.admitted_at,
        )
    policy = policy_for(world, market.region, ctx.recorded)
    moment = timing.happened(data["happened_at"], ctx, policy, kind="goods-admitted")
    demand_fit_crew(data, ctx, moment, policy, world)
    for unit in (rules.known_unit(each, world) for each in shipment.units):
        timing.after_made(moment, unit)
        for broken in _unfit(unit, rules.known_lot(unit.lot, world), moment, market, ctx, world):
            raise broken
    return Decision({"facility": market.id}, policy.version)


def _unfit(
    unit: Unit, lot: Lot, moment: Moment, market: Facility, ctx: Context, world: World
) -> Iterator[Refusal]:
    """The rules by which a unit stays outside."""
    yield from held(rules.holds_on(unit, world), unit.id, "/shipment")
    yield from rules.past_best_before(lot, unit, moment, "/shipment")
    if not lot.released_grams:
        yield Refusal("admission.not-released", field="/shipment", unit=unit.id, lot=lot.code)
    demanded = Demands.of(policy_for(world, market.region, ctx.recorded, lot.regime)).required
    papers = (world.get(CERTIFICATE, key) for key in lot.certificates)
    there = {paper.kind for paper in papers if paper is not None}
    for kind in demanded:
        if kind not in there:
            yield Refusal(
                "admission.paper-missing", field="/shipment", unit=unit.id, lot=lot.code, paper=kind.value
            )


def project(statement: Statement, position: int, world: World) -> Iterator[Any]:
    """The shipment as admitted."""
    shipment = world.row(SHIPMENT, statement.data["shipment"])
    at = statement.data["happened_at"]
    yield replace(shipment, admitted_at=at, version=position)
    lots = [world.row(UNIT, unit).lot for unit in shipment.units]
    yield from flow.events(statement, position, lots, statement.outcome["facility"], at)


def reads(data: Data, world: World) -> Iterator[Stream]:
    """The shipment, what is aboard with its papers, the market with its policy, and the crew."""
    yield SHIPMENT, data["shipment"]
    shipment = world.peek(SHIPMENT, data["shipment"])
    units = () if shipment is None else shipment.units
    yield from streams(data, units, world)
    yield from rules.lot_streams(units, world)
    for unit in (world.peek(UNIT, each) for each in units):
        lot = None if unit is None else world.peek(LOT, unit.lot)
        yield from ((CERTIFICATE, key) for key in (() if lot is None else lot.certificates))
    if shipment is not None:
        yield from rules.facility_streams(shipment.destination, world)


ADMIT = Kind("goods-admitted", {1: decide}, project, reads, intent=True)

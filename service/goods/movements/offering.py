"""Goods are put on sale at a counter. An intent: what may not be sold is not offered.

Rules kept here: released goods, not held and not past their date, at a counter in service, in a zone that is
for them where the place has zones.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from schema.moments import Moment
from schema.problems import Refusal
from service.goods import timing
from service.goods.movements import flow, rules
from service.goods.movements.selling import not_a_counter
from service.goods.movements.telling import demand_fit_crew, streams
from service.goods.state import UNIT, Unit, UnitState
from service.ledger import Context, Data, Decision, Kind, Statement, Stream, World
from service.parties import Facility, policy_for
from service.parties.filing.zones import open_zones


def decide(data: Data, ctx: Context, world: World) -> Decision:
    """``zone`` of the outcome is where the goods are offered, ``from`` where they were."""
    unit = rules.unit_in_hand(data["unit"], ctx, world)
    counter = rules.facility_of(unit, world)
    policy = policy_for(world, counter.region, ctx.recorded)
    moment = timing.happened(data["happened_at"], ctx, policy, kind="goods-offered")
    timing.after_made(moment, unit)
    demand_fit_crew(data, ctx, moment, policy, world)
    zone = data.get("zone", unit.zone)
    allowed = rules.zones_for(unit, counter, ctx, world)
    for broken in _unfit(unit, counter, zone, allowed, moment, world):
        raise broken
    return Decision({"from": unit.zone, "zone": zone}, policy.version)


def _unfit(
    unit: Unit, counter: Facility, zone: int | None, allowed: tuple[str, ...], moment: Moment, world: World
) -> Iterator[Refusal]:
    """The rules by which the goods are not offered."""
    if not unit.grams:
        yield Refusal("unit.nothing-taken", field="/unit", unit=unit.id, pieces=unit.pieces, grams=unit.grams)
    yield from rules.not_free(unit, world)
    yield from rules.past_best_before(rules.known_lot(unit.lot, world), unit, moment)
    yield from not_a_counter(counter)
    yield from rules.out_of_service(counter)
    if zone is not None:
        yield from rules.zone_unfit(
            rules.zone_of(counter, zone), counter, UnitState.RELEASED, allowed=allowed
        )
    elif open_zones(counter):
        yield Refusal("offer.zone-missing", field="/zone", unit=unit.id, facility=counter.id)


def project(statement: Statement, position: int, world: World) -> Iterator[Any]:
    """The unit where it is offered."""
    unit = world.row(UNIT, statement.data["unit"])
    yield replace(unit, zone=statement.outcome["zone"], version=position)
    at = statement.data["happened_at"]
    yield from flow.events(statement, position, [unit.lot], unit.facility, at)


def reads(data: Data, world: World) -> Iterator[Stream]:
    """The unit with its lot, the counter with its policy, and the crew."""
    yield from streams(data, [data["unit"]], world)
    yield from rules.lot_streams([data["unit"]], world)


OFFER = Kind("goods-offered", {1: decide}, project, reads, intent=True)

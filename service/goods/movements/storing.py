"""Goods are put into a zone of the store that they are in. Imported goods are kept apart from all others.

A fact: goods in a zone that is not for them, or in a closed store, are recorded there, in breach.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from schema.problems import Refusal
from service.goods import timing
from service.goods.movements import flow, rules
from service.goods.state import UNIT, UnitState
from service.incidents.breaches import decided
from service.ledger import Context, Data, Decision, Kind, Statement, Stream, World
from service.parties import policy_for


def decide(data: Data, ctx: Context, world: World) -> Decision:
    """``from`` of the outcome is the zone that they were in."""
    unit = rules.unit_in_hand(data["unit"], ctx, world)
    facility = rules.facility_of(unit, world)
    policy = policy_for(world, facility.region, ctx.recorded)
    broken: list[Refusal] = []
    timing.after_made(timing.happened(data["happened_at"], ctx, policy, broken=broken), unit)
    zone = rules.zone_of(facility, data["zone"])
    restrained = bool(rules.holds_on(unit, world))
    broken += rules.out_of_service(facility)
    broken += rules.zone_unfit(zone, facility, UnitState(unit.state), restrained=restrained)
    return decided(ctx, {"from": unit.zone}, policy, broken, facility=facility, lots=[unit.lot])


def project(statement: Statement, position: int, world: World) -> Iterator[Any]:
    """The unit in its zone."""
    data = statement.data
    unit = world.row(UNIT, data["unit"])
    yield replace(unit, zone=data["zone"], version=position)
    yield from flow.events(statement, position, [unit.lot], unit.facility, data["happened_at"])


def reads(data: Data, world: World) -> Iterator[Stream]:
    """The unit, its store and the policy there."""
    yield from rules.unit_streams([data["unit"]], world)


STORE = Kind("goods-stored", {2: decide}, project, reads)

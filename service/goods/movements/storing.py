"""Goods are put into a zone of the store that they are in. Imported goods are kept apart from all others."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from service.goods import timing
from service.goods.movements import flow, rules
from service.goods.state import UNIT, UnitState
from service.ledger import Context, Data, Decision, Kind, Statement, Stream, World
from service.parties import policy_for


def decide(data: Data, ctx: Context, world: World) -> Decision:
    """Refuses a zone that is not there, or not for goods in this state."""
    unit = rules.unit_in_hand(data["unit"], ctx, world, rules.IN_STORE)
    facility = rules.facility_of(unit, world)
    policy = policy_for(world, facility.region, ctx.recorded)
    timing.after_made(timing.happened(data["happened_at"], ctx, policy), unit)
    zone = rules.zone_of(facility, data["zone"])
    for broken in (*rules.out_of_service(facility), *rules.zone_unfit(zone, facility, UnitState(unit.state))):
        raise broken
    return Decision(policy=policy.version)


def project(statement: Statement, position: int, world: World) -> Iterator[Any]:
    """The unit in its zone."""
    data = statement.data
    unit = world.row(UNIT, data["unit"])
    yield replace(unit, zone=data["zone"], version=position)
    yield from flow.events(statement, position, [unit.lot], unit.facility, data["happened_at"])


def reads(data: Data, world: World) -> Iterator[Stream]:
    """The unit, its store and the policy there."""
    yield from rules.unit_streams([data["unit"]], world)


STORE = Kind("goods-stored", {1: decide}, project, reads)

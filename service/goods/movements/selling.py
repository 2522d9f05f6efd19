"""Goods go over the counter to whoever eats them. Between businesses goods are shipped, not sold.

A fact: a sale at a counter that was closed meanwhile is recorded, in breach.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from schema.problems import Refusal
from service.goods import timing
from service.goods.accounts import drawn
from service.goods.movements import flow, rules
from service.goods.state import UNIT, MovementKind, UnitState
from service.ledger import Context, Data, Decision, Kind, Statement, Stream, World
from service.parties import FacilityKind, policy_for

COUNTERS = (FacilityKind.MARKET, FacilityKind.SHOP, FacilityKind.RESTAURANT)


def decide(data: Data, ctx: Context, world: World) -> Decision:
    """Refuses a sale of what is not released, not at a counter, or more than there is."""
    unit = rules.unit_in_hand(data["unit"], ctx, world, rules.RELEASED)
    facility = rules.facility_of(unit, world)
    if facility.kind not in COUNTERS:
        raise Refusal(
            "sale.not-a-counter", facility=facility.id, kind=facility.kind, allowed=", ".join(COUNTERS)
        )
    policy = policy_for(world, facility.region, ctx.recorded)
    timing.after_made(timing.happened(data["happened_at"], ctx, policy), unit)
    flow.Accounts().take(unit, data.get("pieces"), data["grams"])
    return Decision({"unit": ctx.id()}, policy.version, [*rules.out_of_service(facility)])


def project(statement: Statement, position: int, world: World) -> Iterator[Any]:
    """What was sold, as a unit that stays under its seller's name, and what is left."""
    data, at = statement.data, statement.data["happened_at"]
    unit, child = world.row(UNIT, data["unit"]), statement.outcome["unit"]
    pieces, grams = data.get("pieces"), data["grams"]
    accounts = flow.Accounts()
    accounts.take(unit, pieces, grams)
    sold = drawn(unit, id=child, pieces=pieces, grams=grams, made_at=at, version=position)
    yield replace(sold, state=UnitState.SOLD.value, zone=None)
    yield from accounts.rows(position)
    yield from flow.edges(MovementKind.SELL, at, position, [(unit.id, child, unit.family, pieces, grams)])
    yield from flow.events(statement, position, [unit.lot], unit.facility, at)


def reads(data: Data, world: World) -> Iterator[Stream]:
    """The unit, its counter and the policy there."""
    yield from rules.unit_streams([data["unit"]], world)


SELL = Kind("goods-sold", {1: decide}, project, reads)

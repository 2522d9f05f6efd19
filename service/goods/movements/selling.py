"""Goods go over the counter to whoever eats them. Between businesses goods are shipped, not sold.

A fact: a sale of held or quarantined goods, of goods past their date, of more than there was, not at a
counter, or at one that was closed meanwhile, is recorded, in breach; what was sold is held under its seller's
name, and stays in every trace.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from schema.problems import Refusal
from service.goods.movements import flow, rules
from service.goods.movements.telling import streams, tell_of
from service.goods.state import UNIT, MovementKind, UnitState
from service.ledger import Context, Data, Decision, Kind, Statement, Stream, World
from service.parties import Facility, FacilityKind

COUNTERS = (FacilityKind.MARKET, FacilityKind.SHOP, FacilityKind.RESTAURANT)


def decide(data: Data, ctx: Context, world: World) -> Decision:
    """Refuses only what cannot have been sold: goods on the road, or not in one's hands."""
    telling, unit = tell_of("goods-sold", data, ctx, world)
    facility, lot = telling.facility, rules.known_lot(unit.lot, world)
    telling.broken += (*rules.not_free(unit, world), *rules.past_best_before(lot, unit, telling.moment))
    telling.broken += (*not_a_counter(facility), *rules.out_of_service(facility))
    telling.accounts.took(unit, data.get("pieces"), data["grams"], ctx.id())
    outcome = {"unit": ctx.id(), "units": [ctx.id()], **telling.accounts.outcome}
    return telling.decided(outcome, [unit.lot], holding=True)


def not_a_counter(facility: Facility) -> Iterator[Refusal]:
    """The rule that one breaks who sells where no consumer buys."""
    if facility.kind not in COUNTERS:
        yield Refusal(
            "sale.not-a-counter", facility=facility.id, kind=facility.kind, allowed=", ".join(COUNTERS)
        )


def project(statement: Statement, position: int, world: World) -> Iterator[Any]:
    """What was sold, as a unit that stays under its seller's name, and what is left."""
    data, outcome, at = statement.data, statement.outcome, statement.data["happened_at"]
    unit = world.row(UNIT, data["unit"])
    sold = flow.part(statement, unit, data, id=outcome["unit"], at=at, position=position)
    made = {sold.id: replace(sold, state=UnitState.SOLD.value, zone=None)}
    yield from flow.rows(statement, position, world, MovementKind.SELL, at, made)
    yield from flow.events(statement, position, [unit.lot], unit.facility, at)


def reads(data: Data, world: World) -> Iterator[Stream]:
    """The unit with its lot, its counter and the policy there, and the crew."""
    yield from streams(data, [data["unit"]], world)
    yield from rules.lot_streams([data["unit"]], world)


SELL = Kind("goods-sold", {2: decide}, project, reads)

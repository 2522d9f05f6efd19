"""Goods are handed to the state: confiscated, or given up.

Rules kept here: an authority takes them, on a document; allowed before release and under a hold. What was
handed over is a unit of its own that nobody moves any more, under the name of who had it, so that it stays in
every trace.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from service.goods.movements import flow, rules
from service.goods.movements.telling import streams, tell_of
from service.goods.state import UNIT, MovementKind, UnitState
from service.ledger import Context, Data, Decision, Kind, Statement, Stream, World
from service.parties import ORGANISATION


def decide(data: Data, ctx: Context, world: World) -> Decision:
    """``unit`` of the outcome is what was handed over."""
    telling, unit = tell_of("goods-surrendered", data, ctx, world)
    rules.authority(data["authority"], world)
    telling.accounts.took(unit, data.get("pieces"), data["grams"], ctx.id())
    outcome = {"unit": ctx.id(), "units": [ctx.id()], **telling.accounts.outcome}
    return telling.decided(outcome, [unit.lot], holding=True)


def project(statement: Statement, position: int, world: World) -> Iterator[Any]:
    """What the authority has, and what is left."""
    data, outcome, at = statement.data, statement.outcome, statement.data["happened_at"]
    unit = world.row(UNIT, data["unit"])
    gone = flow.part(statement, unit, data, id=outcome["unit"], at=at, position=position)
    made = {gone.id: replace(gone, state=UnitState.SURRENDERED.value, zone=None)}
    yield from flow.rows(statement, position, world, MovementKind.SURRENDER, at, made)
    yield from flow.events(statement, position, [unit.lot], unit.facility, at)


def reads(data: Data, world: World) -> Iterator[Stream]:
    """The unit with its place and the policy there, the crew, and the authority."""
    yield from streams(data, [data["unit"]], world)
    yield ORGANISATION, data["authority"]


SURRENDER = Kind("goods-surrendered", {1: decide}, project, reads)

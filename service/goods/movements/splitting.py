"""A unit is divided in place: each part becomes a unit of its own, what is left stays in the old one.

A fact, and allowed before release and under a hold: nothing leaves, and the parts are held as the whole was.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from service.goods.accounts import drawn
from service.goods.movements import flow
from service.goods.movements.telling import streams, tell_of
from service.goods.state import UNIT, MovementKind
from service.ledger import Context, Data, Decision, Kind, Statement, Stream, World


def decide(data: Data, ctx: Context, world: World) -> Decision:
    """Parts that are more than the whole are recorded with a stock difference."""
    telling, unit = tell_of("unit-split", data, ctx, world)
    units = [ctx.id(place) for place, _ in enumerate(data["parts"])]
    for place, (part, child) in enumerate(zip(data["parts"], units, strict=True)):
        telling.accounts.took(unit, part.get("pieces"), part["grams"], child, f"/parts/{place}")
    return telling.decided({"units": units, **telling.accounts.outcome}, [unit.lot], holding=True)


def project(statement: Statement, position: int, world: World) -> Iterator[Any]:
    """The parts, and what is left."""
    data, outcome, at = statement.data, statement.outcome, statement.data["happened_at"]
    unit = world.row(UNIT, data["unit"])
    made = {
        child: drawn(
            unit,
            id=child,
            pieces=part.get("pieces"),
            grams=part["grams"],
            made_at=at,
            version=position,
            holds=outcome.get("holds", ()),
        )
        for part, child in zip(data["parts"], outcome["units"], strict=True)
    }
    yield from flow.rows(statement, position, world, MovementKind.SPLIT, at, made)
    yield from flow.events(statement, position, [unit.lot], unit.facility, at)


def reads(data: Data, world: World) -> Iterator[Stream]:
    """The unit and the policy where it is, and the crew."""
    yield from streams(data, [data["unit"]], world)


SPLIT = Kind("unit-split", {2: decide}, project, reads)

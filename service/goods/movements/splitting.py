"""A unit is divided in place: each part becomes a unit of its own, what is left stays in the old one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from service.goods import timing
from service.goods.accounts import drawn
from service.goods.movements import flow, rules
from service.goods.state import UNIT, MovementKind
from service.ledger import Context, Data, Decision, Kind, Statement, Stream, World
from service.parties import policy_for


def decide(data: Data, ctx: Context, world: World) -> Decision:
    """Refuses parts that are more than the whole. Goods may be divided before release: nothing leaves."""
    unit = rules.unit_in_hand(data["unit"], ctx, world, rules.IN_STORE)
    policy = policy_for(world, unit.region, ctx.recorded)
    timing.after_made(timing.happened(data["happened_at"], ctx, policy), unit)
    accounts = flow.Accounts()
    for place, part in enumerate(data["parts"]):
        accounts.take(unit, part.get("pieces"), part["grams"], f"/parts/{place}")
    return Decision({"units": [ctx.id(place) for place, _ in enumerate(data["parts"])]}, policy.version)


def project(statement: Statement, position: int, world: World) -> Iterator[Any]:
    """The parts, and what is left."""
    data, at = statement.data, statement.data["happened_at"]
    unit = world.row(UNIT, data["unit"])
    accounts = flow.Accounts()
    flows = []
    for part, child in zip(data["parts"], statement.outcome["units"], strict=True):
        pieces, grams = part.get("pieces"), part["grams"]
        accounts.take(unit, pieces, grams)
        flows.append((unit.id, child, unit.family, pieces, grams))
        yield drawn(unit, id=child, pieces=pieces, grams=grams, made_at=at, version=position)
    yield from accounts.rows(position)
    yield from flow.edges(MovementKind.SPLIT, at, position, flows)
    yield from flow.events(statement, position, [unit.lot], unit.facility, at)


def reads(data: Data, world: World) -> Iterator[Stream]:
    """The unit and the policy where it is."""
    yield from rules.unit_streams([data["unit"]], world)


SPLIT = Kind("unit-split", {1: decide}, project, reads)

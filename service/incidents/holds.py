"""Goods are held: by an order of an authority, or by their keeper's own. And holds are lifted.

Rules kept here: a hold names one question, which its author saw answered at a position and confirms by the
digest of that answer; what it covers is found again here, under the head row, so that what moved meanwhile is
covered, too, and the outcome says what was added. Whoever holds and lifts gives a reason. A hold that was
lifted stays on record where it stood.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from schema.problems import Refusal
from service.goods.movements.flow import events
from service.goods.state import UNIT, Unit
from service.incidents.cases.holding import case_of, case_streams, made_since, noted
from service.incidents.cases.state import step
from service.incidents.coverage import Coverage, Span, coverage_streams, covered
from service.incidents.reach import demand_own, demand_reach, liftable, question_streams, speaker
from service.incidents.state import HELD_LOT, HOLD, HeldLot, Hold, HoldKind, asked_for
from service.ledger import Context, Data, Decision, Kind, Statement, Stream, World
from service.parties import Organisation, Role, policy_for


def _place(data: Data, ctx: Context, world: World) -> Decision:
    question = data["question"]
    if len(question) != 1:
        raise Refusal("hold.not-one-question", field="/question", named=", ".join(sorted(question)) or None)
    if data["asked_at"] > ctx.position:
        raise Refusal("hold.asked-later", field="/asked_at", asked=data["asked_at"], position=ctx.position)
    organisation = speaker(ctx, world)
    is_order = Role.REGULATOR in organisation.roles
    keeper = 0 if is_order else organisation.id
    case = case_of(data, ctx, world)
    _demand_may_hold(data, organisation, world)
    since = made_since(data)
    now = covered(question, world, span=Span(since), keeper=keeper)
    for key in now.whole:
        world.get(HELD_LOT, key)  # read here, so that the projector adds to the holds that there are
    then = covered(question, world, span=Span(since, data["asked_at"]), keeper=keeper)
    policy = policy_for(world, organisation.region, ctx.recorded)
    outcome = {
        "hold": ctx.id(),
        "kind": (HoldKind.ORDER if is_order else HoldKind.OWN).value,
        "covers": _told(now),
        "touches": [*now.lots],
        "added": _told(_beyond(now, then)),
    }
    if case is not None:
        outcome["drill"] = case.drill
    return Decision(outcome, policy.version)


def _demand_may_hold(data: Data, organisation: Organisation, world: World) -> None:
    """Raises Refusal ``hold.goods-not-found`` or ``hold.units-only``."""
    question = data["question"]
    if Role.REGULATOR in organisation.roles:
        demand_reach(question, data.get("witnesses", ()), organisation.region, world)
    elif "units" not in question:
        raise Refusal("hold.units-only", field="/question")
    else:
        demand_own(question["units"], organisation.id, world)


def _told(coverage: Coverage) -> Data:
    return {"lots": [*coverage.whole], "units": [*coverage.units]}


def _beyond(now: Coverage, then: Coverage) -> Coverage:
    """What is covered only because of what was recorded after the question was asked."""
    whole, units = set(then.whole), set(then.units)
    return Coverage(
        tuple(key for key in now.whole if key not in whole),
        (),
        tuple(key for key in now.units if key not in units),
    )


def _placed(statement: Statement, position: int, world: World) -> Iterator[Any]:
    data, outcome = statement.data, statement.outcome
    yield asked_for(
        statement,
        position,
        kind=outcome["kind"],
        region=speaker(Context(statement.actor, statement.at, position), world).region,
        reason=data["reason"],
        case_number=data.get("case_number"),
        note=data.get("note"),
        drill=outcome.get("drill", False),
    )
    yield from noted(outcome["hold"], statement, position, world)
    if outcome.get("drill"):
        return
    covers = outcome["covers"]
    yield from held_rows(outcome["hold"], covers["lots"], covers["units"], position, world)
    yield from events(statement, position, outcome["touches"], None, statement.at)


def held_rows(
    hold: int, lots: list[int], units: list[int], position: int, world: World
) -> Iterator[HeldLot | Unit]:
    """The rows of whole lots (and arrivals) and of single units, with one hold more."""
    for key in lots:
        row = world.peek(HELD_LOT, key)
        holds = [] if row is None else row.holds
        yield HeldLot(key, sorted({*holds, hold}), position)
    for key in units:
        unit = world.row(UNIT, key)
        yield replace(unit, holds=sorted({*unit.holds, hold}), version=position)


def _place_reads(data: Data, world: World) -> Iterator[Stream]:
    yield from case_streams(data)
    yield from coverage_streams(data["question"], world, Span(made_since(data)))
    yield from question_streams(data, world)


def _lift(data: Data, ctx: Context, world: World) -> Decision:
    hold = liftable(data["hold"], ctx, world)
    return Decision({"touches": hold.lots})


def _lifted(statement: Statement, position: int, world: World) -> Iterator[Any]:
    data = statement.data
    hold = world.row(HOLD, data["hold"])
    yield lifted(hold, statement, position, data["reason"], data.get("test"), data.get("note"))
    if hold.case_file is not None:
        yield step(statement, position, hold.case_file, hold.id)
    if not hold.drill:
        yield from events(statement, position, hold.lots, None, statement.at)


def lifted(
    hold: Hold,
    statement: Statement,
    position: int,
    because: str,
    test: str | None = None,
    note: dict[str, str] | None = None,
) -> Hold:
    """A hold that holds no more. Only its own row changes: it stays where it stood."""
    return replace(
        hold,
        lifted_at=statement.at,
        lifted_by=statement.actor.organisation,
        lifted_because=because,
        lifted_on_test=test,
        lifted_note=note,
        version=position,
    )


def _lift_reads(data: Data, _world: World) -> Iterator[Stream]:
    yield HOLD, data["hold"]


PLACE_HOLD = Kind("hold-placed", {1: _place}, _placed, _place_reads, made=("witnesses",))
LIFT_HOLD = Kind("hold-lifted", {1: _lift}, _lifted, _lift_reads)
KINDS = [PLACE_HOLD, LIFT_HOLD]

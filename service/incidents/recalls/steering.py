"""A recall gets more time, is finished, or is taken back: by its author, or an authority of its region.

Rules kept here: what is over stays over. More time is in working days, with a reason, and what was before
stays on record. A recall is finished when everybody who had some of its goods has reported, or when its
author says that it goes without. Its goods stay held then, unless they are let go: what was found is
dangerous still until it is disposed of. Taking a recall back lets them go.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from schema.identifiers import covers
from schema.problems import Refusal
from service.goods.movements.flow import events
from service.incidents.cases.state import step
from service.incidents.holds import lifted
from service.incidents.reach import speaker
from service.incidents.recalls.clocks import prolonged
from service.incidents.recalls.state import OVER, RECALL, Recall, RecallState
from service.incidents.state import HOLD
from service.ledger import Context, Data, Decision, Kind, Statement, Stream, World
from service.parties import Role


def steered(data: Data, ctx: Context, world: World) -> Recall:
    """A recall that goes on and is the actor's to steer. Raises Refusal ``recall.…``."""
    organisation = speaker(ctx, world)
    recall = world.get(RECALL, data["recall"])
    supervises = Role.REGULATOR in organisation.roles
    if recall is None or not (
        recall.organisation == organisation.id or (supervises and covers(organisation.region, recall.region))
    ):
        raise Refusal("recall.not-found", field="/recall", recall=data["recall"])
    if recall.state in OVER:
        raise Refusal("recall.over", field="/recall", recall=recall.id, ended=recall.ended_at)
    return recall


def _extend(data: Data, ctx: Context, world: World) -> Decision:
    recall = steered(data, ctx, world)
    finish_on, calendar_until = prolonged(recall.finish_on, data["days"])
    return Decision({"finish_on": finish_on, "calendar_until": calendar_until})


def _extended(statement: Statement, position: int, world: World) -> Iterator[Any]:
    data, outcome = statement.data, statement.outcome
    recall = world.row(RECALL, data["recall"])
    said = {"from": recall.finish_on, "days": data["days"], "reason": data["reason"], "at": statement.at}
    yield replace(
        recall,
        finish_on=outcome["finish_on"],
        calendar_until=outcome["calendar_until"],
        extensions=[*recall.extensions, said],
        version=position,
    )
    yield from _steps(recall, statement, position)


def _finish(data: Data, ctx: Context, world: World) -> Decision:
    recall = steered(data, ctx, world)
    if recall.waiting and not data.get("without_reports", False):
        raise Refusal(
            "recall.unreported", field="/without_reports", recall=recall.id, count=len(recall.waiting)
        )
    return Decision({"unreported": recall.waiting, **_released(recall, data.get("lift", False), world)})


def _withdraw(data: Data, ctx: Context, world: World) -> Decision:
    return Decision(_released(steered(data, ctx, world), True, world))


def _released(recall: Recall, lifts: bool, world: World) -> Data:
    """Which hold ends with the recall."""
    hold = None if recall.hold is None or not lifts else world.get(HOLD, recall.hold)
    return {"lifted": None if hold is None else hold.id}


def _finished(statement: Statement, position: int, world: World) -> Iterator[Any]:
    yield from _ended(statement, position, world, RecallState.FINISHED, "disposed")


def _withdrawn(statement: Statement, position: int, world: World) -> Iterator[Any]:
    yield from _ended(statement, position, world, RecallState.WITHDRAWN, statement.data["reason"])


def _ended(
    statement: Statement, position: int, world: World, state: RecallState, because: str
) -> Iterator[Any]:
    recall = world.row(RECALL, statement.data["recall"])
    yield replace(recall, state=state.value, ended_at=statement.at, version=position)
    hold = statement.outcome["lifted"]
    if hold is not None:
        yield lifted(world.row(HOLD, hold), statement, position, because)
    if not recall.drill:
        yield from events(statement, position, recall.lots, None, statement.at)
    yield from _steps(recall, statement, position)


def _steps(recall: Recall, statement: Statement, position: int) -> Iterator[Any]:
    """The line in the file of its case."""
    if recall.case_file is not None:
        yield step(statement, position, recall.case_file, recall.id)


def _reads(data: Data, world: World) -> Iterator[Stream]:
    yield RECALL, data["recall"]
    recall = world.peek(RECALL, data["recall"])
    if recall is not None and recall.hold is not None:
        yield HOLD, recall.hold


EXTEND_RECALL = Kind("recall-extended", {1: _extend}, _extended, _reads)
FINISH_RECALL = Kind("recall-finished", {1: _finish}, _finished, _reads)
WITHDRAW_RECALL = Kind("recall-withdrawn", {1: _withdraw}, _withdrawn, _reads)
KINDS = [EXTEND_RECALL, FINISH_RECALL, WITHDRAW_RECALL]

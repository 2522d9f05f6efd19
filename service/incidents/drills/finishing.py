"""A drill is finished: its score is worked out, and what is left open of its case is ended.

Rules kept here: only a drill that runs is finished. The score is worked out from what was recorded until
then, and stays. Holds of the case, which held nothing, are lifted; requests that were not answered are
withdrawn; the case is closed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from service.incidents.cases.state import CASE, CASE_REQUEST, STEPS_OF, CaseState, RequestState, step
from service.incidents.drills.planning import led
from service.incidents.drills.scoring import scored
from service.incidents.drills.state import DRILL, Drill, DrillState
from service.incidents.holds import lifted
from service.incidents.state import HOLD
from service.ledger import Context, Data, Decision, Kind, Statement, Stream, World

_WAITING = (RequestState.OPEN, RequestState.ACKNOWLEDGED)


def _finish(data: Data, ctx: Context, world: World) -> Decision:
    drill = led(data["drill"], ctx, world, DrillState.RUNNING)
    case_file = _case_of(drill)
    case = world.get(CASE, case_file)
    assert case is not None  # noqa: S101  (its start opened it)
    steps = world.among(STEPS_OF, case_file)
    requests = [request for key in case.requests if (request := world.get(CASE_REQUEST, key)) is not None]
    holds = [hold for key in case.holds if (hold := world.get(HOLD, key)) is not None]
    return Decision(
        {
            "case": case_file,
            "score": scored(drill, steps, requests),
            "lifted": [hold.id for hold in holds if hold.lifted_at is None],
            "withdrawn": [request.id for request in requests if request.state in _WAITING],
        }
    )


def _case_of(drill: Drill) -> int:
    assert drill.case_file is not None  # noqa: S101  (a drill that runs has one)
    return drill.case_file


def _finished(statement: Statement, position: int, world: World) -> Iterator[Any]:
    outcome = statement.outcome
    drill = world.row(DRILL, statement.data["drill"])
    yield replace(
        drill,
        state=DrillState.FINISHED.value,
        score=outcome["score"],
        ended_at=statement.at,
        version=position,
    )
    for key in outcome["lifted"]:
        yield lifted(world.row(HOLD, key), statement, position, "order_ended")
    for key in outcome["withdrawn"]:
        request = world.row(CASE_REQUEST, key)
        withdrawn = RequestState.WITHDRAWN.value
        yield replace(request, state=withdrawn, withdrawn_because="not_needed", version=position)
    case = world.row(CASE, outcome["case"])
    if case.state != CaseState.CLOSED:
        closed = CaseState.CLOSED.value
        yield replace(case, state=closed, closed_in=position, conclusion="other", version=position)
    yield step(statement, position, case.id, drill.id)


def _reads(data: Data, world: World) -> Iterator[Stream]:
    yield DRILL, data["drill"]
    drill = world.peek(DRILL, data["drill"])
    if drill is None or drill.case_file is None:
        return
    yield CASE, drill.case_file
    yield STEPS_OF, drill.case_file
    case = world.peek(CASE, drill.case_file)
    if case is not None:
        yield from ((CASE_REQUEST, key) for key in case.requests)
        yield from ((HOLD, key) for key in case.holds)


FINISH_DRILL = Kind("drill-finished", {1: _finish}, _finished, _reads)
KINDS: list[Kind] = [FINISH_DRILL]

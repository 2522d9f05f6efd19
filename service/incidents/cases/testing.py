"""A case is tested: screening, re-test, confirmation.

Rules kept here, after Zhejiang's plan (screening positive → re-test and confirmation; ends on a negative
re-test): a re-test follows some test, a confirmation something positive; a negative re-test or confirmation
clears the case, a positive confirmation confirms it, anything else changes nothing. What is decided is not
decided again unless the case is opened again; a result is recorded once.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from schema.problems import Refusal
from service.incidents.cases.leading import open_case
from service.incidents.cases.state import CASE, CaseFile, CaseState, step
from service.ledger import Context, Data, Decision, Kind, Statement, Stream, World

SCREENING, RETEST, CONFIRMATION = "screening", "retest", "confirmation"
POSITIVE, NEGATIVE = "positive", "negative"


def _test(data: Data, ctx: Context, world: World) -> Decision:
    case = open_case(data["case"], ctx, world)
    if any((each["stage"], each["number"]) == (data["stage"], data["test"]) for each in case.tests):
        raise Refusal("case.test-recorded", field="/test", stage=data["stage"], test=data["test"])
    if data["stage"] != SCREENING:
        _demand_turn(case, data["stage"])
    return Decision({"state": _after(case, data).value})


def _demand_turn(case: CaseFile, stage: str) -> None:
    """Raises Refusal ``case.decided``, ``case.not-tested`` or ``case.nothing-positive``."""
    if case.state != CaseState.SUSPECTED:
        raise Refusal("case.decided", field="/stage", case=case.id, state=case.state)
    if not case.tests:
        raise Refusal("case.not-tested", field="/stage", case=case.id)
    if stage == CONFIRMATION and all(each["result"] != POSITIVE for each in case.tests):
        raise Refusal("case.nothing-positive", field="/stage", case=case.id)


def _after(case: CaseFile, data: Data) -> CaseState:
    """How the case stands after the result."""
    if data["stage"] != SCREENING and data["result"] == NEGATIVE:
        return CaseState.CLEARED
    if data["stage"] == CONFIRMATION and data["result"] == POSITIVE:
        return CaseState.CONFIRMED
    return CaseState(case.state)


def _tested(statement: Statement, position: int, world: World) -> Iterator[Any]:
    data, state = statement.data, statement.outcome["state"]
    case = world.row(CASE, data["case"])
    result = {
        "stage": data["stage"],
        "result": data["result"],
        "number": data["test"],
        "position": position,
        "at": statement.at,
    }
    decided = state != case.state
    yield replace(
        case,
        state=state,
        tests=[*case.tests, result],
        confirmed_in=position if decided and state == CaseState.CONFIRMED else case.confirmed_in,
        cleared_in=position if decided and state == CaseState.CLEARED else case.cleared_in,
        version=position,
    )
    yield step(statement, position, case.id)


def _reads(data: Data, _world: World) -> Iterator[Stream]:
    yield CASE, data["case"]


TEST_CASE = Kind("case-tested", {1: _test}, _tested, _reads)
KINDS = [TEST_CASE]

"""A case is closed, and opened again.

Rules kept here: it is confirmed or cleared before it is closed; nothing of it is open then: each hold was
lifted (because the goods were disposed of, where that is the reason), each request was answered or withdrawn.
Opened again it is suspected, unless it had been confirmed; a case that was cleared may be opened again before
it is closed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from schema.problems import Refusal
from service.incidents.cases.leading import led, open_case
from service.incidents.cases.state import CASE, CASE_REQUEST, CaseFile, CaseState, RequestState, step
from service.incidents.state import HOLD
from service.ledger import Context, Data, Decision, Kind, Statement, Stream, World

NAMED = 5
"""How many of what is still open a refusal names."""


def _close(data: Data, ctx: Context, world: World) -> Decision:
    case = open_case(data["case"], ctx, world)
    if case.state == CaseState.SUSPECTED:
        raise Refusal("case.undecided", field="/case", case=case.id)
    holds = [hold.id for hold in (world.get(HOLD, key) for key in case.holds) if hold and not hold.lifted_at]
    if holds:
        raise Refusal("case.holds-in-force", field="/case", count=len(holds), holds=_named(holds))
    requests = [*_unsettled(case, world)]
    if requests:
        raise Refusal("case.requests-open", field="/case", count=len(requests), requests=_named(requests))
    return Decision({"state": CaseState.CLOSED.value})


def _unsettled(case: CaseFile, world: World) -> Iterator[int]:
    for key in case.requests:
        request = world.get(CASE_REQUEST, key)
        if request is not None and request.state in (RequestState.OPEN, RequestState.ACKNOWLEDGED):
            yield key


def _named(keys: list[int]) -> str:
    return ", ".join(str(key) for key in keys[:NAMED])


def _closed(statement: Statement, position: int, world: World) -> Iterator[Any]:
    case = world.row(CASE, statement.data["case"])
    yield replace(
        case,
        state=statement.outcome["state"],
        closed_in=position,
        conclusion=statement.data["conclusion"],
        version=position,
    )
    yield step(statement, position, case.id)


def _reopen(data: Data, ctx: Context, world: World) -> Decision:
    case = led(data["case"], ctx, world)
    if case.state not in (CaseState.CLOSED, CaseState.CLEARED):
        raise Refusal("case.open", field="/case", case=case.id, state=case.state)
    stood = CaseState.CONFIRMED if case.confirmed_in is not None else CaseState.SUSPECTED
    return Decision({"state": stood.value})


def _reopened(statement: Statement, position: int, world: World) -> Iterator[Any]:
    case = world.row(CASE, statement.data["case"])
    yield replace(
        case,
        state=statement.outcome["state"],
        cleared_in=None,
        closed_in=None,
        conclusion=None,
        version=position,
    )
    yield step(statement, position, case.id)


def _reads(data: Data, world: World) -> Iterator[Stream]:
    yield CASE, data["case"]
    case = world.peek(CASE, data["case"])
    if case is not None:
        yield from ((HOLD, hold) for hold in case.holds)
        yield from ((CASE_REQUEST, request) for request in case.requests)


CLOSE_CASE = Kind("case-closed", {1: _close}, _closed, _reads)
REOPEN_CASE = Kind("case-reopened", {1: _reopen}, _reopened, _reads)
KINDS = [CLOSE_CASE, REOPEN_CASE]

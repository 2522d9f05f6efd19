"""Cases of a lot get codes of their own, numbered on from the last one.

Rules kept here: the lot's registrant issues them; as many as were asked for; no more than the lot has pieces;
a code names one thing.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from schema.identifiers import Level, TraceCode
from schema.problems import Problem, Refusal
from service.codes.state import CASE_COUNT, ISSUED_CODE, CaseCount, IssuedCode
from service.goods.movements import flow
from service.goods.state import LOT, Lot
from service.ledger import Context, Data, Decision, Kind, Statement, Stream, World


def decide(data: Data, ctx: Context, world: World) -> Decision:
    """``first_serial`` of the outcome is the number of the first code; the others count on."""
    lot = world.get(LOT, data["lot"])
    if lot is None or lot.organisation != ctx.actor.organisation:
        raise Refusal("lot.not-found", field="/lot", lot=data["lot"])
    if lot.withdrawn:
        raise Refusal("lot.withdrawn", field="/lot", lot=lot.id)
    cases = _cases(lot.id, world)
    stated = data.get("first_serial")
    if stated is not None and stated != cases + 1:
        raise Refusal(
            "cases.serial-not-next", field="/first_serial", lot=lot.id, serial=stated, next=cases + 1
        )
    if lot.pieces is None:
        raise Refusal("cases.not-counted", field="/lot", lot=lot.id)
    if data.get("count", len(data["codes"])) != len(data["codes"]):
        raise Refusal("cases.count-differs", field="/count", asked=data["count"], codes=len(data["codes"]))
    if cases + len(data["codes"]) > lot.pieces:
        raise Refusal(
            "cases.more-than-pieces",
            field="/codes",
            lot=lot.id,
            asked=len(data["codes"]),
            issued=cases,
            pieces=lot.pieces,
        )
    _unused(data["codes"], lot, world)
    return Decision({"first_serial": cases + 1})


def _cases(lot: int, world: World) -> int:
    count = world.get(CASE_COUNT, lot)
    return 0 if count is None else count.cases


def _unused(codes: list[str], lot: Lot, world: World) -> None:
    """Case codes of the lot's region that name nothing yet, and not each other's case."""
    region = TraceCode.parse(lot.code).region
    seen: set[str] = set()
    for place, text in enumerate(codes):
        pointer = f"/codes/{place}"
        try:
            code = TraceCode.parse(text)
        except Problem as problem:
            raise Refusal(problem.code, field=pointer, causes=(), **problem.facts) from None
        if code.text != text or code.level is not Level.CASE or code.region != region:
            raise Refusal("cases.code-unfit", field=pointer, code=text, region=region)
        if text in seen or world.get(ISSUED_CODE, text) is not None:
            raise Refusal("cases.code-used", field=pointer, code=text)
        seen.add(text)


def project(statement: Statement, position: int, world: World) -> Iterator[Any]:
    """A row a code, and the count that the next ones go on from."""
    lot = world.row(LOT, statement.data["lot"])
    codes, first = statement.data["codes"], statement.outcome["first_serial"]
    for serial, code in enumerate(codes, start=first):
        yield IssuedCode(code=code, lot=lot.id, level=Level.CASE.value, serial=serial, version=position)
    yield CaseCount(lot=lot.id, cases=first + len(codes) - 1, version=position)
    yield from flow.events(statement, position, [lot.id], lot.facility, statement.at)


def reads(data: Data, _world: World) -> Iterator[Stream]:
    """The lot, its count and the codes that must be new."""
    yield LOT, data["lot"]
    yield CASE_COUNT, data["lot"]
    yield from ((ISSUED_CODE, code) for code in data["codes"])


ISSUE_CASES = Kind("case-codes-issued", {1: decide}, project, reads, made=("codes",))

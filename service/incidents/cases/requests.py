"""What an authority asks of an operator under a case: seal, stop, disinfect, count, give records, let sample.

Rules kept here: who leads the case asks a business of its own region, or one with a place there, about goods
that concern the region, by a due time, which may be put off while no answer is there. The addressee, and
nobody else, acknowledges and answers; it may add to its answer until the case is closed. What was to be
counted is counted, unit by unit, of the goods that were named. A request that was answered stays; any other
may be withdrawn. Whether one is overdue is derived from its due time and never written.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

from schema.identifiers import covers
from schema.problems import Refusal
from service.goods.state import UNIT
from service.incidents.cases.leading import led, open_case
from service.incidents.cases.state import CASE, CASE_REQUEST, CaseRequest, CaseState, RequestState, step
from service.incidents.reach import authority, foreign, reach_streams, speaker
from service.ledger import Context, Data, Decision, Kind, Statement, Stream, World
from service.ledger.statement import instant
from service.parties import FACILITY, ORGANISATION, Organisation, Role

COUNT = "count"
_NOBODYS = frozenset({Role.REGULATOR})
"""Roles of whoever is asked in another way: authorities are asked for co-operation."""


def _goods(data: Data) -> dict[str, list[int]]:
    return {kind: data[kind] for kind in ("lots", "units") if data.get(kind)}


def _make(data: Data, ctx: Context, world: World) -> Decision:
    case = open_case(data["case"], ctx, world)
    organisation = speaker(ctx, world)
    addressee = _addressee(data, organisation, world)
    for pointer, key in foreign(_goods(data), data.get("witnesses", ()), organisation.region, world):
        raise Refusal("case.goods-not-found", field=f"/{pointer}", key=key)
    outcome = {
        "request": ctx.id(),
        "addressee": addressee.id,
        "due_at": _in(data["hours"], ctx),
        "drill": case.drill,
    }
    return Decision(outcome)


def _addressee(data: Data, author: Organisation, world: World) -> Organisation:
    """Raises Refusal ``case-request.addressee-not-found``: nothing is told of businesses elsewhere."""
    addressee = world.get(ORGANISATION, data["to"])
    facility = world.get(FACILITY, data["facility"]) if "facility" in data else None
    place = facility if facility and facility.organisation == data["to"] else None
    is_here = addressee is not None and covers(author.region, addressee.region)
    is_kept_here = place is not None and covers(author.region, place.region)
    if (
        addressee is None
        or not addressee.active
        or _NOBODYS & set(addressee.roles)
        or not (is_kept_here if "facility" in data else is_here)
    ):
        raise Refusal("case-request.addressee-not-found", field="/to", to=data["to"])
    return addressee


def _in(hours: int, ctx: Context) -> str:
    return instant(ctx.recorded + timedelta(hours=hours))


def _made(statement: Statement, position: int, world: World) -> Iterator[Any]:
    data, outcome = statement.data, statement.outcome
    case = world.row(CASE, data["case"])
    yield CaseRequest(
        id=outcome["request"],
        case_file=case.id,
        organisation=statement.actor.organisation,
        addressee=outcome["addressee"],
        facility=data.get("facility"),
        region=case.region,
        drill=outcome["drill"],
        asks=data["asks"],
        lots=data.get("lots", []),
        units=data.get("units", []),
        state=RequestState.OPEN.value,
        made_at=statement.at,
        due_at=outcome["due_at"],
        acknowledged_at=None,
        answered_at=None,
        answered_in=None,
        version=position,
        note=data.get("note"),
    )
    yield replace(case, requests=[*case.requests, outcome["request"]], version=position)
    yield step(statement, position, case.id, outcome["request"])


def _make_reads(data: Data, world: World) -> Iterator[Stream]:
    yield CASE, data["case"]
    yield ORGANISATION, data["to"]
    if "facility" in data:
        yield FACILITY, data["facility"]
    yield from reach_streams(_goods(data), data.get("witnesses", ()), world)


def _addressed(data: Data, ctx: Context, world: World) -> CaseRequest:
    """A request to the actor that is still to be dealt with. Raises Refusal ``case-request.…``."""
    request = world.get(CASE_REQUEST, data["request"])
    if request is None or request.addressee != speaker(ctx, world).id:
        raise Refusal("case-request.not-found", field="/request", request=data["request"])
    return _standing(request)


def _standing(request: CaseRequest) -> CaseRequest:
    if request.state == RequestState.WITHDRAWN:
        raise Refusal("case-request.withdrawn", field="/request", request=request.id)
    return request


def _acknowledge(data: Data, ctx: Context, world: World) -> Decision:
    request = _addressed(data, ctx, world)
    if request.state != RequestState.OPEN:
        raise Refusal(
            "case-request.acknowledged", field="/request", request=request.id, at=request.acknowledged_at
        )
    return Decision()


def _acknowledged(statement: Statement, position: int, world: World) -> Iterator[Any]:
    request = world.row(CASE_REQUEST, statement.data["request"])
    yield replace(
        request,
        state=RequestState.ACKNOWLEDGED.value,
        acknowledged_at=statement.at,
        version=position,
    )
    yield step(statement, position, request.case_file, request.id)


def _answer(data: Data, ctx: Context, world: World) -> Decision:
    request = _addressed(data, ctx, world)
    case = world.get(CASE, request.case_file)
    if case is None or case.state == CaseState.CLOSED:
        raise Refusal("case-request.case-closed", field="/request", request=request.id)
    counted = data.get("counted", [])
    if COUNT in request.asks and data["answer"] == "done" and not (counted or request.counted):
        raise Refusal("case-request.not-counted", field="/counted", request=request.id)
    for place, line in enumerate(counted):
        unit = world.get(UNIT, line["unit"])
        if unit is None or not (unit.id in request.units or unit.lot in request.lots):
            raise Refusal("case-request.not-asked", field=f"/counted/{place}/unit", unit=line["unit"])
    found = {line["unit"]: line for line in (*request.counted, *counted)}
    return Decision(
        {
            "counted": [found[unit] for unit in sorted(found)],
            "evidence": sorted({*request.evidence, *data.get("evidence", ())}),
        }
    )


def _answered(statement: Statement, position: int, world: World) -> Iterator[Any]:
    data, outcome = statement.data, statement.outcome
    request = world.row(CASE_REQUEST, data["request"])
    yield replace(
        request,
        state=RequestState.ANSWERED.value,
        acknowledged_at=request.acknowledged_at or statement.at,
        answered_at=statement.at,
        answered_in=position,
        answer=data["answer"],
        counted=outcome["counted"],
        evidence=outcome["evidence"],
        answer_note=data.get("note"),
        version=position,
    )
    yield step(statement, position, request.case_file, request.id)


def _asked(data: Data, ctx: Context, world: World) -> CaseRequest:
    """A request of a case that the actor leads, not answered and not withdrawn.

    Who is no authority is told so whether there is one or not.
    """
    authority(ctx, world)
    request = world.get(CASE_REQUEST, data["request"])
    if request is None:
        raise Refusal("case-request.not-found", field="/request", request=data["request"])
    try:
        led(request.case_file, ctx, world)
    except Refusal as refusal:
        if refusal.code != "case.not-found":
            raise
        raise Refusal("case-request.not-found", field="/request", request=request.id) from None
    if _standing(request).state == RequestState.ANSWERED:
        raise Refusal("case-request.answered", field="/request", request=request.id, at=request.answered_at)
    return request


def _withdraw(data: Data, ctx: Context, world: World) -> Decision:
    _asked(data, ctx, world)
    return Decision()


def _withdrawn(statement: Statement, position: int, world: World) -> Iterator[Any]:
    request = world.row(CASE_REQUEST, statement.data["request"])
    yield replace(
        request,
        state=RequestState.WITHDRAWN.value,
        withdrawn_because=statement.data["reason"],
        version=position,
    )
    yield step(statement, position, request.case_file, request.id)


def _extend(data: Data, ctx: Context, world: World) -> Decision:
    _asked(data, ctx, world)
    return Decision({"due_at": _in(data["hours"], ctx)})


def _extended(statement: Statement, position: int, world: World) -> Iterator[Any]:
    request = world.row(CASE_REQUEST, statement.data["request"])
    yield replace(request, due_at=statement.outcome["due_at"], version=position)
    yield step(statement, position, request.case_file, request.id)


def _reads(data: Data, world: World) -> Iterator[Stream]:
    yield CASE_REQUEST, data["request"]
    request = world.peek(CASE_REQUEST, data["request"])
    if request is not None:
        yield CASE, request.case_file
    yield from ((UNIT, line["unit"]) for line in data.get("counted", ()))


MAKE_REQUEST = Kind("request-made", {1: _make}, _made, _make_reads, made=("witnesses",))
ACKNOWLEDGE_REQUEST = Kind("request-acknowledged", {1: _acknowledge}, _acknowledged, _reads)
ANSWER_REQUEST = Kind("request-answered", {1: _answer}, _answered, _reads)
WITHDRAW_REQUEST = Kind("request-withdrawn", {1: _withdraw}, _withdrawn, _reads)
EXTEND_REQUEST = Kind("request-extended", {1: _extend}, _extended, _reads)
KINDS = [MAKE_REQUEST, ACKNOWLEDGE_REQUEST, ANSWER_REQUEST, WITHDRAW_REQUEST, EXTEND_REQUEST]

"""Goods are called back.

Rules kept here: an authority recalls under a case of its region what concerns that region, as it holds it
(service/incidents/reach.py); a business recalls by its own decision what it registered, or what is in its
store, and under no case. A recall names one question, which its author saw answered at a position. Its goods
are held from then on, and all that is made of them (coverage.py): they move to quarantine or disposal only,
until the recall is withdrawn or finished with its goods let go. A drill's recall holds nothing.

Who has such goods or sold them is found by the service in the rows (reading.py) and stands in the statement:
a lot may be in more units than a judgement can load. Whoever gets some later is asked for a report all the
same, because the hold on them tells.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from schema.identifiers import covers
from schema.problems import Refusal
from service.goods.movements.flow import events
from service.goods.state import ARRIVAL, LOT, UNIT
from service.incidents.cases.state import CASE, CASE_EXPOSURE, CaseFile, CaseState, step
from service.incidents.coverage import Question, coverage_streams, covered, in_hand
from service.incidents.holds import held_rows
from service.incidents.reach import foreign, question_streams, speaker
from service.incidents.recalls.clocks import clocks_of
from service.incidents.recalls.state import Recall, RecallPart, RecallState, part_key
from service.incidents.state import HELD_LOT, HoldKind, asked_for
from service.ledger import Context, Data, Decision, Kind, Statement, Stream, World
from service.parties import Organisation, Role, policy_for


def _order(data: Data, ctx: Context, world: World) -> Decision:
    if len(data["question"]) != 1:
        raise Refusal("recall.not-one-question", field="/question", named=", ".join(sorted(data["question"])))
    if data["asked_at"] > ctx.position:
        raise Refusal("recall.asked-later", field="/asked_at", asked=data["asked_at"], position=ctx.position)
    organisation = speaker(ctx, world)
    case = _case(data, organisation, world)
    _demand_goods(data, organisation, world)
    coverage = covered(data["question"], world)
    is_drill = case is not None and case.drill
    for key in () if is_drill else coverage.whole:
        world.get(HELD_LOT, key)  # read here, so that the projector adds to the holds that there are
    policy = policy_for(world, organisation.region, ctx.recorded)
    clocks = clocks_of(data["level"], ctx.recorded, policy)
    outcome = {
        "recall": ctx.id(),
        "hold": None if is_drill else ctx.id(),
        "drill": is_drill,
        "start_by": clocks.start_by,
        "finish_on": clocks.finish_on,
        "calendar_until": clocks.calendar_until,
        "covers": {"lots": [*coverage.whole], "units": [*coverage.units]},
        "touches": [*coverage.lots],
        "addressed": [each["organisation"] for each in data.get("holders", ())],
    }
    return Decision(outcome, policy.version)


def _case(data: Data, organisation: Organisation, world: World) -> CaseFile | None:
    """The case that it is under. Raises Refusal ``recall.case-…`` or ``recall.exposure-not-found``."""
    if Role.REGULATOR not in organisation.roles:
        if "case" in data:
            raise Refusal("recall.case-not-found", field="/case", case=data["case"])
        return None
    if "case" not in data:
        raise Refusal("recall.case-missing", field="/case")
    case = world.get(CASE, data["case"])
    if case is None or not covers(organisation.region, case.region):
        raise Refusal("recall.case-not-found", field="/case", case=data["case"])
    if case.state == CaseState.CLOSED:
        raise Refusal("recall.case-closed", field="/case", case=case.id, number=case.number)
    if "exposure" in data:
        exposure = world.get(CASE_EXPOSURE, data["exposure"])
        if exposure is None or exposure.case_file != case.id:
            raise Refusal("recall.exposure-not-found", field="/exposure", exposure=data["exposure"])
    return case


def _demand_goods(data: Data, organisation: Organisation, world: World) -> None:
    """Raises Refusal ``recall.goods-not-found`` for what is not the author's to call back."""
    question = data["question"]
    if Role.REGULATOR in organisation.roles:
        strange = foreign(question, data.get("witnesses", ()), organisation.region, world)
    else:
        strange = _not_own(question, organisation.id, world)
    for pointer, key in strange:
        raise Refusal("recall.goods-not-found", field=f"/question/{pointer}", key=key)


def _not_own(question: Question, organisation: int, world: World) -> Iterator[tuple[str, int]]:
    """What is named that the business neither registered nor has, with its pointer."""
    for kind, keys in question.items():
        for place, key in enumerate(keys):
            if not _is_own(kind, key, organisation, world):
                yield f"{kind}/{place}", key


def _is_own(kind: str, key: int, organisation: int, world: World) -> bool:
    if kind == "units":
        unit = world.get(UNIT, key)
        return unit is not None and in_hand(unit, organisation)
    named = world.get(LOT, key) if kind == "lots" else world.get(ARRIVAL, key)
    return named is not None and named.organisation == organisation


def _ordered(statement: Statement, position: int, world: World) -> Iterator[Any]:
    data, outcome = statement.data, statement.outcome
    case = world.row(CASE, data["case"]) if "case" in data else None
    region = speaker(Context(statement.actor, statement.at, position), world).region
    yield _recall(statement, position, region)
    for place, holder in enumerate(data.get("holders", ()), start=1):
        yield _part(outcome["recall"], outcome["recall"] + place, holder, position)
    if outcome["hold"] is not None:
        yield asked_for(statement, position, kind=HoldKind.RECALL.value, region=region, reason="recall")
        covers = outcome["covers"]
        yield from held_rows(outcome["hold"], covers["lots"], covers["units"], position, world)
        yield from events(statement, position, outcome["touches"], None, statement.at)
    if case is not None:
        if outcome["hold"] is not None:
            yield replace(case, holds=[*case.holds, outcome["hold"]], version=position)
        yield step(statement, position, case.id, outcome["recall"])


def _recall(statement: Statement, position: int, region: str) -> Recall:
    data, outcome = statement.data, statement.outcome
    holders = data.get("holders", ())
    assert statement.policy is not None  # noqa: S101  (the decider found one)
    return Recall(
        id=outcome["recall"],
        organisation=statement.actor.organisation,
        region=region,
        case_file=data.get("case"),
        exposure=data.get("exposure"),
        question=data["question"],
        asked_at=data["asked_at"],
        digest=data["digest"],
        hold=outcome["hold"],
        level=data["level"],
        reason=data["reason"],
        measures=data["measures"],
        public=data.get("public", False),
        drill=outcome["drill"],
        state=RecallState.ORDERED.value,
        grams=sum(each["grams"] for each in holders),
        lots=outcome["touches"],
        policy=statement.policy,
        ordered_at=statement.at,
        start_by=outcome["start_by"],
        finish_on=outcome["finish_on"],
        calendar_until=outcome["calendar_until"],
        started_at=None,
        ended_at=None,
        version=position,
        waiting=sorted(each["organisation"] for each in holders if each["grams"]),
        note=data.get("note"),
    )


def _part(recall: int, part: int, holder: Data, position: int) -> RecallPart:
    return RecallPart(
        key=part_key(recall, holder["organisation"]),
        id=part,
        recall=recall,
        organisation=holder["organisation"],
        grams=holder["grams"],
        started_at=None,
        reported_at=None,
        report={},
        accounted={},
        evidence=[],
        version=position,
    )


def _reads(data: Data, world: World) -> Iterator[Stream]:
    if "case" in data:
        yield CASE, data["case"]
    if "exposure" in data:
        yield CASE_EXPOSURE, data["exposure"]
    yield from coverage_streams(data["question"], world)
    yield from question_streams(data, world)


ORDER_RECALL = Kind("recall-ordered", {1: _order}, _ordered, _reads, made=("witnesses", "holders"))
KINDS = [ORDER_RECALL]

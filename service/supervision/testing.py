"""What a laboratory found in a sample, and the finding that a positive raises.

Rules kept here: who took a sample reports its result, or an authority of its region; a positive names what
was found, and stands until an authority reports otherwise; it raises one finding, which the keeper of the
place answers (destroyed, returned, tested again …) within the policy's days and an authority closes
(service/incidents/findings.py). An inconclusive or invalid test ends nothing: the sample is tested again.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

from schema import moments
from schema.problems import Refusal
from service.goods.movements.flow import events
from service.incidents.breaches import FINDING_DAYS
from service.incidents.reach import speaker
from service.incidents.state import opened
from service.ledger import Context, Data, Decision, Kind, Statement, Stream, World
from service.ledger.kinds import IDS_PER_POSITION
from service.ledger.statement import instant
from service.parties import policy_for
from service.supervision.sampling import POSITIVE, happened, reported_by, sample_streams, supervises
from service.supervision.state import SAMPLE, Sample, SampleResult, SampleState

RULE = "inspection.sample-positive"


def _test(data: Data, ctx: Context, world: World) -> Decision:
    sample = reported_by(data["sample"], ctx, world, "/sample")
    tested = happened(data["tested_at"], ctx, "/tested_at")
    if tested.certainly_before(moments.parse(sample.taken_at)):
        raise Refusal(
            "sample.tested-before-taken", field="/tested_at", sample=sample.id, taken=sample.taken_at
        )
    if data["result"] == POSITIVE and "hazard" not in data:
        raise Refusal("sample.hazard-missing", field="/hazard", sample=sample.id)
    if data["result"] != POSITIVE and "hazard" in data:
        raise Refusal("sample.hazard-of-no-positive", field="/hazard", sample=sample.id)
    if sample.result == POSITIVE and not supervises(speaker(ctx, world), sample.region):
        raise Refusal("sample.positive-stands", field="/sample", sample=sample.id, test=sample.test)
    policy = policy_for(world, sample.region, ctx.recorded)
    outcome: Data = {"finding": None}
    if data["result"] == POSITIVE and sample.finding is None:
        days = policy.document.get("finding_days", FINDING_DAYS)
        due_at = instant(ctx.recorded + timedelta(days=days))
        outcome = {"finding": ctx.id(), "owner": sample.keeper, "region": sample.region, "due_at": due_at}
    return Decision(outcome, policy.version)


def _tested(statement: Statement, position: int, world: World) -> Iterator[Any]:
    data, outcome = statement.data, statement.outcome
    sample = world.row(SAMPLE, data["sample"])
    yield replace(
        sample,
        state=SampleState.TESTED.value,
        result=data["result"],
        hazard=data.get("hazard"),
        test=data["test"],
        tested_at=data["tested_at"],
        finding=outcome["finding"] or sample.finding,
        version=position,
    )
    yield SampleResult(
        id=position * IDS_PER_POSITION,
        sample=sample.id,
        organisation=statement.actor.organisation,
        result=data["result"],
        hazard=data.get("hazard"),
        test=data["test"],
        method=data["method"],
        tested_at=data["tested_at"],
        file=data.get("file"),
        version=position,
    )
    if outcome["finding"] is not None:
        yield from _raised(sample, statement, position)


def _raised(sample: Sample, statement: Statement, position: int) -> Iterator[Any]:
    data, outcome = statement.data, statement.outcome
    lots = [] if sample.lot is None else [sample.lot]
    facts = {"sample": sample.number, "hazard": data["hazard"], "test": data["test"]}
    yield opened(
        outcome["finding"],
        statement,
        position,
        rules=[{"rule": RULE, "facts": facts}],
        owner=outcome["owner"],
        organisation=statement.actor.organisation,
        facility=sample.facility,
        region=outcome["region"],
        lots=lots,
        due_at=outcome["due_at"],
    )
    yield from events(statement, position, lots, sample.facility, statement.at)


def _reads(data: Data, world: World) -> Iterator[Stream]:
    yield from sample_streams(data["sample"], world)


REPORT_TEST = Kind("sample-tested", {1: _test}, _tested, _reads)
KINDS: list[Kind] = [REPORT_TEST]

"""Plans of sampling: so many samples in each day, week or month, at a place or in a region.

Rules kept here: an authority plans for its region or a part of it, or for one place there; anybody else for a
place of its own; who made a plan gives it up. What was taken for a plan is counted from the samples by
whoever reads, so no sample says for which plan it was taken, and one sample may count for several.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from schema.clock import CHINA
from schema.problems import Refusal
from service.incidents.reach import speaker
from service.ledger import Context, Data, Decision, Kind, Statement, Stream, World
from service.parties import FACILITY, Organisation
from service.supervision.sampling import supervises
from service.supervision.state import SAMPLING_PLAN, SamplingPlan


def _plan(data: Data, ctx: Context, world: World) -> Decision:
    if ("region" in data) == ("facility" in data):
        raise Refusal("sampling-plan.not-one-scope", field="/region")
    if data["until_day"] < data["from_day"]:
        raise Refusal(
            "sampling-plan.ends-first", field="/until_day", begins=data["from_day"], ends=data["until_day"]
        )
    return Decision({"plan": ctx.id(), "region": _region(data, speaker(ctx, world), world)})


def _region(data: Data, organisation: Organisation, world: World) -> str:
    """Where it holds. Raises Refusal ``sampling-plan.region-not-yours`` or ``sample.place-not-found``."""
    if "region" in data:
        region: str = data["region"]
        if not supervises(organisation, region):
            raise Refusal("sampling-plan.region-not-yours", field="/region", region=region)
        return region
    facility = world.get(FACILITY, data["facility"])
    if facility is None or not (
        facility.organisation == organisation.id or supervises(organisation, facility.region)
    ):
        raise Refusal("sample.place-not-found", field="/facility", facility=data["facility"])
    return facility.region


def _planned(statement: Statement, position: int, _world: World) -> Iterator[SamplingPlan]:
    data, outcome = statement.data, statement.outcome
    yield SamplingPlan(
        id=outcome["plan"],
        organisation=statement.actor.organisation,
        region=outcome["region"],
        facility=data.get("facility"),
        subject=data.get("subject"),
        purpose=data.get("purpose"),
        count=data["count"],
        period=data["period"],
        from_day=data["from_day"],
        until_day=data["until_day"],
        ended_on=None,
        version=position,
    )


def _plan_reads(data: Data, _world: World) -> Iterator[Stream]:
    if "facility" in data:
        yield FACILITY, data["facility"]


def _end(data: Data, ctx: Context, world: World) -> Decision:
    plan = world.get(SAMPLING_PLAN, data["plan"])
    if plan is None or plan.organisation != ctx.actor.organisation:
        raise Refusal("sampling-plan.not-found", field="/plan", plan=data["plan"])
    if plan.ended_on is not None:
        raise Refusal("sampling-plan.ended", field="/plan", plan=plan.id, ended=plan.ended_on)
    return Decision({"ended_on": ctx.recorded.astimezone(CHINA).date().isoformat()})


def _ended(statement: Statement, position: int, world: World) -> Iterator[SamplingPlan]:
    plan = world.row(SAMPLING_PLAN, statement.data["plan"])
    yield replace(plan, ended_on=statement.outcome["ended_on"], version=position)


def _end_reads(data: Data, _world: World) -> Iterator[Stream]:
    yield SAMPLING_PLAN, data["plan"]


PLAN_SAMPLING = Kind("sampling-planned", {1: _plan}, _planned, _plan_reads)
END_PLAN = Kind("sampling-plan-ended", {1: _end}, _ended, _end_reads)
KINDS: list[Kind] = [PLAN_SAMPLING, END_PLAN]

"""Findings: raised by a breach or by an inspector, answered by their owner, assigned anew, closed.

Rules kept here: an inspector raises findings about places of the own region; the owner answers, with evidence
that it uploaded itself, as often as there is something to say, until the finding is closed; only regulators
of the finding's region assign and close it, and closing may lift what held the goods because of it. Whether
one is overdue is derived from its due time and never written.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

from schema.identifiers import covers
from schema.problems import Refusal
from service.goods.movements.flow import events
from service.goods.state import LOT
from service.incidents.breaches import FINDING_DAYS
from service.incidents.holds import lifted
from service.incidents.reach import authority, speaker
from service.incidents.state import FINDING, HOLD, Finding, FindingState, opened
from service.ledger import Context, Data, Decision, Kind, Statement, Stream, World
from service.ledger.statement import instant
from service.parties import FACILITY, ORGANISATION, policy_for


def _raise(data: Data, ctx: Context, world: World) -> Decision:
    inspector = authority(ctx, world)
    facility = world.get(FACILITY, data["facility"])
    if facility is None or not covers(inspector.region, facility.region):
        raise Refusal("finding.place-not-found", field="/facility", facility=data["facility"])
    for place, lot in enumerate(data.get("lots", ())):
        if world.get(LOT, lot) is None:
            raise Refusal("finding.lot-not-found", field=f"/lots/{place}", lot=lot)
    policy = policy_for(world, facility.region, ctx.recorded)
    days = data.get("days", policy.document.get("finding_days", FINDING_DAYS))
    outcome = {
        "finding": ctx.id(),
        "owner": facility.organisation,
        "region": facility.region,
        "due_at": _in(days, ctx),
    }
    return Decision(outcome, policy.version)


def _in(days: int, ctx: Context) -> str:
    return instant(ctx.recorded + timedelta(days=days))


def _raised(statement: Statement, position: int, _world: World) -> Iterator[Any]:
    data, outcome = statement.data, statement.outcome
    lots = sorted(data.get("lots", ()))
    yield opened(
        outcome["finding"],
        statement,
        position,
        rules=[{"rule": f"inspection.{data['rule']}", "facts": {"facility": data["facility"]}}],
        owner=outcome["owner"],
        organisation=statement.actor.organisation,
        facility=data["facility"],
        region=outcome["region"],
        lots=lots,
        due_at=outcome["due_at"],
    )
    yield from events(statement, position, lots, data["facility"], statement.at)


def _raise_reads(data: Data, _world: World) -> Iterator[Stream]:
    yield FACILITY, data["facility"]
    yield from ((LOT, lot) for lot in data.get("lots", ()))


def _open(finding: Finding) -> Finding:
    if finding.state == FindingState.CLOSED:
        raise Refusal("finding.closed", field="/finding", finding=finding.id, closed=finding.closed_at)
    return finding


def _supervised(data: Data, ctx: Context, world: World) -> Finding:
    """A finding of the regulator's region that is not closed. Raises Refusal ``finding.…``."""
    inspector = authority(ctx, world)
    finding = world.get(FINDING, data["finding"])
    if finding is None or not covers(inspector.region, finding.region):
        raise Refusal("finding.not-found", field="/finding", finding=data["finding"])
    return _open(finding)


def _answer(data: Data, ctx: Context, world: World) -> Decision:
    finding = world.get(FINDING, data["finding"])
    if finding is None or finding.owner != speaker(ctx, world).id:
        raise Refusal("finding.not-found", field="/finding", finding=data["finding"])
    _open(finding)
    return Decision({"evidence": sorted({*finding.evidence, *data.get("evidence", ())})})


def _answered(statement: Statement, position: int, world: World) -> Iterator[Any]:
    data = statement.data
    yield replace(
        world.row(FINDING, data["finding"]),
        state=FindingState.ANSWERED.value,
        answer=data["explanation"],
        note=data.get("note"),
        evidence=statement.outcome["evidence"],
        answered_at=statement.at,
        answered_in=position,
        version=position,
    )


def _assign(data: Data, ctx: Context, world: World) -> Decision:
    """The finding is open again, so that its owner, the old or a new one, answers by the new due time."""
    finding = _supervised(data, ctx, world)
    if "owner" not in data and "days" not in data:
        raise Refusal("finding.nothing-assigned", field="/owner", finding=finding.id)
    owner = world.get(ORGANISATION, data.get("owner", finding.owner))
    if owner is None or not owner.active:
        raise Refusal("finding.owner-not-found", field="/owner", owner=data.get("owner", finding.owner))
    due_at = _in(data["days"], ctx) if "days" in data else finding.due_at
    return Decision({"owner": owner.id, "due_at": due_at})


def _assigned(statement: Statement, position: int, world: World) -> Iterator[Any]:
    yield replace(
        world.row(FINDING, statement.data["finding"]),
        state=FindingState.OPEN.value,
        owner=statement.outcome["owner"],
        due_at=statement.outcome["due_at"],
        version=position,
    )


def _close(data: Data, ctx: Context, world: World) -> Decision:
    finding = _supervised(data, ctx, world)
    lifts = data.get("lift", False)
    if lifts:
        hold = None if finding.hold is None else world.get(HOLD, finding.hold)
        if hold is None or hold.lifted_at is not None:
            raise Refusal("finding.no-hold", field="/lift", finding=finding.id, hold=finding.hold)
    return Decision({"lifted": finding.hold if lifts else None})


def _closed(statement: Statement, position: int, world: World) -> Iterator[Any]:
    data, hold = statement.data, statement.outcome["lifted"]
    finding = world.row(FINDING, data["finding"])
    yield replace(
        finding,
        state=FindingState.CLOSED.value,
        closed_at=statement.at,
        closed_by=statement.actor.organisation,
        conclusion=data["conclusion"],
        version=position,
    )
    if hold is not None:
        yield lifted(world.row(HOLD, hold), statement, position, f"finding_{data['conclusion']}")
    yield from events(statement, position, finding.lots, finding.facility, statement.at)


def _reads(data: Data, world: World) -> Iterator[Stream]:
    yield FINDING, data["finding"]
    finding = world.peek(FINDING, data["finding"])
    if finding is not None and finding.hold is not None:
        yield HOLD, finding.hold
    if "owner" in data:
        yield ORGANISATION, data["owner"]


RAISE_FINDING = Kind("finding-raised", {1: _raise}, _raised, _raise_reads)
ANSWER_FINDING = Kind("finding-answered", {1: _answer}, _answered, _reads)
ASSIGN_FINDING = Kind("finding-assigned", {1: _assign}, _assigned, _reads)
CLOSE_FINDING = Kind("finding-closed", {1: _close}, _closed, _reads)
KINDS = [RAISE_FINDING, ANSWER_FINDING, ASSIGN_FINDING, CLOSE_FINDING]

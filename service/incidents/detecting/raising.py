"""A suspicion becomes a finding: said by the platform alone, judged on its evidence, raised once.

Rules kept here: only the platform says it, on evidence that the ledger bears out (weighing.py); evidence that
is known raises nothing again. While the newest finding of a subject is not closed, further evidence is added
to it, and an answer that it had is asked for again: one label is one file on the regulator's table. Once it
is closed, further evidence raises another finding, because what an authority concluded is not changed under
its hands; so does evidence beyond what one finding holds. Goods are held only where the policy says so.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

from schema.problems import Refusal
from service.codes.state import ISSUED_CODE
from service.goods.state import LOT
from service.incidents.breaches import HOLD_PLACE
from service.incidents.detecting.state import SUSPECT, SUSPICION, Suspect, Suspicion
from service.incidents.detecting.weighing import Case, weighed
from service.incidents.holds import held_rows
from service.incidents.state import FINDING, HELD_LOT, Finding, FindingState, Hold, held_by_breach, opened
from service.ledger import PLATFORM, Context, Data, Decision, Kind, Statement, Stream, World
from service.ledger.said import SAID
from service.ledger.statement import instant
from service.parties import FACILITY, ORGANISATION

MOST_IN_A_FINDING = 200
"""Pieces of evidence that one finding holds."""
MOST_KNOWN = 1000
"""Marks of evidence that are remembered of a subject. Rows are looked at once when they are new, so what is
older does not come up again."""


def _decide(data: Data, ctx: Context, world: World) -> Decision:
    if ctx.actor != PLATFORM:
        raise Refusal("suspicion.platform-only")
    case = weighed(data, ctx, world)
    suspect = world.get(SUSPECT, _key(data))
    known = set() if suspect is None else {*suspect.known}
    fresh = [each for each, mark in zip(case.evidence, case.marks, strict=True) if mark not in known]
    if not fresh:
        raise Refusal("suspicion.raised-already", field="/evidence", subject=data["subject"])
    open_one = _open(suspect, len(fresh), world)
    is_held = open_one is None and case.policy.document["suspicion_holds"] and bool(case.lots)
    if is_held:
        for lot in case.lots:
            world.get(HELD_LOT, lot)  # read here, so that the projector adds to the holds that there are
    outcome = {
        "finding": ctx.id() if open_one is None else open_one.id,
        "owner": case.owner,
        "facility": case.facility,
        "region": case.region,
        "lots": case.lots,
        "facts": case.facts,
        "evidence": fresh if open_one is not None else case.evidence,
        "marks": case.marks,
        "organisations": case.organisations,
        "regions": case.regions,
        "due_at": instant(ctx.recorded + timedelta(days=case.policy.document["finding_days"])),
        "hold": ctx.id(HOLD_PLACE) if is_held else None,
    }
    return Decision(outcome, case.policy.version)


def _key(data: Data) -> str:
    return f"{data['rule']}/{data['subject']}"


def _open(suspect: Suspect | None, more: int, world: World) -> Finding | None:
    """The finding that takes ``more`` pieces of evidence still."""
    finding = None if suspect is None else world.get(FINDING, suspect.finding)
    if finding is None or finding.state == FindingState.CLOSED:
        return None
    suspicion = world.get(SUSPICION, finding.id)
    is_full = suspicion is None or len(suspicion.evidence) + more > MOST_IN_A_FINDING
    return None if is_full else finding


def _project(statement: Statement, position: int, world: World) -> Iterator[Any]:
    data, outcome = statement.data, statement.outcome
    suspect = world.peek(SUSPECT, _key(data))
    before = [] if suspect is None else suspect.known
    known = [*before, *(mark for mark in outcome["marks"] if mark not in before)]
    yield Suspect(_key(data), outcome["finding"], known[-MOST_KNOWN:], position)
    suspicion = world.peek(SUSPICION, outcome["finding"])
    yield _suspicion(suspicion, statement, position)
    if suspicion is None:
        yield _finding(statement, position)
        if outcome["hold"] is not None:
            yield _hold(statement, position)
            yield from held_rows(outcome["hold"], outcome["lots"], [], position, world)
    else:
        yield _asked_again(world.row(FINDING, outcome["finding"]), outcome["due_at"], position)


def _suspicion(before: Suspicion | None, statement: Statement, position: int) -> Suspicion:
    data, outcome = statement.data, statement.outcome
    evidence, organisations, regions = outcome["evidence"], outcome["organisations"], outcome["regions"]
    if before is None:
        return Suspicion(
            outcome["finding"], data["rule"], data["subject"], evidence, organisations, regions, position
        )
    return replace(
        before,
        evidence=[*before.evidence, *evidence],
        organisations=sorted({*before.organisations, *organisations}),
        regions=sorted({*before.regions, *regions}),
        version=position,
    )


def _finding(statement: Statement, position: int) -> Finding:
    outcome = statement.outcome
    return opened(
        outcome["finding"],
        statement,
        position,
        rules=[{"rule": f"suspicion.{statement.data['rule']}", "facts": outcome["facts"]}],
        owner=outcome["owner"],
        facility=outcome["facility"],
        region=outcome["region"],
        lots=outcome["lots"],
        due_at=outcome["due_at"],
        hold=outcome["hold"],
    )


def _asked_again(finding: Finding, due_at: str, position: int) -> Finding:
    """A finding with further evidence: what was answered is asked again by a new time."""
    if finding.state == FindingState.OPEN:
        return replace(finding, version=position)
    return replace(finding, state=FindingState.OPEN.value, due_at=due_at, version=position)


def _hold(statement: Statement, position: int) -> Hold:
    outcome = statement.outcome
    return held_by_breach(
        outcome["hold"],
        statement,
        position,
        finding=outcome["finding"],
        organisation=outcome["owner"],
        region=outcome["region"],
        reason=f"suspicion.{statement.data['rule']}",
        question={"lots": outcome["lots"]},
        lots=outcome["lots"],
    )


def _reads(data: Data, world: World) -> Iterator[Stream]:
    key = _key(data)
    yield SUSPECT, key
    suspect = world.peek(SUSPECT, key)
    if suspect is not None:
        yield FINDING, suspect.finding
        yield SUSPICION, suspect.finding
    if data["rule"].startswith("label-"):
        yield ISSUED_CODE, data["subject"]
    for each in data["evidence"]:
        for name, source in (("position", SAID), ("facility", FACILITY), ("organisation", ORGANISATION)):
            if name in each:
                yield source, each[name]
        yield from ((LOT, lot) for lot in each.get("lots", ()))


RAISE_SUSPICION = Kind("suspicion-raised", {1: _decide}, _project, _reads, scope="parties:write")
"""Its scope is one that the platform's own service has; no route lets anybody else say it."""

KINDS = [RAISE_SUSPICION]

__all__ = ["KINDS", "MOST_IN_A_FINDING", "MOST_KNOWN", "RAISE_SUSPICION", "Case"]

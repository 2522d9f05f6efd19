"""A statement is taken back and, if need be, said otherwise: judged at its own time on all that was recorded
since.

Rules kept here: who said it corrects it, or a regulator where the goods are or were (authority.py); its
author for as long as the policy allows; once, and from then on the correction is what is corrected. The
replacement is judged by the decider of what it replaces, as of then, on the state as if that had not been
said, so that ids, times and policy stay. What lived on since stays (merging.py); what stands in the way is
named (moved_on.py). A rule that only the correction breaks raises a finding and holds the goods; so does a
release that would not have been (papers.py).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

from schema.problems import Refusal
from service.goods.corrections.authority import Scene, demand_standing, place_of, scene_streams
from service.goods.corrections.consequences import (
    finding,
    held_lots,
    held_units,
    hold_rows,
    newly_broken,
    newly_held,
    unit_rows,
)
from service.goods.corrections.papers import undone_releases
from service.goods.corrections.plan import Plan, load_all
from service.goods.corrections.said import CORRECTED, Said, said_at, standing_at
from service.goods.corrections.subjects import REVERSES, SUBJECTS, Subject
from service.goods.movements.flow import events
from service.goods.state import CORRECTION, Correction, Event
from service.ledger import Context, Data, Decision, Kind, Statement, Stream, World
from service.ledger.said import SAID
from service.ledger.statement import parse_instant
from service.ledger.world import Fork, UnloadedError
from service.parties import Policy, policy_for


def decide(data: Data, ctx: Context, world: World) -> Decision:
    """``said`` of the outcome is what the replacement leads to; None for a withdrawal."""
    said, subject, scene = _subject(data, ctx, world)
    policy = policy_for(world, scene.region, ctx.recorded)
    _in_time(said, ctx, policy)
    _differs(data, said)
    plan = Plan.of(said, subject, world, ctx.position)
    replaced = None if data["replacement"] is None else plan.replaced(data["replacement"], ctx)
    rows = plan.rows(replaced)
    undone = undone_releases(rows, world) if subject.carries else []
    broken = [
        *newly_broken(replaced, said),
        *newly_held(said, replaced, world),
        *(refusal for each in undone for refusal in each.refusals),
    ]
    outcome: Data = {
        "root": said.root,
        "kind": said.kind,
        "said": None if replaced is None else replaced.outcome,
        "breach": [] if replaced is None else [*replaced.breach],
        "facility": scene.facility,
    }
    if broken:
        lots = {event.lot for event in plan.history(replaced)} | {each.lot.id for each in undone}
        outcome |= finding(scene, sorted(lots), policy, ctx)
        outcome |= held_lots(undone, rows, world, ctx)
    outcome |= held_units(replaced, rows, world, ctx)
    return Decision(outcome, policy.version, broken, corrects=said.position)


def _subject(data: Data, ctx: Context, world: World) -> tuple[Said, Subject, Scene]:
    """What is corrected, how, and where that belongs. Raises Refusal ``correction.…``."""
    position = data["position"]
    said = said_at(position, world)
    if said is None:
        raise Refusal("correction.not-found", field="/position", position=position)
    subject = SUBJECTS.get(said.kind)
    is_own = said.author == ctx.actor.organisation
    if subject is None and is_own:
        reverse = REVERSES.get(said.kind, "—")
        raise Refusal(
            "correction.not-correctable",
            field="/position",
            position=position,
            kind=said.kind,
            reverse=reverse,
        )
    if subject is None:
        raise Refusal("correction.not-found", field="/position", position=position)
    load_all(subject.kind.reads(said.last, world), world)
    scene = place_of(said, world)
    demand_standing(said, scene, ctx, world, "correction.not-found", position)
    return standing_at(position, world) or said, subject, scene


def _in_time(said: Said, ctx: Context, policy: Policy) -> None:
    """Its author has so many days; an authority is not bound by them."""
    days = policy.document["correction_days"]
    is_late = ctx.recorded - parse_instant(said.first.at) > timedelta(days=days)
    if is_late and said.author == ctx.actor.organisation:
        raise Refusal("correction.too-late", field="/position", recorded=said.first.at, days=days)


def _differs(data: Data, said: Said) -> None:
    if data["replacement"] is None and said.data is None:
        raise Refusal("correction.already-withdrawn", field="/position", position=said.position)
    if data["replacement"] == said.data:
        raise Refusal("correction.nothing-changed", field="/replacement", position=said.position)


def project(statement: Statement, position: int, world: World) -> Iterator[Any]:
    """Every row as the correction leaves it, a line of history for each lot, and the correction itself."""
    data, outcome = statement.data, statement.outcome
    said = said_at(data["position"], world)
    if said is None:
        raise LookupError(f"statement {position} corrects {data['position']}, which is not there")
    plan = Plan.of(said, SUBJECTS[said.kind], world, position)
    replaced = plan.as_replaced(data["replacement"], outcome)
    rows = plan.rows(replaced)
    corrected = Fork(world)
    corrected.put(rows)
    yield from rows
    yield from unit_rows(statement, position, corrected)
    yield from _history(statement, position, plan.history(replaced))
    yield Correction(
        position=data["position"],
        correction=position,
        root=said.root,
        kind=said.kind,
        organisation=statement.actor.organisation,
        author=said.author,
        reason=data["reason"],
        withdrawn=replaced is None,
        corrected_at=statement.at,
        excluded_by=None,
        excluded_at=None,
        version=position,
    )
    yield from hold_rows(statement, position, world)


def _history(statement: Statement, position: int, touched: Sequence[Event]) -> Iterator[Event]:
    lots = [event.lot for event in touched]
    yield from events(statement, position, lots, statement.outcome["facility"], statement.at)


def reads(data: Data, world: World) -> Iterator[Stream]:
    """What is corrected, all that it and its replacement would be judged on, and where it belongs."""
    yield SAID, data["position"]
    yield CORRECTION, data["position"]
    try:
        said = said_at(data["position"], world)
    except UnloadedError as missing:
        yield missing.stream
        return
    subject = None if said is None else SUBJECTS.get(said.kind)
    if said is None or subject is None:
        return
    for stated in (said.last, data["replacement"]):
        if stated is not None:
            yield from subject.kind.reads(stated, world)
    yield from scene_streams(said, world)


CORRECT = Kind(CORRECTED, {2: decide}, project, reads, made=("replacement",))

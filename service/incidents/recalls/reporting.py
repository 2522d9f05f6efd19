"""What businesses do about a recall: they begin with it, and report what became of the goods in their hands.

Rules kept here: both are facts, so neither is refused for being late or for not adding up: it is recorded in
breach and raises a finding with both values, unless it is a drill. Who was addressed says it, and whoever the
ledger says has recalled goods by now. A report says where every gram is: what is there, was sent back, sold,
destroyed or is missing must add up to what the ledger accounts for; a later report replaces it, and both
stay on record.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from schema import moments
from schema.messages.recalls import OUTCOMES
from schema.problems import Refusal
from service.incidents.breaches import decided
from service.incidents.reach import speaker
from service.incidents.recalls.state import (
    OVER,
    RECALL,
    RECALL_PART,
    Recall,
    RecallPart,
    RecallState,
    part_key,
)
from service.ledger import Context, Data, Decision, Kind, Statement, Stream, World
from service.ledger.statement import instant, parse_instant
from service.parties import policy_for
from service.parties.filing.changes import not_in_future


def _start(data: Data, ctx: Context, world: World) -> Decision:
    recall, part = _own(data, ctx, world)
    if part is None:
        raise Refusal("recall.not-found", field="/recall", recall=recall.id)
    if part.started_at is not None:
        raise Refusal("recall.started-already", field="/recall", recall=recall.id, started=part.started_at)
    began = not_in_future(data["happened_at"], ctx, "/happened_at")
    if began.latest < parse_instant(recall.ordered_at):
        raise Refusal(
            "recall.started-before", field="/happened_at", began=data["happened_at"], at=recall.ordered_at
        )
    is_late = began.earliest > parse_instant(recall.start_by)
    broken = [Refusal("recall.started-late", recall=recall.id, began=began.text, due=recall.start_by)]
    return _decided(ctx, world, recall, {"late": is_late}, broken if is_late else [])


def _started(statement: Statement, position: int, world: World) -> Iterator[Any]:
    recall = world.row(RECALL, statement.data["recall"])
    part = world.row(RECALL_PART, part_key(recall.id, statement.actor.organisation))
    began = instant(moments.parse(statement.data["happened_at"]).earliest)
    yield replace(part, started_at=min(max(began, recall.ordered_at), statement.at), version=position)
    yield _under_way(recall, recall.waiting, statement.at, position)


def _under_way(recall: Recall, waiting: list[int], at: str, position: int) -> Recall:
    """The recall, begun at the latest now."""
    return replace(
        recall,
        state=RecallState.STARTED.value,
        started_at=recall.started_at or at,
        waiting=waiting,
        version=position,
    )


def _report(data: Data, ctx: Context, world: World) -> Decision:
    recall, part = _own(data, ctx, world)
    accounted: dict[str, int] = data.get("accounted", {})
    if part is None and not any(accounted.values()):
        raise Refusal("recall.not-found", field="/recall", recall=recall.id)
    return _decided(ctx, world, recall, {"part": ctx.id()}, [*_differences(data, accounted, recall)])


def _differences(data: Data, accounted: dict[str, int], recall: Recall) -> Iterator[Refusal]:
    """Where a report and the ledger do not agree, and goods that should be there."""
    said, known = sum(reported(data).values()), sum(accounted.values())
    if said != known:
        yield Refusal("recall.sums-differ", field="/found_grams", recall=recall.id, said=said, known=known)
    missing = data.get("missing_grams", 0)
    if missing:
        yield Refusal("recall.goods-missing", field="/missing_grams", recall=recall.id, grams=missing)


def reported(data: Data) -> dict[str, int]:
    """What a report says, in grams by outcome."""
    return {name: data.get(f"{name}_grams", 0) for name in OUTCOMES}


def _reported(statement: Statement, position: int, world: World) -> Iterator[Any]:
    data, author = statement.data, statement.actor.organisation
    recall = world.row(RECALL, data["recall"])
    key = part_key(recall.id, author)
    part = world.peek(RECALL_PART, key) or RecallPart(
        key, statement.outcome["part"], recall.id, author, 0, None, None, {}, {}, [], position
    )
    yield replace(
        part,
        started_at=part.started_at or statement.at,
        reported_at=statement.at,
        report=reported(data),
        accounted=data.get("accounted", {}),
        evidence=sorted({*part.evidence, *data.get("evidence", ())}),
        note=data.get("note"),
        version=position,
    )
    yield _under_way(recall, [each for each in recall.waiting if each != author], statement.at, position)


def _own(data: Data, ctx: Context, world: World) -> tuple[Recall, RecallPart | None]:
    """A recall that goes on, and the actor's part of it. Raises Refusal ``recall.…``.

    To who has no part it is as if it were not there, whether or not it is over.
    """
    recall = world.get(RECALL, data["recall"])
    part = world.get(RECALL_PART, part_key(data["recall"], ctx.actor.organisation))
    if recall is None:
        raise Refusal("recall.not-found", field="/recall", recall=data["recall"])
    if part is not None and recall.state in OVER:
        raise Refusal("recall.over", field="/recall", recall=recall.id, ended=recall.ended_at)
    if recall.state in OVER:
        raise Refusal("recall.not-found", field="/recall", recall=recall.id)
    return recall, part


def _decided(ctx: Context, world: World, recall: Recall, outcome: Data, broken: list[Refusal]) -> Decision:
    """The decision on such a fact; a drill raises no findings."""
    region = speaker(ctx, world).region
    policy = policy_for(world, region, ctx.recorded)
    return decided(ctx, outcome, policy, [] if recall.drill else broken, region=region)


def _reads(data: Data, _world: World) -> Iterator[Stream]:
    yield RECALL, data["recall"]


START_RECALL = Kind("recall-started", {1: _start}, _started, _reads)
REPORT_RECALL = Kind("recall-reported", {1: _report}, _reported, _reads, made=("accounted",))
KINDS = [START_RECALL, REPORT_RECALL]

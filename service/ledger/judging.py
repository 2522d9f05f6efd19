"""Judging one proposal: pure, so that the appender and an auditor come to the same statement."""

from __future__ import annotations

from collections.abc import Iterable

from schema.problems import Refusal
from service.ledger.kinds import Context, Decision, Proposal, Registry
from service.ledger.statement import Data, Statement
from service.ledger.world import Stream, World


def needed(registry: Registry, proposal: Proposal, world: World) -> Iterable[Stream]:
    """The streams that the proposal will need, as far as can be told now."""
    yield from registry.standing.reads(proposal)
    yield from proposal.kind.reads(proposal.data, world)


def judge(registry: Registry, proposal: Proposal, world: World, position: int, at: str) -> Statement:
    """The statement that a proposal becomes at ``position``.

    Raises Refusal where a rule refuses it and UnloadedError where a stream is missing; the world is
    unchanged in both cases.
    """
    kind = proposal.kind
    context = Context(proposal.actor, at, position, kind.name)
    decision, judged = _decide(registry, proposal, kind.newest, context, world)
    return Statement(
        kind=kind.name,
        schema=kind.schema,
        decider=kind.newest,
        at=at,
        actor=proposal.actor,
        data=proposal.data,
        outcome=decision.outcome,
        judged=judged,
        policy=decision.policy,
        breach=tuple(map(_breach, decision.breach)),
        corrects=decision.corrects,
        idempotency=proposal.idempotency,
        signature=proposal.signature,
    )


def judge_again(registry: Registry, statement: Statement, world: World, position: int) -> str | None:
    """Judge a recorded statement on the state before it; what is wrong with it, or None.

    This is what catches a platform that holds every key and writes a release without certificates.
    """
    kind = registry.kinds.get(statement.kind)
    if kind is None or statement.decider not in kind.deciders:
        return f"no judgement {statement.kind}/{statement.decider} is known here"
    context = Context(statement.actor, statement.at, position, statement.kind)
    said = Proposal(
        kind, statement.actor, statement.data, statement.idempotency, signature=statement.signature
    )
    try:
        decision, judged = _decide(registry, said, statement.decider, context, world)
    except Refusal as refusal:
        return f"should have been refused: {refusal}"
    except Exception as defect:
        # Only a forger writes what no schema let in; the auditor names it and goes on.
        return f"it cannot be judged: {defect!r}"
    breach = tuple(map(_breach, decision.breach))
    for name, found, expected in (
        ("outcome", statement.outcome, decision.outcome),
        ("policy", statement.policy, decision.policy),
        ("breach", statement.breach, breach),
        ("corrects", statement.corrects, decision.corrects),
        ("judged", statement.judged, judged),
    ):
        if found != expected:
            return f"its {name} is {found}, judged again it is {expected}"
    return None


def _decide(
    registry: Registry, proposal: Proposal, version: int, context: Context, world: World
) -> tuple[Decision, list[tuple[str, int | None]]]:
    world.begin()
    registry.standing.check(proposal, context, world)
    decision = proposal.kind.deciders[version](proposal.data, context, world)
    return decision, world.reads()


def _breach(refusal: Refusal) -> Data:
    return {"rule": refusal.code, "facts": refusal.facts}

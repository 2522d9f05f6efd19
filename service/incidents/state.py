"""What stands against goods: holds, the lots that they are on, and findings.

A hold is on whole lots or on single units. A unit bears its own holds (``Unit.holds``); a lot's, and an
arrival's, stand in ``HeldLot``, so that a hold on a lot of 50,000 units writes one row and covers each of
them, whoever moves it meanwhile. A hold that was lifted stays where it stood and holds no more.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from service.ledger import Projection, Statement


class HoldKind(StrEnum):
    """An order of an authority; what a rule holds by itself, because a fact broke it; a keeper's own; a
    recall's, which ends with it."""

    ORDER = "order"
    BREACH = "breach"
    OWN = "own"
    RECALL = "recall"


class FindingState(StrEnum):
    """Open until its owner answers; answered until an authority closes it, or asks again."""

    OPEN = "open"
    ANSWERED = "answered"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Hold:
    """Goods that may not move except to quarantine or disposal, from ``placed_at`` until ``lifted_at``.

    ``question`` names what is held: ``{"lots": […]}``, ``{"arrivals": […]}`` or ``{"units": […]}``, and all
    that is made of it. ``asked_at`` is the position at which its author saw what that is, and ``digest`` the
    SHA-256 of that answer. ``reason`` is a word of a closed set; of a breach, the rule's code. ``policy`` is
    the policy's position. ``lots`` are those that it touched when it was placed. Notes are commitments.
    Under a case, ``case_file`` is its id and ``exposure`` that of the answer whose goods it holds; one of a
    ``drill`` is on record and on no goods.
    """

    id: int
    kind: str
    organisation: int
    region: str
    reason: str
    question: dict[str, list[int]]
    policy: int | None
    asked_at: int | None
    digest: str | None
    finding: int | None
    placed_at: str
    lifted_at: str | None
    lifted_by: int | None
    lifted_because: str | None
    version: int
    lots: list[int] = field(default_factory=list)
    case_number: str | None = None
    note: dict[str, str] | None = None
    lifted_on_test: str | None = None
    lifted_note: dict[str, str] | None = None
    case_file: int | None = None
    exposure: int | None = None
    drill: bool = False


@dataclass(frozen=True, slots=True)
class HeldLot:
    """The holds that are on a whole lot, or on an arrival and so on every lot registered from it."""

    lot: int
    holds: list[int]
    version: int


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule that a fact broke, or what an inspector found: whose it is, until when, and how it ended.

    ``rules`` are the breaches as the statement at ``statement`` bears them. ``owner`` must answer by
    ``due_at``. ``answer`` is a word of a closed set, given in the
    statement at ``answered_in``, ``note`` a commitment to what its owner adds, and
    ``evidence`` are SHA-256 of files. ``hold`` is what holds the goods because of it.
    """

    id: int
    statement: int
    rules: list[dict[str, Any]]
    organisation: int
    facility: int | None
    region: str
    owner: int
    lots: list[int]
    hold: int | None
    state: str
    raised_at: str
    due_at: str
    answer: str | None
    evidence: list[str]
    closed_at: str | None
    closed_by: int | None
    conclusion: str | None
    version: int
    answered_at: str | None = None
    answered_in: int | None = None
    note: dict[str, str] | None = None


def opened(
    finding: int,
    statement: Statement,
    position: int,
    *,
    rules: list[dict[str, Any]],
    owner: int,
    facility: int | None,
    region: str,
    lots: list[int],
    due_at: str,
    hold: int | None = None,
    organisation: int | None = None,
) -> Finding:
    """A finding that ``statement`` raises: open, and nobody has answered it yet. ``organisation`` is who
    broke or reported the rule, the owner where nothing is said."""
    return Finding(
        id=finding,
        statement=position,
        rules=rules,
        organisation=owner if organisation is None else organisation,
        facility=facility,
        region=region,
        owner=owner,
        lots=lots,
        hold=hold,
        state=FindingState.OPEN.value,
        raised_at=statement.at,
        due_at=due_at,
        answer=None,
        evidence=[],
        closed_at=None,
        closed_by=None,
        conclusion=None,
        version=position,
    )


def held_by_breach(
    hold: int,
    statement: Statement,
    position: int,
    *,
    finding: int,
    organisation: int,
    region: str,
    reason: str,
    question: dict[str, list[int]],
    lots: list[int],
) -> Hold:
    """A hold that ``statement`` places with the finding that it raises: nobody was asked for it."""
    return Hold(
        id=hold,
        kind=HoldKind.BREACH.value,
        organisation=organisation,
        region=region,
        reason=reason,
        question=question,
        policy=statement.policy,
        asked_at=None,
        digest=None,
        finding=finding,
        placed_at=statement.at,
        lifted_at=None,
        lifted_by=None,
        lifted_because=None,
        version=position,
        lots=lots,
    )


def asked_for(
    statement: Statement, position: int, *, kind: str, region: str, reason: str, **more: Any
) -> Hold:
    """A hold that ``statement`` places on what its question names, as its author saw it answered: in force,
    in the author's ``region``; ``more`` are columns of its own."""
    data, outcome = statement.data, statement.outcome
    return Hold(
        id=outcome["hold"],
        kind=kind,
        organisation=statement.actor.organisation,
        region=region,
        reason=reason,
        question=data["question"],
        policy=statement.policy,
        asked_at=data["asked_at"],
        digest=data["digest"],
        finding=None,
        placed_at=statement.at,
        lifted_at=None,
        lifted_by=None,
        lifted_because=None,
        version=position,
        lots=outcome["touches"],
        case_file=data.get("case"),
        exposure=data.get("exposure"),
        **more,
    )


HOLD = Projection(Hold, name="hold", queries="incidents/hold", history="id")
HELD_LOT = Projection(HeldLot, name="held", queries="incidents/held_lot", key="lot", history="lot")
FINDING = Projection(Finding, name="finding", queries="incidents/finding", history="id")

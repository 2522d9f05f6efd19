"""What a case file holds: the case, what was known when, what operators were asked to do, and each step.

Rows are made of statements alone. Positions say when something became known; clocks, and whether a request is
overdue, are derived by whoever reads.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from service.ledger import Projection, Statement


class CaseState(StrEnum):
    """Suspected until a confirmation or a clearance; closed when nothing of it is open."""

    SUSPECTED = "suspected"
    CONFIRMED = "confirmed"
    CLEARED = "cleared"
    CLOSED = "closed"


class RequestState(StrEnum):
    """Open until its addressee has seen it, acknowledged until it answers; or withdrawn."""

    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    ANSWERED = "answered"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class CaseFile:
    """A suspicion, or what became of it: whose case, about what, and how it stands.

    ``subject`` is one of ``{"units": […]}``, ``{"lots": […]}``, ``{"arrivals": […]}``, ``{"zone":
    {"facility": 1, "zone": 2}}`` and ``{"vehicle": 3}``, with ``sample`` where one brought it. ``number`` is
    the authority's own. ``sampled_at`` is when, as said. ``opened_in``, ``confirmed_in``, ``cleared_in`` and
    ``closed_in`` are positions. ``holds`` and ``requests`` are all that there were under it, ``tests``
    its results in order: ``{"stage": "retest", "result": "negative", "number": "…", "position": 12}``. A
    ``drill`` restrains no goods.
    """

    id: int
    organisation: int
    region: str
    number: str
    hazard: str
    drill: bool
    state: str
    subject: dict[str, Any]
    opened_at: str
    opened_in: int
    sampled_at: str | None
    confirmed_in: int | None
    cleared_in: int | None
    closed_in: int | None
    version: int
    holds: list[int] = field(default_factory=list)
    requests: list[int] = field(default_factory=list)
    tests: list[dict[str, Any]] = field(default_factory=list)
    conclusion: str | None = None
    note: dict[str, str] | None = None


@dataclass(frozen=True, slots=True)
class CaseExposure:
    """What was known when: a question of exposure, the position it was asked at, and what it answered.

    ``digest`` is the SHA-256 of that answer and ``counts`` its sums: units and lots by tier, and the whole.
    """

    id: int
    case_file: int
    question: dict[str, Any]
    asked_at: int
    digest: str
    counts: dict[str, Any]
    recorded_at: str
    version: int


@dataclass(frozen=True, slots=True)
class CaseRequest:
    """What an authority asked of an operator under a case, until when, and what became of it.

    ``asks`` are words of a closed set, ``lots`` and ``units`` the goods that it is about. ``answer``
    is a word of a closed set, ``counted`` what the operator found, ``evidence`` SHA-256 of files. Notes are
    commitments.
    """

    id: int
    case_file: int
    organisation: int
    addressee: int
    facility: int | None
    region: str
    drill: bool
    asks: list[str]
    lots: list[int]
    units: list[int]
    state: str
    made_at: str
    due_at: str
    acknowledged_at: str | None
    answered_at: str | None
    answered_in: int | None
    version: int
    answer: str | None = None
    counted: list[dict[str, Any]] = field(default_factory=list)
    evidence: list[str] = field(default_factory=list)
    note: dict[str, str] | None = None
    answer_note: dict[str, str] | None = None
    withdrawn_because: str | None = None


@dataclass(frozen=True, slots=True)
class CaseStep:
    """A line in the history of a case: the statement at ``version`` was a step of it. A statement is a step
    of one case. ``about`` is the thing that it made or changed, where there is one besides the case."""

    id: int
    case_file: int
    kind: str
    organisation: int
    at: str
    about: int | None
    version: int


def step(statement: Statement, position: int, case: int, about: int | None = None) -> CaseStep:
    """The line that a statement leaves in the history of ``case``."""
    return CaseStep(
        id=position,
        case_file=case,
        kind=statement.kind,
        organisation=statement.actor.organisation,
        at=statement.at,
        about=about,
        version=position,
    )


CASE = Projection(CaseFile, name="case", queries="incidents/case_file", history="id")
CASE_EXPOSURE = Projection(CaseExposure, name="case_exposure", queries="incidents/case_exposure")
CASE_REQUEST = Projection(CaseRequest, name="case_request", queries="incidents/case_request", history="id")
CASE_STEP = Projection(CaseStep, name="case_step", queries="incidents/case_step", log=True)
STEPS_OF = CASE_STEP.index("of_case", by="case_file")

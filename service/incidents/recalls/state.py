"""What a recall is: what is called back, by when, who had how much of it, and what each of them reports.

Rows are made of statements alone. How much of a recall is located, and whether somebody is overdue, is
derived by whoever reads. Moments are recorded times (UTC), ``finish_on`` is a day in China.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from service.ledger import Projection


class RecallState(StrEnum):
    """Ordered until somebody has begun; started until its author finishes it; or withdrawn."""

    ORDERED = "ordered"
    STARTED = "started"
    FINISHED = "finished"
    WITHDRAWN = "withdrawn"


OVER = (RecallState.FINISHED, RecallState.WITHDRAWN)


@dataclass(frozen=True, slots=True)
class Recall:
    """Goods that are called back.

    ``case_file`` is the case that it is under; None of a business's own. ``question`` names the goods as that
    of a hold does, and ``exposure`` the answer that they were taken from. ``hold`` keeps them where they are;
    None of a drill. ``start_by`` and ``finish_on`` are its clocks under ``policy``; ``calendar_until`` is the
    last day of the calendar of holidays where the second one goes beyond it, so that it may move. ``grams``
    is what was in store or sold when it was ordered, ``lots`` are those that it touched then, ``waiting`` the
    businesses that had some of it and have not reported yet.
    """

    id: int
    organisation: int
    region: str
    case_file: int | None
    exposure: int | None
    question: dict[str, list[int]]
    asked_at: int
    digest: str
    hold: int | None
    level: int
    reason: str
    measures: list[str]
    public: bool
    drill: bool
    state: str
    grams: int
    lots: list[int]
    policy: int
    ordered_at: str
    start_by: str
    finish_on: str
    calendar_until: str | None
    started_at: str | None
    ended_at: str | None
    version: int
    waiting: list[int] = field(default_factory=list)
    extensions: list[dict[str, Any]] = field(default_factory=list)
    note: dict[str, str] | None = None


@dataclass(frozen=True, slots=True)
class RecallPart:
    """What one business has to do with a recall, known by ``recall/organisation``.

    ``grams`` is what it had in store or had sold when the recall was ordered. ``report`` is its newest
    report, in grams: found, returned, sold, destroyed, missing; ``accounted`` what the ledger said then.
    """

    key: str
    id: int
    recall: int
    organisation: int
    grams: int
    started_at: str | None
    reported_at: str | None
    report: dict[str, int]
    accounted: dict[str, int]
    evidence: list[str]
    version: int
    note: dict[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Disposal:
    """Goods of a recall, or of a case, that were destroyed, handed over or sent back by the statement at
    ``position``."""

    id: int
    recall: int | None
    case_file: int | None
    position: int
    kind: str
    organisation: int
    unit: int
    lot: int
    grams: int
    happened_at: str
    evidence: list[str]
    version: int


def part_key(recall: int, organisation: int) -> str:
    """By which a business's part of a recall is known."""
    return f"{recall}/{organisation}"


RECALL = Projection(Recall, name="recall", queries="incidents/recall", history="id")
RECALL_PART = Projection(
    RecallPart, name="recall_part", queries="incidents/recall_part", key="key", history="id"
)
DISPOSAL = Projection(Disposal, name="disposal", queries="incidents/disposal")

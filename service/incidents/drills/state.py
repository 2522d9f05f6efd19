"""What a drill is: planned, running with a case of its own, finished with a score, or cancelled."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from service.ledger import Projection


class DrillState(StrEnum):
    """Planned, until it starts or is cancelled; running, until it is finished or cancelled."""

    PLANNED = "planned"
    RUNNING = "running"
    FINISHED = "finished"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Drill:
    """A drill of an authority. ``seed`` draws its goods; ``targets`` say what it is measured by:
    ``list_minutes`` until it is known where the goods are, ``acknowledge_minutes`` until each holder has seen
    its request, and ``located_percent`` of the quantity found.

    From its start on it has a ``case_file``; ``lot`` was drawn at position ``asked_at`` from as many lots as
    ``candidates`` says, whose ids have the SHA-256 ``digest``. ``expected`` is what the ledger said each
    holder had: ``[organisation, grams, whether it is of the region]``. ``score`` was worked out at the end.
    """

    id: int
    organisation: int
    region: str
    seed: int
    hazard: str
    scheduled_on: str
    targets: dict[str, int]
    state: str
    planned_at: str
    version: int
    case_file: int | None = None
    lot: int | None = None
    asked_at: int | None = None
    candidates: int | None = None
    digest: str | None = None
    expected: list[list[Any]] = field(default_factory=list)
    started_at: str | None = None
    ended_at: str | None = None
    score: dict[str, Any] | None = None
    note: dict[str, str] | None = None


DRILL = Projection(Drill, name="drill", queries="incidents/drill", history="id")

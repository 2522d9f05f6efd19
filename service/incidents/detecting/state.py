"""What is suspected, and what was raised already."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from service.ledger import Projection


@dataclass(frozen=True, slots=True)
class Suspicion:
    """The evidence behind a finding, by the finding's id.

    Each piece of ``evidence`` says ``what`` it is (``scan``, ``statement``, ``attempt``), whose and where.
    ``organisations`` and ``regions`` are all that it is about: they see the finding.
    """

    id: int
    rule: str
    subject: str
    evidence: list[dict[str, Any]]
    organisations: list[int]
    regions: list[str]
    version: int


@dataclass(frozen=True, slots=True)
class Suspect:
    """What was raised about one subject under one rule (``key`` is ``rule/subject``): the newest finding, and
    the marks of the evidence that is known, the newest last."""

    key: str
    finding: int
    known: list[str]
    version: int


SUSPICION = Projection(Suspicion, name="suspicion", queries="incidents/suspicion")
SUSPECT = Projection(Suspect, name="suspect", queries="incidents/suspect", key="key")

"""A question of exposure, with every choice spelled out, and its answer. Pure values.

All times are seconds UTC since 1970, all intervals half-open. Decision 25 says what each relation means.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property

import orjson


class Tier(IntEnum):
    """How goods came to be exposed, the closest relation first."""

    SAME = 0
    CONTAINER = 1
    VEHICLE = 2
    ZONE = 3
    HANDLING = 4
    UPSTREAM = 5


MOST_HOPS = 5


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked.

    It begins from ``units``, ``lots``, ``arrivals``, a ``zone`` (facility and number, 0 where the place has
    none) or a ``vehicle``, in the window from ``begin`` to ``end``. ``position`` is what is known: the
    statements before it; ``now`` is the end of what is still going on. What was recorded from
    ``known_before`` on, when the case opened, ends no stay, and cuts nothing that no authority accepted.
    """

    begin: int
    end: int
    position: int
    now: int
    known_before: int
    units: tuple[int, ...] = ()
    lots: tuple[int, ...] = ()
    arrivals: tuple[int, ...] = ()
    zone: tuple[int, int] | None = None
    vehicle: int | None = None
    tiers: frozenset[Tier] = frozenset(Tier)
    hops: int = 1
    min_overlap_minutes: int = 0
    zone_kinds: frozenset[str] | None = None
    linger_minutes: int = 0
    opened_only: bool = False
    handling_hours: int = 24
    production_days: int = 0
    cleared: bool = True

    @property
    def least_overlap(self) -> int:
        """Seconds for which two must have been together: zero minutes are no meeting."""
        return max(1, 60 * self.min_overlap_minutes)


@dataclass(frozen=True, slots=True, order=True)
class Hit:
    """A unit that was reached: in how many hops, by which relation first, exposed since which second."""

    unit: int
    hop: int
    tier: int
    since: int


@dataclass(frozen=True)
class Answer:
    """What a question at ``position`` reaches, by unit; ``cleared`` is what only disinfections keep out."""

    position: int
    hits: tuple[Hit, ...]
    cleared: tuple[Hit, ...] = ()

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the answer in canonical form: the same for whoever asks the same."""
        told = {"position": self.position, "hits": _rows(self.hits), "cleared": _rows(self.cleared)}
        # Small integers under names that are sorted: what orjson writes is RFC 8785.
        return hashlib.sha256(orjson.dumps(told, option=orjson.OPT_SORT_KEYS)).hexdigest()


def _rows(hits: Iterable[Hit]) -> list[list[int]]:
    return [[hit.unit, hit.hop, hit.tier, hit.since] for hit in hits]

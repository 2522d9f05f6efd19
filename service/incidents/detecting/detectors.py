"""What is suspicious, as pure functions of rows and of the policy in force; runner and ledger ask the same.

Each is careful where honest trade could look alike. No distances are at hand, so time between two places goes
by the steps of region codes, and places of one county are no distance at all. A scan at a place where no
goods ever were is weighed once statements that were recorded offline had time to come in. What was lost is
set against what turned up. A paper counts for lots that it does not name, and one slip is none. What is dated
back counts where much of it comes at once.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import groupby, pairwise
from typing import Any

from schema import moments
from service.ledger import Data

MOST_EVIDENCE = 100
"""Pieces of evidence in one statement; policies ask for no more than that."""


class Suspected(StrEnum):
    """What is looked for; each is the code ``suspicion.…`` of the catalogue."""

    OUTPACED = "label-outpaced"
    ASTRAY = "label-astray"
    TWO_HOLDERS = "label-at-two-holders"
    SURPLUS = "more-than-registered"
    REUSED = "paper-reused"
    DATED_BACK = "dated-back"


@dataclass(frozen=True, slots=True)
class Scan:
    """A label was read at a place that who read it named; ``organisation`` is who read it."""

    code: str
    at: datetime
    organisation: int
    facility: int
    region: str


@dataclass(frozen=True, slots=True)
class LateFact:
    """A statement that tells of something that happened before it was recorded."""

    position: int
    at: datetime
    happened_at: str


@dataclass(frozen=True, slots=True)
class Surplus:
    """Pieces of a lot that were there although the ledger did not know, by the statement that found them."""

    position: int
    pieces: int


@dataclass(frozen=True, slots=True)
class Trial:
    """Lots for which a paper was tried: an attempt that was refused, or a statement that was taken back."""

    mark: str
    lots: tuple[int, ...]


def least_minutes(one: str, other: str, document: Data) -> int:
    """The least time between two regions: none within a county, else by the first digits that differ."""
    for digits, name in ((6, None), (4, "travel_minutes_city"), (2, "travel_minutes_province")):
        if one[:digits] == other[:digits]:
            return 0 if name is None else int(document[name])
    return int(document["travel_minutes_country"])


def outpaced(one: Scan, other: Scan, document: Data) -> bool:
    """Whether one case would have had to be faster from the one place to the other than the policy thinks
    possible."""
    if one.facility == other.facility:
        return False
    least = timedelta(minutes=least_minutes(one.region, other.region, document))
    return abs(one.at - other.at) < least


def outpaced_pairs(
    fresh: Collection[Scan], scans: Sequence[Scan], documents: Mapping[str, Data]
) -> Iterator[tuple[Scan, Scan]]:
    """Neighbours in time among the scans of one case of which at least one is ``fresh``; ``documents`` are
    the policies by region. The later one's place decides."""
    for earlier, later in pairwise(sorted(scans, key=lambda scan: (scan.at, scan.facility))):
        is_new = earlier in fresh or later in fresh
        if is_new and outpaced(earlier, later, documents[later.region]):
            yield earlier, later


def astray(region: str, known: Collection[str]) -> bool:
    """Whether no goods of the lot were ever in the city, or are on the way there."""
    return all(each[:4] != region[:4] for each in known)


def surplus(found: Sequence[Surplus], lost: int, most: int) -> bool:
    """Whether more pieces turned up than were lost, by more than ``most``."""
    return sum(each.pieces for each in found) - lost > most


def lots_beyond(trials: Sequence[Trial], named: Collection[int]) -> set[int]:
    """The lots for which a paper was tried and that it does not name."""
    return {lot for trial in trials for lot in trial.lots} - {*named}


def late(fact: LateFact, hours: int) -> bool:
    """Whether all of what happened lies so long before its recording."""
    return moments.parse(fact.happened_at).latest <= fact.at - timedelta(hours=hours)


def bursts(facts: Sequence[LateFact], document: Data) -> Iterator[list[LateFact]]:
    """Groups of late facts that were recorded within the policy's minutes, each of the policy's count at
    least; what is in one is in no other."""
    count, window = document["dated_back_count"], timedelta(minutes=document["dated_back_minutes"])
    waiting: list[LateFact] = []
    told = sorted(
        (each for each in facts if late(each, document["dated_back_hours"])), key=lambda each: each.position
    )
    for fact in told:
        waiting = [each for each in waiting if fact.at - each.at <= window]
        waiting.append(fact)
        if len(waiting) >= count:
            yield waiting
            waiting = []


def told_at(kind: str, data: Mapping[str, Any]) -> str | None:
    """When what a statement tells of happened, where it counts: papers come after what they certify."""
    if kind == "certificate-recorded":
        return None
    said = next((data[name] for name in ("happened_at", "departed_at", "received_at") if name in data), None)
    return said if isinstance(said, str) else None


def by_code(scans: Sequence[Scan]) -> Iterator[tuple[str, list[Scan]]]:
    """Scans, code by code."""
    ordered = sorted(scans, key=lambda scan: (scan.code, scan.at))
    yield from ((code, list(group)) for code, group in groupby(ordered, lambda scan: scan.code))

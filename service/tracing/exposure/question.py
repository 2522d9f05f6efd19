"""A question of exposure, with every choice spelled out, and its answer. Pure values.

All times are seconds UTC since 1970, all intervals half-open. Decision 25 says what each relation means.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from functools import cached_property
from typing import Any, TypeAlias, overload

import numpy as np
import orjson

Column: TypeAlias = np.ndarray[Any, np.dtype[Any]]
PART = 10_000
"""Rows that are turned into values at once: other threads wait for that."""


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


@dataclass(frozen=True, slots=True, eq=False)
class Hits(Sequence[Hit]):
    """Hits as columns, ordered by unit: hundreds of thousands take no objects until somebody asks for one."""

    unit: Column = field(default_factory=lambda: np.empty(0, np.int64))
    hop: Column = field(default_factory=lambda: np.empty(0, np.int64))
    tier: Column = field(default_factory=lambda: np.empty(0, np.int64))
    since: Column = field(default_factory=lambda: np.empty(0, np.int64))

    @classmethod
    def of(cls, hits: Iterable[Hit]) -> Hits:
        """The same hits."""
        rows = [(hit.unit, hit.hop, hit.tier, hit.since) for hit in sorted(hits)]
        return cls(*np.array(rows, np.int64).reshape(-1, 4).T)

    def __len__(self) -> int:
        return len(self.unit)

    def __iter__(self) -> Iterator[Hit]:
        for part in self._parts():
            yield from (Hit(*row) for row in part.tolist())

    @overload
    def __getitem__(self, place: int) -> Hit: ...

    @overload
    def __getitem__(self, place: slice) -> Hits: ...

    def __getitem__(self, place: int | slice) -> Hit | Hits:
        columns = self.unit[place], self.hop[place], self.tier[place], self.since[place]
        return Hits(*columns) if isinstance(place, slice) else Hit(*map(int, columns))

    def only(self, rows: Column) -> Hits:
        """Those rows, by their places or by whether each is wanted."""
        return Hits(self.unit[rows], self.hop[rows], self.tier[rows], self.since[rows])

    def find(self, unit: int) -> Hit | None:
        """The hit of a unit."""
        place = int(np.searchsorted(self.unit, unit))
        return self[place] if place < len(self) and self.unit[place] == unit else None

    def joined(self, others: Hits) -> Hits:
        """These and others, of other units."""
        pairs = zip(self._columns(), others._columns(), strict=True)
        both = Hits(*(np.concatenate(pair) for pair in pairs))
        return both.only(np.argsort(both.unit, kind="stable"))

    def json(self) -> Iterator[bytes]:
        """All rows as a JSON array, part by part."""
        yield b"["
        for number, part in enumerate(self._parts()):
            yield b"," * bool(number) + orjson.dumps(part, option=orjson.OPT_SERIALIZE_NUMPY)[1:-1]
        yield b"]"

    def _columns(self) -> tuple[Column, Column, Column, Column]:
        return self.unit, self.hop, self.tier, self.since

    def _parts(self) -> Iterator[Column]:
        for begin in range(0, len(self), PART):
            columns = [column[begin : begin + PART] for column in self._columns()]
            yield np.stack(columns, axis=1).astype(np.int64)


@dataclass(frozen=True)
class Answer:
    """What a question at ``position`` reaches, by unit; ``cleared`` is what only disinfections keep out."""

    position: int
    hits: Hits
    cleared: Hits = field(default_factory=Hits)

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the answer in canonical form (RFC 8785): the same for whoever asks the same."""
        told = hashlib.sha256()
        for text in (b'{"cleared":', *self.cleared.json(), b',"hits":', *self.hits.json()):
            told.update(text)
        told.update(b',"position":%d}' % self.position)
        return told.hexdigest()

"""Who was where: the stays that ended and the present ones as one, as of a question's position.

Rules kept here: a stay counts unless the statement that began or ended it was excluded before that position;
one that was ended by a statement from the position on at which a case opened counts as going on, and so does,
as of an earlier position, one that went on then.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import ClassVar

import numpy as np

from service.tracing.index.adjacency import Adjacency
from service.tracing.index.arrays import Arrays
from service.tracing.index.columns import EVER, NONE, Array, Table
from service.tracing.index.stays import Run, expand

_REMEMBERED = 16
"""For so many positions at which cases opened it is kept what ended after them."""


@dataclass(frozen=True, slots=True)
class Held:
    """Stays as a question sees them, a row each: who, where, from when to when, in sealed packs, and whether
    it ended. Seconds UTC since 1970."""

    node: Array
    place: Array
    since: Array
    until: Array
    sealed: Array
    ended: Array

    def __len__(self) -> int:
        return len(self.node)

    def only(self, rows: Array) -> Held:
        """Those rows of it."""
        return Held(*(getattr(self, name)[rows] for name in self.__slots__))

    @classmethod
    def joined(cls, parts: Sequence[Held]) -> Held:
        """One after the other."""
        if len(parts) == 1:
            return parts[0]
        columns = ([getattr(part, name) for part in parts] for name in cls.__slots__)
        return cls(*map(np.concatenate, columns))


class Comings(Table):
    """Units that are or were somewhere, as they came by the statement at ``placed``: one is there yet where
    that still stands on the unit."""

    types: ClassVar[Mapping[str, str]] = {"node": "i4", "place": "i4", "placed": "i4"}

    node: Array
    place: Array
    placed: Array


class Presence:
    """Stays of the arrays, found by unit and by place; follows what was added when it is asked."""

    def __init__(self, arrays: Arrays) -> None:
        self._arrays = arrays
        self._lock = Lock()
        self._position = -1
        self._comings = Comings()
        self._at = Adjacency()
        self._latest, self._looked_at = 0, 0
        self._lasting: dict[int, tuple[int, Array]] = {}

    @property
    def bytes(self) -> int:
        """What it takes beside the stays themselves."""
        return self._comings.bytes + self._at.bytes

    def follow(self) -> list[Run]:
        """Take in what the arrays got since; the runs in which ended stays are sorted by place."""
        with self._lock:
            if self._position != self._arrays.position:
                self._come()
                self._position = self._arrays.position
            return self._arrays.stays.follow(len(self._arrays.nodes))

    def _come(self) -> None:
        """Units that changed since, where they are now; all of them again where most entries are stale."""
        units = self._arrays.units
        if len(self._comings) > 2 * len(units) + 1000:
            self._comings, self._at, self._position = Comings(), Adjacency(), -1
        there = np.flatnonzero((units.there == 1) & (units.version >= self._position) & (units.placed > 0))
        places = self._arrays.present_place(there)
        there, places = there[places != NONE], places[places != NONE]
        if not len(there):
            return
        rows = self._comings.add(node=there, place=places, placed=units.placed[there])
        if len(there) * 4 > len(self._comings):
            self._at = Adjacency.of(self._comings.place, len(self._arrays.places))
        else:
            self._at.link(places, np.arange(rows.start, rows.stop), len(self._arrays.places))

    def present(self, places: Array) -> tuple[Array, Array]:
        """Units that are at places, and which of the places each is at."""
        rows, which = self._at.each(places)
        nodes = self._comings.node[rows]
        units = self._arrays.units
        here = (units.placed[nodes] == self._comings.placed[rows]) & (units.there[nodes] == 1)
        return nodes[here], which[here]

    def ended_since(self, position: int) -> Array:
        """Rows of stays that were ended from a position on, by place."""
        stays = self._arrays.stays
        with self._lock:
            new = stays.version[self._looked_at :]
            self._latest = max(self._latest, int(new.max(initial=0)))
            self._looked_at = len(stays)
            if position > self._latest:
                return np.empty(0, np.int64)
            count, rows = self._lasting.pop(position, (-1, new))
            if count != len(stays):
                rows = np.flatnonzero(stays.version >= position)
                rows = rows[np.argsort(stays.place[rows], kind="stable")]
            self._lasting[position] = len(stays), rows
            if len(self._lasting) > _REMEMBERED:
                del self._lasting[next(iter(self._lasting))]
            return rows


class Known:
    """Stays as they are known at ``position``, where a case opened at ``before``; what goes on lasts up to
    the second ``now``."""

    def __init__(self, arrays: Arrays, presence: Presence, position: int, before: int, now: int) -> None:
        self._arrays = arrays
        self._presence = presence
        self._runs = presence.follow()
        self._position = position
        self._before = min(before, position)
        self._now = now
        self._excluded = arrays.edges.corrections.any_excluded
        self._everything = position >= arrays.position and not self._excluded
        self._lasting_rows = presence.ended_since(self._before)
        self._lasting_places = arrays.stays.place[self._lasting_rows]

    def gone(self, positions: Array) -> Array:
        """Whether what was recorded at each position was excluded by then."""
        if not self._excluded:
            return np.zeros(len(positions), np.bool_)
        return self._arrays.edges.excluded_in(positions) < self._position

    def of_nodes(self, nodes: Array) -> tuple[Held, Array]:
        """Every stay of units, and which of the units each is of."""
        rows, which = self._arrays.stays.of_node.each(nodes)
        there = np.flatnonzero(self._arrays.units.there[nodes] == 1)
        places = self._arrays.present_place(nodes[there])
        known = self._known(nodes[there]) & (places != NONE)
        present = self._present(nodes[there[known]], places[known])
        if not self._everything:
            counts = self._counting(rows)
            rows, which = rows[counts], which[counts]
        return Held.joined([self._columns(rows), present]), np.append(which, there[known])

    def at_places(self, places: Array, begin: Array, end: Array) -> tuple[Held, Array]:
        """Stays at each place that may meet [begin, end), and which of these intervals each is for.

        ``places`` ascend."""
        found = [run.meeting(places, begin, end) for run in self._runs]
        return self._gathered([*found], [self._lasting(places)])

    def next_at(self, places: Array, after: Array) -> tuple[Held, Array]:
        """The stays that began next at each place, from a second on, and which of the places each is for.

        ``places`` ascend."""
        lasting, which = self._lasting(places)
        later = lasting.since >= after[which]
        lasting, which = lasting.only(later), which[later]
        first = np.full(len(places), EVER, np.int64)
        np.minimum.at(first, which, lasting.since)
        ended, whose = self._next_ended(places, after, first)
        np.minimum.at(first, whose, ended.since)
        both, which = Held.joined([lasting, ended]), np.concatenate([which, whose])
        nearest = both.since == first[which]
        return both.only(nearest), which[nearest]

    def _next_ended(self, places: Array, after: Array, limit: Array) -> tuple[Held, Array]:
        """Of ended stays those that began next, where that is not later than ``limit``."""
        found: list[tuple[Held, Array]] = []
        after, wanted = after.copy(), np.arange(len(places))
        while len(wanted):
            nexts = [run.next_beginning(places[wanted], after[wanted]) for run in self._runs]
            starts = np.min([np.full(len(wanted), EVER), *nexts], axis=0)
            going = (starts < EVER) & (starts <= limit[wanted])
            wanted, starts = wanted[going], starts[going]
            held, which = self._gathered([run.beginning(places[wanted], starts) for run in self._runs], [])
            found.append((held, wanted[which]))
            # Where none of those counts, the ones after them may.
            after[wanted] = starts + 1
            wanted = wanted[np.setdiff1d(np.arange(len(wanted)), which)]
        return self._gathered([], found)

    def _gathered(
        self, rows: list[tuple[Array, Array]], held: list[tuple[Held, Array]]
    ) -> tuple[Held, Array]:
        """Rows that runs found, without those that count as going on, beside what is held already."""
        none = np.empty(0, np.int64)
        for found, which in rows or ([] if held else [(none, none)]):
            counts = self._counting(found)
            if len(self._lasting_rows):
                counts &= self._arrays.stays.version[found] < self._before
            held.append((self._columns(found[counts]), which[counts]))
        return Held.joined([each for each, _ in held]), np.concatenate([which for _, which in held])

    def _lasting(self, places: Array) -> tuple[Held, Array]:
        """What goes on at each place, or counts so, and which of the places, which ascend."""
        first = np.flatnonzero(np.append([True], places[1:] != places[:-1])[: len(places)])
        once = places[first]
        nodes, at = self._presence.present(once)
        known = self._known(nodes)
        nodes, at = nodes[known], at[known]
        begins = np.searchsorted(self._lasting_places, once)
        rows, of = expand(begins, np.searchsorted(self._lasting_places, once, "right"))
        rows = self._lasting_rows[rows]
        counts = self._counting(rows)
        held = Held.joined([self._columns(rows[counts]), self._present(nodes, once[at])])
        which = np.concatenate([of[counts], at])
        # The same place may be asked of for several intervals.
        if len(first) == len(places):
            return held, which
        asked, row = expand(first[which], np.append(first[1:], len(places))[which])
        return held.only(row), asked

    def _counting(self, rows: Array) -> Array:
        """Which ended stays count."""
        if self._everything:
            return np.ones(len(rows), np.bool_)
        stays = self._arrays.stays
        placed, version = stays.placed[rows], stays.version[rows]
        counts = (placed < self._position) & ~self.gone(placed)
        return counts & ((version >= self._position) | ~self.gone(version))

    def _columns(self, rows: Array) -> Held:
        stays = self._arrays.stays
        since, until = stays.since[rows].astype(np.int64), stays.until[rows].astype(np.int64)
        ended = np.ones(len(rows), np.bool_)
        if len(self._lasting_rows):
            ended = stays.version[rows] < self._before
            until = np.where(ended, until, self._now)
        return Held(stays.node[rows], stays.place[rows], since, until, stays.sealed[rows] == 1, ended)

    def _known(self, nodes: Array) -> Array:
        """Which units are where they are as far as is known."""
        placed = self._arrays.units.placed[nodes]
        if self._everything:
            return placed > 0
        known: Array = (placed > 0) & (placed < self._position) & ~self.gone(placed)
        return known

    def _present(self, nodes: Array, places: Array) -> Held:
        units = self._arrays.units
        until, ended = np.full(len(nodes), self._now, np.int64), np.zeros(len(nodes), np.bool_)
        since = units.since[nodes].astype(np.int64)
        return Held(nodes, places, since, until, units.sealed[nodes] == 1, ended)

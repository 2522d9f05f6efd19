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
    """Units that are or were somewhere, as they came: whether one is there yet stands on the unit."""

    types: ClassVar[Mapping[str, str]] = {"node": "i4", "place": "i4"}

    node: Array
    place: Array


class Presence:
    """Stays of the arrays, found by unit and by place; follows what was added when it is asked."""

    def __init__(self, arrays: Arrays) -> None:
        self._arrays = arrays
        self._lock = Lock()
        self._position = 0
        self._comings = Comings()
        self._at = Adjacency()

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
            self._comings, self._at, self._position = Comings(), Adjacency(), 0
        there = np.flatnonzero((units.there == 1) & (units.version >= self._position))
        places = self._arrays.present_place(there)
        there, places = there[places != NONE], places[places != NONE]
        rows = self._comings.add(node=there, place=places) if len(there) else range(0)
        if len(there) * 4 > len(self._comings):
            self._at = Adjacency.of(self._comings.place, len(self._arrays.places))
        else:
            self._at.link(places, np.arange(rows.start, rows.stop), len(self._arrays.places))

    def present(self, places: Array) -> tuple[Array, Array]:
        """Units that are at places (each named once, in order), and which of the places."""
        rows = self._at.at(places)
        nodes, came = self._comings.node[rows], self._comings.place[rows]
        here = (self._arrays.units.there[nodes] == 1) & (self._arrays.present_place(nodes) == came)
        nodes, came = nodes[here], came[here]
        return nodes, np.searchsorted(places, came)


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
        self._lasting_rows, self._lasting_places = self._find_lasting()

    def _find_lasting(self) -> tuple[Array, Array]:
        """Ended stays that count as going on, sorted by place, and their places."""
        stays = self._arrays.stays
        rows = np.flatnonzero(stays.version >= self._before)
        rows = rows[np.argsort(stays.place[rows], kind="stable")]
        return rows, stays.place[rows]

    def gone(self, positions: Array) -> Array:
        """Whether what was recorded at each position was excluded by then."""
        return self._arrays.edges.excluded_in(positions) < self._position

    def of_nodes(self, nodes: Array) -> Held:
        """Every stay of units."""
        ended = self._ended(self._arrays.stays.of_node.at(nodes))
        return Held.joined([ended, self._present(nodes[self._arrays.units.there[nodes] == 1])])

    def at_places(self, places: Array, begin: Array, end: Array) -> tuple[Held, Array]:
        """Stays at each place that may meet [begin, end), and which of these intervals each is for."""
        found = [run.meeting(places, begin, end) for run in self._runs]
        return self._gathered([*found], *self._lasting(places))

    def next_at(self, places: Array, after: Array) -> tuple[Held, Array]:
        """The stays that began next at each place, from a second on, and which of the places each is for."""
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
        parts, whose, wanted = (
            [self._ended(np.empty(0, np.int64))],
            [np.empty(0, np.int64)],
            np.arange(len(places)),
        )
        after = after.copy()
        while len(wanted):
            nexts = [run.next_beginning(places[wanted], after[wanted]) for run in self._runs]
            starts = np.min([np.full(len(wanted), EVER), *nexts], axis=0)
            going = (starts < EVER) & (starts <= limit[wanted])
            wanted, starts = wanted[going], starts[going]
            found = [run.beginning(places[wanted], starts) for run in self._runs]
            held, which = self._gathered([*found], None, None)
            parts.append(held)
            whose.append(wanted[which])
            # Where none of those counts, the ones after them may.
            none = np.setdiff1d(np.arange(len(wanted)), which)
            after[wanted] = starts + 1
            wanted = wanted[none]
        return Held.joined(parts), np.concatenate(whose)

    def _gathered(
        self, found: list[tuple[Array, Array]], lasting: Held | None, whose: Array | None
    ) -> tuple[Held, Array]:
        """Rows that runs found, without those that count as going on, and these beside."""
        parts, whose_all = ([], []) if lasting is None or whose is None else ([lasting], [whose])
        for rows, which in found or [(np.empty(0, np.int64), np.empty(0, np.int64))]:
            counts = np.flatnonzero(self._arrays.stays.version[rows] < self._before)
            counts = counts[self._counting(rows[counts])]
            parts.append(self._columns(rows[counts]))
            whose_all.append(which[counts])
        return Held.joined(parts), np.concatenate(whose_all)

    def _lasting(self, places: Array) -> tuple[Held, Array]:
        """What goes on at each place, or counts so, and which of the places."""
        unique, back = np.unique(places, return_inverse=True)
        begins = np.searchsorted(self._lasting_places, unique)
        ends = np.searchsorted(self._lasting_places, unique, "right")
        rows, which = expand(begins, ends)
        rows = self._lasting_rows[rows]
        counts = self._counting(rows)
        nodes, whose = self._presence.present(unique)
        known = self._known(nodes)
        held = Held.joined([self._columns(rows[counts]), self._present(nodes)])
        which = np.concatenate([which[counts], whose[known]])
        # The same place may be asked of for several intervals.
        order = np.argsort(back, kind="stable")
        spans = np.searchsorted(back[order], np.arange(len(unique) + 1))
        asked, row = expand(spans[which], spans[which + 1])
        return held.only(row), order[asked]

    def _counting(self, rows: Array) -> Array:
        """Which ended stays count."""
        stays = self._arrays.stays
        placed, version = stays.placed[rows], stays.version[rows]
        counts = (placed < self._position) & ~self.gone(placed)
        return counts & ((version >= self._position) | ~self.gone(version))

    def _ended(self, rows: Array) -> Held:
        return self._columns(rows[self._counting(rows)])

    def _columns(self, rows: Array) -> Held:
        stays = self._arrays.stays
        ended = stays.version[rows] < self._before
        until = np.where(ended, stays.until[rows].astype(np.int64), self._now)
        since = stays.since[rows].astype(np.int64)
        return Held(stays.node[rows], stays.place[rows], since, until, stays.sealed[rows] == 1, ended)

    def _known(self, nodes: Array) -> Array:
        """Which units are where they are as far as is known."""
        placed, there = self._arrays.units.placed[nodes], self._arrays.present_place(nodes) != NONE
        known: Array = there & (placed > 0) & (placed < self._position) & ~self.gone(placed)
        return known

    def _present(self, nodes: Array) -> Held:
        nodes = nodes[self._known(nodes)]
        units = self._arrays.units
        until, ended = np.full(len(nodes), self._now, np.int64), np.zeros(len(nodes), np.bool_)
        places, since = self._arrays.present_place(nodes), units.since[nodes].astype(np.int64)
        return Held(nodes, places, since, until, units.sealed[nodes] == 1, ended)

"""Stays that ended, as arrays: which unit was where, from when to when; found by unit, and by place and time.

To find who was at a place in some interval without reading everybody who ever was there, stays are sorted by
place, by class of duration, and by when they began: in a class of at most ``n`` seconds only those count that
began less than ``n`` seconds before the interval. What came since then is sorted in runs that grow.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import numpy as np

from service.tracing.index.adjacency import Adjacency
from service.tracing.index.columns import EVER, Array, Table

_HOUR, _DAY = 3600, 86_400
_LONGEST = np.array([2 * _HOUR, 12 * _HOUR, 3 * _DAY, 21 * _DAY, 180 * _DAY, EVER])
"""The longest duration of each class, seconds."""
_CLASSES = len(_LONGEST)
_RUN = 4096
"""So many stays that came last are sorted anew for each question; more of them become a run."""


class Stays(Table):
    """Stays that ended, a row of ``goods.stay`` each; the present one stands on the unit (``Units``).

    ``node`` is the unit's dense number, ``place`` one of ``Arrays.places``; seconds UTC since 1970.
    ``placed`` is the position that put the unit there, ``version`` the one that ended the stay.
    """

    types: ClassVar[Mapping[str, str]] = {
        "node": "i4",
        "place": "i4",
        "since": "u4",
        "until": "u4",
        "placed": "i4",
        "version": "i4",
        "sealed": "i1",
    }

    node: Array
    place: Array
    since: Array
    until: Array
    placed: Array
    version: Array
    sealed: Array

    def __init__(self) -> None:
        super().__init__()
        self.of_node = Adjacency()
        self.ordered = 0
        self._runs: list[Run] = []
        self._linked = 0

    def sort(self, nodes: int) -> None:
        """Put all stays in order, by place; there are so many ``nodes``."""
        order = _order(self, np.arange(self.count))
        self.restore({name: column[order] for name, column in self.columns()})
        self.adopt(Adjacency.of(self.node, nodes), self.count)

    def adopt(self, of_node: Adjacency, ordered: int) -> None:
        """The first ``ordered`` rows are in order, and found by node through ``of_node``."""
        self.of_node, self.ordered, self._linked = of_node, ordered, ordered
        self._runs = [Run(self, None, ordered)] if ordered else []

    def follow(self, nodes: int) -> list[Run]:
        """Sort in what was added since; the runs that hold all stays together. Not for two at a time."""
        new = np.arange(self._linked, self.count)
        self.of_node.link(self.node[new], new, nodes)
        self._linked = self.count
        rest = np.arange(sum(len(run) for run in self._runs), self.count, dtype=np.int32)
        if len(rest) < _RUN:
            return [*self._runs, Run(self, rest)] if len(rest) else self._runs
        self._runs.append(Run(self, rest))
        # What stands in order itself is left so.
        least = 2 if self.ordered else 1
        while len(self._runs) > least and len(self._runs[-2]) < 4 * len(self._runs[-1]):
            last = self._runs.pop()
            self._runs[-1] = Run(self, np.concatenate([self._runs[-1].rows, last.rows]))
        return self._runs

    @property
    def bytes(self) -> int:
        """What the columns take, and what finds them."""
        return super().bytes + self.of_node.bytes + sum(run.bytes for run in self._runs)


class Run:
    """Some of the stays, in order; where ``rows`` is None the first ``count`` ones, which stand so."""

    def __init__(self, stays: Stays, rows: Array | None, count: int = 0) -> None:
        self._stays = stays
        self._rows = None if rows is None else rows[_order(stays, rows)]
        self._count = count if rows is None else len(rows)
        groups = _groups(stays, np.arange(count) if self._rows is None else self._rows)
        firsts = np.flatnonzero(np.append([True], groups[1:] != groups[:-1])[: len(groups)])
        self._groups = groups[firsts]
        self._offsets = np.append(firsts, self._count).astype(np.int32)

    def __len__(self) -> int:
        return self._count

    @property
    def bytes(self) -> int:
        """What it takes beside the stays."""
        return self._groups.nbytes + self._offsets.nbytes + (0 if self._rows is None else self._rows.nbytes)

    @property
    def rows(self) -> Array:
        """The rows of the stays, in order."""
        return np.arange(self._count) if self._rows is None else self._rows

    def _row(self, places: Array) -> Array:
        return places if self._rows is None else self._rows[places]

    def _since(self, places: Array) -> Array:
        return self._stays.since[self._row(places)]

    def meeting(self, places: Array, begin: Array, end: Array) -> tuple[Array, Array]:
        """Rows of stays at each place that may meet [begin, end), and which of the intervals."""
        earliest = np.maximum(begin[:, None] - _LONGEST, 0)
        return self._between(places, earliest, np.broadcast_to(end[:, None], earliest.shape))

    def beginning(self, places: Array, at: Array) -> tuple[Array, Array]:
        """Rows of stays at each place that began in that second, and which of the places."""
        wanted = np.broadcast_to(at[:, None], (len(at), _CLASSES))
        return self._between(places, wanted, wanted + 1)

    def next_beginning(self, places: Array, at: Array) -> Array:
        """When at each place the next stay began, from a second on; EVER: none did."""
        lows, highs = self._bounds(places)
        firsts = self._bisect(lows, highs, np.repeat(at, _CLASSES))
        some = firsts < highs
        found = np.full(len(firsts), EVER, np.int64)
        found[some] = self._since(firsts[some])
        nearest: Array = found.reshape(len(places), _CLASSES).min(axis=1, initial=EVER)
        return nearest

    def _bounds(self, places: Array) -> tuple[Array, Array]:
        """From where to where the stays of each place and class are."""
        wanted = (places.astype(np.int64)[:, None] * _CLASSES + np.arange(_CLASSES)).ravel()
        groups = np.minimum(np.searchsorted(self._groups, wanted), len(self._groups) - 1)
        lows = self._offsets[groups]
        return lows, np.where(self._groups[groups] == wanted, self._offsets[groups + 1], lows)

    def _between(self, places: Array, earliest: Array, latest: Array) -> tuple[Array, Array]:
        """Rows that began in [earliest, latest), two seconds for each place and class."""
        lows, highs = self._bounds(places)
        some = np.flatnonzero(lows < highs)
        lows, highs = lows[some], highs[some]
        begins = self._bisect(lows, highs, earliest.ravel()[some])
        ends = self._bisect(begins, highs, latest.ravel()[some])
        found, which = expand(begins, ends)
        return self._row(found), (some // _CLASSES)[which]

    def _bisect(self, lows: Array, highs: Array, wanted: Array) -> Array:
        """The first place in [low, high) that began at ``wanted`` or later; ``high`` where none did."""
        lows, highs = lows.astype(np.int64), highs.astype(np.int64)
        while True:
            live = lows < highs
            if not live.any():
                return lows
            middles = (lows + highs) >> 1
            later = self._since(np.minimum(middles, self._count - 1)) >= wanted
            lows = np.where(live & ~later, middles + 1, lows)
            highs = np.where(live & later, middles, highs)


def expand(begins: Array, ends: Array) -> tuple[Array, Array]:
    """Every number from each begin up to its end, and which of the ranges it is from."""
    counts = np.maximum(ends - begins, 0)
    which = np.repeat(np.arange(len(counts)), counts)
    stops = np.cumsum(counts)
    return np.arange(len(which)) + np.repeat(begins - stops + counts, counts), which


def _groups(stays: Stays, rows: Array) -> Array:
    duration = stays.until[rows].astype(np.int64) - stays.since[rows]
    return stays.place[rows].astype(np.int64) * _CLASSES + np.searchsorted(_LONGEST, duration)


def _order(stays: Stays, rows: Array) -> Array:
    # Places stay below 2^28: one number holds all three, and sorting one is many times as quick.
    return np.argsort((_groups(stays, rows) << 32) | stays.since[rows])

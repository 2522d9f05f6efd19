"""Disinfections as arrays: what was disinfected when, and which of them count for a question.

Rules kept here: a disinfection counts where all pieces were done, it was not taken back, and it was recorded
before the case opened without a breach, or an authority accepted it; all as of the position asked about. One
of goods ends an *episode* of their lives and begins the next; episodes are known by the second in which they
begin, 0 for the first.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import numpy as np

from service.tracing.index.columns import EVER, NONE, Array, Table
from service.tracing.index.units import Units

UNIT, LOT, PLACE, MEANS = range(4)
"""What was disinfected: ``thing`` is a dense number of nodes, of lots, of places, of means."""
_SHIFT = 33
"""Keys hold a dense number above a second."""
_SECOND = (1 << _SHIFT) - 1


class Cuts(Table):
    """Each form of a row of ``goods.disinfection``, of a ``thing`` that has a number, or of NONE.

    It stood from the statement at ``version`` until the one at ``replaced`` (LAST_POSITION: still). ``at``
    is the second by which it was done. ``sound``: nothing was in breach; ``counts``: it is whole and not
    withdrawn; ``accepted`` at a position, or LAST_POSITION.
    """

    types: ClassVar[Mapping[str, str]] = {
        "subject": "i1",
        "thing": "i4",
        "at": "u4",
        "terminal": "i1",
        "sound": "i1",
        "counts": "i1",
        "accepted": "i4",
        "version": "i4",
        "replaced": "i4",
    }

    subject: Array
    thing: Array
    at: Array
    terminal: Array
    sound: Array
    counts: Array
    accepted: Array
    version: Array
    replaced: Array

    def counting(self, position: int, known_before: int) -> Array:
        """The rows that count, as of a position, for a case that opened at ``known_before``."""
        stands = (self.version < position) & (self.replaced >= position)
        stands &= (self.counts == 1) & (self.thing != NONE)
        known = (self.version < known_before) & (self.sound == 1)
        return np.flatnonzero(stands & (known | (self.accepted < position)))


class Cutting:
    """The disinfections that count for one question; without rows, none does."""

    def __init__(self, cuts: Cuts, rows: Array, units: Units, lots: int) -> None:
        self._units = units
        of_kind = {kind: rows[cuts.subject[rows] == kind] for kind in (UNIT, LOT, PLACE, MEANS)}
        self._lines = []
        for kind, count, keys in ((LOT, lots, units.lot), (UNIT, len(units), None)):
            if len(of_kind[kind]):
                self._lines.append((_Line(cuts, of_kind[kind], count), keys))
        self._places = _keys(cuts, of_kind[PLACE])
        self._terminal = _keys(cuts, of_kind[PLACE][cuts.terminal[of_kind[PLACE]] == 1])
        self._means = _keys(cuts, of_kind[MEANS])

    def bounds(self, nodes: Array, at: Array) -> tuple[Array, Array]:
        """The episode of each node at a second: when it begins and when it ends (EVER: never)."""
        begin = np.zeros(len(nodes), np.int64)
        end = np.full(len(nodes), EVER, np.int64)
        for line, keys in self._lines:
            line.narrow(nodes if keys is None else keys[nodes], at, begin, end)
        return begin, end

    def split(self, nodes: Array, since: Array, until: Array) -> tuple[Array, Array, Array, Array]:
        """Intervals of nodes cut into their episodes: which interval, the episode, from when, to when."""
        which = np.arange(len(nodes))
        if not self._lines:
            return which, np.zeros(len(nodes), np.int64), since, until
        found = []
        while len(which):
            part, end = self.bounds(nodes[which], since)
            end = np.minimum(end, until)
            found.append((which, part, since, end))
            more = end < until
            which, since, until = which[more], end[more], until[more]
        if not found:
            return which, which, since, until
        rows, parts, begins, ends = map(np.concatenate, zip(*found, strict=True))
        return rows, parts, begins, ends

    def place_ends(self, places: Array, zones: Array, first: Array, until: Array, last: Array) -> Array:
        """Until when places are dangerous that goods left at ``until`` and that would be so up to ``last``.

        ``zones`` says which places are zones: what is disinfected there for good ends it at once.
        """
        ends = np.minimum(last, _next(self._places, places, until))
        through = np.where(zones, _next(self._terminal, places, first + 1), EVER)
        return np.minimum(ends, through)

    def cut_between(self, places: Array, first: Array, last: Array) -> Array:
        """Whether a place was disinfected in a second of [first, last]."""
        return _next(self._places, places, first) <= last

    def last_of_means(self, means: Array, until: Array) -> Array:
        """When each means was disinfected last, up to and with the second ``until``; -1: never before."""
        wanted = (means.astype(np.int64) << _SHIFT) | until
        places = np.searchsorted(self._means, wanted, "right") - 1
        if not len(self._means):
            return np.full(len(means), -1)
        found = self._means[places]
        return np.where((places >= 0) & (found >> _SHIFT == means), found & _SECOND, -1)


class _Line:
    """When each of many things was disinfected, found through offsets by its dense number."""

    def __init__(self, cuts: Cuts, rows: Array, things: int) -> None:
        keys = np.sort(_keys(cuts, rows))
        self._times = keys & _SECOND
        self._offsets = np.zeros(things + 1, np.int32)
        np.cumsum(np.bincount(keys >> _SHIFT, minlength=things), out=self._offsets[1:])

    def narrow(self, things: Array, at: Array, begin: Array, end: Array) -> None:
        """Raise ``begin`` to the last time up to ``at``, lower ``end`` to the first after it."""
        # What is no such thing (NONE) is at the last offset, where nothing is.
        nexts, stops = self._offsets[things], self._offsets[things + 1]
        live = np.flatnonzero(nexts < stops)
        while len(live):
            times = self._times[nexts[live]]
            past = times <= at[live]
            begin[live] = np.maximum(begin[live], np.where(past, times, 0))
            end[live] = np.minimum(end[live], np.where(past, EVER, times))
            nexts[live] += 1
            live = live[nexts[live] < stops[live]]


def _keys(cuts: Cuts, rows: Array) -> Array:
    """Things above seconds, in order."""
    return np.sort((cuts.thing[rows].astype(np.int64) << _SHIFT) | cuts.at[rows])


def _next(keys: Array, things: Array, since: Array) -> Array:
    """The first second from ``since`` on in which each thing was disinfected; EVER: none."""
    if not len(keys):
        return np.full(len(things), EVER, np.int64)
    wanted = (things.astype(np.int64) << _SHIFT) | since
    places = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    found = keys[places]
    return np.where((found >= wanted) & (found >> _SHIFT == things), found & _SECOND, EVER)

"""When places are dangerous: intervals of places, and their disjoint unions.

Rules kept here: intervals that touch are one, so what several goods did to a place together is one danger;
what a hop leaves as it was is not searched again.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from service.tracing.index.columns import Array

_SHIFT = 33
_SECOND = (1 << _SHIFT) - 1


def _none() -> Array:
    return np.empty(0, np.int64)


@dataclass(slots=True)
class Intervals:
    """Half-open intervals [begin, end) of places (dense numbers), in seconds UTC since 1970."""

    place: Array = field(default_factory=_none)
    begin: Array = field(default_factory=_none)
    end: Array = field(default_factory=_none)

    def __len__(self) -> int:
        return len(self.place)

    def only(self, rows: Array) -> Intervals:
        """Those rows of it."""
        return Intervals(self.place[rows], self.begin[rows], self.end[rows])

    def united(self) -> Intervals:
        """The union of each place's, sorted by place and time."""
        places = self.place.astype(np.int64) << _SHIFT
        order = np.argsort(places | self.begin)
        begins = (places | self.begin)[order]
        reach = np.maximum.accumulate((places | self.end)[order])
        # Another place's key is above whatever this place reaches.
        starts = np.ones(len(order), np.bool_)
        starts[1:] = begins[1:] > reach[:-1]
        firsts = np.flatnonzero(starts)
        lasts = np.append(firsts[1:], len(order))[: len(firsts)] - 1
        return Intervals(self.place[order[firsts]], begins[firsts] & _SECOND, reach[lasts] & _SECOND)

    def beyond(self, known: Intervals) -> Intervals:
        """Those that are not among ``known``; both are unions."""
        if not len(known):
            return self
        keys = (known.place.astype(np.int64) << _SHIFT) | known.begin
        wanted = (self.place.astype(np.int64) << _SHIFT) | self.begin
        rows = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
        return self.only((keys[rows] != wanted) | (known.end[rows] != self.end))

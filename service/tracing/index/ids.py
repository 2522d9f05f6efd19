"""Dense numbers for ids: 0, 1, 2 … in the order in which the ids came, so that columns can be arrays.

Ids derive from positions and nearly always grow: they are found by halving. The few that a correction made
under an older id are in a dictionary.
"""

from __future__ import annotations

import numpy as np

from service.tracing.index.columns import NONE, Array, distinct, room_for


class Ids:
    """Ids and their dense numbers."""

    def __init__(self, ids: Array | None = None) -> None:
        self._room = np.empty(0, np.int64)
        # What is halved: for each number the largest id up to it, so that it never decreases.
        self._rising = self._room
        self._late: dict[int, int] = {}
        self.count = 0
        if ids is not None:
            self._add(ids)

    def __len__(self) -> int:
        return self.count

    @property
    def ids(self) -> Array:
        """The id of each dense number."""
        return self._room[: self.count]

    def find(self, ids: Array) -> Array:
        """The dense number of each id; NONE where it has none."""
        ids = np.asarray(ids, np.int64)
        if not self.count:
            return np.full(len(ids), NONE, np.int32)
        rising = self._rising[: self.count]
        places = np.minimum(np.searchsorted(rising, ids), self.count - 1)
        found = np.where(self._room[places] == ids, places, NONE).astype(np.int32)
        if self._late:
            missing = np.flatnonzero(found == NONE)
            late = (self._late.get(id_, NONE) for id_ in ids[missing].tolist())
            found[missing] = np.fromiter(late, np.int32, len(missing))
        return found

    def find_one(self, id_: int) -> int:
        """The dense number of an id; NONE where it has none."""
        return int(self.find(np.array([id_], np.int64))[0])

    def number(self, ids: Array) -> Array:
        """The dense number of each id; those that have none get the next ones, the smallest id first."""
        ids = np.asarray(ids, np.int64)
        found = self.find(ids)
        if (found == NONE).any():
            self._add(distinct(ids[found == NONE]))
            found = self.find(ids)
        return found

    def _add(self, new: Array) -> None:
        """Ids that are not there yet, in the order of their numbers."""
        begin, end = self.count, self.count + len(new)
        highest = int(self._rising[begin - 1]) if begin else NONE
        rising = np.maximum.accumulate(np.maximum(new, highest))
        before = np.concatenate([[highest], rising[:-1]])
        late = np.flatnonzero(new <= before)
        if len(late) and self._rising is self._room:
            self._rising = self._room.copy()
        self._reserve(end)
        self._room[begin:end] = new
        self._rising[begin:end] = rising
        self._late.update(zip(new[late].tolist(), (late + begin).tolist(), strict=True))
        self.count = end

    def _reserve(self, end: int) -> None:
        if end > len(self._room):
            shared = self._rising is self._room
            size = room_for(end, len(self._room)) if self.count else end
            self._room = _grown(self._room, self.count, size)
            self._rising = self._room if shared else _grown(self._rising, self.count, size)

    @property
    def bytes(self) -> int:
        """What the ids take; an entry of the dictionary counts as 100."""
        rising = 0 if self._rising is self._room else self._rising.nbytes
        return int(self._room.nbytes + rising) + 100 * len(self._late)


def _grown(old: Array, count: int, size: int) -> Array:
    grown = np.empty(size, old.dtype)
    grown[:count] = old[:count]
    return grown

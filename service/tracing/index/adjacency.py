"""Which rows belong to a key: the edges at a node, the units of a lot, the stays of a unit.

Those that were there when they were last put in order are found through offsets (compressed rows); those that
came since through a list for each key, newest first. Both are followed for many keys at once.
"""

from __future__ import annotations

import numpy as np

from service.tracing.index.columns import NONE, Array, room_for


class Adjacency:
    """The rows of each key. Keys are dense numbers."""

    def __init__(self) -> None:
        self._offsets = np.zeros(1, np.int32)
        self._rows = np.empty(0, np.int32)
        self._base = 0
        self._newest = np.empty(0, np.int32)
        self._next = np.empty(0, np.int32)
        self.linked = 0

    @classmethod
    def of(cls, keys: Array, count: int) -> Adjacency:
        """All rows, ``keys`` giving the key of each (NONE: it has none), out of so many keys."""
        made = cls()
        made._base = len(keys)
        order = np.argsort(keys, kind="stable").astype(np.int32)
        having = keys if not len(keys) or keys[order[0]] != NONE else keys[keys != NONE]
        made._rows = order[len(keys) - len(having) :]
        made._offsets = np.zeros(count + 1, np.int32)
        np.cumsum(np.bincount(having, minlength=count), out=made._offsets[1:])
        return made

    @classmethod
    def restored(cls, offsets: Array, rows: Array, base: int) -> Adjacency:
        """What ``of`` made before, of ``base`` rows."""
        made = cls()
        made._offsets, made._rows, made._base = offsets, rows, base
        return made

    @property
    def sorted_part(self) -> tuple[Array, Array]:
        """What ``restored`` makes it of again, the links left out."""
        return self._offsets, self._rows

    def link(self, keys: Array, rows: Array, count: int) -> None:
        """Add rows, ``keys`` giving the key of each, out of so many keys. Rows are newer than all sorted
        ones."""
        if not len(rows):
            return
        self._newest = _padded(self._newest, count)
        self._next = _padded(self._next, int(rows[-1]) + 1 - self._base)
        newest, follows = self._newest, self._next
        for key, row in zip(keys.tolist(), rows.tolist(), strict=True):
            follows[row - self._base] = newest[key]
            newest[key] = row
        self.linked += len(rows)

    def at(self, keys: Array) -> Array:
        """The rows of all of these keys."""
        found = self._rows[spans(self._offsets, keys)]
        return np.concatenate([found, *self._linked(keys)]) if self.linked else found

    def each(self, keys: Array) -> tuple[Array, Array]:
        """The rows of all of these keys, and which of the keys each row is of."""
        known = np.minimum(keys, len(self._offsets) - 2) if len(self._offsets) > 1 else np.zeros_like(keys)
        begins = self._offsets[known]
        counts = np.where(
            keys == known, self._offsets[np.minimum(known + 1, len(self._offsets) - 1)] - begins, 0
        )
        whose = [np.repeat(np.arange(len(keys)), counts)]
        found = [self._rows[spans(self._offsets, keys)]]
        if self.linked:
            which = np.flatnonzero(keys < len(self._newest))
            rows = self._newest[keys[which]]
            while len(which := which[rows != NONE]):
                rows = rows[rows != NONE]
                found.append(rows)
                whose.append(which)
                rows = self._next[rows - self._base]
        return np.concatenate(found), np.concatenate(whose)

    def has(self, keys: Array) -> Array:
        """Whether there is any row of each of these keys."""
        last = len(self._offsets) - 2
        low = np.minimum(keys, max(last, 0))
        found = (keys <= last) & (self._offsets[np.minimum(low + 1, last + 1)] > self._offsets[low])
        if self.linked:
            known = np.minimum(keys, len(self._newest) - 1)
            found |= (keys < len(self._newest)) & (self._newest[known] != NONE)
        return np.asarray(found)

    def _linked(self, keys: Array) -> list[Array]:
        found = []
        rows = self._newest[keys[keys < len(self._newest)]]
        while len(rows := rows[rows != NONE]):
            found.append(rows)
            rows = self._next[rows - self._base]
        return found

    @property
    def bytes(self) -> int:
        """What the arrays take."""
        return sum(each.nbytes for each in (self._offsets, self._rows, self._newest, self._next))


def spans(offsets: Array, keys: Array) -> Array:
    """The places from ``offsets[key]`` up to ``offsets[key + 1]`` for each key, one key after another; none
    for keys beyond the offsets."""
    keys = keys[keys < len(offsets) - 1]
    begins = offsets[keys]
    counts = offsets[keys + 1] - begins
    ends = np.cumsum(counts, dtype=np.int64)
    if not len(ends) or not ends[-1]:
        return np.empty(0, np.int64)
    return np.repeat(begins - ends + counts, counts) + np.arange(ends[-1])


def _padded(old: Array, wanted: int) -> Array:
    if wanted <= len(old):
        return old
    grown = np.full(room_for(wanted, len(old)), NONE, np.int32)
    grown[: len(old)] = old
    return grown

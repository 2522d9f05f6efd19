"""Movements as a graph that is walked both ways: sorted by end, and linked for those that came since.

Rules kept here: an edge counts as of position p where it was recorded before p and no exclusion of it was.
Edges are only ever added. Those that were there when the index was last put in order are found through
offsets (compressed rows, both ways), the others through a list for each node, newest first.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import numpy as np

from service.tracing.index.adjacency import Adjacency
from service.tracing.index.columns import LAST_POSITION, Array, Table


class Edges(Table):
    """Edges by row. ``parent`` and ``child`` are dense numbers of nodes, ``version`` the position that
    recorded the edge; ``earliest`` and ``latest`` seconds UTC since 1970."""

    types: ClassVar[Mapping[str, str]] = {
        "parent": "i4",
        "child": "i4",
        "version": "i4",
        "earliest": "u4",
        "latest": "u4",
    }

    parent: Array
    child: Array
    version: Array
    earliest: Array
    latest: Array

    def __init__(self) -> None:
        super().__init__()
        self.down = Adjacency()
        self.up = Adjacency()
        self._excluded = np.empty(0, np.int32)
        self._excluded_in = np.empty(0, np.int32)

    def link(self, rows: range, nodes: int) -> None:
        """Let edges that were added be found; there are so many ``nodes``."""
        new = np.arange(rows.start, rows.stop)
        self.down.link(self.parent[new], new, nodes)
        self.up.link(self.child[new], new, nodes)

    def sort(self, nodes: int) -> None:
        """Put all edges in order."""
        self.down = Adjacency.of(self.parent, nodes)
        self.up = Adjacency.of(self.child, nodes)

    def exclude(self, positions: Array, excluded_in: Array) -> None:
        """What was recorded at ``positions`` does not count any more since the positions ``excluded_in``."""
        known = dict(zip(self._excluded.tolist(), self._excluded_in.tolist(), strict=True))
        known.update(zip(positions.tolist(), excluded_in.tolist(), strict=True))
        self._excluded = np.array(sorted(known), np.int32)
        self._excluded_in = np.array([known[position] for position in sorted(known)], np.int32)

    def excluded_in(self, versions: Array) -> Array:
        """From which position on what was recorded at each of ``versions`` is excluded; LAST_POSITION:
        never."""
        if not len(self._excluded):
            return np.full(len(versions), LAST_POSITION, np.int32)
        places = np.minimum(np.searchsorted(self._excluded, versions), len(self._excluded) - 1)
        return np.where(self._excluded[places] == versions, self._excluded_in[places], LAST_POSITION)

    def counting(self, rows: Array, as_of: int | None) -> Array:
        """Those of the edges ``rows`` that count as of a position; None: now."""
        if as_of is None and not len(self._excluded):
            return rows
        versions, before = self.version[rows], LAST_POSITION if as_of is None else as_of
        counts = versions < before
        if len(self._excluded):
            counts &= self.excluded_in(versions) >= before
        return rows[counts]

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
from service.tracing.index.columns import EVER, LAST_POSITION, NONE, Array, Table


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
        self.weights = Weights()
        self.corrections = Corrections()

    def put(self, parents: Array, children: Array, rows: Mapping[str, Array]) -> range:
        """Add edges of ``tracing/index.edges`` between these ends, to be linked or sorted."""
        seconds = {name: np.clip(rows[name], 0, EVER) for name in ("earliest", "latest")}
        new = self.add(parent=parents, child=children, version=rows["version"], **seconds)
        mixing = np.flatnonzero(rows["mixes"])
        if len(mixing):
            weights = {name: rows[name][mixing] for name in ("mixes", "pieces", "grams")}
            self.weights.add(edge=new.start + mixing, **weights)
        return new

    def counting(self, rows: Array, as_of: int | None) -> Array:
        """Those of the edges ``rows`` that count as of a position; None: now."""
        if as_of is None and not self.corrections.any_excluded:
            return rows
        versions, before = self.version[rows], LAST_POSITION if as_of is None else as_of
        return rows[(versions < before) & (self.corrections.excluded_in(versions) >= before)]

    def standing(self, rows: Array, as_of: int) -> Array:
        """Those of the edges ``rows`` that nobody had corrected as of a position."""
        if not len(self.corrections):
            return rows
        return rows[self.corrections.corrected_in(self.version[rows]) >= as_of]

    def excluded_in(self, versions: Array) -> Array:
        """As ``Corrections.excluded_in``."""
        return self.corrections.excluded_in(versions)


class Weights(Table):
    """How much went into nodes and came out of them: a row for each ``edge`` that did, by its row, ascending.

    ``mixes`` is 1, or 2 where it was repacked; ``pieces`` NONE where they were not counted.
    """

    types: ClassVar[Mapping[str, str]] = {"edge": "i4", "mixes": "i1", "pieces": "i4", "grams": "i8"}

    edge: Array
    mixes: Array
    pieces: Array
    grams: Array

    def of(self, edges: Array) -> tuple[Array, Array]:
        """Those among the edges of these rows that have weights, and the rows of these."""
        if not len(self.edge):
            return edges[:0], edges[:0]
        places = np.minimum(np.searchsorted(self.edge, edges), len(self.edge) - 1)
        has = self.edge[places] == edges
        return edges[has], places[has]


class Corrections(Table):
    """What was corrected, by its ``position`` ascending: at which position (``correction``), and from which
    on traces leave it out (``exclusion``; LAST_POSITION: they do not). There are few."""

    types: ClassVar[Mapping[str, str]] = {"position": "i4", "correction": "i4", "exclusion": "i4"}

    position: Array
    correction: Array
    exclusion: Array

    @property
    def any_excluded(self) -> bool:
        """Whether traces leave out anything."""
        return bool((self.exclusion < LAST_POSITION).any())

    def put(self, rows: Mapping[str, Array]) -> None:
        """Rows of ``tracing/index.corrections``; a later one of the same position replaces the one before."""
        new = {
            "position": rows["position"],
            "correction": rows["correction"],
            "exclusion": np.where(rows["excluded_in"] == NONE, LAST_POSITION, rows["excluded_in"]),
        }
        both = {name: np.concatenate([column, new[name]]) for name, column in self.columns()}
        positions = both["position"]
        _, last = np.unique(positions[::-1], return_index=True)
        self.restore({name: column[len(positions) - 1 - last] for name, column in both.items()})

    def excluded_in(self, versions: Array) -> Array:
        """From which position on what was recorded at each of ``versions`` is left out; LAST_POSITION: it
        counts."""
        return self._look_up(self.exclusion, versions)

    def corrected_in(self, versions: Array) -> Array:
        """By which position what was recorded at each of ``versions`` was corrected; LAST_POSITION: by
        none."""
        return self._look_up(self.correction, versions)

    def _look_up(self, column: Array, versions: Array) -> Array:
        if not len(self.position):
            return np.full(len(versions), LAST_POSITION, np.int32)
        places = np.minimum(np.searchsorted(self.position, versions), len(self.position) - 1)
        return np.where(self.position[places] == versions, column[places], LAST_POSITION)

"""Units and the nodes of transformations: what each unit is now, under its dense number.

Units and nodes share one space of numbers, as they share one of ids; a node is of no lot. What a few units
have (what was lost of them, sampled or destroyed) is kept beside, so that the others pay nothing for it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

import numpy as np

from service.goods.state import UnitState
from service.tracing.index.columns import Array, Table

STATES: Sequence[str] = tuple(UnitState)
"""A unit's state is a number: the place of its word here."""


class Units(Table):
    """A row for each unit and node, under its dense number (``Arrays.nodes``).

    ``lot`` is a dense number of ``Arrays.lots`` (NONE: a node, or a unit that no row says anything of yet);
    ``custodian`` is one of ``Arrays.organisations``, ``shipment`` one of ``Arrays.shipments``. ``pieces`` is
    NONE where they are not counted. ``since`` and ``placed`` say since which second and by which statement it
    has been at ``place`` (``Arrays.places``, which also knows the facility; NONE: it has none), and so does
    ``there``: 1 where it is there still. ``wasted`` is 1 where something was lost, sampled or destroyed.
    """

    types: ClassVar[Mapping[str, str]] = {
        "lot": "i4",
        "custodian": "i4",
        "shipment": "i4",
        "place": "i4",
        "pieces": "i4",
        "grams": "i8",
        "since": "u4",
        "placed": "i4",
        "version": "i4",
        "state": "i1",
        "sealed": "i1",
        "there": "i1",
        "wasted": "i1",
    }

    lot: Array
    custodian: Array
    shipment: Array
    place: Array
    pieces: Array
    grams: Array
    since: Array
    placed: Array
    version: Array
    state: Array
    sealed: Array
    there: Array
    wasted: Array


class Waste(Table):
    """What was lost of a unit, sampled or destroyed: a row for each unit (``node``) of which anything was."""

    types: ClassVar[Mapping[str, str]] = {
        "node": "i4",
        "lost_pieces": "i4",
        "lost_grams": "i8",
        "sampled_pieces": "i4",
        "sampled_grams": "i8",
        "destroyed_pieces": "i4",
        "destroyed_grams": "i8",
    }

    node: Array
    lost_pieces: Array
    lost_grams: Array
    sampled_pieces: Array
    sampled_grams: Array
    destroyed_pieces: Array
    destroyed_grams: Array

    def __init__(self) -> None:
        super().__init__()
        self._rows: dict[int, int] = {}

    def restore(self, columns: Mapping[str, Array]) -> None:
        """These columns in the place of its own."""
        super().restore(columns)
        self._rows = dict(zip(self.node.tolist(), range(self.count), strict=True))

    def of(self, nodes: Array) -> Array:
        """The row of each of these units; all of them have one."""
        return np.fromiter(map(self._rows.__getitem__, nodes.tolist()), np.int64, len(nodes))

    def put(self, nodes: Array, **columns: Array) -> None:
        """What is true of these units now."""
        new = np.array([node for node in nodes.tolist() if node not in self._rows], np.int32)
        if len(new):
            self._rows.update(zip(new.tolist(), self.add(node=new), strict=True))
        rows = self.of(nodes)
        for name, values in columns.items():
            getattr(self, name)[rows] = values

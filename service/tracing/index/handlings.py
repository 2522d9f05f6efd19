"""Handlings as arrays: which units were handled together, and by what means.

A means is a bay of a facility, equipment of an organisation, or a member of the staff.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

import numpy as np

from service.tracing.index.adjacency import Adjacency
from service.tracing.index.columns import Array, Table
from service.tracing.index.ids import Ids

Means = tuple[str, int, str]
"""``("bay", facility, name)``, ``("equipment", organisation, name)`` or ``("person", id, "")``; ids as in
SQL."""


class Pairs(Table):
    """A thing that a handling touched, or a means of it: ``handling`` is a row of ``Handlings``."""

    types: ClassVar[Mapping[str, str]] = {"handling": "i4", "thing": "i4"}

    handling: Array
    thing: Array

    def __init__(self) -> None:
        super().__init__()
        self.of_handling = Adjacency()
        self.of_thing = Adjacency()

    def sort(self, handlings: int, things: int) -> None:
        """Put all pairs in order."""
        self.of_handling = Adjacency.of(self.handling, handlings)
        self.of_thing = Adjacency.of(self.thing, things)

    def put(self, pairs: Iterable[tuple[int, int]], handlings: int, things: int) -> None:
        """Add pairs, out of so many handlings and things."""
        both = np.array(list(pairs), np.int32).reshape(-1, 2)
        if len(both):
            rows = self.add(handling=both[:, 0], thing=both[:, 1])
            new = np.arange(rows.start, rows.stop)
            self.of_handling.link(both[:, 0], new, handlings)
            self.of_thing.link(both[:, 1], new, things)


class Handlings(Table):
    """A row of ``goods.handling`` each: ``since`` and ``until`` in seconds UTC, ``version`` the position that
    recorded it. ``touched`` pairs them with nodes, ``used`` with numbers of ``means``."""

    types: ClassVar[Mapping[str, str]] = {"since": "u4", "until": "u4", "version": "i4"}

    since: Array
    until: Array
    version: Array

    def __init__(self) -> None:
        super().__init__()
        self.touched = Pairs()
        self.used = Pairs()
        self.means: dict[Means, int] = {}

    def remember(self, means: Iterable[Means], nodes: int) -> None:
        """The means by their numbers, where the columns were restored; there are so many nodes."""
        self.means = {each: number for number, each in enumerate(means)}
        self.touched.sort(self.count, nodes)
        self.used.sort(self.count, len(self.means))

    def put(self, rows: list[Mapping[str, Any]], nodes: Ids) -> None:
        """Add rows of ``tracing/index.handlings``; their units are among ``nodes``."""
        if not rows:
            return
        columns = {name: np.array([row[name] for row in rows]) for name in self.types}
        numbers = self.add(**columns)
        touched = [
            (number, node)
            for number, row in zip(numbers, rows, strict=True)
            for node in nodes.find(np.array(row["units"], np.int64)).tolist()
        ]
        used = [
            (number, self.means.setdefault(means, len(self.means)))
            for number, row in zip(numbers, rows, strict=True)
            for means in _means(row)
        ]
        self.touched.put(touched, self.count, len(nodes))
        self.used.put(used, self.count, len(self.means))


def _means(row: Mapping[str, Any]) -> Iterable[Means]:
    if row["bay"] is not None and row["facility"] is not None:
        yield "bay", row["facility"], row["bay"]
    if row["equipment"] is not None:
        yield "equipment", row["organisation"], row["equipment"]
    for person in row["crew"]:
        yield "person", person, ""

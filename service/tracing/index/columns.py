"""Columns that grow: what the index holds is kept in arrays of one length, a row a thing.

Rows are added at the end and may be changed in place; room grows by a part of itself, so that adding is
cheap. Numbers are as small as what they count allows: positions and dense numbers have 32 bits, seconds 32
without a sign, grams 64.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, TypeAlias

import numpy as np

Array: TypeAlias = np.ndarray[Any, np.dtype[Any]]

NONE = -1
"""No such thing, in a column of dense numbers or of pieces."""
EVER = 0xFFFFFFFF
"""The last second that a column of seconds can say: what did not end."""
LAST_POSITION = 2**31 - 1
"""The last position that the columns can say."""


class Table:
    """Columns of one length. A column is an attribute, as long as the table: ``table.node[7]``."""

    types: ClassVar[Mapping[str, str]] = {}
    """The columns and their numpy types."""

    def __init__(self) -> None:
        self.count = 0
        self._room: dict[str, Array] = {name: np.empty(0, kind) for name, kind in self.types.items()}
        self._show()

    def __len__(self) -> int:
        return self.count

    def _show(self) -> None:
        for name, column in self._room.items():
            setattr(self, name, column[: self.count])

    def add(self, **columns: Any) -> range:
        """Rows at the end; gives their numbers. A column that is not named holds NONE, one of seconds 0."""
        begin = self.count
        wanted = begin + max(np.size(column) for column in columns.values())
        self._reserve(wanted)
        self.count = wanted
        for name, column in self._room.items():
            column[begin:wanted] = columns.get(name, 0 if column.dtype.kind == "u" else NONE)
        self._show()
        return range(begin, wanted)

    def _reserve(self, wanted: int) -> None:
        room = min(map(len, self._room.values()))
        if wanted > room:
            self.resize(room_for(wanted, room))

    def resize(self, room: int) -> None:
        """Have room for so many rows, and no more; rows that are there stay."""
        room = max(room, self.count)
        for name, column in self._room.items():
            if len(column) != room:
                resized = np.empty(room, column.dtype)
                resized[: self.count] = column[: self.count]
                self._room[name] = resized
        self._show()

    def restore(self, columns: Mapping[str, Array]) -> None:
        """These columns in the place of its own."""
        self._room = {name: columns[name].astype(kind, copy=False) for name, kind in self.types.items()}
        self.count = min(map(len, self._room.values()))
        self._show()

    def _column(self, name: str) -> Array:
        return self._room[name][: self.count]

    def columns(self) -> Iterator[tuple[str, Array]]:
        """The columns by name, as long as the table."""
        for name, column in self._room.items():
            yield name, column[: self.count]

    @property
    def bytes(self) -> int:
        """What the columns take, the room beyond the rows included."""
        return sum(column.nbytes for column in self._room.values())


def room_for(wanted: int, room: int) -> int:
    """How much room a column gets that needs more than it has: an eighth more, and never very little."""
    return max(wanted, room + room // 8, 1024)


def distinct(numbers: Array) -> Array:
    """The numbers ascending, each once. numpy's own way hashes, which takes a hundred times as long."""
    ascending = np.sort(numbers)
    if len(ascending) < 2:
        return ascending
    first: Array = ascending[np.concatenate([[True], ascending[1:] != ascending[:-1]])]
    return first

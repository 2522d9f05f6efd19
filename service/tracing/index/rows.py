"""Rows as columns of numbers: what the queries of ``tracing/index.sql`` give, in bulk or a few at a time.

In bulk they come as binary COPY. All values are whole numbers of known sizes and none is NULL, so every row
takes the same room, and a block of rows is an array at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from service.tracing.index.columns import Array

Rows = Mapping[str, Array]
"""The columns of some rows, by name, in the machine's byte order."""

SHAPES: Mapping[str, Mapping[str, str]] = {
    "node_ids": {"id": "i8"},
    "lot_ids": {"id": "i8"},
    "shipments": {"id": "i8", "vehicle": "i8"},
    "units": {
        "id": "i8",
        "lot": "i8",
        "custodian": "i8",
        "facility": "i8",
        "zone": "i4",
        "shipment": "i8",
        "pieces": "i4",
        "grams": "i8",
        "since": "i8",
        "placed": "i4",
        "version": "i4",
        "state": "i2",
        "sealed": "i2",
        "there": "i2",
    },
    "waste": {
        "id": "i8",
        "lost_pieces": "i4",
        "lost_grams": "i8",
        "sampled_pieces": "i4",
        "sampled_grams": "i8",
        "destroyed_pieces": "i4",
        "destroyed_grams": "i8",
    },
    "edges": {
        "parent": "i8",
        "child": "i8",
        "version": "i4",
        "earliest": "i8",
        "latest": "i8",
        "mixes": "i2",
        "pieces": "i4",
        "grams": "i8",
    },
    "corrections": {"position": "i4", "correction": "i4", "excluded_in": "i4"},
    "stays": {
        "unit": "i8",
        "facility": "i8",
        "zone": "i4",
        "shipment": "i8",
        "vehicle": "i8",
        "since": "i8",
        "until": "i8",
        "placed": "i4",
        "version": "i4",
        "sealed": "i2",
    },
}
"""The columns of each query in order, and their sizes."""

_SIGNATURE = 11
_HEADER = _SIGNATURE + 8
_END = b"\xff\xff"


class CopyFormatError(Exception):
    """The server's COPY is not of the shape that a query promises."""


def few(name: str, rows: Iterable[Mapping[str, Any]]) -> Rows:
    """The columns of rows that came as objects."""
    listed = list(rows)
    return {
        column: np.fromiter((row[column] for row in listed), kind, len(listed))
        for column, kind in SHAPES[name].items()
    }


class CopyReader:
    """Blocks of rows out of the bytes of a binary COPY of one query."""

    def __init__(self, name: str) -> None:
        self._shape = SHAPES[name]
        self._row = _row_type(self._shape)
        self._left = b""
        self._begun = False

    def rows(self, data: bytes) -> Rows | None:
        """The rows that are complete with these bytes; None where there is none.

        Raises CopyFormatError.
        """
        data = self._left + data
        if not self._begun:
            if len(data) < _HEADER:
                self._left = data
                return None
            if int.from_bytes(data[_SIGNATURE + 4 : _HEADER], "big"):
                raise CopyFormatError("COPY has an extension of its header")
            data, self._begun = data[_HEADER:], True
        count = len(data) // self._row.itemsize
        self._left = data[count * self._row.itemsize :]
        return self._columns(np.frombuffer(data, self._row, count)) if count else None

    def finish(self) -> None:
        """All came. Raises CopyFormatError where something is left."""
        if self._left != _END:
            raise CopyFormatError("COPY ends amid a row")

    def _columns(self, block: Array) -> Rows:
        sizes = [np.dtype(kind).itemsize for kind in self._shape.values()]
        right = block["fields"] == len(sizes)
        for place, size in enumerate(sizes):
            right &= block[f"size{place}"] == size
        if not right.all():
            raise CopyFormatError("COPY has a row of another shape: a value is NULL or of another size")
        return {name: block[name].astype(kind) for name, kind in self._shape.items()}


def _row_type(shape: Mapping[str, str]) -> np.dtype[Any]:
    """A row as COPY writes it: how many fields, then each after its size, big-endian."""
    fields: list[tuple[str, str]] = [("fields", ">i2")]
    for place, (name, kind) in enumerate(shape.items()):
        fields += [(f"size{place}", ">i4"), (name, f">{kind}")]
    return np.dtype(fields)

"""What a trace reaches: all that goods became, or all that they were made of, level by level.

Large levels are walked in slices, so that no single step holds up the process's other threads for long.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from service.tracing.index.arrays import Arrays
from service.tracing.index.columns import NONE, Array

SLICE = 16_384
"""How many nodes are looked at in one step."""


class TooManyError(Exception):
    """More is reached than whoever asked wanted to wait for."""


@dataclass(frozen=True, slots=True)
class Reached:
    """The ``nodes`` that were reached, ascending, and the rows of the ``edges`` that were walked."""

    nodes: Array
    edges: Array


def reach(
    arrays: Arrays, start: Array, *, down: bool, as_of: int | None = None, most: int | None = None
) -> Reached:
    """What is reached from the nodes ``start``, these included, as of a position (None: now).

    Raises TooManyError beyond ``most`` nodes.
    """
    edges = arrays.edges
    as_of = None if as_of is None or as_of >= arrays.position else as_of
    adjacency, far = (edges.down, edges.child) if down else (edges.up, edges.parent)
    walked: list[Array] = []
    with arrays.marks() as marks:
        found = [_unmarked(start, marks)]
        count = len(found[0])
        # What is found is appended while it is gone through: slices that are short when levels are.
        for level in found:
            for begin in range(0, len(level), SLICE):
                rows = edges.counting(adjacency.at(level[begin : begin + SLICE]), as_of)
                walked.append(rows)
                new = _unmarked(far[rows], marks)
                count += len(new)
                if len(new):
                    found.append(new)
            if most is not None and count > most:
                break
        nodes = np.concatenate(found)
        marks[nodes] = NONE
    if most is not None and count > most:
        raise TooManyError
    nodes.sort()
    return Reached(nodes, np.concatenate([*walked, np.empty(0, np.int64)]).astype(np.int64))


def _unmarked(nodes: Array, marks: Array) -> Array:
    """Those of the nodes that bear no mark yet, each once; they bear one afterwards."""
    new = nodes[marks[nodes] == NONE]
    places = np.arange(len(new), dtype=marks.dtype)
    marks[new] = places
    kept: Array = new[marks[new] == places]
    return kept

"""What the index reaches is what plain loops reach, whatever came when, was excluded, and put in order on the
way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.tracing.index.arrays import Arrays
from service.tracing.index.reaching import TooManyError, reach
from service.tracing.index.rows import SHAPES, few

NODES = 12
edges = st.lists(st.tuples(st.integers(0, NODES - 1), st.integers(0, NODES - 1)), max_size=12)
steps = st.lists(st.tuples(edges, st.sets(st.integers(0, 60), max_size=3), st.booleans()), max_size=6)


def told(name: str, *rows: Mapping[str, Any]) -> Any:
    """Rows of a source: columns that are not named are 0."""
    return few(name, [dict.fromkeys(SHAPES[name], 0) | dict(row) for row in rows])


def taken_in(arrays: Arrays, position: int, ends: Sequence[tuple[int, int]], excluded: Sequence[int]) -> None:
    """One statement: its edges, and what it excludes."""
    rows = [{"parent": 10 + parent, "child": 10 + child, "version": position} for parent, child in ends]
    if rows:
        arrays.put("edges", told("edges", *rows))
    gone = [{"position": each, "correction": each, "excluded_in": position} for each in excluded]
    if gone:
        arrays.put("corrections", told("corrections", *gone))
    arrays.link()
    arrays.position = position + 1


def naive(said: Sequence[tuple[Any, Any, Any]], start: int, as_of: int, *, down: bool) -> set[int]:
    """By going over all edges until nothing is new."""
    # The last to exclude a position is who counts, as in the table: a later exclusion replaces the one
    # before.
    excluded_in = {each: place for place, (_, excluded, _) in enumerate(said) for each in excluded}
    counting = [
        (parent, child) if down else (child, parent)
        for position, (ends, _, _) in enumerate(said[:as_of])
        for parent, child in ends
        if excluded_in.get(position, as_of) >= as_of
    ]
    reached = {start}
    while new := {far for near, far in counting if near in reached} - reached:
        reached |= new
    return reached


@given(steps, st.integers(0, NODES - 1), st.booleans(), st.integers(0, 6))
def test_as_plain_loops(said: list[Any], start: int, down: bool, as_of: int) -> None:
    arrays = Arrays()
    arrays.put("node_ids", told("node_ids", *({"id": 10 + node} for node in range(NODES))))
    waiting = None
    for position, (ends, excluded, ordered) in enumerate(said):
        # An order is made of what was there before, as in a thread, and adopted after more came.
        waiting = arrays.sorted() if ordered else waiting
        taken_in(arrays, position, ends, sorted(excluded))
        if waiting is not None and not ordered:
            arrays.adopt(waiting)
            waiting = None
    as_of = min(as_of, len(said))
    begin = arrays.nodes.find(np.array([10 + start]))
    found = reach(arrays, begin, down=down, as_of=as_of)
    assert set((arrays.nodes.ids[found.nodes] - 10).tolist()) == naive(said, start, as_of, down=down)
    with arrays.marks() as marks:
        assert (marks == -1).all()


@pytest.mark.parametrize("down", [True, False])
def test_who_wants_to_see_few_nodes_is_told_that_there_are_more(down: bool) -> None:
    arrays = Arrays()
    taken_in(arrays, 0, [(node, node + 1) for node in range(4)], [])
    begin = arrays.nodes.find(np.array([10 if down else 14]))
    assert len(reach(arrays, begin, down=down, most=5).nodes) == 5
    with pytest.raises(TooManyError):
        reach(arrays, begin, down=down, most=4)
    with arrays.marks() as marks:
        assert (marks == -1).all()


def test_what_is_known_now_is_asked_without_a_position() -> None:
    arrays = Arrays()
    taken_in(arrays, 5, [(0, 1), (1, 2)], [])
    start = arrays.nodes.find(np.array([10]))
    assert reach(arrays, start, down=True).nodes.tolist() == [0, 1, 2]
    taken_in(arrays, 6, [], [5])
    assert reach(arrays, start, down=True).nodes.tolist() == [0]
    assert reach(arrays, start, down=True, as_of=6).nodes.tolist() == [0, 1, 2]

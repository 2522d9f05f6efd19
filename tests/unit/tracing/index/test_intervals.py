"""Times of places are united as if every second were looked at."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from service.tracing.index.intervals import Intervals

SPANS = st.lists(st.tuples(st.integers(0, 2), st.integers(0, 12), st.integers(1, 5)), max_size=12)


def made(spans: list[tuple[int, int, int]]) -> Intervals:
    columns = np.array(spans, np.int64).reshape(-1, 3).T
    return Intervals(columns[0], columns[1], columns[1] + columns[2])


def told(intervals: Intervals) -> list[tuple[int, int, int]]:
    columns = (intervals.place.tolist(), intervals.begin.tolist(), intervals.end.tolist())
    return list(zip(*columns, strict=True))


def seconds(spans: list[tuple[int, int, int]]) -> set[tuple[int, int]]:
    return {(place, second) for place, begin, long in spans for second in range(begin, begin + long)}


@given(SPANS)
def test_a_union_has_the_same_seconds_once(spans: list[tuple[int, int, int]]) -> None:
    united = told(made(spans).united())
    assert seconds([(place, begin, end - begin) for place, begin, end in united]) == seconds(spans)
    for (place, _, end), (other, begin, _) in pairwise(united):
        assert place < other or end < begin, "sorted, and those that touch are one"


@given(SPANS, SPANS)
def test_what_is_new_is_what_was_not_there_just_so(
    spans: list[tuple[int, int, int]], more: list[tuple[int, int, int]]
) -> None:
    before, after = made(spans).united(), made(spans + more).united()
    assert told(after.beyond(before)) == [each for each in told(after) if each not in told(before)]

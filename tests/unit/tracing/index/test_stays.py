"""Stays are found by place and time as if each were looked at, and nothing of other places is read."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from service.tracing.index.columns import EVER
from service.tracing.index.stays import Run, Stays, expand

HOUR = 3600
SECONDS = st.integers(0, 200) | st.integers(0, 400 * 24).map(lambda hours: hours * HOUR)
STAYS = st.lists(st.tuples(st.integers(0, 3), SECONDS, SECONDS), max_size=40)


def made(rows: list[tuple[int, int, int]]) -> Stays:
    stays = Stays()
    if rows:
        place, since, lasting = (np.array(column) for column in zip(*rows, strict=True))
        numbers = np.arange(len(rows))
        times: dict[str, Any] = {"since": since, "until": since + lasting}
        stays.add(node=numbers, place=place, placed=numbers, version=numbers, sealed=numbers % 2, **times)
    return stays


@given(STAYS, st.integers(0, 3), SECONDS, SECONDS)
def test_whoever_was_there_is_found(
    rows: list[tuple[int, int, int]], place: int, begin: int, lasting: int
) -> None:
    stays, end = made(rows), begin + lasting + 1
    if not rows:
        return
    run = Run(stays, np.arange(len(stays), dtype=np.int32))
    found, which = run.meeting(*(np.array([value]) for value in (place, begin, end)))
    met = {
        row
        for row, (at, since, long) in enumerate(rows)
        if at == place and since < end and since + long > begin
    }
    assert met <= set(found.tolist())
    assert set(stays.place[found].tolist()) <= {place}
    assert not which.any()
    assert len(found) == len(set(found.tolist()))


@given(STAYS, st.integers(0, 3), SECONDS)
def test_the_next_stay_is_the_one_that_begins_first(
    rows: list[tuple[int, int, int]], place: int, after: int
) -> None:
    if not rows:
        return
    stays = made(rows)
    run = Run(stays, np.arange(len(stays), dtype=np.int32))
    at = np.array([place])
    (next_,) = run.next_beginning(at, np.array([after])).tolist()
    begins = [since for there, since, _ in rows if there == place and since >= after]
    assert next_ == min(begins, default=EVER)
    found, _ = run.beginning(at, np.array([next_]))
    assert sorted(stays.since[found].tolist()) == sorted(since for since in begins if since == next_)


@given(STAYS, STAYS)
def test_what_comes_later_is_found_beside_what_stands_in_order(
    first: list[tuple[int, int, int]], later: list[tuple[int, int, int]]
) -> None:
    stays = made(first)
    stays.sort(100)
    more = made(later)
    if later:
        stays.add(**(dict(more.columns()) | {"node": more.node + len(first)}))
    runs = stays.follow(100)
    found = np.concatenate([np.empty(0, np.int64), *(run.rows for run in runs)])
    assert sorted(found.tolist()) == list(range(len(first) + len(later)))
    for run in runs:
        keys = list(zip(stays.place[run.rows].tolist(), run.rows.tolist(), strict=True))
        assert [place for place, _ in keys] == sorted(place for place, _ in keys)
    nodes = np.arange(len(first) + len(later))
    assert sorted(stays.node[stays.of_node.at(nodes)].tolist()) == nodes.tolist()


def test_ranges_are_counted_out_with_what_each_number_is_of() -> None:
    numbers, which = expand(np.array([5, 9, 2]), np.array([7, 9, 5]))
    assert numbers.tolist() == [5, 6, 2, 3, 4]
    assert which.tolist() == [0, 0, 2, 2, 2]

"""The parts that the index is made of: ids and their numbers, columns that grow, rows by key, COPY in
blocks."""

from __future__ import annotations

import asyncio
import struct
from collections import defaultdict
from collections.abc import Mapping
from typing import ClassVar

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.goods.state import UnitState
from service.storage import query
from service.tracing.index.adjacency import Adjacency
from service.tracing.index.columns import NONE, Array, Table, distinct
from service.tracing.index.gate import Gate
from service.tracing.index.ids import Ids
from service.tracing.index.rows import SHAPES, CopyFormatError, CopyReader

batches = st.lists(st.lists(st.integers(0, 40), max_size=8), max_size=8)


@given(batches)
def test_every_id_keeps_the_number_that_it_got(said: list[list[int]]) -> None:
    ids, known = Ids(), dict[int, int]()
    for batch in said:
        for id_, number in zip(batch, ids.number(np.array(batch, np.int64)).tolist(), strict=True):
            assert known.setdefault(id_, number) == number
        everything = np.arange(-1, 42)
        assert ids.find(everything).tolist() == [known.get(id_, NONE) for id_ in everything.tolist()]
        assert ids.ids.tolist() == sorted(known, key=known.__getitem__)
    again = Ids(ids.ids.copy())
    assert again.find(np.arange(42)).tolist() == ids.find(np.arange(42)).tolist()


@given(st.lists(st.integers(-3, 3)))
def test_distinct_numbers_ascend(numbers: list[int]) -> None:
    assert distinct(np.array(numbers, np.int64)).tolist() == sorted(set(numbers))


@given(st.lists(st.integers(-1, 6), max_size=30), st.lists(st.integers(0, 6), max_size=30))
def test_rows_are_found_by_key_sorted_and_linked(first: list[int], then: list[int]) -> None:
    rows = defaultdict[int, set[int]](set)
    for row, key in enumerate([*first, *then]):
        rows[key].add(row)
    found = Adjacency.of(np.array(first, np.int64), 7)
    found.link(np.array(then, np.int64), np.arange(len(first), len(first) + len(then)), 7)
    keys = np.arange(7)
    for key in keys.tolist():
        assert set(found.at(np.array([key])).tolist()) == rows[key]
    assert len(found.at(keys)) == sum(len(rows[key]) for key in keys.tolist())
    assert found.has(keys).tolist() == [bool(rows[key]) for key in keys.tolist()]


class Kept(Table):
    """A table of the test's own."""

    types: ClassVar[Mapping[str, str]] = {"node": "i4", "since": "u4", "place": "i2", "until": "u4"}

    node: Array
    since: Array
    place: Array
    until: Array


def test_columns_keep_their_rows_while_they_grow_and_shrink() -> None:
    kept = Kept()
    for count in range(1, 2000, 400):
        kept.add(node=np.full(count, count), since=np.full(count, count))
    assert kept.count == len(kept.node) == sum(range(1, 2000, 400))
    assert (kept.node == kept.since).all()
    assert (kept.place == NONE).all()
    assert (kept.until == 0).all()
    kept.resize(0)
    assert kept.bytes == kept.count * (4 + 4 + 2 + 4)


def copied(*rows: tuple[int, int]) -> bytes:
    """What COPY gives of shipments."""
    head = b"PGCOPY\n\xff\r\n\0" + bytes(8)
    return head + b"".join(struct.pack(">hiqiq", 2, 8, id_, 8, of) for id_, of in rows) + b"\xff\xff"


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(-1, 9))), st.integers(1, 50))
def test_blocks_of_a_copy_may_end_anywhere(rows: list[tuple[int, int]], step: int) -> None:
    reader, data, found = CopyReader("shipments"), copied(*rows), list[tuple[int, int]]()
    for begin in range(0, len(data), step):
        block = reader.rows(data[begin : begin + step])
        if block is not None:
            found += zip(block["id"].tolist(), block["vehicle"].tolist(), strict=True)
    reader.finish()
    assert found == rows


def test_a_copy_of_another_shape_is_refused() -> None:
    null = copied((1, 2))[:-2].replace(struct.pack(">iq", 8, 2), struct.pack(">iq", -1, 2))
    with pytest.raises(CopyFormatError):
        CopyReader("shipments").rows(null)
    cut = CopyReader("shipments")
    cut.rows(copied((1, 2), (3, 4))[:-5])
    with pytest.raises(CopyFormatError):
        cut.finish()


def test_states_have_the_numbers_that_sql_gives_them() -> None:
    listed = ", ".join(f"'{state}'" for state in UnitState)
    text = " ".join(query("tracing/index.units").split())
    assert f"array_position(ARRAY[{listed}], u.state) - 1" in text


@pytest.mark.parametrize("name", SHAPES)
def test_sources_have_their_columns_in_order(name: str) -> None:
    text = query(f"tracing/index.{name}")
    places = [text.find(column) for column in SHAPES[name]]
    assert NONE not in places


async def test_a_change_waits_for_readings_and_goes_before_new_ones() -> None:
    gate, order = Gate(), list[str]()
    leave = asyncio.Event()

    async def read(name: str) -> None:
        async with gate.reading():
            order.append(name)
            await leave.wait()

    async def change() -> None:
        async with gate.changing():
            order.append("change")

    first = asyncio.create_task(read("first"))
    await asyncio.sleep(0)
    tasks = [asyncio.create_task(change())]
    await asyncio.sleep(0)
    tasks.append(asyncio.create_task(read("second")))
    for _ in range(5):
        await asyncio.sleep(0)
    assert order == ["first"]
    leave.set()
    await asyncio.gather(first, *tasks)
    assert order == ["first", "change", "second"]

"""Nothing leaves a tree that its signed root does not vouch for, whatever is served."""

from __future__ import annotations

import asyncio
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.auditing.alarms import Alarm, AlarmError
from service.auditing.tree import Tree
from service.ledger.chain import entry, leaf_hash
from service.ledger.checkpoint import Checkpoint, sign_checkpoint
from service.ledger.merkle import root
from service.ledger.tiles import ENTRIES, WIDTH, Tile, join_entries, subtree
from service.publishing.notes import Noted
from tests.retold import SIGNER

LARGE = WIDTH * WIDTH + WIDTH + 3
"""Entries that fill a tile of the second level, and go on."""


@cache
def entries(size: int) -> tuple[bytes, ...]:
    """Entries that were never recorded."""
    at = "2020-08-01T00:00:00.000000Z"
    return tuple(entry(at, number.to_bytes(32, "big")) for number in range(size))


@cache
def hashes(level: int, size: int) -> tuple[bytes, ...]:
    """All hashes of a level of the tree."""
    if not level:
        return tuple(map(leaf_hash, entries(size)))
    below = hashes(level - 1, size)
    return tuple(
        subtree(below[place : place + WIDTH]) for place in range(0, len(below) // WIDTH * WIDTH, WIDTH)
    )


class Shelf:
    """Serves a tree of ``size``; one bit of the answer for ``flipped`` is changed."""

    def __init__(self, size: int, flipped: Tile | None = None, bit: int = 0) -> None:
        self.size, self.flipped, self.bit = size, flipped, bit
        self.asked: list[Tile] = []

    async def tile(self, tile: Tile) -> bytes:
        self.asked.append(tile)
        start = tile.index * WIDTH
        if tile.level == ENTRIES:
            data = join_entries(entries(self.size)[start : start + tile.width])
        else:
            data = b"".join(hashes(tile.level, self.size)[start : start + tile.width])
        if tile != self.flipped:
            return data
        changed = bytearray(data)
        changed[self.bit // 8 % len(data)] ^= 1 << self.bit % 8
        return bytes(changed)


def noted(size: int) -> Noted:
    """The signed checkpoint of that tree."""
    checkpoint = Checkpoint(SIGNER.name, size, root(hashes(0, size)))
    return Noted(sign_checkpoint(SIGNER, checkpoint), checkpoint)


async def read(shelf: Shelf, start: int = 0) -> list[bytes]:
    """Every entry from the bundle with ``start`` on."""
    tree = Tree(shelf, noted(shelf.size))
    await tree.open()
    return [each async for _, bundle in tree.entries(start) for each in bundle]


@pytest.mark.parametrize("size", [0, 1, 2, 255, 256, 257, 512, 700, 4096, LARGE])
def test_all_entries_are_read_each_tile_once(size: int) -> None:
    shelf = Shelf(size)
    assert asyncio.run(read(shelf)) == [*entries(size)]
    assert len(set(shelf.asked)) == len(shelf.asked)


@given(st.integers(1, 1500), st.data())
def test_from_anywhere_on_the_same_entries_are_read(size: int, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, size - 1))
    assert asyncio.run(read(Shelf(size), start)) == [*entries(size)[start // WIDTH * WIDTH :]]


@given(st.integers(1, 1500), st.data())
def test_any_changed_bit_of_what_is_asked_for_is_an_alarm(size: int, data: st.DataObject) -> None:
    honest = Shelf(size)
    asyncio.run(read(honest))
    tile = data.draw(st.sampled_from(honest.asked))
    with pytest.raises(AlarmError) as raised:
        asyncio.run(read(Shelf(size, tile, data.draw(st.integers(0, 1 << 18)))))
    assert raised.value.alarm is Alarm.CHANGED
    assert tile.path in str(raised.value.problem.facts["tile"])


def test_a_changed_bit_above_the_leaves_is_an_alarm_in_a_large_tree() -> None:
    for tile in (Tile(1, 0), Tile(1, 1, 1), Tile(2, 0, 1), Tile(0, 77), Tile(ENTRIES, 200)):
        with pytest.raises(AlarmError) as raised:
            asyncio.run(read(Shelf(LARGE, tile, 1001)))
        assert tile.path in str(raised.value.problem.facts["tile"])


@given(st.integers(0, 1500), st.data())
def test_a_tree_extends_its_own_beginnings_and_no_other(size: int, data: st.DataObject) -> None:
    old = data.draw(st.integers(0, size))

    async def extends(older: Noted) -> None:
        tree = Tree(Shelf(size), noted(size))
        await tree.open()
        await tree.check_extends(older, "theirs")

    asyncio.run(extends(noted(old)))
    if old:
        other = Checkpoint(SIGNER.name, old, bytes(32))
        with pytest.raises(AlarmError) as raised:
            asyncio.run(extends(Noted(sign_checkpoint(SIGNER, other), other)))
        assert (raised.value.alarm, raised.value.problem.facts["older"]) == (Alarm.FORK, old)

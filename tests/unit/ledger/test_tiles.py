"""Tiles: their one spelling (C2SP tlog-tiles), what a tree of a size has, and proofs made from them."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from hashlib import sha256

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from service.ledger import merkle
from service.ledger.errors import TileError
from service.ledger.tiles import (
    ENTRIES,
    MAX_LEVEL,
    WIDTH,
    Tile,
    consistency_proof,
    inclusion_proof,
    join_entries,
    right_edge,
    split_entries,
    split_hashes,
    subtree,
    tile_at,
    tiles_of,
)

LARGEST = 70_000
LEAVES = [sha256(number.to_bytes(4)).digest() for number in range(LARGEST)]
SIZES = (
    st.integers(1, 2_000) | st.integers(LARGEST - 5_000, LARGEST) | st.sampled_from([65_535, 65_536, 65_537])
)


def levels() -> list[list[bytes]]:
    """The hashes of each level of tiles, made from the leaves alone."""
    made = [LEAVES]
    while len(made[-1]) >= WIDTH:
        below = made[-1]
        made.append([subtree(below[at : at + WIDTH]) for at in range(0, len(below) - WIDTH + 1, WIDTH)])
    return made


LEVELS = levels()


async def fetch(tiles: Sequence[Tile]) -> Mapping[Tile, bytes]:
    return {
        tile: b"".join(LEVELS[tile.level][tile.index * WIDTH : tile.index * WIDTH + tile.width])
        for tile in tiles
    }


@pytest.mark.parametrize(
    ("tile", "path"),
    [
        (Tile(0, 1234067), "0/x001/x234/067"),
        (Tile(0, 0), "0/000"),
        (Tile(5, 999), "5/999"),
        (Tile(1, 1000), "1/x001/000"),
        (Tile(0, 273, 112), "0/273.p/112"),
        (Tile(ENTRIES, 5, 1), "entries/005.p/1"),
        (Tile(ENTRIES, 1234067, 255), "entries/x001/x234/067.p/255"),
    ],
)
def test_a_tile_has_the_path_of_the_specification(tile: Tile, path: str) -> None:
    assert (tile.path, Tile.parse(path)) == (path, tile)


@given(st.integers(ENTRIES, MAX_LEVEL), st.integers(0, 10**18 - 1), st.integers(1, WIDTH))
def test_every_tile_is_read_from_its_path(level: int, index: int, width: int) -> None:
    assert Tile.parse(Tile(level, index, width).path) == Tile(level, index, width)


@pytest.mark.parametrize(
    "path",
    [
        "",
        "0",
        "0/",
        "0/0",
        "0/00",
        "0/0000",
        "00/000",
        "6/000",
        "-1/000",
        "0/x000/001",
        "0/001/067",
        "0/x001",
        "0/x001/x067",
        "0/X001/067",
        "0/x001x234/067",
        "0/000/",
        "/0/000",
        "0//000",
        "0/000.p/0",
        "0/000.p/256",
        "0/000.p/01",
        "0/000.p/1000",
        "0/000.p/",
        "0/000.p",
        "0/000.P/1",
        "0/000.p/+1",
        "0/000.p/1/",
        "0/٠٠٠",
        "0/000\n",
        "entry/000",
        "entries/0",
        "../0/000",
        "0/x001" + "/x000" * 5 + "/000",
    ],
)
def test_no_other_spelling_is_a_tile(path: str) -> None:
    with pytest.raises(TileError):
        Tile.parse(path)


def test_a_tree_has_the_tiles_of_the_specification_s_example() -> None:
    tiles = [*tiles_of(LARGEST)]
    assert [tile.path for tile in tiles if not tile.full] == ["0/273.p/112", "1/001.p/17", "2/000.p/1"]
    assert [sum(tile.level == level for tile in tiles) for level in range(4)] == [274, 2, 1, 0]
    assert [tile.path for tile in tiles_of(256)] == ["0/000", "1/000.p/1"]
    assert [*tiles_of(0)] == []


@given(SIZES)
def test_a_tree_has_its_tiles_and_no_wider_ones(size: int) -> None:
    for tile in tiles_of(size):
        assert tile.is_within(size)
        assert tile.full or not Tile(tile.level, tile.index, tile.width + 1).is_within(size)
    with pytest.raises(TileError):
        tile_at(0, -(-size // WIDTH), size)


@settings(max_examples=30)
@given(SIZES, st.data())
@example(LARGEST, None)
def test_proofs_from_tiles_are_those_from_leaves(size: int, data: st.DataObject | None) -> None:
    index, old = (
        (size - 1, size // 2)
        if data is None
        else (data.draw(st.integers(0, size - 1)), data.draw(st.integers(0, size)))
    )
    root = merkle.root(LEAVES[:size])
    assert asyncio.run(right_edge(size, fetch)).root() == root
    proof = asyncio.run(inclusion_proof(index, size, fetch))
    merkle.verify_inclusion(LEAVES[index], index, size, proof, root)
    proof = asyncio.run(consistency_proof(old, size, fetch))
    merkle.verify_consistency(old, size, proof, merkle.root(LEAVES[:old]), root)


@pytest.mark.parametrize("change", [lambda data: data[:-1], lambda data: data + b"\0", lambda _data: b""])
def test_a_tile_of_another_length_is_no_tile(change: object) -> None:
    async def changed(tiles: Sequence[Tile]) -> Mapping[Tile, bytes]:
        assert callable(change)
        return {tile: change(data) for tile, data in (await fetch(tiles)).items()}

    with pytest.raises(TileError):
        asyncio.run(inclusion_proof(5, 300, changed))


def test_hashes_are_whole() -> None:
    assert split_hashes(b"".join(LEAVES[:3])) == tuple(LEAVES[:3])
    with pytest.raises(TileError):
        split_hashes(bytes(33))


@given(st.lists(st.binary(max_size=70), max_size=5), st.integers(1, 3))
def test_a_bundle_gives_its_entries_and_nothing_where_it_is_cut_off(entries: list[bytes], cut: int) -> None:
    bundle = join_entries(entries)
    assert split_entries(bundle) == tuple(entries)
    if entries and cut < 2 + len(entries[-1]):
        with pytest.raises(TileError):
            split_entries(bundle[:-cut])

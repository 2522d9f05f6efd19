"""Tiles of the tree (C2SP tlog-tiles): their paths, and roots and proofs from them. Pure.

A tile of level L holds up to 256 hashes, each the root of a full subtree of 256^L leaves; a bundle of entries
has the path of a tile of level ``entries``. A tile that is full never changes; a partial one is named by its
width and never changes either. Every proof is a list of *ranges* of leaves, whose roots are asked for:
whoever serves tiles and whoever fetches them make proofs by the same code.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from service.ledger.chain import HASH_BYTES, node_hash
from service.ledger.errors import ProofError, TileError
from service.ledger.merkle import RightEdge

WIDTH: Final = 256
HEIGHT: Final = 8
MAX_LEVEL: Final = 5
ENTRIES: Final = -1
"""The level of a bundle of entries."""
MAX_ENTRY: Final = 0xFFFF
_PATH: Final = re.compile(r"(entries|[0-5])/((?:x[0-9]{3}/)*[0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?")
_MAX_GROUPS: Final = 6

Range = tuple[int, int]
"""Leaves from the first up to, and without, the second."""


@dataclass(frozen=True, slots=True, order=True)
class Tile:
    """``width`` hashes of a level (or entries of a bundle), from ``index`` · 256 on."""

    level: int
    index: int
    width: int = WIDTH

    @classmethod
    def parse(cls, path: str) -> Tile:
        """Read what follows ``/tile/``. Raises TileError where no tile can have that path."""
        match = _PATH.fullmatch(path)
        if match is None:
            raise TileError(f"{path!r} is not the path of a tile")
        level, groups, width = match.groups()
        if groups.count("/") >= _MAX_GROUPS or (groups.startswith("x000/")):
            raise TileError(f"{path!r} is not how that tile is written")
        wide = WIDTH if width is None else int(width)
        if width is not None and wide >= WIDTH:
            raise TileError(f"a partial tile has fewer than {WIDTH} hashes, not {wide}")
        index = int(groups.replace("x", "").replace("/", ""))
        return cls(ENTRIES if level == "entries" else int(level), index, wide)

    @property
    def path(self) -> str:
        """What follows ``/tile/``."""
        digits = str(self.index)
        digits = digits.zfill(-(-len(digits) // 3) * 3)
        groups = [digits[start : start + 3] for start in range(0, len(digits), 3)]
        name = "/".join([*(f"x{group}" for group in groups[:-1]), groups[-1]])
        level = "entries" if self.level == ENTRIES else str(self.level)
        return f"{level}/{name}" if self.full else f"{level}/{name}.p/{self.width}"

    @property
    def full(self) -> bool:
        return self.width == WIDTH

    @property
    def leaves(self) -> Range:
        """The leaves under it."""
        each = 1 << HEIGHT * max(self.level, 0)
        start = self.index * WIDTH * each
        return start, start + self.width * each

    def is_within(self, size: int) -> bool:
        """Whether a tree of that size has it."""
        return self.leaves[1] <= size


def tile_at(level: int, index: int, size: int) -> Tile:
    """The tile as wide as it is in a tree of ``size``. Raises TileError where that tree has none."""
    width = min(WIDTH, (size >> HEIGHT * max(level, 0)) - index * WIDTH)
    if width <= 0:
        raise TileError(f"a tree of {size} has no tile {level}/{index}")
    return Tile(level, index, width)


def tiles_of(size: int) -> Iterator[Tile]:
    """Every hash tile of a tree of ``size``, as wide as it is there, level by level."""
    for level in range(MAX_LEVEL + 1):
        hashes = size >> HEIGHT * level
        if not hashes:
            return
        for index in range(-(-hashes // WIDTH)):
            yield tile_at(level, index, size)


def split_hashes(data: bytes) -> tuple[bytes, ...]:
    """The hashes of a tile. Raises TileError where bytes are missing or left over."""
    if len(data) % HASH_BYTES:
        raise TileError(f"{len(data)} bytes are not whole hashes")
    return tuple(data[start : start + HASH_BYTES] for start in range(0, len(data), HASH_BYTES))


def join_entries(entries: Iterable[bytes]) -> bytes:
    """A bundle: each entry after its length as a big-endian uint16."""
    return b"".join(part for entry in entries for part in (len(entry).to_bytes(2, "big"), entry))


def split_entries(bundle: bytes) -> tuple[bytes, ...]:
    """The entries of a bundle. Raises TileError where bytes are missing or left over."""
    entries, place = [], 0
    while place < len(bundle):
        start = place + 2
        place = start + int.from_bytes(bundle[start - 2 : start], "big")
        if place > len(bundle) or start > len(bundle):
            raise TileError("the bundle ends within an entry")
        entries.append(bundle[start:place])
    return tuple(entries)


def inclusion_ranges(index: int, size: int) -> list[Range]:
    """The ranges whose roots prove leaf ``index`` in a tree of ``size`` (RFC 6962, 2.1.1), leaf first."""
    if not 0 <= index < size:
        raise ProofError(f"a tree of {size} has no leaf {index}")
    ranges, low, high = [], 0, size
    while high - low > 1:
        split = low + _split(high - low)
        if index < split:
            ranges.append((split, high))
            high = split
        else:
            ranges.append((low, split))
            low = split
    return ranges[::-1]


def consistency_ranges(old: int, new: int) -> list[Range]:
    """The ranges whose roots prove that a tree of ``new`` extends one of ``old`` (RFC 6962, 2.1.2)."""
    if not 0 <= old <= new:
        raise ProofError(f"a tree of {new} does not extend one of {old}")
    if old in {0, new}:
        return []
    ranges, low, high, known = [], 0, new, True
    while old != high:
        split = low + _split(high - low)
        if old <= split:
            ranges.append((split, high))
            high = split
        else:
            ranges.append((low, split))
            low, known = split, False
    if not known:
        ranges.append((low, high))
    return ranges[::-1]


def _split(count: int) -> int:
    """The largest power of two below ``count``."""
    return 1 << (count - 1).bit_length() - 1


Fetch = Callable[[Sequence[Tile]], Awaitable[Mapping[Tile, bytes]]]
"""Gives the hashes of tiles, one after another in one run of bytes each."""


async def roots(ranges: Sequence[Range], size: int, fetch: Fetch) -> list[bytes]:
    """The root over each range of leaves of a tree of ``size``; each range as the tree divides it.

    Raises TileError where a tile has another length than its width asks for.
    """
    nodes = [[*_nodes(*each)] for each in ranges]
    wanted = sorted({_tile(node, size) for each in nodes for node in each})
    found = await fetch(wanted)
    for tile in wanted:
        if len(found[tile]) != tile.width * HASH_BYTES:
            raise TileError(f"tile {tile.path} has {len(found[tile])} bytes")
    return [_fold([_hash(node, size, found) for node in each]) for each in nodes]


async def right_edge(size: int, fetch: Fetch) -> RightEdge:
    """The right edge, and with it the root, of the tree of that size."""
    subtrees = [(index << height, index + 1 << height) for height, index in _nodes(0, size)]
    return RightEdge(size, tuple(await roots(subtrees, size, fetch)))


async def inclusion_proof(index: int, size: int, fetch: Fetch) -> list[bytes]:
    """As merkle.inclusion_proof, from tiles."""
    return await roots(inclusion_ranges(index, size), size, fetch)


async def consistency_proof(old: int, new: int, fetch: Fetch) -> list[bytes]:
    """As merkle.consistency_proof, from tiles."""
    return await roots(consistency_ranges(old, new), new, fetch)


_Node = tuple[int, int]
"""A full subtree: its height, and its place among those of that height."""


def _nodes(low: int, high: int) -> Iterator[_Node]:
    """The full subtrees that make up a range, left to right; largest first, as the tree divides it."""
    while low < high:
        height = (high - low).bit_length() - 1
        yield height, low >> height
        low += 1 << height


def _tile(node: _Node, size: int) -> Tile:
    height, index = node
    level = min(height // HEIGHT, MAX_LEVEL)
    return tile_at(level, (index << height - level * HEIGHT) // WIDTH, size)


def _hash(node: _Node, size: int, found: Mapping[Tile, bytes]) -> bytes:
    height, index = node
    tile = _tile(node, size)
    inside = height - tile.level * HEIGHT
    start = ((index << inside) % WIDTH) * HASH_BYTES
    return subtree(split_hashes(found[tile][start : start + (HASH_BYTES << inside)]))


def subtree(hashes: Sequence[bytes]) -> bytes:
    """The root over hashes of equally large full subtrees, a power of two of them."""
    level = list(hashes)
    while len(level) > 1:
        level = [
            sha256(b"\x01" + left + right).digest()
            for left, right in zip(level[::2], level[1::2], strict=True)
        ]
    return level[0]


def _fold(hashes: list[bytes]) -> bytes:
    *rest, node = hashes
    for left in reversed(rest):
        node = node_hash(left, node)
    return node

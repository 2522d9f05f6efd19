"""Tiles of the ledger as it is stored: sealed ones from segment files, the rest from the database's rows."""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping, Sequence

from service.ledger import store
from service.ledger.errors import SegmentError
from service.ledger.segments import Segments
from service.ledger.store import Reading
from service.ledger.tiles import WIDTH, Fetch, Tile, join_entries, split_hashes, subtree

log = logging.getLogger(__name__)

KEPT = 256
"""Tiles that are kept in memory, 8 KB each: those of the right edge are asked for by every proof."""


class StoredTiles:
    """The tiles of one ledger. What was read last is kept: a tile, partial ones too, never changes."""

    def __init__(self, segments: Segments) -> None:
        self.segments = segments
        self._kept: OrderedDict[Tile, bytes] = OrderedDict()
        self._roots: dict[tuple[int, int], bytes] = {}

    def fetch_from(self, conn: Reading) -> Fetch:
        """How proofs get their tiles, with what is not sealed yet read through ``conn``."""

        async def fetch(tiles: Sequence[Tile]) -> Mapping[Tile, bytes]:
            return {tile: await self.hashes(conn, tile) for tile in tiles}

        return fetch

    async def hashes(self, conn: Reading, tile: Tile) -> bytes:
        """The hashes of a tile, which the ledger must have, in one run of bytes."""
        found = self._kept.get(tile)
        if found is None:
            found = self._kept[tile] = await self._from_either(lambda: self._made(conn, tile))
            if len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        else:
            self._kept.move_to_end(tile)
        return found

    async def _made(self, conn: Reading, tile: Tile) -> bytes:
        first = tile.index * WIDTH
        if tile.level == 0:
            return await self._leaves(conn, first, first + tile.width)
        if tile.level == 1:
            return await self._first_level(conn, first, first + tile.width)
        numbers = range(first, first + tile.width)
        return b"".join([await self._root(conn, tile.level - 1, number) for number in numbers])

    async def bundle(self, conn: Reading, tile: Tile) -> bytes:
        """A bundle of entries, which the ledger must have."""
        return await self._from_either(lambda: self._bundle(conn, tile))

    async def _from_either(self, make: Callable[[], Awaitable[bytes]]) -> bytes:
        """A segment that was cut off or taken away under this process costs nothing: there are the rows."""
        try:
            return await make()
        except SegmentError as error:
            log.warning("a segment cannot be read any more: %s", error)
            self.segments.forget()
            return await make()

    async def _bundle(self, conn: Reading, tile: Tile) -> bytes:
        if tile.full and tile.leaves[1] <= self.segments.end:
            return self.segments.bundle(tile.index)
        return join_entries(await store.entries(conn, *tile.leaves))

    async def _leaves(self, conn: Reading, start: int, end: int) -> bytes:
        sealed = max(start, min(end, self.segments.end))
        unsealed = await store.leaves(conn, sealed, end) if sealed < end else []
        return self.segments.leaves(start, sealed) + b"".join(unsealed)

    async def _first_level(self, conn: Reading, start: int, end: int) -> bytes:
        """Roots of the full tiles of leaves from ``start`` up to, and without, ``end``."""
        sealed = max(start, min(end, self.segments.end // WIDTH))
        if sealed == end:
            return self.segments.subtrees(start, end)
        leaves = await store.leaves(conn, sealed * WIDTH, end * WIDTH)
        groups = (leaves[place : place + WIDTH] for place in range(0, len(leaves), WIDTH))
        return self.segments.subtrees(start, sealed) + b"".join(map(subtree, groups))

    async def _root(self, conn: Reading, level: int, index: int) -> bytes:
        """The root of a full tile."""
        known = self._roots.get((level, index))
        if known is None:
            # A tile of a large ledger may ask for 256 of them, a millisecond each.
            await asyncio.sleep(0)
            known = subtree(split_hashes(await self.hashes(conn, Tile(level, index))))
            self._roots[level, index] = known
        return known

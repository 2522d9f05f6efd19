"""The tree under one signed checkpoint, as its ledger serves it: nothing leaves here that its root does not
vouch for.

The tiles on the right edge fold into the root; every full tile is a hash of the one above it; every bundle's
entries hash to the tile beside it. So a changed byte is named by its tile, and one tile of each level and a
few bundles are all that is held, however large the ledger is.
"""

from __future__ import annotations

import asyncio
from base64 import b64encode
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Final, Protocol

from service.auditing.alarms import Alarm, AlarmError, Evidence
from service.ledger.chain import HASH_BYTES, leaf_hash
from service.ledger.errors import EdgeError, ProofError, TileError
from service.ledger.merkle import verify_consistency
from service.ledger.proofs import Proof
from service.ledger.tiles import (
    ENTRIES,
    WIDTH,
    Tile,
    consistency_proof,
    inclusion_proof,
    right_edge,
    split_entries,
    split_hashes,
    subtree,
    tile_at,
)
from service.publishing.notes import Noted

AT_ONCE: Final = 16
"""Bundles that are fetched together, each with its tile."""

Entries = tuple[int, tuple[bytes, ...]]
"""The position of the first, and the entries from there on."""


class Serves(Protocol):
    """Whoever hands out tiles; what it hands out may be anything."""

    async def tile(self, tile: Tile) -> bytes:
        """The hashes of a tile, or a bundle of entries. Raises the alarm UNREACHABLE."""
        ...


class Tree:
    """What the checkpoint in ``note`` covers. Everything may raise the alarms UNREACHABLE and CHANGED."""

    def __init__(self, source: Serves, note: Noted) -> None:
        self.note = note
        self.size = note.size
        self._source = source
        self._edge: dict[Tile, bytes] = {}
        self._above: dict[int, tuple[Tile, bytes]] = {}

    async def open(self) -> None:
        """Fetch the right edge, which must fold into the root."""
        if not self.size:
            return
        try:
            edge = await right_edge(self.size, self._fetch_edge)
            if edge.root() == self.note.checkpoint.root:
                return
            cause = "the tiles on the right edge fold into another root"
        except (TileError, EdgeError) as error:
            cause = str(error)
        paths = ", ".join(tile.path for tile in self._edge)
        fetched = {_file(tile): data for tile, data in self._edge.items()}
        raise self._changed(paths, self.size - 1, cause, fetched)

    async def check_extends(self, older: Noted, name: str) -> None:
        """Raises the alarm FORK unless this tree begins with that of ``older``, which is not larger.

        ``name`` says where that was seen.
        """
        proof = await consistency_proof(older.size, self.size, self.fetch)
        roots = older.checkpoint.root, self.note.checkpoint.root
        try:
            verify_consistency(older.size, self.size, proof, *roots)
        except ProofError as error:
            # Each hash of the proof is under the newer root, so it is the older root that is another.
            raise AlarmError(
                Alarm.FORK,
                {
                    "checkpoint.older": older.text.encode(),
                    "checkpoint": self.note.text.encode(),
                    "consistency-proof": b"".join(b64encode(each) + b"\n" for each in proof),
                },
                older=older.size,
                size=self.size,
                known=name,
            ) from error

    async def entries(self, start: int, stop: int | None = None) -> AsyncIterator[Entries]:
        """The entries of the bundles that hold positions from ``start`` up to, and without, ``stop``."""
        begin, end = start // WIDTH, -(-(self.size if stop is None else stop) // WIDTH)
        # In steps that lie under one tile of the next level, which is fetched once, before them.
        for first in range(begin // AT_ONCE * AT_ONCE, end, AT_ONCE):
            indices = range(max(first, begin), min(first + AT_ONCE, end))
            tiles = [tile_at(0, index, self.size) for index in indices]
            if tiles[0].full:
                await self._hashes(tile_at(1, tiles[0].index // WIDTH, self.size))
            for tile, entries in zip(tiles, await asyncio.gather(*map(self._bundle, tiles)), strict=True):
                yield tile.index * WIDTH, entries

    async def prove(self, position: int) -> bytes:
        """What proves an entry to whoever knows the ledger's key (C2SP tlog-proof)."""
        hashes = await inclusion_proof(position, self.size, self.fetch)
        return Proof(position, tuple(hashes), self.note.text).format().encode()

    async def fetch(self, tiles: Sequence[Tile]) -> Mapping[Tile, bytes]:
        """Tiles that the root vouches for."""
        return {tile: await self._hashes(tile) for tile in tiles}

    async def _fetch_edge(self, tiles: Sequence[Tile]) -> Mapping[Tile, bytes]:
        self._edge = {tile: await self._source.tile(tile) for tile in tiles}
        return self._edge

    async def _hashes(self, tile: Tile) -> bytes:
        if tile in self._edge:
            return self._edge[tile]
        held = self._above.get(tile.level)
        if held is not None and held[0] == tile:
            return held[1]
        above = await self._hashes(tile_at(tile.level + 1, tile.index // WIDTH, self.size))
        place = tile.index % WIDTH * HASH_BYTES
        data = await self._source.tile(tile)
        is_whole = len(data) == WIDTH * HASH_BYTES
        if not is_whole or subtree(split_hashes(data)) != above[place : place + HASH_BYTES]:
            cause = "it is not what the tile above it says"
            raise self._changed(tile.path, tile.leaves[0], cause, {_file(tile): data})
        if tile.level:
            self._above[tile.level] = tile, data
        return data

    async def _bundle(self, tile: Tile) -> tuple[bytes, ...]:
        bundle = Tile(ENTRIES, tile.index, tile.width)
        hashes, data = await asyncio.gather(self._hashes(tile), self._source.tile(bundle))
        fetched = {_file(tile): hashes, _file(bundle): data}
        try:
            entries = split_entries(data)
        except TileError as error:
            raise self._changed(bundle.path, tile.leaves[0], str(error), fetched) from error
        leaves = [leaf_hash(entry) for entry in entries]
        if b"".join(leaves) == hashes:
            return entries
        position = tile.leaves[0] + _first_difference(leaves, split_hashes(hashes))
        raise self._changed(bundle.path, position, "its entry does not hash to the leaf in the tree", fetched)

    def _changed(self, path: str, position: int, cause: str, fetched: Evidence) -> AlarmError:
        evidence = {"checkpoint": self.note.text.encode(), **fetched}
        return AlarmError(Alarm.CHANGED, evidence, tile=path, position=position, cause=cause)


def _first_difference(made: Sequence[bytes], right: Sequence[bytes]) -> int:
    pairs = enumerate(zip(made, right, strict=False))
    return next((place for place, (one, other) in pairs if one != other), min(len(made), len(right)))


def _file(tile: Tile) -> str:
    """The name of a tile among evidence."""
    return "tile-" + tile.path.replace("/", "-")

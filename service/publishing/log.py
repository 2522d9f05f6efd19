"""The ledger as strangers fetch it: the published checkpoint, and what it covers."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import asyncpg

from schema.problems import Problem
from service.ledger import store
from service.ledger.errors import SegmentError
from service.ledger.note import Verifier
from service.ledger.proofs import Proof
from service.ledger.segments import Segments
from service.ledger.store import MissingPositionError
from service.ledger.tiles import ENTRIES, Tile, consistency_proof, inclusion_proof
from service.publishing.notes import Noted, read_note
from service.publishing.publisher import Places
from service.publishing.stored import StoredTiles

log = logging.getLogger(__name__)

MOST_BYTES: Final = 4 << 20
"""Of statements that are told at once; one more may begin within it."""
_PAGE: Final = 64


@dataclass(frozen=True, slots=True)
class Disclosed:
    """A statement's exact bytes, and the nonce that opens its commitment."""

    position: int
    nonce: bytes
    statement: bytes


class PublishedLog:
    """What this process serves; another one may be the publisher."""

    def __init__(
        self, pool: asyncpg.Pool[asyncpg.Record], places: Places, verifiers: Sequence[Verifier]
    ) -> None:
        self._pool = pool
        self._places = places
        self._verifiers = verifiers
        self._tiles = StoredTiles(Segments(places.segments))
        self._read: tuple[tuple[int, int], Noted] | None = None

    def published(self) -> Noted:
        """The newest published checkpoint. Raises Problem ``log.nothing-published`` before the first."""
        try:
            stat = self._places.published.stat()
        except FileNotFoundError:
            raise Problem("log.nothing-published") from None
        # A new note is another file, and grows with the size that it tells.
        version = (stat.st_ino, stat.st_mtime_ns)
        if self._read is None or self._read[0] != version:
            note = read_note(self._places.published, self._verifiers)
            if note is None:
                raise Problem("log.nothing-published")
            self._read = version, note
        return self._read[1]

    async def tile(self, tile: Tile) -> bytes:
        """The hashes of a tile or the bundle of entries. Raises Problem ``log.no-such-tile``."""
        size = self.published().size
        if not tile.is_within(size):
            raise Problem("log.no-such-tile", tile=tile.path, size=size)
        if tile.level == ENTRIES:
            return await self._tiles.bundle(self._pool, tile)
        return await self._tiles.hashes(self._pool, tile)

    async def inclusion(self, position: int) -> tuple[list[bytes], Noted]:
        """What proves the entry at a position to be in the published tree, and that tree's checkpoint.

        Raises Problem ``log.not-covered`` for what the published checkpoint does not cover (yet).
        """
        note = self.published()
        if not 0 <= position < note.size:
            raise Problem("log.not-covered", position=position, size=note.size)
        return await self.inclusion_under(position, note), note

    async def inclusion_under(self, position: int, note: Noted) -> list[bytes]:
        """The same under a checkpoint that was published before."""
        return await inclusion_proof(position, note.size, self._tiles.fetch_from(self._pool))

    async def proof(self, position: int) -> Proof:
        """The same as a file for whoever wants to check it elsewhere. Raises Problem ``log.not-covered``."""
        hashes, note = await self.inclusion(position)
        return Proof(position, tuple(hashes), note.text)

    async def consistency(self, old: int, new: int) -> list[bytes]:
        """What proves that the tree of ``new`` entries extends that of ``old``; both must be published."""
        size = self.published().size
        if not 0 <= old <= new <= size:
            raise Problem("log.not-covered", position=max(old, new) - 1, size=size)
        return await consistency_proof(old, new, self._tiles.fetch_from(self._pool))

    async def statements(self, start: int, limit: int) -> list[Disclosed]:
        """Consecutive statements from a position on, at least one: fewer than ``limit`` where they are long.

        Raises Problem ``log.not-covered`` for what the published checkpoint does not cover (yet), and
        MissingPositionError.
        """
        size = self.published().size
        if start >= size:
            raise Problem("log.not-covered", position=start, size=size)
        told, room = [], MOST_BYTES
        async for each in self._disclosed(start, min(start + limit, size)):
            told.append(each)
            room -= len(each.statement)
            if room <= 0:
                break
        if not told:
            raise MissingPositionError(f"position {start} is missing")
        return told

    async def _disclosed(self, start: int, end: int) -> AsyncIterator[Disclosed]:
        """What is sealed from the segments, the rest from rows."""
        for page in self._sealed(start, end):
            for each in page:
                yield each
            start += len(page)
            await asyncio.sleep(0)
        if start < end:
            async with self._pool.acquire() as conn:
                async for row in store.records(conn, start, _PAGE, end):
                    yield Disclosed(row.position, row.nonce, row.statement)

    def _sealed(self, start: int, end: int) -> Iterator[Sequence[Disclosed]]:
        """As far as segments are there and can be read, a page at a time."""
        segments = self._tiles.segments
        try:
            while start < (sealed := min(end, segments.end)):
                segment = segments[start]
                last = min(start + _PAGE, segment.end, sealed)
                opened = segment.nonces(start, last), segment.statements(start, last)
                yield [*map(Disclosed, range(start, last), *opened)]
                start = last
        except SegmentError as error:
            log.warning("a segment cannot be read any more: %s", error)
            segments.forget()

    def close(self) -> None:
        """Close what is open."""
        self._tiles.segments.close()

"""Sealed segments: files of 4,096 entries each with their statements and nonces, written once, never changed.

They stand beside the database, are made from it and may be made again. Full tiles and bundles are slices of
them, ``verify`` reads them at the speed of the disk, an auditor keeps a copy of a ledger in them, and a
database that lost its tail is completed from them. They hold what is private: who reads them reads all
statements.

Format 1, big-endian: a header of 128 bytes (``coldledger segment 1\\n``, first position and count as uint64
at 32, the chain value before and after at 48 and 80); leaf hashes; nonces; the root of every full 256
leaves; where each bundle begins, as uint64, and where the last ends; the bundles (C2SP tlog-tiles); where
each statement begins and the last ends; the statements; SHA-256 of all before. A segment that is not full
(the last one of an auditor's copy) has the same shape.
"""

from __future__ import annotations

import mmap
import struct
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final, Self

from service.ledger.chain import HASH_BYTES
from service.ledger.durable import replace_file
from service.ledger.errors import SegmentError
from service.ledger.tiles import WIDTH, join_entries, split_entries, split_hashes, subtree

SEGMENT: Final = 16 * WIDTH
"""Entries of a full segment."""
_MAGIC: Final = b"coldledger segment 1\n".ljust(32, b"\0")
_HEADER: Final = struct.Struct(">32sQQ32s32s16x")
_PLACE: Final = struct.Struct(">Q")
_SUFFIX: Final = ".segment"


@dataclass(frozen=True, slots=True)
class Sealed:
    """One entry as it is in a segment: exact hashed bytes."""

    position: int
    nonce: bytes
    statement: bytes
    entry: bytes
    leaf: bytes


def segment_path(folder: Path, first: int) -> Path:
    """Where the segment that begins at ``first`` is."""
    return folder / f"{first:015d}{_SUFFIX}"


def write_segment(folder: Path, records: Sequence[Sealed], before: bytes, after: bytes) -> Path:
    """Write consecutive entries durably; whole under its name or not there at all. Replaces an older one.

    ``before`` and ``after`` are the chain values around them. Hashes are written as given, not computed.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = segment_path(folder, records[0].position)
    replace_file(path, _with_digest(_parts(records, before, after)), 0o600)
    return path


def _with_digest(parts: Iterable[bytes]) -> Iterator[bytes]:
    digest = sha256()
    for part in parts:
        digest.update(part)
        yield part
    yield digest.digest()


def _parts(records: Sequence[Sealed], before: bytes, after: bytes) -> Iterator[bytes]:
    leaves = [record.leaf for record in records]
    bundles = [
        join_entries(record.entry for record in records[start : start + WIDTH])
        for start in range(0, len(records), WIDTH)
    ]
    statements = [record.statement for record in records]
    yield _HEADER.pack(_MAGIC, records[0].position, len(records), before, after)
    yield b"".join(leaves)
    yield b"".join(record.nonce for record in records)
    yield b"".join(
        subtree(leaves[start : start + WIDTH]) for start in range(0, len(leaves) // WIDTH * WIDTH, WIDTH)
    )
    for values in (bundles, statements):
        yield _places(values)
        yield from values


def _places(values: Sequence[bytes]) -> bytes:
    place, places = 0, [_PLACE.pack(0)]
    for value in values:
        place += len(value)
        places.append(_PLACE.pack(place))
    return b"".join(places)


class Segment:
    """One segment file, mapped into memory. Reading checks its shape; ``check`` its bytes."""

    def __init__(self, path: Path) -> None:
        """Raises SegmentError where the file is no whole segment, FileNotFoundError where there is none."""
        with path.open("rb") as file:
            try:
                self._data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
            except ValueError as error:
                raise SegmentError(f"{path.name} is empty") from error
        self.path = path
        self.first: int
        self.count: int
        self.before: bytes
        self.after: bytes
        try:
            self._read_shape()
        except struct.error as error:
            raise SegmentError(f"{path.name} ends too early") from error

    def _read_shape(self) -> None:
        magic, self.first, self.count, self.before, self.after = _HEADER.unpack_from(self._data)
        if magic != _MAGIC or not 0 < self.count <= SEGMENT or self.first % SEGMENT:
            raise SegmentError(f"{self.path.name} is no segment of format 1")
        self._leaves = _HEADER.size
        self._nonces = self._leaves + self.count * HASH_BYTES
        self._subtrees = self._nonces + self.count * HASH_BYTES
        bundles = -(-self.count // WIDTH)
        self._bundle_places = self._subtrees + self.count // WIDTH * HASH_BYTES
        self._bundles = self._bundle_places + (bundles + 1) * _PLACE.size
        self._statement_places = self._bundles + self._place(self._bundle_places, bundles)
        self._statements = self._statement_places + (self.count + 1) * _PLACE.size
        self._end = self._statements + self._place(self._statement_places, self.count)
        if self._end + HASH_BYTES != len(self._data):
            raise SegmentError(f"{self.path.name} has {len(self._data)} bytes, not {self._end + HASH_BYTES}")

    @property
    def end(self) -> int:
        """The position after its last entry."""
        return self.first + self.count

    def leaves(self, start: int, end: int) -> bytes:
        """The leaf hashes of positions from ``start`` up to, and without, ``end``, in one run of bytes."""
        return self._run(self._leaves, start - self.first, end - self.first)

    def leaves_digest(self) -> bytes:
        """SHA-256 over its leaf hashes, to compare them with others without handing them over."""
        return sha256(self.leaves(self.first, self.end)).digest()

    def subtrees(self, start: int, end: int) -> bytes:
        """The roots of its full tiles, counted from its first."""
        return self._run(self._subtrees, start, end)

    def bundle(self, index: int) -> bytes:
        """Its ``index``-th bundle of entries, as it is served."""
        return self._slice(self._bundle_places, self._bundles, index)

    def statement(self, position: int) -> bytes:
        """The statement at a position."""
        return self._slice(self._statement_places, self._statements, position - self.first)

    def nonce(self, position: int) -> bytes:
        """The nonce of the statement at a position."""
        return self._run(self._nonces, position - self.first, position - self.first + 1)

    def records(self) -> Iterator[Sealed]:
        """Every entry, in order. Raises TileError where a bundle is not whole."""
        leaves = split_hashes(self.leaves(self.first, self.end))
        nonces = split_hashes(self._run(self._nonces, 0, self.count))
        for number in range(-(-self.count // WIDTH)):
            entries = split_entries(self.bundle(number))
            for inside, entry in enumerate(entries, number * WIDTH):
                position = self.first + inside
                yield Sealed(position, nonces[inside], self.statement(position), entry, leaves[inside])

    def is_whole(self) -> bool:
        """Whether its bytes are those that were written, by the digest at its end."""
        with memoryview(self._data) as view:
            return sha256(view[: self._end]).digest() == bytes(view[self._end :])

    def close(self) -> None:
        """Give the memory back."""
        self._data.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def _place(self, places: int, index: int) -> int:
        return int(_PLACE.unpack_from(self._data, places + index * _PLACE.size)[0])

    def _slice(self, places: int, values: int, index: int) -> bytes:
        return self._data[values + self._place(places, index) : values + self._place(places, index + 1)]

    def _run(self, region: int, start: int, end: int) -> bytes:
        return self._data[region + start * HASH_BYTES : region + end * HASH_BYTES]


class Segments:
    """The full segments of one folder, from position 0 on without a gap; opened as they are asked for."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._open: list[Segment] = []

    @property
    def end(self) -> int:
        """How many entries are sealed. Looks for new segments; one that cannot be read ends the row.

        A process beside this one may have sealed more.
        """
        while True:
            try:
                segment = Segment(segment_path(self.folder, self._sealed))
            except (FileNotFoundError, SegmentError):
                return self._sealed
            if segment.count < SEGMENT or segment.first != self._sealed:
                return self._sealed
            self._open.append(segment)

    @property
    def _sealed(self) -> int:
        return len(self._open) * SEGMENT

    def __getitem__(self, position: int) -> Segment:
        """The segment that holds a sealed position."""
        return self._open[position // SEGMENT]

    def __iter__(self) -> Iterator[Segment]:
        return iter(self._open[: self.end // SEGMENT])

    def leaves(self, start: int, end: int) -> bytes:
        """Leaf hashes of sealed positions."""
        over = self._over(start, end)
        return b"".join(each.leaves(max(start, each.first), min(end, each.end)) for each in over)

    def subtrees(self, start: int, end: int) -> bytes:
        """Roots of full tiles of the first level, by their numbers in the tree."""
        tiles = SEGMENT // WIDTH
        return b"".join(
            each.subtrees(max(0, start - each.first // WIDTH), min(tiles, end - each.first // WIDTH))
            for each in self._over(start * WIDTH, end * WIDTH)
        )

    def bundle(self, index: int) -> bytes:
        """The full bundle of that number."""
        segment = self[index * WIDTH]
        return segment.bundle(index - segment.first // WIDTH)

    def close(self) -> None:
        """Close all that is open."""
        for segment in self._open:
            segment.close()
        self._open.clear()

    def _over(self, start: int, end: int) -> Sequence[Segment]:
        return self._open[start // SEGMENT : -(-end // SEGMENT)]

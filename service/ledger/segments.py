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

import os
import struct
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from typing import Final, Self
from weakref import finalize

from service.ledger.chain import HASH_BYTES
from service.ledger.errors import SegmentError
from service.ledger.tiles import WIDTH, join_entries, split_entries, split_hashes, subtree
from service.storage.durable import replace_file

SEGMENT: Final = 16 * WIDTH
"""Entries of a full segment."""
_MAGIC: Final = b"coldledger segment 1\n".ljust(32, b"\0")
_HEADER: Final = struct.Struct(">32sQQ32s32s16x")
_PLACE: Final = struct.Struct(">Q")
_SUFFIX: Final = ".segment"
_CHUNK: Final = 1 << 20
_KEPT: Final = 64
"""Files that are kept open at once: a ledger may have more of them than a process may open."""


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
    """One open segment file, read piece by piece. Opening checks its shape, ``check_segment`` its bytes.

    It is not mapped into memory: a file that is cut off while somebody reads it must be an error, not the end
    of the process. Who uses it last need not close it.
    """

    def __init__(self, path: Path) -> None:
        """Raises SegmentError where the file is no whole segment, OSError where it cannot be opened."""
        self.path = path
        self._file = os.open(path, os.O_RDONLY)
        self.close = finalize(self, os.close, self._file)
        self._size = os.fstat(self._file).st_size
        self.first: int
        self.count: int
        self.before: bytes
        self.after: bytes
        self._read_shape()

    def _read_shape(self) -> None:
        header = _HEADER.unpack(self._read(0, _HEADER.size))
        magic, self.first, self.count, self.before, self.after = header
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
        if self._end + HASH_BYTES != self._size:
            raise SegmentError(f"{self.path.name} has {self._size} bytes, not {self._end + HASH_BYTES}")

    @property
    def end(self) -> int:
        """The position after its last entry."""
        return self.first + self.count

    def leaves(self, start: int, end: int) -> bytes:
        """The leaf hashes of positions from ``start`` up to, and without, ``end``, in one run of bytes.

        This and all that follow raise SegmentError where the file was cut off, or tells of other places.
        """
        return self._run(self._leaves, start - self.first, end - self.first)

    def leaves_digest(self) -> bytes:
        """SHA-256 over its leaf hashes, to compare them with others without handing them over."""
        return sha256(self.leaves(self.first, self.end)).digest()

    def subtrees(self, start: int, end: int) -> bytes:
        """The roots of its full tiles, counted from its first."""
        return self._run(self._subtrees, start, end)

    def bundle(self, index: int) -> bytes:
        """Its ``index``-th bundle of entries, as it is served."""
        return self._values(self._bundle_places, self._bundles, index, index + 1)[0]

    def statements(self, start: int, end: int) -> list[bytes]:
        """The statements of positions from ``start`` up to, and without, ``end``."""
        return self._values(self._statement_places, self._statements, start - self.first, end - self.first)

    def nonces(self, start: int, end: int) -> tuple[bytes, ...]:
        """The nonces of those statements."""
        return split_hashes(self._run(self._nonces, start - self.first, end - self.first))

    def records(self) -> Iterator[Sealed]:
        """Every entry, in order. Raises TileError where a bundle is not whole."""
        for number, start in enumerate(range(self.first, self.end, WIDTH)):
            end = min(start + WIDTH, self.end)
            yield from map(
                Sealed,
                range(start, end),
                self.nonces(start, end),
                self.statements(start, end),
                split_entries(self.bundle(number)),
                split_hashes(self.leaves(start, end)),
            )

    def is_whole(self) -> bool:
        """Whether its bytes are those that were written, by the digest at its end."""
        digest = sha256()
        for start in range(0, self._end, _CHUNK):
            digest.update(self._read(start, min(start + _CHUNK, self._end)))
        return digest.digest() == self._read(self._end, self._size)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def _place(self, places: int, index: int) -> int:
        start = places + index * _PLACE.size
        return int(_PLACE.unpack(self._read(start, start + _PLACE.size))[0])

    def _values(self, places: int, values: int, start: int, end: int) -> list[bytes]:
        size = (end - start + 1) * _PLACE.size
        told = self._read(places + start * _PLACE.size, places + start * _PLACE.size + size)
        at = [place for (place,) in _PLACE.iter_unpack(told)]
        run = self._read(values + at[0], values + at[-1])
        return [run[one - at[0] : other - at[0]] for one, other in pairwise(at)]

    def _run(self, region: int, start: int, end: int) -> bytes:
        return self._read(region + start * HASH_BYTES, region + end * HASH_BYTES)

    def _read(self, start: int, end: int) -> bytes:
        # The size that it had when it was opened bounds what a place in it can ask memory for.
        if not start <= end <= self._size:
            raise SegmentError(f"{self.path.name} ends too early, or tells of places beyond its end")
        data = os.pread(self._file, end - start, start)
        if len(data) != end - start:
            raise SegmentError(f"{self.path.name} was cut off")
        return data


class Segments:
    """The full segments of one folder, from position 0 on without a gap; some of them are kept open.

    All that reads may raise SegmentError, after ``forget`` no more than once.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._count = 0
        self._kept: OrderedDict[int, Segment] = OrderedDict()

    @property
    def end(self) -> int:
        """How many entries are sealed. Looks for new segments; one that cannot be read ends the row.

        A process beside this one may have sealed more.
        """
        while True:
            first = self._count * SEGMENT
            try:
                segment = self[first]
            except SegmentError:
                return first
            if segment.count < SEGMENT or segment.first != first:
                del self._kept[self._count]
                return first
            self._count += 1

    def __getitem__(self, position: int) -> Segment:
        """The segment that holds a sealed position."""
        number = position // SEGMENT
        found = self._kept.get(number)
        if found is None:
            path = segment_path(self.folder, number * SEGMENT)
            try:
                found = self._kept[number] = Segment(path)
            except OSError as error:
                raise SegmentError(f"{path.name} cannot be opened: {error.strerror}") from error
            if len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        else:
            self._kept.move_to_end(number)
        return found

    def __iter__(self) -> Iterator[Segment]:
        return (self[first] for first in range(0, self.end, SEGMENT))

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

    def forget(self) -> None:
        """Begin anew with what is there now: for whoever met a file that was cut off or taken away."""
        self._kept.clear()
        self._count = 0

    def close(self) -> None:
        """Close all that is open."""
        for segment in self._kept.values():
            segment.close()
        self.forget()

    def _over(self, start: int, end: int) -> Iterator[Segment]:
        firsts = range(start // SEGMENT * SEGMENT, end, SEGMENT) if start < end else ()
        return (self[first] for first in firsts)

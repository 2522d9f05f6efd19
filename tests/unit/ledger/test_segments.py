"""Segment files: whatever becomes of one while it is read, its reader goes on; there may be any number."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing
from hashlib import sha256
from pathlib import Path

import pytest

from service.ledger import chain
from service.ledger.checking import check_segment
from service.ledger.errors import SegmentError
from service.ledger.segments import SEGMENT, Sealed, Segment, Segments, segment_path, write_segment
from service.ledger.tiles import WIDTH

NONCE = bytes(32)


def sealed(position: int, length: int = 1) -> Sealed:
    statement = bytes(length)
    entry = chain.entry("2026-01-31T08:30:00.000000Z", chain.commit(NONCE, statement))
    return Sealed(position, NONCE, statement, entry, chain.leaf_hash(entry))


def written(folder: Path, first: int = 0, count: int = SEGMENT) -> Path:
    """A segment whose entries are all alike."""
    one = sealed(first)
    return write_segment(folder, [one] * count, chain.GENESIS, chain.GENESIS)


def open_files() -> int:
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


@pytest.fixture
def segment(tmp_path: Path) -> Iterator[Segment]:
    with Segment(written(tmp_path)) as segment:
        yield segment


def test_what_was_written_is_read(tmp_path: Path) -> None:
    records = [sealed(position, 1 + position % 300) for position in range(WIDTH + 3)]
    path = write_segment(tmp_path, records, chain.GENESIS, sha256(b"after").digest())
    with Segment(path) as segment:
        assert [*segment.records()] == records
        assert segment.statements(WIDTH - 2, WIDTH + 3) == [each.statement for each in records[WIDTH - 2 :]]
        assert segment.nonces(7, 9) == (NONCE, NONCE)
        assert segment.is_whole()


@pytest.mark.parametrize(
    "read",
    [
        lambda segment: segment.leaves(0, SEGMENT),
        lambda segment: segment.subtrees(0, SEGMENT // WIDTH),
        lambda segment: segment.bundle(SEGMENT // WIDTH - 1),
        lambda segment: segment.statements(SEGMENT - 1, SEGMENT),
        lambda segment: segment.nonces(SEGMENT - 1, SEGMENT),
        lambda segment: [*segment.records()],
        lambda segment: segment.is_whole(),
    ],
)
def test_a_file_that_is_cut_off_while_it_is_open_is_an_error_and_not_the_end_of_the_process(
    segment: Segment, read: object
) -> None:
    os.truncate(segment.path, 4096)
    assert callable(read)
    with pytest.raises(SegmentError):
        read(segment)


@pytest.mark.parametrize("size", [0, 100, 4096])
def test_a_file_that_ends_too_early_is_no_segment(tmp_path: Path, size: int) -> None:
    path = written(tmp_path)
    os.truncate(path, size)
    with pytest.raises(SegmentError):
        Segment(path)


@pytest.mark.parametrize("place", [bytes(8), b"\xff" * 8])
def test_places_that_lead_elsewhere_are_found_and_ask_for_no_memory(tmp_path: Path, place: bytes) -> None:
    path = written(tmp_path)
    data = bytearray(path.read_bytes())
    begin = 128 + SEGMENT * 64 + SEGMENT // WIDTH * 32
    data[begin + 8 : begin + 16] = place
    path.write_bytes(bytes(data))
    assert check_segment(path).wrong


def test_more_segments_than_a_process_may_open_are_read(tmp_path: Path) -> None:
    count, before = 70, open_files()
    for number in range(count):
        written(tmp_path, number * SEGMENT)
    with closing(Segments(tmp_path)) as segments:
        assert segments.end == count * SEGMENT
        assert [segment.first for segment in segments] == [*range(0, count * SEGMENT, SEGMENT)]
        assert segments.leaves(segments.end + 5, segments.end + 5) == b""
        assert len(segments.leaves(100, 2 * SEGMENT + 5)) == (2 * SEGMENT - 95) * 32
        assert open_files() - before <= 64
    assert open_files() == before


def test_the_row_ends_where_one_cannot_be_read_once_that_is_met(tmp_path: Path) -> None:
    for number in range(3):
        written(tmp_path, number * SEGMENT)
    with closing(Segments(tmp_path)) as segments:
        assert segments.end == 3 * SEGMENT
        os.truncate(segment_path(tmp_path, SEGMENT), 4096)
        with pytest.raises(SegmentError):
            segments.leaves(0, 3 * SEGMENT)
        segments.forget()
        assert segments.end == SEGMENT
        written(tmp_path, SEGMENT)
        assert segments.end == 3 * SEGMENT


def test_one_that_is_not_full_or_begins_elsewhere_ends_the_row(tmp_path: Path) -> None:
    written(tmp_path)
    part = written(tmp_path, SEGMENT, SEGMENT - 1)
    with closing(Segments(tmp_path)) as segments:
        assert segments.end == SEGMENT
        part.write_bytes(segment_path(tmp_path, 0).read_bytes())
        assert segments.end == SEGMENT

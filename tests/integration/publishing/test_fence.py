"""What a start finds before anything is written: a database that does not continue the note, each way."""

from __future__ import annotations

from contextlib import closing

import pytest

from schema.problems import Problem, explain
from service.ledger.checkpoint import Checkpoint, sign_checkpoint
from service.ledger.segments import SEGMENT, Segments, segment_path
from service.publishing.fence import check_fence
from service.publishing.notes import Noted, read_note
from service.publishing.stored import StoredTiles
from tests.integration.publishing.conftest import SIZE, Long
from tests.retold import SIGNER


async def check(long: Long, note: Noted | None = None) -> int:
    """Check against the note outside, or the given one; the size that the fence lets pass."""
    note = note or read_note(long.places.checkpoint, [SIGNER.verifier])
    with closing(Segments(long.places.segments)) as segments:
        async with long.reading() as conn:
            return (await check_fence(conn, StoredTiles(segments), note)).size


def note_of(size: int, root: bytes) -> Noted:
    checkpoint = Checkpoint(SIGNER.name, size, root)
    return Noted(sign_checkpoint(SIGNER, checkpoint), checkpoint)


async def test_a_ledger_that_continues_its_note_passes(long: Long) -> None:
    assert await check(long) == SIZE
    await long.say(5)
    assert await check(long) == SIZE + 5


async def test_without_segments_the_rows_are_enough(long: Long) -> None:
    for path in long.places.segments.iterdir():
        path.unlink()
    assert await check(long) == SIZE


LAST = SIZE - 1
REFUSED = {
    "the head's size was changed": (
        ["UPDATE ledger.head SET size = size - 1"],
        f"the head row cannot be: 160 bytes are not the right edge of a tree of {LAST}",
    ),
    "a sealed row is missing": (
        ["DELETE FROM ledger.entry WHERE position = 5000"],
        f"the entries from {SEGMENT} to {2 * SEGMENT - 1} are not those that were sealed",
    ),
    "a sealed leaf was changed": (
        ["UPDATE ledger.entry SET leaf = sha256(leaf) WHERE position = 17"],
        f"the entries from 0 to {SEGMENT - 1} are not those that were sealed",
    ),
    "a row of the tail is missing": (
        [f"DELETE FROM ledger.entry WHERE position = {LAST - 7}"],
        f"position {LAST - 7} is missing",
    ),
    "a leaf of the tail was changed": (
        [f"UPDATE ledger.entry SET leaf = sha256(leaf) WHERE position = {LAST - 7}"],
        f"another history of the first {SIZE} entries",
    ),
    "the head was changed": (
        ["UPDATE ledger.head SET edge = set_byte(edge, 0, get_byte(edge, 0) # 1)"],
        "the head row does not fit the entries",
    ),
}


@pytest.mark.parametrize("change", REFUSED)
async def test_a_changed_database_is_refused_with_what_is_wrong(long: Long, change: str) -> None:
    statements, reason = REFUSED[change]
    await long.tamper(*statements)
    with pytest.raises(Problem) as caught:
        await check(long)
    assert caught.value.code == "ledger.fenced"
    assert reason in str(explain(caught.value, "en").detail)
    assert reason in str(explain(caught.value, "zh").detail)


async def test_a_truncated_tail_is_refused_where_there_is_a_note_and_only_there(long: Long) -> None:
    await long.roll_back(LAST)
    with pytest.raises(Problem, match=f"it has {LAST} entries, the checkpoint {SIZE}"):
        await check(long)
    long.places.checkpoint.unlink()
    assert await check(long) == LAST


async def test_another_history_of_the_same_size_is_refused(long: Long) -> None:
    with pytest.raises(Problem, match="another history"):
        await check(long, note_of(SIZE, bytes(32)))


async def test_an_older_note_with_a_root_that_never_was_is_refused(long: Long) -> None:
    with pytest.raises(Problem, match="another history of the first 5000"):
        await check(long, note_of(5000, bytes(32)))


async def test_a_segment_of_another_history_is_refused(long: Long) -> None:
    path = segment_path(long.places.segments, SEGMENT)
    data = bytearray(path.read_bytes())
    data[128] ^= 1
    path.write_bytes(bytes(data))
    with pytest.raises(Problem, match="are not those that were sealed"):
        await check(long)

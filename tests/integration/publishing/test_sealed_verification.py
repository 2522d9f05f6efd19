"""``verify`` over sealed segments: the same findings as over rows, and each byte of a segment vouched for."""

from __future__ import annotations

from contextlib import closing
from random import Random

import pytest

from service.ledger import audit
from service.ledger.audit import Sealing
from service.ledger.checkpoint import Checkpoint, open_checkpoint
from service.ledger.replay import Finding
from service.ledger.segments import SEGMENT, Segments, segment_path
from service.registry import make_registry
from tests.integration.publishing.conftest import SIZE, Long
from tests.retold import SIGNER

REGISTRY = make_registry()


async def found(
    long: Long, *, rules: bool = False, processes: int = 1, note: Checkpoint | None = None
) -> list[Finding]:
    outside = open_checkpoint(long.places.checkpoint.read_text(), SIGNER.verifier)
    with closing(Segments(long.places.segments)) as segments:
        async with long.reading() as conn:
            report = await audit.verify(
                conn, REGISTRY, note or outside, rules=rules, sealing=Sealing(segments, processes)
            )
    assert report.entries == SIZE
    return report.findings


@pytest.mark.parametrize("processes", [1, 2])
@pytest.mark.parametrize("rules", [False, True])
async def test_an_honest_ledger_is_good(long: Long, processes: int, rules: bool) -> None:
    assert await found(long, rules=rules, processes=processes) == []


@pytest.mark.parametrize("column", ["nonce", "statement", "entry", "leaf", "chain", "kind"])
@pytest.mark.parametrize("position", [0, SEGMENT - 1, SEGMENT, SIZE - 1])
async def test_a_changed_row_is_named_by_its_position(long: Long, column: str, position: int) -> None:
    changed = "'x' || kind" if column == "kind" else f"set_byte({column}, 9, get_byte({column}, 9) # 1)"
    await long.tamper(f"UPDATE ledger.entry SET {column} = {changed} WHERE position = {position}")
    findings = await found(long)
    assert findings[0].where == f"position {position}"


async def test_a_missing_row_among_the_sealed_is_named(long: Long) -> None:
    await long.tamper("DELETE FROM ledger.entry WHERE position = 300")
    assert Finding("position 301", "the positions from 300 on are missing") in await found(long)


async def test_a_changed_byte_anywhere_in_a_segment_is_found(long: Long) -> None:
    path = segment_path(long.places.segments, SEGMENT)
    good, random = path.read_bytes(), Random(4)
    for place in (*range(0, 128, 5), *(random.randrange(128, len(good)) for _ in range(12)), len(good) - 1):
        data = bytearray(good)
        data[place] ^= 1 << random.randrange(8)
        path.write_bytes(bytes(data))
        with closing(Segments(long.places.segments)) as segments:
            is_read = segments.end == 2 * SEGMENT
        # One that has lost its shape is not taken for a segment: its entries are read as rows.
        assert bool(await found(long)) == is_read, f"byte {place}"


async def test_an_older_note_within_a_segment_is_compared(long: Long) -> None:
    wrong = Checkpoint(SIGNER.name, 5000, bytes(32))
    (finding,) = await found(long, note=wrong)
    assert finding.where == "position 4999"

"""A statement is taken into a copy only where it is what its entry commits to."""

from __future__ import annotations

from pathlib import Path

import pytest

from schema.problems import Problem
from service.auditing.alarms import Alarm, AlarmError
from service.auditing.copying import Copy
from service.auditing.fetching import Told
from service.auditing.tree import Tree
from service.ledger.canonical import encode
from service.ledger.chain import commit, entry, leaf_hash
from service.ledger.checkpoint import Checkpoint, sign_checkpoint
from service.ledger.merkle import root
from service.ledger.segments import segment_path
from service.ledger.tiles import ENTRIES, Tile, join_entries
from service.publishing.notes import Noted
from tests.retold import SIGNER

EARLY, LATE = "2020-08-01T00:00:00.000000Z", "2020-08-01T00:00:00.000001Z"
NONCE = bytes(range(32))


def statement(at: str) -> bytes:
    """As much of a statement as an entry tells."""
    return encode({"at": at, "kind": "said"})


class Ledger:
    """A ledger of few entries, all at ``EARLY``: serves its tiles, and statements as it likes."""

    def __init__(self, *told: Told, committed: Told | None = None) -> None:
        self.told = told
        said = [committed or each for each in told]
        self.entries = [entry(EARLY, commit(each.nonce, each.statement)) for each in said]
        checkpoint = Checkpoint(SIGNER.name, len(said), root(map(leaf_hash, self.entries)))
        self.note = Noted(sign_checkpoint(SIGNER, checkpoint), checkpoint)

    async def tile(self, tile: Tile) -> bytes:
        if tile.level == ENTRIES:
            return join_entries(self.entries)
        return b"".join(map(leaf_hash, self.entries))

    async def statements(self, start: int, limit: int) -> list[Told]:
        return [*self.told[start : start + limit]]


async def copy(folder: Path, ledger: Ledger) -> Copy:
    """Make a copy of it, or go on with one."""
    made, tree = Copy(folder), Tree(ledger, ledger.note)
    await tree.open()
    await made.complete(tree, ledger, lambda _done, _all: None)
    return made


GOOD = Told(0, NONCE, statement(EARLY))


async def test_what_fits_is_kept_and_gone_on_with(tmp_path: Path) -> None:
    made = await copy(tmp_path, Ledger(GOOD))
    second = Told(1, NONCE[::-1], statement(EARLY))
    await copy(tmp_path, Ledger(GOOD, second))
    assert made.end == 2
    assert [each.statement for each in made.records()] == [GOOD.statement, second.statement]
    assert [each.position for each in made.records(1)] == [1]


@pytest.mark.parametrize(
    ("told", "cause"),
    [
        (Told(0, NONCE, statement(LATE)), "do not hash"),
        (Told(0, NONCE[::-1], GOOD.statement), "do not hash"),
        (Told(0, NONCE + b"\0", GOOD.statement), "32 bytes"),
        (Told(0, NONCE[:-1], NONCE[-1:] + GOOD.statement), "32 bytes"),
        (Told(1, NONCE, GOOD.statement), "position 1 was given"),
    ],
)
async def test_what_does_not_fit_its_entry_is_an_alarm(tmp_path: Path, told: Told, cause: str) -> None:
    with pytest.raises(AlarmError) as raised:
        await copy(tmp_path, Ledger(told, committed=GOOD))
    assert raised.value.alarm is Alarm.STATEMENT
    assert cause in str(raised.value)
    assert Copy(tmp_path).end == 0


@pytest.mark.parametrize("text", [statement(LATE), b"{}", b"[]", b"\xff", encode({"at": 1})])
async def test_a_time_that_the_statement_does_not_tell_is_an_alarm(tmp_path: Path, text: bytes) -> None:
    """Whoever holds the key can commit an entry of any time to any bytes."""
    with pytest.raises(AlarmError) as raised:
        await copy(tmp_path, Ledger(Told(0, NONCE, text)))
    assert "its recorded time is not that of the entry" in str(raised.value)


async def test_a_damaged_copy_is_not_gone_on_with(tmp_path: Path) -> None:
    await copy(tmp_path, Ledger(GOOD))
    path = segment_path(tmp_path, 0)
    whole = path.read_bytes()
    longer = Ledger(GOOD, Told(1, NONCE, GOOD.statement))
    for damaged in (whole[:-40] + b"x" + whole[-39:], whole[:-1], b""):
        path.write_bytes(damaged)
        with pytest.raises(Problem) as raised:
            await copy(tmp_path, longer)
        assert raised.value.code == "audit.copy-damaged"
    path.unlink()
    assert (await copy(tmp_path, longer)).end == 2

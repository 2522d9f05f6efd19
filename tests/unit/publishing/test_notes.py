"""A note outside the database never says less than the one before, whoever writes it and however late."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

import pytest

from service.ledger.checkpoint import Checkpoint, sign_checkpoint
from service.ledger.errors import CheckpointError
from service.ledger.note import generate_key
from service.publishing.notes import Noted, advance_note, read_note

SIGNER = generate_key("notes.test.invalid")
KEYS = [SIGNER.verifier]


def note(size: int, root: bytes = bytes(32)) -> Noted:
    checkpoint = Checkpoint(SIGNER.name, size, root)
    return Noted(sign_checkpoint(SIGNER, checkpoint), checkpoint)


@pytest.mark.parametrize("there", [None, note(6), note(7), note(7, b"\1" * 32)])
def test_a_note_is_written_over_none_a_smaller_one_and_one_of_its_size(
    tmp_path: Path, there: Noted | None
) -> None:
    path = tmp_path / "trust" / "published"
    if there is not None:
        advance_note(path, there, KEYS)
    advance_note(path, note(7), KEYS)
    assert read_note(path, KEYS) == note(7)


def test_a_note_is_never_written_over_a_larger_one(tmp_path: Path) -> None:
    path = tmp_path / "published"
    advance_note(path, note(8), KEYS)
    with pytest.raises(CheckpointError, match="published tells of 8 entries, not of 7"):
        advance_note(path, note(7), KEYS)
    assert read_note(path, KEYS) == note(8)


def test_what_is_no_note_of_this_ledger_is_written_over(tmp_path: Path) -> None:
    path = tmp_path / "published"
    path.write_bytes(b"\xff damaged")
    advance_note(path, note(7), KEYS)
    assert read_note(path, KEYS) == note(7)


def test_two_do_not_write_at_once(tmp_path: Path) -> None:
    handle = os.open(tmp_path, os.O_RDONLY)
    fcntl.flock(handle, fcntl.LOCK_EX)
    with pytest.raises(BlockingIOError):
        advance_note(tmp_path / "published", note(7), KEYS)
    os.close(handle)
    advance_note(tmp_path / "published", note(7), KEYS)

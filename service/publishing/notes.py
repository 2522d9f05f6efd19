"""The two notes outside the database: what was signed last, and what was last published.

``checkpoint`` is written before anybody else sees it and is what a start is compared with. ``published`` is
the same note once its cosignatures are there.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from service.ledger.checkpoint import Checkpoint, open_checkpoint
from service.ledger.errors import CheckpointError, LedgerFormatError
from service.ledger.note import Note, Verifier
from service.storage.durable import replace_file


@dataclass(frozen=True, slots=True)
class Noted:
    """A checkpoint and the note that it was read from."""

    text: str
    checkpoint: Checkpoint

    @property
    def size(self) -> int:
        return self.checkpoint.size


def is_signed_by(note: str, verifiers: Sequence[Verifier]) -> bool:
    """Whether each of the keys has signed a note that was read with them: then no signature fails."""
    signed = {signature.claim for signature in Note.parse(note).signatures}
    return all(verifier.claim in signed for verifier in verifiers)


def read_note(path: Path, verifiers: Sequence[Verifier]) -> Noted | None:
    """The note in a file, or None where there is no file. Raises NoteError, CheckpointError or OSError."""
    try:
        text = path.read_bytes()
    except FileNotFoundError:
        return None
    return Noted(text.decode(errors="replace"), open_checkpoint(text, *verifiers))


def write_note(path: Path, text: str) -> None:
    """Replace the note durably: a crash leaves the old one or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    replace_file(path, [text.encode()], 0o644)


def advance_note(path: Path, note: Noted, verifiers: Sequence[Verifier]) -> None:
    """As ``write_note``, but never over a note of a larger tree: a process that was paused on its way here
    may go on when others have published more, and no lock of the database tells it.

    Raises CheckpointError where there is a larger one, OSError where another process writes at this moment.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with _locked(path.parent):
        try:
            there = read_note(path, verifiers)
        except LedgerFormatError:
            there = None
        if there is not None and there.size > note.size:
            raise CheckpointError(f"{path.name} tells of {there.size} entries, not of {note.size}")
        replace_file(path, [note.text.encode()], 0o644)


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(handle)

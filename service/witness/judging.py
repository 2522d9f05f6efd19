"""Whether a witness may cosign: every rule of tlog-witness, in its order, with its status. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from service.ledger.add_checkpoint import AddCheckpoint
from service.ledger.checkpoint import Checkpoint
from service.ledger.errors import CheckpointError, LedgerFormatError, NoteError, ProofError
from service.ledger.merkle import EMPTY_ROOT, verify_consistency
from service.ledger.note import Note, OpenedNote, Verifier, open_note

Logs = Mapping[str, Sequence[Verifier]]
"""The keys of each log by its origin; several while one follows another."""


class Inconsistency(StrEnum):
    """What a log showed that it must not."""

    TWO_ROOTS = "two-roots"
    """Two roots of one size under its signature: proof by itself."""
    DOES_NOT_EXTEND = "does-not-extend"
    """A larger tree without a proof that it begins with what was cosigned: the log has to explain it."""


class RefusedError(Exception):
    """The status of the answer, its text, and what there is to keep as evidence."""

    def __init__(self, status: int, text: str, shown: Inconsistency | None = None) -> None:
        super().__init__(text)
        self.status = status
        self.text = text
        self.shown = shown


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that a known log has signed."""

    request: AddCheckpoint
    checkpoint: Checkpoint
    opened: OpenedNote


def open_request(body: bytes, logs: Logs) -> Asked:
    """Read what a log sends. Raises RefusedError: 400 malformed, 404 unknown log, 403 not signed by it."""
    try:
        request = AddCheckpoint.parse(body)
        note = Note.parse(request.note)
        checkpoint = Checkpoint.parse(note.text)
    except (NoteError, CheckpointError) as error:
        raise RefusedError(400, str(error)) from error
    keys = logs.get(checkpoint.origin)
    if keys is None:
        raise RefusedError(404, "this witness does not know the log")
    try:
        opened = open_note(request.note, keys)
    except LedgerFormatError as error:
        raise RefusedError(403, str(error)) from error
    if len(opened.verified) + len(opened.unknown) < len(note.signatures):
        raise RefusedError(403, "the log has signed twice with one key")
    return Asked(request, checkpoint, opened)


def judge(asked: Asked, last: Checkpoint | None) -> None:
    """Raises RefusedError unless the checkpoint continues the last one that was cosigned.

    409 where the log thinks of another one as the last (the text is its true size), 400 where that is larger
    than the checkpoint, 422 where the history is another.
    """
    new, old = asked.checkpoint, asked.request.old
    known = last or Checkpoint(new.origin, 0, EMPTY_ROOT)
    # Whatever else is wrong with the request: a second root of one size is never forgotten.
    shown = Inconsistency.TWO_ROOTS if new.size == known.size and new.root != known.root else None
    if old > new.size:
        raise RefusedError(400, "the old size is larger than the checkpoint's", shown)
    if old != known.size:
        raise RefusedError(409, f"{known.size}", shown)
    if shown:
        raise RefusedError(422, "another root of the same size was cosigned", shown)
    try:
        verify_consistency(old, new.size, asked.request.proof, known.root, new.root)
    except ProofError as error:
        shown = Inconsistency.DOES_NOT_EXTEND if 0 < old < new.size else None
        raise RefusedError(422, str(error), shown) from error

"""The words for a checkpoint or promise that the ledger's code refused: which of its rules was broken.

It judges nothing. Whatever it cannot name is told as malformed, with the engineers' words.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from schema.problems import Problem
from service.ledger.checkpoint import PROMISE_FORMAT, Checkpoint
from service.ledger.errors import LedgerFormatError, NoteError
from service.ledger.note import Note, PublicKey, Verifier
from service.receipts.trust import Trust

_SIGNED = "\n\n— "


def why_not_cosigned(note: str, trust: Trust, error: LedgerFormatError) -> Problem:
    """Why ``open_cosigned`` raised ``error`` for ``note``."""
    if _SIGNED not in note:
        return Problem("receipt.checkpoint-unsigned")
    if note.startswith(f"{PROMISE_FORMAT}\n"):
        return Problem("receipt.promise-for-checkpoint")
    try:
        parsed = Note.parse(note)
        checkpoint = Checkpoint.parse(parsed.text)
    except LedgerFormatError as cause:
        return Problem("receipt.checkpoint-malformed", cause=str(cause))
    return (
        _of_the_ledger(parsed, checkpoint.origin, trust)
        or _of_the_witnesses(parsed, trust)
        or Problem("receipt.checkpoint-malformed", cause=str(error))
    )


def _of_the_ledger(note: Note, origin: str, trust: Trust) -> Problem | None:
    names = {key.name for key in trust.verifiers}
    if origin not in names:
        return Problem("receipt.other-ledger", found=origin[:100], wanted=", ".join(sorted(names)))
    if not _signed_by(note, trust.verifiers_of(origin)):
        return Problem("receipt.unknown-key", ledger=origin)
    if _fails(note, trust.verifiers) is not None:
        return Problem("receipt.checkpoint-changed", ledger=origin)
    return None


def _of_the_witnesses(note: Note, trust: Trust) -> Problem | None:
    failing = _fails(note, trust.witnesses)
    if failing is not None:
        return Problem("receipt.cosignature-wrong", witness=failing.name)
    found = len({key.claim for key in trust.witnesses} & {each.claim for each in note.signatures})
    if found < trust.quorum:
        return Problem("receipt.too-few-witnesses", found=found, needed=trust.quorum)
    return None


def why_not_promised(note: str, verifiers: Sequence[Verifier], error: LedgerFormatError) -> Problem:
    """Why ``open_promise`` raised ``error`` for ``note``."""
    try:
        parsed = Note.parse(note)
    except NoteError as cause:
        return Problem("receipt.promise-malformed", cause=str(cause))
    if not _signed_by(parsed, verifiers):
        return Problem("receipt.promise-by-unknown-key")
    if _fails(parsed, verifiers) is not None:
        return Problem("receipt.promise-changed")
    return Problem("receipt.promise-malformed", cause=str(error))


def _signed_by(note: Note, keys: Iterable[PublicKey]) -> bool:
    claims = {signature.claim for signature in note.signatures}
    return any(key.claim in claims for key in keys)


def _fails(note: Note, keys: Iterable[PublicKey]) -> PublicKey | None:
    """A key that one of the note's signatures claims, and that did not make it."""
    known = {key.claim: key for key in keys}
    for signature in note.signatures:
        key = known.get(signature.claim)
        if key is None:
            continue
        try:
            key.verify(note.text, signature)
        except NoteError:
            return key
    return None

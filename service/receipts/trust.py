"""What whoever checks a receipt believes beforehand: the ledger's keys and their time, witnesses, how many.

Rule kept: a key that is past its time vouches only for what a believed witness saw within it. After its time
it may be in anybody's hands, and then signs whatever time it likes into whatever it signs.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from schema.key_directory import LedgerKey, open_directory
from schema.problems import Problem
from service.ledger.cosignature import CosignatureVerifier, require_distinct
from service.ledger.errors import NoteError
from service.ledger.note import PRIVATE, Verifier

__all__ = ["LedgerKey", "Trust", "read_ledger_keys", "read_witnesses", "with_directory"]

_OPEN = "-"
_KEY = re.compile(r"\s*[^\s+]+\+[0-9a-f]{8}\+")
"""How a key begins that is given itself; anything else names a file."""
_MOST_KEY_BYTES = 100_000


@dataclass(frozen=True, slots=True)
class Trust:
    """Whom to believe, and how fresh a checkpoint must be.

    Raises Problem ``receipt.one-key-twice`` or ``receipt.quorum-too-large``.
    """

    keys: Sequence[LedgerKey]
    witnesses: Sequence[CosignatureVerifier] = ()
    quorum: int = 0
    max_age: timedelta | None = None
    min_size: int = 0

    def __post_init__(self) -> None:
        try:
            require_distinct([*self.verifiers, *self.witnesses])
        except NoteError as error:
            raise Problem("receipt.one-key-twice", cause=str(error)) from None
        count = len({witness.claim for witness in self.witnesses})
        if self.quorum > count:
            raise Problem("receipt.quorum-too-large", needed=self.quorum, witnesses=count)

    @property
    def verifiers(self) -> list[Verifier]:
        """The ledger's keys, whatever their time."""
        return [key.verifier for key in self.keys]

    def keys_of(self, origin: str) -> list[LedgerKey]:
        """Those of one ledger: one ledger's key says nothing of another's time."""
        return [key for key in self.keys if key.verifier.name == origin]

    def verifiers_of(self, origin: str) -> list[Verifier]:
        """The same without their time."""
        return [key.verifier for key in self.keys_of(origin)]


def read_ledger_keys(said: str) -> list[LedgerKey]:
    """A public key, or a file with one a line: ``VKEY``, or ``VKEY SINCE UNTIL`` where its time is bounded.

    Times are RFC 3339 with an offset, or ``-``. Raises Problem ``receipt.key-unreadable``.
    """
    try:
        return [_ledger_key(line.split()) for line in _lines(said)]
    except (NoteError, ValueError, OSError) as error:
        raise _unreadable(said, error) from None


def read_witnesses(said: str) -> list[CosignatureVerifier]:
    """A witness's public key, or a file with one a line. Raises Problem ``receipt.key-unreadable``."""
    try:
        return [CosignatureVerifier.parse(line) for line in _lines(said)]
    except (NoteError, ValueError, OSError) as error:
        raise _unreadable(said, error) from None


def with_directory(keys: Sequence[LedgerKey], note: bytes) -> list[LedgerKey]:
    """``keys`` and those that a key directory names which one of them signed, each with the time that the
    directory tells; a bound that is given stays.

    Raises Problem ``key-directory.…`` where none of them signed it.
    """
    refused: Problem | None = None
    for key in keys:
        try:
            directory = open_directory(note, key.verifier)
        except Problem as problem:
            refused = refused or problem
            continue
        told = {each.verifier.vkey: each for each in directory.ledger_keys}
        given = [each.bounded_by(told.pop(each.verifier.vkey, each)) for each in keys]
        return [*given, *told.values()]
    raise refused or Problem("receipt.key-unreadable", key="—", cause="no key was given")


def _unreadable(said: str, error: Exception) -> Problem:
    """What is wrong with a key; a private one that was given by mistake is not told again."""
    shown = f"{PRIVATE}…" if said.lstrip().startswith(PRIVATE) else said[:200]
    cause = error.strerror if isinstance(error, OSError) else str(error)
    return Problem("receipt.key-unreadable", key=shown, cause=cause)


def _lines(said: str) -> Iterable[str]:
    text = said
    if not _KEY.match(said):
        with Path(said).open("rb") as file:
            text = file.read(_MOST_KEY_BYTES).decode()
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if not lines:
        raise ValueError("it is empty")
    return lines


def _ledger_key(words: Sequence[str]) -> LedgerKey:
    if len(words) not in (1, 3):
        raise ValueError("a line is a key, or a key and the two times between which it signed")
    since, until = map(_time, words[1:]) if len(words) == 3 else (None, None)
    return LedgerKey(Verifier.parse(words[0]), since, until)


def _time(word: str) -> datetime | None:
    if word == _OPEN:
        return None
    moment = datetime.fromisoformat(word)
    if moment.tzinfo is None:
        raise ValueError(f"{word} has no offset from UTC")
    return moment

"""What the ledger signs: checkpoints of its tree (C2SP tlog-checkpoint), and a promise for each statement.

A *checkpoint* commits to everything up to its size. A *promise* commits to one leaf at one position, and is
handed out with the acknowledgement: it protects the tail that no checkpoint covers yet. If a later checkpoint
has another leaf there, promise and checkpoint together show that the ledger broke its word.

One key signs both, so no text may be read as the other: a checkpoint begins with its origin, a promise with
the name of its format, and no origin may have that name. The origin is the name of the key. Bodies have
exactly one spelling; extension lines, which tlog-checkpoint permits, are refused: this ledger writes none.
"""

from __future__ import annotations

import re
from base64 import b64encode
from dataclasses import dataclass
from typing import Final, Self

from service.ledger.chain import HASH_BYTES
from service.ledger.errors import CheckpointError, LedgerFormatError, NoteError, PromiseError
from service.ledger.merkle import EMPTY_ROOT
from service.ledger.note import Signer, Verifier, from_base64, open_note, require_name, sign_note

PROMISE_FORMAT: Final = "coldledger-promise/v1"
MAX_SIZE: Final = (1 << 63) - 1
"""Sizes and positions are signed 64-bit in the database and in other verifiers."""

_DECIMAL: Final = re.compile("0|[1-9][0-9]{0,18}")


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The tree of ``origin`` had ``size`` leaves and this root. Raises CheckpointError if that cannot be."""

    origin: str
    size: int
    root: bytes

    def __post_init__(self) -> None:
        _require(self.origin, self.size, self.root, CheckpointError)
        if self.size == 0 and self.root != EMPTY_ROOT:
            raise CheckpointError("the empty tree has another root")

    def body(self) -> str:
        """The text that is signed."""
        return f"{self.origin}\n{self.size}\n{b64encode(self.root).decode()}\n"

    @classmethod
    def parse(cls, body: str) -> Self:
        lines = _lines(body, 3, CheckpointError)
        return cls(lines[0], _number(lines[1], CheckpointError), _hash(lines[2], CheckpointError))


@dataclass(frozen=True, slots=True)
class Promise:
    """``origin`` will have this leaf at ``position``, for ever."""

    origin: str
    position: int
    leaf: bytes

    def __post_init__(self) -> None:
        _require(self.origin, self.position, self.leaf, PromiseError)

    def body(self) -> str:
        """The text that is signed."""
        return f"{PROMISE_FORMAT}\n{self.origin}\n{self.position}\n{b64encode(self.leaf).decode()}\n"

    @classmethod
    def parse(cls, body: str) -> Self:
        lines = _lines(body, 4, PromiseError)
        if lines[0] != PROMISE_FORMAT:
            raise PromiseError(f"not a {PROMISE_FORMAT}")
        return cls(lines[1], _number(lines[2], PromiseError), _hash(lines[3], PromiseError))


def sign_checkpoint(signer: Signer, checkpoint: Checkpoint, *others: Signer) -> str:
    """The signed note of ``checkpoint``: by several keys while one takes over from another.

    Raises CheckpointError where its origin is not a signer's name.
    """
    for each in (signer, *others):
        if checkpoint.origin != each.name:
            raise CheckpointError(f"{each.name} does not sign for {checkpoint.origin}")
    return sign_note(checkpoint.body(), signer, *others)


def open_checkpoint(note: str | bytes, *verifiers: Verifier) -> Checkpoint:
    """The checkpoint in ``note``, signed by a key of the log's own. Raises NoteError or CheckpointError."""
    checkpoint = Checkpoint.parse(open_note(note, verifiers).text)
    if checkpoint.origin not in {verifier.name for verifier in verifiers}:
        raise CheckpointError(f"a checkpoint of {checkpoint.origin}, not of {verifiers[0].name}")
    return checkpoint


def sign_promise(signer: Signer, position: int, leaf: bytes) -> str:
    """The signed note that promises ``leaf`` (a leaf hash) at ``position``."""
    return sign_note(Promise(signer.name, position, leaf).body(), signer)


def open_promise(note: str | bytes, *verifiers: Verifier) -> Promise:
    """The promise in ``note``, signed by a key of the log's own. Raises NoteError or PromiseError."""
    promise = Promise.parse(open_note(note, verifiers).text)
    if promise.origin not in {verifier.name for verifier in verifiers}:
        raise PromiseError(f"a promise of {promise.origin}, not of {verifiers[0].name}")
    return promise


def _require(origin: str, number: int, digest: bytes, error: type[LedgerFormatError]) -> None:
    try:
        require_name(origin)
    except NoteError as cause:
        raise error("an origin is the name of a key") from cause
    if origin == PROMISE_FORMAT:
        raise error(f"{origin} cannot be an origin: a checkpoint could be mistaken for a promise")
    if not 0 <= number <= MAX_SIZE:
        raise error("a size or position is a number of at most 63 bits")
    if len(digest) != HASH_BYTES:
        raise error(f"a hash has {HASH_BYTES} bytes, not {len(digest)}")


def _lines(body: str, count: int, error: type[LedgerFormatError]) -> list[str]:
    lines = body.split("\n")
    if len(lines) != count + 1 or lines[-1]:
        raise error(f"the body has exactly {count} lines")
    return lines


def _number(line: str, error: type[LedgerFormatError]) -> int:
    if not _DECIMAL.fullmatch(line):
        raise error("not a decimal number without leading zeros")
    return int(line)


def _hash(line: str, error: type[LedgerFormatError]) -> bytes:
    try:
        return from_base64(line)
    except NoteError as cause:
        raise error("not a base64 hash") from cause

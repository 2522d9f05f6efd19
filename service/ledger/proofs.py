"""Proofs as text (C2SP tlog-proof): an index, the hashes of its inclusion, the checkpoint they lead to.

Rules kept: every proof has exactly one spelling, so that what was read is written again byte for byte. A
parsed proof is only well formed: its checkpoint is the log's, and its hashes lead there, once ``verify`` says
so. Extra data is read and vouches for nothing. Whatever the input, nothing but a LedgerFormatError is raised.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Self

from service.ledger.chain import HASH_BYTES
from service.ledger.checkpoint import MAX_SIZE, Checkpoint
from service.ledger.cosignature import CosignatureVerifier, open_cosigned
from service.ledger.errors import NoteError, ProofError
from service.ledger.merkle import verify_inclusion
from service.ledger.note import MAX_NOTE_CHARS, Verifier, from_base64

HEADING: Final = "c2sp.org/tlog-proof@v1"
MAX_HASHES: Final = 63
"""No tree whose size has 63 bits is higher."""
MAX_EXTRA_CHARS: Final = 10_000
MAX_CHARS: Final = MAX_NOTE_CHARS + MAX_EXTRA_CHARS + 10_000
_EXTRA: Final = "extra "
_INDEX: Final = re.compile("index (0|[1-9][0-9]{0,18})")


@dataclass(frozen=True, slots=True)
class Proof:
    """That a log has a leaf at ``index``: ``hashes`` from the leaf's sibling upwards, and a signed note."""

    index: int
    hashes: tuple[bytes, ...]
    checkpoint: str
    extra: bytes | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.index <= MAX_SIZE:
            raise ProofError("an index is a number of at most 63 bits")
        if len(self.hashes) > MAX_HASHES:
            raise ProofError(f"no tree asks for {len(self.hashes)} hashes")
        if any(len(digest) != HASH_BYTES for digest in self.hashes):
            raise ProofError(f"a hash has {HASH_BYTES} bytes")
        if self.extra is not None and not 0 < len(self.extra) <= MAX_EXTRA_CHARS // 4 * 3:
            raise ProofError("extra data is left out where there is none, and short")

    def format(self) -> str:
        """The text of the file."""
        extra = [] if self.extra is None else [_EXTRA + b64encode(self.extra).decode()]
        hashes = (b64encode(digest).decode() for digest in self.hashes)
        return "\n".join([HEADING, *extra, f"index {self.index}", *hashes, "", self.checkpoint])

    @classmethod
    def parse(cls, proof: str | bytes) -> Self:
        """Read what ``format`` wrote. Raises ProofError."""
        above, blank, checkpoint = _decoded(proof).partition("\n\n")
        heading, *lines = above.split("\n")
        if heading != HEADING or not blank:
            raise ProofError(f"a proof begins with {HEADING} and ends with a checkpoint")
        extra = _bytes(lines.pop(0).removeprefix(_EXTRA)) if lines and lines[0].startswith(_EXTRA) else None
        match = _INDEX.fullmatch(lines[0]) if lines else None
        if match is None:
            raise ProofError("a proof names an index in decimals")
        return cls(int(match[1]), tuple(map(_bytes, lines[1:])), checkpoint, extra)

    def verify(
        self,
        leaf: bytes,
        verifiers: Iterable[Verifier],
        witnesses: Iterable[CosignatureVerifier] = (),
        quorum: int = 0,
    ) -> Checkpoint:
        """The checkpoint that proves ``leaf`` (a leaf hash), signed by the log and cosigned by a quorum.

        Raises NoteError, CheckpointError or ProofError.
        """
        checkpoint, _ = open_cosigned(self.checkpoint, verifiers, witnesses, quorum)
        verify_inclusion(leaf, self.index, checkpoint.size, self.hashes, checkpoint.root)
        return checkpoint


def proof_length(index: int, size: int) -> int:
    """How many hashes prove the leaf at ``index`` in a tree of ``size``, which has it."""
    inner = (index ^ size - 1).bit_length()
    # Above that both ways are one, on which only left siblings are there: a hash for each bit of the index.
    return inner + (index >> inner).bit_count()


def _decoded(proof: str | bytes) -> str:
    if len(proof) > MAX_CHARS:
        raise ProofError(f"a proof has at most {MAX_CHARS} characters")
    try:
        return proof.decode() if isinstance(proof, bytes) else proof
    except UnicodeDecodeError as error:
        raise ProofError("a proof is UTF-8") from error


def _bytes(line: str) -> bytes:
    try:
        return from_base64(line)
    except NoteError as error:
        raise ProofError("a line of a proof is base64") from error

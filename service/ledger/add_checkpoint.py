"""What a log asks a witness (C2SP tlog-witness): to cosign a checkpoint, given what the witness saw last.

The log's side and the witness's side write and read one format here: ``old <size>``, the hashes of a
consistency proof from that size in base64, a line each, an empty line, and the signed checkpoint.
"""

from __future__ import annotations

import re
from base64 import b64encode
from dataclasses import dataclass
from typing import Final, Self

from service.ledger.chain import HASH_BYTES
from service.ledger.checkpoint import MAX_SIZE
from service.ledger.errors import NoteError
from service.ledger.note import from_base64

ADD_CHECKPOINT: Final = "/add-checkpoint"
SIZE_TYPE: Final = "text/x.tlog.size"
"""The media type of the one answer that tells a size: that of the last checkpoint which was cosigned."""
MAX_PROOF: Final = 63
MAX_BODY: Final = 64 * 1024
"""Bytes of a request: 63 hashes, and a note of some hundred signatures."""
_OLD: Final = re.compile("old (0|[1-9][0-9]{0,18})")
_SIZE: Final = re.compile(b"(0|[1-9][0-9]{0,18})\n")


@dataclass(frozen=True, slots=True)
class AddCheckpoint:
    """A request: the proof leads from ``old`` leaves to the tree of the checkpoint in ``note``."""

    old: int
    proof: tuple[bytes, ...]
    note: str

    def format(self) -> str:
        hashes = "".join(f"{b64encode(each).decode()}\n" for each in self.proof)
        return f"old {self.old}\n{hashes}\n{self.note}"

    @classmethod
    def parse(cls, body: bytes) -> Self:
        """Raises NoteError; the note itself is not read yet."""
        try:
            head, blank, note = body.decode().partition("\n\n")
        except UnicodeDecodeError as error:
            raise NoteError("a request is UTF-8") from error
        old, *hashes = head.split("\n")
        match = _OLD.fullmatch(old)
        if match is None or int(match[1]) > MAX_SIZE or not blank:
            raise NoteError("a request is 'old <size>', hashes, an empty line and a checkpoint")
        if len(hashes) > MAX_PROOF:
            raise NoteError(f"a proof has at most {MAX_PROOF} hashes")
        proof = tuple(from_base64(each) for each in hashes)
        if any(len(each) != HASH_BYTES for each in proof):
            raise NoteError(f"a hash has {HASH_BYTES} bytes")
        return cls(int(match[1]), proof, note)


def parse_size(body: bytes) -> int:
    """The size in an answer of type ``SIZE_TYPE``. Raises NoteError."""
    match = _SIZE.fullmatch(body)
    if match is None or int(match[1]) > MAX_SIZE:
        raise NoteError("a size is a decimal and a newline")
    return int(match[1])

"""Cosignatures (C2SP tlog-cosignature): a witness says that a checkpoint extends all it saw before, and when.

A cosignature is a signature line of type 0x04 beside that of the log. What is signed is a heading, the time
in whole seconds since 1970 and the checkpoint's body; the time stands before the signature in the line.

Rules kept: the body does not name the witness, so that one public key under two names would be two witnesses
for the price of one: such a set of keys is refused, and so is the log's own key as a witness. A witness
counts once. As in every note, a known key whose signature fails refuses the whole.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final, Self

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from service.ledger.checkpoint import Checkpoint
from service.ledger.errors import CheckpointError, NoteError
from service.ledger.note import (
    PRIVATE,
    PublicKey,
    Signature,
    Verifier,
    join_key,
    open_note,
    require_text,
    split_secret,
)

COSIGNATURE: Final = b"\x04"
_TIME_BYTES: Final = 8
_BLOB_BYTES: Final = _TIME_BYTES + 64
_LAST_TIME: Final = int(datetime(9999, 12, 31, tzinfo=UTC).timestamp())
"""Times beyond it are no time here; the format itself ends at 2^63 - 1 seconds."""


class CosignatureVerifier(PublicKey):
    """A witness's named public key."""

    __slots__ = ()
    KIND = COSIGNATURE

    def _signed(self, text: str, signature: Signature) -> tuple[str, bytes]:
        return _message(text, seconds_of(signature)), signature.signature[_TIME_BYTES:]


@dataclass(frozen=True, slots=True)
class CosignatureSigner:
    """A witness's private key. Its ``repr`` tells nothing of the key; ``skey`` is the secret."""

    name: str
    key: Ed25519PrivateKey = field(repr=False)
    verifier: CosignatureVerifier

    @classmethod
    def of(cls, name: str, key: Ed25519PrivateKey) -> Self:
        return cls(name, key, CosignatureVerifier.of(name, key.public_key()))

    @classmethod
    def parse(cls, skey: str) -> Self:
        """Read ``PRIVATE+KEY+name+id+base64``. The error never quotes it."""
        name, key_id, seed = split_secret(skey, COSIGNATURE)
        signer = cls.of(name, Ed25519PrivateKey.from_private_bytes(seed))
        signer.verifier.require_id(key_id)
        return signer

    def sign(self, text: str, seconds: int) -> str:
        """The signature line over a checkpoint's body at that time (seconds since 1970), with its newline."""
        if not 0 <= seconds <= _LAST_TIME:
            raise NoteError(f"{seconds} is not a time to sign at")
        signature = self.key.sign(_message(require_text(text), seconds).encode())
        blob = seconds.to_bytes(_TIME_BYTES, "big") + signature
        return Signature(self.name, self.verifier.key_id, blob).format()

    @property
    def skey(self) -> str:
        """The private key as it is kept: whoever reads it can cosign."""
        return PRIVATE + join_key(self.verifier, self.key.private_bytes_raw())


@dataclass(frozen=True, slots=True)
class Cosignature:
    """A witness that has cosigned, and when: the largest tree of that log which it had seen by then."""

    witness: CosignatureVerifier
    at: datetime


def generate_cosigner(name: str) -> CosignatureSigner:
    """A new witness's key, from the system's randomness."""
    return CosignatureSigner.of(name, Ed25519PrivateKey.generate())


def seconds_of(signature: Signature) -> int:
    """The seconds since 1970 at which a cosignature says it was made. Raises NoteError where it is none."""
    blob = signature.signature
    seconds = int.from_bytes(blob[:_TIME_BYTES], "big")
    if len(blob) != _BLOB_BYTES or seconds > _LAST_TIME:
        raise NoteError(f"the cosignature of {signature.name} is not a time and a signature")
    return seconds


def open_cosigned(
    note: str | bytes,
    log_verifiers: Iterable[Verifier],
    witnesses: Iterable[CosignatureVerifier],
    quorum: int,
) -> tuple[Checkpoint, tuple[Cosignature, ...]]:
    """The checkpoint in ``note``, signed by its log, and which of the witnesses have cosigned it.

    Raises NoteError where signatures do not hold or keys cannot be told apart, and CheckpointError where the
    log itself has not signed or fewer than ``quorum`` witnesses have cosigned.
    """
    logs = list(log_verifiers)
    known = {witness.claim: witness for witness in witnesses}
    require_distinct([*logs, *known.values()])
    opened = open_note(note, [*logs, *known.values()])
    checkpoint = Checkpoint.parse(opened.text)
    claims = {signature.claim for signature in opened.verified}
    if not any(log.name == checkpoint.origin and log.claim in claims for log in logs):
        raise CheckpointError(f"no known key of {checkpoint.origin} has signed its checkpoint")
    cosignatures = tuple(
        Cosignature(known[signature.claim], datetime.fromtimestamp(seconds_of(signature), UTC))
        for signature in opened.verified
        if signature.claim in known
    )
    if len(cosignatures) < quorum:
        raise CheckpointError(f"{len(cosignatures)} known witnesses have cosigned, not {quorum}")
    return checkpoint, cosignatures


def require_distinct(keys: Iterable[PublicKey]) -> None:
    """Raises NoteError where two names, or a log and a witness, share one key."""
    names: dict[bytes, str] = {}
    for key in keys:
        other = names.setdefault(key.key.public_bytes_raw(), key.vkey)
        if other != key.vkey:
            raise NoteError(f"one key has two names: {other} and {key.vkey}")


def _message(text: str, seconds: int) -> str:
    return f"cosignature/v1\ntime {seconds}\n{text}"

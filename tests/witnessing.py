"""A log with nothing in it but leaves, for witnesses to watch: it grows honestly, or tells two histories."""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import sha256

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from service.ledger import merkle
from service.ledger.add_checkpoint import AddCheckpoint
from service.ledger.checkpoint import Checkpoint, sign_checkpoint
from service.ledger.note import Signer

ORIGIN = "coldledger.example/ledger"
LEAVES = 64


def seeded(name: str) -> Ed25519PrivateKey:
    """A key that is the same in every run."""
    return Ed25519PrivateKey.from_private_bytes(sha256(name.encode()).digest())


def leaves(seed: str) -> list[bytes]:
    return [sha256(f"{seed} {number}".encode()).digest() for number in range(LEAVES)]


@dataclass(frozen=True)
class ToyLog:
    """``signer`` vouches for every size of ``leaves``."""

    signer: Signer = field(default_factory=lambda: Signer.of(ORIGIN, seeded("log")))
    leaves: list[bytes] = field(default_factory=lambda: leaves("honest"))

    def rewritten(self, since: int) -> ToyLog:
        """The same log with another history from a position on."""
        return ToyLog(self.signer, self.leaves[:since] + leaves("rewritten")[since:])

    def checkpoint(self, size: int) -> Checkpoint:
        return Checkpoint(self.signer.name, size, merkle.root(self.leaves[:size]))

    def note(self, size: int) -> str:
        return sign_checkpoint(self.signer, self.checkpoint(size))

    def proof(self, old: int, new: int) -> list[bytes]:
        return merkle.consistency_proof(self.leaves[:new], old)

    async def prove(self, old: int, new: int) -> list[bytes]:
        return self.proof(old, new)

    def asks(self, old: int, new: int, *, proof: list[bytes] | None = None, note: str | None = None) -> bytes:
        """The body of a request; proof and note are the honest ones unless others are given."""
        if proof is None:
            proof = self.proof(old, new) if 0 < old < new else []
        return AddCheckpoint(old, tuple(proof), note or self.note(new)).format().encode()

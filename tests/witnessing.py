"""Witnesses as processes, and a log for them to watch: it has leaves alone, and grows honestly or tells two
histories."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from service.ledger import merkle
from service.ledger.add_checkpoint import AddCheckpoint
from service.ledger.checkpoint import Checkpoint, sign_checkpoint
from service.ledger.cosignature import CosignatureVerifier
from service.ledger.note import Signer, Verifier
from service.publishing.witnesses import Witness
from tests.acceptance.running import coldledger

ORIGIN = "coldledger.example/ledger"
LEAVES = 64
PATIENCE_SECONDS = 60.0


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


@dataclass(frozen=True)
class Running:
    """A witness that listens."""

    key: CosignatureVerifier
    url: str

    @property
    def named(self) -> Witness:
        """As an operator names it."""
        return Witness.parse(f"{self.key.vkey} {self.url}")

    def ask(self, body: bytes) -> tuple[int, str, str]:
        """Status, media type and text of its answer."""
        try:
            with urlopen(Request(f"{self.url}/add-checkpoint", body), timeout=PATIENCE_SECONDS) as answer:
                return answer.status, answer.headers.get_content_type(), answer.read().decode()
        except HTTPError as refused:
            return refused.code, refused.headers.get_content_type(), refused.read().decode()


@contextmanager
def our_witness(folder: Path, logs: Sequence[Verifier], port: int = 0) -> Iterator[Running]:
    """``coldledger witness``, until the block ends; the same again where it was before."""
    words = coldledger("witness", "--data", str(folder), "--name", "ours.example/w", "--port", str(port))
    words += [word for key in logs for word in ("--log", key.vkey)]
    with ending(subprocess.Popen(words, stdout=subprocess.PIPE, text=True)) as process:
        assert process.stdout is not None
        url = process.stdout.readline().split()[4]
        yield Running(CosignatureVerifier.parse(process.stdout.readline().split()[-1]), url)


@contextmanager
def ending(process: subprocess.Popen[str]) -> Iterator[subprocess.Popen[str]]:
    """Ends it after the block."""
    with process:
        try:
            yield process
        finally:
            process.terminate()

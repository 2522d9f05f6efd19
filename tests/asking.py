"""Requests for a witness, one after another, and what tlog-witness (1.1) says of each, for any witness."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass

from service.ledger.note import Signature, Signer, sign_note
from tests.witnessing import ToyLog, seeded

LOG = ToyLog()
FORK = LOG.rewritten(3)
STRANGER = ToyLog(Signer.of("stranger.example/log", seeded("stranger")))
IMPOSTOR = ToyLog(Signer.of(LOG.signer.name, seeded("impostor")))


@dataclass(frozen=True)
class Case:
    """A request to a witness that has answered those before it."""

    name: str
    body: bytes
    status: int
    size: int | None = None
    """What a 409 must name."""
    evidence: bool = False
    """Whether it shows another history than those before it, so that ours keeps it."""


def _broken() -> str:
    text, _, line = LOG.note(5).rpartition("\n\n")
    signature = Signature.parse(line.rstrip("\n"))
    changed = Signature(signature.name, signature.key_id, bytes(64))
    return f"{text}\n\n{changed.format()}"


def _line(number: int) -> str:
    return b64encode(LOG.leaves[number]).decode() + "\n"


def _two_lines() -> str:
    note = LOG.note(9)
    return note + note.rpartition("\n\n")[2]


_EXTENDED = LOG.checkpoint(9).body() + "an extension line\n"

CASES = (
    Case("nothing", b"", 400),
    Case("no old size", LOG.note(5).encode(), 400),
    Case("an old size that is no number", b"old five\n\n" + LOG.note(5).encode(), 400),
    Case("an old size with a zero before it", b"old 00\n\n" + LOG.note(5).encode(), 400),
    Case("an old size beyond 63 bits", b"old 9223372036854775808\n\n" + LOG.note(5).encode(), 400),
    Case("no empty line", b"old 0\n", 400),
    Case("no checkpoint", b"old 0\n\n", 400),
    Case("a hash that is not base64", b"old 0\n?\n\n" + LOG.note(5).encode(), 400),
    Case("a hash of three bytes", b"old 0\nAAAA\n\n" + LOG.note(5).encode(), 400),
    Case("64 hashes", f"old 1\n{''.join(map(_line, range(64)))}\n{LOG.note(5)}".encode(), 400),
    Case("no UTF-8", b"old 0\n\n\xff" + LOG.note(5).encode(), 400),
    Case("a note without a signature", f"old 0\n\n{LOG.checkpoint(5).body()}".encode(), 400),
    Case("a log that it does not know", STRANGER.asks(0, 5), 404),
    Case("another key under the log's name", IMPOSTOR.asks(0, 5), 403),
    Case("a signature that does not hold", LOG.asks(0, 5, note=_broken()), 403),
    Case("an old size larger than the checkpoint's", LOG.asks(6, 5), 400),
    Case("an old size though it saw nothing", LOG.asks(2, 5), 409, 0),
    Case("a proof from nothing", LOG.asks(0, 5, proof=LOG.proof(3, 5)), 422),
    Case("the first checkpoint", LOG.asks(0, 5), 200),
    Case("the same again", LOG.asks(5, 5), 200),
    Case("the same again, with a proof", LOG.asks(5, 5, proof=LOG.proof(3, 5)), 422),
    Case("growth from nothing", LOG.asks(0, 9), 409, 5),
    Case("growth from what it did not see", LOG.asks(4, 9), 409, 5),
    Case("growth", LOG.asks(5, 9), 200),
    Case("growth without a proof", LOG.asks(9, 12, proof=[]), 422, evidence=True),
    Case("growth with a proof too short", LOG.asks(9, 12, proof=LOG.proof(9, 12)[:-1]), 422),
    Case("growth with a proof too long", LOG.asks(9, 12, proof=[*LOG.proof(9, 12), bytes(32)]), 422),
    Case("growth with another proof", LOG.asks(9, 12, proof=LOG.proof(8, 12)), 422),
    Case("a rewritten history", FORK.asks(9, 12), 422, evidence=True),
    Case("another root of the same size", FORK.asks(9, 9), 422, evidence=True),
    Case("another root of the same size, from nothing", FORK.asks(0, 9), 409, 9),
    Case("a rollback", LOG.asks(5, 7), 409, 9),
    Case("a rollback, from what it saw", LOG.asks(9, 7), 400),
    Case("a rewritten history, rolled back", FORK.asks(0, 7), 409, 9),
    Case("two lines of one key", LOG.asks(9, 9, note=_two_lines()), 403),
    Case("an extension line", LOG.asks(9, 9, note=sign_note(_EXTENDED, LOG.signer)), 400),
    Case("a signature of somebody else beside the log's",
         LOG.asks(9, 9, note=LOG.note(9) + STRANGER.signer.sign(LOG.checkpoint(9).body())), 200),
    Case("honest growth after all of that", LOG.asks(9, 40), 200),
)  # fmt: skip

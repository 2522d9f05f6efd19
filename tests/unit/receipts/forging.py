"""One good receipt, and what a forger can make of it with the keys that a forger may have."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from service.ledger import Actor, Statement, chain, merkle
from service.ledger.checkpoint import Checkpoint, sign_checkpoint, sign_promise
from service.ledger.cosignature import CosignatureSigner
from service.ledger.note import Signer
from service.ledger.proofs import Proof
from service.receipts.receipt import Receipt
from service.receipts.trust import LedgerKey, Trust

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SEEN = NOW - timedelta(hours=2)
SIZE, POSITION = 11, 5


def private(number: int) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(bytes([number] * 32))


LEDGER = Signer.of("coldledger.example/ledger", private(1))
THIEF = Signer.of(LEDGER.name, private(2))
ELSEWHERE = Signer.of("coldledger.exarnple/ledger", private(3))
WITNESSES = [CosignatureSigner.of(f"witness.example/w{number}", private(10 + number)) for number in range(2)]
LEDGER_AS_WITNESS = CosignatureSigner.of("witness.example/hidden", private(1))


def statement_at(position: int, **more: Any) -> Statement:
    at = f"2026-02-0{1 + position // 2}T08:00:0{position % 10}.000000Z"
    actor = Actor(organisation=1000, user=2000)
    data = {"lot": 3000 + position, "pieces": 10, "note": "“整箱”"}
    return replace(Statement("lot-released", 1, 1, at, actor, data, {"release": position}, []), **more)


def nonce_at(position: int) -> bytes:
    return bytes([position] * 32)


STATEMENTS = [statement_at(position).encode() for position in range(SIZE)]


def entry_over(statement: bytes, position: int, at: str | None = None) -> bytes:
    return chain.entry(at or statement_at(position).at, chain.commit(nonce_at(position), statement))


ENTRIES = [entry_over(statement, position) for position, statement in enumerate(STATEMENTS)]


@dataclass(frozen=True)
class Ledger:
    """A ledger of some entries, with the key and the witnesses that it has."""

    entries: tuple[bytes, ...] = tuple(ENTRIES)
    signer: Signer = LEDGER
    witnesses: tuple[CosignatureSigner, ...] = tuple(WITNESSES)
    seen: datetime = SEEN

    @property
    def leaves(self) -> list[bytes]:
        return [chain.leaf_hash(entry) for entry in self.entries]

    def note(self, size: int = SIZE) -> str:
        checkpoint = Checkpoint(self.signer.name, size, merkle.root(self.leaves[:size]))
        seconds = int(self.seen.timestamp())
        lines = (witness.sign(checkpoint.body(), seconds) for witness in self.witnesses)
        return sign_checkpoint(self.signer, checkpoint) + "".join(lines)

    def proof(self, position: int = POSITION, size: int = SIZE) -> Proof:
        hashes = merkle.inclusion_proof(self.leaves[:size], position)
        return Proof(position, tuple(hashes), self.note(size))

    def receipt(self, position: int = POSITION) -> Receipt:
        return Receipt(
            proof=self.proof(position).format(),
            entry=self.entries[position].decode(),
            promise=sign_promise(self.signer, position, self.leaves[position]),
            statement=STATEMENTS[position].decode(),
            nonce=nonce_at(position),
        )


HONEST = Ledger()
GOOD = HONEST.receipt()
PROOF = HONEST.proof()
TRUST = Trust([LedgerKey(LEDGER.verifier)], [each.verifier for each in WITNESSES], quorum=2)


def proved_by(proof: Proof | str, **more: Any) -> bytes:
    """The good receipt with another proof."""
    return replace(GOOD, proof=proof if isinstance(proof, str) else proof.format(), **more).encode()


def with_checkpoint(note: str) -> bytes:
    """The good receipt with another checkpoint."""
    return proved_by(replace(PROOF, checkpoint=note))


def members(change: Callable[[dict[str, Any]], Any]) -> bytes:
    """The good receipt as JSON, with its members changed by hand."""
    told = orjson.loads(GOOD.encode())
    change(told)
    return orjson.dumps(told, option=orjson.OPT_SORT_KEYS)


def recorded_as(statement: bytes, at: str | None = None) -> bytes:
    """A receipt of a ledger that really recorded these bytes: its operator is the forger."""
    entries = list(ENTRIES)
    entries[POSITION] = entry_over(statement, POSITION, at)
    forged = replace(HONEST, entries=tuple(entries)).receipt()
    return replace(forged, statement=statement.decode()).encode()

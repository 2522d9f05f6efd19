"""Makes receipts: the published proof of an entry, and the statement where it may be disclosed.

Rule kept: nothing is signed, nor handed out, that does not lead to the published checkpoint. Who rewrites a
row of the database must not get the ledger's signature for it by asking for its receipt.
"""

from __future__ import annotations

from collections.abc import Callable

from schema.problems import Problem
from service.ledger import chain
from service.ledger.checkpoint import Checkpoint
from service.ledger.errors import ProofError
from service.ledger.merkle import verify_inclusion
from service.ledger.note import Note
from service.ledger.proofs import Proof
from service.ledger.store import Record
from service.receipts.receipt import Receipt

Promises = Callable[[int, bytes], str]
"""The ledger's signed promise of a leaf at a position."""


def make_receipt(
    proof: Proof, record: Record, *, disclosed: bool, promise: Promises | None = None
) -> Receipt:
    """The receipt of ``record``; with the statement and its nonce where it is ``disclosed``.

    Raises Problem ``ledger.changed`` where the record is not what was published.
    """
    _demand_published(proof, record)
    return Receipt(
        proof=proof.format(),
        entry=record.entry.decode(),
        promise=None if promise is None else promise(record.position, record.leaf),
        statement=record.statement.decode() if disclosed else None,
        nonce=record.nonce if disclosed else None,
    )


def _demand_published(proof: Proof, record: Record) -> None:
    published = Checkpoint.parse(Note.parse(proof.checkpoint).text)
    committed = chain.commit(record.nonce, record.statement).hex().encode()
    try:
        verify_inclusion(record.leaf, proof.index, published.size, proof.hashes, published.root)
    except ProofError as error:
        raise Problem("ledger.changed", position=proof.index) from error
    if chain.leaf_hash(record.entry) != record.leaf or committed not in record.entry:
        raise Problem("ledger.changed", position=proof.index)

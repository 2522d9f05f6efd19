"""Makes receipts: the published proof of an entry, and the statement where it may be disclosed."""

from __future__ import annotations

from collections.abc import Callable

from service.ledger.proofs import Proof
from service.ledger.store import Record
from service.receipts.receipt import Receipt

Promises = Callable[[int, bytes], str]
"""The ledger's signed promise of a leaf at a position."""


def make_receipt(
    proof: Proof, record: Record, *, disclosed: bool, promise: Promises | None = None
) -> Receipt:
    """The receipt of ``record``; with the statement and its nonce where it is ``disclosed``."""
    return Receipt(
        proof=proof.format(),
        entry=record.entry.decode(),
        promise=None if promise is None else promise(record.position, record.leaf),
        statement=record.statement.decode() if disclosed else None,
        nonce=record.nonce if disclosed else None,
    )

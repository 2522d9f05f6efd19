"""Whether a receipt proves what it says: pure, from the file's bytes, the keys and the time of the check.

What refuses is the strict code of the ledger's own room; ``refusals`` only finds the words for it. Order: the
file is read → the checkpoint is signed, cosigned and fresh → the promise speaks of this entry → the proof
leads from the entry to the checkpoint → the statement is what the entry commits to → nothing is left in the
file that was changed. Nothing but Problem ``receipt.…`` is raised, whatever the bytes.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from schema.problems import Problem
from service.ledger import canonical, chain
from service.ledger.checkpoint import Checkpoint, open_promise
from service.ledger.cosignature import Cosignature, open_cosigned
from service.ledger.errors import ChainError, LedgerFormatError, ProofError
from service.ledger.merkle import verify_inclusion
from service.ledger.note import Note, Verifier
from service.ledger.proofs import Proof, proof_length
from service.ledger.statement import Statement, instant, parse_instant
from service.receipts.receipt import Receipt
from service.receipts.refusals import why_not_cosigned, why_not_promised
from service.receipts.trust import LedgerKey, Trust

CLOCKS = timedelta(minutes=10)
"""How far the clock of a witness may be ahead."""


Opened = tuple[Checkpoint, tuple[Cosignature, ...], tuple[Verifier, ...]]
"""A checkpoint that was checked, with the keys of the ledger that signed it within their time."""


@dataclass(frozen=True, slots=True)
class Proved:
    """What a receipt proves: an entry's place, and what was said where the receipt discloses it.

    ``keys`` are those of the ledger that signed the checkpoint, ``unchecked`` the names of signatures that no
    given key checks. ``promised`` says that the ledger's promise of this entry is there, and holds.
    ``said`` is the exact text of the statement.
    """

    position: int
    recorded_at: str
    leaf: bytes
    checkpoint: Checkpoint
    keys: tuple[Verifier, ...]
    cosignatures: tuple[Cosignature, ...]
    unchecked: tuple[str, ...]
    promised: bool
    statement: Statement | None
    said: str | None


def check(data: bytes, trust: Trust, now: datetime) -> Proved:
    """What the receipt in ``data`` proves to whoever has ``trust``, at the time ``now``.

    Raises Problem ``receipt.…``, each naming one thing that is wrong.
    """
    return prove(Receipt.decode(data), trust, lambda note: check_checkpoint(note, trust, now))


def prove(receipt: Receipt, trust: Trust, opened: Callable[[str], Opened]) -> Proved:
    """The same of a receipt that was read, where ``opened`` checks its checkpoint: many have the same."""
    proof = _proof(receipt.proof)
    checkpoint, cosignatures, keys = opened(proof.checkpoint)
    at, commitment = _entry(receipt.entry)
    leaf = chain.leaf_hash(receipt.entry.encode())
    if receipt.promise is not None:
        _demand_promised(receipt.promise, proof.index, leaf, trust.verifiers_of(checkpoint.origin))
    _demand_included(proof, leaf, checkpoint)
    statement = _statement(receipt, at, commitment)
    receipt.demand_whole()
    known = {key.claim for key in (*trust.verifiers, *trust.witnesses)}
    signatures = {each.claim: each.name for each in Note.parse(proof.checkpoint).signatures}
    return Proved(
        position=proof.index,
        recorded_at=at,
        leaf=leaf,
        checkpoint=checkpoint,
        keys=keys,
        cosignatures=cosignatures,
        unchecked=tuple(name for claim, name in signatures.items() if claim not in known),
        promised=receipt.promise is not None,
        statement=statement,
        said=receipt.statement,
    )


def check_checkpoint(note: str, trust: Trust, now: datetime) -> Opened:
    """A checkpoint that is signed, cosigned and fresh, with the keys that signed it within their time.

    Raises Problem ``receipt.…``.
    """
    checkpoint, cosignatures = _checkpoint(note, trust)
    claims = {each.claim for each in Note.parse(note).signatures}
    signed = [key for key in trust.keys_of(checkpoint.origin) if key.verifier.claim in claims]
    keys = _in_time(signed, cosignatures, now)
    _demand_fresh(checkpoint, cosignatures, trust, now)
    return checkpoint, cosignatures, keys


def _proof(text: str) -> Proof:
    try:
        proof = Proof.parse(text)
    except ProofError as error:
        raise Problem("receipt.proof-malformed", cause=str(error)) from None
    if proof.extra is not None:
        raise Problem("receipt.proof-with-extra")
    return proof


def _checkpoint(note: str, trust: Trust) -> tuple[Checkpoint, tuple[Cosignature, ...]]:
    try:
        return open_cosigned(note, trust.verifiers, trust.witnesses, trust.quorum)
    except LedgerFormatError as error:
        raise why_not_cosigned(note, trust, error) from None


def _in_time(
    signed: Sequence[LedgerKey], cosignatures: Sequence[Cosignature], now: datetime
) -> tuple[Verifier, ...]:
    """The keys that signed within their time. Raises Problem ``receipt.key-out-of-time`` where none did."""
    # A checkpoint bears no time of its own: that of a witness is believed, and otherwise only today.
    moments = [cosignature.at for cosignature in cosignatures] or [now]
    good = tuple(key.verifier for key in signed if any(map(key.covers, moments)))
    if not good:
        late = signed[0]
        bounds = [None if bound is None else instant(bound) for bound in (late.since, late.until)]
        raise Problem(
            "receipt.key-out-of-time",
            key=late.verifier.vkey,
            since=bounds[0],
            until=bounds[1],
            seen=instant(min(moments)),
        )
    return good


def _demand_fresh(
    checkpoint: Checkpoint, cosignatures: tuple[Cosignature, ...], trust: Trust, now: datetime
) -> None:
    if checkpoint.size < trust.min_size:
        raise Problem("receipt.checkpoint-too-small", size=checkpoint.size, least=trust.min_size)
    if trust.max_age is None:
        return
    if not cosignatures:
        raise Problem("receipt.age-unknown")
    newest = max(cosignature.at for cosignature in cosignatures)
    if newest > now + CLOCKS:
        raise Problem("receipt.cosigned-in-future", at=instant(newest), now=instant(now))
    if newest < now - trust.max_age:
        raise Problem("receipt.checkpoint-too-old", at=instant(newest), since=instant(now - trust.max_age))


def _entry(entry: str) -> tuple[str, bytes]:
    """The recorded time and the commitment of a public entry."""
    try:
        told = canonical.decode(entry.encode())
        at, commitment = told["at"], bytes.fromhex(told["commit"])
        is_one = chain.entry(at, commitment) == entry.encode() and instant(parse_instant(at)) == at
    except (Problem, ChainError, LookupError, TypeError, ValueError):
        is_one = False
    if not is_one:
        raise Problem("receipt.entry-malformed")
    return at, commitment


def _demand_promised(note: str, position: int, leaf: bytes, verifiers: Sequence[Verifier]) -> None:
    try:
        promise = open_promise(note, *verifiers)
    except LedgerFormatError as error:
        raise why_not_promised(note, verifiers, error) from None
    if promise.position != position:
        raise Problem("receipt.other-position", promised=promise.position, proved=position)
    if promise.leaf != leaf:
        raise Problem("receipt.other-entry", position=position)


def _demand_included(proof: Proof, leaf: bytes, checkpoint: Checkpoint) -> None:
    size, index = checkpoint.size, proof.index
    try:
        verify_inclusion(leaf, index, size, proof.hashes, checkpoint.root)
    except ProofError:
        if index >= size:
            raise Problem("receipt.beyond-checkpoint", position=index, size=size) from None
        found, needed = len(proof.hashes), proof_length(index, size)
        code = "receipt.proof-elsewhere"
        if found != needed:
            code = "receipt.proof-too-short" if found < needed else "receipt.proof-too-long"
        raise Problem(code, found=found, needed=needed, position=index, size=size) from None


def _statement(receipt: Receipt, at: str, commitment: bytes) -> Statement | None:
    """The disclosed statement, which is what the entry commits to; None where nothing is disclosed."""
    text, nonce = receipt.statement, receipt.nonce
    if text is None and nonce is None:
        return None
    if text is None or nonce is None:
        raise Problem("receipt.half-disclosed")
    try:
        statement = Statement.decode(text.encode())
    except Problem:
        raise Problem("receipt.statement-not-canonical") from None
    except (AttributeError, LookupError, TypeError, ValueError):
        raise Problem("receipt.statement-unknown") from None
    if statement.at != at:
        raise Problem("receipt.time-differs", said=str(statement.at)[:40], entry=at)
    if not hmac.compare_digest(chain.commit(nonce, text.encode()), commitment):
        raise Problem("receipt.not-committed")
    return statement

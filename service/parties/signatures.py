"""What a device signed, judged: the same check for the service, under the head row, and for an auditor.

Rules that it keeps: a token for which a device key was registered says nothing unsigned from then on, so
that a stolen token alone says nothing; a signature holds over what was said as the statement records it, for
this ledger, this kind and one submission; its key is a standing one of the token that speaks; what the
service added is what its kind adds and nothing more. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from schema.ed25519 import read_public
from schema.identifiers import is_register_key
from schema.problems import Problem, Refusal
from schema.signed_request import (
    Request,
    Signature,
    as_said,
    is_commitment,
    matching,
    read_time,
)
from service.ledger import Context, Data, Kind, Proposal, Stream, World
from service.parties.state import DEVICE_KEY, TOKEN, DeviceKey

OLDEST = timedelta(hours=72)
"""How long a signed request may be on its way: a long weekend in a queue without a network."""
AHEAD = timedelta(minutes=5)
"""How far the clock of a device may be ahead."""


def streams(proposal: Proposal) -> Iterable[Stream]:
    """The key that a signature names."""
    if proposal.signature is not None:
        try:
            yield DEVICE_KEY, Signature.of_statement(proposal.signature)[0].key
        except Problem:
            return


def check(proposal: Proposal, ctx: Context, world: World) -> None:
    """Raises Refusal ``signature.…`` where a proposal is not signed as it must be."""
    if proposal.signature is None:
        token = None if ctx.actor.token is None else world.get(TOKEN, ctx.actor.token)
        if token is not None and token.signs:
            raise Refusal("signature.missing", token=token.id)
        return
    signature, made = _read(proposal.signature)
    key = _standing_key(signature, ctx, world)
    _check_time(signature, ctx)
    added = [each for each in made if each not in made_in(proposal.kind, proposal.data)]
    if added:
        raise Refusal("signature.member-added", members=", ".join(added))
    if proposal.idempotency is None:
        raise Refusal("signature.without-idempotency-key")
    said = as_said(proposal.data, made)
    if not holds(key, request_of(key, proposal.kind, proposal.idempotency.key, signature, said), signature):
        raise Refusal("signature.wrong", key=key.id)


def made_in(kind: Kind, data: Data) -> list[str]:
    """Pointers to what the service added to the data of a statement: what the kind has made, and the
    commitment beside each register key (persons/personal.py)."""
    coded = (f"/{name}_code" for name, value in data.items() if is_register_key(value))
    beside = (each for each in coded if is_commitment(data.get(each[1:])))
    return [*matching(kind.made, data), *beside]


def request_of(key: DeviceKey, kind: Kind, submission: str, signature: Signature, said: Data) -> Request:
    """What ``key`` must have signed."""
    return Request(key.origin, kind.name, key.id, submission, signature.signed_at, said)


def holds(key: DeviceKey, request: Request, signature: Signature) -> bool:
    """Whether ``signature`` is that of ``key`` over ``request``. Nothing is under a key that proves nothing,
    whoever let it in."""
    try:
        public = Ed25519PublicKey.from_public_bytes(read_public(key.public_key))
        public.verify(signature.value, request.text())
    except (InvalidSignature, ValueError):
        return False
    return True


def is_of(key: DeviceKey | None, organisation: int, token: int | None) -> bool:
    """Whether a key is one for what ``token`` of ``organisation`` says, standing or revoked."""
    return key is not None and (key.organisation, key.token) == (organisation, token)


def _read(text: str) -> tuple[Signature, list[str]]:
    try:
        return Signature.of_statement(text)
    except Problem as problem:
        raise Refusal(problem.code) from None


def _standing_key(signature: Signature, ctx: Context, world: World) -> DeviceKey:
    """Somebody else's key is refused with the words of one that does not exist."""
    key = world.get(DEVICE_KEY, signature.key)
    if key is None or not is_of(key, ctx.actor.organisation, ctx.actor.token):
        raise Refusal("signature.key-unknown", key=signature.key)
    if not key.active:
        raise Refusal("signature.key-revoked", key=key.id)
    return key


def _check_time(signature: Signature, ctx: Context) -> None:
    if not -AHEAD <= ctx.recorded - read_time(signature.signed_at) <= OLDEST:
        raise Refusal(
            "signature.clock",
            signed_at=signature.signed_at,
            recorded_at=ctx.at,
            hours=OLDEST // timedelta(hours=1),
            minutes=AHEAD // timedelta(minutes=1),
        )

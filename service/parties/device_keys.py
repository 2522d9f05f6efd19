"""Keys by which devices sign what a token of their organisation says (signatures.py judges by them).

Rules that it keeps: a key is registered by a manager in person, for a token of the own organisation – were a
token enough, whoever stole one would register a key of his own; the platform registers none for others, and
may revoke any; the token of a key that was ever registered says nothing unsigned any more. A public key may
stand more than once: what is signed names the key's id, the token is that of the key, and so nothing signed
under one is taken for something under the other.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from schema.problems import Refusal
from service.ledger import Context, Data, Decision, Kind, Statement, Stream, World
from service.parties.identity import STREAM, identity_of
from service.parties.speakers import demand_manager, within_reach
from service.parties.standing import Scope
from service.parties.state import DEVICE_KEY, TOKEN, DeviceKey


def _decide_registration(data: Data, ctx: Context, world: World) -> Decision:
    """``origin`` of the outcome is the ledger's standing name: what the key signs bears it, for good.

    A key stays good when the ledger goes on under another name, and what it signed before may still be sent.
    """
    if ctx.actor.user is None:
        raise Refusal("device-key.by-person-only")
    demand_manager(ctx, world)
    token = world.get(TOKEN, data["token"])
    if token is None or token.organisation != ctx.actor.organisation:
        raise Refusal("token.not-found", field="/token", token=data["token"])
    if not token.active:
        raise Refusal("token.already-revoked", field="/token", token=token.id)
    return Decision(outcome={"device_key": ctx.id(), "origin": identity_of(world).origin})


def _project_registration(statement: Statement, position: int, world: World) -> Iterable[Any]:
    data, outcome = statement.data, statement.outcome
    yield DeviceKey(
        id=outcome["device_key"],
        organisation=statement.actor.organisation,
        token=data["token"],
        public_key=data["public_key"],
        device=data["device"],
        number=data.get("number"),
        origin=outcome["origin"],
        active=True,
        version=position,
    )
    yield replace(world.row(TOKEN, data["token"]), signs=True, version=position)


def _read_registration(data: Data, _world: World) -> Iterable[Stream]:
    yield (TOKEN, data["token"])
    yield STREAM


def _decide_revocation(data: Data, ctx: Context, world: World) -> Decision:
    demand_manager(ctx, world)
    key = world.get(DEVICE_KEY, data["device_key"])
    if key is None or not within_reach(ctx, world, key.organisation):
        raise Refusal("device-key.not-found", field="/device_key", key=data["device_key"])
    if not key.active:
        raise Refusal("device-key.already-revoked", field="/device_key", key=key.id)
    return Decision()


def _project_revocation(statement: Statement, position: int, world: World) -> Iterable[Any]:
    yield replace(world.row(DEVICE_KEY, statement.data["device_key"]), active=False, version=position)


def _read_key(data: Data, _world: World) -> Iterable[Stream]:
    yield (DEVICE_KEY, data["device_key"])


REGISTER_DEVICE_KEY = Kind(
    "device-key-registered",
    {2: _decide_registration},
    _project_registration,
    _read_registration,
    scope=Scope.PARTIES_WRITE,
)
REVOKE_DEVICE_KEY = Kind(
    "device-key-revoked", {1: _decide_revocation}, _project_revocation, _read_key, scope=Scope.PARTIES_WRITE
)
KINDS = [REGISTER_DEVICE_KEY, REVOKE_DEVICE_KEY]

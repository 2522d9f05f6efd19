"""The keys under which the ledger signs: one takes over from another under the same name.

Rules that it keeps: only the command line speaks of them, because only there the private half can be put in
its place; a key bears the ledger's standing name and is given once, so that one which ended never comes back;
the last one does not end without another. While several stand, each checkpoint is signed by all of them, so
whoever knows only the old one or only the new one goes on without a gap. A key may end in the past: what it
signed after that is believed by nobody who knows it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from schema import moments
from schema.problems import Refusal
from schema.signed_note import NoteError, Verifier
from service.ledger import PLATFORM, Context, Data, Decision, Kind, Statement, Stream, World
from service.ledger.statement import instant
from service.parties.identity import EXPOSED, REPLACED, STOLEN, STREAM, identity_of, new_key
from service.parties.standing import Scope

RETIREMENTS = (REPLACED, STOLEN, EXPOSED)
"""Why a key is retired: another took over, it is in other hands, or it may be."""


def read_key(vkey: str) -> Verifier:
    """A ledger's public key. Raises Refusal ``ledger-key.malformed``."""
    try:
        return Verifier.parse(vkey)
    except NoteError as error:
        raise Refusal("ledger-key.malformed", cause=str(error)) from None


def demand_command_line(ctx: Context) -> None:
    """Raises Refusal ``ledger-key.reserved`` for everybody else."""
    if ctx.actor != PLATFORM:
        raise Refusal("ledger-key.reserved")


def ends(data: Data, ctx: Context) -> str:
    """The recorded time from which on nothing of a key is believed: now, or when it was said to be in doubt.

    Raises Refusal ``ledger-key.since-future``.
    """
    if "since" not in data:
        return ctx.at
    since = moments.parse(data["since"]).earliest
    if since > ctx.recorded:
        raise Refusal("ledger-key.since-future", since=data["since"])
    return instant(since)


def _decide_addition(data: Data, ctx: Context, world: World) -> Decision:
    demand_command_line(ctx)
    identity, key = identity_of(world), read_key(data["vkey"])
    if key.name != identity.origin:
        raise Refusal("ledger-key.other-name", name=key.name, origin=identity.origin)
    if identity.key(key.vkey) is not None:
        raise Refusal("ledger-key.known", key=key.key_id.hex())
    return Decision(outcome={"since": ctx.at})


def _project_addition(statement: Statement, position: int, world: World) -> Iterable[Any]:
    identity = world.row(*STREAM)
    added = new_key(statement.data["vkey"], statement.outcome["since"])
    yield identity.with_keys([*identity.keys, added], position)


def _decide_retirement(data: Data, ctx: Context, world: World) -> Decision:
    demand_command_line(ctx)
    identity, vkey = identity_of(world), data["vkey"]
    key = identity.key(vkey)
    if key is None:
        raise Refusal("ledger-key.not-found", key=vkey[:60])
    if key["until"] is not None:
        raise Refusal("ledger-key.already-retired", key=vkey[:60], until=key["until"])
    if identity.standing == [vkey]:
        raise Refusal("ledger-key.last")
    until = ends(data, ctx)
    if until < key["since"]:
        raise Refusal("ledger-key.since-before", since=data["since"], added=key["since"])
    return Decision(outcome={"until": until})


def _project_retirement(statement: Statement, position: int, world: World) -> Iterable[Any]:
    identity, data = world.row(*STREAM), statement.data
    ended = {"until": statement.outcome["until"], "reason": data["reason"]}
    keys = ({**key, **(ended if key["vkey"] == data["vkey"] else {})} for key in identity.keys)
    yield identity.with_keys(keys, position)


def _reads(_data: Data, _world: World) -> Iterable[Stream]:
    yield STREAM


ADD_LEDGER_KEY = Kind(
    "ledger-key-added", {1: _decide_addition}, _project_addition, _reads, scope=Scope.PARTIES_WRITE
)
RETIRE_LEDGER_KEY = Kind(
    "ledger-key-retired", {1: _decide_retirement}, _project_retirement, _reads, scope=Scope.PARTIES_WRITE
)
KINDS = [ADD_LEDGER_KEY, RETIRE_LEDGER_KEY]

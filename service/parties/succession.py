"""A ledger goes on under a new name and key, where the old one cannot go on: its first own statement.

What is there is inherited as the first entries of the new tree, at the positions where it always stood: ids
derive from them. The statement says what the old name had signed last, which entries are missing, and how
many of those inherited are shown to be the old ones – by the old ledger's own checkpoints, of which nobody
can make another. Rules that it keeps: only the command line says it; nothing is recorded between what was
looked at and this; what it commits to was signed by a key that the old ledger had and that never was in
doubt; a reason holds by what is said with it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from enum import StrEnum
from typing import Any

from schema.problems import Refusal
from service.ledger import Context, Data, Decision, Kind, Statement, Stream, World
from service.ledger.checkpoint import open_checkpoint
from service.ledger.errors import LedgerFormatError
from service.ledger.note import Verifier
from service.parties.identity import STREAM, SUCCEEDED, Identity, identity_of, new_name
from service.parties.ledger_keys import demand_command_line, ends, read_key
from service.parties.standing import Scope


class Cause(StrEnum):
    """Why a ledger goes on under another name."""

    TAIL_LOST = "tail-lost"
    HISTORY_DIFFERS = "history-differs"
    KEY_LOST = "key-lost"
    KEY_STOLEN = "key-stolen"


def _decide(data: Data, ctx: Context, world: World) -> Decision:
    demand_command_line(ctx)
    identity, old = identity_of(world), data["predecessor"]
    if data["held"] != ctx.position:
        raise Refusal("succession.moved", held=data["held"], size=ctx.position)
    if old["origin"] != identity.origin or old["vkeys"] != identity.standing:
        raise Refusal("succession.not-the-predecessor", name=old["origin"], origin=identity.origin)
    if read_key(data["vkey"]).name != data["origin"]:
        raise Refusal("ledger-key.other-name", name=read_key(data["vkey"]).name, origin=data["origin"])
    if data["origin"] in [name["origin"] for name in identity.names]:
        raise Refusal("succession.name-used", origin=data["origin"])
    size, shown = _signed_for(old["checkpoint"], identity), _signed_for(data["shown"], identity)
    if shown > min(size, ctx.position):
        raise Refusal("succession.shows-too-much", shown=shown, size=size, held=ctx.position)
    _demand_reason(data["reason"], ctx.position, size, shown)
    missing = [ctx.position, size] if size > ctx.position else None
    outcome = {"size": size, "missing": missing, "shown": shown, "until": ends(data, ctx)}
    return Decision(outcome=outcome)


def _signed_for(note: str | None, identity: Identity) -> int:
    """How many entries a checkpoint of the old name covers; 0 where there is none."""
    if note is None:
        return 0
    try:
        return open_checkpoint(note, *map(Verifier.parse, identity.trusted)).size
    except LedgerFormatError as error:
        raise Refusal("succession.checkpoint-unsigned", cause=str(error)) from None


def _demand_reason(reason: str, held: int, size: int, shown: int) -> None:
    if reason == Cause.TAIL_LOST and size <= held:
        raise Refusal("succession.nothing-missing", size=size, held=held)
    if reason == Cause.HISTORY_DIFFERS and shown == size:
        raise Refusal("succession.nothing-differs", size=size)


def _project(statement: Statement, position: int, world: World) -> Iterable[Any]:
    identity, data, outcome = world.row(*STREAM), statement.data, statement.outcome
    ended = {"until": outcome["until"], "reason": SUCCEEDED}
    keys = ({**key, **(ended if key["until"] is None else {})} for key in identity.keys)
    inherited = (data["held"], outcome["size"], outcome["shown"])
    name = new_name(data["origin"], data["vkey"], statement.at, position, inherited)
    closed = identity.with_keys(keys, position)
    yield replace(closed, names=[*closed.names, name])


def _reads(_data: Data, _world: World) -> Iterable[Stream]:
    yield STREAM


SUCCEED = Kind("ledger-succeeded", {1: _decide}, _project, _reads, scope=Scope.PARTIES_WRITE)
KINDS = [SUCCEED]

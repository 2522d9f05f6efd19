"""The first statement of a ledger: its name and its key. It stands at position 0 and nowhere else."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from schema.problems import Refusal
from service.ledger import PLATFORM, Context, Data, Decision, Kind, Statement, Stream, World
from service.parties.identity import HERE, Identity, new_name
from service.parties.standing import Scope


def _decide(data: Data, ctx: Context, _world: World) -> Decision:
    if ctx.actor != PLATFORM:
        raise Refusal("opening.reserved")
    if ctx.position != 0:
        raise Refusal("opening.already", origin=data["origin"], position=ctx.position)
    return Decision()


def _project(statement: Statement, position: int, _world: World) -> Iterable[Any]:
    data = statement.data
    yield Identity(HERE, [new_name(data["origin"], data["vkey"], statement.at, position)], position)


def _reads(_data: Data, _world: World) -> Iterable[Stream]:
    return ()


OPEN_LEDGER = Kind("ledger-opened", {2: _decide}, _project, _reads, scope=Scope.PARTIES_WRITE)

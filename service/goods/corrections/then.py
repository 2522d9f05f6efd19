"""Judging what was said at its own time: the same decider, actor, recorded time and ids as then."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, TypeVar

from service.goods.corrections.said import Said
from service.incidents.state import Hold
from service.ledger import Context, Data, Kind, Statement, World
from service.ledger.kinds import IDS_PER_POSITION
from service.ledger.world import Fork, Key, Projection, Versioned

R = TypeVar("R", bound=Versioned)


class Then(Fork):
    """A world without the holds that were placed from a position on: they stood in nobody's way before."""

    def __init__(self, base: World, position: int) -> None:
        super().__init__(base)
        self._position = position

    def get(self, projection: Projection[R], key: Key) -> R | None:
        """The row; a later hold is as if lifted."""
        row: Any = super().get(projection, key)
        if isinstance(row, Hold) and row.id // IDS_PER_POSITION > self._position:
            row = replace(row, lifted_at=row.placed_at)
        found: R | None = row
        return found


def judged(kind: Kind, said: Said, data: Data, world: World) -> Statement:
    """``data`` in the place of what ``said`` says. Raises Refusal.

    It is judged by the decider that judged it first; ids derive from its position, and so stay the same.
    """
    first = said.first
    context = Context(first.actor, first.at, said.root, kind.name)
    decision = kind.deciders[first.decider](data, context, world)
    broken = tuple({"rule": refusal.code, "facts": refusal.facts} for refusal in decision.breach)
    return replace(first, data=data, outcome=decision.outcome, policy=decision.policy, breach=broken)

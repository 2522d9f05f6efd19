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
    """A world with the holds that were in force when ``said`` was first said: later ones stood in nobody's
    way, and what was lifted since did."""

    def __init__(self, base: World, said: Said) -> None:
        super().__init__(base)
        self._position, self._at = said.root, said.first.at

    def get(self, projection: Projection[R], key: Key) -> R | None:
        """The row; a later hold is as if lifted, and one that was lifted later as if it was not."""
        row: Any = super().get(projection, key)
        if isinstance(row, Hold) and row.id // IDS_PER_POSITION > self._position:
            row = replace(row, lifted_at=row.placed_at)
        elif isinstance(row, Hold) and row.lifted_at is not None and row.lifted_at > self._at:
            row = replace(row, lifted_at=None)
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

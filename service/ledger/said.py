"""What was said, by position: for a judgement that needs the words of an earlier statement, to correct it."""

from __future__ import annotations

from dataclasses import dataclass

from service.ledger.statement import Statement
from service.ledger.world import Projection, World


@dataclass(frozen=True, slots=True)
class Said:
    """The statement at ``position``, as the text that its exact bytes are: rows are read as JSON."""

    position: int
    statement: str
    version: int


SAID = Projection(Said, name="statement", queries="ledger/said", key="position", kept=False)


def statement_at(world: World, position: int) -> Statement | None:
    """The statement at a position, in this batch or before it; None beyond the end."""
    said = world.get(SAID, position)
    return None if said is None else Statement.decode(said.statement.encode())

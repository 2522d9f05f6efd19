"""What was said, by position: for a judgement that needs the words of an earlier statement, to correct it."""

from __future__ import annotations

from dataclasses import dataclass

from service.ledger.statement import Statement
from service.ledger.world import Projection, World


@dataclass(frozen=True, slots=True)
class Said:
    """The exact bytes of the statement at ``position``."""

    position: int
    statement: bytes
    version: int


SAID = Projection(Said, name="statement", queries="ledger/said", key="position", kept=False)


def statement_at(world: World, position: int) -> Statement | None:
    """The statement at a position before this batch; None beyond the end."""
    said = world.get(SAID, position)
    return None if said is None else Statement.decode(said.statement)

"""What rows said before: each row that a statement replaced, with the positions between which it stood.

A row stood as of position p (of all statements, those before p are known) where ``since < p <= version``;
one that was not replaced stands from its own version on. So "known when" is a question of positions, never of
happened times, and is answered from rows that ``rebuild`` makes again like all others.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from service.ledger.world import Projection, World


@dataclass(frozen=True, slots=True)
class Superseded:
    """The row of projection ``stream`` with the id ``key`` as the statement at ``since`` left it, until the
    one at ``version`` replaced it; ``id`` is the three as one text. ``row`` holds its columns by name."""

    id: str
    stream: str
    key: int
    since: int
    version: int
    row: dict[str, Any]


SUPERSEDED = Projection(Superseded, name="superseded", queries="ledger/superseded", log=True)


def replaced(rows: Iterable[Any], position: int, world: World) -> Iterator[Superseded]:
    """What the ``rows`` that the statement at ``position`` writes replace; ``world`` is as it was before."""
    seen: set[tuple[str, Any]] = set()
    for row in rows:
        projection = world.projection_of(row)
        key = projection.key(row)
        if projection.history is None or (projection.name, key) in seen:
            continue
        seen.add((projection.name, key))
        before = world.peek(projection, key)
        if before is not None:
            columns = dict(zip(projection.columns, projection.values(before), strict=True))
            named, since = getattr(before, projection.history), before.version
            id_ = f"{projection.name}/{named}/{since}"
            yield Superseded(id_, projection.name, named, since, position, columns)

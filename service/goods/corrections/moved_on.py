"""What stands in the way of a correction: what was recorded about the same goods later, by name."""

from __future__ import annotations

from typing import Any

from schema.problems import Refusal
from service.goods.corrections.said import Said
from service.goods.state import CORRECTION, LEAVING, Edge, Unit
from service.ledger import World
from service.ledger.said import statement_at


def later_edges(unit: Unit, said: Said, world: World) -> list[Edge]:
    """What left the unit by statements that were recorded after ``said`` and still stand."""
    edges = world.among(LEAVING, unit.id)
    later = [edge for edge in edges if edge.version > said.root and edge.version != said.position]
    return [edge for edge in later if world.get(CORRECTION, edge.version) is None]


def moved_on(row: Any, what: str, said: Said, world: World) -> Refusal:
    """``what`` of a row, which may be as it would be, cannot change because of what was recorded later."""
    positions = _later(row, said, world)
    return Refusal(
        "correction.goods-moved-on",
        field="/replacement",
        causes=[_movement(position, world) for position in positions],
        kind=type(row).__name__.lower(),
        id=row.id,
        what=what,
        later=", ".join(map(str, positions)),
    )


def _later(row: Any, said: Said, world: World) -> list[int]:
    """Edges name their statements; what left no edge, such as a loss, is the last to have written the row."""
    positions = set()
    if isinstance(row, Unit):
        positions = {edge.version for edge in later_edges(row, said, world)}
    projection = world.projection_of(row)
    now = world.get(projection, projection.key(row))
    if now is not None and now.version > said.root and now.version != said.position:
        positions.add(now.version)
    return sorted(positions)


def _movement(position: int, world: World) -> Refusal:
    statement = statement_at(world, position)
    return Refusal(
        "correction.later-movement",
        position=position,
        kind=None if statement is None else statement.kind,
        recorded=None if statement is None else statement.at,
    )

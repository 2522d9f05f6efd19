"""What a correction takes back does not escape its holds: goods that return bear what they bore.

Rules kept here: where less went into a unit than was said, the unit that it came from gets, with the goods,
the holds that were placed on them since; a keeper's own hold goes no further than its store. What a statement
holds because of its own breach ends with it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from service.goods.corrections.said import Said
from service.goods.movements.rules import holds_on
from service.goods.state import UNIT, Unit
from service.incidents.breaches import made_by
from service.incidents.coverage import in_hand
from service.incidents.state import Hold, HoldKind
from service.ledger import Data, World
from service.ledger.kinds import IDS_PER_POSITION


def with_holds(rows: Sequence[Any], said: Said, becomes: Data, world: World) -> Iterator[Any]:
    """The rows of a correction; ``becomes`` is the outcome of the replacement, empty for a withdrawal."""
    origins = _returning(said, becomes)
    for row in rows:
        if not isinstance(row, Unit) or row.id not in origins:
            yield row
            continue
        held = {hold.id for hold in holds_on(row, world)}
        along = (hold for unit in sorted(origins[row.id]) for hold in placed_since(unit, said, world))
        more = {hold.id for hold in along if hold.id not in held and _goes_to(hold, row)}
        yield replace(row, holds=sorted({*row.holds, *more})) if more else row


def placed_since(unit_id: int, said: Said, world: World) -> list[Hold]:
    """The holds in force on a unit that were placed after the statement was made, not by its own breach."""
    unit = world.get(UNIT, unit_id)
    holds = [] if unit is None else holds_on(unit, world)
    own = said.outcome.get("hold")
    return [hold for hold in holds if hold.id // IDS_PER_POSITION > said.root and hold.id != own]


def fewer(said: Said, becomes: Data) -> list[int]:
    """The units that the statement made and that now get less than was said."""
    less = _came(said.outcome)
    less.subtract(_came(becomes))
    return sorted(unit for unit, grams in less.items() if grams > 0)


def _returning(said: Said, becomes: Data) -> dict[int, set[int]]:
    """By each unit that gets goods back, the units that these come back from."""
    less = _went(said.outcome)
    less.subtract(_went(becomes))
    node = said.outcome.get("node")
    origins: dict[int, set[int]] = {}
    for (source, to), grams in less.items():
        if grams > 0 and source // IDS_PER_POSITION != said.root:
            origins.setdefault(source, set()).update(made_by(said.outcome) if to == node else (to,))
    return origins


def _went(outcome: Data) -> Counter[tuple[int, int]]:
    """Grams from a unit to a unit or node."""
    went: Counter[tuple[int, int]] = Counter()
    for source, to, _, grams in outcome.get("flows", ()):
        if isinstance(source, int) and isinstance(to, int):
            went[source, to] += grams
    return went


def _came(outcome: Data) -> Counter[int]:
    """Grams that came into each unit that was made."""
    came: Counter[int] = Counter()
    made = set(made_by(outcome))
    for _, to, _, grams in outcome.get("flows", ()):
        if to in made:
            came[to] += grams
    return came


def _goes_to(hold: Hold, unit: Unit) -> bool:
    return hold.kind != HoldKind.OWN or in_hand(unit, hold.organisation)

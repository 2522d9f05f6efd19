"""What keeps goods where they are: the holds that are in force on a unit. Pure reads of a world."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from schema.problems import Refusal
from service.incidents.state import HELD_LOT, HOLD, Hold
from service.ledger import Stream, World


def holds_in_force(own: Iterable[int], lot: int, world: World) -> list[Hold]:
    """The holds in force on a unit with its ``own`` holds, or on all of its ``lot``, the oldest first."""
    held = world.get(HELD_LOT, lot)
    ids = sorted({*own, *(() if held is None else held.holds)})
    holds = (world.get(HOLD, id_) for id_ in ids)
    return [hold for hold in holds if hold is not None and hold.lifted_at is None]


def hold_streams(own: Iterable[int], lot: int, world: World) -> Iterator[Stream]:
    """The streams that ``holds_in_force`` reads, as far as they can be told."""
    yield HELD_LOT, lot
    held = world.peek(HELD_LOT, lot)
    for hold in (*own, *(() if held is None else held.holds)):
        yield HOLD, hold


def held(holds: Iterable[Hold], unit: int, field: str = "/unit") -> Iterator[Refusal]:
    """The rule that one breaks who moves held goods elsewhere than to quarantine or disposal."""
    for hold in holds:
        yield Refusal("unit.held", field=field, unit=unit, hold=hold.id, reason=hold.reason)
        return

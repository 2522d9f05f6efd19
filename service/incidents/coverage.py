"""What a hold covers: the goods that its question names, and all that is made of them. Pure reads of a world.

Rules kept here: a lot, and an arrival, is covered as a whole with every lot made of it, so a hold on 50,000
units writes a handful of rows; single units are covered with every unit made of them. What was recorded
before the hold is found by walking the edges, under the head row; what is recorded after it inherits. A
keeper's own hold ends at its door: it covers what is in its hands.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from schema.problems import Refusal
from service.goods.state import ARRIVAL, CORRECTION, LEAVING, LOT, MADE_OF, UNIT, Unit, UnitState
from service.incidents.state import HELD_LOT
from service.ledger import Stream, World
from service.ledger.world import Index, UnloadedError

MOST_UNITS = 2000
MOST_LOTS = 900
"""A history line a lot is written, and a statement makes at most a thousand of a kind."""

IN_STORE = (UnitState.QUARANTINED, UnitState.RELEASED)


@dataclass(frozen=True, slots=True)
class Limit:
    """How many of something one hold covers by name; ``code`` is the rule's."""

    code: str
    most: int

    def demand(self, found: Collection[Any]) -> None:
        """Raises Refusal ``hold.too-many-…``."""
        if len(found) > self.most:
            raise Refusal(self.code, field="/question", most=self.most)


UNITS, LOTS = Limit("hold.too-many-units", MOST_UNITS), Limit("hold.too-many-lots", MOST_LOTS)

Question = Mapping[str, Sequence[int]]
"""``{"lots": […]}``, ``{"arrivals": […]}`` or ``{"units": […]}``: one of them."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """Lots that are covered as a whole, and single units. Each in ascending order.

    ``whole`` are the keys of the lots' rows, which for arrivals are the arrivals' own as well.
    """

    whole: tuple[int, ...]
    lots: tuple[int, ...]
    units: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Span:
    """The positions whose statements count: from ``since`` on, and before ``before``; None is no bound."""

    since: int | None = None
    before: int | None = None

    def __contains__(self, position: int) -> bool:
        return (self.since is None or position >= self.since) and (
            self.before is None or position < self.before
        )


ALWAYS = Span()


def covered(question: Question, world: World, *, span: Span = ALWAYS, keeper: int = 0) -> Coverage:
    """What ``question`` covers by what statements within ``span`` made of it.

    ``keeper`` is the organisation at whose door a hold of its own ends. Raises Refusal ``hold.too-many-…``.
    """
    if "units" not in question:
        arrivals = question.get("arrivals", ())
        whole = sorted(_reached([*question.get("lots", ()), *arrivals], MADE_OF, world, span, LOTS))
        lots = [key for key in whole if key not in arrivals]
        LOTS.demand(lots)
        return Coverage(tuple(whole), tuple(lots), ())

    def passes(child: int) -> bool:
        unit = world.get(UNIT, child)
        return unit is None or not keeper or in_hand(unit, keeper)

    # A node of a transformation is walked through, and is no unit.
    nodes = _reached(question["units"], LEAVING, world, span, UNITS, passes)
    units = [unit for unit in (world.get(UNIT, key) for key in sorted(nodes)) if unit is not None]
    lots = sorted({unit.lot for unit in units})
    UNITS.demand(units)
    LOTS.demand(lots)
    return Coverage((), tuple(lots), tuple(unit.id for unit in units))


def in_hand(unit: Unit, keeper: int) -> bool:
    """Whether a unit is in the store of ``keeper``."""
    return unit.custodian == keeper and unit.state in IN_STORE


def _reached(
    named: Iterable[int],
    index: Index[Any],
    world: World,
    span: Span,
    limit: Limit,
    passes: Callable[[int], bool] = lambda _child: True,
) -> set[int]:
    """All that rows of ``index`` lead to, the start included; rows that are not of ``span`` are not followed.

    Nodes are counted with the rest, so the walk is given up at twice the limit; the caller checks it exactly.
    """
    found = set(named)
    waiting = sorted(found)
    while waiting:
        if len(found) > 2 * limit.most:
            limit.demand(found)
        for row in world.among(index, waiting.pop()):
            if row.child in found or row.version not in span:
                continue
            if not _is_excluded(row.version, world) and passes(row.child):
                found.add(row.child)
                waiting.append(row.child)
    return found


def _is_excluded(position: int, world: World) -> bool:
    """Whether an authority decided that the movement, which was withdrawn or replaced, never was."""
    correction = world.get(CORRECTION, position)
    return correction is not None and correction.excluded_at is not None


def coverage_streams(question: Question, world: World, span: Span = ALWAYS) -> Iterator[Stream]:
    """The streams that ``covered`` reads, as far as the rows loaded so far can tell."""
    is_units = "units" in question
    index: Index[Any] = LEAVING if is_units else MADE_OF
    named = [key for name in ("lots", "arrivals", "units") for key in question.get(name, ())]
    yield from ((LOT, lot) for lot in question.get("lots", ()))
    yield from ((ARRIVAL, arrival) for arrival in question.get("arrivals", ()))
    found = set(named)
    waiting = list(named)
    while waiting and len(found) <= 2 * MOST_UNITS:
        key = waiting.pop()
        yield (UNIT if is_units else HELD_LOT), key
        yield index, key
        for row in _made(index, key, world):
            if row.version not in span:
                continue
            yield CORRECTION, row.version
            if row.child not in found:
                found.add(row.child)
                waiting.append(row.child)


def _made(index: Index[Any], key: int, world: World) -> Sequence[Any]:
    try:
        return world.among(index, key)
    except UnloadedError:
        return []

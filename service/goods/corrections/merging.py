"""What a correction makes of rows that lived on since: three versions of each row are put together.

``before`` is the row as the statement made it, ``after`` as its replacement makes it, ``now`` as it is. What
the correction leaves alone stays as it is now; sums move by what it changes; anything else it may change only
where nobody else did. So later releases, receipts, sales and holds stay, whatever is corrected beneath them.

Rules kept here: what a statement is about is never corrected; of goods that moved on only amounts are, and
times that still fit; nothing goes negative, and pieces and grams go together.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from schema.moments import parse
from schema.problems import Refusal
from service.codes.state import ISSUED_CODE
from service.goods.corrections.moved_on import later_edges, moved_on
from service.goods.corrections.said import Said
from service.goods.disinfection.state import Disinfection
from service.goods.state import (
    SHIPMENT,
    Arrival,
    Certificate,
    Event,
    Lot,
    Release,
    Shipment,
    Unit,
    UnitState,
)
from service.ledger import World
from service.ledger.kinds import IDS_PER_POSITION
from service.ledger.world import Fork, Key, Projection

_ACCOUNT = ("out_grams", "loss_grams", "sample_grams", "destroyed_grams")


@dataclass(frozen=True, slots=True)
class Shape:
    """``fixed``: columns that say what the row is about. ``lived``: those by which one sees that it lived on;
    then ``settled`` ones may change no more. What a ``latest`` column says now was said later. A ``judged``
    one is what the judgement of the replacement finds by now."""

    fixed: tuple[str, ...] = ()
    lived: tuple[str, ...] = ()
    settled: tuple[str, ...] = ()
    latest: tuple[str, ...] = ()
    judged: tuple[str, ...] = ()


_SHAPES: Mapping[type[Any], Shape] = {
    Unit: Shape(
        fixed=("lot", "family"),
        lived=_ACCOUNT,
        settled=(
            *("owner", "custodian", "facility", "region", "state", "shipment"),
            *("pack", "packaging"),
        ),
        latest=("zone",),
    ),
    Lot: Shape(
        fixed=("family", "code", "arrival"),
        lived=("certificates", "released_grams"),
        settled=("regime", "withdrawn", "facility"),
    ),
    Arrival: Shape(lived=("opened_at", "registered_grams"), settled=("facility", "regime", "withdrawn")),
    Shipment: Shape(
        fixed=("consignor",),
        lived=("received_at",),
        settled=("consignee", "origin", "destination", "units", "purpose", "passes", "withdrawn"),
    ),
    Certificate: Shape(judged=("named_grams",)),
    Release: Shape(fixed=("code", "lot")),
    Disinfection: Shape(
        lived=("accepted_in",),
        settled=("subject", "target", "agent", "pieces", "happened_at", "terminal", "withdrawn"),
    ),
}
_PLAIN = Shape()
_APART = ("version", "holds", "opened_in")
"""A hold is lifted, never corrected away: a unit bears what it bore, and what it would bear. An opening is
found where it was first said."""


@dataclass(frozen=True, slots=True)
class Merging:
    """Puts rows together for a correction of what ``said`` says.

    ``without`` is the state as if it had not been said.
    """

    said: Said
    without: Fork
    world: World

    def rows(self, before: Iterable[Any], after: Iterable[Any], position: int) -> list[Any]:
        """What the correction at ``position`` writes. Raises Refusal ``correction.…``."""
        was, becomes = self._keyed(before), self._keyed(after)
        logs = [row for row in after if self._is_new(row)]
        places = dict.fromkeys((*was, *becomes))
        merged = (self._row(*place, was.get(place), becomes.get(place)) for place in places)
        changed = [replace(row, version=position) for row in merged if row is not None]
        self._check([row for row in changed if isinstance(row, Unit)], changed)
        return [*changed, *logs]

    def _keyed(self, rows: Iterable[Any]) -> dict[tuple[Projection[Any], Key], Any]:
        """Rows that may have lived on, by their streams."""
        found = ((self.world.projection_of(row), row) for row in rows)
        return {
            (projection, projection.key(row)): row
            for projection, row in found
            if not projection.log and projection is not ISSUED_CODE
        }

    def _is_new(self, row: Any) -> bool:
        """A line of a log, or a code of something that is only made now. History gets a line of its own."""
        projection = self.world.projection_of(row)
        if projection is ISSUED_CODE:
            return self.world.get(ISSUED_CODE, projection.key(row)) is None
        return projection.log and not isinstance(row, Event)

    def _row(self, projection: Projection[Any], key: Key, before: Any, after: Any) -> Any:
        """The row as it will be; None where it stays as it is."""
        now = self.world.get(projection, key)
        is_made_here = isinstance(key, int) and key // IDS_PER_POSITION == self.said.root
        base = None if is_made_here else self.without.get(projection, key)
        if before is None:
            before = now if base is None else base
        if after is None:
            after = _gone(before) if base is None else base
        if now is None or before is None:
            return after
        merged = self._merged(now, before, after)
        return None if merged == now else merged

    def _merged(self, now: Any, before: Any, after: Any) -> Any:
        shape = _SHAPES.get(type(now), _PLAIN)
        columns = self.world.projection_of(now).columns
        differing = [
            c
            for c in columns
            if c not in _APART and (c in shape.judged or getattr(before, c) != getattr(after, c))
        ]
        changes = {}
        if isinstance(now, Unit):
            changes["holds"] = sorted({*now.holds, *after.holds})
        for column in differing:
            was, becomes, is_now = (getattr(row, column) for row in (before, after, now))
            if column in shape.fixed:
                raise _other_goods(now, column, was, becomes)
            if column in shape.judged:
                changes[column] = becomes
            elif _is_sum(column, was, becomes, is_now):
                changes[column] = is_now + becomes - was
            elif column in shape.settled and self._lived_on(now, before, shape):
                raise moved_on(now, column, self.said, self.world)
            elif is_now == was:
                changes[column] = becomes
            elif isinstance(is_now, list):
                kept = [each for each in is_now if each not in was or each in becomes]
                changes[column] = [*kept, *(each for each in becomes if each not in (*was, *kept))]
            elif column not in shape.latest and is_now != becomes:
                raise moved_on(now, column, self.said, self.world)
        return replace(now, **changes)

    def _lived_on(self, now: Any, before: Any, shape: Shape) -> bool:
        if any(getattr(now, column) != getattr(before, column) for column in shape.lived):
            return True
        return isinstance(now, Unit) and bool(later_edges(now, self.said, self.world))

    def _check(self, units: Iterable[Unit], changed: Iterable[Any]) -> None:
        """Every account still holds, and nobody moves goods before they were there."""
        then = Fork(self.world)
        then.put(changed)
        for lot in (row for row in changed if isinstance(row, Lot)):
            if lot.released_grams > lot.grams:
                raise moved_on(lot, "grams", self.said, self.world)
        for unit in units:
            parted = unit.pieces is not None and (unit.pieces == 0) != (unit.grams == 0)
            if parted or any(amount < 0 for amount in _amounts(unit)):
                raise moved_on(unit, "grams", self.said, self.world)
            if unit.state == UnitState.IN_TRANSIT and unit.grams and unit.shipment is not None:
                shipment = then.get(SHIPMENT, unit.shipment)
                if shipment is not None and shipment.received_at is not None:
                    raise moved_on(unit, "grams", self.said, self.world)
            made = parse(unit.made_at)
            for edge in later_edges(unit, self.said, self.world):
                if parse(edge.happened_at).certainly_before(made):
                    raise moved_on(unit, "made_at", self.said, self.world)


def _gone(row: Any) -> Any:
    """A row that nothing makes any more."""
    if isinstance(row, Unit):
        # Besides those that it bears now it gets no holds.
        return replace(row, state=UnitState.WITHDRAWN.value, holds=[], **_empty(row))
    return replace(row, withdrawn=True)


def _empty(unit: Unit) -> dict[str, Any]:
    """Nothing came, and so nothing went: a stock difference is gone at once by what drew on it."""
    columns = [name for name in unit.__slots__ if name.endswith(("pieces", "grams"))]
    return {name: 0 for name in columns if getattr(unit, name) is not None}


def _is_sum(column: str, *values: Any) -> bool:
    return column.endswith(("pieces", "grams")) and all(isinstance(value, int) for value in values)


def _amounts(unit: Unit) -> Iterator[int]:
    """What must not be negative: what is on hand, and what went each way."""
    names = ("in", "out", "loss", "sample", "destroyed")
    columns = ("pieces", "grams", *(f"{name}_{what}" for name in names for what in ("pieces", "grams")))
    yield from (amount for amount in (getattr(unit, column) for column in columns) if amount is not None)


def _other_goods(row: Any, column: str, was: object, stated: object) -> Refusal:
    return Refusal(
        "correction.other-goods",
        field="/replacement",
        what=column,
        kind=type(row).__name__.lower(),
        id=row.id,
        was=str(was),
        stated=str(stated),
    )

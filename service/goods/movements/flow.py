"""What a movement writes: the accounts that it drew on, the edges, and a line in each lot's history."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace

from schema.problems import Refusal
from service.goods.accounts import lose, take
from service.goods.state import Edge, Event, MovementKind, Unit
from service.ledger import Statement
from service.ledger.kinds import IDS_PER_POSITION


@dataclass(slots=True)
class Accounts:
    """The units that one statement draws on, each as it stands after all that was drawn so far."""

    _after: dict[int, Unit] = field(default_factory=dict)

    def take(self, unit: Unit, pieces: int | None, grams: int, pointer: str = "") -> None:
        """Take from ``unit``; a refusal blames the field at ``pointer``."""
        self._draw(take, unit, pieces, grams, pointer)

    def lose(self, unit: Unit, pieces: int | None, grams: int, pointer: str = "") -> None:
        """Declare lost in ``unit``; a refusal blames the field at ``pointer``."""
        self._draw(lose, unit, pieces, grams, pointer)

    def _draw(
        self,
        draw: Callable[[Unit, int | None, int], Unit],
        unit: Unit,
        pieces: int | None,
        grams: int,
        pointer: str,
    ) -> None:
        try:
            self._after[unit.id] = draw(self._after.get(unit.id, unit), pieces, grams)
        except Refusal as refusal:
            raise refusal.at(pointer) from None

    def rows(self, position: int) -> Iterator[Unit]:
        """Each unit once, as the statement at ``position`` leaves it."""
        for unit in self._after.values():
            yield replace(unit, version=position)


def edges(
    kind: MovementKind,
    happened_at: str,
    position: int,
    flows: Iterable[tuple[int, int, int, int | None, int]],
) -> Iterator[Edge]:
    """One edge a flow of (parent, child, family, pieces, grams)."""
    for place, (parent, child, family, pieces, grams) in enumerate(flows):
        yield Edge(
            id=position * IDS_PER_POSITION + place,
            parent=parent,
            child=child,
            family=family,
            kind=kind.value,
            pieces=pieces,
            grams=grams,
            happened_at=happened_at,
            version=position,
        )


def events(
    statement: Statement, position: int, lots: Iterable[int], facility: int | None, happened_at: str
) -> Iterator[Event]:
    """One line in the history of each lot that the statement touched."""
    for place, lot in enumerate(sorted(set(lots))):
        yield Event(
            id=position * IDS_PER_POSITION + place,
            lot=lot,
            kind=statement.kind,
            organisation=statement.actor.organisation,
            facility=facility,
            happened_at=happened_at,
            version=position,
        )

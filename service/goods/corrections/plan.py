"""One correction, worked out: the state without what it corrects, and the rows that it leaves. Pure.

The judgement and the projector both make it, from the same arguments, so they come to the same rows.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from schema.problems import Problem, Refusal
from service.goods.corrections.going_back import with_holds
from service.goods.corrections.merging import Merging
from service.goods.corrections.moved_on import later_edges, moved_on
from service.goods.corrections.papers import with_consequences
from service.goods.corrections.said import Said
from service.goods.corrections.subjects import Subject
from service.goods.corrections.then import Then, judged
from service.goods.corrections.undoing import give_back
from service.goods.movements.rules import holds_on
from service.goods.state import UNIT, Event
from service.incidents.breaches import HOLD_PLACE
from service.ledger import Context, Data, Statement, Stream, World
from service.ledger.kinds import IDS_PER_POSITION
from service.ledger.world import Fork, Index

_NOT_THERE = ("unit.insufficient-grams", "unit.insufficient-pieces", "unit.remainder-mismatch")


def load_all(streams: Iterable[Stream], world: World) -> None:
    """Read streams, so that what only projectors look at is there as well. Raises UnloadedError."""
    for source, key in streams:
        if isinstance(source, Index):
            world.among(source, key)
        else:
            world.get(source, key)


@dataclass(frozen=True, slots=True)
class Plan:
    """The correction at ``position`` of what ``said`` says; ``before`` are the rows that this made."""

    said: Said
    subject: Subject
    world: World
    position: int
    without: Fork
    before: tuple[Any, ...]

    @classmethod
    def of(cls, said: Said, subject: Subject, world: World, position: int) -> Plan:
        """Take back what is said."""
        load_all(subject.kind.reads(said.last, world), world)
        without = Fork(world)
        give_back(said, without)
        subject.undo(said, without)
        stands = said.statement
        made = () if stands is None else tuple(subject.kind.project(stands, position, Fork(without)))
        return cls(said, subject, world, position, without, made)

    def replaced(self, data: Data, ctx: Context) -> Statement:
        """``data`` judged in its place. Raises the Refusal of a rule, or ``correction.goods-moved-on``."""
        load_all(self.subject.kind.reads(data, self.world), self.world)
        then = Then(self.without, self.said)
        try:
            statement = judged(self.subject.kind, self.said, data, then)
        except Refusal as refusal:
            raise self._blamed(refusal) from None
        for difference in statement.outcome.get("differences", ()):
            self._demand_unmoved(difference["like"])
        return self._with_holds(statement, ctx)

    def _blamed(self, refusal: Refusal) -> Problem:
        """What is not there because it went on later is blamed on what took it."""
        if refusal.code in _NOT_THERE:
            self._demand_unmoved(refusal.facts["unit"])
        return refusal.at(f"/replacement{refusal.field or ''}")

    def _demand_unmoved(self, unit_id: Any) -> None:
        unit = self.world.get(UNIT, unit_id)
        if unit is not None and later_edges(unit, self.said, self.world):
            raise moved_on(unit, "grams", self.said, self.world)

    def _with_holds(self, statement: Statement, ctx: Context) -> Statement:
        """What a transformation makes bears what was placed on all that went in since; whatever is drawn from
        one unit bears what that bears. A breach that was there before keeps its hold; a new one gets the
        correction's own."""
        outcome = statement.outcome
        holds = {*outcome.get("holds", ()), *(self._placed_since(outcome) if "node" in outcome else ())}
        if "hold" in outcome:
            kept = self.said.outcome.get("hold", ctx.id(HOLD_PLACE))
            holds = {kept if each == outcome["hold"] else each for each in holds}
            outcome = outcome | {"hold": kept}
        return replace(statement, outcome=outcome | ({"holds": sorted(holds)} if holds else {}))

    def _placed_since(self, outcome: Data) -> set[int]:
        sources = {source for source, *_ in outcome.get("flows", ()) if isinstance(source, int)}
        units = (self.world.get(UNIT, each) for each in sources if each // IDS_PER_POSITION != self.said.root)
        holds = (hold.id for unit in units if unit is not None for hold in holds_on(unit, self.world))
        return {hold for hold in holds if hold // IDS_PER_POSITION > self.said.root}

    def as_replaced(self, data: Data | None, outcome: Data) -> Statement | None:
        """The replacement as the correction's ``outcome`` keeps it; None for a withdrawal."""
        if data is None:
            return None
        broken = tuple(outcome["breach"])
        return replace(self.said.first, data=data, outcome=outcome["said"], breach=broken)

    def rows(self, replaced: Statement | None) -> list[Any]:
        """What the correction writes. Raises Refusal ``correction.…`` where it cannot stand."""
        merging = Merging(self.said, self.without, self.world)
        rows = merging.rows(self.before, self._after(replaced), self.position)
        becomes = {} if replaced is None else replaced.outcome
        rows = [*with_holds(rows, self.said, becomes, self.world)]
        return with_consequences(rows, self.world, self.position)

    def history(self, replaced: Statement | None) -> list[Event]:
        """The lines of history that the statement wrote and those that its replacement would have."""
        return [row for row in (*self.before, *self._after(replaced)) if isinstance(row, Event)]

    def _after(self, replaced: Statement | None) -> tuple[Any, ...]:
        if replaced is None:
            return ()
        return tuple(self.subject.kind.project(replaced, self.position, Fork(self.without)))

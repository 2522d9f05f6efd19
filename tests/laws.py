"""The laws that hold of a ledger's rows whatever was said, in other words than the product's.

::

    Books(rows).check()

``rows`` gives every row of a projection: of a history in memory, or of the tables. Each law is a loop over
all rows, slow on purpose.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable
from typing import Any

from service.goods.state import CERTIFICATE, EDGE, LOT, PARENTAGE, UNIT, Edge, Unit
from service.incidents.state import FINDING, HELD_LOT, HOLD
from service.ledger import Statement
from service.ledger.world import Projection


class Books:
    """All rows, and the statements that made them. ``corrected`` are positions that no longer count."""

    def __init__(
        self,
        rows: Callable[[Projection[Any]], Iterable[Any]],
        statements: Collection[tuple[int, Statement]],
        corrected: Collection[int] = (),
    ) -> None:
        self.units: dict[int, Unit] = {unit.id: unit for unit in rows(UNIT)}
        self.edges: list[Edge] = [*rows(EDGE)]
        self.lots = {lot.id: lot for lot in rows(LOT)}
        self.certificates = [*rows(CERTIFICATE)]
        self.parentage = [*rows(PARENTAGE)]
        self.holds = [*rows(HOLD)]
        self.held = {held.lot: set(held.holds) for held in rows(HELD_LOT)}
        self.findings = {finding.statement: finding for finding in rows(FINDING)}
        self.statements = dict(statements)
        self.corrected = set(corrected)
        self.effective = [edge for edge in self.edges if edge.version not in self.corrected]

    def check(self) -> None:
        """Every law."""
        self.accounts_balance()
        self.edges_are_what_accounts_say()
        self.nothing_comes_from_nowhere()
        self.papers_carry_no_more_than_they_say()
        self.breaches_are_found()
        self.holds_cover_what_was_made()

    def accounts_balance(self) -> None:
        """in = on hand + out + loss + samples + destroyed, nothing negative; pieces go with grams."""
        for unit in self.units.values():
            parts = (unit.grams, unit.out_grams, unit.loss_grams, unit.sample_grams, unit.destroyed_grams)
            assert min(parts) >= 0, unit
            assert unit.in_grams == sum(parts), unit
            counts = (
                unit.pieces,
                unit.out_pieces,
                unit.loss_pieces,
                unit.sample_pieces,
                unit.destroyed_pieces,
            )
            if unit.in_pieces is None:
                assert set(counts) == {None}, unit
                continue
            assert min(count or 0 for count in counts) >= 0, unit
            assert unit.in_pieces == sum(count or 0 for count in counts), unit
            assert (unit.pieces == 0) == (unit.grams == 0), unit

    def edges_are_what_accounts_say(self) -> None:
        """What left a unit into others, and what came into it, are its edges."""
        out, came = Counter[int](), Counter[int]()
        for edge in self.effective:
            out[edge.parent] += edge.grams
            came[edge.child] += edge.grams
        for unit in self.units.values():
            assert unit.out_grams == out[unit.id], unit
            if came[unit.id]:
                assert unit.in_grams == came[unit.id], unit

    def nothing_comes_from_nowhere(self) -> None:
        """Goods without a way in were registered, found, or are a stock difference that the ledger names."""
        fed = {edge.child for edge in self.effective}
        for unit in self.units.values():
            if unit.in_grams and unit.id not in fed:
                assert unit.id in self._from_nowhere(), unit

    def _from_nowhere(self) -> set[int]:
        found: set[int] = set()
        for statement in self.statements.values():
            for outcome in (statement.outcome, statement.outcome.get("outcome") or {}):
                found |= {to for source, to, *_ in outcome.get("flows", ()) if source is None}
        return found

    def papers_carry_no_more_than_they_say(self) -> None:
        """Kilograms certified are at least kilograms released, and a lot releases at most what it is."""
        for paper in self.certificates:
            assert paper.grams is None or paper.released_grams <= paper.grams, paper
            assert paper.pieces is None or paper.released_pieces <= paper.pieces, paper
        released = Counter[int]()
        for edge in self.effective:
            if edge.kind == "release":
                released[self.units[edge.parent].lot] += edge.grams
        for lot in self.lots.values():
            if lot.arrival is not None:
                assert lot.released_grams == released[lot.id] <= lot.grams, lot

    def breaches_are_found(self) -> None:
        """Every fact in breach raised a finding, and what it made is held because of it."""
        for position, statement in self.statements.items():
            if not statement.breach:
                continue
            finding = self.findings[position]
            assert finding.rules == list(statement.breach)
            for unit in statement.outcome.get("units", ()):
                if finding.hold is not None and unit is not None:
                    assert finding.hold in self.units[unit].holds, (position, unit)

    def holds_cover_what_was_made(self) -> None:
        """A hold in force covers exactly what it named and all that was made of it."""
        for hold in self.holds:
            if hold.lifted_at is None:
                bearing = {unit.id for unit in self.units.values() if self._bears(unit, hold.id)}
                assert bearing == self.made_of(hold.question), hold

    def _bears(self, unit: Unit, hold: int) -> bool:
        return hold in unit.holds or hold in self.held.get(unit.lot, ())

    def made_of(self, question: dict[str, list[int]]) -> set[int]:
        """The units that a question names, and every one made of them, by walking all edges."""
        lots = set(question.get("lots", ()))
        for arrival in question.get("arrivals", ()):
            lots |= {each.child for each in self.parentage if each.parent == arrival}
        found = set(question.get("units", ()))
        found |= {unit.id for unit in self.units.values() if unit.lot in lots}
        children = defaultdict(set)
        for edge in self.edges:
            children[edge.parent].add(edge.child)
        waiting = list(found)
        while waiting:
            new = children[waiting.pop()] - found
            found |= new
            waiting += new
        # What was made of held goods makes its whole lot: a lot's units all come from the node's.
        return {id_ for id_ in found if id_ in self.units}

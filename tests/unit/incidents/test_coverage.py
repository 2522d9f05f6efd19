"""A law: a hold in force is on exactly what is made from what it named, whichever side of it that moved on.

Goods of two lots are moved at random while holds are placed and lifted. What a hold is on by the rows that
the statements wrote is compared with a walk over the edges that knows neither coverage.py nor restraint.py.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schema.identifiers import Level, TraceCode
from schema.problems import Refusal
from service.goods.movements import MERGE, PROCESS, RECEIVE, REPACK, SELL, SHIP, SPLIT
from service.goods.state import EDGE, LOT, SHIPMENT, UNIT, Unit, UnitState
from service.incidents.holds import LIFT_HOLD, PLACE_HOLD
from service.incidents.restraint import holds_in_force
from service.incidents.state import HOLD, Hold, HoldKind
from service.ledger import Actor, Data, Kind
from service.registry import make_registry
from tests.history import History
from tests.quay import Quay

GRAMS, PIECES, WHEN = 1000, 40, "2020-08-20"
Step = tuple[int, int, int]


class Trade:
    """Two released lots in a store that processes too, a shop that gets some, and the store's regulator."""

    def __init__(self) -> None:
        self.quay = Quay(History(), accept_exit_certificates_of_other_provinces=True)
        self.history = self.quay.history
        self.regulator = self.quay.town.party("regulator", region="370200")
        self.lots = []
        for _ in range(2):
            goods = self.quay.lot(PIECES, PIECES * GRAMS)
            self.quay.papers(goods)
            self.quay.release(goods)
            self.lots.append(goods.lot)

    def attempt(self, kind: Kind, data: Data, actor: Actor) -> None:
        """Said, or refused by a rule: an intent about held goods is."""
        try:
            self.history.say(kind, data, actor)
        except Refusal:
            return

    def in_store(self, custodian: int, *states: str) -> list[Unit]:
        return [
            unit
            for unit in self.history.rows(UNIT)
            if unit.custodian == custodian and unit.state in states and (unit.pieces or 0) > 0
        ]

    def run(self, steps: list[Step]) -> None:
        """Take each step that is possible where it comes."""
        moves = (self.split, self.ship, self.receive, self.process, self.sell, self.merge, self.repack)
        holds = (self.hold_lot, self.hold_unit, self.hold_arrival, self.hold_own, self.lift, self.lift)
        acts = (*moves, *moves, *moves, *holds)
        for which, first, second in steps:
            acts[which % len(acts)](first, second)

    def pick(self, first: int, custodian: int | None = None) -> Unit | None:
        found = self.in_store(custodian or self.quay.station.organisation, UnitState.RELEASED)
        return found[first % len(found)] if found else None

    def split(self, first: int, second: int) -> None:
        if unit := self.pick(first):
            part = portion(unit, second)
            data = {"unit": unit.id, "parts": [part], "happened_at": WHEN}
            self.attempt(SPLIT, data, self.quay.station.staff)

    def ship(self, first: int, second: int) -> None:
        if unit := self.pick(first):
            road = {"facility": self.quay.place, "destination": self.quay.counter, "departed_at": WHEN}
            items = [{"unit": unit.id, **portion(unit, second)}]
            self.attempt(SHIP, {**road, "items": items}, self.quay.station.staff)

    def receive(self, first: int, _second: int) -> None:
        waiting = [each for each in self.history.rows(SHIPMENT) if each.received_at is None]
        if not waiting:
            return
        shipment = waiting[first % len(waiting)]
        aboard = [self.history.row(UNIT, key) for key in shipment.units]
        items = [{"unit": unit.id, "pieces": unit.pieces, "grams": unit.grams} for unit in aboard]
        data = {"shipment": shipment.id, "happened_at": WHEN, "items": items}
        self.attempt(RECEIVE, data, self.quay.shop.staff)

    def process(self, first: int, second: int) -> None:
        units = {unit.id: unit for unit in (self.pick(first), self.pick(second)) if unit is not None}
        if not units:
            return
        inputs = [{"unit": unit.id, **portion(unit, second)} for unit in units.values()]
        grams = sum(item["grams"] for item in inputs)
        output = {
            "code": TraceCode.new(Level.BATCH, "370200", self.quay.random).text,
            "product": "冻牛肉块",
            "category": "livestock",
            "specification": "1 千克/袋",
            "hs": "0202300090",
            "temperature_class": "frozen",
            "production_batch": "K1",
            "produced_on": WHEN,
            "best_before": "2021-06-01",
            "pieces": grams // GRAMS,
            "grams": grams,
        }
        data = {
            "facility": self.quay.place,
            "inputs": inputs,
            "outputs": [output],
            "loss_grams": 0,
            "happened_at": WHEN,
        }
        self.attempt(PROCESS, data, self.quay.station.staff)

    def sell(self, first: int, second: int) -> None:
        if unit := self.pick(first, self.quay.shop.organisation):
            data = {"unit": unit.id, **portion(unit, second), "happened_at": WHEN}
            self.attempt(SELL, data, self.quay.shop.staff)

    def merge(self, first: int, second: int) -> None:
        one, other = self.pick(first), self.pick(second)
        if one is not None and other is not None and one.id != other.id:
            data = {"units": [one.id, other.id], "happened_at": WHEN}
            self.attempt(MERGE, data, self.quay.station.staff)

    def repack(self, first: int, second: int) -> None:
        if unit := self.pick(first):
            part = portion(unit, second)
            into = [{"pack": "bag", "pieces": part["pieces"] * 2, "grams": part["grams"]}]
            data = {"unit": unit.id, **part, "into": into, "loss_grams": 0, "happened_at": WHEN}
            self.attempt(REPACK, data, self.quay.station.staff)

    def order(self, question: dict[str, list[int]], actor: Actor, seen: int = 0) -> None:
        """``seen`` statements ago the question was asked; that many may have moved goods since."""
        asked_at = max(self.history.position - seen, 0)
        data = {"question": question, "asked_at": asked_at, "digest": "ab" * 32, "reason": "positive"}
        self.attempt(PLACE_HOLD, data, actor)

    def hold_lot(self, first: int, second: int) -> None:
        lots = [lot.id for lot in self.history.rows(LOT)]
        self.order({"lots": [lots[first % len(lots)]]}, self.regulator.manager, second)

    def hold_unit(self, first: int, second: int) -> None:
        units = [unit.id for unit in self.history.rows(UNIT)]
        self.order({"units": [units[first % len(units)]]}, self.regulator.manager, second)

    def hold_arrival(self, _first: int, second: int) -> None:
        self.order({"arrivals": [self.quay.arrival]}, self.regulator.manager, second)

    def hold_own(self, first: int, second: int) -> None:
        if unit := self.pick(first):
            self.order({"units": [unit.id]}, self.quay.station.manager, second)

    def lift(self, first: int, _second: int) -> None:
        holds = [hold for hold in self.history.rows(HOLD) if hold.lifted_at is None]
        if holds:
            lifting = {"hold": holds[first % len(holds)].id, "reason": "error"}
            self.attempt(LIFT_HOLD, lifting, self.regulator.manager)


def portion(unit: Unit, second: int) -> dict[str, Any]:
    """Some pieces of a unit, all of them now and then; each weighs the same."""
    pieces = unit.pieces or 0
    taken = 1 + second % pieces
    return {"pieces": taken, "grams": unit.grams if taken == pieces else taken * (unit.grams // pieces)}


def walked(trade: Trade, hold: Hold) -> set[int]:
    """Units that edges lead to from what a hold named. A keeper's own starts from what was in its hands."""
    edges = trade.history.rows(EDGE)
    units = {unit.id: unit for unit in trade.history.rows(UNIT)}
    lots = {*hold.question.get("lots", ())}
    for lot in trade.history.rows(LOT):
        if lot.arrival in hold.question.get("arrivals", ()):
            lots.add(lot.id)
    start = {*hold.question.get("units", ()), *(key for key, unit in units.items() if unit.lot in lots)}
    if hold.kind == HoldKind.OWN:
        placed = hold.id // 1000
        earlier = [edge for edge in edges if edge.version < placed]
        # Custody and state of what there was are those of now: neither changes in place in this trade.
        kept = {
            key for key, unit in units.items()
            if unit.custodian == hold.organisation and unit.state == UnitState.RELEASED
        }  # fmt: skip
        start = _closure(start, earlier, lambda key: key not in units or key in kept) & units.keys()
        return _closure(start, [edge for edge in edges if edge.version > placed]) & units.keys()
    return _closure(start, edges) & units.keys()


def _closure(start: set[int], edges: list[Any], passes: Any = lambda _key: True) -> set[int]:
    children = defaultdict(list)
    for edge in edges:
        children[edge.parent].append(edge.child)
    found, waiting = set(start), list(start)
    while waiting:
        for child in children[waiting.pop()]:
            if child not in found and passes(child):
                found.add(child)
                waiting.append(child)
    return found


@settings(max_examples=60, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.tuples(st.integers(0, 26), st.integers(0, 50), st.integers(0, 12)), max_size=40))
def test_each_hold_is_on_exactly_what_was_made_of_what_it_named(steps: list[Step]) -> None:
    trade = Trade()
    trade.run(steps)
    world = trade.history.world
    on = {
        unit.id: {h.id for h in holds_in_force(unit.holds, unit.lot, world)}
        for unit in trade.history.rows(UNIT)
    }
    for hold in trade.history.rows(HOLD):
        if hold.lifted_at is None:
            covered = {key for key, holds in on.items() if hold.id in holds}
            assert covered == walked(trade, hold), hold


@pytest.mark.parametrize("seed", range(3))
def test_a_trade_with_holds_is_the_same_when_it_is_told_again(seed: int) -> None:
    steps = [(number * 7 + seed, number * 13 + seed, number % 5) for number in range(60)]
    trade = Trade()
    trade.run(steps)
    registry = make_registry()
    again = type(trade.history.world)(registry.projections)
    for position, statement in enumerate(trade.history.statements):
        again.put(registry.rows(statement, position, again))
    for projection in registry.projections.values():
        assert again.table(projection) == trade.history.world.table(projection), projection.name

"""Any correction of any history: every account balances, and the rows are those of the story as corrected.

Random movements, each perhaps corrected later to other amounts or withdrawn. What is refused changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random
from typing import Any

import pytest

from schema.problems import Refusal
from service.goods.corrections import CORRECT
from service.goods.movements import DESTROY, RECEIVE, SELL, SHIP, SPLIT, STORE
from service.goods.state import SHIPMENT, UNIT, UnitState
from service.ledger import Data, Kind
from tests.unit.goods.corrections.told import correction, demand_conservation
from tests.unit.goods.movements.scene import (
    IMPORTED,
    INDEPENDENT,
    QINGDAO_MARKET,
    SHOP,
    WUHAN_SHOP,
    Scene,
    portion,
)

STEPS = 60


@dataclass
class Trade:
    """A store that sells, ships to a shop, divides and destroys; ``said`` are the positions that stand."""

    random: Random
    scene: Scene = field(default_factory=Scene)
    said: dict[int, tuple[int, Data]] = field(default_factory=dict)
    corrected: int = 0
    refused: int = 0

    def __post_init__(self) -> None:
        self.scene.unit(1000, 100_000)
        self.scene.unit(500, 40_000, at=QINGDAO_MARKET)

    def part(self) -> tuple[Any, Data] | None:
        """Some of a unit that is in store."""
        units = [
            unit
            for unit in self.scene.history.rows(UNIT)
            if unit.state == UnitState.RELEASED and unit.grams and unit.facility is not None
        ]
        if not units:
            return None
        unit = self.random.choice(units)
        pieces = self.random.randint(1, unit.pieces or 1)
        grams = unit.grams if pieces == unit.pieces else max(unit.grams * pieces // (unit.pieces or 1), 1)
        return unit, portion(unit, pieces, grams)

    def say(self, kind: Kind, data: Data, by: int) -> None:
        position = self.scene.history.position
        try:
            self.scene.say(kind, data, by)
        except Refusal:
            return
        self.said[position] = (by, data)

    def move(self) -> None:
        found = self.part()
        if found is None:
            return
        unit, taken = found
        now = {"happened_at": self.scene.time()}
        amount = {name: taken[name] for name in ("pieces", "grams") if name in taken}
        place = unit.facility
        kind, data = self.random.choice(
            [
                (SPLIT, {"unit": unit.id, "parts": [amount], **now}),
                (SELL, taken | now),
                (DESTROY, taken | now | {"method": "burial", "evidence": ["0" * 64]}),
                (STORE, {"unit": unit.id, "zone": self.random.choice((IMPORTED, INDEPENDENT)), **now}),
                (SHIP, self.scene.ship(unit, WUHAN_SHOP, items=[taken], facility=place)),
            ]
        )
        self.say(kind, data, unit.custodian)

    def receive(self) -> None:
        waiting = [
            each
            for each in self.scene.history.rows(SHIPMENT)
            if each.received_at is None and not each.withdrawn and each.consignee == SHOP
        ]
        if not waiting:
            return
        shipment = self.random.choice(waiting)
        items = []
        for unit in map(self.scene.now_in, shipment.units):
            grams = max(unit.grams - self.random.choice((0, 0, 7)), 1)
            items.append(portion(unit, unit.pieces, grams) | {"reason": "drying"})
        data = {"shipment": shipment.id, "happened_at": self.scene.time(), "items": items}
        self.say(RECEIVE, data, SHOP)

    def correct(self) -> None:
        if not self.said:
            return
        position = self.random.choice(sorted(self.said))
        by, data = self.said[position]
        replacement = self.random.choice((None, self.otherwise(data), self.otherwise(data)))
        mine = self.scene.history.position
        try:
            self.scene.say(CORRECT, correction(position, replacement), by)
        except Refusal:
            self.refused += 1
            return
        self.corrected += 1
        del self.said[position]
        if replacement is not None:
            self.said[mine] = (by, replacement)

    def otherwise(self, data: Data) -> Data:
        """The same with other amounts."""
        more = self.random.choice((0.5, 0.9, 1.1))

        def scaled(amount: Data) -> Data:
            names = [name for name in ("pieces", "grams") if amount.get(name)]
            return {**amount, **{name: max(int(amount[name] * more), 1) for name in names}}

        changed = scaled(data)
        return {
            name: [scaled(each) for each in value] if name in ("items", "parts") else value
            for name, value in changed.items()
        }


@pytest.mark.parametrize("seed", range(12))
def test_any_correction_of_any_history_balances(seed: int) -> None:
    trade = Trade(Random(seed))
    for _ in range(STEPS):
        trade.random.choice((trade.move, trade.move, trade.receive, trade.correct))()
        demand_conservation(trade.scene)
    assert trade.corrected and trade.refused

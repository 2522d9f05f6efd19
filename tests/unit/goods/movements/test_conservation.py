"""Whatever is said, in whatever order: nothing comes from nowhere, and nothing is gone unsaid.

Random histories of every movement go through the ledger's judgement. What the accounts allow must be admitted
without a breach of theirs; what they do not allow is refused, or recorded in breach with a stock difference.
After each step every account balances with its edges, and what was registered, found, or turned out to be
there is on hand, or gone in a way that was declared. In the end the statements, told again, give the same
rows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from schema.identifiers import Level, TraceCode
from schema.problems import Refusal
from service.goods import release
from service.goods.movements import (
    COUNT,
    DESTROY,
    FIND,
    MERGE,
    PROCESS,
    RECEIVE,
    REJECT,
    REPACK,
    SAMPLE,
    SELL,
    SHIP,
    SPLIT,
    STORE,
    SURRENDER,
)
from service.goods.state import SHIPMENT, UNIT, Shipment, Unit, UnitState
from service.ledger import Actor, Data, Kind
from service.ledger.world import ReplayWorld
from service.registry import make_registry
from tests.history import History
from tests.laws import Books
from tests.quay import Goods, Quay

CARTON = 27_000
DATA = st.data()


def fits(unit: Unit, pieces: int | None, grams: int) -> bool:
    """The law of an account, in other words than the product's."""
    if not 0 < grams <= unit.grams:
        return False
    if unit.pieces is None or pieces is None:
        return unit.pieces is None and pieces is None
    emptied = (pieces == unit.pieces, grams == unit.grams)
    return 0 < pieces <= unit.pieces and emptied in ((True, True), (False, False))


class Trade(RuleBasedStateMachine):
    """A first station, a plant, a store and a shop that move two lots between them."""

    def __init__(self) -> None:
        super().__init__()
        self.quay = Quay(History())
        self.history = self.quay.history
        town = self.quay.town
        processor = town.party("processor", region="370200")
        keeper = town.party("cold_store", region="420100")
        plant, store = (
            town.facility(processor, "processing_plant"),
            town.facility(keeper, "third_party_store"),
        )
        self.staff: dict[int, Actor] = {
            self.quay.place: self.quay.station.staff,
            plant: processor.staff,
            store: keeper.staff,
            self.quay.counter: self.quay.shop.staff,
        }
        self.plant = plant
        self.watch = town.party("regulator", region="370200").organisation
        self.lots = {
            goods.lot: goods for goods in (self.quay.lot(40, 40 * CARTON), self.quay.lot(7, 7 * CARTON))
        }
        self.quay.papers(*self.lots.values())
        released = self.quay.release(next(iter(self.lots.values())))
        for place in (plant, self.quay.counter):
            self.bring(released, place)

    def bring(self, unit: int, place: int) -> None:
        """Ten cartons from the station to where goods are processed or sold: histories begin there."""
        items = [{"unit": unit, "pieces": 10, "grams": 10 * CARTON}]
        road = {"facility": self.quay.place, "destination": place, "departed_at": self.now}
        shipped = self.history.say(SHIP, {**road, "items": items}, self.staff[self.quay.place])
        arrived = [{**items[0], "unit": shipped.outcome["units"][0]}]
        receipt = {"shipment": shipped.outcome["shipment"], "happened_at": self.now, "items": arrived}
        self.history.say(RECEIVE, receipt, self.staff[place])

    @property
    def now(self) -> str:
        return self.history.at.isoformat()

    def units(self, *states: UnitState, at: Sequence[int] | None = None) -> list[Unit]:
        """Units with something in them, in these states, at these places."""
        found = self.history.rows(UNIT)
        return [u for u in found if u.grams and u.state in states and (at is None or u.facility in at)]

    def amount(self, data: Any, unit: Unit) -> Data:
        """All of it, some cartons, or any numbers, also such as do not fit."""
        wild = st.tuples(st.integers(0, (unit.pieces or 0) + 1), st.integers(0, unit.grams + 1))
        if unit.pieces:
            per_piece = unit.grams // unit.pieces
            some = st.integers(1, unit.pieces).map(lambda n: (n, n * per_piece))
        else:
            some = st.integers(1, unit.grams).map(lambda grams: (0, grams))
        everything = st.just((unit.pieces, unit.grams))
        pieces, grams = data.draw(
            st.sampled_from([wild, everything, some, some, some]).flatmap(lambda kind: kind)
        )
        return {"grams": grams} if unit.pieces is None else {"pieces": pieces, "grams": grams}

    def portions(self, data: Any, units: list[Unit]) -> tuple[list[Data], bool]:
        """Up to three portions, often of one unit, and whether the accounts allow them together."""
        left = {unit.id: unit for unit in units}
        items, allowed = [], True
        for _ in range(data.draw(st.integers(1, 3))):
            unit = left[data.draw(st.sampled_from(sorted(left)))]
            if not unit.grams:
                continue
            amount = self.amount(data, unit)
            items.append({"unit": unit.id, **amount})
            allowed = allowed and fits(unit, amount.get("pieces"), amount["grams"])
            if allowed:
                left[unit.id] = without(unit, amount)
        return items, allowed

    def attempt(self, kind: Kind, data: Data, place: int, allowed: bool) -> Data | None:
        """Say it; what the accounts do not allow is refused, or recorded in breach."""
        try:
            statement = self.history.say(kind, data, self.staff[place])
        except Refusal as refusal:
            held = {refusal.code, *(cause.code for cause in refusal.causes)}
            assert not allowed or "unit.held" in held, refusal
            return None
        broken = {breach["rule"] for breach in statement.breach}
        assert broken if not allowed else "unit.more-than-held" not in broken
        return statement.outcome

    @precondition(lambda self: self.units(UnitState.QUARANTINED))
    @rule(data=DATA)
    def release(self, data: Any) -> None:
        unit = data.draw(st.sampled_from(self.units(UnitState.QUARANTINED)))
        if unit.pieces is None or unit.lot not in self.lots:
            return
        goods: Goods = self.lots[unit.lot]
        amount = self.amount(data, unit)
        said = self.quay.release_of(goods, amount["pieces"], amount["grams"])
        allowed = fits(unit, amount["pieces"], amount["grams"])
        said |= {"unit": unit.id, "happened_at": self.now}
        self.attempt(release.RELEASE_LOT, said, self.quay.place, allowed)

    @precondition(lambda self: self.units(UnitState.QUARANTINED, UnitState.RELEASED))
    @rule(data=DATA)
    def split(self, data: Any) -> None:
        unit = data.draw(st.sampled_from(self.units(UnitState.QUARANTINED, UnitState.RELEASED)))
        items, allowed = self.portions(data, [unit])
        parts = [{name: value for name, value in item.items() if name != "unit"} for item in items]
        said = {"unit": unit.id, "parts": parts, "happened_at": self.now}
        self.attempt(SPLIT, said, unit.facility or 0, allowed)

    @precondition(lambda self: self.units(UnitState.RELEASED))
    @rule(data=DATA)
    def store(self, data: Any) -> None:
        unit = data.draw(st.sampled_from(self.units(UnitState.RELEASED)))
        zone = data.draw(st.sampled_from([2, 3]))
        said = {"unit": unit.id, "zone": zone, "happened_at": self.now}
        self.attempt(STORE, said, unit.facility or 0, zone == 2)

    @precondition(lambda self: self.units(UnitState.RELEASED))
    @rule(data=DATA)
    def ship(self, data: Any) -> None:
        origin = data.draw(st.sampled_from(sorted({u.facility or 0 for u in self.units(UnitState.RELEASED)})))
        destination = data.draw(st.sampled_from([place for place in self.staff if place != origin]))
        items, allowed = self.portions(data, self.units(UnitState.RELEASED, at=[origin]))
        said = {"facility": origin, "destination": destination, "items": items, "departed_at": self.now}
        self.attempt(SHIP, said, origin, allowed)

    def on_the_road(self) -> list[Shipment]:
        return [shipment for shipment in self.history.rows(SHIPMENT) if shipment.received_at is None]

    @precondition(lambda self: self.on_the_road())
    @rule(data=DATA, reason=st.booleans())
    def receive(self, data: Any, reason: bool) -> None:
        shipment = data.draw(st.sampled_from(self.on_the_road()))
        items, allowed = [], True
        aboard = [self.history.row(UNIT, unit) for unit in shipment.units]
        for unit in (each for each in aboard if each.grams):
            whole = {} if unit.pieces is None else {"pieces": unit.pieces}
            none = dict.fromkeys(whole, 0)
            exact = st.sampled_from([{**whole, "grams": unit.grams}, {**none, "grams": 0}])
            amount = data.draw(exact) if data.draw(st.booleans()) else self.amount(data, unit)
            items.append({"unit": unit.id, **amount, **({"reason": "missing"} if reason else {})})
            allowed = allowed and arrives(unit, amount, reason)
        said = {"shipment": shipment.id, "happened_at": self.now, "items": items}
        self.attempt(RECEIVE, said, shipment.destination, allowed)

    @precondition(lambda self: self.units(UnitState.RELEASED, at=[self.plant]))
    @rule(
        data=DATA, lost=st.integers(0, 2000), counted=st.booleans(), error=st.sampled_from([0, 0, 0, 1, -1])
    )
    def process(self, data: Any, lost: int, counted: bool, error: int) -> None:
        items, allowed = self.portions(data, self.units(UnitState.RELEASED, at=[self.plant]))
        came_in = sum(item["grams"] for item in items)
        made = came_in - lost
        outputs = (
            [self.output(made + error, counted)]
            if made < 2
            else [self.output(made // 2 + error, counted), self.output(made - made // 2, not counted)]
        )
        said = {
            "facility": self.plant,
            "inputs": items,
            "outputs": outputs,
            "loss_grams": lost,
            "loss_reason": "trimming",
            "happened_at": self.now,
        }
        if made < 2:
            return
        self.attempt(PROCESS, said, self.plant, allowed and error == 0)

    def output(self, grams: int, counted: bool) -> Data:
        return {
            "code": TraceCode.new(Level.BATCH, "370200", self.quay.random).text,
            "product": "冻牛肉块",
            "category": "livestock",
            "specification": "500 g/袋",
            "hs": "0202300090",
            "temperature_class": "frozen",
            "production_batch": "K1",
            "produced_on": "2020-08-20",
            "best_before": "2021-06-01",
            "grams": grams,
            **({"pieces": 3} if counted else {}),
        }

    @precondition(lambda self: self.units(UnitState.RELEASED, at=[self.quay.counter]))
    @rule(data=DATA)
    def sell(self, data: Any) -> None:
        unit = data.draw(st.sampled_from(self.units(UnitState.RELEASED, at=[self.quay.counter])))
        amount = self.amount(data, unit)
        said = {"unit": unit.id, **amount, "happened_at": self.now}
        self.attempt(SELL, said, self.quay.counter, fits(unit, amount.get("pieces"), amount["grams"]))

    def one(self, data: Any, *states: UnitState) -> Unit:
        return data.draw(st.sampled_from(self.units(*states)))

    @precondition(lambda self: self.units(UnitState.QUARANTINED, UnitState.RELEASED))
    @rule(data=DATA, way=st.sampled_from(["sample", "destroy", "surrender"]))
    def take_away(self, data: Any, way: str) -> None:
        unit = self.one(data, UnitState.QUARANTINED, UnitState.RELEASED)
        amount = self.amount(data, unit)
        taken = {"unit": unit.id, **amount, "happened_at": self.now}
        kind, said = {
            "sample": (SAMPLE, {"purpose": "quality", "by": "own", "samples": ["S1"]}),
            "destroy": (DESTROY, {"method": "burial", "evidence": ["0" * 64]}),
            "surrender": (SURRENDER, {"authority": self.watch, "document": "1"}),
        }[way]
        allowed = fits(unit, amount.get("pieces"), amount["grams"])
        if not allowed and way != "surrender":
            # Weight alone, or packs alone, may be gone for good: the account says which.
            try:
                self.history.say(kind, taken | said, self.staff[unit.facility or 0])
            except Refusal as refusal:
                assert refusal.code in ("unit.remainder-mismatch", "unit.nothing-taken"), refusal
            return
        self.attempt(kind, taken | said, unit.facility or 0, allowed)

    @precondition(lambda self: self.units(UnitState.RELEASED))
    @rule(data=DATA, lost=st.integers(0, 50), counted=st.booleans())
    def repack(self, data: Any, lost: int, counted: bool) -> None:
        unit = self.one(data, UnitState.RELEASED)
        amount = self.amount(data, unit)
        made = amount["grams"] - lost
        if made < 2:
            return
        packs = {"pieces": 7} if counted and unit.pieces is not None else {}
        into = [
            {"pack": "bag", "grams": made // 2, **packs},
            {"pack": "bag", "grams": made - made // 2},
        ]
        said = {"unit": unit.id, **amount, "into": into, "loss_grams": lost, "loss_reason": "drip"}
        allowed = fits(unit, amount.get("pieces"), amount["grams"])
        self.attempt(REPACK, said | {"happened_at": self.now}, unit.facility or 0, allowed)

    @precondition(lambda self: self.units(UnitState.RELEASED))
    @rule(data=DATA)
    def merge(self, data: Any) -> None:
        unit = self.one(data, UnitState.RELEASED)
        alike = [
            each
            for each in self.units(UnitState.RELEASED, at=[unit.facility or 0])
            if (each.lot, each.owner, each.zone, each.pack, each.packaging)
            == (unit.lot, unit.owner, unit.zone, unit.pack, unit.packaging)
        ]
        if len(alike) > 1:
            said = {"units": [each.id for each in alike], "happened_at": self.now}
            self.attempt(MERGE, said, unit.facility or 0, True)

    @precondition(lambda self: self.units(UnitState.QUARANTINED, UnitState.RELEASED))
    @rule(data=DATA)
    def count(self, data: Any) -> None:
        unit = self.one(data, UnitState.QUARANTINED, UnitState.RELEASED)
        grams = data.draw(st.integers(0, unit.grams + 3))
        pieces = {} if unit.pieces is None else {"pieces": data.draw(st.integers(0, unit.pieces + 2))}
        item = {"unit": unit.id, "grams": grams, **pieces, "reason": "miscounted"}
        said = {"facility": unit.facility, "items": [item], "happened_at": self.now}
        allowed = (pieces.get("pieces"), grams) == (unit.pieces, unit.grams)
        outcome = self.attempt(COUNT, said, unit.facility or 0, allowed)
        if outcome is not None:
            found = [self.history.row(UNIT, each) for each in (unit.id, *outcome["units"])]
            assert sum(each.grams for each in found) == grams
            assert sum(each.pieces or 0 for each in found) == pieces.get("pieces", 0)

    @precondition(lambda self: self.on_the_road())
    @rule(data=DATA)
    def reject(self, data: Any) -> None:
        shipment = data.draw(st.sampled_from(self.on_the_road()))
        aboard = [unit for unit in (self.history.row(UNIT, each) for each in shipment.units) if unit.grams]
        items, allowed = self.portions(data, aboard)
        said = {
            "shipment": shipment.id,
            "items": [{**item, "reason": "damaged"} for item in items],
            "happened_at": self.now,
        }
        back = shipment.consignor == shipment.consignee
        self.attempt(REJECT, said, shipment.destination, allowed and not back)

    @rule(grams=st.integers(1, 50_000), pieces=st.sampled_from([None, 3]))
    def find(self, grams: int, pieces: int | None) -> None:
        said = {
            "facility": self.quay.place,
            "zone": 1,
            "how": "found",
            "circumstances": "in_store",
            "product": "不明冻肉",
            "category": "livestock",
            "temperature_class": "frozen",
            "grams": grams,
            **({} if pieces is None else {"pieces": pieces}),
            "happened_at": self.now,
            "code": TraceCode.new(Level.BATCH, "370200", self.quay.random).text,
        }
        self.attempt(FIND, said, self.quay.place, allowed=False)

    @invariant()
    def the_books_are_right(self) -> None:
        Books(self.history.rows, [*enumerate(self.history.statements)]).check()

    @invariant()
    def what_came_is_there_or_went_a_way_that_was_said(self) -> None:
        units = {unit.id: unit for unit in self.history.rows(UNIT)}
        came, lost_in_nodes, into = 0, 0, Counter[int]()
        for statement in self.history.statements:
            for source, to, pieces, grams in statement.outcome.get("flows", ()):
                came += grams if source is None else 0
                lost_in_nodes += grams if to == "loss" and source not in units else 0
                if to in units and units[to].in_pieces is not None:
                    into[to] += pieces or 0
        gone = sum(u.grams + u.loss_grams + u.sample_grams + u.destroyed_grams for u in units.values())
        assert came == gone + lost_in_nodes
        for unit in units.values():
            assert (unit.in_pieces or 0) == into[unit.id], unit

    def teardown(self) -> None:
        """The statements, told again from position 0, give the same rows."""
        registry = make_registry()
        again = ReplayWorld(registry.projections)
        for position, statement in enumerate(self.history.statements):
            again.put(registry.rows(statement, position, again))
        for projection in registry.kept:
            if projection.name in self.history.projections:
                assert again.table(projection) == self.history.world.table(projection), projection.name


def without(unit: Unit, amount: Data) -> Unit:
    """What the law leaves of a unit."""
    pieces = None if unit.pieces is None else unit.pieces - amount["pieces"]
    values = {name: getattr(unit, name) for name in Unit.__slots__}
    return Unit(**{**values, "pieces": pieces, "grams": unit.grams - amount["grams"]})


def arrives(unit: Unit, amount: Data, reason: bool) -> bool:
    """No more than was sent; pieces and weight together; a reason where something is missing."""
    pieces, grams = amount.get("pieces"), amount["grams"]
    if grams > unit.grams or (pieces or 0) > (unit.pieces or 0):
        return False
    if pieces is not None and (pieces == 0) != (grams == 0):
        return False
    return reason or (pieces, grams) == (unit.pieces, unit.grams)


Trade.TestCase.settings = settings(
    max_examples=40,
    phases=(Phase.explicit, Phase.generate),  # shrinking a history takes minutes and shows little more
    stateful_step_count=40,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
TestTrade = Trade.TestCase

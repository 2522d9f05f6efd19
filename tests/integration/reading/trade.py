"""Random trade, told in rows as the movements would write them: lots, units, edges, shipments.

``Trade`` is a naive model of its own. It keeps accounts by hand, so that neither the rules nor the SQL
that is tested against it had a part in the making.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from service.goods.state import Arrival, Edge, Lot, Parentage, Shipment, Unit
from service.parties.state import Facility, Organisation

REGIONS = ("370200", "420100", "440100", "420500")
AT = "2020-08-17"
Step = tuple[int, int, int, int]


def organisations() -> list[Organisation]:
    """One business a region, ids 1 to 4."""
    return [
        Organisation(no, f"9100000000000000{no:02}", f"业户{no}", None, ["cold_store"], region, True, 0)
        for no, region in enumerate(REGIONS, start=1)
    ]


def facilities() -> list[Facility]:
    """One place each, ids 11 to 14."""
    return [
        Facility(10 + no, no, "cold_store", f"冷库{no}", None, region, "路 1 号", "备 1", [], True, 0)
        for no, region in enumerate(REGIONS, start=1)
    ]


def region_of(organisation: int) -> str:
    """Where a business is."""
    return REGIONS[organisation - 1]


class Trade:
    """What happened, as rows. ``base`` keeps the ids of different trades apart in one database."""

    def __init__(self, base: int) -> None:
        self.next = base
        self.arrivals: dict[int, Arrival] = {}
        self.lots: dict[int, Lot] = {}
        self.units: dict[int, Unit] = {}
        self.edges: list[Edge] = []
        self.shipments: dict[int, Shipment] = {}
        self.parentage: list[Parentage] = []

    def id(self) -> int:
        """The next id; units, nodes and all other things share them."""
        self.next += 1
        return self.next

    def run(self, steps: Sequence[Step]) -> None:
        """Take each step that is possible where it comes; the others do nothing."""
        acts = (
            self.register, self.release, self.ship, self.receive, self.split, self.process, self.sell,
            self.merge, self.repack, self.spend,
        )  # fmt: skip
        for which, first, second, amount in steps:
            acts[which % len(acts)](first, second, amount)

    def register(self, first: int, second: int, amount: int) -> None:
        """A lot arrives at one business, imported by the same or another."""
        holder, importer = first % 4 + 1, second % 4 + 1
        arrival = self.id()
        self.arrivals[arrival] = Arrival(
            arrival, holder, 10 + holder, "port", "CSQU3054383", "S1", "V1",
            organisations()[importer - 1].uscc, "青岛港", AT, AT, AT, True, {}, 0,
        )  # fmt: skip
        grams = 1000 + amount
        lot = self._lot(holder, grams, arrival, [])
        self._unit(lot, importer, holder, "quarantined", 10 + amount, grams)

    def release(self, first: int, second: int, amount: int) -> None:
        """Part of a quarantined unit is free."""
        if unit := self._pick("quarantined", first):
            self._move(unit, "release", amount, state="released")

    def ship(self, first: int, second: int, amount: int) -> None:
        """Parts of one or two units of a business go to another."""
        unit = self._pick("released", first)
        to = second % 4 + 1
        if unit is None or to == unit.custodian:
            return
        shipment = self.id()
        others = [u for u in self._in_hand("released") if u.custodian == unit.custodian and u.id != unit.id]
        taken = [unit, *others[: amount % 2]]
        made = [
            self._move(u, "ship", amount, state="in_transit", facility=None, shipment=shipment) for u in taken
        ]
        self.shipments[shipment] = Shipment(
            shipment, unit.custodian, to, 10 + unit.custodian, 10 + to, made, None, {}, AT, None,
            "trade", True, False, 0,
        )  # fmt: skip

    def receive(self, first: int, second: int, amount: int) -> None:
        """An open shipment arrives; some of it may be lost, even all."""
        waiting = [s for s in self.shipments.values() if s.received_at is None]
        if not waiting:
            return
        shipment = waiting[first % len(waiting)]
        for key in shipment.units:
            unit = self.units[key]
            lost = min(unit.grams, amount if second % 3 == 0 else 0)
            lost_pieces = self._share(unit, lost)
            self.units[key] = replace(
                unit,
                grams=unit.grams - lost,
                loss_grams=lost,
                pieces=None if unit.pieces is None else unit.pieces - (lost_pieces or 0),
                loss_pieces=lost_pieces,
            )
            if self.units[key].grams:
                to = shipment.consignee
                self._move(
                    self.units[key], "receive", None, state="released", owner=to, custodian=to,
                    facility=10 + to, shipment=None, region=region_of(to),
                )  # fmt: skip
        self.shipments[shipment.id] = replace(shipment, received_at=AT, version=1)

    def split(self, first: int, second: int, amount: int) -> None:
        """A part of a unit stands on its own."""
        if unit := self._pick("released", first):
            self._move(unit, "split", amount)

    def sell(self, first: int, second: int, amount: int) -> None:
        """A part of a unit is sold."""
        if unit := self._pick("released", first):
            self._move(unit, "sell", amount, state="sold")

    def merge(self, first: int, second: int, amount: int) -> None:
        """Two units of a lot in the same hands become one."""
        unit = self._pick("released", first)
        if unit is None:
            return
        alike = (unit.lot, unit.owner, unit.custodian, unit.in_pieces is None)
        others = [
            u for u in self._in_hand("released")
            if (u.lot, u.owner, u.custodian, u.in_pieces is None) == alike and u.id != unit.id
        ]  # fmt: skip
        if not others:
            return
        other = others[second % len(others)]
        merged = self._move(unit, "merge", None)
        self._draw(other, merged, "merge", other.grams, other.pieces)
        whole = self.units[merged]
        pieces = None if whole.pieces is None else whole.pieces + (other.pieces or 0)
        grams = whole.grams + other.grams
        self.units[merged] = replace(whole, in_pieces=pieces, pieces=pieces, in_grams=grams, grams=grams)

    def repack(self, first: int, second: int, amount: int) -> None:
        """A part of one or two units of a lot goes into other packs, through a node, and some is lost."""
        unit = self._pick("released", first)
        if unit is None:
            return
        node, grams = self.id(), 0
        same = [u for u in self._in_hand("released") if (u.lot, u.custodian) == (unit.lot, unit.custodian)]
        for each in [unit, *(u for u in same if u.id != unit.id)][: 1 + second % 2]:
            part = min(each.grams, 2 + amount)
            self._draw(each, node, "repack", part, self._share(each, part))
            grams += part
        made = grams - second % 2
        if made:
            child = self._unit(unit.lot, unit.owner, unit.custodian, "released", 1 + amount % 7, made)
            self._edge(node, child, "repack", 1 + amount % 7, made)

    def spend(self, first: int, second: int, amount: int) -> None:
        """A part is taken as a sample, or destroyed."""
        unit = self._pick("released", first)
        if unit is None:
            return
        way, grams = ("sample", "destroyed")[second % 2], min(unit.grams, 1 + amount % 50)
        pieces = self._share(unit, grams)
        gone = {f"{way}_grams": getattr(unit, f"{way}_grams") + grams}
        if pieces is not None and unit.pieces is not None:
            gone[f"{way}_pieces"] = getattr(unit, f"{way}_pieces") + pieces
            gone["pieces"] = unit.pieces - pieces
        self.units[unit.id] = replace(unit, grams=unit.grams - grams, **gone)

    def process(self, first: int, second: int, amount: int) -> None:
        """Up to three units of one business become one or two lots, with a loss."""
        unit = self._pick("released", first)
        if unit is None:
            return
        mine = [u for u in self._in_hand("released") if u.custodian == unit.custodian and u.id != unit.id]
        taken = [unit, *mine[: second % 3]]
        node, grams = self.id(), 0
        for each in taken:
            part = min(each.grams, 1 + amount)
            self._draw(each, node, "process", part, self._share(each, part))
            grams += part
        for outputs_left in range(1 + amount % 2, 0, -1):
            made = grams // (outputs_left + 1)
            if made:
                parents = sorted({each.lot for each in taken})
                lot = self._lot(unit.custodian, made, None, parents)
                self.parentage += [Parentage(self.id(), parent, lot, 0) for parent in parents]
                child = self._unit(lot, unit.owner, unit.custodian, "released", None, made)
                self._edge(node, child, "process", None, made)
                grams -= made

    def _in_hand(self, state: str) -> list[Unit]:
        return [unit for unit in self.units.values() if unit.state == state and unit.grams]

    def _pick(self, state: str, first: int) -> Unit | None:
        found = self._in_hand(state)
        return found[first % len(found)] if found else None

    def _share(self, unit: Unit, grams: int) -> int | None:
        """Pieces that go with so many grams: the last with the last."""
        if unit.pieces is None:
            return None
        return unit.pieces if grams == unit.grams else min(unit.pieces, grams * unit.pieces // unit.grams)

    def _move(self, unit: Unit, kind: str, amount: int | None, **changes: Any) -> int:
        grams = unit.grams if amount is None else min(unit.grams, 1 + amount)
        pieces = self._share(unit, grams)
        child, none = self.id(), None if pieces is None else 0
        self._draw(unit, child, kind, grams, pieces)
        self.units[child] = replace(
            self.units[unit.id], id=child, in_pieces=pieces, in_grams=grams, pieces=pieces, grams=grams,
            out_pieces=none, out_grams=0, loss_pieces=none, loss_grams=0, sample_pieces=none, sample_grams=0,
            destroyed_pieces=none, destroyed_grams=0, **changes,
        )  # fmt: skip
        return child

    def _draw(self, unit: Unit, child: int, kind: str, grams: int, pieces: int | None) -> None:
        known = pieces is not None
        self.units[unit.id] = replace(
            unit,
            grams=unit.grams - grams,
            out_grams=unit.out_grams + grams,
            pieces=(unit.pieces or 0) - (pieces or 0) if known else unit.pieces,
            out_pieces=(unit.out_pieces or 0) + (pieces or 0) if known else unit.out_pieces,
        )
        self._edge(unit.id, child, kind, pieces, grams)

    def _edge(self, parent: int, child: int, kind: str, pieces: int | None, grams: int) -> None:
        self.edges.append(Edge(self.id(), parent, child, 0, kind, pieces, grams, AT, 0))

    def _unit(self, lot: int, owner: int, holder: int, state: str, pieces: int | None, grams: int) -> int:
        unit, none = self.id(), None if pieces is None else 0
        self.units[unit] = Unit(
            unit, lot, 0, owner, holder, 10 + holder, None, region_of(holder), state, None,
            "carton", "sealed", pieces, grams, pieces, grams, none, 0, none, 0, none, 0, none, 0, [], AT, 0,
        )  # fmt: skip
        return unit

    def _lot(self, organisation: int, grams: int, arrival: int | None, parents: list[int]) -> int:
        lot = self.id()
        self.lots[lot] = Lot(
            lot, 0, f"C{lot}", organisation, 10 + organisation, arrival, parents, "牛肉", None, "livestock",
            "箱", "0202300090", None, "frozen", "BRA", "SIF385", "B1", AT, AT, AT, None, grams, 0, 0,
            [], {}, 0,
        )  # fmt: skip
        return lot

"""A small trade: a first station in Qingdao that also processes; stores and a shop in Wuhan and in Dalian.

Units are put there as if released. Each id says what it is: 1xx organisations, 2xx facilities, 9xx units and
lots. The ledger's own ids begin at 10,000 because ten statements went before.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import Any

from schema.identifiers import Level, TraceCode
from schema.messages.written import COLD_CHAIN_IMPORT
from schema.moments import first_second
from schema.problems import Refusal
from service.goods.accounts import opened
from service.goods.movements import RECEIVE, SHIP
from service.goods.state import LOT, UNIT, Certificate, Lot, Unit, UnitState
from service.incidents.state import HeldLot, Hold, HoldKind
from service.ledger import Actor, Data, Kind, Statement
from service.parties import (
    FACILITY,
    ORGANISATION,
    Facility,
    FacilityKind,
    Organisation,
    Policies,
    Role,
    User,
    Vehicle,
    ZoneKind,
)
from tests.history import History

QINGDAO, WUHAN, SHOP, DALIAN, CARRIER, WATCH = 101, 102, 103, 104, 105, 106
QINGDAO_STORE, QINGDAO_PLANT, WUHAN_STORE, WUHAN_SHOP, DALIAN_STORE, DALIAN_FIRST = (
    201,
    202,
    203,
    204,
    205,
    206,
)
UNFILED, CLOSED, QINGDAO_MARKET = 207, 208, 209
TRUCK, SHOPS_VAN = 301, 302
QUARANTINE, IMPORTED, DOMESTIC, INDEPENDENT = 1, 2, 3, 4
NOW = "2020-08-17T12:00:00+08:00"

_ORGANISATIONS = {
    QINGDAO: ("370200", [Role.FIRST_STATION, Role.PROCESSOR]),
    WUHAN: ("420100", [Role.COLD_STORE]),
    SHOP: ("420100", [Role.RETAILER]),
    DALIAN: ("210200", [Role.COLD_STORE, Role.FIRST_STATION]),
    CARRIER: ("370200", [Role.CARRIER]),
    WATCH: ("370200", [Role.REGULATOR]),
}
_FACILITIES = {
    QINGDAO_STORE: (QINGDAO, FacilityKind.FIRST_STATION, "370200"),
    QINGDAO_PLANT: (QINGDAO, FacilityKind.PROCESSING_PLANT, "370200"),
    QINGDAO_MARKET: (QINGDAO, FacilityKind.MARKET, "370200"),
    WUHAN_STORE: (WUHAN, FacilityKind.THIRD_PARTY_STORE, "420100"),
    WUHAN_SHOP: (SHOP, FacilityKind.SHOP, "420100"),
    DALIAN_STORE: (DALIAN, FacilityKind.THIRD_PARTY_STORE, "210200"),
    DALIAN_FIRST: (DALIAN, FacilityKind.FIRST_STATION, "210200"),
    UNFILED: (WUHAN, FacilityKind.OWN_USE_STORE, "420100"),
    CLOSED: (WUHAN, FacilityKind.OWN_USE_STORE, "420100"),
}
_ZONES = [
    {"no": number, "name": kind.value, "kind": kind.value}
    for number, kind in enumerate(
        (ZoneKind.QUARANTINE, ZoneKind.IMPORTED, ZoneKind.DOMESTIC, ZoneKind.INDEPENDENT), start=1
    )
]


def by(organisation: int) -> Actor:
    """A person of an organisation."""
    return Actor(organisation, user=organisation + 300)


def policy(region: str, position: int = 0, **changed: Any) -> Policies:
    """A policy that accepts everything, with changes; ``position`` is where it was enacted."""
    document = {
        "accept_exit_certificates_of_other_provinces": True,
        "back_dating_days": 7,
        "required": [],
        "issuers": {},
        "certificate_validity_days": {},
        "accept_port_sampling": True,
        "weight_tolerance_permille": 5,
        "enhanced": [],
        **changed,
    }
    edition = {"position": position, "regime": COLD_CHAIN_IMPORT, "begins": "", "ends": None}
    return Policies(region, [{**edition, "document": document}], version=0)


class Scene:
    """The trade and its history. ``say`` and ``refused`` go through the ledger's judgement."""

    def __init__(self, seed: int = 0) -> None:
        self.history = History()
        # Ten statements that nobody reads, so that no id of the ledger meets one of the scene.
        self.history.statements = [None] * 10  # type: ignore[list-item]
        self.history.now(NOW)
        self.random = Random(seed)
        self._next = 900
        self.put(policy(""), policy("21", accept_exit_certificates_of_other_provinces=False))
        for number, (region, roles) in _ORGANISATIONS.items():
            self.put(
                Organisation(
                    number, f"uscc{number}", "某某", None, [r.value for r in roles], region, True, 0
                ),
                User(number + 300, number, "staff", True, 0),
            )
        for number, (holder, kind, region) in _FACILITIES.items():
            filing = None if number == UNFILED else f"备案{number}"
            self.put(
                Facility(
                    number,
                    holder,
                    kind.value,
                    "冷库",
                    None,
                    region,
                    "某路1号",
                    filing,
                    _ZONES,
                    number != CLOSED,
                    0,
                )
            )
        self.put(Vehicle(TRUCK, CARRIER, "truck", {}, True, 0), Vehicle(SHOPS_VAN, SHOP, "van", {}, True, 0))

    def put(self, *rows: Any) -> None:
        """Rows as if a statement had written them."""
        self.history.world.put(rows)

    def lot(self, pieces: int | None = 1006, grams: int = 27_000_000, **changed: Any) -> Lot:
        """A lot of Brazilian beef that passed the gate."""
        self._next += 1
        values = {
            "id": self._next,
            "family": 900,
            "code": self.code(Level.BATCH),
            "organisation": QINGDAO,
            "facility": QINGDAO_STORE,
            "arrival": 900,
            "parents": [],
            "product": "冻去骨牛肉",
            "product_en": None,
            "category": "livestock",
            "specification": "27 kg/箱",
            "hs": "0202300090",
            "gtin": None,
            "temperature_class": "frozen",
            "country": "BRA",
            "establishment": "SIF385",
            "production_batch": "B1",
            "produced_on": "2020-06-01",
            "best_before": "2022-06-01",
            "received_at": "2020-08-07",
            "pieces": pieces,
            "grams": grams,
            "released_pieces": pieces or 0,
            "released_grams": grams,
            "certificates": ["某海关/Q1"],
            "details": {},
            "version": 0,
        }
        lot = Lot(**{**values, **changed})  # type: ignore[arg-type]
        self.put(lot)
        return lot

    def unit(
        self,
        pieces: int | None = 100,
        grams: int = 2_700_000,
        *,
        at: int = QINGDAO_STORE,
        state: UnitState = UnitState.RELEASED,
        lot: Lot | None = None,
        owner: int | None = None,
        made_at: str = "2020-08-15",
    ) -> Unit:
        """A unit of goods in a facility, in its holder's hands."""
        lot = lot or self.lot(pieces, grams)
        self._next += 1
        holder = self.facility(at).organisation
        unit = opened(
            id=self._next,
            lot=lot.id,
            family=lot.family,
            owner=owner or holder,
            custodian=holder,
            facility=at,
            region=self.facility(at).region,
            state=state,
            pieces=pieces,
            grams=grams,
            made_at=made_at,
            version=0,
        )
        unit = replace(unit, since=first_second(made_at), placed=1)
        self.put(unit)
        return unit

    def demand(self, region: str, papers: list[str]) -> None:
        """A policy of the region that wants these papers."""
        self.put(policy(region, required=papers))

    def paper(self, kind: str) -> Certificate:
        """A certificate of some lot."""
        self._next += 1
        paper = Certificate(
            key=f"某海关/{self._next}",
            id=self._next,
            kind=kind,
            issuer="某海关",
            number=str(self._next),
            organisation=QINGDAO,
            issued_on="2020-08-10",
            valid_until=None,
            happened_at=None,
            result=None,
            inner_sample=False,
            sampled_where=None,
            pieces=None,
            grams=None,
            released_pieces=0,
            released_grams=0,
            lots=[],
            named_grams=0,
            file=None,
            covers={},
            details={},
            version=0,
        )
        self.put(paper)
        return paper

    def found(self, region: str = "370200", **changed: Any) -> Data:
        """A pallet without papers in the first station's quarantine zone."""
        return {
            "facility": QINGDAO_STORE,
            "zone": QUARANTINE,
            "how": "unlabelled",
            "circumstances": "in_store",
            "product": "不明冻肉",
            "category": "livestock",
            "temperature_class": "frozen",
            "pieces": 12,
            "grams": 240_000,
            "happened_at": self.time(),
            "code": self.code(Level.BATCH, region),
            **changed,
        }

    def held(self, unit: Unit, **changed: Any) -> Unit:
        """The unit under a hold of its own."""
        hold = self.hold({"units": [unit.id]}, **changed)
        held = replace(unit, holds=[*unit.holds, hold])
        self.put(held)
        return held

    def hold_lot(self, lot: int) -> int:
        """A hold on a whole lot."""
        hold = self.hold({"lots": [lot]})
        self.put(HeldLot(lot, [hold], 0))
        return hold

    def hold(self, question: dict[str, list[int]], **changed: Any) -> int:
        """A hold in force."""
        self._next += 1
        hold = Hold(
            id=self._next,
            kind=HoldKind.ORDER.value,
            organisation=CARRIER,
            region="37",
            reason="positive",
            question=question,
            policy=0,
            asked_at=None,
            digest=None,
            finding=None,
            placed_at="2020-08-16",
            lifted_at=None,
            lifted_by=None,
            lifted_because=None,
            version=0,
        )
        hold = replace(hold, **changed)
        self.put(hold)
        return hold.id

    def code(self, level: Level, region: str = "370200") -> str:
        """A fresh trace code."""
        return TraceCode.new(level, region, self.random).text

    def facility(self, number: int) -> Facility:
        return self.history.row(FACILITY, number)

    def organisation(self, number: int) -> Organisation:
        return self.history.row(ORGANISATION, number)

    def now_in(self, unit: Unit | int) -> Unit:
        """A unit as it is by now."""
        return self.history.row(UNIT, unit if isinstance(unit, int) else unit.id)

    def lot_of(self, unit: Unit | int) -> Lot:
        return self.history.row(LOT, self.now_in(unit).lot)

    def time(self, **delta: int) -> str:
        """The recorded time of the next statement, plus ``delta``, to the second."""
        return (self.history.at + timedelta(**delta)).isoformat(timespec="seconds")

    def say(self, kind: Kind, data: Data, organisation: int) -> Statement:
        return self.history.say(kind, data, by(organisation))

    def refused(self, kind: Kind, data: Data, organisation: int) -> Refusal:
        return self.history.refused(kind, data, by(organisation))

    def ship(self, unit: Unit, to: int = WUHAN_STORE, **changed: Any) -> Data:
        """All that is in ``unit``, from where it is."""
        return {
            "facility": unit.facility,
            "destination": to,
            "items": [portion(unit)],
            "departed_at": self.time(),
            **changed,
        }

    def receive(self, shipped: Statement, items: Sequence[Data] | None = None, **changed: Any) -> Data:
        """All that was shipped, or ``items``."""
        everything = [portion(self.now_in(unit)) for unit in shipped.outcome["units"]]
        return {
            "shipment": shipped.outcome["shipment"],
            "happened_at": self.time(),
            "items": everything if items is None else [*items],
            **changed,
        }

    def process(self, *inputs: Data, outputs: Sequence[Data] | None = None, **changed: Any) -> Data:
        """The inputs into one output without loss, at the first station."""
        grams = sum(item["grams"] for item in inputs)
        return {
            "facility": QINGDAO_STORE,
            "inputs": [*inputs],
            "outputs": [self.output(grams)] if outputs is None else [*outputs],
            "loss_grams": 0,
            "happened_at": self.time(),
            **changed,
        }

    def output(self, grams: int, **changed: Any) -> Data:
        """A processed lot."""
        return {
            "code": self.code(Level.BATCH),
            "product": "冻牛肉块",
            "category": "livestock",
            "specification": "500 g/袋",
            "hs": "0202300090",
            "temperature_class": "frozen",
            "production_batch": "K1",
            "produced_on": "2020-08-17",
            "best_before": "2022-06-01",
            "grams": grams,
            **changed,
        }

    def moved(self, unit: Unit, to: int) -> Unit:
        """All that is in ``unit``, shipped and received."""
        shipped = self.say(SHIP, self.ship(unit, to), self.facility(unit.facility or 0).organisation)
        received = self.say(RECEIVE, self.receive(shipped), self.facility(to).organisation)
        return self.now_in(received.outcome["units"][0])


def portion(unit: Unit, pieces: int | None = None, grams: int | None = None) -> Data:
    """So much of ``unit``; all of it where nothing is said."""
    if grams is None:
        pieces, grams = unit.pieces, unit.grams
    return {"unit": unit.id, "grams": grams, **({} if pieces is None else {"pieces": pieces})}

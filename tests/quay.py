"""A first station with a container of beef, through the real statements up to the gate.

::

    quay = Quay(History())
    lot = quay.lot(pieces=1006, grams=27_000_000)
    quay.papers(lot)
    unit = quay.release(lot)
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Any

from schema.identifiers import Level, TraceCode
from service.goods import arrivals, lots, papers, release
from service.ledger import Data
from tests.history import History
from tests.settlement import Settlement

ENTERED, OPENED, TESTED, DISINFECTED, OUT = (
    "2020-08-07",
    "2020-08-08",
    "2020-08-09",
    "2020-08-10",
    "2020-08-15",
)
_ISSUERS = {
    "quarantine": "青岛海关",
    "nucleic_acid": "青岛市疾病预防控制中心",
    "disinfection": "青岛示例消毒服务有限公司",
}


@dataclass(frozen=True, slots=True)
class Goods:
    """A registered lot and its quarantined unit."""

    lot: int
    unit: int
    pieces: int
    grams: int


class Quay:
    """The station, its arrival, and the shop and store that its goods go to."""

    def __init__(self, history: History, **policy: Any) -> None:
        self.history = history
        self.town = Settlement(history)
        self.random = Random(7)
        self._papers = 0
        self.town.policy("", issuers={}, back_dating_days=3650, **policy)
        self.station = self.town.party("first_station", region="370200", name="示例首站冷库")
        self.place = self.town.facility(self.station, "first_station")
        self.shop = self.town.party("retailer", region="420100", name="示例超市")
        self.counter = self.town.facility(self.shop, "shop")
        history.now("2020-08-20T00:00:00+00:00")
        self.arrival = self._arrive()

    def _arrive(self) -> int:
        container = {"container": "CSQU3054383", "seal": "CN123456"}
        announced = self.history.say(
            arrivals.ANNOUNCE,
            {
                "facility": self.place,
                "source": "port",
                **container,
                "importer": self.station.uscc,
                "port": "青岛港",
                "entry_on": ENTERED,
                "expected_at": ENTERED,
                "declaration": "420220201000000001",
            },
            self.station.staff,
        )
        arrival = int(announced.outcome["arrival"])
        opening = {"arrival": arrival, "happened_at": OPENED, **container, "seal_intact": True}
        self.history.say(arrivals.OPEN, opening, self.station.staff)
        return arrival

    def registration(self, pieces: int, grams: int, **changes: Any) -> Data:
        """A lot of Brazilian beef."""
        return {
            "arrival": self.arrival,
            "facility": self.place,
            "code": TraceCode.new(Level.BATCH, "370200", self.random).text,
            "product": "冻去骨牛肉",
            "category": "livestock",
            "specification": "约 27 kg/箱",
            "hs": "0202300090",
            "pieces": pieces,
            "grams": grams,
            "temperature_class": "frozen",
            "country": "BRA",
            "establishment": "SIF385",
            "produced_on": "2020-05-20",
            "production_batch": "BR-2020-05",
            "best_before": "2022-05-19",
            "received_at": ENTERED,
            "zone": 1,
            **changes,
        }

    def lot(self, pieces: int = 1006, grams: int = 27_000_000, **changes: Any) -> Goods:
        """Register a lot."""
        said = self.history.say(
            lots.REGISTER, self.registration(pieces, grams, **changes), self.station.staff
        )
        return Goods(said.outcome["lot"], said.outcome["unit"], pieces, grams)

    def paper(self, kind: str, *goods: Goods, **changes: Any) -> Data:
        """A certificate that covers all of the goods."""
        self._papers += 1
        happened = {"nucleic_acid": TESTED, "disinfection": DISINFECTED}.get(kind)
        return {
            "kind": kind,
            "issuer": _ISSUERS[kind],
            "number": f"370000{self._papers:08d}",
            "issued_on": DISINFECTED,
            "lots": [each.lot for each in goods],
            "pieces": sum(each.pieces for each in goods),
            "grams": sum(each.grams for each in goods),
            **({} if happened is None else {"happened_at": happened}),
            **({"result": "negative", "sampled_where": "store"} if kind == "nucleic_acid" else {}),
            **changes,
        }

    def papers(self, *goods: Goods) -> None:
        """Record the three certificates of the goods."""
        for kind in _ISSUERS:
            self.history.say(papers.RECORD, self.paper(kind, *goods), self.station.staff)

    def release_of(self, goods: Goods, pieces: int, grams: int) -> Data:
        """A release of so much of the lot."""
        return {
            "lot": goods.lot,
            "unit": goods.unit,
            "pieces": pieces,
            "grams": grams,
            "happened_at": OUT,
            "code": TraceCode.new(Level.BATCH, "370200", self.random).text,
        }

    def release(self, goods: Goods) -> int:
        """Release all of it; the released unit."""
        data = self.release_of(goods, goods.pieces, goods.grams)
        return int(self.history.say(release.RELEASE_LOT, data, self.station.staff).outcome["unit"])

"""A port with two first stations, stores in other cities, and a truck: what the public cases are told with.

Everything is said by real statements, judged by every rule, and told again to a real ledger; then exposure is
asked. Operators are invented. Times are those of China's clock.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from schema.identifiers import Level, TraceCode
from schema.moments import first_second, last_second
from service.goods import arrivals, papers, release
from service.goods.disinfection import ACCEPT_DISINFECTION, RECORD_DISINFECTION
from service.goods.movements import PROCESS, RECEIVE, SELL, SHIP, STORE
from service.goods.state import UNIT
from service.parties import REGISTER_VEHICLE
from service.storage import open_pool
from service.tracing.exposure.question import Answer, Question, Tier
from service.tracing.exposure.sql import exposed
from tests.history import History
from tests.quay import Goods, Quay
from tests.retold import retold
from tests.settlement import SEALED, Party

KILOGRAMS = 27
"""Of a carton."""
TOLD = "2022-01-31T12:00:00+08:00"
"""When all of it is recorded: late, as the cases became known."""


def at(day: str, time: str = "12:00") -> str:
    """A minute of China's clock."""
    return f"{day}T{time}+08:00"


class Port:
    """A first station and what its goods meet."""

    def __init__(self) -> None:
        self.quay = Quay(History(), required=[], filing_days=365)
        self.town, self.history = self.quay.town, self.quay.history
        self.history.now(TOLD)
        self.station = self.quay.station
        self.places: dict[str, tuple[Party, int]] = {"station": (self.station, self.quay.place)}
        self.truck = self._said(REGISTER_VEHICLE, {"kind": "truck", "plate": SEALED}, self.station.manager)[
            "vehicle"
        ]
        self.watch = self.town.party("regulator", region="370000")

    def _said(self, kind: Any, data: dict[str, Any], actor: Any) -> Any:
        return self.history.say(kind, data, actor).outcome

    def store(
        self, name: str, region: str, role: str = "cold_store", kind: str = "third_party_store"
    ) -> None:
        """A store in another city, with zones of its own."""
        party = self.town.party(role, region=region, name=name)
        self.places[name] = party, self.town.facility(party, kind)

    def landed(self, container: str, day: str, voyage: str | None = None, **said: Any) -> int:
        """A container that came in; the arrival."""
        box = {"container": container, "seal": "CN123456"}
        announced = {
            **box, "facility": self.quay.place, "source": "port", "importer": self.station.uscc,
            "port": "青岛港", "entry_on": day, "expected_at": day, "declaration": "420220201000000001",
            **({} if voyage is None else {"voyage": voyage}), **said,
        }  # fmt: skip
        arrival = self._said(arrivals.ANNOUNCE, announced, self.station.staff)["arrival"]
        opening = {"arrival": arrival, "happened_at": at(day, "09:00"), **box, "seal_intact": True}
        self.history.say(arrivals.OPEN, opening, self.station.staff)
        self.quay.arrival = arrival
        return int(arrival)

    def lot(self, cartons: int, received: str, **said: Any) -> Goods:
        """A lot out of the container that was landed last, in quarantine."""
        grams = cartons * KILOGRAMS * 1000
        return self.quay.lot(cartons, grams, received_at=received, produced_on="2020-05-20", **said)

    def paper(self, *goods: Goods) -> None:
        """One quarantine certificate for several lots."""
        said = self.quay.paper("quarantine", *goods)
        self.history.say(papers.RECORD, said, self.station.staff)

    def freed(self, goods: Goods, when: str) -> int:
        """All of a lot is released; the unit."""
        said = {
            "lot": goods.lot, "unit": goods.unit, "pieces": goods.pieces, "grams": goods.grams,
            "happened_at": when, "code": TraceCode.new(Level.BATCH, "370200", self.quay.random).text,
        }  # fmt: skip
        return int(self._said(release.RELEASE_LOT, said, self.station.staff)["unit"])

    def put(self, place: str, unit: int, zone: int, when: str) -> None:
        """A unit is put into a zone."""
        self.history.say(
            STORE, {"unit": unit, "zone": zone, "happened_at": when}, self.places[place][0].staff
        )

    def sent(
        self, origin: str, to: str, units: Sequence[tuple[int, int]], when: str, *, truck: bool = True
    ) -> Any:
        """Units leave, so many cartons of each; the shipment with the units on the road."""
        items = [{"unit": unit, **_cartons(count)} for unit, count in units]
        road = {"facility": self.places[origin][1], "destination": self.places[to][1], "departed_at": when}
        vehicle = {"vehicle": self.truck} if truck else {}
        return self._said(SHIP, {**road, **vehicle, "items": items}, self.places[origin][0].staff)

    def arrived(self, to: str, shipped: Any, counts: Iterable[int], when: str, zone: int = 2) -> list[int]:
        """What was sent arrives in a zone; the units there."""
        items = [{"unit": unit, **_cartons(n)} for unit, n in zip(shipped["units"], counts, strict=True)]
        said = {"shipment": shipped["shipment"], "happened_at": when, "zone": zone, "items": items}
        return list(self._said(RECEIVE, said, self.places[to][0].staff)["units"])

    def processed(self, place: str, unit: int, cartons: int, day: str) -> int:
        """All of it becomes another lot; its unit."""
        party, facility = self.places[place]
        grams = cartons * KILOGRAMS * 1000
        output = {
            "code": TraceCode.new(Level.BATCH, party.region, self.quay.random).text,
            "product": "水产制品", "category": "aquatic", "specification": "500 g/袋", "hs": "0202300090",
            "temperature_class": "frozen", "production_batch": "K1", "produced_on": day,
            "best_before": "2021-12-31", "grams": grams,
        }  # fmt: skip
        said = {
            "facility": facility, "inputs": [{"unit": unit, **_cartons(cartons)}], "outputs": [output],
            "loss_grams": 0, "happened_at": day,
        }  # fmt: skip
        return int(self._said(PROCESS, said, party.staff)["units"][0])

    def sold(self, place: str, unit: int, kilograms: int, day: str) -> int:
        """So much of it leaves the trade, unpacked; what was sold."""
        said = {"unit": unit, "grams": kilograms * 1000, "happened_at": day}
        return int(self._said(SELL, said, self.places[place][0].staff)["unit"])

    def disinfected(self, place: str, when: str, **what: Any) -> int:
        """Something was disinfected as it should be."""
        said = {"agent": "chlorine", "milligrams_per_litre": 1000, "contact_minutes": 30, "happened_at": when}
        return int(
            self._said(RECORD_DISINFECTION, {**said, **what}, self.places[place][0].staff)["disinfection"]
        )

    def accepted(self, disinfection: int) -> None:
        """An authority accepts it."""
        said = {"disinfection": disinfection, "grounds": "evidence_checked"}
        self.history.say(ACCEPT_DISINFECTION, said, self.watch.staff)

    def units(self, *goods: Goods) -> set[int]:
        """All units that the lots ever had."""
        return {unit.id for unit in self.history.rows(UNIT) if unit.lot in {each.lot for each in goods}}

    @property
    def position(self) -> int:
        """The position of the next statement."""
        return self.history.position

    def question(self, begin: str, **said: Any) -> Question:
        """What is asked as of all that was said."""
        told: dict[str, Any] = {"begin": first_second(begin), **said}
        if "end" in told:
            told["end"] = last_second(told["end"])
        if "tiers" in told:
            told["tiers"] = frozenset(map(Tier, told["tiers"]))
        now = last_second(self.history.statements[-1].at)
        known = {"position": self.position, "now": now, "known_before": self.position}
        return Question(**{"end": now, **known, **told})

    async def asks(self, database: str, *questions: Question) -> list[Answer]:
        """The answers of a ledger that was told all of it."""
        async with retold(database, self.history):
            pool = await open_pool(database, "coldledger_reader", 1)
            async with pool, pool.acquire() as conn:
                return [await exposed(conn, asked) for asked in questions]


def _cartons(count: int) -> dict[str, int]:
    return {"pieces": count, "grams": count * KILOGRAMS * 1000}


def reached(answer: Answer, tier: int | None = None) -> set[int]:
    """The units that an answer names."""
    return {hit.unit for hit in answer.hits if tier in (None, hit.tier)}


def cleared(answer: Answer) -> set[int]:
    """The units that only disinfections kept out."""
    return {hit.unit for hit in answer.cleared}

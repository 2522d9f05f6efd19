"""A first station with a lot, the authorities of its region and of another, and what is said of samples."""

from __future__ import annotations

from service.goods.movements import SAMPLE
from service.incidents.state import FINDING, Finding
from service.ledger import Actor, Data, Statement
from service.parties import REGISTER_VEHICLE
from service.supervision.sampling import SEND_SAMPLES, TAKE_SAMPLES
from service.supervision.state import SAMPLE as SAMPLES
from service.supervision.state import Sample
from service.supervision.testing import REPORT_TEST
from tests.history import History
from tests.quay import Quay
from tests.settlement import SEALED

TAKEN, TESTED = "2020-08-18T09:00+08:00", "2020-08-19T09:00+08:00"


class Laboratory:
    """Samples by their ids; ``station`` keeps the goods, ``shandong`` is its authority."""

    def __init__(self) -> None:
        self.quay = Quay(History())
        self.history = self.quay.history
        town = self.quay.town
        self.goods = self.quay.lot(100, 2_700_000)
        self.station = self.quay.station.staff
        self.shop = self.quay.shop.staff
        self.shandong, self.hubei = (
            town.party("regulator", region=region) for region in ("370000", "420000")
        )
        carrier = town.party("carrier", region="370200")
        self.truck, self.van = (
            self.history.say(REGISTER_VEHICLE, {"kind": "van", "plate": SEALED}, party.manager).outcome[
                "vehicle"
            ]
            for party in (carrier, self.quay.shop)
        )

    def of_goods(self, **data: object) -> Data:
        """Two samples of the lot."""
        return {
            "unit": self.goods.unit,
            "pieces": 0,
            "grams": 200,
            "purpose": "nucleic_acid",
            "by": "own",
            "samples": ["HW-1", "HW-2"],
            "happened_at": TAKEN,
            **data,
        }

    def of_place(self, **data: object) -> Data:
        """A sample of a surface of the station."""
        named = {} if {*data} & {"zone", "vehicle", "bay", "equipment", "surface"} else {"surface": "door"}
        return {
            "facility": self.quay.place,
            "purpose": "nucleic_acid",
            "samples": ["HJ-1"],
            "happened_at": TAKEN,
            **named,
            **data,
        }

    def test_of(self, sample: int, **data: object) -> Data:
        """A negative."""
        return {
            "sample": sample,
            "result": "negative",
            "test": "JC-1",
            "method": "pcr",
            "tested_at": TESTED,
            **data,
        }

    def sample(self, by: Actor | None = None, **data: object) -> int:
        """Take a sample of the place."""
        said = self.history.say(TAKE_SAMPLES, self.of_place(**data), by or self.station)
        return int(said.outcome["samples"][0])

    def take(self, **data: object) -> list[int]:
        """Take samples of the lot."""
        taken: list[int] = self.history.say(SAMPLE, self.of_goods(**data), self.station).outcome["samples"]
        return taken

    def send(self, *samples: int, by: Actor | None = None, at: str = TESTED) -> Statement:
        """Send samples."""
        data = {"samples": [*samples], "laboratory": "示例疾控中心", "sent_at": at}
        return self.history.say(SEND_SAMPLES, data, by or self.station)

    def report(self, sample: int, by: Actor | None = None, **data: object) -> Statement:
        """Report a result."""
        return self.history.say(REPORT_TEST, self.test_of(sample, **data), by or self.station)

    def positive(self, sample: int, by: Actor | None = None, **data: object) -> Finding:
        """Report a positive; the finding that it raises."""
        said = self.report(sample, by, result="positive", hazard="listeria", **data)
        return self.history.row(FINDING, said.outcome["finding"])

    def row(self, sample: int) -> Sample:
        """A sample as it is now."""
        return self.history.row(SAMPLES, sample)

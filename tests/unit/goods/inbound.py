"""A container of Brazilian beef on its way in: every statement of a good story, each open to one change.

All times are China's: entered on 7 August 2020, announced on the 10th, handed over on the 15th at 8:30,
opened at 9:00, sampled at 10:00, disinfected at 11:00, papers issued on the 16th, released on the 17th at
9:30, recorded from noon on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from schema.clock import as_read
from schema.identifiers import Level, TraceCode
from schema.problems import Refusal, explain
from service.goods.arrivals import ANNOUNCE, OPEN
from service.goods.exit_code import new_exit_code
from service.goods.lots import REGISTER
from service.goods.papers import RECORD
from service.goods.release import RELEASE_LOT
from service.ledger import Actor, Data, Statement
from tests.history import History
from tests.settlement import Settlement

PIECES = 1006
GRAMS = 27_000_000
NOON = "2020-08-17T12:00:00+08:00"
ISSUER = "青岛海关"
LABORATORY = "青岛检测中心"


def at(time: str, day: int = 15) -> str:
    """A minute of August 2020."""
    return f"2020-08-{day:02}T{time}+08:00"


def quarantine(**changes: Any) -> Data:
    """The quarantine certificate."""
    paper = {"kind": "quarantine", "issuer": ISSUER, "number": "120200000000001", "grams": GRAMS}
    return {**paper, "issued_on": "2020-08-16", **changes}


def nucleic(**changes: Any) -> Data:
    """The nucleic-acid certificate."""
    paper = {"kind": "nucleic_acid", "issuer": LABORATORY, "number": "HS-2020-001", "issued_on": "2020-08-16"}
    sample = {"happened_at": at("10:00"), "result": "negative", "sampled_where": "store"}
    return {**paper, **sample, **changes}


def disinfection(**changes: Any) -> Data:
    """The disinfection certificate."""
    paper = {"kind": "disinfection", "issuer": "青岛消毒站", "number": "XD-001", "issued_on": "2020-08-16"}
    return {**paper, "happened_at": at("11:00"), "pieces": PIECES, **changes}


def declaration(**changes: Any) -> Data:
    """The customs declaration."""
    paper = {"kind": "customs_declaration", "issuer": ISSUER, "number": "422720201000000001"}
    return {**paper, "issued_on": "2020-08-08", **changes}


def without(message: Data) -> Data:
    """Without the fields that a change set to None, which says: leave it out."""
    return {name: value for name, value in message.items() if value is not None}


class Inbound:
    """A first station, another one, and an importer. ``say_…`` records a step, changed as asked."""

    def __init__(self, **policy: Any) -> None:
        self.history = History()
        self.town = Settlement(self.history)
        self.version = self.town.policy("37", **policy)
        self.station = self.town.party("first_station", region="370200", name="青岛首站")
        self.importer = self.town.party("importer", region="370200", name="青岛进口商")
        self.place = self.town.facility(self.station, "first_station")
        self.rival = self.town.party("first_station", region="370200", name="另一首站")
        self.rivals_place = self.town.facility(self.rival, "first_station")
        self.history.now(at("08:00:00", 10))

    @property
    def actor(self) -> Actor:
        return self.station.staff

    def announcement(self, **changes: Any) -> Data:
        data = {
            "facility": self.place,
            "source": "port",
            "container": "CSQU3054383",
            "seal": "BR123456",
            "voyage": "V2007",
            "vessel": "CAP SAN LORENZO",
            "importer": self.importer.uscc,
            "port": "青岛",
            "entry_on": "2020-08-07",
            "expected_at": at("08:00"),
        }
        return without({**data, **changes})

    def opening(self, arrival: int, **changes: Any) -> Data:
        data = {
            "arrival": arrival,
            "happened_at": at("09:00"),
            "container": "CSQU3054383",
            "seal": "BR123456",
            "seal_intact": True,
        }
        return without({**data, **changes})

    def registration(self, arrival: int, **changes: Any) -> Data:
        data = {
            "arrival": arrival,
            "facility": self.place,
            "code": TraceCode.new(Level.BATCH, "370200").text,
            "product": "冻去骨牛肉",
            "product_en": "Frozen boneless beef",
            "category": "livestock",
            "specification": "26.8 kg/箱",
            "hs": "0202300090",
            "pieces": PIECES,
            "grams": GRAMS,
            "temperature_class": "frozen",
            "country": "BRA",
            "establishment": "SIF385",
            "cifer": "CBRA02012201010001",
            "produced_on": "2020-06-01",
            "frozen_on": "2020-06-02",
            "production_batch": "L2020-06",
            "best_before": "2022-06-01",
            "received_at": at("08:30"),
            "zone": 1,
        }
        return without({**data, **changes})

    def announce(self, **changes: Any) -> int:
        said = self.history.say(ANNOUNCE, self.announcement(**changes), self.actor)
        return int(said.outcome["arrival"])

    def open(self, arrival: int, **changes: Any) -> Statement:
        return self.history.say(OPEN, self.opening(arrival, **changes), self.actor)

    def register(self, arrival: int, **changes: Any) -> tuple[int, int]:
        """The lot and its quarantined unit."""
        said = self.history.say(REGISTER, self.registration(arrival, **changes), self.actor)
        return int(said.outcome["lot"]), int(said.outcome["unit"])

    def record(self, paper: Data, *lots: int) -> Statement:
        return self.history.say(RECORD, without({"lots": [*lots], **paper}), self.actor)

    def application(self, lot: int, unit: int, **changes: Any) -> Data:
        data = {"lot": lot, "unit": unit, "pieces": PIECES, "grams": GRAMS, "happened_at": at("09:30", 17)}
        return {**data, "code": new_exit_code(), **changes}

    def release(self, lot: int, unit: int, **changes: Any) -> Statement:
        return self.history.say(RELEASE_LOT, self.application(lot, unit, **changes), self.actor)

    def refused_release(self, lot: int, unit: int, **changes: Any) -> Refusal:
        return self.history.refused(RELEASE_LOT, self.application(lot, unit, **changes), self.actor)


@dataclass(frozen=True)
class Story:
    """The good story with changes. ``opening`` None: the container stays shut."""

    policy: Data = field(default_factory=dict)
    announcement: Data = field(default_factory=dict)
    opening: Data | None = field(default_factory=dict)
    registration: Data = field(default_factory=dict)
    papers: Sequence[Data] = field(default_factory=lambda: [quarantine(), nucleic(), disinfection()])
    release: Data = field(default_factory=dict)
    recorded: str = NOON

    def tell(self) -> tuple[Inbound, int, int]:
        """All up to the release: the scene, the lot and its unit."""
        scene = Inbound(**self.policy)
        arrival = scene.announce(**self.announcement)
        scene.history.now(self.recorded)
        if self.opening is not None:
            scene.open(arrival, **self.opening)
        lot, unit = scene.register(arrival, **self.registration)
        for paper in self.papers:
            scene.record(paper, lot)
        return scene, lot, unit


def demand_facts(refusal: Refusal) -> None:
    """Both languages tell every fact that broke the rule."""
    for language in ("en", "zh"):
        words = explain(refusal, language)
        text = f"{words.title} {words.detail} {words.remedy}"
        for name, value in refusal.facts.items():
            assert ("—" if value is None else as_read(str(value))) in text, (
                f"{refusal.code} keeps {name} from {language}"
            )
        assert words.remedy

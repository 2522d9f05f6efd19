"""What a first station says: announced, opened, registered, papers recorded, released, codes issued."""

from __future__ import annotations

from datetime import timedelta

from schema.identifiers import Level
from service.goods import arrivals, lots, papers, release
from service.goods.movements import ISSUE_CASES
from service.goods.state import ARRIVAL, CERTIFICATE, LOT, UNIT, Lot, UnitState
from service.ledger import Data
from service.parties import FACILITY, ORGANISATION
from tests.anything.seen import NothingToSayError, Saying, Seen

CONTAINER = {"container": "CSQU3054383", "seal": "CN123456"}
CARTON = 20_000
PAPERS = ("quarantine", "nucleic_acid", "disinfection")


def announce(seen: Seen) -> Saying:
    """Goods are on their way."""
    station = seen.facility("first_station", "central_warehouse")
    source = seen.pick(["port", "port", "other_province", "within_province"])
    sealed = source == "port" and not seen.rarely()
    data: Data = {
        "facility": station.id,
        "source": source,
        **(CONTAINER if sealed else {}),
        "importer": seen.pick(seen.rows(ORGANISATION)).uscc,
        "port": "青岛港",
        "entry_on": seen.day(2),
        "expected_at": seen.at(seen.now + timedelta(hours=seen.chance.choice([3, 30, 80]))),
    }
    return Saying(arrivals.ANNOUNCE, data, seen.actor(station.organisation))


def open_container(seen: Seen) -> Saying:
    """The doors are opened."""
    found = seen.rows(ARRIVAL)
    shut = [arrival for arrival in found if arrival.container and arrival.opened_at is None]
    arrival = seen.pick(found if seen.rarely() else shut)
    seal = "XX999999" if seen.rarely() else CONTAINER["seal"]
    data = {
        "arrival": arrival.id,
        "happened_at": seen.when(),
        "container": CONTAINER["container"],
        "seal": seal,
        "seal_intact": not seen.rarely(0.1),
    }
    return Saying(arrivals.OPEN, data, seen.actor(arrival.organisation))


def register(seen: Seen) -> Saying:
    """A lot comes out of an arrival."""
    arrival = seen.pick(seen.rows(ARRIVAL))
    station = seen.by_key(FACILITY)[arrival.facility]
    pieces = seen.chance.randint(3, 60)
    known = [lot.code for lot in seen.rows(LOT)]
    code = seen.pick(known) if known and seen.rarely(0.03) else seen.code(station.region)
    data = {
        "arrival": arrival.id,
        "facility": station.id,
        "code": code,
        "product": "冻去骨牛肉",
        "category": "livestock",
        "specification": "20 kg/箱",
        "hs": "0302000000" if seen.rarely() else "0202300090",
        "pieces": pieces,
        "grams": pieces * CARTON,
        "temperature_class": "frozen",
        "country": "BRA",
        "establishment": "SIF385",
        "produced_on": "2020-05-20",
        "production_batch": "BR-2020-05",
        "best_before": seen.pick(["2022-05-19", "2022-05-19", "2020-08-27"]),
        "received_at": seen.when(),
        "zone": seen.zone(station, *seen.pick([("quarantine",), ("independent",)])),
        **({"seal_intact": False} if seen.rarely(0.1) else {}),
    }
    return Saying(lots.REGISTER, data, seen.actor(arrival.organisation))


def record_paper(seen: Seen) -> Saying:
    """A certificate of lots that lack one."""
    registered = [lot for lot in seen.rows(LOT) if lot.arrival is not None]
    kinds = {paper.key: paper.kind for paper in seen.rows(CERTIFICATE)}
    kind = seen.pick(PAPERS)
    lacking = [lot for lot in registered if kind not in {kinds[key] for key in lot.certificates}]
    lot: Lot = seen.pick(registered if seen.rarely(0.2) else lacking)
    named = [lot]
    if seen.rarely(0.2):
        own = [each for each in registered if each.organisation == lot.organisation]
        named += [each for each in seen.some(own, 2) if each != lot]
    data: Data = {
        "kind": kind,
        "issuer": "青岛某机构",
        "number": _number(seen),
        "issued_on": seen.day(),
        "lots": [each.id for each in named],
        **_covering(seen, named),
        **({"file": f"{seen.chance.getrandbits(4):x}" * 64} if seen.rarely(0.2) else {}),
    }
    if kind != "quarantine":
        data["happened_at"] = seen.day(seen.pick([0, 0, 0, 1, 5]))
    if kind == "nucleic_acid":
        data |= {"result": "positive" if seen.rarely() else "negative", "sampled_where": "store"}
    return Saying(papers.RECORD, data, seen.actor(lot.organisation))


def _number(seen: Seen) -> str:
    known = [paper.number for paper in seen.rows(CERTIFICATE)]
    if known and seen.rarely():
        return seen.pick(known)
    return f"{seen.chance.randrange(10**15):015d}"


def _covering(seen: Seen, named: list[Lot]) -> Data:
    """All of it, mostly; half, or a little less than what was registered."""
    pieces, grams = sum(lot.pieces or 0 for lot in named), sum(lot.grams for lot in named)
    roll = seen.chance.random()
    if roll < 0.15:
        return {"pieces": max(pieces // 2, 1), "grams": max(grams // 2, 1)}
    if roll < 0.25:
        return {"pieces": pieces, "grams": grams, "covers": {"grams": grams - grams // 400}}
    return {"pieces": pieces, "grams": grams}


def let_go(seen: Seen) -> Saying:
    """Goods leave quarantine."""
    lots_ = seen.by_key(LOT)
    quarantined = seen.units(UnitState.QUARANTINED)
    papered = [u for u in quarantined if len(lots_[u.lot].certificates) >= len(PAPERS)]
    roll = seen.chance.random()
    unit = seen.pick(papered if roll < 0.8 else quarantined if roll < 0.95 else seen.rows(UNIT))
    amount = seen.amount(unit)
    data = {
        "lot": unit.lot,
        "unit": seen.unit_id(unit),
        "pieces": amount.get("pieces", 1),
        "grams": amount["grams"],
        "happened_at": seen.when(),
        "code": seen.code("370200"),
    }
    return Saying(release.RELEASE_LOT, data, seen.actor(unit.custodian))


def issue_cases(seen: Seen) -> Saying:
    """Cases get codes."""
    lot = seen.pick(seen.rows(LOT))
    places = seen.by_key(FACILITY)
    if lot.facility not in places:
        raise NothingToSayError
    region = places[lot.facility].region
    codes = [seen.code(region, Level.CASE) for _ in range(seen.chance.randint(1, 4))]
    return Saying(ISSUE_CASES, {"lot": lot.id, "codes": codes}, seen.actor(lot.organisation))

"""First registration of lots, each rule at its boundary."""

from __future__ import annotations

import pytest

from schema.identifiers import Level, TraceCode
from service.codes.state import ISSUED_CODE
from service.goods.lots import CONTAINER_GRAMS, MOST_GRAMS, MOST_PIECES, REGISTER
from service.goods.state import LOT, UNIT
from service.ledger import Data
from tests.unit.goods.inbound import GRAMS, NOON, PIECES, Inbound, at, demand_facts

BY_ROAD = {"source": "within_province", "container": None, "seal": None}


def code_of(level: Level, region: str) -> str:
    return TraceCode.new(level, region).text


def ready(**announcement: object) -> tuple[Inbound, int]:
    scene = Inbound()
    arrival = scene.announce(**announcement)
    scene.history.now(NOON)
    return scene, arrival


def test_a_lot_begins_as_one_quarantined_unit_of_the_importer() -> None:
    scene, arrival = ready()
    lot_id, unit_id = scene.register(arrival, gross_grams=28_000_000, seal_intact=True)
    lot, unit = scene.history.row(LOT, lot_id), scene.history.row(UNIT, unit_id)
    assert (lot.organisation, lot.arrival, lot.family, lot.parents) == (
        *(scene.station.organisation, arrival, arrival),
        [],
    )
    assert lot.details == {
        "cifer": "CBRA02012201010001",
        "frozen_on": "2020-06-02",
        "gross_grams": 28_000_000,
        "seal_intact": True,
        "zone": 1,
    }
    assert (unit.lot, unit.family, unit.state, unit.pieces, unit.grams) == (
        *(lot_id, arrival, "quarantined"),
        *(PIECES, GRAMS),
    )
    assert (unit.owner, unit.custodian) == (scene.importer.organisation, scene.station.organisation)
    assert (unit.facility, unit.zone, unit.region, unit.made_at) == (scene.place, 1, "370200", at("08:30"))
    issued = scene.history.row(ISSUED_CODE, lot.code)
    assert (issued.lot, issued.level, issued.serial) == (lot_id, "B", 0)


def test_goods_of_an_importer_who_is_not_here_are_the_first_stations() -> None:
    scene, arrival = ready(importer="91110000600037341L")
    _, unit = scene.register(arrival)
    assert scene.history.row(UNIT, unit).owner == scene.station.organisation


CASES: list[tuple[str, Data, str | None]] = [
    # The code.
    ("a case code", {"code": code_of(Level.CASE, "370200")}, "lot.code-level"),
    ("a code of another city", {"code": code_of(Level.BATCH, "370100")}, "lot.code-region"),
    (
        "a code with spaces",
        {"code": TraceCode.new(Level.BATCH, "370200").grouped},
        "lot.code-written-otherwise",
    ),
    ("no code", {"code": "1B370200"}, "identifier.trace-code-length"),
    # Dates.
    ("frozen on the day", {"frozen_on": "2020-06-01"}, None),
    ("frozen the day before", {"frozen_on": "2020-05-31"}, "lot.frozen-before-produced"),
    ("not frozen otherwise", {"frozen_on": None}, None),
    ("made on the day of receipt", {"frozen_on": None, "produced_on": "2020-08-15"}, None),
    ("made the day after", {"frozen_on": None, "produced_on": "2020-08-16"}, "lot.received-before-made"),
    ("frozen the day after", {"frozen_on": "2020-08-16"}, "lot.received-before-made"),
    ("best before the next day", {"best_before": "2020-06-02"}, None),
    ("best before the day itself", {"best_before": "2020-06-01"}, "lot.best-before-too-early"),
    ("received on entry", {"received_at": "2020-08-07"}, None),
    ("received the day before entry", {"received_at": "2020-08-06"}, "lot.received-before-entry"),
    ("received five minutes ahead", {"received_at": at("12:05", 17)}, None),
    ("received six minutes ahead", {"received_at": at("12:06", 17)}, "time.in-future"),
    ("received a month ago", {"received_at": "2020-07-17"}, "time.too-far-back"),
    # Quantities.
    ("one piece", {"pieces": 1}, None),
    ("no piece", {"pieces": 0}, "lot.pieces-out-of-range"),
    ("a million pieces", {"pieces": MOST_PIECES}, None),
    ("one more", {"pieces": MOST_PIECES + 1}, "lot.pieces-out-of-range"),
    ("one gram", {"grams": 1}, None),
    ("no gram", {"grams": 0}, "lot.grams-out-of-range"),
    ("a full container", {"grams": CONTAINER_GRAMS}, None),
    ("a gram more", {"grams": CONTAINER_GRAMS + 1}, "lot.grams-out-of-range"),
    ("no packaging", {"gross_grams": GRAMS}, None),
    ("lighter with packaging", {"gross_grams": GRAMS - 1}, "lot.gross-below-net"),
    # The zone: 1 quarantine, 2 imported, 3 domestic, 4 independent.
    ("independent zone", {"zone": 4}, None),
    ("zone for released goods", {"zone": 2}, "zone.kind-unfit"),
    ("zone for domestic goods", {"zone": 3}, "zone.kind-unfit"),
    ("no such zone", {"zone": 5}, "zone.not-found"),
]


@pytest.mark.parametrize(("changes", "code"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_registering(changes: Data, code: str | None) -> None:
    scene, arrival = ready()
    if code is None:
        scene.register(arrival, **changes)
        return
    refusal = scene.history.refused(REGISTER, scene.registration(arrival, **changes), scene.actor)
    assert refusal.code == code
    demand_facts(refusal)


@pytest.mark.parametrize(("grams", "code"), [(MOST_GRAMS, None), (MOST_GRAMS + 1, "lot.grams-out-of-range")])
def test_bulk_without_a_container_may_be_a_shipload(grams: int, code: str | None) -> None:
    scene, arrival = ready(**BY_ROAD)
    if code is None:
        scene.register(arrival, grams=grams)
    else:
        data = scene.registration(arrival, grams=grams)
        assert scene.history.refused(REGISTER, data, scene.actor).code == code


def test_a_code_names_one_lot() -> None:
    scene, arrival = ready()
    lot, _ = scene.register(arrival)
    code = scene.history.row(LOT, lot).code
    refusal = scene.history.refused(REGISTER, scene.registration(arrival, code=code), scene.actor)
    assert refusal.code == "lot.code-used"
    demand_facts(refusal)


def test_a_lot_is_registered_where_it_was_announced() -> None:
    scene, arrival = ready()
    other = scene.town.facility(scene.station, "central_warehouse")
    refusal = scene.history.refused(REGISTER, scene.registration(arrival, facility=other), scene.actor)
    assert refusal.code == "lot.other-facility"
    demand_facts(refusal)


def test_somebody_elses_arrival_or_place_is_refused_like_none() -> None:
    scene, arrival = ready()
    rival = scene.rival.staff
    for asked in (arrival, arrival + 1):
        data = scene.registration(asked, facility=scene.rivals_place)
        assert scene.history.refused(REGISTER, data, rival).code == "arrival.not-found"
    data = scene.registration(arrival, facility=scene.rivals_place)
    assert scene.history.refused(REGISTER, data, scene.actor).code == "facility.not-found"


DOUBTS: list[tuple[str, Data, list[str]]] = [
    ("beef as livestock", {"hs": "0202300090"}, []),
    ("chicken as poultry", {"hs": "0207141100", "category": "poultry"}, []),
    ("chicken as livestock", {"hs": "0207141100"}, ["lot.hs-unlike-category"]),
    ("beef as fish", {"category": "aquatic"}, ["lot.hs-unlike-category"]),
    ("beef as other", {"category": "other"}, []),
    ("machines as other", {"hs": "8418102000", "category": "other"}, ["lot.hs-not-cold-chain"]),
    ("broken seal", {"seal_intact": False}, ["lot.seal-broken"]),
    ("whole seal", {"seal_intact": True}, []),
]


@pytest.mark.parametrize(
    ("changes", "rules"), [case[1:] for case in DOUBTS], ids=[case[0] for case in DOUBTS]
)
def test_what_should_not_be_is_recorded_in_breach(changes: Data, rules: list[str]) -> None:
    scene, arrival = ready()
    said = scene.history.say(REGISTER, scene.registration(arrival, **changes), scene.actor)
    assert [breach["rule"] for breach in said.breach] == rules

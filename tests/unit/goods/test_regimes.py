"""Goods of other regimes: what they must have, where they may lie, who takes them first is their policy's."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from schema.identifiers import Level, TraceCode
from schema.problems import Refusal
from service.goods.arrivals import ANNOUNCE
from service.goods.lots import CONTAINER_GRAMS, REGISTER
from service.goods.movements import PROCESS, STORE
from service.goods.papers import RECORD
from service.goods.release import RELEASE_LOT
from service.goods.state import ARRIVAL, LOT, UNIT, UnitState
from service.ledger import Data
from service.parties import FACILITY, policy_after_release, shipped_policies
from tests.unit.goods.inbound import (
    GRAMS,
    NOON,
    PIECES,
    Inbound,
    Story,
    at,
    declaration,
    demand_facts,
    nucleic,
    quarantine,
)

SHIPPED = {regime: shipped_policies(regime)[""] for regime in ("market_entry", "other_import")}


def origin(**changes: Any) -> Data:
    paper = {"kind": "origin", "issuer": "寿光市农业农村局", "number": "CD-001", "issued_on": "2020-08-14"}
    return {**paper, **changes}


def quick_test(**changes: Any) -> Data:
    paper = {"kind": "quality_test", "issuer": "市场快检室", "number": "KJ-001", "issued_on": "2020-08-17"}
    return {**paper, "happened_at": at("08:00", 17), "result": "qualified", **changes}


_ROLES = {
    "market": "wholesaler",
    "shop": "retailer",
    "third_party_store": "cold_store",
    "processing_plant": "processor",
}


class Stall:
    """A market where goods of one regime are announced, registered and released."""

    def __init__(self, regime: str, kind: str = "market", **policy: Any) -> None:
        self.scene = Inbound()
        self.regime = regime
        document = {**SHIPPED.get(regime, SHIPPED["market_entry"]), **policy}
        self.scene.town.policy("37", regime=regime, **document)
        self.market = self.scene.town.party(_ROLES[kind], region="370200", name="青岛批发市场")
        self.place = self.scene.town.facility(self.market, kind)

    def announcement(self, **changes: Any) -> Data:
        data = {"facility": self.place, "source": "within_province", "regime": self.regime, "port": "寿光"}
        apart = {"container": None, "seal": None, "entry_on": "2020-08-15", **data, **changes}
        return self.scene.announcement(**apart)

    def announce(self, **changes: Any) -> int:
        said = self.scene.history.say(ANNOUNCE, self.announcement(**changes), self.market.staff)
        return int(said.outcome["arrival"])

    def registration(self, arrival: int, **changes: Any) -> Data:
        nothing = dict.fromkeys(
            ("hs", "establishment", "cifer", "production_batch", "produced_on", "frozen_on")
        )
        cucumbers = {"product": "黄瓜", "product_en": None, "category": "other", "country": "CHN", "zone": 3}
        data = {"facility": self.place, "best_before": None, "temperature_class": "ambient"}
        return self.scene.registration(arrival, **{**nothing, **cucumbers, **data, **changes})

    def register(self, arrival: int, **changes: Any) -> tuple[int, int]:
        self.scene.history.now(NOON)
        said = self.scene.history.say(REGISTER, self.registration(arrival, **changes), self.market.staff)
        return int(said.outcome["lot"]), int(said.outcome["unit"])

    def record(self, paper: Data, lot: int) -> None:
        self.scene.history.say(RECORD, {"lots": [lot], **paper}, self.market.staff)

    def application(self, goods: tuple[int, int], **changes: Any) -> Data:
        return self.scene.application(*goods, **changes)

    def release(self, goods: tuple[int, int], **changes: Any) -> None:
        self.scene.history.say(RELEASE_LOT, self.application(goods, **changes), self.market.staff)

    def wants(self, goods: tuple[int, int], **changes: Any) -> list[str]:
        """What the gate still wants, told in both languages."""
        data = self.application(goods, **changes)
        refusal = self.scene.history.refused(RELEASE_LOT, data, self.market.staff)
        for cause in refusal.causes:
            assert isinstance(cause, Refusal)
            demand_facts(cause)
        return [cause.code for cause in refusal.causes]


def test_goods_enter_a_market_on_a_certificate_of_origin_and_a_test_of_the_day() -> None:
    stall = Stall("market_entry")
    goods = stall.register(stall.announce())
    assert stall.wants(goods) == ["gate.origin-missing", "gate.quality-test-missing"]
    stall.record(origin(), goods[0])
    stall.record(quick_test(), goods[0])
    stall.release(goods)
    lot = stall.scene.history.row(LOT, goods[0])
    assert (lot.regime, lot.released_grams, lot.hs, lot.establishment) == ("market_entry", GRAMS, None, None)


TESTS: list[tuple[str, list[Data], list[str]]] = [
    ("failed", [quick_test(result="unqualified")], ["gate.quality-test-failed"]),
    (
        "passed a minute later",
        [quick_test(result="unqualified"), quick_test(number="KJ-002", happened_at=at("08:01", 17))],
        [],
    ),
    (
        "passed in the same minute",
        [quick_test(result="unqualified"), quick_test(number="KJ-002")],
        ["gate.quality-test-failed"],
    ),
    ("sampled with the release", [quick_test(happened_at=at("09:30", 17))], []),
    ("sampled a minute after", [quick_test(happened_at=at("09:31", 17))], ["gate.sampled-after-release"]),
    ("of yesterday", [quick_test(issued_on="2020-08-16", happened_at="2020-08-16")], []),
    (
        "of the day before yesterday",
        [quick_test(issued_on="2020-08-15", happened_at="2020-08-15")],
        ["gate.certificate-too-old"],
    ),
]


@pytest.mark.parametrize(("tests", "codes"), [row[1:] for row in TESTS], ids=[row[0] for row in TESTS])
def test_a_test_of_quality(tests: list[Data], codes: list[str]) -> None:
    stall = Stall("market_entry")
    goods = stall.register(stall.announce())
    for paper in (origin(), *tests):
        stall.record(paper, goods[0])
    if codes:
        assert stall.wants(goods) == codes
    else:
        stall.release(goods)


def test_imports_outside_the_cold_chain_need_neither_test_nor_container() -> None:
    stall = Stall("other_import", kind="third_party_store")
    nuts = {"product": "开心果", "country": "IRN", "hs": "0802510000", "establishment": "IR-1", "zone": 1}
    dates = {"produced_on": "2020-05-01", "best_before": "2021-05-01", "production_batch": "P1"}
    goods = stall.register(stall.announce(source="port"), **nuts, **dates)
    assert stall.scene.history.statements[-1].breach == (), "an HS code need not be the cold chain's"
    stall.record(quarantine(), goods[0])
    stall.record(declaration(), goods[0])
    stall.release(goods)


def test_a_new_regime_needs_no_code() -> None:
    """Ice cream of the summer fair: made up here, enacted, registered and released under its own rules."""
    stall = Stall(
        "ice_cream",
        kind="shop",
        required=["origin"],
        certificate_validity_days={},
        first_stations=["shop"],
        zones_before_release=["domestic"],
        particulars=["best_before"],
    )
    goods = stall.register(stall.announce(), best_before="2020-12-01", country=None)
    assert stall.wants(goods) == ["gate.origin-missing"]
    stall.record(origin(), goods[0])
    stall.release(goods)
    history = stall.scene.history
    assert history.row(LOT, goods[0]).regime == "ice_cream"
    assert [row.state for row in history.rows(UNIT)] == ["quarantined", "released"]


def test_goods_without_quarantine_are_free_from_their_registration_on() -> None:
    stall = Stall("market_entry", required=[], quarantine=False)
    lot, unit = stall.register(stall.announce(), zone=3)
    history = stall.scene.history
    assert history.row(UNIT, unit).state == UnitState.RELEASED
    assert history.row(LOT, lot).released_grams == GRAMS
    refusal = history.refused(REGISTER, stall.registration(stall.announce(), zone=1), stall.market.staff)
    assert (refusal.code, refusal.facts["allowed"]) == ("zone.kind-unfit", "domestic, imported")


def test_goods_of_a_regime_come_to_the_places_that_it_names() -> None:
    stall = Stall("market_entry", first_stations=["central_warehouse"])
    refusal = stall.scene.history.refused(ANNOUNCE, stall.announcement(), stall.market.staff)
    assert (refusal.code, refusal.field) == ("station.not-first", "/facility")
    demand_facts(refusal)


def test_a_regime_that_nobody_enacted_is_unknown() -> None:
    stall = Stall("market_entry")
    data = stall.announcement(regime="ice_cream")
    refusal = stall.scene.history.refused(ANNOUNCE, data, stall.market.staff)
    assert (refusal.code, refusal.field) == ("policy.regime-unknown", "/regime")


def test_goods_lie_in_the_zones_that_the_regime_has_for_them() -> None:
    stall = Stall("market_entry")
    refusal = stall.scene.history.refused(
        REGISTER, stall.registration(stall.announce(), zone=2), stall.market.staff
    )
    assert (refusal.code, refusal.facts["kind"]) == ("zone.kind-unfit", "imported")
    missing = stall.scene.history.refused(
        REGISTER, stall.registration(stall.announce(), zone=9), stall.market.staff
    )
    assert missing.code == "zone.not-found"


def test_nothing_is_registered_into_a_zone_that_was_given_up() -> None:
    scene = Inbound()
    arrival = scene.announce()
    scene.history.now(NOON)
    place = scene.history.row(FACILITY, scene.place)
    zones = [{**zone, "closed": zone["no"] == 1} for zone in place.zones]
    scene.history.world.put([replace(place, zones=zones)])
    refusal = scene.history.refused(REGISTER, scene.registration(arrival), scene.actor)
    assert (refusal.code, refusal.field) == ("zone.closed", "/zone")
    scene.register(arrival, zone=4)


@pytest.mark.parametrize(
    "name", ["hs", "establishment", "country", "production_batch", "produced_on", "best_before"]
)
def test_imports_of_the_cold_chain_state_all_particulars(name: str) -> None:
    scene = Inbound()
    arrival = scene.announce()
    scene.history.now(NOON)
    refusal = scene.history.refused(REGISTER, scene.registration(arrival, **{name: None}), scene.actor)
    assert (refusal.code, refusal.field) == ("lot.particular-missing", f"/{name}")
    demand_facts(refusal)


@pytest.mark.parametrize(("port", "fits"), [("青岛", True), (" 青 岛", True), ("大连", False)])
def test_goods_come_through_accepted_places(port: str, fits: bool) -> None:
    scene = Inbound(entry_places=["青岛", "天津"])
    if fits:
        assert scene.history.row(ARRIVAL, scene.announce(port=port)).port == port
        return
    refusal = scene.history.refused(ANNOUNCE, scene.announcement(port=port), scene.actor)
    assert (refusal.code, refusal.field) == ("arrival.entry-place-not-accepted", "/port")
    demand_facts(refusal)


@pytest.mark.parametrize(("more", "codes"), [(0, []), (1, ["lot.container-overfull"])])
def test_all_that_came_out_of_a_container_fits_into_one(more: int, codes: list[str]) -> None:
    scene = Inbound()
    arrival = scene.announce()
    scene.history.now(NOON)
    scene.register(arrival, grams=20_000_000)
    _, unit = scene.register(arrival, grams=CONTAINER_GRAMS - 20_000_000 + more)
    said = scene.history.statements[-1]
    assert [breach["rule"] for breach in said.breach] == codes
    assert scene.history.row(ARRIVAL, arrival).registered_grams == CONTAINER_GRAMS + more
    assert scene.history.row(UNIT, unit).holds == [], "weights are to be explained; nothing is held"
    if codes:
        demand_facts(Refusal(codes[0], **said.breach[0]["facts"]))


def test_a_load_without_a_container_may_be_of_several_trucks() -> None:
    scene = Inbound()
    arrival = scene.announce(source="within_province", container=None, seal=None)
    scene.history.now(NOON)
    for _ in range(2):
        scene.register(arrival, grams=CONTAINER_GRAMS)
    assert scene.history.statements[-1].breach == ()


@pytest.mark.parametrize(
    ("best_before", "codes"), [("2020-08-17", []), ("2020-08-16", ["gate.past-best-before"])]
)
def test_goods_leave_up_to_the_day_until_which_they_are_good(best_before: str, codes: list[str]) -> None:
    scene, lot, unit = Story(registration={"best_before": best_before}).tell()
    if not codes:
        scene.release(lot, unit)
        return
    causes = scene.refused_release(lot, unit).causes
    assert [cause.code for cause in causes] == codes
    for cause in causes:
        assert isinstance(cause, Refusal)
        demand_facts(cause)


@pytest.mark.parametrize(
    "paper", [nucleic(result="qualified"), quick_test(result="negative")], ids=["nucleic acid", "quality"]
)
def test_a_test_comes_out_as_such_tests_do(paper: Data) -> None:
    scene, lot, _unit = Story(papers=[]).tell()
    refusal = scene.history.refused(RECORD, {"lots": [lot], **paper}, scene.actor)
    assert (refusal.code, refusal.field) == ("certificate.result-of-another-test", "/result")
    demand_facts(refusal)


@pytest.mark.parametrize(("day", "fits"), [(15, True), (14, False)])
def test_how_far_back_a_kind_may_be_dated_is_its_own_limit(day: int, fits: bool) -> None:
    """Registrations two days back, anything else thirty: handed over on the 15th, recorded on the 17th."""
    scene = Inbound(back_dating_days={"default": 30, "lot-registered": 1})
    arrival = scene.announce()
    scene.history.now(NOON)
    scene.open(arrival, happened_at=at("09:00", day))
    received = {"received_at": f"2020-08-{day + 1:02}"}
    if fits:
        scene.register(arrival, **received)
        return
    refusal = scene.history.refused(REGISTER, scene.registration(arrival, **received), scene.actor)
    assert (refusal.code, refusal.facts["days"]) == ("time.too-far-back", 1)


def test_a_release_is_counted_by_pieces_too() -> None:
    stall = Stall("market_entry")
    goods = stall.register(stall.announce())
    stall.record(origin(pieces=PIECES - 1), goods[0])
    stall.record(quick_test(), goods[0])
    assert stall.wants(goods) == ["gate.covers-too-few-pieces"]


@pytest.mark.parametrize(("regime", "zone", "broken"), [
    ("market_entry", 3, []),
    ("market_entry", 2, []),
    ("market_entry", 1, ["zone.kind-unfit"]),
    ("ice_cream", 3, ["zone.kind-unfit"]),
    ("ice_cream", 4, []),
])  # fmt: skip
def test_released_goods_lie_where_their_regime_has_them(regime: str, zone: int, broken: list[str]) -> None:
    own: dict[str, Any] = {"zones_after_release": ["independent"]} if regime == "ice_cream" else {}
    stall = Stall(regime, **own)
    goods = stall.register(stall.announce())
    stall.record(origin(), goods[0])
    stall.record(quick_test(), goods[0])
    stall.release(goods)
    unit = stall.scene.history.statements[-1].outcome["unit"]
    data = {"unit": unit, "zone": zone, "happened_at": at("10:00", 17)}
    said = stall.scene.history.say(STORE, data, stall.market.staff)
    assert [breach["rule"] for breach in said.breach] == broken


def test_goods_of_a_regime_that_a_region_does_not_know_lie_there_as_imports_do() -> None:
    world, at_ = Stall("ice_cream").scene.history.world, Stall("ice_cream").scene.history.at
    policy = policy_after_release(world, "420100", at_, "ice_cream")
    assert policy.document["zones_after_release"] == ["imported"]
    assert policy_after_release(world, "370200", at_, "ice_cream").regime == "ice_cream"


@pytest.mark.parametrize(
    ("recorded", "wants"),
    [
        ("2020-08-17T23:59:59.999999+08:00", []),
        ("2020-08-18T00:00:00+08:00", ["gate.customs-declaration-missing"]),
    ],
)
def test_a_policy_put_in_force_at_midnight_judges_from_that_instant(recorded: str, wants: list[str]) -> None:
    """A declaration is demanded from the 18th on. The same release of the 17th, said a microsecond apart."""
    scene, lot, unit = Story().tell()
    needed = ["quarantine", "nucleic_acid", "disinfection", "customs_declaration"]
    scene.town.policy("37", valid_from="2020-08-18", required=needed)
    scene.history.now(recorded)
    if not wants:
        assert scene.release(lot, unit).policy == scene.version
        return
    assert [cause.code for cause in scene.refused_release(lot, unit).causes] == wants


def test_what_is_made_of_goods_stays_under_their_regime() -> None:
    stall = Stall("market_entry", kind="processing_plant", required=[], quarantine=False,
                  first_stations=["processing_plant"])  # fmt: skip
    _, unit = stall.register(stall.announce(), produced_on="2020-08-10", best_before="2020-09-10")
    pickles = {"product": "酱黄瓜", "category": "other", "specification": "500 g/瓶", "hs": "2001100000"}
    kept = {"temperature_class": "ambient", "production_batch": "J1", "grams": 99_000}
    days = {"produced_on": "2020-08-17", "best_before": "2020-09-10"}
    data = {
        "facility": stall.place,
        "inputs": [{"unit": unit, "pieces": 10, "grams": 100_000}],
        "outputs": [{"code": TraceCode.new(Level.BATCH, "370200").text, **pickles, **kept, **days}],
        "loss_grams": 1000,
        "loss_reason": "trimming",
        "happened_at": at("11:00", 17),
    }
    made = stall.scene.history.say(PROCESS, data, stall.market.staff).outcome["lots"][0]
    assert stall.scene.history.row(LOT, made).regime == "market_entry"


BEEF = {"category": "livestock", "temperature_class": "frozen", "country": "BRA"}
NO_SUCH = ({"country": "CHN"}, {"temperature_class": "ambient"}, {"category": "other"})


@pytest.mark.parametrize(("what", "broken"), [({}, 1), ({"hs": "0202300090"}, 1), *((x, 0) for x in NO_SUCH)])
def test_an_import_of_the_cold_chain_under_a_milder_regime_is_held(what: Data, broken: int) -> None:
    stall = Stall("market_entry")
    _, unit = stall.register(stall.announce(), **BEEF | what)
    rules = [Refusal(each["rule"], **each["facts"]) for each in stall.scene.history.statements[-1].breach]
    held = len(stall.scene.history.row(UNIT, unit).holds)
    assert ([rule.code for rule in rules], held) == (["lot.regime-unfit"] * broken, broken)
    [*map(demand_facts, rules)]

"""Disinfection: what is recorded of it, what breaks a rule and stands, what is refused, who accepts it."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

import pytest

from schema.problems import Refusal, explain
from service.goods.disinfection import ACCEPT_DISINFECTION, DISINFECTION, RECORD_DISINFECTION, Disinfection
from service.goods.state import EVENT
from service.ledger import Actor, Data, Statement
from service.parties import REGISTER_VEHICLE
from service.parties.persons.staff import REGISTER_STAFF, TEST_STAFF
from tests.history import History
from tests.quay import Goods, Quay
from tests.refusing import Case, Cases, Said, demand_refused
from tests.settlement import SEALED, Party

AT = "2020-08-19T10:00+08:00"
MINIMUM = [
    {"agent": "chlorine", "milligrams_per_litre": 500, "contact_minutes": 30},
    {"agent": "ultraviolet", "contact_minutes": 60},
]


@dataclass
class Yard:
    """A first station with a lot, its regulator and that of another region, and a carrier."""

    quay: Quay
    goods: Goods
    regulator: Party
    elsewhere: Party
    truck: int
    shops_van: int

    def say(self, by: Actor | None = None, **data: object) -> Statement:
        return self.quay.history.say(RECORD_DISINFECTION, done(**data), by or self.quay.station.staff)

    def row(self, said: Statement) -> Disinfection:
        return self.quay.history.row(DISINFECTION, said.outcome["disinfection"])


def done(**data: object) -> Data:
    return {
        "happened_at": AT,
        "agent": "chlorine",
        "milligrams_per_litre": 1000,
        "contact_minutes": 30,
        **data,
    }


@pytest.fixture
def yard() -> Yard:
    quay = Quay(History(DISINFECTION), disinfection_minimum=MINIMUM)
    carrier = quay.town.party("carrier", region="370200")
    vehicles = [
        quay.history.say(REGISTER_VEHICLE, {"kind": "van", "plate": SEALED}, party.manager).outcome["vehicle"]
        for party in (carrier, quay.shop)
    ]
    regulators = [quay.town.party("regulator", region=region) for region in ("370000", "420000")]
    return Yard(quay, quay.lot(100, 2_700_000), *regulators, *vehicles)


def test_pieces_of_goods_are_counted_and_stand_in_their_history(yard: Yard) -> None:
    said = yard.say(unit=yard.goods.unit, pieces=100, terminal=True, file="a" * 64, remark=SEALED)
    row = yard.row(said)
    assert (row.subject, row.target, row.pieces, row.of_pieces) == ("unit", yard.goods.unit, 100, 100)
    assert (row.facility, row.region) == (yard.quay.place, "370200")
    assert row.happened_at == AT
    assert (row.terminal, row.crew, row.broken, row.accepted_by) == (True, [], [], None)
    event = yard.quay.history.rows(EVENT)[-1]
    assert (event.lot, event.kind) == (yard.goods.lot, "disinfection-done")


def test_a_part_of_the_pieces_is_no_breach_and_no_whole(yard: Yard) -> None:
    row = yard.row(yard.say(lot=yard.goods.lot, pieces=60))
    assert (row.subject, row.pieces, row.of_pieces, row.broken) == ("lot", 60, 100, [])


@pytest.mark.parametrize(
    ("named", "target", "label"),
    [
        ({"zone": 2}, 2, None),
        ({"bay": "D3"}, None, "D3"),
        ({"equipment": "FL-7"}, None, "FL-7"),
    ],
)
def test_places_and_equipment_are_disinfected(yard: Yard, named: Data, target: Any, label: Any) -> None:
    row = yard.row(yard.say(facility=yard.quay.place, square_metres=200, **named))
    assert (row.facility, row.target, row.label, row.square_metres) == (yard.quay.place, target, label, 200)


def test_a_vehicle_of_ones_own_or_of_a_carrier_is_disinfected_where_one_is(yard: Yard) -> None:
    row = yard.row(yard.say(vehicle=yard.truck))
    assert (row.subject, row.target, row.facility, row.region) == ("vehicle", yard.truck, None, "370200")
    assert yard.row(yard.say(yard.quay.shop.staff, vehicle=yard.shops_van)).region == "420100"


def test_another_agent_has_a_name(yard: Yard) -> None:
    yard.quay.town.policy("", issuers={}, back_dating_days=3650, disinfection_minimum=[])
    row = yard.row(yard.say(vehicle=yard.truck, agent="other", agent_name="某消毒剂"))
    assert (row.agent, row.agent_name, row.broken) == ("other", "某消毒剂", [])


@pytest.mark.parametrize(
    ("data", "code", "fact"),
    [
        ({"milligrams_per_litre": 499}, "disinfection.too-weak", "500"),
        ({"contact_minutes": 29}, "disinfection.too-short", "30"),
        ({"agent": "ethanol"}, "disinfection.agent-unfit", "ethanol"),
        ({"pieces": 101}, "disinfection.more-than-there", "101"),
    ],
)
def test_what_falls_short_is_recorded_in_breach(yard: Yard, data: Data, code: str, fact: str) -> None:
    said = yard.say(**{"unit": yard.goods.unit, "pieces": 100, **data})
    assert yard.row(said).broken == [breach["rule"] for breach in said.breach] == [code]
    assert said.outcome["finding"]["facility"] == yard.quay.place
    refusal = Refusal(code, **said.breach[0]["facts"])
    assert all(fact in explain(refusal, language).detail for language in ("zh", "en"))


def test_who_did_it_is_named_and_must_be_fit_for_it(yard: Yard) -> None:
    worker = yard.quay.history.say(
        REGISTER_STAFF, {"role": "cleaner", "name": SEALED}, yard.quay.station.manager
    ).outcome["staff"]
    tested = {"staff": worker, "test": "nucleic_acid", "sampled_on": "2020-08-19", "clears": True}
    assert yard.row(yard.say(vehicle=yard.truck, crew=[worker])).broken == ["staff.test-overdue"]
    yard.quay.history.say(TEST_STAFF, tested, yard.quay.station.manager)
    row = yard.row(yard.say(vehicle=yard.truck, crew=[worker]))
    assert (row.crew, row.broken) == ([worker], [])
    assert yard.row(yard.say(vehicle=yard.truck, crew=[worker, 7])).broken == ["staff.not-found"]


def test_just_enough_is_enough(yard: Yard) -> None:
    assert yard.say(vehicle=yard.truck, milligrams_per_litre=500, contact_minutes=30).breach == ()
    assert yard.say(vehicle=yard.truck, agent="ultraviolet", contact_minutes=60).breach == ()


def test_it_is_never_refused_for_being_late(yard: Yard) -> None:
    yard.quay.town.policy("", issuers={}, back_dating_days=1)
    yard.quay.history.now("2020-09-30T00:00:00+00:00")
    said = yard.say(unit=yard.goods.unit, pieces=100)
    assert yard.row(said).broken == ["time.too-far-back"]


def test_a_regulator_of_the_region_accepts_it(yard: Yard) -> None:
    said = yard.say(facility=yard.quay.place, zone=2)
    key = said.outcome["disinfection"]
    yard.quay.history.say(
        ACCEPT_DISINFECTION, {"disinfection": key, "grounds": "evidence_checked"}, yard.regulator.staff
    )
    row = yard.row(said)
    assert (row.accepted_by, row.grounds) == (yard.regulator.organisation, "evidence_checked")
    assert row.accepted_in == row.version == yard.quay.history.position - 1


CASES = Cases[Yard]()
breaks = CASES.breaks


def record(yard: Yard, field: str | None = None, **data: object) -> Said:
    return Said(RECORD_DISINFECTION, done(**data), yard.quay.station.staff, field=field)


@breaks("disinfection.not-one-thing")
def nothing_is_named(yard: Yard) -> Said:
    return record(yard)


@breaks("disinfection.not-one-thing")
def two_things_are_named(yard: Yard) -> Said:
    return record(yard, facility=yard.quay.place, zone=1, bay="3")


@breaks("disinfection.place-missing")
def a_zone_of_nowhere(yard: Yard) -> Said:
    return record(yard, "/facility", zone=1)


@breaks("disinfection.agent-name-missing")
def another_agent_without_a_name(yard: Yard) -> Said:
    return record(yard, "/agent_name", vehicle=yard.truck, agent="other")


@breaks("disinfection.pieces-missing")
def goods_that_were_only_ticked(yard: Yard) -> Said:
    return record(yard, "/pieces", unit=yard.goods.unit)


@breaks("unit.not-found")
def anothers_unit(yard: Yard) -> Said:
    data = done(unit=yard.goods.unit, pieces=1)
    return Said(RECORD_DISINFECTION, data, yard.quay.shop.staff, field="/unit")


@breaks("lot.not-found")
def anothers_lot(yard: Yard) -> Said:
    return Said(RECORD_DISINFECTION, done(lot=yard.goods.lot, pieces=1), yard.quay.shop.staff, field="/lot")


@breaks("lot.not-found")
def a_lot_that_is_not_there(yard: Yard) -> Said:
    return record(yard, "/lot", lot=7, pieces=1)


@breaks("facility.not-found")
def anothers_place(yard: Yard) -> Said:
    return record(yard, "/facility", facility=yard.quay.counter, zone=1)


@breaks("zone.not-found")
def a_zone_that_is_not_there(yard: Yard) -> Said:
    return record(yard, "/zone", facility=yard.quay.place, zone=9)


@breaks("vehicle.not-found")
def anothers_vehicle_that_carries_for_nobody(yard: Yard) -> Said:
    return record(yard, "/vehicle", vehicle=yard.shops_van)


@breaks("vehicle.not-found")
def a_vehicle_that_is_not_there(yard: Yard) -> Said:
    return record(yard, "/vehicle", vehicle=7)


@breaks("time.in-future")
def tomorrows(yard: Yard) -> Said:
    return record(yard, "/happened_at", vehicle=yard.truck, happened_at="2020-08-21T10:00+08:00")


def accept(yard: Yard, by: Actor, **data: object) -> Said:
    key = yard.say(facility=yard.quay.place, zone=2).outcome["disinfection"]
    said = {"disinfection": key, "grounds": "inspected_on_site", **data}
    return Said(ACCEPT_DISINFECTION, said, by, field="/disinfection")


@breaks("disinfection.not-found")
def the_regulator_of_another_region_accepts(yard: Yard) -> Said:
    return accept(yard, yard.elsewhere.staff)


@breaks("disinfection.not-found")
def one_that_is_not_there_is_accepted(yard: Yard) -> Said:
    return accept(yard, yard.regulator.staff, disinfection=7)


@breaks("disinfection.already-accepted")
def accepted_twice(yard: Yard) -> Said:
    said = accept(yard, yard.regulator.staff)
    yard.quay.history.say(said.kind, said.data, said.actor)
    return said


@breaks("party.role-missing")
def the_store_accepts_its_own(yard: Yard) -> Said:
    said = accept(yard, yard.quay.station.manager)
    return Said(said.kind, said.data, said.actor)


@pytest.mark.parametrize(("code", "case"), CASES.params)
def test_what_breaks_a_rule_is_refused(code: str, case: Case[Yard], yard: Yard) -> None:
    demand_refused(yard.quay.history, code, case(yard))


def test_every_code_of_the_room_has_a_case() -> None:
    text = files("schema.problems").joinpath("disinfection.toml").read_text(encoding="utf-8")
    breaches = {"too-weak", "too-short", "agent-unfit", "more-than-there"}
    over_http = {"disinfection.file-not-uploaded"}
    found = CASES.codes | {f"disinfection.{each}" for each in breaches} | over_http
    assert set(tomllib.loads(text)) <= found

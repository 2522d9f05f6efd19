"""Filing: what changes, suspensions and re-partitions do, and each rule just beyond its boundary."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date
from importlib.resources import files

import pytest

from schema.problems import LANGUAGES, Refusal, explain
from service.ledger import Actor, Data, Kind, Statement
from service.parties import FACILITY, FILE_FACILITY, ORGANISATION, REGISTER_VEHICLE, VEHICLE, Facility
from service.parties.filing.changes import (
    CHANGE_FACILITY,
    CLOSE_FACILITY,
    REINSTATE_FACILITY,
    SUSPEND_FACILITY,
)
from service.parties.filing.vehicles import CHANGE_VEHICLE, RETIRE_VEHICLE
from service.parties.filing.working_days import LAST_KNOWN, last_day, works
from service.parties.filing.zones import MOST_ZONES, REPARTITION_ZONES, zone_closed
from service.parties.organisations import CHANGE_ORGANISATION
from tests.refusing import Case, Cases, Said, demand_refused
from tests.settlement import SEALED, Party, Settlement

RECORDED = "2020-09-30T12:00:00+08:00"
"""A Wednesday before the eight days off of that year's National Day."""


@dataclass
class Store:
    """A first station in Qingdao, its regulator, another business and another region's regulator."""

    town: Settlement
    owner: Party
    place: int
    regulator: Party
    stranger: Party
    elsewhere: Party

    def say(self, kind: Kind, by: Actor, **data: object) -> Statement:
        return self.town.history.say(kind, {"facility": self.place, **data}, by)

    @property
    def row(self) -> Facility:
        return self.town.history.row(FACILITY, self.place)

    def zone(self, number: int) -> Data:
        return next(zone for zone in self.row.zones if zone["no"] == number)


@pytest.fixture
def store(town: Settlement) -> Store:
    owner = town.party("first_station", region="370200")
    place = town.facility(owner, "first_station", "quarantine", "imported", "imported")
    regulator = town.party("regulator", region="370000")
    town.history.now(RECORDED)
    return Store(
        town, owner, place, regulator, town.party("retailer"), town.party("regulator", region="420000")
    )


def zone(name: str, *made_from: int, kind: str = "imported") -> Data:
    return {"name": name, "kind": kind, "from": [*made_from]}


def test_working_days_are_those_of_the_announced_calendar_and_weekdays_beyond_it() -> None:
    assert not works(date(2020, 10, 1))
    assert works(date(2020, 10, 10)), "a Saturday that was worked"
    assert last_day(date(2020, 9, 30), 1) == date(2020, 10, 9)
    assert last_day(date(2020, 9, 30), 3) == date(2020, 10, 12)
    assert LAST_KNOWN.year == 2026
    assert [works(date(2031, 10, day)) for day in (3, 4)] == [True, False]
    assert [works(date(1999, 10, day)) for day in (1, 2)] == [True, False]


def test_a_place_is_changed_and_keeps_what_was_not_named(store: Store) -> None:
    before = store.row
    said = store.say(
        CHANGE_FACILITY, store.owner.manager, changed_on="2020-09-28", filing="备 2", name="新名"
    )
    assert (store.row.filing, store.row.name, store.row.address) == ("备 2", "新名", before.address)
    assert store.row.zones == before.zones
    assert said.breach == ()
    assert said.policy is not None


def test_what_a_sole_trader_changes_stands_as_a_commitment(store: Store) -> None:
    store.say(CHANGE_FACILITY, store.owner.manager, changed_on="2020-09-28", name=SEALED, address=SEALED)
    assert (store.row.name, store.row.address) == ("", "")


def filing(town: Settlement, party: Party, began: str) -> Statement:
    data = {"kind": "shop", "name": "店", "region": "210100", "address": "路 1 号", "began_on": began}
    return town.history.say(FILE_FACILITY, data, party.manager)


@pytest.mark.parametrize(("began", "late"), [("2020-08-20", False), ("2020-08-19", True)])
def test_a_place_is_filed_within_thirty_working_days(store: Store, began: str, late: bool) -> None:
    assert last_day(date(2020, 8, 20), 30) == date(2020, 9, 30)
    said = filing(store.town, store.stranger, began)
    assert [breach["rule"] for breach in said.breach] == (["filing.late"] if late else [])
    assert store.town.history.row(FACILITY, said.outcome["facility"]).began_on == began


@pytest.mark.parametrize(("changed", "late"), [("2020-09-17", False), ("2020-09-16", True)])
@pytest.mark.parametrize("kind", [CHANGE_FACILITY, REPARTITION_ZONES], ids=lambda kind: kind.name)
def test_a_change_is_told_within_ten_working_days(store: Store, kind: Kind, changed: str, late: bool) -> None:
    data: Data = {"changed_on": changed, "filing": "备 2"}
    if kind is REPARTITION_ZONES:
        data = {"happened_at": changed, "zones": [zone("加冷间")]}
    said = store.say(kind, store.owner.manager, **data)
    assert [breach["rule"] for breach in said.breach] == (["filing.change-late"] if late else [])
    for breach in said.breach:
        for language in ("zh", "en"):
            assert "2020-09-29" in explain(Refusal(breach["rule"], **breach["facts"]), language).detail


def test_a_policy_gives_the_clocks(store: Store) -> None:
    store.town.policy("3702", filing_change_days=2)
    said = store.say(CHANGE_FACILITY, store.owner.manager, changed_on="2020-09-25", filing="备 2")
    assert [breach["rule"] for breach in said.breach] == ["filing.change-late"]


def test_each_lifts_what_it_imposed_and_the_place_works_when_nobody_stops_it(store: Store) -> None:
    owner, authority = store.owner.manager, store.regulator.manager
    store.say(SUSPEND_FACILITY, owner, reason="maintenance")
    store.say(SUSPEND_FACILITY, authority, reason="inspection_failed")
    assert (store.row.active, store.row.suspended) == (False, ["owner", "authority"])
    assert store.row.reason == "inspection_failed"
    store.say(REINSTATE_FACILITY, owner, reason="remedied")
    assert (store.row.active, store.row.suspended) == (False, ["authority"])
    store.say(REINSTATE_FACILITY, authority, reason="remedied")
    assert (store.row.active, store.row.suspended, store.row.reason) == (True, [], None)


@pytest.mark.parametrize("who", ["owner", "regulator"])
def test_either_closes_a_place_for_good(store: Store, who: str) -> None:
    store.say(CLOSE_FACILITY, getattr(store, who).manager, reason="ceased")
    assert (store.row.active, store.row.closed, store.row.reason) == (False, True, "ceased")


def test_zones_get_new_numbers_and_the_old_ones_stay_closed(store: Store) -> None:
    said = store.say(
        REPARTITION_ZONES,
        store.owner.manager,
        happened_at="2020-09-30T08:00+08:00",
        zones=[zone("进口大区", 2, 3), zone("独立间", kind="independent")],
    )
    assert said.outcome == {"zones": [4, 5], "closed": [2, 3]}
    assert [zone["no"] for zone in store.row.zones if zone["closed"]] == [2, 3]
    assert store.zone(4) == {
        "no": 4,
        "name": "进口大区",
        "kind": "imported",
        "from": [2, 3],
        "edition": store.town.history.position - 1,
        "closed": False,
    }
    broken = [*zone_closed(store.zone(2), store.row)]
    assert [(each.code, each.facts["into"]) for each in broken] == [("zone.closed", "4")]
    assert [*zone_closed(store.zone(4), store.row)] == []


def test_a_zone_may_be_given_up_and_its_name_used_again(store: Store) -> None:
    said = store.say(
        REPARTITION_ZONES,
        store.owner.manager,
        happened_at="2020-09-30",
        zones=[zone("3 区", 2)],
        gives_up=[3],
    )
    assert said.outcome == {"zones": [4], "closed": [2, 3]}
    assert next(zone_closed(store.zone(3), store.row)).facts["into"] is None


def test_a_vehicle_is_changed_and_retired(store: Store) -> None:
    owner, say = store.owner.manager, store.town.history.say
    vehicle = say(REGISTER_VEHICLE, {"kind": "van", "plate": SEALED}, owner).outcome["vehicle"]
    say(CHANGE_VEHICLE, {"vehicle": vehicle, "kind": "truck"}, owner)
    row = store.town.history.row(VEHICLE, vehicle)
    assert (row.kind, row.plate, row.active) == ("truck", SEALED, True)
    say(CHANGE_VEHICLE, {"vehicle": vehicle, "plate": {"sha256": "1" * 64}}, owner)
    say(RETIRE_VEHICLE, {"vehicle": vehicle}, owner)
    row = store.town.history.row(VEHICLE, vehicle)
    assert (row.plate, row.active) == ({"sha256": "1" * 64}, False)


def test_an_organisation_gets_another_name_and_roles(store: Store) -> None:
    said = {"organisation": store.owner.organisation, "uscc": store.owner.uscc}
    by = store.town.platform.manager
    store.town.history.say(CHANGE_ORGANISATION, {**said, "name": "改名公司", "name_en": "Renamed"}, by)
    store.town.history.say(CHANGE_ORGANISATION, {**said, "roles": ["first_station", "importer"]}, by)
    row = store.town.history.row(ORGANISATION, store.owner.organisation)
    assert (row.name, row.name_en, row.roles) == ("改名公司", "Renamed", ["first_station", "importer"])
    store.town.history.say(CHANGE_ORGANISATION, {**said, "name": SEALED}, by)
    assert store.town.history.row(ORGANISATION, store.owner.organisation).name == ""


CASES = Cases[Store]()
breaks = CASES.breaks


def change(store: Store, **changed: object) -> Data:
    return {"facility": store.place, "changed_on": "2020-09-28", "filing": "备 2", **changed}


def repartition(store: Store, *zones: Data, **changed: object) -> Data:
    return {"facility": store.place, "happened_at": "2020-09-30", "zones": [*zones], **changed}


@breaks("filing.nothing-changed")
def a_change_of_nothing(store: Store) -> Said:
    data = {"facility": store.place, "changed_on": "2020-09-28"}
    return Said(CHANGE_FACILITY, data, store.owner.manager)


@breaks("filing.nothing-changed")
def a_repartition_of_nothing(store: Store) -> Said:
    return Said(REPARTITION_ZONES, repartition(store), store.owner.manager)


@breaks("filing.nothing-changed")
def a_vehicle_changed_in_nothing(store: Store) -> Said:
    said = store.town.history.say(REGISTER_VEHICLE, {"kind": "van", "plate": SEALED}, store.owner.manager)
    return Said(CHANGE_VEHICLE, {"vehicle": said.outcome["vehicle"]}, store.owner.manager)


@breaks("filing.nothing-changed")
def an_organisation_changed_in_nothing(store: Store) -> Said:
    data = {"organisation": store.owner.organisation, "uscc": store.owner.uscc}
    return Said(CHANGE_ORGANISATION, data, store.town.platform.manager)


@breaks("facility.not-found")
def anothers_place_is_changed(store: Store) -> Said:
    return Said(CHANGE_FACILITY, change(store), store.stranger.manager, field="/facility")


@breaks("facility.not-found")
def the_regulator_changes_a_place(store: Store) -> Said:
    return Said(CHANGE_FACILITY, change(store), store.regulator.manager, field="/facility")


@breaks("facility.not-found")
def a_place_that_is_not_there_is_changed(store: Store) -> Said:
    return Said(CHANGE_FACILITY, change(store, facility=7), store.owner.manager, field="/facility")


@breaks("facility.not-found")
def another_business_suspends(store: Store) -> Said:
    data = {"facility": store.place, "reason": "other"}
    return Said(SUSPEND_FACILITY, data, store.stranger.manager, field="/facility")


@breaks("facility.not-found")
def the_regulator_of_another_region_suspends(store: Store) -> Said:
    data = {"facility": store.place, "reason": "other"}
    return Said(SUSPEND_FACILITY, data, store.elsewhere.manager, field="/facility")


@breaks("facility.not-found")
def a_place_that_is_not_there_is_suspended(store: Store) -> Said:
    data = {"facility": 7, "reason": "other"}
    return Said(SUSPEND_FACILITY, data, store.regulator.manager, field="/facility")


@breaks("actor.manager-only")
def staff_changes_a_place(store: Store) -> Said:
    return Said(CHANGE_FACILITY, change(store), store.owner.staff)


@breaks("actor.manager-only")
def staff_of_the_regulator_suspends(store: Store) -> Said:
    data = {"facility": store.place, "reason": "order"}
    return Said(SUSPEND_FACILITY, data, store.regulator.staff)


@breaks("actor.manager-only")
def staff_changes_a_vehicle(store: Store) -> Said:
    said = store.town.history.say(REGISTER_VEHICLE, {"kind": "van", "plate": SEALED}, store.owner.manager)
    return Said(CHANGE_VEHICLE, {"vehicle": said.outcome["vehicle"], "kind": "truck"}, store.owner.staff)


@breaks("party.role-missing")
def a_business_changes_an_organisation(store: Store) -> Said:
    data = {"organisation": store.owner.organisation, "uscc": store.owner.uscc, "name": "我"}
    return Said(CHANGE_ORGANISATION, data, store.owner.manager)


@breaks("time.in-future")
def a_change_of_tomorrow(store: Store) -> Said:
    return Said(
        CHANGE_FACILITY, change(store, changed_on="2020-10-01"), store.owner.manager, field="/changed_on"
    )


@breaks("time.in-future")
def a_repartition_of_six_minutes_hence(store: Store) -> Said:
    data = repartition(store, zone("新"), happened_at="2020-09-30T12:07+08:00")
    return Said(REPARTITION_ZONES, data, store.owner.manager, field="/happened_at")


@breaks("time.in-future")
def a_place_that_begins_tomorrow(store: Store) -> Said:
    data = {"kind": "shop", "name": "店", "region": "210100", "address": "路", "began_on": "2020-10-01"}
    return Said(FILE_FACILITY, data, store.stranger.manager, field="/began_on")


def closed(store: Store) -> None:
    store.say(CLOSE_FACILITY, store.owner.manager, reason="moved")


@breaks("facility.closed")
def a_closed_place_is_changed(store: Store) -> Said:
    closed(store)
    return Said(CHANGE_FACILITY, change(store), store.owner.manager, field="/facility")


@breaks("facility.closed")
def a_closed_place_is_reinstated(store: Store) -> Said:
    closed(store)
    data = {"facility": store.place, "reason": "error"}
    return Said(REINSTATE_FACILITY, data, store.regulator.manager, field="/facility")


@breaks("facility.already-suspended")
def suspended_twice(store: Store) -> Said:
    store.say(SUSPEND_FACILITY, store.regulator.manager, reason="order")
    data = {"facility": store.place, "reason": "order"}
    return Said(SUSPEND_FACILITY, data, store.regulator.manager, field="/facility")


@breaks("facility.not-suspended")
def the_owner_lifts_what_the_regulator_imposed(store: Store) -> Said:
    store.say(SUSPEND_FACILITY, store.regulator.manager, reason="order")
    data = {"facility": store.place, "reason": "remedied"}
    return Said(REINSTATE_FACILITY, data, store.owner.manager, field="/facility")


@breaks("facility.quarantine-zone-missing")
def the_last_quarantine_zone_is_given_up(store: Store) -> Said:
    return Said(REPARTITION_ZONES, repartition(store, gives_up=[1]), store.owner.manager, field="/zones")


@breaks("facility.zones-missing")
def the_last_zones_are_given_up(store: Store) -> Said:
    return Said(
        REPARTITION_ZONES, repartition(store, gives_up=[1, 2, 3]), store.owner.manager, field="/zones"
    )


@breaks("facility.zone-name-twice")
def a_new_zone_has_the_name_of_one_that_stays(store: Store) -> Said:
    data = repartition(store, zone("新", 2), zone("3 区", 2))
    return Said(REPARTITION_ZONES, data, store.owner.manager, field="/zones/1/name")


@breaks("facility.zones-exhausted")
def the_thousandth_zone(store: Store) -> Said:
    for first in range(4, MOST_ZONES + 1, 83):
        many = [zone(f"间 {first + each}") for each in range(83)]
        store.say(REPARTITION_ZONES, store.owner.manager, happened_at="2020-09-30", zones=many)
    assert len(store.row.zones) == MOST_ZONES
    return Said(REPARTITION_ZONES, repartition(store, zone("新")), store.owner.manager, field="/zones")


@breaks("zone.not-found")
def a_zone_made_of_one_that_is_not_there(store: Store) -> Said:
    return Said(
        REPARTITION_ZONES, repartition(store, zone("新", 4)), store.owner.manager, field="/zones/0/from"
    )


@breaks("zone.closed")
def a_zone_made_of_one_that_was_repartitioned(store: Store) -> Said:
    store.say(REPARTITION_ZONES, store.owner.manager, happened_at="2020-09-30", zones=[zone("新", 2)])
    return Said(
        REPARTITION_ZONES,
        repartition(store, zone("再", 3), zone("又", 2)),
        store.owner.manager,
        field="/zones/1/from",
    )


@breaks("zone.closed")
def a_zone_is_given_up_twice(store: Store) -> Said:
    store.say(REPARTITION_ZONES, store.owner.manager, happened_at="2020-09-30", zones=[], gives_up=[2])
    return Said(REPARTITION_ZONES, repartition(store, gives_up=[2]), store.owner.manager, field="/gives_up")


@breaks("vehicle.not-found")
def anothers_vehicle_is_retired(store: Store) -> Said:
    said = store.town.history.say(REGISTER_VEHICLE, {"kind": "van", "plate": SEALED}, store.owner.manager)
    return Said(
        RETIRE_VEHICLE, {"vehicle": said.outcome["vehicle"]}, store.stranger.manager, field="/vehicle"
    )


@breaks("vehicle.retired")
def a_retired_vehicle_is_changed(store: Store) -> Said:
    by, say = store.owner.manager, store.town.history.say
    vehicle = say(REGISTER_VEHICLE, {"kind": "van", "plate": SEALED}, by).outcome["vehicle"]
    say(RETIRE_VEHICLE, {"vehicle": vehicle}, by)
    return Said(CHANGE_VEHICLE, {"vehicle": vehicle, "kind": "truck"}, by, field="/vehicle")


@breaks("party.not-found")
def an_organisation_that_is_not_there(store: Store) -> Said:
    data = {"organisation": 7, "uscc": store.owner.uscc, "name": "新"}
    return Said(CHANGE_ORGANISATION, data, store.town.platform.manager, field="/organisation")


def reorganised(store: Store, party: Party, **changed: object) -> Data:
    return {"organisation": party.organisation, "uscc": party.uscc, **changed}


@breaks("party.uscc-differs")
def another_code(store: Store) -> Said:
    data = reorganised(store, store.owner, uscc=store.stranger.uscc, name="新")
    return Said(CHANGE_ORGANISATION, data, store.town.platform.manager, field="/uscc")


@breaks("party.platform-reserved")
def a_business_becomes_the_operator(store: Store) -> Said:
    data = reorganised(store, store.owner, roles=["platform"])
    return Said(CHANGE_ORGANISATION, data, store.town.platform.manager, field="/roles")


@breaks("party.roles-conflict")
def a_regulator_also_trades(store: Store) -> Said:
    data = reorganised(store, store.regulator, roles=["regulator", "retailer"])
    return Said(CHANGE_ORGANISATION, data, store.town.platform.manager, field="/roles")


@breaks("party.supervision-fixed")
def a_business_becomes_a_regulator(store: Store) -> Said:
    data = reorganised(store, store.owner, roles=["regulator"])
    return Said(CHANGE_ORGANISATION, data, store.town.platform.manager, field="/roles")


@breaks("party.supervision-fixed")
def a_regulator_becomes_a_business(store: Store) -> Said:
    data = reorganised(store, store.regulator, roles=["retailer"])
    return Said(CHANGE_ORGANISATION, data, store.town.platform.manager, field="/roles")


@pytest.mark.parametrize(("code", "case"), CASES.params)
def test_what_breaks_a_rule_is_refused(code: str, case: Case[Store], store: Store) -> None:
    refusal = demand_refused(store.town.history, code, case(store))
    texts = [explain(refusal, language) for language in LANGUAGES]
    for fact in filter(None, refusal.facts.values()):
        assert (
            all(str(fact) in text.detail or "T" in str(fact) for text in texts)
            or code == "party.role-missing"
        )


def test_every_code_of_the_room_has_a_case() -> None:
    catalogue = tomllib.loads(files("schema.problems").joinpath("filing.toml").read_text(encoding="utf-8"))
    breaches = {"filing.late", "filing.change-late"}
    assert set(catalogue) - breaches <= CASES.codes

"""Staff: who may work when, at the boundary of each rule, and what a refusal says in both languages."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from schema import moments
from schema.problems import Refusal, explain
from service.ledger import Actor, Data, Kind
from service.parties import FACILITY, crew_breaches, crew_streams, policy_for
from service.parties.persons.staff import (
    ASSIGN_SHIFT,
    MOST_TESTS,
    REGISTER_STAFF,
    STAFF_LEFT,
    TEST_STAFF,
    VACCINATE_STAFF,
    due_on,
    state_of,
)
from service.parties.state import SHIFT, STAFF, Policy
from tests.history import History
from tests.settlement import SEALED, Party, Settlement

TODAY = "2020-11-13"
RULES = [
    {"role": "direct_contact", "test": "nucleic_acid", "every_days": 2, "vaccination": True},
    {"role": "handler", "test": "nucleic_acid", "every_days": 7},
]


class Store:
    """A first station with people in it, on the morning of 2020-11-13."""

    def __init__(self) -> None:
        self.town = Settlement(History())
        self.town.policy("", staff_tests=RULES)
        self.history = self.town.history
        self.party: Party = self.town.party("first_station")
        self.place = self.town.facility(self.party, "first_station")
        self.history.now(f"{TODAY}T08:00+08:00")

    def worker(self, role: str = "direct_contact", **more: Any) -> int:
        data = {"role": role, "name": SEALED, **more}
        return int(self.history.say(REGISTER_STAFF, data, self.party.manager).outcome["staff"])

    def tested(self, staff: int, on: str, *, clears: bool = True) -> None:
        data = {"staff": staff, "test": "nucleic_acid", "sampled_on": on, "clears": clears}
        self.history.say(TEST_STAFF, data, self.party.manager)

    def vaccinated(self, staff: int, on: str = "2020-11-01") -> None:
        self.history.say(VACCINATE_STAFF, {"staff": staff, "vaccinated_on": on}, self.party.manager)

    def policy(self) -> Policy:
        return policy_for(self.history.world, self.party.region, self.history.at)

    def breaches(
        self, *crew: int, at: str = f"{TODAY}T09:00+08:00", party: Party | None = None
    ) -> list[Refusal]:
        world, organisation = self.history.world, (party or self.party).organisation
        assert [key for _, key in crew_streams(crew, world)] == [*crew]
        return [*crew_breaches(crew, organisation, moments.parse(at), self.policy(), world)]

    def shift(self, *crew: int, **changes: Any) -> Data:
        times = {"begins_at": f"{TODAY}T09:00+08:00", "ends_at": f"{TODAY}T17:00+08:00"}
        return {"facility": self.place, "crew": [*crew], **times, **changes}


@pytest.fixture
def store() -> Store:
    return Store()


def codes(refusals: list[Refusal]) -> list[str]:
    return [each.code for each in refusals]


def told(refusal: Refusal, *facts: str) -> None:
    for language in ("zh", "en"):
        words = explain(refusal, language)
        assert words.title
        assert words.remedy
        assert all(fact in words.detail for fact in facts), words.detail


@pytest.mark.parametrize(
    ("sampled", "wrong"),
    [("2020-11-11", []), ("2020-11-10", ["staff.test-overdue"]), (None, ["staff.test-overdue"])],
)
def test_a_sample_counts_on_its_own_day_and_so_many_after(
    store: Store, sampled: str | None, wrong: list[str]
) -> None:
    staff = store.worker()
    store.vaccinated(staff)
    if sampled is not None:
        store.tested(staff, sampled)
    found = store.breaches(staff)
    assert codes(found) == wrong
    for refusal in found:
        assert refusal.field == "/crew/0"
        told(refusal, str(staff), "2", *([] if sampled is None else [sampled]))


def test_what_the_goods_did_is_judged_by_the_tests_of_that_day(store: Store) -> None:
    staff = store.worker("handler")
    store.tested(staff, "2020-11-12")
    assert codes(store.breaches(staff, at="2020-11-11")) == ["staff.test-overdue"], (
        "tested too late for that day"
    )
    assert store.breaches(staff, at="2020-11-12") == []
    store.tested(staff, "2020-11-04")
    assert store.breaches(staff, at="2020-11-11") == [], "an earlier sample, recorded later"


@pytest.mark.parametrize(
    ("samples", "wrong"),
    [
        ([("2020-11-11", True), ("2020-11-12", False)], ["staff.not-cleared"]),
        ([("2020-11-12", False), ("2020-11-11", True)], ["staff.not-cleared"]),
        ([("2020-11-12", True), ("2020-11-12", False)], ["staff.not-cleared"]),
        ([("2020-11-12", False), ("2020-11-12", True)], ["staff.not-cleared"]),
        ([("2020-11-12", False), ("2020-11-13", True)], []),
    ],
)
def test_the_later_sample_decides_and_on_one_day_the_one_that_does_not_clear(
    store: Store, samples: list[tuple[str, bool]], wrong: list[str]
) -> None:
    staff = store.worker("handler")
    for on, clears in samples:
        store.tested(staff, on, clears=clears)
    found = store.breaches(staff)
    assert codes(found) == wrong
    for refusal in found:
        told(refusal, str(staff), "2020-11-12")


def test_a_role_that_the_policy_does_not_name_needs_nothing(store: Store) -> None:
    staff = store.worker("supervisor")
    assert store.breaches(staff) == []
    assert due_on(store.history.row(STAFF, staff), store.policy(), date(2020, 11, 13)) is None


@pytest.mark.parametrize(("on", "missing"), [("2020-11-13", False), (None, True)])
def test_vaccination_where_it_is_demanded(store: Store, on: str | None, missing: bool) -> None:
    direct, handler = store.worker(), store.worker("handler")
    for staff in (direct, handler):
        store.tested(staff, TODAY)
    if on is not None:
        store.vaccinated(direct, on)
    found = store.breaches(direct, handler)
    assert codes(found) == ["staff.vaccination-missing"] * missing
    for refusal in found:
        told(refusal, str(direct))


def test_a_vaccination_counts_from_its_first_day(store: Store) -> None:
    staff = store.worker()
    store.tested(staff, "2020-11-11")
    store.vaccinated(staff, "2020-11-12")
    assert codes(store.breaches(staff, at="2020-11-11")) == ["staff.vaccination-missing"]
    store.vaccinated(staff, "2020-10-01")
    store.vaccinated(staff, "2020-11-13")
    assert store.history.row(STAFF, staff).vaccinated_on == "2020-10-01"
    assert store.breaches(staff, at="2020-11-11") == []


@pytest.mark.parametrize(("day", "wrong"), [("2020-11-12", []), ("2020-11-13", ["staff.left"])])
def test_the_last_day_at_work_still_is_one(store: Store, day: str, wrong: list[str]) -> None:
    staff = store.worker("handler")
    store.tested(staff, "2020-11-12")
    store.history.say(STAFF_LEFT, {"staff": staff, "left_on": "2020-11-12"}, store.party.manager)
    found = store.breaches(staff, at=day)
    assert codes(found) == wrong
    for refusal in found:
        told(refusal, str(staff), "2020-11-12")


def test_nobody_names_the_people_of_another_organisation(store: Store) -> None:
    staff = store.worker("supervisor")
    other = store.town.party("retailer")
    for crew, party in (((staff,), other), ((777,), store.party)):
        (refusal,) = store.breaches(*crew, party=party)
        assert refusal.code == "staff.not-found"
        told(refusal, str(crew[0]))


@pytest.mark.parametrize(
    ("samples", "vaccinated", "state"),
    [
        ([], True, "overdue"),
        ([(TODAY, True)], False, "unvaccinated"),
        ([("2020-11-12", True)], True, "fit"),
        ([("2020-11-11", True)], True, "due"),
        ([("2020-11-12", False)], True, "not_cleared"),
    ],
)
def test_how_somebody_stands(
    store: Store, samples: list[tuple[str, bool]], vaccinated: bool, state: str
) -> None:
    staff = store.worker()
    for on, clears in samples:
        store.tested(staff, on, clears=clears)
    if vaccinated:
        store.vaccinated(staff)
    row = store.history.row(STAFF, staff)
    assert state_of(row, store.policy(), date(2020, 11, 13)) == state
    store.history.say(STAFF_LEFT, {"staff": staff, "left_on": "2020-11-12"}, store.party.manager)
    row = store.history.row(STAFF, staff)
    assert state_of(row, store.policy(), date(2020, 11, 13)) == "left"


def test_a_row_keeps_the_newest_tests(store: Store) -> None:
    staff = store.worker("handler")
    row = store.history.row(STAFF, staff)
    for day in range(MOST_TESTS + 5):
        store.history.now(f"{date.fromordinal(date(2020, 12, 1).toordinal() + day)}T12:00+08:00")
        store.tested(staff, date.fromordinal(date(2020, 12, 1).toordinal() + day).isoformat())
    row = store.history.row(STAFF, staff)
    assert len(row.tests) == MOST_TESTS
    assert row.tests[0]["on"] == "2020-12-06"


def test_a_shift_is_assigned_to_who_may_work(store: Store) -> None:
    one, two = store.worker("handler"), store.worker("supervisor")
    store.tested(one, "2020-11-06")
    data = store.shift(one, two, zone=2, bay="3")
    shift = store.history.say(ASSIGN_SHIFT, data, store.party.manager).outcome["shift"]
    row = store.history.row(SHIFT, shift)
    assert (row.facility, row.zone, row.bay, row.crew) == (store.place, 2, "3", [one, two])


def test_a_shift_names_each_reason_against_its_crew(store: Store) -> None:
    overdue, gone = store.worker("handler"), store.worker("supervisor")
    store.history.say(STAFF_LEFT, {"staff": gone, "left_on": "2020-11-12"}, store.party.manager)
    refusal = store.history.refused(ASSIGN_SHIFT, store.shift(overdue, gone), store.party.manager)
    assert (refusal.code, refusal.field) == ("shift.crew-unfit", "/crew")
    assert [(each.code, each.field) for each in refusal.causes] == [
        ("staff.test-overdue", "/0"),
        ("staff.left", "/1"),
    ]
    told(refusal, "2")


def test_who_is_fit_today_may_be_due_by_then(store: Store) -> None:
    staff = store.worker("handler")
    store.tested(staff, "2020-11-13")
    later = {"begins_at": "2020-11-21T09:00+08:00", "ends_at": "2020-11-21T17:00+08:00"}
    refusal = store.history.refused(ASSIGN_SHIFT, store.shift(staff, **later), store.party.manager)
    assert [each.code for each in refusal.causes] == ["staff.test-overdue"]
    later = {"begins_at": "2020-11-20T09:00+08:00", "ends_at": "2020-11-20T17:00+08:00"}
    store.history.say(ASSIGN_SHIFT, store.shift(staff, **later), store.party.manager)


Case = tuple[Kind, Data, Actor, str | None, tuple[str, ...]]


def cases(store: Store) -> dict[str, list[Case]]:
    """Each rule of what is said, just beyond its boundary."""
    manager, staff, other = store.party.manager, store.worker("supervisor"), store.town.party("cold_store")
    gone = store.worker("supervisor")
    store.history.say(STAFF_LEFT, {"staff": gone, "left_on": TODAY}, manager)
    elsewhere = store.town.facility(other, "third_party_store")
    test = {"staff": staff, "test": "nucleic_acid", "sampled_on": TODAY, "clears": True}
    new = {"role": "handler", "name": SEALED}
    days = str(store.policy().back_dating_days("staff-tested"))
    eve = {"begins_at": "2020-11-12T20:00+08:00", "ends_at": "2020-11-13T07:59+08:00"}
    shift = store.shift
    return {
        "actor.manager-only": [
            (REGISTER_STAFF, new, store.party.staff, None, ()),
            (TEST_STAFF, test, store.party.staff, None, ()),
            (ASSIGN_SHIFT, shift(staff), store.party.staff, None, ()),
        ],
        "facility.not-found": [
            (REGISTER_STAFF, {**new, "facility": elsewhere}, manager, "/facility", (str(elsewhere),)),
            (ASSIGN_SHIFT, shift(staff, facility=elsewhere), manager, "/facility", (str(elsewhere),)),
        ],
        "staff.not-found": [
            (TEST_STAFF, test, other.manager, "/staff", (str(staff),)),
            (STAFF_LEFT, {"staff": 777, "left_on": TODAY}, manager, "/staff", ("777",)),
        ],
        "staff.left": [
            (STAFF_LEFT, {"staff": gone, "left_on": TODAY}, manager, "/staff", (str(gone), TODAY)),
        ],
        "staff.day-ahead": [
            (TEST_STAFF, {**test, "sampled_on": "2020-11-14"}, manager, "/sampled_on", ("2020-11-14",)),
            (STAFF_LEFT, {"staff": staff, "left_on": "2020-11-14"}, manager, "/left_on", ("2020-11-14",)),
            (VACCINATE_STAFF, {"staff": staff, "vaccinated_on": "2020-11-14"}, manager, "/vaccinated_on",
             ("2020-11-14", str(staff))),
        ],
        "staff.day-too-far-back": [
            (TEST_STAFF, {**test, "sampled_on": "2020-10-13"}, manager, "/sampled_on", ("2020-10-13", days)),
        ],
        "zone.not-found": [(ASSIGN_SHIFT, shift(staff, zone=5), manager, "/zone", ("5",))],
        "shift.ends-before": [
            (ASSIGN_SHIFT, shift(staff, ends_at=f"{TODAY}T08:59+08:00"), manager, "/ends_at", ("08:59",)),
        ],
        "shift.too-long": [
            (ASSIGN_SHIFT, shift(staff, ends_at="2020-11-14T09:01+08:00"), manager, "/ends_at", ("24",)),
        ],
        "shift.over": [(ASSIGN_SHIFT, shift(staff, **eve), manager, "/ends_at", ("07:59",))],
    }  # fmt: skip


@pytest.mark.parametrize("code", sorted(cases(Store())))
def test_refused(store: Store, code: str) -> None:
    for kind, data, actor, field, facts in cases(store)[code]:
        refusal = store.history.refused(kind, data, actor)
        assert (refusal.code, refusal.field) == (code, field)
        told(refusal, *facts)


def test_just_inside_the_boundaries(store: Store) -> None:
    staff = store.worker("supervisor", facility=store.place)
    store.tested(staff, "2020-10-14")
    whole_day = store.shift(staff, ends_at="2020-11-14T09:00+08:00")
    last_minute = {"begins_at": "2020-11-12T20:00+08:00", "ends_at": f"{TODAY}T08:01+08:00"}
    for data in (whole_day, store.shift(staff, **last_minute)):
        store.history.say(ASSIGN_SHIFT, data, store.party.manager)


def test_a_place_out_of_service_gets_no_shift(store: Store) -> None:
    staff = store.worker("supervisor")
    row = store.history.row(FACILITY, store.place)
    store.history.world.put([replace(row, active=False)])
    refusal = store.history.refused(ASSIGN_SHIFT, store.shift(staff), store.party.manager)
    assert (refusal.code, refusal.field) == ("facility.inactive", "/facility")


def test_the_policy_of_the_place_of_work_is_asked(store: Store) -> None:
    store.town.policy("37", staff_tests=[], back_dating_days=60)
    away = store.town.facility(store.party, "first_station", region="370200")
    here, there = store.worker("handler"), store.worker("handler", facility=away)
    test = {"staff": here, "test": "nucleic_acid", "sampled_on": "2020-10-01", "clears": True}
    assert store.history.refused(TEST_STAFF, test, store.party.manager).code == "staff.day-too-far-back"
    store.tested(there, "2020-10-01")
    store.history.say(ASSIGN_SHIFT, store.shift(there, facility=away), store.party.manager)

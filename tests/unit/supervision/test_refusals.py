"""Every rule of sampling and of its plans, broken by somebody; just kept in test_samples.py and below."""

from __future__ import annotations

import tomllib
from importlib.resources import files

import pytest

from service.goods.corrections import CORRECT
from service.ledger import Actor
from service.supervision.planning import END_PLAN, PLAN_SAMPLING
from service.supervision.sampling import SEND_SAMPLES, TAKE_SAMPLES
from service.supervision.state import SAMPLING_PLAN
from service.supervision.testing import REPORT_TEST
from tests.refusing import Case, Cases, Said, demand_refused
from tests.unit.supervision.laboratory import Laboratory

CASES = Cases[Laboratory]()
breaks = CASES.breaks
NOWHERE = 999_999_999
LATER = "2020-08-21T00:00+08:00"
BEFORE = "2020-08-17"
PLAN = {"count": 5, "period": "week", "from_day": "2020-08-17", "until_day": "2020-08-31"}


@pytest.fixture
def lab() -> Laboratory:
    return Laboratory()


def taking(lab: Laboratory, by: Actor | None = None, field: str | None = None, **data: object) -> Said:
    return Said(TAKE_SAMPLES, lab.of_place(**data), by or lab.station, field=field)


@breaks("sample.place-not-found")
def a_place_of_somebody_else(lab: Laboratory) -> Said:
    return taking(lab, lab.shop, "/facility")


@breaks("sample.place-not-found")
def a_place_that_is_not_there(lab: Laboratory) -> Said:
    return taking(lab, None, "/facility", facility=NOWHERE)


@breaks("sample.place-not-found")
def a_place_of_another_region(lab: Laboratory) -> Said:
    return taking(lab, lab.hubei.staff, "/facility")


@breaks("sample.not-one-thing")
def nothing_is_named(lab: Laboratory) -> Said:
    data = lab.of_place()
    del data["surface"]
    return Said(TAKE_SAMPLES, data, lab.station)


@breaks("sample.not-one-thing")
def two_things_are_named(lab: Laboratory) -> Said:
    return Said(TAKE_SAMPLES, lab.of_place(zone=1, bay="D3"), lab.station, facts=("zone", "bay"))


@breaks("zone.not-found")
def a_zone_that_is_not_there(lab: Laboratory) -> Said:
    return taking(lab, None, "/zone", zone=5)


@breaks("sample.vehicle-not-found")
def somebody_elses_van(lab: Laboratory) -> Said:
    return taking(lab, None, "/vehicle", vehicle=lab.van)


@breaks("sample.vehicle-not-found")
def a_vehicle_that_is_not_there(lab: Laboratory) -> Said:
    return taking(lab, lab.shandong.staff, "/vehicle", vehicle=NOWHERE)


@breaks("time.in-future")
def taken_tomorrow(lab: Laboratory) -> Said:
    return taking(lab, None, "/happened_at", happened_at=LATER)


def sending(lab: Laboratory, by: Actor, sample: int, at: str = "2020-08-19", **more: str) -> Said:
    data = {"samples": [sample], "laboratory": "示例疾控中心", "sent_at": at}
    return Said(SEND_SAMPLES, data, by, field=more.get("field", "/samples/0"))


@breaks("sample.not-found")
def a_sample_that_is_not_there(lab: Laboratory) -> Said:
    return sending(lab, lab.station, NOWHERE)


@breaks("sample.not-found")
def a_sample_of_which_one_knows_nothing(lab: Laboratory) -> Said:
    return sending(lab, lab.shop, lab.sample())


@breaks("sample.not-found")
def a_sample_of_another_region(lab: Laboratory) -> Said:
    return sending(lab, lab.hubei.staff, lab.sample())


@breaks("sample.not-yours")
def an_operator_reports_what_its_authority_took(lab: Laboratory) -> Said:
    sample = lab.sample(lab.shandong.staff)
    taker = str(lab.shandong.organisation)
    return Said(REPORT_TEST, lab.test_of(sample), lab.station, (taker,), "/sample")


@breaks("sample.withdrawn")
def a_sample_that_was_taken_back(lab: Laboratory) -> Said:
    (sample,) = lab.take(samples=["HW-1"])
    withdrawal = {"position": sample // 1000, "reason": "typing_error", "replacement": None}
    lab.history.say(CORRECT, withdrawal, lab.station)
    return Said(REPORT_TEST, lab.test_of(sample), lab.station, field="/sample")


@breaks("sample.sent-before-taken")
def sent_the_day_before(lab: Laboratory) -> Said:
    return sending(lab, lab.station, lab.sample(), BEFORE)


@breaks("time.in-future")
def sent_tomorrow(lab: Laboratory) -> Said:
    return sending(lab, lab.station, lab.sample(), LATER, field="/sent_at")


@breaks("sample.negative-already")
def sent_though_it_is_negative(lab: Laboratory) -> Said:
    sample = lab.sample()
    lab.report(sample)
    return sending(lab, lab.station, sample)


def reporting(lab: Laboratory, field: str, sample: int | None = None, **data: object) -> Said:
    key = lab.sample() if sample is None else sample
    return Said(REPORT_TEST, lab.test_of(key, **data), lab.station, field=field)


@breaks("sample.tested-before-taken")
def a_test_of_the_day_before(lab: Laboratory) -> Said:
    return reporting(lab, "/tested_at", tested_at=BEFORE)


@breaks("time.in-future")
def reported_before_it_is_known(lab: Laboratory) -> Said:
    return reporting(lab, "/tested_at", tested_at=LATER)


@breaks("sample.hazard-missing")
def positive_for_nothing(lab: Laboratory) -> Said:
    return reporting(lab, "/hazard", result="positive")


@breaks("sample.hazard-of-no-positive")
def negative_for_something(lab: Laboratory) -> Said:
    return reporting(lab, "/hazard", hazard="asf")


@breaks("sample.positive-stands")
def an_operator_makes_its_positive_negative(lab: Laboratory) -> Said:
    sample = lab.sample()
    lab.positive(sample)
    return Said(REPORT_TEST, lab.test_of(sample, test="JC-2"), lab.station, ("JC-1",), "/sample")


def planning(by: Actor, field: str, **data: object) -> Said:
    return Said(PLAN_SAMPLING, {**PLAN, **data}, by, field=field)


@breaks("sampling-plan.not-one-scope")
def a_plan_for_nowhere(lab: Laboratory) -> Said:
    return planning(lab.station, "/region")


@breaks("sampling-plan.not-one-scope")
def a_plan_for_a_region_and_a_place(lab: Laboratory) -> Said:
    return planning(lab.shandong.staff, "/region", region="37", facility=lab.quay.place)


@breaks("sampling-plan.ends-first")
def a_plan_that_ends_before_it_begins(lab: Laboratory) -> Said:
    return planning(lab.station, "/until_day", facility=lab.quay.place, until_day="2020-08-16")


@breaks("sampling-plan.region-not-yours")
def a_business_plans_for_a_region(lab: Laboratory) -> Said:
    return planning(lab.station, "/region", region="3702")


@breaks("sampling-plan.region-not-yours")
def an_authority_plans_for_more_than_its_region(lab: Laboratory) -> Said:
    return planning(lab.shandong.staff, "/region", region="")


@breaks("sample.place-not-found")
def a_plan_for_a_place_of_another_region(lab: Laboratory) -> Said:
    return planning(lab.hubei.staff, "/facility", facility=lab.quay.place)


@breaks("sample.place-not-found")
def a_plan_for_a_place_that_is_not_there(lab: Laboratory) -> Said:
    return planning(lab.station, "/facility", facility=NOWHERE)


def planned(lab: Laboratory, by: Actor, **data: object) -> int:
    return int(lab.history.say(PLAN_SAMPLING, {**PLAN, **data}, by).outcome["plan"])


@breaks("sampling-plan.not-found")
def somebody_elses_plan_is_given_up(lab: Laboratory) -> Said:
    plan = planned(lab, lab.station, facility=lab.quay.place)
    return Said(END_PLAN, {"plan": plan}, lab.shandong.staff, field="/plan")


@breaks("sampling-plan.not-found")
def a_plan_that_is_not_there_is_given_up(lab: Laboratory) -> Said:
    return Said(END_PLAN, {"plan": NOWHERE}, lab.station, field="/plan")


@breaks("sampling-plan.ended")
def a_plan_is_given_up_twice(lab: Laboratory) -> Said:
    plan = planned(lab, lab.station, facility=lab.quay.place)
    lab.history.say(END_PLAN, {"plan": plan}, lab.station)
    return Said(END_PLAN, {"plan": plan}, lab.station, ("2020-08-20",), "/plan")


@pytest.mark.parametrize(("code", "case"), CASES.params)
def test_refused(lab: Laboratory, code: str, case: Case[Laboratory]) -> None:
    demand_refused(lab.history, code, case(lab))


def test_every_rule_of_the_catalogue_has_a_case() -> None:
    catalogue = tomllib.loads((files("schema.problems") / "sampling.toml").read_text("utf-8"))
    raised_elsewhere = {"inspection.sample-positive", "sample.file-not-uploaded"}
    assert {*catalogue} == {code for code in CASES.codes if code.startswith("sampl")} | raised_elsewhere


def test_plans_are_for_a_part_of_the_region_or_one_place_and_may_last_a_day(lab: Laboratory) -> None:
    row = lab.history.row(SAMPLING_PLAN, planned(lab, lab.shandong.staff, region="3702", subject="unit"))
    assert (row.region, row.facility, row.subject, row.count) == ("3702", None, "unit", 5)
    key = planned(lab, lab.station, facility=lab.quay.place, until_day=PLAN["from_day"])
    assert (lab.history.row(SAMPLING_PLAN, key).region, lab.history.row(SAMPLING_PLAN, key).ended_on) == (
        "370200",
        None,
    )
    lab.history.say(END_PLAN, {"plan": key}, lab.station)
    assert lab.history.row(SAMPLING_PLAN, key).ended_on == "2020-08-20"

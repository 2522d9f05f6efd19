"""Samples from where they are taken to what they show, and what a positive leads to."""

from __future__ import annotations

import pytest

from schema.moments import parse
from schema.problems import LANGUAGES, Problem, explain
from service.goods.corrections import CORRECT
from service.goods.state import UNIT
from service.incidents.findings import ANSWER_FINDING, CLOSE_FINDING
from service.incidents.state import FINDING
from service.supervision.state import SAMPLE_RESULT
from tests.unit.supervision.laboratory import TAKEN, TESTED, Laboratory


@pytest.fixture
def lab() -> Laboratory:
    return Laboratory()


def test_goods_are_sampled_once_and_each_number_is_followed(lab: Laboratory) -> None:
    first, second = (lab.row(key) for key in lab.take())
    assert (first.number, second.number) == ("HW-1", "HW-2")
    assert (first.subject, first.target, first.lot) == ("unit", lab.goods.unit, lab.goods.lot)
    assert (first.facility, first.region, first.day) == (lab.quay.place, "370200", "2020-08-18")
    assert first.keeper == first.owner == first.taker == lab.quay.station.organisation
    assert (first.state, first.result, first.authority) == ("taken", None, None)
    assert lab.history.row(UNIT, lab.goods.unit).sample_grams == 200


def test_what_an_authority_sampled_is_its_own(lab: Laboratory) -> None:
    authority = lab.shandong.organisation
    (key,) = lab.take(by="regulator", authority=authority, samples=["HW-9"])
    assert (lab.row(key).authority, lab.row(key).taker) == (authority, authority)
    lab.send(key, by=lab.shandong.staff)
    lab.report(key, lab.shandong.staff)
    assert (lab.row(key).state, lab.row(key).result) == ("tested", "negative")


@pytest.mark.parametrize(
    ("named", "target", "label"),
    [
        ({"zone": 1}, 1, None),
        ({"bay": "D3"}, None, "D3"),
        ({"equipment": "FL-2"}, None, "FL-2"),
        ({"surface": "handle"}, None, "handle"),
    ],
)
def test_places_are_sampled(lab: Laboratory, named: dict[str, object], target: object, label: object) -> None:
    row = lab.row(lab.sample(**named))
    assert (row.subject, row.target, row.label) == (next(iter(named)), target, label)
    assert (row.keeper, row.authority, row.lot) == (lab.quay.station.organisation, None, None)


def test_a_vehicle_is_sampled_where_it_stands(lab: Laboratory) -> None:
    assert lab.row(lab.sample(vehicle=lab.truck)).target == lab.truck
    row = lab.row(lab.sample(lab.shandong.staff, vehicle=lab.van))
    assert (row.target, row.authority, row.keeper) == (
        lab.van,
        lab.shandong.organisation,
        lab.quay.station.organisation,
    )


def test_a_day_is_chinas(lab: Laboratory) -> None:
    assert lab.row(lab.sample(happened_at="2020-08-17T16:00Z")).day == "2020-08-18"


def test_what_was_inconclusive_is_sent_and_tested_again(lab: Laboratory) -> None:
    key = lab.sample()
    lab.send(key)
    assert (lab.row(key).state, lab.row(key).laboratory) == ("sent", "示例疾控中心")
    for result in ("invalid", "inconclusive"):
        lab.report(key, result=result)
        assert lab.row(key).result == result
        lab.send(key)
        assert (lab.row(key).state, lab.row(key).result, lab.row(key).test) == ("sent", None, None)
    lab.report(key, test="JC-3", file="a" * 64)
    assert (lab.row(key).state, lab.row(key).result, lab.row(key).test) == ("tested", "negative", "JC-3")
    results = [(each.result, each.file) for each in lab.history.rows(SAMPLE_RESULT) if each.sample == key]
    assert results == [("invalid", None), ("inconclusive", None), ("negative", "a" * 64)]


def test_a_positive_raises_one_finding_that_its_keeper_answers(lab: Laboratory) -> None:
    (key, _other) = lab.take()
    finding = lab.positive(key)
    assert (finding.owner, finding.facility) == (lab.quay.station.organisation, lab.quay.place)
    assert (finding.region, finding.lots, finding.state) == ("370200", [lab.goods.lot], "open")
    (days,) = {(parse(finding.due_at).earliest - parse(finding.raised_at).earliest).days}
    assert days == 3
    (rule,) = finding.rules
    for language in LANGUAGES:
        words = explain(Problem(rule["rule"], **rule["facts"]), language)
        assert all(word in words.detail for word in ("HW-1", "listeria", "JC-1"))
    again = lab.report(key, lab.shandong.staff, result="positive", hazard="listeria", test="JC-2")
    assert again.outcome["finding"] is None
    assert (lab.row(key).finding, lab.row(key).test) == (finding.id, "JC-2")
    answer = {"finding": finding.id, "explanation": "destroyed", "evidence": ["b" * 64]}
    lab.history.say(ANSWER_FINDING, answer, lab.station)
    closing = {"finding": finding.id, "conclusion": "resolved"}
    lab.history.say(CLOSE_FINDING, closing, lab.shandong.staff)
    assert lab.history.row(FINDING, finding.id).state == "closed"


def test_a_positive_stays_positive_while_it_is_tested_again_by_the_authority(lab: Laboratory) -> None:
    key = lab.sample()
    lab.positive(key)
    lab.send(key)
    assert (lab.row(key).state, lab.row(key).result, lab.row(key).hazard) == (
        "tested",
        "positive",
        "listeria",
    )
    lab.report(key, lab.shandong.staff, test="JC-2")
    assert (lab.row(key).result, lab.row(key).hazard) == ("negative", None)
    assert lab.row(key).finding is not None, "what it raised is closed by an authority and by nothing else"


def test_a_positive_of_an_authority_is_answered_by_the_keeper_of_the_place(lab: Laboratory) -> None:
    finding = lab.positive(lab.sample(lab.shandong.staff), lab.shandong.staff)
    assert (finding.owner, finding.organisation) == (
        lab.quay.station.organisation,
        lab.shandong.organisation,
    )


def test_sampling_that_was_taken_back_takes_its_samples_along(lab: Laboratory) -> None:
    first, second = lab.take()
    position = first // 1000
    replacement = lab.of_goods(samples=["HW-1"], grams=100)
    correction = {"position": position, "reason": "typing_error", "replacement": replacement}
    lab.history.say(CORRECT, correction, lab.station)
    assert (lab.row(first).withdrawn, lab.row(second).withdrawn) == (False, True)
    withdrawal = {"position": lab.history.position - 1, "reason": "typing_error", "replacement": None}
    lab.history.say(CORRECT, withdrawal, lab.station)
    assert lab.row(first).withdrawn


def test_what_was_found_stays_when_the_sampling_is_corrected(lab: Laboratory) -> None:
    first, _second = lab.take()
    finding = lab.positive(first)
    replacement = lab.of_goods(grams=300)
    correction = {"position": first // 1000, "reason": "typing_error", "replacement": replacement}
    lab.history.say(CORRECT, correction, lab.station)
    row = lab.row(first)
    assert (row.result, row.finding, row.withdrawn) == ("positive", finding.id, False)


def test_times_at_their_boundary(lab: Laboratory) -> None:
    key = lab.sample()
    lab.send(key, at=TAKEN)
    lab.report(key, tested_at="2020-08-18")
    assert lab.row(key).tested_at == "2020-08-18"
    assert TESTED > TAKEN

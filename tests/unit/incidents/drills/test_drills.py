"""A drill from its plan to its score, and that it leaves the goods alone."""

from __future__ import annotations

import pytest

from service.goods.movements import SELL
from service.goods.state import UNIT
from service.incidents.cases.closing import CLOSE_CASE
from service.incidents.cases.testing import TEST_CASE
from service.incidents.drills.drawing import digest_of, drawn
from service.incidents.drills.finishing import FINISH_DRILL
from service.incidents.drills.planning import CANCEL_DRILL
from service.incidents.state import HELD_LOT
from tests.unit.incidents.bench import CARTON
from tests.unit.incidents.drills.exercise import Exercise


@pytest.fixture
def exercise() -> Exercise:
    return Exercise()


def test_it_starts_with_a_case_that_says_that_it_is_a_drill(exercise: Exercise) -> None:
    planned = exercise.drill(exercise.planned())
    assert (planned.state, planned.region, planned.case_file) == ("planned", "420000", None)
    drill = exercise.started()
    case = exercise.case(drill)
    assert (drill.state, drill.lot) == ("running", exercise.ids["lot"])
    assert (case.drill, case.state, case.subject) == (True, "suspected", {"lots": [drill.lot]})
    assert case.region == "420000"


def test_what_each_holder_has_is_written_down_at_the_start(exercise: Exercise) -> None:
    drill = exercise.started()
    units = [unit for unit in exercise.history.rows(UNIT) if unit.grams]
    beef = {exercise.ids["lot"], exercise.ids["cubes"]}
    there = [unit for unit in units if unit.lot in beef and unit.state != "sold"]
    expected = {organisation: grams for organisation, grams, _ in drill.expected}
    assert sum(expected.values()) == sum(unit.grams for unit in there)
    parties = exercise.story.parties
    here = {organisation for organisation, _, is_here in drill.expected if is_here}
    assert here == {parties[name].organisation for name in ("wholesaler", "shop")}
    assert parties["station"].organisation in expected


def test_it_is_timed_and_scored(exercise: Exercise) -> None:
    drill = exercise.started()
    exercise.later(20)
    exercise.list_made(drill)
    exercise.held_on_paper(drill)
    exercise.later(10)
    asked = {who: exercise.asked(drill, who) for who in ("wholesaler", "shop")}
    exercise.later(10)
    for who, request in asked.items():
        exercise.acknowledged(request, who)
    grams = {who: exercise.unit(exercise.ids[f"{who}_unit"]).grams for who in asked}
    for who, request in asked.items():
        exercise.counted(request, who, exercise.ids[f"{who}_unit"], grams[who])
    done = exercise.finished(drill)
    assert done.score is not None
    score = done.score
    minutes = {name: score[name] // 60 for name in ("listed", "held", "requested")}
    assert minutes == {"listed": 20, "held": 20, "requested": 30}
    assert (score["asked"], score["acknowledged"], score["in_time"]) == (2, 2, 2)
    expected = {organisation: grams for organisation, grams, is_here in drill.expected if is_here}
    assert score["grams"] == sum(expected.values())
    by_holder = {each["organisation"]: each["located_grams"] for each in score["holders"]}
    for who in asked:
        organisation = exercise.story.parties[who].organisation
        assert by_holder[organisation] == min(grams[who], expected[organisation])
    assert score["elsewhere_grams"] > 0
    assert score["met"]["list_minutes"] and score["met"]["acknowledge_minutes"]
    for holder in (each for each in score["holders"] if each["here"]):
        assert score["requested"] < holder["acknowledged"] < holder["answered"]


def test_nobody_can_find_more_than_there_was(exercise: Exercise) -> None:
    drill = exercise.started()
    request = exercise.asked(drill, "shop")
    exercise.counted(request, "shop", exercise.ids["shop_unit"], 10**9)
    score = exercise.finished(drill).score
    assert score is not None
    organisation = exercise.story.parties["shop"].organisation
    (shop,) = [each for each in score["holders"] if each["organisation"] == organisation]
    assert shop["located_grams"] == shop["grams"]


def test_targets_at_their_boundary(exercise: Exercise) -> None:
    drill = exercise.started(list_minutes=20, acknowledge_minutes=20, located_percent=100)
    exercise.later(20)
    exercise.list_made(drill)
    score = exercise.finished(drill).score
    assert score is not None
    assert score["listed"] == 20 * 60
    assert score["met"] == {"list_minutes": True, "acknowledge_minutes": False, "located_percent": False}
    late = exercise.started(list_minutes=20, located_percent=1)
    exercise.later(21)
    exercise.list_made(late)
    again = exercise.finished(late).score
    assert again is not None
    assert again["met"]["list_minutes"] is False


def test_without_a_recorded_answer_the_first_request_is_the_list(exercise: Exercise) -> None:
    drill = exercise.started()
    exercise.later(5)
    exercise.asked(drill, "shop")
    score = exercise.finished(drill).score
    assert score is not None
    assert score["listed"] == score["requested"] == 5 * 60
    assert score["held"] is None


def test_goods_move_freely_during_a_drill(exercise: Exercise) -> None:
    drill = exercise.started()
    hold = exercise.held_on_paper(drill)
    assert exercise.hold(hold).drill
    assert exercise.held(exercise.ids["shop_unit"]) == []
    assert not [held for held in exercise.history.rows(HELD_LOT) if hold in held.holds]
    sale = {"unit": exercise.ids["shop_unit"], "pieces": 1, "grams": CARTON, "happened_at": "2020-08-20"}
    assert exercise.say("shop", SELL, sale).breach == ()


def test_its_end_leaves_nothing_open(exercise: Exercise) -> None:
    drill = exercise.started()
    hold = exercise.held_on_paper(drill)
    asked, answered = exercise.asked(drill, "wholesaler"), exercise.asked(drill, "shop")
    exercise.counted(answered, "shop", exercise.ids["shop_unit"], 1)
    done = exercise.finished(drill, "hubei")
    assert (done.state, done.ended_at is not None) == ("finished", True)
    assert exercise.hold(hold).lifted_because == "order_ended"
    assert exercise.case(drill).state == "closed"
    said = exercise.history.statements[-1]
    assert (said.kind, said.outcome["withdrawn"], said.outcome["lifted"]) == (
        FINISH_DRILL.name,
        [asked],
        [hold],
    )


def test_a_case_that_was_closed_before_stays_as_it_was_closed(exercise: Exercise) -> None:
    drill = exercise.started()
    for stage in ("screening", "retest"):
        result = {"case": drill.case_file, "stage": stage, "result": "negative", "test": "1"}
        exercise.say("hubei", TEST_CASE, result)
    exercise.say("hubei", CLOSE_CASE, {"case": drill.case_file, "conclusion": "no_hazard"})
    exercise.finished(drill)
    assert exercise.case(drill).conclusion == "no_hazard"


def test_one_that_is_planned_is_cancelled(exercise: Exercise) -> None:
    key = exercise.planned()
    exercise.say("hubei", CANCEL_DRILL, {"drill": key})
    assert exercise.drill(key).state == "cancelled"


def test_the_same_seed_draws_the_same_goods() -> None:
    lots = [17000 + 1000 * number for number in range(50)]
    assert drawn(7, lots) == drawn(7, [*reversed(lots)])
    assert len({drawn(seed, lots) for seed in range(200)}) > 30
    chosen = drawn(7, lots)
    others = [lot for lot in lots if lot != chosen]
    assert all(drawn(7, [lot for lot in lots if lot != left_out]) == chosen for left_out in others)
    assert digest_of(lots) == digest_of([*reversed(lots)]) != digest_of(others)

"""Every rule of drills, broken by somebody."""

from __future__ import annotations

import tomllib
from importlib.resources import files

import pytest

from service.incidents.drills.finishing import FINISH_DRILL
from service.incidents.drills.planning import CANCEL_DRILL, PLAN_DRILL
from service.incidents.drills.starting import START_DRILL
from service.ledger import Data, Kind
from tests.refusing import Case, Cases, Said, demand_refused
from tests.unit.incidents.drills.exercise import PLAN, Exercise

CASES = Cases[Exercise]()
breaks = CASES.breaks
NOWHERE = 999_999_999


@pytest.fixture
def exercise() -> Exercise:
    return Exercise()


def said(exercise: Exercise, kind: Kind, data: Data, who: str = "hubei", **more: object) -> Said:
    return Said(kind, data, exercise.story.parties[who].manager, **more)  # type: ignore[arg-type]


@breaks("party.role-missing")
def a_business_plans_a_drill(exercise: Exercise) -> Said:
    return said(exercise, PLAN_DRILL, PLAN, "shop")


@breaks("party.role-missing")
def a_business_ends_a_drill(exercise: Exercise) -> Said:
    return said(exercise, FINISH_DRILL, {"drill": exercise.started().id}, "shop")


@breaks("drill.not-found")
def a_drill_that_is_not_there(exercise: Exercise) -> Said:
    return said(exercise, CANCEL_DRILL, {"drill": NOWHERE}, field="/drill")


@breaks("drill.not-found")
def a_drill_of_another_region(exercise: Exercise) -> Said:
    return said(exercise, CANCEL_DRILL, {"drill": exercise.planned()}, "qingdao", field="/drill")


@breaks("drill.another-state")
def one_that_runs_is_started_again(exercise: Exercise) -> Said:
    drill = exercise.started()
    return said(exercise, START_DRILL, exercise.goods(drill.id), field="/drill", facts=("running",))


@breaks("drill.another-state")
def one_that_runs_is_cancelled(exercise: Exercise) -> Said:
    return said(exercise, CANCEL_DRILL, {"drill": exercise.started().id}, field="/drill")


@breaks("drill.another-state")
def one_that_never_started_is_finished(exercise: Exercise) -> Said:
    return said(exercise, FINISH_DRILL, {"drill": exercise.planned()}, field="/drill", facts=("planned",))


@breaks("drill.another-state")
def one_is_finished_twice(exercise: Exercise) -> Said:
    drill = exercise.finished(exercise.started())
    return said(exercise, FINISH_DRILL, {"drill": drill.id}, field="/drill")


@breaks("drill.goods-not-found")
def goods_that_never_came_to_the_region(exercise: Exercise) -> Said:
    data = exercise.goods(exercise.planned(), "waiting")
    return said(exercise, START_DRILL, data, field="/drill", facts=(str(data["lot"]),))


@breaks("drill.goods-not-found")
def units_of_another_lot(exercise: Exercise) -> Said:
    data = exercise.goods(exercise.planned())
    data["units"] = [*data["units"], exercise.ids["cubes_unit"]]
    return said(exercise, START_DRILL, data, field="/drill")


@breaks("drill.goods-not-found")
def units_that_are_not_there(exercise: Exercise) -> Said:
    data = exercise.goods(exercise.planned())
    return said(exercise, START_DRILL, {**data, "units": [NOWHERE]}, field="/drill")


@pytest.mark.parametrize(("code", "case"), CASES.params)
def test_refused(exercise: Exercise, code: str, case: Case[Exercise]) -> None:
    demand_refused(exercise.history, code, case(exercise))


def test_every_rule_of_the_catalogue_has_a_case() -> None:
    catalogue = tomllib.loads((files("schema.problems") / "drills.toml").read_text("utf-8"))
    assert {*catalogue} == {code for code in CASES.codes if code.startswith("drill.")} | {
        "drill.nothing-to-draw"
    }

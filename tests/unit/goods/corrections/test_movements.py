"""Corrections of movements: after one, everything is as if it had been said so from the beginning."""

from __future__ import annotations

import pytest

from service.goods.corrections import CORRECT
from service.goods.state import CORRECTION, UNIT, UnitState
from tests.unit.goods.corrections.told import (
    EACH,
    TELL,
    correct,
    correction,
    demand_conservation,
    state,
)
from tests.unit.goods.movements.scene import CARRIER, Scene

NAMES = sorted(TELL)


@pytest.mark.parametrize(("name", "word"), EACH)
def test_a_corrected_statement_is_as_if_it_had_been_said_so(name: str, word: str) -> None:
    scene, other = Scene(), Scene()
    told, as_if = TELL[name](scene), TELL[name](other)
    position = scene.history.position
    scene.say(told.kind, told.data, told.by)
    correct(scene, position, told.instead[word], told.by)
    other.say(as_if.kind, as_if.instead[word], as_if.by)
    demand_conservation(scene)
    mine, others = state(scene), state(other)
    for table in ("finding", "hold"):
        mine.pop(table), others.pop(table)
    for unit in (*mine["unit"].values(), *others["unit"].values()):
        unit.pop("holds")
    assert mine == others


@pytest.mark.parametrize("name", NAMES)
def test_a_withdrawn_statement_is_as_if_never_said(name: str) -> None:
    scene = Scene()
    told = TELL[name](scene)
    before, position = state(scene), scene.history.position
    said = scene.say(told.kind, told.data, told.by)
    withdrawn = correct(scene, position, None, told.by)
    assert withdrawn.corrects == position
    demand_conservation(scene)
    after = state(scene)
    for table in ("finding", "hold", "code"):
        before.pop(table), after.pop(table)
    assert after == before
    for unit in said.outcome.get("units", ()):
        row = scene.history.row(UNIT, unit)
        assert (row.state, row.in_grams, row.grams) == (UnitState.WITHDRAWN, 0, 0)
    assert scene.history.row(CORRECTION, position).withdrawn


@pytest.mark.parametrize("name", NAMES)
def test_a_correction_is_corrected_in_turn(name: str) -> None:
    """Withdrawn, stated again otherwise, and then as it was first said."""
    scene, other = Scene(), Scene()
    told = TELL[name](scene)
    position = scene.history.position
    scene.say(told.kind, told.data, told.by)
    other.say(told.kind, TELL[name](other).data, told.by)
    for replacement in (None, next(iter(told.instead.values())), told.data):
        correct(scene, position, replacement, told.by)
        demand_conservation(scene)
        position = scene.history.position - 1
    mine, others = state(scene), state(other)
    for table in ("finding", "hold"):
        mine.pop(table), others.pop(table)
    for unit in (*mine["unit"].values(), *others["unit"].values()):
        unit.pop("holds")
    assert mine == others


@pytest.mark.parametrize("name", NAMES)
def test_who_did_not_say_it_does_not_correct_it(name: str) -> None:
    scene = Scene()
    told = TELL[name](scene)
    position = scene.history.position
    scene.say(told.kind, told.data, told.by)
    refusals = [
        scene.refused(CORRECT, correction(wanted, None), CARRIER) for wanted in (position, position + 9)
    ]
    assert [refusal.code for refusal in refusals] == ["correction.not-found"] * 2


@pytest.mark.parametrize("name", NAMES)
def test_the_same_statement_is_corrected_once(name: str) -> None:
    scene = Scene()
    told = TELL[name](scene)
    position = scene.history.position
    scene.say(told.kind, told.data, told.by)
    correct(scene, position, None, told.by)
    twice = scene.refused(CORRECT, correction(position, told.data), told.by)
    again = scene.refused(CORRECT, correction(position + 1, None), told.by)
    assert (twice.code, twice.facts["correction"]) == ("correction.already-corrected", position + 1)
    assert again.code == "correction.already-withdrawn"


@pytest.mark.parametrize("name", NAMES)
def test_what_is_the_same_is_no_correction(name: str) -> None:
    scene = Scene()
    told = TELL[name](scene)
    position = scene.history.position
    scene.say(told.kind, told.data, told.by)
    same = scene.refused(CORRECT, correction(position, told.data), told.by)
    assert same.code == "correction.nothing-changed"

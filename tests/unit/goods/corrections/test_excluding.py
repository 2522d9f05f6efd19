"""A movement that was withdrawn or replaced is excluded from traces by an authority, and by nobody else."""

from __future__ import annotations

import pytest

from schema.problems import explain
from service.goods.corrections import EXCLUDE
from service.goods.movements import SPLIT
from service.goods.state import CORRECTION
from service.incidents.coverage import covered
from service.ledger import Data
from tests.unit.goods.corrections.told import correct
from tests.unit.goods.movements.scene import DALIAN_STORE, QINGDAO, SHOP, WATCH, Scene


def split(scene: Scene, at: int | None = None) -> int:
    """A split that was withdrawn, in Qingdao or elsewhere: its position."""
    unit = scene.unit(10, 1000) if at is None else scene.unit(10, 1000, at=at)
    position = scene.history.position
    data = {"unit": unit.id, "parts": [{"pieces": 4, "grams": 400}], "happened_at": scene.time()}
    scene.say(SPLIT, data, unit.custodian)
    return position


def exclusion(position: int) -> Data:
    return {"position": position, "grounds": "never_happened"}


def test_what_was_withdrawn_is_excluded_once() -> None:
    scene = Scene()
    position = split(scene)
    correct(scene, position, None, QINGDAO)
    scene.say(EXCLUDE, exclusion(position), WATCH)
    row = scene.history.row(CORRECTION, position)
    assert (row.excluded_by, row.excluded_at) == (WATCH, scene.history.statements[-1].at)
    assert scene.refused(EXCLUDE, exclusion(position), WATCH).code == "exclusion.done-before"


def test_what_stands_is_not_excluded() -> None:
    scene = Scene()
    position = split(scene)
    assert scene.refused(EXCLUDE, exclusion(position), WATCH).code == "exclusion.not-found"
    assert scene.refused(EXCLUDE, exclusion(position + 7), WATCH).code == "exclusion.not-found"


@pytest.mark.parametrize("by", [QINGDAO, SHOP])
def test_a_business_does_not_exclude_its_own(by: int) -> None:
    scene = Scene()
    position = split(scene)
    correct(scene, position, None, QINGDAO)
    assert scene.refused(EXCLUDE, exclusion(position), by).code == "exclusion.not-found"


def test_an_authority_of_another_region_does_not() -> None:
    scene = Scene()
    position = split(scene, DALIAN_STORE)
    correct(scene, position, None, scene.facility(DALIAN_STORE).organisation)
    refusal = scene.refused(EXCLUDE, exclusion(position), WATCH)
    assert refusal.code == "exclusion.not-found"
    assert "region" in explain(refusal, "en").detail


@pytest.mark.parametrize("is_excluded", [False, True])
def test_a_hold_covers_what_was_made_by_it_until_it_is_excluded(is_excluded: bool) -> None:
    scene = Scene()
    unit = scene.unit(10, 1000)
    position = scene.history.position
    data = {"unit": unit.id, "parts": [{"pieces": 4, "grams": 400}], "happened_at": scene.time()}
    made = scene.say(SPLIT, data, QINGDAO).outcome["units"]
    correct(scene, position, None, QINGDAO)
    if is_excluded:
        scene.say(EXCLUDE, exclusion(position), WATCH)
    found = covered({"units": [unit.id]}, scene.history.world).units
    assert found == ((unit.id,) if is_excluded else (unit.id, *made))

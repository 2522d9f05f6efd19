"""Where units were, from when to when, and who handled them; also after corrections."""

from __future__ import annotations

from typing import Any

import pytest

from schema.moments import first_second, last_second
from service.goods.corrections import CORRECT
from service.goods.movements import DESTROY, RECEIVE, SELL, SHIP, SPLIT, STORE
from service.goods.state import CORRECTION, Unit
from service.goods.whereabouts import HANDLING, STAY, Stay
from tests.unit.goods.corrections.told import correction
from tests.unit.goods.movements.scene import (
    IMPORTED,
    INDEPENDENT,
    QINGDAO,
    QINGDAO_STORE,
    WUHAN,
    WUHAN_SHOP,
    WUHAN_STORE,
    Scene,
    portion,
)

Interval = tuple[Any, ...]


@pytest.fixture
def scene() -> Scene:
    return Scene()


def stays(scene: Scene, unit: Unit | int) -> list[Interval]:
    """Of one unit: facility, zone, from, to; the trips without a facility."""
    key = unit if isinstance(unit, int) else unit.id
    return [_interval(stay) for stay in scene.history.rows(STAY) if stay.unit == key]


def _interval(stay: Stay) -> Interval:
    return stay.facility, stay.zone, stay.since, stay.until


def store(scene: Scene, unit: Unit, zone: int, at: str) -> int:
    """The position at which it was put there."""
    scene.say(STORE, {"unit": unit.id, "zone": zone, "happened_at": at}, QINGDAO)
    return scene.history.position - 1


def test_a_unit_stays_where_it_is_until_it_is_moved_or_gone(scene: Scene) -> None:
    unit = scene.unit(10, 1000, made_at="2020-08-10")
    store(scene, unit, INDEPENDENT, "2020-08-15")
    moved = scene.now_in(unit)
    assert stays(scene, unit) == [
        (QINGDAO_STORE, None, first_second("2020-08-10"), last_second("2020-08-15"))
    ]
    assert (moved.since, moved.until, moved.vacated) == (first_second("2020-08-15"), None, None)
    noon = "2020-08-16T12:00+08:00"
    scene.say(DESTROY, {**portion(unit, 10, 1000), "method": "burial", "happened_at": noon}, QINGDAO)
    gone = scene.now_in(unit)
    assert gone.until == last_second(noon)
    assert stays(scene, unit)[1:] == [
        (QINGDAO_STORE, INDEPENDENT, first_second("2020-08-15"), last_second(noon))
    ]


def test_what_is_left_behind_stays_on(scene: Scene) -> None:
    unit = scene.unit(10, 1000)
    part = {"pieces": 4, "grams": 400}
    split = {"unit": unit.id, "parts": [part], "happened_at": "2020-08-16"}
    made = scene.say(SPLIT, split, QINGDAO).outcome["units"][0]
    assert stays(scene, unit) == []
    assert scene.now_in(unit).since == unit.since
    assert scene.now_in(made).since == first_second("2020-08-16")


def test_a_trip_is_a_stay_from_departure_to_receipt(scene: Scene) -> None:
    unit = scene.unit(10, 1000)
    shipped = scene.say(SHIP, scene.ship(unit, departed_at="2020-08-16"), QINGDAO)
    (road,) = shipped.outcome["units"]
    assert scene.now_in(unit).until == last_second("2020-08-16")
    receipt = scene.receive(shipped, happened_at="2020-08-17T09:30+08:00")
    (there,) = scene.say(RECEIVE, receipt, WUHAN).outcome["units"]
    (trip,) = [stay for stay in scene.history.rows(STAY) if stay.unit == road]
    assert (trip.facility, trip.shipment) == (None, shipped.outcome["shipment"])
    assert (trip.since, trip.until) == (first_second("2020-08-16"), last_second("2020-08-17T09:30+08:00"))
    now = scene.now_in(there)
    assert (now.facility, now.since) == (WUHAN_STORE, first_second("2020-08-17T09:30+08:00"))


def test_what_was_sold_is_nowhere(scene: Scene) -> None:
    unit = scene.unit(10, 1000, at=WUHAN_SHOP)
    shop = scene.facility(WUHAN_SHOP).organisation
    sale = {**portion(unit, 1, 100), "happened_at": "2020-08-16"}
    (sold,) = scene.say(SELL, sale, shop).outcome["units"]
    assert scene.now_in(sold).until == last_second("2020-08-16")
    assert stays(scene, sold) == []


def test_a_place_said_wrongly_stays_on_record_beside_the_right_one(scene: Scene) -> None:
    unit = scene.unit(10, 1000, made_at="2020-08-10")
    wrong = store(scene, unit, INDEPENDENT, "2020-08-15")
    right = {"unit": unit.id, "zone": IMPORTED, "happened_at": "2020-08-15"}
    scene.say(CORRECT, correction(wrong, right), QINGDAO)
    now = scene.now_in(unit)
    assert (now.zone, now.since, now.until) == (IMPORTED, first_second("2020-08-15"), None)
    assert now.placed == scene.history.position - 1
    (_, as_said) = [stay for stay in scene.history.rows(STAY) if stay.unit == unit.id]
    assert (as_said.zone, as_said.placed) == (INDEPENDENT, wrong)
    assert as_said.until == last_second(scene.history.row(CORRECTION, wrong).corrected_at)


def test_a_move_that_was_taken_back_leaves_the_unit_where_it_was_all_along(scene: Scene) -> None:
    unit = scene.unit(10, 1000, made_at="2020-08-10")
    position = store(scene, unit, INDEPENDENT, "2020-08-15")
    scene.say(CORRECT, correction(position, None), QINGDAO)
    now = scene.now_in(unit)
    assert (now.zone, now.since, now.until) == (None, first_second("2020-08-10"), None)


@pytest.mark.parametrize("departed", ["2020-08-15T10:00+08:00", "2020-08-16T20:00+08:00"])
def test_another_time_of_departure_ends_the_stay_then(scene: Scene, departed: str) -> None:
    unit = scene.unit(10, 1000, made_at="2020-08-10")
    said = scene.ship(unit, departed_at="2020-08-16T08:00+08:00")
    scene.say(SHIP, said, QINGDAO)
    position = scene.history.position - 1
    scene.say(CORRECT, correction(position, said | {"departed_at": departed}), QINGDAO)
    ended = [stay for stay in scene.history.rows(STAY) if stay.unit == unit.id]
    assert [(stay.until, stay.version) for stay in ended] == [
        (last_second("2020-08-16T08:00+08:00"), position),
        (last_second(departed), scene.history.position - 1),
    ]
    assert scene.now_in(unit).until == last_second(departed)


def test_a_departure_that_was_taken_back_leaves_the_goods_there(scene: Scene) -> None:
    unit = scene.unit(10, 1000, made_at="2020-08-10")
    shipped = scene.say(SHIP, scene.ship(unit, departed_at="2020-08-16"), QINGDAO)
    position = scene.history.position - 1
    scene.say(CORRECT, correction(position, None), QINGDAO)
    back = scene.now_in(unit)
    assert (back.since, back.until, back.vacated) == (first_second("2020-08-10"), None, None)
    (road,) = shipped.outcome["units"]
    (trip,) = [stay for stay in scene.history.rows(STAY) if stay.unit == road]
    assert trip.until == last_second(scene.history.row(CORRECTION, position).corrected_at)


def test_who_and_what_handled_units_together_is_one_row(scene: Scene) -> None:
    unit = scene.unit(10, 1000)
    handling = {"bay": "D3", "equipment": "FL-2"}
    part = {"pieces": 4, "grams": 400}
    said = {"unit": unit.id, "parts": [part], "happened_at": "2020-08-16", "handling": handling}
    (made,) = scene.say(SPLIT, said, QINGDAO).outcome["units"]
    (row,) = scene.history.rows(HANDLING)
    assert (row.facility, row.bay, row.equipment, row.crew) == (QINGDAO_STORE, "D3", "FL-2", [])
    assert row.units == [unit.id, made]
    assert (row.since, row.until) == (first_second("2020-08-16"), last_second("2020-08-16"))


def test_a_movement_that_names_nobody_and_nothing_is_no_handling(scene: Scene) -> None:
    store(scene, scene.unit(), IMPORTED, "2020-08-16")
    assert scene.history.rows(HANDLING) == []

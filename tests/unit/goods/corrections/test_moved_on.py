"""Corrections of goods that moved on: what lived on since stays, and what stands in the way is named."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from schema.identifiers import Level
from schema.problems import explain
from service.goods.corrections import CORRECT
from service.goods.movements import ISSUE_CASES, RECEIVE, SELL, SHIP, SPLIT, STORE
from service.goods.state import LEAVING
from service.incidents.state import FINDING, HOLD
from tests.unit.goods.corrections.told import correct, correction, demand_conservation, state
from tests.unit.goods.movements.scene import (
    CARRIER,
    IMPORTED,
    INDEPENDENT,
    QINGDAO,
    SHOP,
    WATCH,
    WUHAN,
    WUHAN_SHOP,
    Scene,
    portion,
)


def received(scene: Scene, grams: int = 1000) -> tuple[int, dict[str, Any]]:
    """A receipt of ten pieces at the shop: its position and its data."""
    there = scene.unit(20, 2000)
    sent = scene.say(SHIP, scene.ship(there, WUHAN_SHOP, items=[portion(there, 10, 1000)]), QINGDAO)
    unit = scene.now_in(sent.outcome["units"][0])
    item = portion(unit, 10, grams) | ({"reason": "drying"} if grams < 1000 else {})
    data = scene.receive(sent, [item])
    position = scene.history.position
    scene.say(RECEIVE, data, SHOP)
    return position, data


def half_sold(scene: Scene, pieces: int = 5, grams: int = 500) -> tuple[int, dict[str, Any], int]:
    """Ten pieces received, some sold since: the receipt's position and data, and the sale's position."""
    position, data = received(scene)
    unit = scene.now_in(position * 1000)
    sale = scene.history.position
    scene.say(SELL, portion(unit, pieces, grams) | {"happened_at": scene.time()}, SHOP)
    return position, data, sale


def weighing(data: dict[str, Any], grams: int, pieces: int = 10) -> dict[str, Any]:
    """The receipt with another weight."""
    (item,) = data["items"]
    return {**data, "items": [{**item, "pieces": pieces, "grams": grams, "reason": "drying"}]}


def test_a_wrong_weight_is_corrected_after_half_was_sold() -> None:
    scene = Scene()
    position, data, _ = half_sold(scene)
    correct(scene, position, weighing(data, 980), SHOP)
    unit = scene.now_in(position * 1000)
    assert (unit.in_grams, unit.grams, unit.out_grams, unit.pieces) == (980, 480, 500, 5)
    demand_conservation(scene)


def test_it_is_as_if_it_had_been_received_so_and_sold_then() -> None:
    scene, other = Scene(), Scene()
    position, data, _ = half_sold(scene)
    correct(scene, position, weighing(data, 980), SHOP)
    received(other, 980)
    other.say(SELL, portion(other.now_in(position * 1000), 5, 500) | {"happened_at": other.time()}, SHOP)
    assert state(scene) == state(other)


@pytest.mark.parametrize(
    ("grams", "pieces", "fits"), [(501, 6, True), (500, 6, False), (501, 5, False), (499, 6, False)]
)
def test_what_was_sold_since_must_still_have_been_there(grams: int, pieces: int, fits: bool) -> None:
    scene = Scene()
    position, data, sale = half_sold(scene)
    if fits:
        correct(scene, position, weighing(data, grams, pieces), SHOP)
        return
    refusal = scene.refused(CORRECT, correction(position, weighing(data, grams, pieces)), SHOP)
    assert (refusal.code, refusal.facts["later"]) == ("correction.goods-moved-on", str(sale))
    assert [(each.code, each.facts["kind"]) for each in refusal.causes] == [
        ("correction.later-movement", "goods-sold")
    ]
    for language in ("en", "zh"):
        assert str(sale) in explain(refusal, language).detail
        assert all(explain(cause, language).detail for cause in refusal.causes)


def test_what_moved_on_is_not_withdrawn_until_that_is() -> None:
    scene = Scene()
    position, _, sale = half_sold(scene)
    before = state(scene)
    refusal = scene.refused(CORRECT, correction(position, None), SHOP)
    assert (refusal.code, refusal.facts["later"]) == ("correction.goods-moved-on", str(sale))
    assert state(scene) == before
    correct(scene, sale, None, SHOP)
    correct(scene, position, None, SHOP)
    demand_conservation(scene)


def test_a_sale_is_not_more_than_what_was_left_by_what_went_later() -> None:
    scene = Scene()
    unit = scene.unit(10, 1000, at=WUHAN_SHOP)
    position, sold = scene.history.position, portion(unit, 4, 400) | {"happened_at": scene.time()}
    scene.say(SELL, sold, SHOP)
    later = scene.history.position
    scene.say(SELL, portion(unit, 5, 500) | {"happened_at": scene.time()}, SHOP)
    refusal = scene.refused(CORRECT, correction(position, sold | {"pieces": 6, "grams": 600}), SHOP)
    assert (refusal.code, refusal.facts["later"]) == ("correction.goods-moved-on", str(later))
    correct(scene, position, sold | {"pieces": 5, "grams": 500}, SHOP)
    assert scene.now_in(unit.id).grams == 0


def test_an_intent_is_not_more_than_what_was_left_by_what_went_later() -> None:
    scene = Scene()
    unit = scene.unit(10, 1000)
    data = scene.ship(unit, items=[portion(unit, 4, 400)])
    position = scene.history.position
    scene.say(SHIP, data, QINGDAO)
    scene.say(SPLIT, {"unit": unit.id, "parts": [{"pieces": 5, "grams": 500}], "happened_at": scene.time()},
              QINGDAO)  # fmt: skip
    more = data | {"items": [portion(unit, 6, 600)]}
    refusal = scene.refused(CORRECT, correction(position, more), QINGDAO)
    assert (refusal.code, refusal.facts["later"]) == ("correction.goods-moved-on", str(position + 1))


def test_what_nobody_took_since_is_refused_as_it_would_have_been() -> None:
    scene = Scene()
    unit = scene.unit(10, 1000)
    data = scene.ship(unit, items=[portion(unit, 4, 400)])
    scene.say(SHIP, data, QINGDAO)
    position = scene.history.position - 1
    refusal = scene.refused(
        CORRECT, correction(position, data | {"items": [portion(unit, 11, 1000)]}), QINGDAO
    )
    assert (refusal.code, refusal.field) == ("unit.insufficient-pieces", "/replacement/items/0")


def test_of_a_received_shipment_only_who_received_it_says_how_much_there_was() -> None:
    scene = Scene()
    position, _ = received(scene)
    sent = position - 1
    data = scene.history.statements[sent].data
    for pieces, grams in ((9, 990), (11, 1010)):
        changed = data | {"items": [data["items"][0] | {"pieces": pieces, "grams": grams}]}
        refusal = scene.refused(CORRECT, correction(sent, changed), QINGDAO)
        assert (refusal.code, refusal.facts["later"]) == ("correction.goods-moved-on", str(position))


@pytest.mark.parametrize("change", [{"destination": 203}, {"purpose": "return"}])
def test_where_received_goods_went_is_settled(change: dict[str, Any]) -> None:
    scene = Scene()
    position, _ = received(scene)
    data = scene.history.statements[position - 1].data
    refusal = scene.refused(CORRECT, correction(position - 1, data | change), QINGDAO)
    assert (refusal.code, refusal.facts["later"]) == ("correction.goods-moved-on", str(position))


def test_the_papers_of_a_received_shipment_are_not() -> None:
    scene = Scene()
    position, _ = received(scene)
    data = scene.history.statements[position - 1].data
    correct(scene, position - 1, data | {"waybill": {"number": "YD-7"}}, QINGDAO)
    assert scene.history.row(scene.history.projections["shipment"], (position - 1) * 1000).waybill == {
        "number": "YD-7"
    }


@pytest.mark.parametrize(("minutes", "fits"), [(0, True), (2, False)])
def test_goods_did_not_leave_before_they_were_there(minutes: int, fits: bool) -> None:
    scene = Scene()
    position, data, _ = half_sold(scene)
    sold_at = scene.history.statements[-1].data["happened_at"]
    changed = data | {"happened_at": sold_at}
    if minutes:
        scene.history.at += timedelta(minutes=5)
        later = scene.history.statements[position].data["happened_at"]
        changed = data | {"happened_at": later[:14] + f"0{minutes}" + later[16:]}
    if fits:
        correct(scene, position, changed, SHOP)
        return
    refusal = scene.refused(CORRECT, correction(position, changed), SHOP)
    assert (refusal.code, refusal.facts["what"]) == ("correction.goods-moved-on", "made_at")


def test_goods_lie_where_they_were_put_last() -> None:
    scene = Scene()
    unit = scene.unit(10, 1000)
    first = {"unit": unit.id, "zone": IMPORTED, "happened_at": scene.time()}
    position = scene.history.position
    scene.say(STORE, first, QINGDAO)
    scene.say(STORE, first | {"zone": INDEPENDENT}, QINGDAO)
    correct(scene, position, None, QINGDAO)
    assert scene.now_in(unit.id).zone == INDEPENDENT


def test_the_goods_of_a_statement_are_not_corrected_into_others() -> None:
    scene = Scene()
    unit, other = scene.unit(10, 1000, at=WUHAN_SHOP), scene.unit(10, 1000, at=WUHAN_SHOP)
    sold = portion(unit, 4, 400) | {"happened_at": scene.time()}
    position = scene.history.position
    scene.say(SELL, sold, SHOP)
    refusal = scene.refused(CORRECT, correction(position, sold | {"unit": other.id}), SHOP)
    assert (refusal.code, refusal.facts["what"]) == ("correction.other-goods", "lot")


def test_a_regulator_of_the_region_corrects_and_another_does_not_know_of_it() -> None:
    scene = Scene()
    here, there = scene.unit(10, 1000), scene.unit(10, 1000, at=WUHAN_SHOP)
    parts = [{"pieces": 4, "grams": 400}]
    scene.say(SPLIT, {"unit": here.id, "parts": parts, "happened_at": scene.time()}, QINGDAO)
    scene.say(SPLIT, {"unit": there.id, "parts": parts, "happened_at": scene.time()}, SHOP)
    first = scene.history.position - 2
    refusal = scene.refused(CORRECT, correction(first + 1, None), WATCH)
    assert refusal.code == "correction.not-found"
    scene.say(CORRECT, correction(first, None, "inspection"), WATCH)
    assert scene.now_in(here.id).grams == 1000


@pytest.mark.parametrize(("seconds", "fits"), [(0, True), (1, False)])
def test_a_correction_is_taken_for_so_many_days(seconds: int, fits: bool) -> None:
    scene = Scene()
    unit = scene.unit(10, 1000)
    position, recorded = scene.history.position, scene.history.at
    split = {"unit": unit.id, "parts": [{"pieces": 4, "grams": 400}], "happened_at": scene.time()}
    scene.say(SPLIT, split, QINGDAO)
    scene.history.now(recorded + timedelta(days=730, seconds=seconds))
    if fits:
        correct(scene, position, None, QINGDAO)
        return
    refusal = scene.refused(CORRECT, correction(position, None), QINGDAO)
    assert (refusal.code, refusal.facts["days"]) == ("correction.too-late", 730)
    scene.say(CORRECT, correction(position, None, "inspection"), WATCH)


def test_a_correction_that_breaks_a_rule_raises_a_finding_and_holds() -> None:
    scene = Scene()
    position, data = received(scene)
    broken = correct(scene, position, data | {"seals_intact": False}, SHOP)
    mine = scene.history.position - 1
    assert [each["rule"] for each in broken.breach] == ["receipt.seal-broken"]
    assert scene.history.row(FINDING, mine * 1000 + 998).statement == mine
    hold = scene.history.row(HOLD, mine * 1000 + 999)
    assert scene.now_in(position * 1000).holds == [hold.id]


def test_a_breach_that_was_there_before_is_not_raised_again() -> None:
    scene = Scene()
    sent = scene.say(SHIP, scene.ship(scene.unit(10, 1000), WUHAN_SHOP), QINGDAO)
    data = scene.receive(sent, seals_intact=False)
    position = scene.history.position
    scene.say(RECEIVE, data, SHOP)
    findings = len(scene.history.rows(FINDING))
    corrected = correct(scene, position, weighing(data, 980), SHOP)
    assert (corrected.breach, len(scene.history.rows(FINDING))) == ((), findings)
    assert scene.now_in(position * 1000).holds == [position * 1000 + 999]


def test_the_hold_of_a_breach_stays_until_it_is_lifted() -> None:
    scene = Scene()
    sent = scene.say(SHIP, scene.ship(scene.unit(10, 1000), WUHAN_SHOP), QINGDAO)
    data = scene.receive(sent, seals_intact=False)
    position = scene.history.position
    scene.say(RECEIVE, data, SHOP)
    correct(scene, position, data | {"seals_intact": True}, SHOP)
    assert scene.now_in(position * 1000).holds == [position * 1000 + 999]


@pytest.mark.parametrize(("grams", "codes"), [(300, []), (500, ["unit.held"])])
def test_more_of_what_was_held_since_is_a_breach_and_never_a_way_out(grams: int, codes: list[str]) -> None:
    scene = Scene()
    unit = scene.unit(10, 1000)
    data = scene.ship(unit, items=[portion(unit, 4, 400)])
    position = scene.history.position
    scene.say(SHIP, data, QINGDAO)
    hold = (position + 1) * 1000
    scene.hold({"units": [unit.id]}, id=hold)
    scene.put(replace(scene.now_in(unit.id), holds=[hold]))
    changed = data | {"items": [portion(unit, grams // 100, grams)]}
    said = correct(scene, position, changed, QINGDAO)
    assert [each["rule"] for each in said.breach] == codes
    assert scene.now_in(position * 1000 + 1).holds == [hold]


def test_both_versions_stay_in_the_log() -> None:
    scene = Scene()
    unit = scene.unit(10, 1000, at=WUHAN_SHOP)
    sold = portion(unit, 4, 400) | {"happened_at": scene.time()}
    position = scene.history.position
    scene.say(SELL, sold, SHOP)
    correct(scene, position, sold | {"pieces": 3, "grams": 300}, SHOP)
    edges = scene.history.world.among(LEAVING, unit.id)
    assert [(edge.version, edge.grams) for edge in edges] == [(position, 400), (position + 1, 300)]


def test_nobody_corrects_what_has_a_reverse_of_its_own() -> None:
    scene = Scene()
    unit = scene.unit(10, 1000)
    scene.say(SPLIT, {"unit": unit.id, "parts": [{"pieces": 4, "grams": 400}], "happened_at": scene.time()},
              QINGDAO)  # fmt: skip
    lot = scene.now_in(unit.id).lot
    position = scene.history.position
    scene.say(ISSUE_CASES, {"lot": lot, "codes": [scene.code(Level.CASE)]}, QINGDAO)
    refusal = scene.refused(CORRECT, correction(position, None), QINGDAO)
    assert (refusal.code, refusal.facts["kind"]) == ("correction.not-correctable", "case-codes-issued")
    assert scene.refused(CORRECT, correction(position, None), WUHAN).code == "correction.not-found"
    assert scene.refused(CORRECT, correction(position, None), CARRIER).code == "correction.not-found"


def test_a_withdrawn_shipment_does_not_arrive() -> None:
    scene = Scene()
    position = scene.history.position
    sent = scene.say(SHIP, scene.ship(scene.unit(10, 1000)), QINGDAO)
    receipt = scene.receive(sent)
    correct(scene, position, None, QINGDAO)
    assert scene.refused(RECEIVE, receipt, WUHAN).code == "shipment.withdrawn"

"""What a correction holds: all that was made of what it made, and nothing else."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from service.goods.corrections import CORRECT
from service.goods.movements import COUNT, DESTROY, PROCESS, RECEIVE, SELL, SHIP, SPLIT, TRANSFER
from service.goods.state import UNIT
from service.incidents.state import FINDING, HOLD, HeldLot
from service.ledger import Data, Statement
from service.ledger.statement import instant
from tests.unit.goods.movements.scene import (
    QINGDAO,
    QINGDAO_STORE,
    SHOP,
    WUHAN,
    WUHAN_SHOP,
    WUHAN_STORE,
    Scene,
    portion,
)


def correct(scene: Scene, position: int, replacement: Data | None, by: int) -> Statement:
    data = {"position": position, "replacement": replacement, "reason": "typing"}
    return scene.say(CORRECT, data, by)


def held_by(scene: Scene, hold: int) -> list[int]:
    return sorted(unit.id for unit in scene.history.rows(UNIT) if hold in unit.holds)


def test_what_was_made_since_is_held_too_and_so_is_what_was_never_there() -> None:
    scene = Scene()
    sent = scene.say(SHIP, scene.ship(scene.unit(10, 1000), WUHAN_SHOP), QINGDAO)
    data = scene.receive(sent)
    position = scene.history.position
    scene.say(RECEIVE, data, SHOP)
    part = {"parts": [{"pieces": 4, "grams": 400}], "happened_at": scene.time()}
    made = scene.say(SPLIT, {"unit": position * 1000, **part}, SHOP).outcome["units"]
    more = data | {"items": [{**data["items"][0], "pieces": 11, "grams": 1100}]}
    mine = scene.history.position
    said = correct(scene, position, more, SHOP)
    assert [each["rule"] for each in said.breach] == ["unit.more-than-held"]
    hold = scene.history.row(HOLD, mine * 1000 + 999)
    found = position * 1000 + 500
    assert hold.question == {"units": [position * 1000, found]}
    assert held_by(scene, hold.id) == [position * 1000, found, *made]


def test_what_is_made_only_by_a_correction_is_under_the_hold_that_there_was() -> None:
    scene = Scene()
    unit = scene.held(scene.unit(10, 1000, at=WUHAN_SHOP))
    data = {"unit": unit.id, "parts": [{"pieces": 11, "grams": 1100}], "happened_at": scene.time()}
    position = scene.history.position
    scene.say(SPLIT, data, SHOP)
    parts = [{"pieces": 11, "grams": 1100}, {"pieces": 1, "grams": 100}]
    correct(scene, position, data | {"parts": parts}, SHOP)
    hold = scene.history.row(HOLD, position * 1000 + 999)
    made = [position * 1000 + place for place in (0, 1, 500, 501)]
    assert (hold.version, hold.question) == (position + 1, {"units": made})
    assert held_by(scene, hold.id) == made


def test_what_holds_goods_for_the_first_time_raises_a_finding() -> None:
    scene = Scene()
    unit = scene.unit(10, 1000)
    item = {"unit": unit.id, "pieces": 9, "grams": 900, "reason": "missing"}
    data = {"facility": QINGDAO_STORE, "items": [item], "happened_at": scene.time()}
    position = scene.history.position
    scene.say(COUNT, data, QINGDAO)
    correct(scene, position, data | {"items": [{**item, "pieces": 12, "grams": 1200}]}, QINGDAO)
    found = scene.now_in(position * 1000 + 500)
    (hold,) = found.holds
    assert scene.history.row(FINDING, scene.history.row(HOLD, hold).finding or 0).hold == hold


def test_a_withdrawn_unit_does_not_get_the_hold_that_ends_at_its_keepers_door() -> None:
    scene = Scene()
    unit = scene.unit(10, 1000, at=WUHAN_SHOP)
    position = scene.history.position
    scene.say(SELL, portion(unit, 4, 400) | {"happened_at": scene.time()}, SHOP)
    hold = scene.hold({"units": [unit.id]}, kind="own", id=(position + 1) * 1000)
    scene.put(replace(scene.now_in(unit.id), holds=[hold]))
    correct(scene, position, None, SHOP)
    sold = scene.now_in(position * 1000)
    assert (sold.state, sold.holds) == ("withdrawn", [])


def test_a_withdrawn_difference_is_empty_although_it_was_used_up_at_once() -> None:
    scene = Scene()
    unit = scene.unit(10, 1000)
    position = scene.history.position
    burnt = portion(unit, 12, 1200) | {"method": "incineration", "happened_at": scene.time()}
    scene.say(DESTROY, burnt, QINGDAO)
    assert scene.now_in(position * 1000 + 500).destroyed_grams == 200
    correct(scene, position, None, QINGDAO)
    found = scene.now_in(position * 1000 + 500)
    assert (found.state, found.in_grams, found.destroyed_grams, found.destroyed_pieces) == (
        *("withdrawn", 0, 0, 0),
    )
    assert scene.now_in(unit).grams == 1000


def test_of_two_shipped_together_only_the_one_that_is_held_is_held() -> None:
    scene = Scene()
    units = [scene.unit(10, 1000), scene.unit(10, 1000)]
    data = scene.ship(units[0], items=[portion(unit, 4, 400) for unit in units])
    position = scene.history.position
    scene.say(SHIP, data, QINGDAO)
    hold = scene.hold({"lots": [units[0].lot]}, id=(position + 1) * 1000)
    scene.put(HeldLot(units[0].lot, [hold], 0))
    correct(scene, position, data | {"items": [portion(unit, 3, 300) for unit in units]}, QINGDAO)
    assert scene.now_in(position * 1000 + 2).holds == []


def held_since(scene: Scene, unit: int, **changed: Any) -> int:
    """A hold on a unit that an authority places now."""
    hold = scene.hold({"units": [unit]}, id=scene.history.position * 1000, **changed)
    scene.history.statements.append(None)  # type: ignore[arg-type]  # nobody reads it
    scene.put(replace(scene.now_in(unit), holds=[*scene.now_in(unit).holds, hold]))
    return hold


def test_a_part_that_is_held_goes_back_into_the_whole_with_its_hold() -> None:
    scene = Scene()
    unit, position = scene.unit(10, 1000), scene.history.position
    parts = {"unit": unit.id, "parts": [{"pieces": 4, "grams": 400}], "happened_at": scene.time()}
    (part,) = scene.say(SPLIT, parts, QINGDAO).outcome["units"]
    hold = held_since(scene, part)
    said = correct(scene, position, None, QINGDAO)
    assert [each["rule"] for each in said.breach] == ["unit.held"]
    assert (scene.now_in(unit).grams, scene.now_in(unit).holds) == (1000, [hold])


def test_a_hold_is_escaped_neither_by_taking_back_a_receipt_nor_by_less_of_it() -> None:
    for more in (None, {"pieces": 9, "grams": 900, "reason": "missing"}):
        scene = Scene()
        sent = scene.say(SHIP, scene.ship(scene.unit(10, 1000), WUHAN_SHOP), QINGDAO)
        data, position = scene.receive(sent), scene.history.position
        (got,) = scene.say(RECEIVE, data, SHOP).outcome["units"]
        hold = held_since(scene, got)
        other = None if more is None else data | {"items": [{**data["items"][0], **more}]}
        said = correct(scene, position, other, SHOP)
        assert [each["rule"] for each in said.breach] == ["unit.held"]
        assert scene.now_in(sent.outcome["units"][0]).holds == [hold]


def test_what_was_made_of_goods_gives_them_back_with_what_holds_it() -> None:
    scene = Scene()
    unit, position = scene.unit(10, 1000), scene.history.position
    made = scene.say(PROCESS, scene.process(portion(unit)), QINGDAO).outcome["lots"]
    hold = scene.hold({"lots": made}, id=scene.history.position * 1000)
    scene.history.statements.append(None)  # type: ignore[arg-type]  # nobody reads it
    scene.put(HeldLot(made[0], [hold], 0))
    correct(scene, position, None, QINGDAO)
    assert scene.now_in(unit).holds == [hold]


def test_a_keepers_own_hold_goes_back_only_into_its_store() -> None:
    scene = Scene()
    sent = scene.say(SHIP, scene.ship(scene.unit(10, 1000), WUHAN_SHOP), QINGDAO)
    position = scene.history.position
    (got,) = scene.say(RECEIVE, scene.receive(sent), SHOP).outcome["units"]
    held_since(scene, got, kind="own", organisation=SHOP)
    correct(scene, position, None, SHOP)
    assert scene.now_in(sent.outcome["units"][0]).holds == []


def test_what_holds_goods_because_of_a_statement_ends_with_it() -> None:
    scene = Scene()
    unit, position = scene.unit(10, 1000, at=WUHAN_SHOP), scene.history.position
    scene.put(replace(scene.lot_of(unit), best_before="2020-08-01"))
    sold = scene.say(SELL, portion(unit, 4, 400) | {"happened_at": scene.time()}, SHOP)
    assert scene.now_in(sold.outcome["unit"]).holds == [position * 1000 + 999]
    assert correct(scene, position, None, SHOP).breach == ()
    assert scene.now_in(unit).holds == []


@pytest.mark.parametrize("changed", [{"destination": WUHAN_STORE}, {"purpose": "return"}])
def test_held_goods_are_not_sent_elsewhere_unseen(changed: Data) -> None:
    scene = Scene()
    data, position = scene.ship(scene.unit(10, 1000), WUHAN_SHOP), scene.history.position
    sent = scene.say(SHIP, data, QINGDAO)
    held_since(scene, sent.outcome["units"][0])
    said = correct(scene, position, data | changed, QINGDAO)
    assert [each["rule"] for each in said.breach] == ["unit.held"]


def test_held_goods_do_not_get_another_owner_unseen() -> None:
    scene = Scene()
    unit, position = scene.unit(10, 1000), scene.history.position
    data = {"unit": unit.id, "to": WUHAN, "document": "合同1", "happened_at": scene.time()}
    scene.say(TRANSFER, data, QINGDAO)
    held_since(scene, unit.id)
    assert correct(scene, position, data | {"document": "合同2"}, QINGDAO).breach == ()
    said = correct(scene, position + 2, data | {"to": SHOP}, QINGDAO)
    assert [each["rule"] for each in said.breach] == ["unit.held"]


def test_a_hold_that_was_lifted_since_stood_in_the_way_then() -> None:
    scene = Scene()
    unit = scene.held(scene.unit(10, 1000, at=WUHAN_SHOP))
    sale, position = portion(unit, 4, 400) | {"happened_at": scene.time()}, scene.history.position
    scene.say(SELL, sale, SHOP)
    lifted = replace(scene.history.row(HOLD, unit.holds[0]), lifted_at=instant(scene.history.at))
    scene.put(lifted)
    said = correct(scene, position, sale | {"pieces": 3, "grams": 300}, SHOP)
    assert [each["rule"] for each in said.outcome["breach"]] == ["unit.held"]

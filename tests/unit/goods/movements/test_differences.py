"""What was there although the ledger did not know: held as what it was missing in, and by its own breach."""

from __future__ import annotations

from service.goods.movements import PROCESS
from service.goods.state import UNIT
from tests.unit.goods.movements.scene import QINGDAO, Scene, portion


def test_a_difference_bears_no_hold_of_what_else_went_into_the_node() -> None:
    scene = Scene()
    held, free = scene.held(scene.unit(10, 1000)), scene.unit(10, 1000)
    inputs = [portion(held), portion(free, 11, 1100)]
    position = scene.history.position
    scene.say(PROCESS, scene.process(*inputs), QINGDAO)
    found, breach = scene.history.row(UNIT, position * 1000 + 500), position * 1000 + 999
    assert found.holds == [breach]
    assert scene.history.row(UNIT, position * 1000 + 1).holds == sorted([*held.holds, breach])

"""A statement that no schema let in, written by whoever holds the keys: the auditor names it and goes on."""

from __future__ import annotations

from dataclasses import replace

import pytest

from service.goods.release import RELEASE_LOT
from service.ledger import Data, Proposal, Registry
from service.ledger.judging import judge, judge_again
from service.ledger.statement import instant
from service.parties import STANDING
from tests.unit.goods.inbound import Story

FORGED: list[Data] = [
    {"unit": None},
    {"pieces": "1006"},
    {"pieces": None},
    {"grams": None},
    {"happened_at": "yesterday"},
    {"code": None},
]


@pytest.mark.parametrize("forged", FORGED, ids=str)
def test_a_release_of_another_shape_is_named(forged: Data) -> None:
    scene, lot, unit = Story().tell()
    history = scene.history
    registry = Registry([RELEASE_LOT], history.projections.values(), STANDING)
    proposal = Proposal(RELEASE_LOT, scene.actor, scene.application(lot, unit))
    honest = judge(registry, proposal, history.world, history.position, instant(history.at))
    assert judge_again(registry, honest, history.world, history.position) is None
    for data in ({**honest.data, **forged}, {k: v for k, v in honest.data.items() if k not in forged}):
        assert judge_again(registry, replace(honest, data=data), history.world, history.position)

"""The arithmetic of an account by itself: what no movement would say, an account does not take either."""

from __future__ import annotations

import pytest

from schema.problems import Refusal
from service.goods.accounts import lose, opened, take
from service.goods.state import Unit, UnitState


def unit(pieces: int | None = 10, grams: int = 1000) -> Unit:
    return opened(
        id=1,
        lot=1,
        family=1,
        owner=1,
        custodian=1,
        facility=1,
        region="370200",
        state=UnitState.RELEASED,
        pieces=pieces,
        grams=grams,
        made_at="2020-08-17",
        version=0,
    )


@pytest.mark.parametrize(("pieces", "grams"), [(-1, 0), (0, -1), (-1, -1)])
def test_a_loss_gives_nothing_back(pieces: int, grams: int) -> None:
    with pytest.raises(Refusal) as refused:
        lose(unit(), pieces, grams)
    assert refused.value.code == "unit.nothing-taken"


def test_a_loss_may_be_of_weight_alone_or_of_pieces_alone() -> None:
    after = lose(lose(unit(), 0, 10), 1, 0)
    assert (after.pieces, after.grams, after.loss_pieces, after.loss_grams) == (9, 990, 1, 10)


def test_what_was_taken_and_what_was_lost_add_up() -> None:
    after = take(lose(take(unit(), 3, 300), 2, 150), 5, 550)
    assert (after.pieces, after.out_pieces, after.loss_pieces) == (0, 8, 2)
    assert (after.grams, after.out_grams, after.loss_grams) == (0, 850, 150)


def test_an_opened_pack_counts_grams_only() -> None:
    after = lose(take(unit(None), None, 400), None, 600)
    assert (after.pieces, after.out_pieces, after.loss_pieces) == (None, None, None)
    assert (after.grams, after.out_grams, after.loss_grams) == (0, 400, 600)

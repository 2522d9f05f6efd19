"""Exposure over the arrays says what the slow oracle says, of any tangled yard; also as they follow."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.tracing.index import stays
from tests.anything.asking import ask
from tests.anything.yards import POSITIONS, ROOM, Yard
from tests.exposed import exposed
from tests.indexed import Indexed


@given(st.integers(0, 1_000_000), st.integers(0, 3))
def test_the_arrays_say_what_the_oracle_says(seed: int, hops: int) -> None:
    chance = Random(seed)
    yard, index = Yard(chance), Indexed()
    index.follow(yard.rows, yard.base + POSITIONS)
    asked = ask(yard.rows, yard.moments, chance, hops, yard.base)
    assert index.ask(yard.rows, asked).digest == exposed(yard.rows, asked).digest


@pytest.mark.parametrize("seed", range(3))
def test_many_yards_taken_in_one_after_another_do_not_mix(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Runs of stays are joined on the way, and some are put in order for good."""
    monkeypatch.setattr(stays, "_RUN", 8)
    chance, index = Random(seed), Indexed()
    yards = [Yard(chance, number) for number in range(8)]
    for number, yard in enumerate(yards):
        index.follow(yard.rows, (number + 1) * ROOM)
        if number == 3:
            index.arrays.stays.sort(len(index.arrays.nodes))
        for known in yards[: number + 1]:
            asked = ask(known.rows, known.moments, chance, 2, known.base)
            assert index.ask(known.rows, asked).digest == exposed(known.rows, asked).digest, asked


def test_a_question_leaves_nothing_behind_for_the_next() -> None:
    chance = Random(5)
    yard, index = Yard(chance), Indexed()
    index.follow(yard.rows, yard.base + POSITIONS)
    questions = [ask(yard.rows, yard.moments, chance, 2, yard.base) for _ in range(12)]
    first = [index.ask(yard.rows, asked).digest for asked in questions]
    assert [index.ask(yard.rows, asked).digest for asked in questions[::-1]] == first[::-1]

"""The trace code: its vector, and the promise that no single slip of hand goes unnoticed."""

from __future__ import annotations

import random
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schema.identifiers import Level, TraceCode
from schema.identifiers.trace_code import check_character
from schema.identifiers.uscc import ALPHABET
from schema.problems import Problem

VECTOR = "1B210100ABCDEF234563"

levels = st.sampled_from(Level)
regions = st.sampled_from(["210100", "210804", "320612", "640221", "510900"])
seeds = st.integers(0, 2**32)


def new(level: Level, region: str, seed: int) -> TraceCode:
    return TraceCode.new(level, region, random.Random(seed))


def passes(text: str) -> bool:
    """The check alone, whatever the parts say."""
    return check_character(text[:-1]) == text[-1]


def test_the_vector() -> None:
    code = TraceCode.parse(VECTOR)
    assert code == TraceCode("1", Level.BATCH, "210100", "ABCDEF23456")
    assert str(code) == code.text == VECTOR
    assert code.grouped == "1B 210100 ABCD EF23 4563"


@pytest.mark.parametrize(
    "text", ["1b 210100 abcd ef23 4563", "1B-210100-ABCD-EF23-4563", "１Ｂ２１０１００ABCDEF234563"]
)
def test_what_people_type_is_forgiven(text: str) -> None:
    assert TraceCode.parse(text).text == VECTOR


@given(levels, regions, seeds)
def test_a_new_code_reads_back(level: Level, region: str, seed: int) -> None:
    code = new(level, region, seed)
    assert len(code.text) == 20
    assert TraceCode.parse(code.text) == TraceCode.parse(code.grouped) == code


def test_codes_are_not_repeated() -> None:
    assert len({TraceCode.new(Level.CASE, "210100") for _ in range(1000)}) == 1000


@given(levels, regions, seeds)
def test_every_single_wrong_character_is_found(level: Level, region: str, seed: int) -> None:
    text = new(level, region, seed).text
    for place, right in enumerate(text):
        for wrong in ALPHABET:
            assert passes(text[:place] + wrong + text[place + 1 :]) is (wrong == right)


@given(levels, regions, seeds)
def test_every_swap_of_two_different_characters_is_found(level: Level, region: str, seed: int) -> None:
    text = new(level, region, seed).text
    for one, other in combinations(range(20), 2):
        swapped = list(text)
        swapped[one], swapped[other] = text[other], text[one]
        assert passes("".join(swapped)) is (text[one] == text[other])


def test_a_slip_is_told_as_a_slip_not_as_an_unknown_region() -> None:
    with pytest.raises(Problem, match="trace-code-check"):
        TraceCode.parse("1B910100ABCDEF234563")


def test_a_code_is_not_made_for_a_region_that_cannot_be() -> None:
    with pytest.raises(Problem, match="region-province"):
        TraceCode.new(Level.BATCH, "990000")

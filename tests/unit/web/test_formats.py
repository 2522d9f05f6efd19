"""Weights and times: exact in, exact out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schema.problems import Problem
from service.web.formats import (
    degrees,
    kilograms,
    moment,
    number,
    plain_kilograms,
    read_degrees,
    read_kilograms,
)


@pytest.mark.parametrize(
    ("grams", "shown"),
    [
        (0, "0"),
        (1, "0.001"),
        (500, "0.5"),
        (1000, "1"),
        (1050, "1.05"),
        (27_000_000, "27,000"),
        (1_234_567, "1,234.567"),
        (-1500, "-1.5"),
        (10**12, "1,000,000,000"),
    ],
)
def test_grams_are_shown_as_kilograms(grams: int, shown: str) -> None:
    assert kilograms(grams) == shown


@given(st.integers(min_value=-(10**12), max_value=10**12))
def test_what_is_shown_is_read_back_to_the_gram(grams: int) -> None:
    assert read_kilograms(kilograms(grams)) == grams
    assert read_kilograms(plain_kilograms(grams)) == grams


@pytest.mark.parametrize(
    ("typed", "grams"),
    [
        ("27000", 27_000_000),
        ("27,000", 27_000_000),
        ("27 000.5", 27_000_500),
        (" 0.001 ", 1),
        ("1.", 1000),
        ("1.500000", 1500),
        ("0.1", 100),
        ("９.５", 9500),
        ("１２．３", 12300),
        ("-1", -1000),
    ],
)
def test_typed_weights_are_read_exactly(typed: str, grams: int) -> None:
    assert read_kilograms(typed) == grams


@pytest.mark.parametrize("typed", ["", "abc", "1.2.3", "1e3", "12kg", "1,23", "0x10", "NaN", "٣"])
def test_what_is_no_weight_is_refused(typed: str) -> None:
    with pytest.raises(Problem) as refused:
        read_kilograms(typed)
    assert refused.value.code == "web.kilograms-format"


@pytest.mark.parametrize("typed", ["1.0001", "0.00001", "26.8389"])
def test_less_than_a_gram_is_refused(typed: str) -> None:
    with pytest.raises(Problem) as refused:
        read_kilograms(typed)
    assert refused.value.code == "web.kilograms-decimals"


@pytest.mark.parametrize(
    ("tenths", "shown"), [(-185, "−18.5 °C"), (0, "0.0 °C"), (40, "4.0 °C"), (-5, "−0.5 °C")]
)
def test_temperatures(tenths: int, shown: str) -> None:
    assert degrees(tenths) == shown
    assert read_degrees(shown.removesuffix(" °C")) == tenths


@pytest.mark.parametrize("typed", ["", "cold", "-18.55", "1e2"])
def test_what_is_no_temperature_is_refused(typed: str) -> None:
    with pytest.raises(Problem) as refused:
        read_degrees(typed)
    assert refused.value.code == "web.degrees-format"


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("2020-08-17", "2020-08-17"),
        ("2020-08-17T09:30+08:00", "2020-08-17 09:30"),
        ("2020-08-17T01:30Z", "2020-08-17 09:30"),
        ("2020-08-17T23:30:15Z", "2020-08-18 07:30:15"),
    ],
)
def test_times_are_shown_in_chinas_zone_with_the_precision_that_was_said(said: str, shown: str) -> None:
    assert moment(said, "zh") == shown


def test_numbers_are_grouped() -> None:
    assert number(1006000) == "1,006,000"

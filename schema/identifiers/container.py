"""Freight container numbers (ISO 6346, GB/T 1836): three letters of the owner, U, J or Z, seven digits."""

from __future__ import annotations

from dataclasses import dataclass

from stdnum.iso6346 import calc_check_digit

from schema.identifiers.writing import DIGITS, LETTERS, broken, demand_length, demand_places, normalise

_PLACES = (LETTERS,) * 3 + ("UJZ",) + (DIGITS,) * 7
_SYMBOLS = "0123456789A BCDEFGHIJK LMNOPQRSTU VWXYZ"
"""A symbol's place is its value; the gaps stand at 11, 22 and 33, which ISO 6346 leaves out."""


@dataclass(frozen=True, slots=True)
class Container:
    """A container's number.

    ``weak_check`` warns that the remainder was 10: ISO 6346 advises against issuing such numbers, since the
    digit 0 then stands for two remainders. They exist, so they are accepted.
    """

    number: str
    weak_check: bool

    def __str__(self) -> str:
        return self.number


def parse_container(text: str) -> Container:
    """The container number in ``text``."""
    value = normalise(text)
    demand_length("container", value, [11])
    demand_places("container", value, _PLACES)
    expected = calc_check_digit(value[:10])
    if value[10] != expected:
        raise broken("container", "check", value, position=11, character=value[10], expected=expected)
    return Container(value, weak_check=_remainder(value) == 10)


def _remainder(number: str) -> int:
    return sum(_SYMBOLS.index(symbol) << place for place, symbol in enumerate(number[:10])) % 11

"""The trace code (追溯码): what is printed, scanned and typed, 20 characters.

Version 1, level 1 (``B`` batch, ``C`` case, ``T`` item), first station's region 6, random 11, check 1, in the
alphabet of the social credit code. Twenty, because GS1's application identifiers 10 and 21 hold no more.

The check's weights are powers of 3, a primitive root modulo 31. All twenty are different and none is zero, so
every single wrong character and every swap of two different characters is found.

The random part makes a code hard to guess (31^11, 54 bits); it carries no order and no date.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from enum import Enum
from operator import mul
from typing import Protocol, Self

from schema.identifiers.region import parse_region
from schema.identifiers.uscc import ALPHABET
from schema.identifiers.writing import DIGITS, broken, demand_length, demand_places, normalise
from schema.problems import Problem

LENGTH = 20
VERSION = "1"

_KIND = "trace-code"
_RANDOM = 11
_PLACES = (ALPHABET, "BCT") + (DIGITS,) * 6 + (ALPHABET,) * 12
_VALUES = {character: value for value, character in enumerate(ALPHABET)}
_WEIGHTS = tuple(pow(3, place, 31) for place in range(1, LENGTH))


class Level(Enum):
    """What carries the code."""

    BATCH = "B"
    CASE = "C"
    ITEM = "T"


class RandomSource(Protocol):
    """Where the random part comes from; ``secrets`` outside tests."""

    def choice(self, sequence: str, /) -> str: ...


@dataclass(frozen=True, slots=True)
class TraceCode:
    """A trace code that passed its check. Two are equal when their texts are."""

    version: str
    level: Level
    region: str
    random: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """The code in ``text``; spaces and hyphens between groups are forgiven."""
        value = normalise(text)
        demand_length(_KIND, value, [LENGTH])
        demand_places(_KIND, value, _PLACES)
        # The check before the parts: a mistyped code is told as such, not as an unknown region.
        if value[-1] != (expected := check_character(value[:-1])):
            raise broken(_KIND, "check", value, position=LENGTH, character=value[-1], expected=expected)
        if value[0] != VERSION:
            raise broken(_KIND, "version", value, position=1, character=value[0], expected=VERSION)
        return cls(value[0], Level(value[1]), _region(value), value[8:19])

    @classmethod
    def new(cls, level: Level, region: str, random_source: RandomSource = secrets) -> Self:
        """A fresh code for a first station in ``region``."""
        random = "".join(random_source.choice(ALPHABET) for _ in range(_RANDOM))
        return cls(VERSION, level, parse_region(region), random)

    @property
    def text(self) -> str:
        """All 20 characters."""
        body = self.version + self.level.value + self.region + self.random
        return body + check_character(body)

    @property
    def grouped(self) -> str:
        """In groups (kind, region, three of four), as a label shows it and a person reads it out."""
        text = self.text
        return " ".join((text[:2], text[2:8], text[8:12], text[12:16], text[16:]))

    def __str__(self) -> str:
        return self.text


def check_character(body: str) -> str:
    """The twentieth character from the first nineteen."""
    total = sum(map(mul, map(_VALUES.__getitem__, body), _WEIGHTS))
    return ALPHABET[-total % 31]


def _region(value: str) -> str:
    try:
        return parse_region(value[2:8])
    except Problem:
        raise broken(_KIND, "region", value, position=3, character=value[2:8]) from None

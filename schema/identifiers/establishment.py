"""Overseas food establishments: the Chinese registration number (CIFER, GACC decree 248), and older ones.

Since 2022 the number is ``C``, country 3, product category 4, date YYMMDD, serial 4. The number of the
foreign authority, which stood on packages before, is accepted too, and has no common form.

No public table ties categories to HS chapters, so that table is policy and handed in; a disagreement is a
warning.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from schema.identifiers.country import ALPHA_2, parse_country
from schema.identifiers.writing import DIGITS, LETTERS, broken, demand_length, demand_places, normalise

_PLACES = ("C",) + (LETTERS,) * 3 + (DIGITS,) * 14
_FOREIGN = DIGITS + LETTERS + "-./"


@dataclass(frozen=True, slots=True)
class Establishment:
    """A registration number, read. ``country`` has two letters."""

    number: str
    country: str
    category: str
    registered: date

    def __str__(self) -> str:
        return self.number

    def disagrees_with(self, hs: str, chapters: Mapping[str, Collection[str]]) -> bool:
        """Whether ``chapters`` knows this category, and ``hs`` is under none of its headings."""
        known = chapters.get(self.category)
        return known is not None and not hs.startswith(tuple(known))


def parse_establishment(text: str, origin: str | None = None) -> Establishment:
    """The registration number in ``text``, which must be of the country of ``origin`` where one is given."""
    value = normalise(text)
    demand_length("establishment", value, [18])
    demand_places("establishment", value, _PLACES)
    country = ALPHA_2.get(value[1:4])
    if country is None:
        raise broken("establishment", "country", value, position=2, country=value[1:4])
    if origin is not None and country != parse_country(origin):
        raise broken("establishment", "origin", value, position=2, country=country, expected=origin)
    return Establishment(value, country, category=value[4:8], registered=_date(value))


def parse_foreign_establishment(text: str) -> str:
    """An older number, given by the foreign authority: 1 to 24 digits, capitals, ``-``, ``.`` or ``/``."""
    value = normalise(text, grouping=())
    if not 1 <= len(value) <= 24:
        raise broken("foreign-establishment", "length", value, expected="1–24", actual=len(value))
    demand_places("foreign-establishment", value, (_FOREIGN,) * len(value))
    return value


def _date(value: str) -> date:
    try:
        return date(2000 + int(value[8:10]), int(value[10:12]), int(value[12:14]))
    except ValueError:
        raise broken("establishment", "date", value, position=9, date=value[8:14]) from None

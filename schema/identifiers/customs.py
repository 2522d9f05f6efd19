"""Customs declarations (报关单): office 4, year 4, import or export 1, sequence 9. No check digit."""

from __future__ import annotations

from schema.identifiers.writing import DIGITS, broken, demand_length, demand_places, normalise

_KIND = "customs-declaration"
_PLACES = (DIGITS,) * 8 + ("01",) + (DIGITS,) * 9


def parse_import_declaration(text: str, entry_year: int) -> str:
    """The number in ``text`` of an import declaration made within one year of ``entry_year``."""
    value = normalise(text)
    demand_length(_KIND, value, [18])
    demand_places(_KIND, value, _PLACES)
    year = int(value[4:8])
    if abs(year - entry_year) > 1:
        raise broken(_KIND, "year", value, position=5, year=year, entry_year=entry_year)
    if value[8] != "1":
        raise broken(_KIND, "direction", value, position=9, character=value[8], expected="1")
    return value

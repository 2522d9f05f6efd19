"""Commodity codes (HS): six digits are international, China declares ten."""

from __future__ import annotations

from schema.identifiers.writing import DIGITS, demand_length, demand_places, normalise

_GROUPING = frozenset(".-")
COLD_CHAIN = (
    *("02", "03", "0504"),
    *("1601", "1602", "1603", "1604", "1605", "2105"),
    *("0405", "0406", "0710", "0811"),
)
"""Chapters and headings that imported cold-chain food is declared under."""


def parse_hs(text: str, *, declared: bool = True) -> str:
    """The code in ``text``: ten digits as ``declared`` in China, else six."""
    value = normalise(text, grouping=_GROUPING)
    length = 10 if declared else 6
    demand_length("hs", value, [length])
    demand_places("hs", value, (DIGITS,) * length)
    return value


def is_cold_chain(hs: str) -> bool:
    """Whether ``hs`` is under a heading met in the cold chain. Another one is a warning, not a refusal."""
    return hs.startswith(COLD_CHAIN)

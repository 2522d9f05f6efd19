"""GS1 keys: GTIN, GLN and SSCC, and the operator's own number where a product has no GTIN."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from stdnum.ean import calc_check_digit

from schema.identifiers.writing import DIGITS, LETTERS, broken, demand_length, demand_places, normalise


def parse_gtin(text: str) -> str:
    """The GTIN-8, -12, -13 or -14 in ``text``, as long as it was written."""
    return _key("gtin", text, (8, 12, 13, 14))


def gtin14(gtin: str) -> str:
    """A GTIN as it stands in a Digital Link: fourteen digits, zeros in front."""
    return gtin.zfill(14)


def parse_gln(text: str) -> str:
    """The GLN (a party or place) in ``text``, 13 digits."""
    return _key("gln", text, (13,))


def parse_sscc(text: str) -> str:
    """The SSCC (a logistic unit) in ``text``, 18 digits."""
    return _key("sscc", text, (18,))


def _key(kind: str, text: str, lengths: tuple[int, ...]) -> str:
    value = normalise(text)
    demand_length(kind, value, lengths)
    demand_places(kind, value, (DIGITS,) * len(value))
    expected = calc_check_digit(value[:-1])
    if value[-1] != expected:
        raise broken(kind, "check", value, position=len(value), character=value[-1], expected=expected)
    return value


class Numbering(Enum):
    """Who gave a product its number."""

    GS1 = "gtin"
    OPERATOR = "own"


@dataclass(frozen=True, slots=True)
class ProductNumber:
    """A product's number, which says whether it is GS1's. An operator's own is never shown as a GTIN."""

    value: str
    numbering: Numbering


def parse_product_number(text: str, numbering: Numbering) -> ProductNumber:
    """A GTIN, or an operator's own number of 1 to 20 digits and capitals."""
    if numbering is Numbering.GS1:
        return ProductNumber(parse_gtin(text), numbering)
    value = normalise(text, grouping=())
    if not 1 <= len(value) <= 20:
        raise broken("own-number", "length", value, expected="1–20", actual=len(value))
    demand_places("own-number", value, (DIGITS + LETTERS + "-",) * len(value))
    return ProductNumber(value, numbering)

"""How quantities and times are written for people, and how a typed weight is read.

Grams are shown as kilograms, exactly: integers and decimals, never floats. Times are shown in China's one
zone with the precision that was said.
"""

from __future__ import annotations

import re
from decimal import Decimal

from schema.clock import as_read
from schema.problems import Language, Problem
from service.web.texts import text

_GROUPED = re.compile(r"(?P<sign>[-+]?)(?P<whole>[0-9]{1,3}(?:[, ][0-9]{3})+|[0-9]+)(?:\.(?P<part>[0-9]*))?")
_GRAMS_PER_KILOGRAM = 1000
_DECIMALS = 3


def kilograms(grams: int) -> str:
    """``1234500`` → ``1,234.5``: grouped, as many decimals as it takes."""
    whole, rest = divmod(abs(grams), _GRAMS_PER_KILOGRAM)
    decimals = f".{rest:03d}".rstrip("0").rstrip(".") if rest else ""
    return f"{'-' if grams < 0 else ''}{whole:,}{decimals}"


def plain_kilograms(grams: int) -> str:
    """The same without groups, to stand in a form's field."""
    return kilograms(grams).replace(",", "")


def read_kilograms(typed: str) -> int:
    """Grams in a typed weight, exactly.

    Raises Problem ``web.kilograms-format`` for what is no number and ``web.kilograms-decimals`` for more than
    three decimals, which would be less than a gram.
    """
    match = _GROUPED.fullmatch(_narrow(typed))
    if match is None:
        raise Problem("web.kilograms-format", value=typed[:40])
    if len((match["part"] or "").rstrip("0")) > _DECIMALS:
        raise Problem("web.kilograms-decimals", value=typed[:40])
    whole = re.sub("[, ]", "", match["whole"])
    number = Decimal(f"{match['sign']}{whole}.{match['part'] or '0'}")
    return int(number.scaleb(_DECIMALS))


def degrees(decicelsius: int) -> str:
    """``-185`` → ``−18.5 °C``."""
    whole, tenth = divmod(abs(decicelsius), 10)
    return f"{'−' if decicelsius < 0 else ''}{whole}.{tenth} °C"


def read_degrees(typed: str) -> int:
    """Tenths of a degree in a typed temperature. Raises Problem ``web.degrees-format``."""
    match = re.fullmatch(r"([-+]?)([0-9]{1,4})(?:\.([0-9]))?", _narrow(typed))
    if match is None:
        raise Problem("web.degrees-format", value=typed[:40])
    tenths = int(match[2]) * 10 + int(match[3] or 0)
    return -tenths if match[1] == "-" else tenths


def number(value: int) -> str:
    """Digits in groups of three."""
    return f"{value:,}"


def moment(said: str, language: Language) -> str:
    """A time as said or recorded, in China's zone: a day stays a day, a minute a minute."""
    return text("format.moment", language, time=as_read(said))


def _narrow(typed: str) -> str:
    """Full-width digits and signs as their narrow ones, which is how Chinese keyboards type them."""
    return typed.strip().translate(_WIDE)


_WIDE = {ord("－"): "-", ord("−"): "-", ord("．"): ".", ord("，"): ",", ord("。"): "."} | {
    ord("０") + digit: str(digit) for digit in range(10)
}

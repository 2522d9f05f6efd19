"""Administrative regions (GB/T 2260): six digits, province–city–county, zeros where it stops.

Which codes exist on a day is data with validity dates, not a matter of form, and is not judged here.
A jurisdiction is a region too, and covers all whose code begins with its own significant digits.
"""

from __future__ import annotations

from enum import Enum

from schema.identifiers.writing import DIGITS, broken, demand_length, demand_places, normalise

_PROVINCES_BY_AREA = ("12345", "123", "1234567", "123456", "01234", "12345", "1", "12")
"""Second digits of the provinces in each of the eight great areas, which are numbered from 1."""

_PROVINCES = frozenset(
    f"{area}{digit}" for area, digits in enumerate(_PROVINCES_BY_AREA, start=1) for digit in digits
)


COUNTRY = "100000"
"""The whole country: where a national authority is seated, and nothing else."""


class RegionLevel(Enum):
    """How far down a code goes; the value is its number of significant digits."""

    COUNTRY = 0
    PROVINCE = 2
    CITY = 4
    COUNTY = 6


def parse_region(text: str, *, country: bool = False) -> str:
    """The region code in ``text``, six digits; where ``country`` is, 100000 too."""
    value = normalise(text)
    if country and value == COUNTRY:
        return value
    demand_length("region", value, [6])
    demand_places("region", value, (DIGITS,) * 6)
    if value[:2] not in _PROVINCES:
        raise broken("region", "province", value, position=1, character=value[:2])
    if value[2:4] == "00" and value[4:] != "00":
        raise broken("region", "city", value, position=3, character=value[4:])
    return value


def region_level(region: str) -> RegionLevel:
    """Country, province, city or county."""
    if region == COUNTRY:
        return RegionLevel.COUNTRY
    if region.endswith("0000"):
        return RegionLevel.PROVINCE
    return RegionLevel.CITY if region.endswith("00") else RegionLevel.COUNTY


def prefix(region: str) -> str:
    """The significant digits: ``21`` of 210000, ``2101`` of 210100, six of a county, none of the country."""
    return region[: region_level(region).value]


def covers(jurisdiction: str, region: str) -> bool:
    """Whether ``region`` lies in ``jurisdiction`` or is it."""
    return region.startswith(prefix(jurisdiction))

"""Jurisdictions cover regions by their significant digits."""

import pytest

from schema.identifiers import RegionLevel, covers, prefix, region_level


@pytest.mark.parametrize(
    ("jurisdiction", "region", "covered"),
    [
        ("210000", "210000", True),
        ("210000", "210100", True),
        ("210000", "210804", True),
        ("210000", "320612", False),
        ("210100", "210100", True),
        ("210100", "210112", True),
        ("210100", "210804", False),
        ("210100", "210000", False),
        ("210804", "210804", True),
        ("210804", "210800", False),
        ("210804", "210803", False),
        ("511000", "511024", True),
        ("511000", "510124", False),
    ],
)
def test_covers(jurisdiction: str, region: str, covered: bool) -> None:
    assert covers(jurisdiction, region) is covered


@pytest.mark.parametrize(
    ("region", "digits", "level"),
    [
        ("100000", "", RegionLevel.COUNTRY),
        ("210000", "21", RegionLevel.PROVINCE),
        ("510900", "5109", RegionLevel.CITY),
        ("500000", "50", RegionLevel.PROVINCE),
        ("210804", "210804", RegionLevel.COUNTY),
        ("429004", "429004", RegionLevel.COUNTY),
    ],
)
def test_significant_digits(region: str, digits: str, level: RegionLevel) -> None:
    assert (prefix(region), region_level(region)) == (digits, level)

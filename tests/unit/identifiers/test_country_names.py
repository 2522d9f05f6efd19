"""Every country has its names, also those that stand in another form on labels in China."""

from __future__ import annotations

import pytest

from schema.identifiers.country import ALPHA_2, country_name, country_names
from schema.problems import LANGUAGES, Language


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_code_has_a_name_of_its_own(language: Language) -> None:
    names = country_names(language)
    assert names.keys() == ALPHA_2.keys()
    assert len(set(names.values())) == len(names)


@pytest.mark.parametrize(
    ("code", "zh", "en"),
    [
        ("ARG", "阿根廷", "Argentina"),
        ("TUR", "土耳其", "Türkiye"),
        ("TWN", "中国台湾", "Taiwan (China)"),
        ("HKG", "中国香港", "Hong Kong (China)"),
        ("XXX", "XXX", "XXX"),
    ],
)
def test_names(code: str, zh: str, en: str) -> None:
    assert (country_name(code, "zh"), country_name(code, "en")) == (zh, en)

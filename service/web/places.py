"""Countries and provinces in words. Where no name is kept, the code stands for itself."""

from __future__ import annotations

from schema.problems import Language
from service.web.forms import Option
from service.web.texts import texts


def country_name(alpha_3: str, language: Language) -> str:
    """``BRA`` → 巴西 or Brazil."""
    names = texts().get(f"country.{alpha_3}")
    return alpha_3 if names is None else names[language]


def region_name(region: str, language: Language) -> str:
    """``210100`` → 辽宁 210100: the province by name, the rest by its code."""
    names = texts().get(f"province.{region[:2]}")
    return region if names is None else f"{names[language]} {region}"


def countries(language: Language) -> tuple[Option, ...]:
    """The countries that have a name here, by it."""
    prefix = "country."
    found = [
        (key.removeprefix(prefix), words[language])
        for key, words in texts().items()
        if key.startswith(prefix)
    ]
    ordered = sorted(found, key=lambda country: country[1] if language == "en" else country[0])
    return tuple(Option(alpha_3, f"{name} {alpha_3}") for alpha_3, name in ordered)

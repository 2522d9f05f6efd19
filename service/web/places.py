"""Countries and provinces in words. Where no province is kept, its code stands for itself."""

from __future__ import annotations

from schema.identifiers.country import country_names
from schema.problems import Language
from service.web.forms import Option
from service.web.texts import texts


def region_name(region: str, language: Language) -> str:
    """``210100`` → 辽宁 210100: the province by name, the rest by its code."""
    names = texts().get(f"province.{region[:2]}")
    return region if names is None else f"{names[language]} {region}"


def countries(language: Language) -> tuple[Option, ...]:
    """All countries: by their English names, or by their codes."""
    names = country_names(language).items()
    ordered = sorted(names, key=lambda country: country[1] if language == "en" else country[0])
    return tuple(Option(alpha_3, f"{name} {alpha_3}") for alpha_3, name in ordered)

"""The words of the pages: a key, and what it says in zh and en, in the ``.toml`` files beside this.

``{name}`` is replaced by the value of that name; ``t`` in templates looks a key up, ``word`` the name of
one of a closed set (``paper.quarantine``). A key that does not exist is a defect and raises.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from schema.problems import Language

Texts = Mapping[str, Mapping[Language, str]]


@cache
def texts() -> Texts:
    """Every text by its key."""
    found: dict[str, Mapping[Language, str]] = {}
    for resource in sorted(files(__package__).iterdir(), key=lambda resource: resource.name):
        if resource.name.endswith(".toml"):
            for key, words in tomllib.loads(resource.read_text(encoding="utf-8")).items():
                if key in found:
                    raise ValueError(f"{key} stands twice among the texts")
                found[key] = words
    return found


def text(key: str, language: Language, /, **values: object) -> str:
    """What ``key`` says in ``language``. Raises KeyError for an unknown key or a missing value."""
    words = texts()[key][language]
    return words.format_map(values) if values else words

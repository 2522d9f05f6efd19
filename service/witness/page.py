"""The witness's one page, for people, in zh and en."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from importlib.resources import files
from typing import Any, Final

import jinja2

from schema.clock import as_read
from schema.problems import Language
from service.ledger.cosignature import CosignatureVerifier

SHOWN: Final = 20
"""Pieces of evidence on the page; programs are told all."""
_HERE: Final = files(__package__)
STYLE: Final = (_HERE / "witness.css").read_text(encoding="utf-8")
_WORDS: Final = tomllib.loads((_HERE / "texts.toml").read_text(encoding="utf-8"))
_ENVIRONMENT: Final = jinja2.Environment(
    autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
)
_ENVIRONMENT.filters["as_read"] = as_read
_TEMPLATE: Final = _ENVIRONMENT.from_string((_HERE / "page.html").read_text(encoding="utf-8"))


def render(key: CosignatureVerifier, logs: Sequence[Mapping[str, Any]], language: Language) -> str:
    """The page over what ``/state`` tells."""
    words = {name: said[language] for name, said in _WORDS.items()}
    tag = "zh-Hans" if language == "zh" else "en"
    return _TEMPLATE.render(lang=tag, words=words, key=key, logs=logs, SHOWN=SHOWN)

"""Which language an answer is in: ``Accept-Language`` (RFC 9110) among zh and en.

The interface answers in English where nothing is asked, pages in Chinese.
"""

from __future__ import annotations

import re
from functools import lru_cache

from schema.problems import LANGUAGES, Language

_RANGE = re.compile(
    r"\s*(?P<tag>\*|[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*)\s*(?:;\s*q=(?P<q>[01](?:\.\d{0,3})?))?\s*"
)
_LONGEST = 500
"""Characters of the header that are looked at; browsers send fewer than 100."""


@lru_cache(maxsize=512)
def negotiate(header: str, default: Language) -> Language:
    """The best of our languages for an ``Accept-Language`` header; ``default`` where it wants neither."""
    wishes: dict[str, float] = {}
    for part in header[:_LONGEST].split(","):
        match = _RANGE.fullmatch(part)
        if match is not None:
            primary = match["tag"].lower().partition("-")[0]
            wishes[primary] = max(wishes.get(primary, 0.0), float(match["q"] or 1))
    order = sorted(LANGUAGES, key=lambda language: language != default)
    best = max(order, key=lambda language: wishes.get(language, wishes.get("*", 0.0)))
    return best if wishes.get(best, wishes.get("*", 0.0)) > 0 else default


def default_for(path: str) -> Language:
    """English for programs, Chinese for pages."""
    return "en" if path.startswith(("/api/", "/problems/", "/openapi.json", "/healthz", "/readyz")) else "zh"

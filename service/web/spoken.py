"""Which language a page is in: what its address says, else what was chosen before, else what the browser
prefers; Chinese where nothing is asked."""

from __future__ import annotations

from aiohttp import web

from schema.problems import LANGUAGES, Language
from service.http.language import negotiate

COOKIE = "language"
PARAMETER = "lang"
_YEAR_IN_SECONDS = 365 * 24 * 3600
TAGS = {"zh": "zh-CN", "en": "en"}
"""The languages as HTML and HTTP name them."""


def spoken(request: web.Request) -> Language:
    """The language of the page that answers ``request``."""
    said = (request.query.get(PARAMETER), request.cookies.get(COOKIE))
    for language in (found for each in said for found in LANGUAGES if found == each):
        return language
    return negotiate(request.headers.get("Accept-Language", ""), "zh")


def remember(response: web.StreamResponse, language: Language) -> None:
    """Keep the choice in the browser. It tells nothing about the person, and no script needs it."""
    response.set_cookie(COOKIE, language, max_age=_YEAR_IN_SECONDS, httponly=True, samesite="Lax")


def local(address: str) -> str:
    """``address`` where it is a path of this service, else the start: nobody is sent elsewhere."""
    is_path = address.startswith("/") and not address.startswith(("//", "/\\")) and address.isprintable()
    return address if is_path else "/"

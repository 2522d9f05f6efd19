"""Pages out of templates. A template sees what it is given, the words of one language, and nothing else.

Autoescape is on and an unknown name raises, so that neither a value nor a slip of the pen becomes markup.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from importlib.resources import files
from typing import Any
from urllib.parse import urlencode

import aiohttp_jinja2
import jinja2
from aiohttp import web

from schema.identifiers import TraceCode
from schema.identifiers.country import country_name
from schema.problems import LANGUAGES, Explanation, Problem
from service.http.known import PARAMETER as AS_OF
from service.web import formats
from service.web.navigation import frame
from service.web.places import region_name
from service.web.spoken import PARAMETER, TAGS, remember
from service.web.visits import Visit
from service.web.wording import explained

STYLE_PATH = "/static/coldledger.{digest}.css"


def set_up(app: web.Application) -> None:
    """Make the templates known to ``app``."""
    aiohttp_jinja2.setup(
        app,
        loader=jinja2.PackageLoader("service.web"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def stylesheet() -> bytes:
    """The one style sheet."""
    return (files(__package__) / "static" / "coldledger.css").read_bytes()


STYLE_URL = STYLE_PATH.format(digest=sha256(stylesheet()).hexdigest()[:12])
"""Names the content, so that a browser may keep it for ever."""


@dataclass(frozen=True, slots=True)
class Said:
    """A problem in the words of one language, and what it is blamed on."""

    words: Explanation
    code: str
    field: str | None


def said(problem: Problem, visit: Visit) -> Said:
    """``problem`` for this visit's reader."""
    return Said(explained(problem, visit.language), problem.code, problem.field)


async def page(
    visit: Visit, template: str, context: Mapping[str, Any] | None = None, *, status: int = 200
) -> web.Response:
    """A page of the house, with its frame: who is signed in, where one can go, the other language."""
    values = {**_words(visit), "frame": await frame(visit), **(context or {})}
    return _respond(visit, template, values, status)


def bare_page(
    visit: Visit, template: str, context: Mapping[str, Any] | None = None, *, status: int = 200
) -> web.Response:
    """A page without the frame, as the public sees it; it asks the database for nothing."""
    return _respond(visit, template, {**_words(visit), **(context or {})}, status)


def _respond(visit: Visit, template: str, values: Mapping[str, Any], status: int) -> web.Response:
    response = aiohttp_jinja2.render_template(template, visit.request, values, status=status)
    response.headers["Content-Language"] = TAGS[visit.language]
    if visit.request.query.get(PARAMETER) in LANGUAGES:
        remember(response, visit.language)
    return response


def _words(visit: Visit) -> dict[str, Any]:
    """What every template may call."""
    other = "en" if visit.language == "zh" else "zh"
    spoken = visit.language
    helpers: dict[str, Callable[..., Any]] = {
        "t": visit.t,
        "word": lambda group, value: "—" if value is None else visit.t(f"{group}.{value}"),
        "kg": lambda grams: (
            "—" if grams is None else visit.t("format.kilograms", kg=formats.kilograms(grams))
        ),
        "pieces": lambda count: (
            "—" if count is None else visit.t("format.pieces", count=formats.number(count))
        ),
        "degrees": formats.degrees,
        "number": formats.number,
        "moment": lambda text: "—" if text is None else formats.moment(text, spoken),
        "code": grouped,
        "country": lambda alpha: "—" if alpha is None else country_name(alpha, spoken),
        "region": lambda region: region_name(region, spoken),
        "said": lambda problem: said(problem, visit),
        "told": lambda *sentences: (" " if spoken == "en" else "").join(sentences),
        "named": lambda zh, en: en or zh if spoken == "en" else zh or en,
    }
    return {
        **helpers,
        "lang": TAGS[spoken],
        "other": other,
        "other_tag": TAGS[other],
        "switch": "/language?" + urlencode({PARAMETER: other, "back": _here(visit)}),
        "style": STYLE_URL,
        "reader": visit.reader,
        "past": visit.past,
        "present": visit.request.rel_url.without_query_params(AS_OF).raw_path_qs,
        "then": "" if visit.past is None else f"?{AS_OF}={visit.past.position}",
    }


def _here(visit: Visit) -> str:
    """The page's own address without the language in it."""
    return visit.request.rel_url.without_query_params(PARAMETER).raw_path_qs


def grouped(code: str) -> str:
    """A trace code in the groups that its label shows."""
    return TraceCode.parse(code).grouped

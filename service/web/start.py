"""Where one begins: the start, the language, a code; and the files of every page."""

from __future__ import annotations

from importlib.resources import files

from aiohttp import web

from schema.digital_link import parse_scan
from schema.problems import LANGUAGES, Problem
from service.web.rendering import STYLE_URL, page, said, stylesheet
from service.web.spoken import PARAMETER, local, remember
from service.web.visits import Visit

_FOR_EVER = "public, max-age=31536000, immutable"
_A_DAY = "public, max-age=86400"


async def start(request: web.Request) -> web.StreamResponse:
    """For the public what this is and a field for a code; for who is signed in what there is to do."""
    visit = Visit(request)
    asked = visit.asked("code").get("code", "")
    fault = None
    if asked:
        try:
            raise web.HTTPSeeOther(f"/t/{parse_scan(asked).code.text}")
        except Problem as problem:
            fault = said(problem, visit)
    return await page(visit, "start.html", {"asked": asked, "fault": fault})


async def choose_language(request: web.Request) -> web.StreamResponse:
    """Keep the language and go back to the page where it was chosen."""
    response = web.Response(status=303, headers={"Location": local(request.query.get("back", "/"))})
    chosen = request.query.get(PARAMETER)
    for language in LANGUAGES:
        if language == chosen:
            remember(response, language)
    return response


async def style(_request: web.Request) -> web.StreamResponse:
    """The style sheet, under a name that changes with it."""
    headers = {"Cache-Control": _FOR_EVER, "Vary": "Accept-Encoding"}
    response = web.Response(body=stylesheet(), content_type="text/css", charset="utf-8", headers=headers)
    response.enable_compression()
    return response


async def icon(_request: web.Request) -> web.StreamResponse:
    """The sign of the house."""
    drawing = (files(__package__) / "static" / "icon.svg").read_bytes()
    return web.Response(
        body=drawing, content_type="image/svg+xml", headers={"Cache-Control": _A_DAY, "Vary": ""}
    )


ROUTES = (
    web.get("/", start),
    web.get("/language", choose_language),
    web.get(STYLE_URL, style),
    web.get("/static/icon.svg", icon),
)

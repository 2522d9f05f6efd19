"""Where one begins: the start, signing in and out, the language, a code; and the files of every page."""

from __future__ import annotations

from importlib.resources import files

from aiohttp import web

from schema.digital_link import parse_scan
from schema.messages.parties import SignIn
from schema.problems import LANGUAGES, Problem
from service.http.body import load
from service.http.sessions import close_session, open_session, set_cookie
from service.web.asking import Attempt, Ends, view
from service.web.forms import Field, Form, Group, Widget, read
from service.web.rendering import STYLE_URL, page, said, stylesheet
from service.web.spoken import PARAMETER, local, remember
from service.web.visits import Visit, demand_own_form, sent

_FOR_EVER = "public, max-age=31536000, immutable"
_A_DAY = "public, max-age=86400"
_NEXT = "next"
_SIGN_IN = SignIn()
_SIGN_IN_FORM = Form(
    (
        Group(
            "",
            (
                Field("login", required=True, autocomplete="username", longest=100),
                Field("password", Widget.PASSWORD, required=True, autocomplete="current-password"),
            ),
        ),
    )
)


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


async def show_sign_in(request: web.Request) -> web.StreamResponse:
    """The form; who is signed in already goes on."""
    visit = Visit(request)
    if visit.reader.signed_in:
        raise web.HTTPSeeOther(local(request.query.get(_NEXT, "/")))
    return await _sign_in_page(visit)


async def sign_in(request: web.Request) -> web.StreamResponse:
    """Open a session and go on to where one wanted to go."""
    visit = Visit(request)
    async with sent(request) as form:
        reading = read(_SIGN_IN_FORM, form.typed)
    try:
        typed = load(_SIGN_IN, reading.body)
        session, _who = await open_session(request, typed["login"], typed["password"])
    except Problem as problem:
        return await _sign_in_page(visit, Attempt(form.typed, reading, problem, ""))
    response = web.Response(status=303, headers={"Location": local(request.query.get(_NEXT, "/"))})
    set_cookie(request.app, response, session)
    return response


async def _sign_in_page(visit: Visit, attempt: Attempt | None = None) -> web.StreamResponse:
    shown = view(_SIGN_IN_FORM, visit, Ends(visit.request.path_qs, "sign-in.button"), attempt)
    status = 200 if shown.trouble is None else shown.trouble.status
    return await page(
        visit, "form.html", {"title": visit.t("sign-in.title"), "view": shown, "facts": ()}, status=status
    )


async def sign_out(request: web.Request) -> web.StreamResponse:
    """End the session."""
    visit = Visit(request)
    async with sent(request) as form:
        demand_own_form(visit.reader, form)
    response = web.Response(status=303, headers={"Location": "/"})
    await close_session(request, response)
    return response


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
    web.get("/sign-in", show_sign_in),
    web.post("/sign-in", sign_in),
    web.post("/sign-out", sign_out),
    web.get("/language", choose_language),
    web.get(STYLE_URL, style),
    web.get("/static/icon.svg", icon),
)

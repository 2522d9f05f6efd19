"""What a person sees where something is wrong with the request itself: the problem in the page's language."""

from __future__ import annotations

from urllib.parse import urlencode

from aiohttp import web

from schema.problems import Language, Problem
from service.http.keys import READER, REQUEST_ID
from service.http.readers import PUBLIC
from service.web.consumers import is_of_a_code, unknown_page
from service.web.forms import single
from service.web.navigation import Frame
from service.web.rendering import bare_page, page, said
from service.web.visits import Visit

_SERVER_FAULT = 500


async def problem_page(request: web.Request, problem: Problem, _language: Language) -> web.StreamResponse:
    """The page of a problem. Who is not signed in is led to sign in, and comes back; who must set up a
    second factor is led to that."""
    if READER not in request:
        # The door itself refused, so nobody is known to ask.
        request[READER] = PUBLIC
    visit = Visit(request)
    told = said(problem, visit)
    if is_of_a_code(request) and told.words.status < _SERVER_FAULT:
        return unknown_page(visit, problem)
    if request.method in ("GET", "HEAD"):
        if problem.code == "auth.missing":
            return web.Response(status=303, headers={"Location": _sign_in(request)})
        if problem.code == "second-factor.enrolment-needed":
            return web.Response(status=303, headers={"Location": "/account"})
    causes = [said(each, visit) for each in single(problem) if each is not problem] if problem.causes else []
    context = {
        "problem": told,
        "causes": causes,
        "request_id": request.get(REQUEST_ID, "—"),
        "sign_in": _sign_in(request) if problem.code == "auth.missing" else None,
    }
    if told.words.status >= _SERVER_FAULT:
        # The frame asks the database, which may be what failed.
        return bare_page(visit, "problem.html", {**context, "frame": Frame()}, status=told.words.status)
    return await page(visit, "problem.html", context, status=told.words.status)


def _sign_in(request: web.Request) -> str:
    """Where one signs in and comes back to the page that was asked for."""
    return "/sign-in?" + urlencode({"next": request.rel_url.raw_path_qs})

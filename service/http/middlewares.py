"""Around every request: its id and language, who asks, and what becomes of a fault."""

from __future__ import annotations

import logging
import re
import secrets
from collections.abc import Awaitable, Callable

from aiohttp import web

from schema.problems import Language, Problem
from service.http.authentication import DOOR
from service.http.body import MAX_JSON
from service.http.keys import LANGUAGE, READER, REQUEST_ID, language
from service.http.language import default_for, negotiate
from service.http.problems import response
from service.storage import LOST

log = logging.getLogger(__name__)

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
ProblemPage = Callable[[web.Request, Problem, Language], Awaitable[web.StreamResponse]]

PROBLEM_PAGE = web.AppKey("problem page", object)
"""How a person's browser is shown a problem (a ``ProblemPage``), where the pages room gives one."""

_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")


@web.middleware
async def around(request: web.Request, handler: Handler) -> web.StreamResponse:
    """The outermost: whatever happens inside becomes an answer."""
    given = request.headers.get("X-Request-ID", "")
    request[REQUEST_ID] = given if _REQUEST_ID.fullmatch(given) else secrets.token_hex(8)
    request[LANGUAGE] = negotiate(request.headers.get("Accept-Language", ""), default_for(request.path))
    try:
        request[READER] = await request.app[DOOR].reader(request)
        return await handler(request)
    except Problem as problem:
        if problem.code.endswith(".defect"):
            log.exception("request %s met %s", request[REQUEST_ID], problem.code)
        return await _answer(request, problem)
    except web.HTTPException as answer:
        if answer.status < 400:
            raise
        return await _answer(request, _from_http(answer), answer)
    except LOST as error:
        log.warning("request %s met no database: %s: %s", request[REQUEST_ID], type(error).__name__, error)
        return await _answer(request, Problem("service.no-database"))
    except Exception:
        log.exception("request %s met a defect", request[REQUEST_ID])
        return await _answer(request, Problem("service.defect", id=request[REQUEST_ID]))


def _from_http(answer: web.HTTPException) -> Problem:
    """What aiohttp itself refuses, in our words."""
    match answer:
        case web.HTTPNotFound():
            return Problem("request.not-found")
        case web.HTTPMethodNotAllowed():
            return Problem("request.method", allowed=", ".join(sorted(answer.allowed_methods)))
        case web.HTTPRequestEntityTooLarge():
            return Problem("request.too-large", limit=MAX_JSON)
        case _:
            return Problem("request.refused")


async def _answer(
    request: web.Request, problem: Problem, http: web.HTTPException | None = None
) -> web.StreamResponse:
    page = request.app.get(PROBLEM_PAGE)
    if callable(page) and _is_browser(request):
        shown: web.StreamResponse = await page(request, problem, language(request))
        return shown
    answer = response(problem, language(request), f"{request.rel_url.raw_path}#{request[REQUEST_ID]}")
    if isinstance(http, web.HTTPMethodNotAllowed):
        answer.headers["Allow"] = ", ".join(sorted(http.allowed_methods))
    if answer.status == web.HTTPUnauthorized.status_code:
        answer.headers["WWW-Authenticate"] = 'Bearer realm="coldledger"'
    return answer


def _is_browser(request: web.Request) -> bool:
    """Whether a person looks: programs ask for JSON or for anything."""
    return "text/html" in request.headers.get("Accept", "") and not request.path.startswith("/api/")

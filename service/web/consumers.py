"""The public page of a code: what it may know, in the reader's language, small enough for any connection."""

from __future__ import annotations

from aiohttp import web

from schema.problems import Problem
from service.codes.consumer import ConsumerView
from service.web.rendering import bare_page, said
from service.web.visits import Visit

_VARY = "Accept, Accept-Language, Cookie"


async def consumer_page(request: web.Request, view: ConsumerView) -> web.StreamResponse:
    """The page of a code that was issued here."""
    return _public(bare_page(Visit(request), "consumer.html", {"goods": view}))


def is_of_a_code(request: web.Request) -> bool:
    """Whether the address is one that labels carry."""
    return request.path.startswith(("/t/", "/01/"))


def unknown_page(visit: Visit, problem: Problem) -> web.Response:
    """A code that was never issued here, or that is damaged: which of the two, and what to do."""
    told = said(problem, visit)
    damaged = problem.code != "request.not-found"
    context = {"problem": told, "damaged": damaged}
    return _public(bare_page(visit, "unknown_code.html", context, status=told.words.status))


def _public(response: web.Response) -> web.Response:
    response.headers["Vary"] = _VARY
    return response

"""Lists with a search and one part at a time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aiohttp import web

from schema.problems import Problem
from service.web.rendering import page, said
from service.web.visits import Listing, Visit

_LIMIT = 50


async def list_page(
    visit: Visit,
    template: str,
    read: str,
    filters: tuple[str, ...] = (),
    more: Mapping[str, Any] | None = None,
    fixed: Mapping[str, str] | None = None,
) -> web.Response:
    """The page of a list. What cannot be searched for is told above the list, which is empty then."""
    asked = visit.asked(*filters)
    fault = None
    try:
        listing = await visit.ask_list(
            read, {**asked, **(fixed or {})}, limit=_LIMIT, cursor=visit.request.query.get("cursor")
        )
    except Problem as problem:
        if problem.code != "message.invalid":
            raise
        listing, fault = Listing([], None), said(problem.causes[0] if problem.causes else problem, visit)
    context = {
        "listing": listing,
        "asked": dict.fromkeys(filters, "") | asked,
        "fault": fault,
        "following": visit.following(listing.next),
    }
    return await page(visit, template, {**context, **(more or {})})

"""For who supervises: a search over all that goods are known by, and both directions of a trace as tables."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from schema.digital_link import parse_scan
from schema.identifiers import TraceCode
from schema.problems import Problem
from service.tracing.accounts import PARTS
from service.web.rendering import page
from service.web.visits import Visit

QUESTION = "q"
_SHOWN = 50
_EXIT_CODE = re.compile(r"[0-9A-Za-z]{20}")


@dataclass(frozen=True, slots=True)
class Findings:
    """What a search found, by what it is."""

    lots: list[Any]
    arrivals: list[Any]
    organisations: list[Any]
    releases: list[Any]

    @property
    def none(self) -> bool:
        """Whether nothing was found."""
        return not (self.lots or self.arrivals or self.organisations or self.releases)


async def search(request: web.Request) -> web.StreamResponse:
    """One field for a code, product, batch, container, organisation or exit certificate."""
    visit = Visit(request)
    visit.demand_signed_in()
    asked = visit.asked(QUESTION).get(QUESTION, "")[:200]
    found = await _find(visit, asked) if asked else None
    return await page(visit, "search.html", {"asked": asked, "found": found})


async def _find(visit: Visit, asked: str) -> Findings:
    """Each way of reading the question is tried; one that cannot be meant finds nothing."""
    return Findings(
        lots=await _lots(visit, asked),
        arrivals=await _list(visit, "arrivals", container=asked),
        organisations=await _either(visit, "organisations", "uscc", "name", asked=asked),
        releases=await _releases(visit, asked),
    )


async def _lots(visit: Visit, asked: str) -> list[Any]:
    code = await _lot_of_code(visit, asked)
    if code is not None:
        return [code]
    return await _either(visit, "lots", "product", "container", "batch", asked=asked)


async def _either(visit: Visit, read: str, *features: str, asked: str) -> list[Any]:
    """What is known by any of the features, each once."""
    found = [each for feature in features for each in await _list(visit, read, **{feature: asked})]
    return list({each["id"]: each for each in found}.values())


async def _lot_of_code(visit: Visit, asked: str) -> Any:
    """The lot that a trace code, or a scanned address, means."""
    try:
        code: TraceCode = parse_scan(asked).code
        meant = await visit.ask("code", code=code.text)
        return await visit.ask("lot", lot=meant["lot"]["id"])
    except Problem:
        return None


async def _list(visit: Visit, read: str, **query: str) -> list[Any]:
    try:
        return (await visit.ask_list(read, query, limit=_SHOWN)).items
    except Problem as problem:
        if problem.code == "message.invalid":
            return []
        raise


async def _releases(visit: Visit, asked: str) -> list[Any]:
    if not _EXIT_CODE.fullmatch(asked):
        return []
    try:
        return [await visit.ask("release", code=asked)]
    except Problem:
        return []


async def trace(request: web.Request) -> web.StreamResponse:
    """Where a lot came from and where it is, in tables whose sums can be checked by eye."""
    visit = Visit(request)
    visit.demand_signed_in()
    await visit.look_back()
    key = visit.id("lot")
    up = await visit.ask("lot-upstream", lot=key)
    down = await visit.ask("lot-downstream", lot=key)
    return await page(visit, "trace.html", {"up": up, "down": down, "lot": down["lot"], "became": PARTS})


async def movements(request: web.Request) -> web.StreamResponse:
    """All movements of a trace in one direction, in pages."""
    visit = Visit(request)
    visit.demand_signed_in()
    await visit.look_back()
    direction, key = visit.part("direction"), visit.id("lot")
    listing = await visit.ask_list(
        f"lot-{direction}-flows", limit=_SHOWN, cursor=request.query.get("cursor"), lot=key
    )
    context = {"direction": direction, "listing": listing, "following": visit.following(listing.next)}
    return await page(visit, "movements.html", {**context, "lot": await visit.ask("lot", lot=key)})


ROUTES = (
    web.get("/search", search),
    web.get(r"/lots/{lot:\d{1,15}}/trace", trace),
    web.get(r"/lots/{lot:\d{1,15}}/trace/{direction:upstream|downstream}", movements),
)

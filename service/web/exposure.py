"""Exposure on pages: the question with the policy filled in, what it reaches counted, listed, and each way.

A question is an address, so it can be kept, sent on and asked again; what was asked is always spelled out.
All pages of one question are as of the position that its counts are.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from aiohttp import web

from schema.messages.policies import DEFAULTS, TIERS, ZONE_KINDS
from schema.problems import Problem
from service.http.readers import ReaderKind
from service.parties.visibility import not_found
from service.web import choices
from service.web.rendering import page, said
from service.web.visits import Visit

_PAGE = "/exposure"
BEGINNINGS = ("units", "lots", "arrivals", "facility", "zone", "vehicle")
_SEVERAL = ("tiers", "zone_kinds")
_TERMS = (
    *("from", "to", "sampled_at", "look_back_days", "known_before", "hops", "min_overlap_minutes"),
    *("linger_minutes", "opened_only", "handling_hours", "production_days"),
)
_CHOSEN = ("tier", "hop", "cleared")
AS_OF = "as_of"
_SHOWN = 50
_FAULTS = ("message.invalid", "request.not-found")


async def exposure(request: web.Request) -> web.StreamResponse:
    """The question, and where something is named, what it reaches."""
    visit = _authority(request)
    asked = _question(visit)
    found, fault = None, None
    if any(name in asked for name in BEGINNINGS):
        try:
            found = await visit.ask("exposure", asked)
        except Problem as problem:
            if problem.code not in _FAULTS and not problem.code.startswith("exposure."):
                raise
            fault = said(problem.causes[0] if problem.causes else problem, visit)
    status = 200 if fault is None else fault.words.status
    context = {
        "found": found,
        "fault": fault,
        "asked": await _filled(visit, asked, found),
        "tiers": choices.words(visit, "exposure_tier", TIERS),
        "kinds": choices.words(visit, "zone_kind", ZONE_KINDS),
        "link": _links(asked, found),
    }
    return await page(visit, "exposure.html", context, status=status)


def _authority(request: web.Request) -> Visit:
    """Raises Problem ``auth.missing`` or ``request.not-found``: exposure is told to authorities."""
    visit = Visit(request)
    visit.demand_signed_in()
    if visit.reader.kind not in (ReaderKind.REGULATOR, ReaderKind.AUDITOR):
        raise not_found()
    return visit


def _question(visit: Visit) -> dict[str, str]:
    """What the address asks; boxes that were ticked are joined as the interface has them."""
    query = visit.request.query
    asked = visit.asked(*BEGINNINGS, *_TERMS)
    several = {name: ",".join(filter(None, query.getall(name, []))) for name in _SEVERAL}
    return asked | {name: values for name, values in several.items() if values}


async def _filled(visit: Visit, asked: Mapping[str, str], found: Mapping[str, Any] | None) -> dict[str, Any]:
    """What stands in the form: what was asked, else what the policy says."""
    if found is not None:
        return {**dict.fromkeys((*BEGINNINGS, *_TERMS, *_SEVERAL), ""), **_typed(found["question"])}
    region = visit.reader.region.ljust(6, "0") if visit.reader.region else "110000"
    policy = (await visit.ask("policy-judging", {"region": region}))["document"]
    terms = {**DEFAULTS["exposure"], **policy["exposure"], "look_back_days": policy["look_back_days"]}
    blank = dict.fromkeys((*BEGINNINGS, *_TERMS, *_SEVERAL), "")
    several = {name: values.split(",") for name, values in asked.items() if name in _SEVERAL}
    return {**blank, **_typed(terms), **asked, **several}


def _typed(terms: Mapping[str, Any]) -> dict[str, Any]:
    """Terms as a form shows them."""
    return {
        name: value if name in _SEVERAL else _text(value)
        for name, value in terms.items()
        if value is not None
    }


def _text(value: Any) -> str:
    if isinstance(value, list):
        return ",".join(map(str, value))
    return {True: "true", False: ""}.get(value, str(value)) if isinstance(value, bool) else str(value)


def _links(asked: Mapping[str, str], found: Mapping[str, Any] | None) -> Any:
    """Makes addresses of the same question, as of the same position."""
    pinned = dict(asked) if found is None else {**asked, AS_OF: str(found["position"])}

    def link(path: str = "", **chosen: object) -> str:
        more = {name: str(value) for name, value in chosen.items()}
        return f"{_PAGE}{path}?" + urlencode({**pinned, **more})

    return link


async def hits(request: web.Request) -> web.StreamResponse:
    """What a question reaches, in pages."""
    visit = _authority(request)
    asked, chosen = _question(visit), visit.asked(*_CHOSEN)
    cursor = request.query.get("cursor")
    listing = await visit.ask_list("exposure-hits", asked | chosen, limit=_SHOWN, cursor=cursor)
    following = None
    if listing.next is not None:
        following = str(request.rel_url.update_query(cursor=listing.next))
    context = {
        "listing": listing,
        "following": following,
        "chosen": dict.fromkeys(_CHOSEN, "") | chosen,
        "link": _pinned(visit, asked),
    }
    return await page(visit, "exposure_hits.html", context)


def _pinned(visit: Visit, asked: Mapping[str, str]) -> Any:
    """Addresses of the question as of when this page is."""
    then = visit.asked(AS_OF)
    return _links({**asked, **then}, None)


async def places(request: web.Request) -> web.StreamResponse:
    """Where such goods were, and when."""
    return await _around(request, "exposure-places", "exposure_places.html")


async def people(request: web.Request) -> web.StreamResponse:
    """Who touched such goods, or worked where they lay; names are read from each one's own page."""
    return await _around(request, "exposure-people", "exposure_people.html")


async def _around(request: web.Request, read: str, template: str) -> web.StreamResponse:
    visit = _authority(request)
    asked = _question(visit)
    listing = await visit.ask_list(read, asked, limit=_SHOWN, cursor=request.query.get("cursor"))
    following = None
    if listing.next is not None:
        following = str(request.rel_url.update_query(cursor=listing.next))
    context = {"listing": listing, "following": following, "link": _pinned(visit, asked)}
    return await page(visit, template, context)


async def path(request: web.Request) -> web.StreamResponse:
    """The whole way to one unit."""
    visit = _authority(request)
    asked = _question(visit)
    unit = visit.id("unit")
    found = await visit.ask("exposure-path", asked, unit=unit)
    there = await visit.ask("unit", unit=unit)
    context = {"path": found, "unit": there, "link": _pinned(visit, asked)}
    return await page(visit, "exposure_path.html", context)


ROUTES = (
    web.get(_PAGE, exposure),
    web.get(f"{_PAGE}/hits", hits),
    web.get(f"{_PAGE}/places", places),
    web.get(f"{_PAGE}/people", people),
    web.get(_PAGE + r"/hits/{unit:\d{1,15}}", path),
)

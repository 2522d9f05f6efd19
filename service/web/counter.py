"""At the door and at the counter: a code is typed, pasted or photographed, and leads to the goods in hand.

A code names a lot or a case and never a unit; where several units fit, the person chooses. Where the person
says at which place the label is read, the scan is noted there, so that copies of a label are found.
"""

from __future__ import annotations

import asyncio
from typing import Any
from urllib.parse import urlencode

from aiohttp import web

from scanners.reading import read as read_picture
from schema.digital_link import parse_scan
from schema.problems import Problem
from service.web import choices
from service.web.rendering import page, said
from service.web.units import COUNTERS
from service.web.visits import Sent, Visit, demand_own_form, sent

SCAN = "scan"
PICTURE = "picture"
PLACE = "place"


async def receive(request: web.Request) -> web.StreamResponse:
    """Goods that are on the road to the reader, by their code."""
    return await _by_code(Visit(request), "receive")


async def sell(request: web.Request) -> web.StreamResponse:
    """Goods at the reader's counters, by their code."""
    return await _by_code(Visit(request), "sell")


async def photographed(request: web.Request) -> web.StreamResponse:
    """A picture of a label: its code is read and asked for like a typed one."""
    visit = Visit(request)
    visit.demand_signed_in()
    purpose = visit.part("purpose")
    async with sent(request) as form:
        demand_own_form(visit.reader, form)
        place = form.first(PLACE)
        try:
            code = await _decoded(form)
        except Problem as problem:
            return await _page(visit, purpose, [], problem=problem, place=place)
    asked = {SCAN: code, **({PLACE: place} if place else {})}
    raise web.HTTPSeeOther(f"/{purpose}?{urlencode(asked)}")


async def _decoded(form: Sent) -> str:
    """The first trace code in the picture. Raises Problem ``image.…`` or the identifier's own."""
    picture = form.files.get(PICTURE)
    if picture is None:
        raise Problem("request.file-missing")
    scans = await asyncio.to_thread(read_picture, picture.file.read())
    return scans[0].code.text


async def _by_code(visit: Visit, purpose: str) -> web.StreamResponse:
    visit.demand_signed_in()
    said_so = visit.asked(SCAN, PLACE)
    asked, place = said_so.get(SCAN), said_so.get(PLACE, "")
    if asked is None:
        return await _page(visit, purpose, [], place=place)
    try:
        code = parse_scan(asked).code.text
        paths = await _paths(visit, purpose, code, place)
    except Problem as problem:
        return await _page(visit, purpose, [], problem=problem, asked=asked, place=place)
    if len(paths) == 1:
        raise web.HTTPSeeOther(paths[0]["path"])
    return await _page(visit, purpose, paths, asked=asked, place=place)


async def _paths(visit: Visit, purpose: str, code: str, place: str) -> list[dict[str, Any]]:
    """Where the code leads: each with its fit. Raises Problem where it leads nowhere."""
    try:
        found = await visit.ask("code", {"facility": place} if place else None, code=code)
    except Problem as problem:
        if problem.code != "request.not-found":
            raise
        found = {"fits": []}
    if purpose == "receive":
        fits = {fit["shipment"]: fit for fit in found["fits"] if fit["role"] == "arriving"}
        paths = [{"path": f"/shipments/{key}/receive", "fit": fit} for key, fit in fits.items()]
        nothing = "web.no-open-shipment"
    else:
        held = [fit for fit in found["fits"] if fit["role"] == "held" and fit["state"] == "released"]
        sold = [fit for fit in held if fit["facility"] and fit["facility"]["kind"] in COUNTERS]
        paths = [{"path": f"/units/{fit['unit']}/sell", "fit": fit} for fit in sold]
        nothing = "web.none-on-hand"
    if not paths:
        raise Problem(nothing, trace_code=code)
    return paths


async def _page(
    visit: Visit,
    purpose: str,
    paths: list[dict[str, Any]],
    problem: Problem | None = None,
    asked: str = "",
    place: str = "",
) -> web.StreamResponse:
    fault = None if problem is None else said(problem, visit)
    places = choices.facilities(visit, await choices.own_facilities(visit))
    if not place and len(places) == 1:
        # Shown to the person as chosen, who may say otherwise: nothing is noted behind anybody's back.
        place = places[0].value
    context = {
        "purpose": purpose,
        "paths": paths,
        "fault": fault,
        "asked": asked,
        "places": places,
        "place": place,
    }
    return await page(visit, "counter.html", context, status=200 if fault is None else fault.words.status)


ROUTES = (
    web.get("/receive", receive),
    web.get("/sell", sell),
    web.post("/{purpose:receive|sell}", photographed),
)

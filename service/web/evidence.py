"""The evidence of a case: its report, its packs, and one click that has a pack made."""

from __future__ import annotations

import asyncio

from aiohttp import web

from service.evidence.gathering import demand_case, gather
from service.evidence.keeping import PACKS, PackState
from service.evidence.report import report
from service.evidence.routes import SCOPE, begin, size
from service.http.keys import DATABASE
from service.http.readers import demand
from service.web.rendering import page
from service.web.visits import Visit, demand_own_form, sent

_AT_ONCE = 3.0
"""Seconds that whoever had a pack made waits for it before the page tells how far it is."""
_AGAIN = "3"
"""Seconds until the page asks anew by itself."""


async def evidence(request: web.Request) -> web.StreamResponse:
    """The packs of a case that were made for this reader, and how far they are."""
    visit = await _visit(request)
    case = visit.id("case")
    packs = (await visit.ask("evidence-packs", case=case))["packs"]
    response = await page(visit, "evidence.html", {"case": case, "packs": packs})
    if any(pack["state"] == PackState.MAKING for pack in packs):
        response.headers["Refresh"] = _AGAIN
    return response


async def make(request: web.Request) -> web.StreamResponse:
    """Have one made as of now, or of when the form says."""
    visit = await _visit(request)
    case = visit.id("case")
    async with sent(request) as form:
        demand_own_form(visit.reader, form)
        await begin(request.app, visit.reader, case, form.first("as_of") or None)
    # Most packs are made at once; a large one goes on.
    await asyncio.wait([asyncio.create_task(request.app[PACKS].finished())], timeout=_AT_ONCE)
    raise web.HTTPSeeOther(f"/cases/{case}/evidence")


async def pack(request: web.Request) -> web.StreamResponse:
    """The file."""
    visit = await _visit(request)
    answer: web.StreamResponse = await visit.ask(
        "evidence-pack", case=visit.id("case"), position=visit.id("position")
    )
    return answer


async def case_report(request: web.Request) -> web.StreamResponse:
    """The report of a case, as of when the address asks."""
    visit = await _visit(request)
    await visit.look_back()
    database = request.app[DATABASE]
    position = await size(database.reader) if visit.past is None else visit.past.position
    found = await gather(database, visit.reader, visit.id("case"), position)
    return await page(
        visit, "case_report.html", {"case": found.case, "report": report(found, visit.language)}
    )


async def report_pdf(request: web.Request) -> web.StreamResponse:
    """The same as PDF."""
    visit = await _visit(request)
    await visit.look_back()
    answer: web.StreamResponse = await visit.ask("case-report", case=visit.id("case"))
    return answer


async def _visit(request: web.Request) -> Visit:
    """Raises Problem ``auth.…``, or ``request.not-found`` for who does not see the whole case."""
    visit = Visit(request)
    visit.demand_signed_in()
    demand(visit.reader, SCOPE)
    await demand_case(request.app[DATABASE].reader, visit.reader, visit.id("case"))
    return visit


_CASE = r"/cases/{case:\d{1,15}}"
ROUTES = (
    web.get(f"{_CASE}/evidence", evidence),
    web.post(f"{_CASE}/evidence", make),
    web.get(_CASE + r"/evidence/{position:\d{1,15}}", pack),
    web.get(f"{_CASE}/report", case_report),
    web.get(f"{_CASE}/report.pdf", report_pdf),
)

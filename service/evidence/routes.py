"""Evidence packs and closing reports over HTTP: had made, looked after, fetched."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import orjson
from aiohttp import web

from schema.messages.evidence import PacksView, PackView
from schema.messages.known import AsOfQuery
from service.evidence.gathering import Gathered, demand_case, gather
from service.evidence.keeping import PACKS, Pack
from service.evidence.pdf import write_pdf
from service.evidence.report import report
from service.http.body import JSON, json_body, load
from service.http.declared import Action
from service.http.keys import DATABASE, READER, language
from service.http.known import as_of
from service.http.paths import Path
from service.http.readers import Reader, demand
from service.http.reads import Ask, Read
from service.storage import query

SCOPE = "goods:read"
TAG = "incidents"
ZIP = "application/zip"
PDF = "application/pdf"
_ADDRESS = Path("/api/v1/cases/{case:id}/evidence")
_BODY, _SHOWN = AsOfQuery(), PackView()


async def begin(app: web.Application, reader: Reader, case: int, said: str | None = None) -> Pack:
    """Have the pack of a case made as of when ``said``, else of now; pages use it too.

    Raises Problem ``request.not-found``, ``as-of.…`` or ``evidence.too-many``.
    """
    database = app[DATABASE]
    await demand_case(database.reader, reader, case)
    known = await as_of(database.reader, said)
    position = await size(database.reader) if known is None else known.position
    return app[PACKS].begin(reader, case, position)


async def size(pool: Any) -> int:
    """How many statements are recorded."""
    return int(await pool.fetchval(query("evidence/pack.size")))


async def _begin(request: web.Request) -> web.Response:
    reader = request[READER]
    demand(reader, SCOPE)
    said = load(_BODY, await json_body(request)).get("as_of")
    pack = await begin(request.app, reader, int(_ADDRESS.values(request)["case"]), said)
    answer = shown(pack)
    location = {"Location": answer["href"]}
    return web.Response(
        status=202, body=orjson.dumps(_SHOWN.dump(answer)), content_type=JSON, headers=location
    )


def shown(pack: Pack) -> dict[str, Any]:
    """A pack with its address."""
    return {**asdict(pack), "href": f"/api/v1/cases/{pack.case}/evidence/{pack.position}"}


async def _packs(ask: Ask) -> Mapping[str, Any]:
    case = ask.path["case"]
    await demand_case(ask.pool, ask.reader, case)
    return {"packs": [shown(pack) for pack in ask.request.app[PACKS].all(ask.reader, case)]}


async def _pack(ask: Ask) -> web.StreamResponse:
    """Raises Problem ``request.not-found`` or ``evidence.…``."""
    case, position = ask.path["case"], ask.path["position"]
    await demand_case(ask.pool, ask.reader, case)
    path = ask.request.app[PACKS].path(ask.reader, case, position)
    headers = {
        "Content-Disposition": f'attachment; filename="case-{case}-as-of-{position}.zip"',
        "Content-Type": ZIP,
        "X-Content-Type-Options": "nosniff",
    }
    return web.FileResponse(path, headers=headers)


async def told(ask: Ask) -> Gathered:
    """A case as of when it is asked about."""
    position = await size(ask.request.app[DATABASE].reader) if ask.as_of is None else ask.as_of.position
    return await gather(ask.request.app[DATABASE], ask.reader, ask.path["case"], position)


async def _report(ask: Ask) -> web.Response:
    found = await told(ask)
    content = await asyncio.to_thread(write_pdf, report(found, language(ask.request)))
    name = f'attachment; filename="case-{ask.path["case"]}-report.pdf"'
    return web.Response(body=content, content_type=PDF, headers={"Content-Disposition": name})


READS: Sequence[Read] = (
    Read("/api/v1/cases/{case:id}/evidence", "evidence-packs",
         "Evidence packs of a case that were made for you, the newest first", _packs, PacksView, tag=TAG),
    Read("/api/v1/cases/{case:id}/evidence/{position:id}", "evidence-pack",
         "An evidence pack: a ZIP that coldledger verify-receipt checks offline", _pack, media=(ZIP,),
         tag=TAG),
    Read("/api/v1/cases/{case:id}/report", "case-report",
         "The report of a case as PDF, in the language that is asked for", _report, media=(PDF,), tag=TAG,
         past=True),
)  # fmt: skip
ACTIONS: Sequence[Action] = (
    Action("POST", _ADDRESS.declared, "evidence-begun",
           "Have the evidence pack of a case made; this answers at once, the making goes on", _begin,
           status=202, body=AsOfQuery, response=PackView, scope=SCOPE, tag=TAG,
           example={"as_of": "2020-12-14T09:30+08:00"}),
)  # fmt: skip

"""GET routes of codes: what a scan means to whoever scanned, labels to print, and the public addresses.

A code names a lot or a case, never a unit: a scan is resolved by code, by who scans, and by the open
shipment to them. Where several units fit, all are told and the scanner asks.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from aiohttp import web

from schema.digital_link import Link
from schema.identifiers import TraceCode
from schema.identifiers.country import country_name
from schema.messages import views
from schema.messages.scans import CodeQuery
from schema.moments import parse_day
from schema.problems import Problem
from service.codes.labels import SHEET_LIMIT, Format, Label, Size, render, render_sheet
from service.codes.signing import LABEL_KEYS, LabelSigner
from service.goods.reading import LOTS
from service.http.keys import SETTINGS
from service.http.reads import Ask, Read
from service.incidents.detecting.scans import note_now
from service.parties.shelves import Row
from service.parties.visibility import not_found, sight
from service.settings import Settings
from service.storage import query

_SIZES = {"70x50": Size.LARGE, "50x30": Size.SMALL}
_FORMATS = {"png": Format.PNG, "svg": Format.SVG, "pdf": Format.PDF}


async def _code(ask: Ask) -> Row:
    """What the code means to the reader, who may say where it was read.

    Raises Problem ``request.not-found``, ``scan.place-not-found`` or the identifier's own.
    """
    code = TraceCode.parse(ask.path["code"]).text
    if "facility" in ask.query:
        # Noted before anything is looked up: where a copied label turns up nobody may know its goods.
        await note_now(ask.request.app, ask.reader, code, ask.query["facility"])
    who = sight(ask.reader)
    async with ask.pool.acquire() as conn:
        found = await conn.fetchrow(query("codes/read_codes.resolve"), *who, code)
        if found is None:
            raise not_found()
        lot = await LOTS.rows(conn, who, [found["lot"]])
        fits = await conn.fetch(query("codes/read_codes.fits"), who[0], who[1], found["lot"])
    return dict(found) | {"lot": lot[0], "fits": [dict(fit) for fit in fits]}


async def _labels(ask: Ask) -> web.StreamResponse:
    """Labels of a lot, for who registered or imported it and for authorities."""
    lot = await LOTS.one(ask, ask.path["lot"])
    if lot["grams"] is None:
        raise not_found()
    codes = await _codes_to_print(ask, lot)
    settings = ask.request.app[SETTINGS]
    signer = await ask.request.app[LABEL_KEYS].signer(ask.pool)
    labels = [_label(lot, code, settings, signer) for code in codes]
    size = _SIZES[ask.query.get("size", "70x50")]
    said = ask.query.get("format")
    if len(labels) > 1 or ask.query.get("sheet", False):
        if said not in (None, "pdf"):
            raise Problem("label.sheet-is-pdf", field="/format", count=len(labels))
        body, kind = await asyncio.to_thread(render_sheet, labels, size), Format.PDF
    else:
        kind = _FORMATS[said or "png"]
        body = await asyncio.to_thread(render, labels[0], size, kind)
    headers = {"Content-Disposition": f'inline; filename="{lot["code"]}.{kind.name.lower()}"'}
    return web.Response(body=body, content_type=kind.value, headers=headers)


async def _codes_to_print(ask: Ask, lot: Row) -> list[str]:
    """Raises Problem ``label.no-such-code`` or ``label.count``."""
    wanted = ask.query.get("codes", "batch")
    if wanted == "batch":
        return [lot["code"]]
    asked = None if wanted == "cases" else [TraceCode.parse(each).text for each in wanted.split(",")]
    rows = await ask.pool.fetch(query("codes/read_codes.of_lot"), lot["id"], asked, SHEET_LIMIT + 1)
    found = [row["code"] for row in rows]
    for code in asked or ():
        if code not in found:
            raise Problem("label.no-such-code", field="/codes", code=code)
    if not 0 < len(found) <= SHEET_LIMIT:
        raise Problem("label.count", count=len(found), limit=SHEET_LIMIT)
    return found


def _label(lot: Row, code: str, settings: Settings, signer: LabelSigner) -> Label:
    """The label of one code; on a case stands what is in a case, where all are alike."""
    best_before = None if lot["best_before"] is None else parse_day(lot["best_before"])
    origin = [country_name(lot["country"], spoken) if lot["country"] else "" for spoken in ("zh", "en")]
    trace_code = TraceCode.parse(code)
    batch = TraceCode.parse(lot["code"])
    link = Link(settings.public_host, trace_code, lot["gtin"], batch, best_before)
    whole, pieces = lot["grams"], lot["pieces"]
    is_case = code != lot["code"]
    each = whole // pieces if pieces and whole % pieces == 0 else None
    return Label(
        code=code,
        link=signer.printed(link.url),
        product_zh=lot["product"],
        product_en=lot["product_en"] or "",
        first_station=(lot["facility"] or {}).get("name", ""),
        production_batch=lot["production_batch"] or "",
        best_before=best_before,
        origin=origin[0],
        origin_en=origin[1],
        net_grams=each if is_case else whole,
        pieces_per_case=None if is_case else pieces,
        sample_data=settings.sample_data,
    )


READS: Sequence[Read] = (
    Read("/api/v1/codes/{code}", "code", "What a trace code means to you, and the units that fit",
         _code, views.CodeView, CodeQuery, tag="codes"),
    Read("/api/v1/lots/{lot:id}/labels", "labels", "Labels: one as PNG, SVG or PDF, several as A4 sheets",
         _labels, query=views.LabelQuery, media=tuple(kind.value for kind in Format), tag="codes"),
)  # fmt: skip

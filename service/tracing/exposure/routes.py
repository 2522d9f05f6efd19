"""GET routes of exposure: counted first, then listed in pages, one way at a time, or all as a stream."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from typing import Any

import orjson
from aiohttp import web

from schema.messages import exposure as views
from schema.spreadsheet_cells import BOM, lines
from service.http.keys import DATABASE
from service.http.paging import MAX_LIMIT, Slice
from service.http.reads import Ask, Read
from service.parties.shelves import Row
from service.tracing.exposure.answering import ANSWERS, Timed
from service.tracing.exposure.asking import question_of, told
from service.tracing.exposure.counting import counted
from service.tracing.exposure.question import Question
from service.tracing.exposure.telling import Choice, Telling, all_hits
from service.tracing.walk import trace_snapshot

NDJSON, CSV = "application/x-ndjson", "text/csv"
_HIT = views.HitView()
COLUMNS = (
    *("unit", "lot", "code", "product", "tier", "hop", "since", "relation", "overlap_minutes", "custodian"),
    *("facility", "state", "pieces", "grams", "holds", "cleared_by"),
)


async def _answered(ask: Ask) -> tuple[Question, Timed]:
    asked = await question_of(ask)
    return asked, await ask.request.app[ANSWERS].to(asked)


async def _preview(ask: Ask) -> Row:
    asked, timed = await _answered(ask)
    answer = timed.answer
    async with trace_snapshot(ask.request.app[DATABASE].as_of(asked.position)) as conn:
        counts = await counted(conn, ask.reader, answer)
    how = {"by_index": timed.by_index, "milliseconds": timed.milliseconds}
    return {"position": asked.position, "question": told(asked), "digest": answer.digest, **how, **counts}


async def _telling(ask: Ask) -> Telling:
    asked, timed = await _answered(ask)
    return Telling(ask.request.app[DATABASE], ask.reader, asked, timed.answer)


async def _hits(ask: Ask) -> Slice[Row]:
    return await (await _telling(ask)).hits(Choice.of(ask.query), ask.page)


async def _path(ask: Ask) -> Row:
    return await (await _telling(ask)).path(ask.path["unit"])


async def _places(ask: Ask) -> Slice[Row]:
    return await (await _telling(ask)).places(ask.page)


async def _people(ask: Ask) -> Slice[Row]:
    return await (await _telling(ask)).people(ask.page)


async def _full(ask: Ask) -> web.StreamResponse:
    """Everything in reach, as it is found. What goes wrong before the first part is told as a problem."""
    parts = all_hits(await _telling(ask), Choice.of(ask.query), MAX_LIMIT)
    first = await anext(parts)
    is_table = ask.query.get("format") == "csv"
    response = web.StreamResponse(
        headers={
            "Content-Type": f"{CSV}; charset=utf-8" if is_table else NDJSON,
            "Content-Disposition": f'attachment; filename="exposure.{"csv" if is_table else "ndjson"}"',
            "X-Content-Type-Options": "nosniff",
        }
    )
    await response.prepare(ask.request)
    async for part in _written(first, parts, is_table=is_table):
        await response.write(part)
    await response.write_eof()
    return response


async def _written(
    first: Iterable[Row], rest: AsyncIterator[Iterable[Row]], *, is_table: bool
) -> AsyncIterator[bytes]:
    if is_table:
        yield BOM.encode("utf-8") + lines([COLUMNS])
    yield _lines(first, is_table=is_table)
    async for part in rest:
        yield _lines(part, is_table=is_table)


def _lines(hits: Iterable[Row], *, is_table: bool) -> bytes:
    shown: list[Mapping[str, Any]] = [_HIT.dump(hit) for hit in hits]
    if is_table:
        return lines(map(_cells, shown))
    return b"".join(orjson.dumps(hit) + b"\n" for hit in shown)


def _cells(hit: Mapping[str, Any]) -> list[object]:
    """A hit as a line of a table."""
    unit, step = hit["unit"], hit["step"]
    lot, place = unit["lot"], unit["facility"]
    return [
        *(unit["id"], lot["id"], lot["code"], lot["product"], hit["tier"], hit["hop"], hit["since"]),
        *(step["relation"], step["overlap_minutes"], unit["custodian"]["name"]),
        *(None if place is None else place["name"], unit["state"], unit["pieces"], unit["grams"]),
        *(" ".join(str(hold["id"]) for hold in unit["holds"]), " ".join(map(str, hit["cleared_by"]))),
    ]


_PATH = "/api/v1/exposure"
READS: Sequence[Read] = (
    Read(_PATH, "exposure", "What goods in question endanger: counted by relation, contact, state and holder",
         _preview, views.ExposureView, views.ExposureQuery, tag="tracing", past=True),
    Read(f"{_PATH}/hits", "exposure-hits", "The units in reach, each with the last step that leads to it",
         _hits, views.HitView, views.ExposureHitsQuery, cursor=(int,), tag="tracing", past=True),
    Read(f"{_PATH}/hits/{{unit:id}}/path", "exposure-path", "The whole way to one unit",
         _path, views.PathView, views.ExposureQuery, tag="tracing", past=True),
    Read(f"{_PATH}/full", "exposure-full", "All units in reach as a stream: lines of JSON or of a table",
         _full, None, views.ExposureFullQuery, media=(NDJSON, CSV), tag="tracing", past=True),
    Read(f"{_PATH}/places", "exposure-places", "Zones and trips, with when such goods were there",
         _places, views.DangerousPlaceView, views.ExposureQuery, cursor=(int,), tag="tracing", past=True),
    Read(f"{_PATH}/people", "exposure-people", "Staff who handled such goods, or worked where they lay",
         _people, views.TouchedView, views.ExposureQuery, cursor=(int,), tag="tracing", past=True),
)  # fmt: skip

"""What a judgement cannot make because it knows no chance: trace codes and the codes of exit certificates.

A code of a submission that turns out to be a repeated one belongs to nothing; there are enough of them.
Nothing is refused here: a place or lot that is not there gets codes of some region, and the rules answer it
in the order in which they answer one that is somebody else's, so that the two cannot be told apart.
"""

from __future__ import annotations

from typing import Any

from aiohttp import web

from schema.identifiers import Level, TraceCode
from service.goods.exit_code import new_exit_code
from service.http.keys import DATABASE
from service.http.writes import Draft
from service.storage import query

_MOST_REMEMBERED = 50_000
_ANY_REGION = "110000"
REGIONS: web.AppKey[dict[int, str]] = web.AppKey("regions")
"""Regions of facilities, by id. A filed place does not move, and ids are never used again in a ledger."""


async def batch_code(draft: Draft) -> Draft:
    """A batch code of the first station's region."""
    return draft.adding(code=_new(Level.BATCH, await _region(draft)))


async def output_codes(draft: Draft) -> Draft:
    """A batch code of the plant's region for each lot that processing makes."""
    region = await _region(draft)
    outputs: list[dict[str, Any]] = draft.data["outputs"]
    return draft.adding(outputs=[{**output, "code": _new(Level.BATCH, region)} for output in outputs])


async def case_codes(draft: Draft) -> Draft:
    """As many case codes as were asked for, of the lot's region."""
    count, lot = draft.data["count"], draft.data["lot"]
    row = await draft.app[DATABASE].reader.fetchrow(query("goods/lot.load"), [lot])
    region = _ANY_REGION if row is None else TraceCode.parse(row["code"]).region
    return draft.adding(codes=[_new(Level.CASE, region) for _ in range(count)])


async def exit_code(draft: Draft) -> Draft:
    """The code by which anyone finds the exit certificate."""
    return draft.adding(code=new_exit_code())


def _new(level: Level, region: str) -> str:
    return TraceCode.new(level, region).text


async def _region(draft: Draft) -> str:
    """The facility's region; any where there is no such facility."""
    facility = draft.data["facility"]
    regions = draft.app[REGIONS]
    known = regions.get(facility)
    if known is not None:
        return known
    row = await draft.app[DATABASE].reader.fetchrow(query("parties/facility.load"), [facility])
    if row is None:
        return _ANY_REGION
    if len(regions) >= _MOST_REMEMBERED:
        regions.clear()
    region: str = regions.setdefault(facility, row["region"])
    return region

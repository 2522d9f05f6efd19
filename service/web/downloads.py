"""Tables to take along: UTF-8 with a byte order mark, so that spreadsheets read Chinese, and no formulas.

A cell that a spreadsheet would take for a formula begins with an apostrophe: names of goods and places come
from anyone.
"""

from __future__ import annotations

import csv
from collections.abc import AsyncIterator, Iterable, Sequence
from io import StringIO

from aiohttp import web

from service.web.visits import Visit

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
_BOM = "\ufeff"


def safe(cell: object) -> str:
    """The text of a cell. Numbers that we counted stay numbers, be they negative."""
    if cell is None:
        return ""
    text = str(cell)
    return f"'{text}" if isinstance(cell, str) and text.startswith(_FORMULA) else text


def lines(rows: Iterable[Sequence[object]]) -> bytes:
    """Rows as CSV (RFC 4180)."""
    written = StringIO()
    csv.writer(written, lineterminator="\r\n").writerows([[safe(cell) for cell in row] for row in rows])
    return written.getvalue().encode("utf-8")


async def table(
    visit: Visit, name: str, heading: Sequence[str], parts: AsyncIterator[Iterable[Sequence[object]]]
) -> web.StreamResponse:
    """A table that is sent part by part. What goes wrong before the first part is told as a page."""
    first = await anext(parts, ())
    response = web.StreamResponse(
        headers={
            "Content-Type": "text/csv; charset=utf-8",
            "Content-Disposition": f'attachment; filename="{name}"',
            "X-Content-Type-Options": "nosniff",
        }
    )
    await response.prepare(visit.request)
    await response.write(_BOM.encode("utf-8") + lines([heading]) + lines(first))
    async for part in parts:
        await response.write(lines(part))
    await response.write_eof()
    return response

"""Tables to take along, sent part by part; how a cell is written stands in ``schema.spreadsheet_cells``."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Sequence

from aiohttp import web

from schema.spreadsheet_cells import BOM, lines
from service.web.visits import Visit


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
    await response.write(BOM.encode("utf-8") + lines([heading]) + lines(first))
    async for part in parts:
        await response.write(lines(part))
    await response.write_eof()
    return response

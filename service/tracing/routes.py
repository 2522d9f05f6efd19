"""GET routes of traces: both directions, from a lot, a unit or a code; each with its pages beneath it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from schema.identifiers import TraceCode
from schema.messages import trace_views, views
from service.http.paging import Slice
from service.http.readers import Reader
from service.http.reads import Ask, Read
from service.ledger.store import Connection
from service.parties.shelves import Row
from service.tracing import answers, indexed
from service.tracing.asked import demand_reached, position_of
from service.tracing.exposure import routes as exposure
from service.tracing.keys import INDEX
from service.tracing.walk import (
    Direction,
    Start,
    Walk,
    start_of_code,
    start_of_lot,
    start_of_unit,
    trace_snapshot,
    walk,
)

Begin = Callable[[Connection, Reader, Any], Awaitable[Start]]


@dataclass(frozen=True, slots=True)
class _Beginning:
    """What a trace may begin from: its address, the path's parameter, how it is found."""

    name: str
    address: str
    parameter: str
    begin: Begin
    read: Callable[[Any], Any] = field(default=lambda said: said)


def _code(text: str) -> str:
    return TraceCode.parse(text).text


_BEGINNINGS = (
    _Beginning("lot", "/api/v1/lots/{lot:id}", "lot", start_of_lot),
    _Beginning("unit", "/api/v1/units/{unit:id}", "unit", start_of_unit),
    _Beginning("code", "/api/v1/codes/{code}", "code", start_of_code, _code),
)


@dataclass(frozen=True, slots=True)
class _Trace:
    """One trace from one kind of beginning in one direction, and its answers."""

    beginning: _Beginning
    direction: Direction

    async def summary(self, ask: Ask) -> Row:
        """Totals and first pages, as of a position that the answer names."""
        await demand_reached(ask)
        async with trace_snapshot(ask.pool) as conn:
            start = await self._start(conn, ask)
            position = await position_of(conn, ask)
            told = None
            if ask.as_of is None:
                index = ask.request.app[INDEX]
                told = await indexed.summary(index, conn, ask.reader, start, self.direction, position)
            if told is None:
                found = await walk(conn, ask.reader, start, self.direction)
                by_sql = answers.upstream if self.direction is Direction.UPSTREAM else answers.downstream
                told = await by_sql(conn, ask.reader, found)
            return told | {"position": position}

    async def totals(self, ask: Ask) -> Row:
        """Totals alone: it counts before it lists."""
        await demand_reached(ask)
        if ask.as_of is None:
            beginning = indexed.Beginning(**{self.beginning.name: self._asked(ask)})
            told = await indexed.totals(ask.request.app[INDEX], ask.pool, ask.reader, beginning)
            if told is not None:
                return told
        async with trace_snapshot(ask.pool) as conn:
            position = await position_of(conn, ask)
            return await answers.totals(conn, await self._walk(conn, ask)) | {"position": position}

    async def flows(self, ask: Ask) -> Slice[Row]:
        """A page of movements."""
        await demand_reached(ask)
        async with trace_snapshot(ask.pool) as conn:
            return await answers.flows(conn, await self._walk(conn, ask), ask.page)

    async def units(self, ask: Ask) -> Slice[Row]:
        """A page of units."""
        await demand_reached(ask)
        async with trace_snapshot(ask.pool) as conn:
            return await answers.units(conn, ask.reader, await self._walk(conn, ask), ask.page)

    async def lots(self, ask: Ask) -> Slice[Row]:
        """A page of accounts by lot."""
        await demand_reached(ask)
        async with trace_snapshot(ask.pool) as conn:
            return await answers.accounts(conn, await self._walk(conn, ask), ask.page)

    def _asked(self, ask: Ask) -> Any:
        """What it begins from, as the path says. Raises Problem where that is no code."""
        return self.beginning.read(ask.path[self.beginning.parameter])

    async def _start(self, conn: Connection, ask: Ask) -> Start:
        return await self.beginning.begin(conn, ask.reader, self._asked(ask))

    async def _walk(self, conn: Connection, ask: Ask) -> Walk:
        return await walk(conn, ask.reader, await self._start(conn, ask), self.direction)


def _reads(beginning: _Beginning, direction: Direction) -> Iterator[Read]:
    trace = _Trace(beginning, direction)
    path, name = f"{beginning.address}/trace/{direction}", f"{beginning.name}-{direction}"
    down = direction is Direction.DOWNSTREAM
    shown = trace_views.DownstreamView if down else trace_views.UpstreamView
    meaning = "Where it is now, with quantities" if down else "Where it came from"
    summary = f"{meaning}: from a {beginning.name}"
    query, problems = trace_views.TraceQuery, ("trace.not-known-yet",)
    yield Read(path, name, summary, trace.summary, shown, query, tag="tracing", problems=problems, past=True)
    if down:
        yield Read(
            f"{path}/totals",
            f"{name}-totals",
            f"What has become of it, in totals alone: from a {beginning.name}",
            trace.totals,
            trace_views.TotalsView,
            query,
            tag="tracing",
            problems=problems,
            past=True,
        )
    for part, answer, view in (
        ("flows", trace.flows, trace_views.FlowView),
        ("units", trace.units, views.UnitView),
        ("lots", trace.lots, trace_views.LotAccount),
    ):
        summary = f"The {part} of that trace, in pages"
        address, operation = f"{path}/{part}", f"{name}-{part}"
        yield Read(
            address,
            operation,
            summary,
            answer,
            view,
            query,
            cursor=(int,),
            tag="tracing",
            problems=problems,
            past=True,
        )


READS: Sequence[Read] = (
    *(read for beginning in _BEGINNINGS for direction in Direction for read in _reads(beginning, direction)),
    *exposure.READS,
)

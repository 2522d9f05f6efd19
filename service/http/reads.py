"""Reads are declared: a path, what is asked with it, who may ask, what is answered. One handler serves them
all.

What a schema does not name is never answered, whatever row it came from.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

import asyncpg
import orjson
from aiohttp import web
from marshmallow import Schema

from schema.messages.fields import Message, Whole
from schema.messages.known import AsOfQuery
from service.http.body import JSON, load_query
from service.http.disclosing import disclose
from service.http.keys import DATABASE, READER
from service.http.known import PARAMETER, AsOf, as_of
from service.http.paging import DEFAULT_LIMIT, MAX_LIMIT, Page, Slice, read_cursor, write_cursor
from service.http.paths import Path
from service.http.readers import Reader, demand


@dataclass(frozen=True, slots=True)
class Ask:
    """One read: who asks for what.

    ``pool`` may only read; where the question is about the past, ``as_of``, it answers as was known then.
    ``path`` holds the path's parameters (ids are ints), ``query`` what the read's query schema loaded,
    ``page`` what part of a list is wanted.
    """

    reader: Reader
    pool: asyncpg.Pool[asyncpg.Record]
    path: Mapping[str, Any]
    query: Mapping[str, Any]
    page: Page
    request: web.Request
    as_of: AsOf | None = None

    def now(self) -> datetime:
        """The time at which the question stands (UTC)."""
        return datetime.now(UTC) if self.as_of is None else self.as_of.moment


class PagingQuery(Message):
    """How much of a list is wanted."""

    limit = Whole(least=1, most=MAX_LIMIT)


_PAGING = PagingQuery()
_AS_OF = AsOfQuery()

Answer = Callable[[Ask], Awaitable[Any]]
"""The answer: for one thing a mapping or object that the response schema dumps; for a list a ``Slice`` of
them; for something other than JSON a response. Raises the same ``….not-found`` for "not yours" and "not
there"."""


@dataclass(frozen=True)
class Read:
    """A GET.

    ``name`` is its operation id. ``response`` is the schema of the thing, or of each entry of a list.
    ``scope`` is what a token needs (None: anyone may ask). ``cursor`` gives the types of a list's sort key
    and makes it a list. ``media`` are the media types where the answer is not JSON. A ``personal`` list tells
    the personal values of its entries, too. One that knows the ``past`` may be asked as of a position or a
    time; all that it asks it asks of ``Ask.pool``.
    """

    path: str
    name: str
    summary: str
    answer: Answer
    response: type[Schema] | None = None
    query: type[Schema] | None = None
    scope: str | None = "goods:read"
    cursor: tuple[type[Any], ...] = ()
    media: tuple[str, ...] = (JSON,)
    tag: str = "goods"
    problems: tuple[str, ...] = field(default=())
    personal: bool = False
    past: bool = False

    @cached_property
    def parsed(self) -> Path:
        """The path, read once."""
        return Path(self.path)

    @cached_property
    def dumper(self) -> Schema | None:
        """The response schema, made once."""
        return None if self.response is None else self.response()

    @cached_property
    def loader(self) -> Schema:
        """The query schema, made once; without one every parameter is unknown."""
        return Message() if self.query is None else self.query()

    def route(self) -> web.RouteDef:
        """How aiohttp serves it; HEAD as well."""
        return web.get(self.parsed.routed, self._handle, allow_head=True)

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        reader = request[READER]
        demand(reader, self.scope)
        page, query = self._question(request)
        known = await as_of(request.app[DATABASE].reader, self.said_as_of(request))
        ask = self.ask(request, reader, self.parsed.values(request), query, page, known)
        shown = await self.shown(ask)
        if isinstance(shown, web.StreamResponse):
            return shown
        told = {} if known is None else {PARAMETER: known.shown()}
        if isinstance(shown, Slice):
            return self._list(request, shown, known, told)
        return web.Response(body=orjson.dumps(shown | told), content_type=JSON)

    def said_as_of(self, request: web.Request) -> str | None:
        """As of when the address asks; None for reads that know no past."""
        return request.query.get(PARAMETER) if self.past else None

    def ask(
        self,
        request: web.Request,
        reader: Reader,
        path: Mapping[str, Any],
        query: Mapping[str, Any],
        page: Page,
        known: AsOf | None,
    ) -> Ask:
        """The question, to be asked of the database as of when it is about."""
        database = request.app[DATABASE]
        pool = database.reader if known is None else database.as_of(known.position)
        return Ask(reader, pool, path, query, page, request, known)

    async def shown(self, ask: Ask) -> Any:
        """The answer as its schema shows it, with the names of persons that the reader may have.

        A list stays a ``Slice``, and something other than JSON what it is.
        """
        answer = await self.answer(ask)
        if isinstance(answer, web.StreamResponse):
            return answer
        is_list = isinstance(answer, Slice)
        shown: Any = [self._dump(item) for item in answer.items] if is_list else self._dump(answer)
        await disclose(ask.request.app, ask.reader, shown, listed=is_list and not self.personal)
        return Slice(shown, answer.next) if is_list else shown

    def _question(self, request: web.Request) -> tuple[Page, dict[str, Any]]:
        """The page and the query. Raises Problem ``message.invalid`` or ``request.cursor``."""
        asked = {name: request.query[name] for name in request.query}
        if self.past:
            load_query(_AS_OF, {PARAMETER: asked.pop(PARAMETER)} if PARAMETER in asked else {})
        page = Page()
        if self.cursor:
            limit, cursor = asked.pop("limit", None), asked.pop("cursor", None)
            said = {} if limit is None else {"limit": limit}
            wanted = load_query(_PAGING, said).get("limit", DEFAULT_LIMIT)
            page = Page(wanted, None if cursor is None else read_cursor(cursor, self.cursor))
        return page, load_query(self.loader, asked)

    def _list(
        self, request: web.Request, answer: Slice[Any], known: AsOf | None, told: Mapping[str, Any]
    ) -> web.Response:
        cursor = None if answer.next is None else write_cursor(answer.next)
        body = {"items": answer.items, "next": cursor, **told}
        headers = {}
        if cursor is not None:
            following = request.rel_url.update_query(cursor=cursor)
            if known is not None:
                # A time may mean more by then; its first page's position does not.
                following = following.update_query({PARAMETER: str(known.position)})
            headers["Link"] = f'<{following}>; rel="next"'
        return web.Response(body=orjson.dumps(body), content_type=JSON, headers=headers)

    def _dump(self, thing: Any) -> Any:
        return thing if self.dumper is None else self.dumper.dump(thing)

"""One request for a page: who asks, in which language, and what the interface answers to that reader."""

from __future__ import annotations

import hmac
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from aiohttp import web
from aiohttp.web_request import FileField

from schema.problems import Language, Problem
from service.http.body import form_body, load_query
from service.http.keys import DATABASE, LANGUAGE, READER, WORDING
from service.http.known import PARAMETER, AsOf, as_of
from service.http.paging import DEFAULT_LIMIT, Page, Slice, read_cursor, write_cursor
from service.http.readers import Reader, demand
from service.http.reads import Ask, Read
from service.storage.files import MAX_BYTES
from service.web.forms import Typed
from service.web.operations import READS
from service.web.spoken import spoken
from service.web.texts import text
from service.web.wording import explained

CSRF = "csrf"
ONCE = "submission"
"""The hidden fields: the session's token, and the key by which a form sent twice is recorded once."""

AS_OF: web.RequestKey[AsOf | None] = web.RequestKey("as of")

_FORM_OVERHEAD = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Listing:
    """Part of a list; ``next`` is the cursor of the part that follows, where there is one."""

    items: list[Any]
    next: str | None


@dataclass(frozen=True)
class Visit:
    """A request for a page."""

    request: web.Request

    def __post_init__(self) -> None:
        # Reads put what they say in words, such as what the gate still wants, into the request's language.
        self.request[LANGUAGE] = self.language
        self.request[WORDING] = explained

    @cached_property
    def reader(self) -> Reader:
        """Who asks."""
        return self.request[READER]

    @cached_property
    def language(self) -> Language:
        """The language of the answer."""
        return spoken(self.request)

    def t(self, key: str, /, **values: object) -> str:
        """A text in that language."""
        return text(key, self.language, **values)

    def demand_signed_in(self) -> None:
        """Raises Problem ``auth.missing`` for the public."""
        if not self.reader.signed_in:
            raise Problem("auth.missing")

    def part(self, name: str) -> str:
        """A part of the path."""
        return self.request.match_info[name]

    def id(self, name: str) -> int:
        """A number in the path."""
        return int(self.part(name))

    def asked(self, *names: str) -> dict[str, str]:
        """The parameters of the address with these names, without those left blank."""
        query = self.request.query
        return {name: query[name].strip() for name in names if query.get(name, "").strip()}

    async def ask(self, name: str, query: Mapping[str, str] | None = None, **path: Any) -> Any:
        """What the read of that name answers to this reader, as its response schema shows it."""
        read = READS[name]
        demand(self.reader, read.scope)
        return await read.shown(self._question(read, query or {}, path, Page()))

    async def ask_list(
        self,
        name: str,
        query: Mapping[str, str] | None = None,
        limit: int = DEFAULT_LIMIT,
        cursor: str | None = None,
        **path: Any,
    ) -> Listing:
        """One part of a list: that after ``cursor``."""
        read = READS[name]
        demand(self.reader, read.scope)
        page = Page(limit, None if cursor is None else read_cursor(cursor, read.cursor))
        answer = await read.shown(self._question(read, query or {}, path, page))
        if not isinstance(answer, Slice):
            raise TypeError(f"{read.name} is no list")
        following = None if answer.next is None else write_cursor(answer.next)
        return Listing(list(answer.items), following)

    def _question(self, read: Read, query: Mapping[str, str], path: Mapping[str, Any], page: Page) -> Ask:
        known = self.past if read.past else None
        return read.ask(self.request, self.reader, path, load_query(read.loader, query), page, known)

    async def look_back(self) -> None:
        """For pages that show the past, before they ask anything: as of when the address asks.

        It is looked up once, so that all of a page is as of one position. Raises Problem ``as-of.…``.
        """
        said = self.asked(PARAMETER).get(PARAMETER)
        self.request[AS_OF] = await as_of(self.request.app[DATABASE].reader, said)

    @property
    def past(self) -> AsOf | None:
        """As of when the page is, where it looks back."""
        return self.request.get(AS_OF)

    def following(self, cursor: str | None) -> str | None:
        """The address of the next part of a list."""
        if cursor is None:
            return None
        url = self.request.rel_url.update_query(cursor=cursor).without_query_params("done")
        # A time may mean more by then; the first part's position does not.
        return str(url if self.past is None else url.update_query({PARAMETER: str(self.past.position)}))


@dataclass(frozen=True, slots=True)
class Sent:
    """A form as it came: the texts, and the files by their fields."""

    typed: Typed
    files: Mapping[str, FileField]

    def first(self, name: str) -> str:
        """The first text of that name; empty where there is none."""
        return next(iter(self.typed.get(name, ())), "")


@asynccontextmanager
async def sent(request: web.Request) -> AsyncIterator[Sent]:
    """Read a form, with files as large as the store takes; they are closed afterwards.

    Raises Problem ``request.too-large`` or ``request.refused``.
    """
    limit = MAX_BYTES + _FORM_OVERHEAD
    is_large = request.content_type == "multipart/form-data"
    try:
        posted = await form_body(request.clone(client_max_size=limit) if is_large else request)
    except web.HTTPRequestEntityTooLarge:
        raise Problem("request.too-large", limit=limit) from None
    typed: dict[str, list[str]] = {}
    files: dict[str, FileField] = {}
    for name, value in posted.items():
        if isinstance(value, str):
            typed.setdefault(name, []).append(value.replace("\r\n", "\n"))
        elif isinstance(value, FileField) and value.filename:
            files[name] = value
    try:
        yield Sent(typed, files)
    finally:
        for value in posted.values():
            if isinstance(value, FileField):
                value.file.close()


def demand_own_form(reader: Reader, form: Sent) -> None:
    """Raises Problem ``auth.csrf`` where the form does not carry the token of the browser's session."""
    if reader.csrf is not None and not hmac.compare_digest(form.first(CSRF).encode(), reader.csrf.encode()):
        raise Problem("auth.csrf")


async def chunks(file: FileField) -> AsyncIterator[bytes]:
    """A file's bytes, a part at a time."""
    while chunk := file.file.read(64 * 1024):
        yield chunk

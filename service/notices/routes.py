"""Notices and contacts over the interface.

A reader is told its organisation's own notices; who was told of a recall, and when they read it, is for who
ordered it, authorities of its region and auditors, of themselves for all others. Contacts are for managers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import asyncpg
import orjson
from aiohttp import web

from schema.messages import notices as messages
from schema.problems import Language, Problem
from service.http.body import JSON, json_body, load
from service.http.declared import Action
from service.http.keys import DATABASE, READER, language
from service.http.paging import Slice
from service.http.readers import Reader, demand
from service.http.reads import Ask, Read
from service.incidents.recalls.reading import RECALLS
from service.ledger.statement import instant
from service.notices.kinds import ACKNOWLEDGED, KINDS, page_of
from service.notices.messages import title
from service.notices.sending import SENDER
from service.parties import UserRole
from service.parties.standing import Scope
from service.parties.visibility import not_found
from service.storage import query

TAG = "notices"
_FILE = "private/notice"
_TIMES = ("made_at", "read_at", "acknowledged_at", "handed_on_at", "delivered_at", "at", "last_at")
_OF_RECALLS = [kind for kind in KINDS if kind.startswith("recall-")]
_CONTACT, _KEPT, _TRIAL, _REACHED = (
    messages.ContactBody(),
    messages.ContactKept(),
    messages.TrialView(),
    messages.Reached(),
)


def _pool(app: web.Application) -> asyncpg.Pool[asyncpg.Record]:
    """Private rows are read with the pool that keeps them."""
    return app[DATABASE].writer


def _own(reader: Reader) -> int:
    if reader.organisation is None:
        raise Problem("auth.missing")
    return reader.organisation


async def _notices(ask: Ask) -> Slice[dict[str, Any]]:
    before = ask.page.after[0] if ask.page.after else None
    own, unread = _own(ask.reader), ask.query.get("unread")
    rows = await _pool(ask.request.app).fetch(query(f"{_FILE}.page"), own, before, ask.page.wanted, unread)
    spoken = language(ask.request)
    return ask.page.cut([_told(dict(row), spoken) for row in rows], lambda row: (row["id"],))


async def _notice(ask: Ask) -> dict[str, Any]:
    pool = _pool(ask.request.app)
    row = await pool.fetchrow(query(f"{_FILE}.one"), _own(ask.reader), ask.path["notice"])
    if row is None:
        raise not_found()
    deliveries = await pool.fetch(query(f"{_FILE}.deliveries"), row["id"])
    return _told(dict(row), language(ask.request)) | {
        "deliveries": [_timed(dict(each)) for each in deliveries]
    }


def _told(row: dict[str, Any], spoken: Language) -> dict[str, Any]:
    """A notice in words, with the page that it leads to."""
    kind, about = row["kind"], row["about"]
    if row["of_kind"] is not None:
        about, leads = row["of_about"], row["of_kind"]
    else:
        leads = kind
    return _timed(row) | {
        "title": title(kind, spoken, due_at=row["due_at"], drill=row["drill"]),
        "page": page_of(leads, about),
        "to_acknowledge": kind in ACKNOWLEDGED and row["acknowledged_at"] is None,
    }


def _timed(row: dict[str, Any]) -> dict[str, Any]:
    """Times of the database as all times are told."""
    return row | {name: instant(row[name]) for name in _TIMES if isinstance(row.get(name), datetime)}


async def _recall_notices(ask: Ask) -> Slice[dict[str, Any]]:
    """Who was told of a recall; of other than the whole, what the reader's own organisation was told."""
    recall = await RECALLS.one(ask, ask.path["recall"])
    whose = None if recall["whole"] else [ask.reader.organisation]
    rows = await _pool(ask.request.app).fetch(query(f"{_FILE}.told"), _OF_RECALLS, recall["id"], whose)
    return Slice([_timed(dict(row)) for row in rows], None)


async def _contacts(ask: Ask) -> Slice[dict[str, Any]]:
    own = demand_manager(ask.reader)
    listed = await ask.request.app[SENDER].ways.contacts.listed(own)
    return Slice([_timed(row) for row in listed], None)


def demand_manager(reader: Reader) -> int:
    """The organisation whose contacts a manager sets. Raises Problem ``auth.…`` or ``actor.manager-only``."""
    demand(reader, Scope.PARTIES_WRITE)
    if reader.user_role != UserRole.MANAGER:
        raise Problem("actor.manager-only")
    return _own(reader)


async def mark_read(app: web.Application, reader: Reader, notice: int, *, acknowledged: bool) -> None:
    """A notice of the reader's own is read, or read and acknowledged. Pages use it too.

    Raises Problem ``request.not-found``.
    """
    pool = _pool(app)
    row = await pool.fetchrow(query(f"{_FILE}.one"), _own(reader), notice)
    if row is None:
        raise not_found()
    user = None if reader.actor is None else reader.actor.user
    is_enough = acknowledged or row["kind"] not in ACKNOWLEDGED
    await pool.fetchval(query(f"{_FILE}.read"), _own(reader), notice, user, is_enough)


async def count_unread(app: web.Application, reader: Reader) -> int:
    """How many notices nobody of the reader's organisation has read."""
    return int(await _pool(app).fetchval(query(f"{_FILE}.count_unread"), _own(reader)))


async def _read(request: web.Request) -> web.Response:
    return await _reached(request, acknowledged=False)


async def _acknowledge(request: web.Request) -> web.Response:
    return await _reached(request, acknowledged=True)


async def _reached(request: web.Request, *, acknowledged: bool) -> web.Response:
    reader, notice = request[READER], int(request.match_info["notice"])
    demand(reader, Scope.GOODS_WRITE)
    await mark_read(request.app, reader, notice, acknowledged=acknowledged)
    return _answer(_REACHED.dump({"id": notice}))


async def _add(request: web.Request) -> web.Response:
    own = demand_manager(request[READER])
    body = load(_CONTACT, await json_body(request))
    kept, secret = await request.app[SENDER].ways.contacts.add(own, body)
    return _answer(_KEPT.dump({"id": kept, "secret": secret or None}), 201)


async def _remove(request: web.Request) -> web.Response:
    own = demand_manager(request[READER])
    await request.app[SENDER].ways.contacts.remove(own, int(request.match_info["contact"]))
    return web.Response(status=204)


async def _try(request: web.Request) -> web.Response:
    own = demand_manager(request[READER])
    return _answer(_TRIAL.dump(await request.app[SENDER].trial(own, int(request.match_info["contact"]))))


def _answer(body: Mapping[str, Any], status: int = 200) -> web.Response:
    return web.Response(status=status, body=orjson.dumps(body), content_type=JSON)


_NOTICE = "/api/v1/notices/{notice:id}"
_CURSOR: tuple[type[Any], ...] = (int,)

READS: Sequence[Read] = (
    Read("/api/v1/notices", "notices", "What you are told, newest first", _notices, messages.NoticeView,
         messages.NoticeQuery, cursor=_CURSOR, tag=TAG),
    Read(_NOTICE, "notice", "A notice, with every attempt to reach you", _notice, messages.NoticeDetail,
         tag=TAG),
    Read("/api/v1/recalls/{recall:id}/notices", "recall-notices",
         "Who was told of a recall, when it reached them, and when they read it", _recall_notices,
         messages.ToldView, cursor=_CURSOR, tag=TAG),
    Read("/api/v1/contacts", "contacts", "Where your people are told", _contacts, messages.ContactView,
         scope=Scope.PARTIES_WRITE, cursor=_CURSOR, tag=TAG),
)  # fmt: skip

ACTIONS: Sequence[Action] = (
    Action("POST", f"{_NOTICE}/reading", "notice-read", "You have read a notice", _read,
           response=messages.Reached, scope=Scope.GOODS_WRITE, tag=TAG),
    Action("POST", f"{_NOTICE}/acknowledgement", "notice-acknowledged",
           "You have read a notice and deal with it", _acknowledge, response=messages.Reached,
           scope=Scope.GOODS_WRITE, tag=TAG),
    Action("POST", "/api/v1/contacts", "contact-added",
           "Keep an address where your people are told; a webhook's secret is answered only now", _add,
           status=201, body=messages.ContactBody, response=messages.ContactKept,
           scope=Scope.PARTIES_WRITE, tag=TAG,
           example={"channel": "webhook", "address": "https://example.com/coldledger", "turn": 1}),
    Action("DELETE", "/api/v1/contacts/{contact:id}", "contact-removed", "Forget a contact", _remove,
           status=204, scope=Scope.PARTIES_WRITE, tag=TAG),
    Action("POST", "/api/v1/contacts/{contact:id}/trial", "contact-tried",
           "Send a contact a message that tells of nothing, and say what came of it", _try,
           response=messages.TrialView, scope=Scope.PARTIES_WRITE, tag=TAG),
)  # fmt: skip

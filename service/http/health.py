"""``/healthz``: this process lives. ``/readyz``: it can work: database there and migrated, ledger not
fenced."""

from __future__ import annotations

import asyncio

import asyncpg
import orjson
from aiohttp import web

from schema.problems import Problem
from service.http.body import JSON
from service.http.keys import DATABASE, LEDGER, SETTINGS, VERIFIERS
from service.ledger import store
from service.ledger.errors import LedgerFormatError
from service.publishing.notes import Noted, read_note
from service.storage import LOST, query
from service.storage.migrations import pending, read_migrations

PATIENCE_SECONDS = 2.0

_ALIVE = orjson.dumps({"status": "alive"})
_READY = orjson.dumps({"status": "ready"})


async def alive(_request: web.Request) -> web.Response:
    """Answer whatever else is wrong."""
    return web.Response(body=_ALIVE, content_type=JSON)


async def ready(request: web.Request) -> web.Response:
    """Raises Problem ``service.not-ready``, which names no host, path or person."""
    pool = request.app[DATABASE].reader
    try:
        async with pool.acquire(timeout=PATIENCE_SECONDS) as connection:
            await _check_migrations(connection)
            head = await store.head(connection)
    except (*LOST, asyncpg.PostgresError, TimeoutError):
        raise Problem("service.not-ready", reason="no database") from None
    # A start compares every entry with the note; this is what can change under a running service: a database
    # that was put back, or replaced by a replica that lags.
    note = await asyncio.to_thread(_noted, request.app)
    if note is not None and note.size > head.size:
        raise Problem("service.not-ready", reason=f"{head.size} entries, the checkpoint has {note.size}")
    _check_unfenced(request.app)
    return web.Response(body=_READY, content_type=JSON)


def _check_unfenced(app: web.Application) -> None:
    try:
        app[LEDGER].demand_unfenced()
    except Problem:
        # What does not fit, and which witness says so, is in the log.
        raise Problem("service.not-ready", reason="the ledger is fenced") from None


def _noted(app: web.Application) -> Noted | None:
    try:
        return read_note(app[SETTINGS].checkpoint_file, app[VERIFIERS])
    except (OSError, LedgerFormatError):
        raise Problem("service.not-ready", reason="the checkpoint cannot be read") from None


async def _check_migrations(connection: store.Connection) -> None:
    rows = await connection.fetch(query("storage/migration.applied"), timeout=PATIENCE_SECONDS)
    applied = {row["number"]: (row["name"], row["sha256"]) for row in rows}
    try:
        behind = pending(read_migrations(), applied)
    except Problem as problem:
        raise Problem("service.not-ready", reason=problem.code) from problem
    if behind:
        raise Problem("service.not-ready", reason="migrations pending")


def routes() -> list[web.RouteDef]:
    """Both."""
    return [web.get("/healthz", alive), web.get("/readyz", ready)]

"""Connections to PostgreSQL: checked, migrated, and pooled by what they may do.

A server that may lose a commit which it has answered is refused: see ``check_promises``.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import cast

import asyncpg
import orjson

from schema.problems import Problem
from service.storage.migrations import migrate
from service.storage.past import Names, Past
from service.storage.queries import query

OLDEST_VERSION = 150000
DURABLE_COMMITS = ("on", "remote_apply")
WRITER = "coldledger_writer"
READER = "coldledger_reader"
LOST = (
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
    # asyncpg's word for a connection whose server said that it ends, and that was used before it did.
    asyncpg.InternalClientError,
    OSError,
)
"""What is raised where the database is not there, went away, or has no room left: nobody's mistake."""

HELD_SECONDS = 10
"""How long a writer may keep a transaction open without a word. A process that is paused with the head row in
its hands would stop every other; witnesses, who are asked within a transaction, have half of this."""

# The first byte of a jsonb value on the wire: the version of its format.
_JSONB_VERSION = b"\x01"


@dataclass(frozen=True, slots=True)
class Database:
    """An open database: a pool that may append, and one that may only read. ``names`` has its past forms."""

    url: str
    writer: asyncpg.Pool
    reader: asyncpg.Pool
    names: Names

    def as_of(self, position: int) -> asyncpg.Pool:
        """The reading pool as of a position, for whoever asks no more of it than ``Past`` has."""
        return cast("asyncpg.Pool", Past(self.reader, self.names, position))


@asynccontextmanager
async def open_database(url: str, *, writers: int = 8, readers: int = 12) -> AsyncIterator[Database]:
    """Check the server, migrate its database and open the pools; close them in the end.

    ``writers`` and ``readers`` are numbers of connections.

    :raises Problem: ``storage.…``
    """
    await prepare(url)
    async with (
        await open_pool(url, WRITER, writers) as writer,
        await open_pool(url, READER, readers) as reader,
    ):
        rows = await reader.fetch(query("storage/known.names"))
        yield Database(url, writer, reader, Names({row["present"]: row["name"] for row in rows}))


async def prepare(url: str) -> None:
    """Check the server's promises and migrate its database.

    :raises Problem: ``storage.…``
    """
    try:
        connection = await asyncpg.connect(url, server_settings=_settings(None))
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, ValueError) as error:
        raise Problem("storage.no-connection", cause=str(error) or type(error).__name__) from error
    try:
        await check_promises(connection)
        await migrate(connection)
    finally:
        await connection.close()


async def open_pool(url: str, role: str | None, size: int) -> asyncpg.Pool:
    """A pool of ``size`` connections that act as ``role`` (None: as the URL's user).

    ``jsonb`` values are Python values, and so are those of a ``jsonb[]``, where none may be a list itself
    (asyncpg takes it for one more dimension). Times are UTC. The pool connects as it is used and mends itself
    when the server was restarted; close it, or use it with ``async with``.
    """
    return await asyncpg.create_pool(
        url,
        min_size=min(2, size),
        max_size=size,
        init=_speak_json,
        reset=_leave_as_is,
        server_settings=_settings(role),
    )


async def check_promises(connection: asyncpg.Connection) -> None:
    """Refuse a server that is too old, or that may lose an answered commit.

    :raises Problem: ``storage.server-too-old`` or ``storage.not-durable``.
    """
    promises = await connection.fetchrow(query("storage/server.promises"))
    assert promises is not None  # noqa: S101  (a SELECT without FROM has one row)
    if promises["version"] < OLDEST_VERSION:
        raise Problem("storage.server-too-old", version=promises["version"] // 10000)
    accepted = {"fsync": ("on",), "full_page_writes": ("on",), "synchronous_commit": DURABLE_COMMITS}
    for setting, values in accepted.items():
        if promises[setting] not in values:
            raise Problem("storage.not-durable", setting=setting, value=promises[setting])


def _settings(role: str | None) -> dict[str, str]:
    settings = {"timezone": "UTC", "application_name": "coldledger"}
    if role == WRITER:
        settings["idle_in_transaction_session_timeout"] = f"{HELD_SECONDS}s"
    return settings | {"role": role} if role else settings


async def _leave_as_is(_connection: asyncpg.Connection) -> None:
    """Nobody changes a session here beyond its transaction, so nothing need be reset: a round trip less."""


async def _speak_json(connection: asyncpg.Connection) -> None:
    await connection.set_type_codec(
        "jsonb",
        schema="pg_catalog",
        encoder=lambda value: _JSONB_VERSION + orjson.dumps(value),
        decoder=lambda wire: orjson.loads(wire[1:]),
        format="binary",
    )

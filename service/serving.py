"""``coldledger serve``.

Order of a start: port → database → migrations → signing key → the ledger against its checkpoint → the
ledger's first statements → workers. Each step may refuse, and then nothing of the later ones was touched.
Order of a stop: workers finish what they have begun, then the database.
"""

from __future__ import annotations

import asyncio
import errno
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager, closing
from dataclasses import replace

from schema.problems import Problem
from service.founding import Founded, found
from service.settings import Settings
from service.storage import EmbeddedPostgres
from service.workers import supervise

Announce = Callable[[Settings, Founded], Awaitable[None]]
Ended = Callable[[], Coroutine[None, None, None]]
"""Waits until the database is gone for good, and raises why."""


async def serve(settings: Settings, announce: Announce) -> None:
    """Serve until SIGTERM or SIGINT. ``announce`` runs once all workers listen; it gets the real port.

    Raises Problem ``settings.…``, ``storage.…``, ``trust.…`` or ``ledger.fenced``.
    """
    with closing(reserve(settings.host, settings.port)) as held:
        settings = with_port(settings, held.getsockname()[1])
        async with _database(settings) as (url, ended):
            founded = await found(settings, url)
            await _while_there_is(ended, supervise(settings, url, lambda: announce(settings, founded)))


def with_port(settings: Settings, port: int) -> Settings:
    """The settings with the port that was taken, also where labels carry the address of this machine."""
    name = settings.public_host.removesuffix(f":{settings.port}")
    named = f"{name}:{port}" if name != settings.public_host else settings.public_host
    return replace(settings, port=port, public_host=named)


@asynccontextmanager
async def _database(settings: Settings) -> AsyncIterator[tuple[str, Ended]]:
    if settings.database is not None:
        yield settings.database, _never
        return
    async with EmbeddedPostgres(settings.data) as server:
        yield server.url(), server.ended


async def _never() -> None:
    """Somebody else's server comes back by itself, and connections with it."""
    await asyncio.Event().wait()


async def _while_there_is(database_ended: Ended, work: Coroutine[None, None, None]) -> None:
    """Do the work; where our own database ends for good, end as well, so that whoever keeps this service
    starts both again."""
    working, watching = asyncio.create_task(work), asyncio.create_task(database_ended())
    try:
        await asyncio.wait([working, watching], return_when=asyncio.FIRST_COMPLETED)
        await (working if working.done() else watching)
    finally:
        for task in (working, watching):
            task.cancel()
        await asyncio.gather(working, watching, return_exceptions=True)


def reserve(host: str, port: int) -> socket.socket:
    """Hold a port for the workers; nothing listens on this socket, and 0 takes any free one.

    Workers share the port, which the system allows any process of this account: a second service here would
    take half of the requests unseen. So the port is first bound without sharing, which fails where anybody
    has it. Raises Problem ``settings.port-taken`` or ``settings.address``.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    held = socket.socket(family)
    try:
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
            address = probe.getsockname()
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        held.bind(address)
    except OSError as error:
        held.close()
        if error.errno == errno.EADDRINUSE:
            raise Problem("settings.port-taken", host=host, port=port) from error
        raise Problem("settings.address", host=host, port=port, cause=error.strerror) from error
    return held

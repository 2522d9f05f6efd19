"""Worker processes that share one port, and the parent's watch over them.

A worker that dies is said in the log and started again, unless it died young, which would go on for ever.
Workers end when the parent does, however it ends: each holds a pipe whose other end only the parent has.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import logging
import multiprocessing
import signal
import sys
import time
from collections.abc import Awaitable, Callable
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess

from aiohttp import web

from service.app import make_app
from service.http.access_log import AccessLogger
from service.http.access_log import log as access_log
from service.incidents.detecting.runner import DETECTORS
from service.logs import set_up
from service.notices.sending import SENDER
from service.settings import Settings
from service.tracing.keys import INDEX
from service.trust import open_signers

log = logging.getLogger(__name__)

GRACE_SECONDS = 10.0
"""How long requests may take to end when the service stops."""
KILL_SECONDS = GRACE_SECONDS + 5
YOUNG_SECONDS = 10.0
BACKLOG = 1024
_LISTENING = b"listening"


class WorkerDiedError(Exception):
    """A worker died before or soon after it listened; its own log says why."""


def work(settings: Settings, database_url: str, pipe: Connection) -> None:
    """The life of a worker process."""
    # Ctrl-C reaches the whole group; the parent says when to stop, once.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    set_up()
    spare_the_collector()
    # A thread that traces gives way to the event loop within a millisecond, not five.
    sys.setswitchinterval(0.001)
    asyncio.run(_serve(settings, database_url, pipe))


def spare_the_collector() -> None:
    """Look for garbage seldom, and never in what was there at the start: an eighth of a request's time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)


async def _serve(settings: Settings, database_url: str, pipe: Connection) -> None:
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, stop.set)
    # Nothing is ever sent this way: readable means that the parent is gone.
    loop.add_reader(pipe.fileno(), stop.set)
    app = await make_app(settings, database_url, *open_signers(settings, settings.public_host))
    runner = web.AppRunner(
        app,
        access_log_class=AccessLogger,
        access_log=access_log if settings.access_log else None,
        shutdown_timeout=GRACE_SECONDS,
    )
    try:
        await runner.setup()
        site = web.TCPSite(runner, settings.host, settings.port, reuse_port=True, backlog=BACKLOG)
        await site.start()
        pipe.send_bytes(_LISTENING)
        app[DETECTORS].start()
        app[SENDER].start()
        if settings.trace_index:
            app[INDEX].start()
        await stop.wait()
    finally:
        # Where the parent is gone, nobody else would end a worker that cannot stop.
        signal.alarm(round(KILL_SECONDS))
        loop.remove_reader(pipe.fileno())
        await runner.cleanup()


async def supervise(settings: Settings, database_url: str, listening: Callable[[], Awaitable[None]]) -> None:
    """Keep ``settings.workers`` workers until SIGTERM or SIGINT; ``listening`` runs when all of them listen.

    Raises WorkerDiedError where they cannot be kept.
    """
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    events = [asyncio.Event() for _ in range(settings.workers)]
    keepers = [asyncio.create_task(_keep(settings, database_url, event)) for event in events]
    stopping = asyncio.create_task(stop.wait())
    greeting = asyncio.create_task(_greet(events, listening))
    try:
        await asyncio.wait([*keepers, stopping, greeting], return_when=asyncio.FIRST_COMPLETED)
        if greeting.done() and not greeting.exception():
            await asyncio.wait([*keepers, stopping], return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in (stopping, greeting, *keepers):
            task.cancel()
        results = await asyncio.gather(greeting, *keepers, return_exceptions=True)
    for result in results:
        if isinstance(result, Exception):
            raise result


async def _greet(events: list[asyncio.Event], listening: Callable[[], Awaitable[None]]) -> None:
    for event in events:
        await event.wait()
    await listening()


async def _keep(settings: Settings, database_url: str, listens: asyncio.Event) -> None:
    """Run a worker, and another one after it, until cancelled."""
    context = multiprocessing.get_context("spawn")
    while True:
        ours, theirs = context.Pipe()
        process = context.Process(target=work, args=(settings, database_url, theirs), name="worker")
        born = time.monotonic()
        process.start()
        theirs.close()
        try:
            await _watch(process, ours, listens)
        finally:
            await _end(process)
            ours.close()
        if not listens.is_set() or time.monotonic() - born < YOUNG_SECONDS:
            raise WorkerDiedError(f"a worker ended with status {process.exitcode}")
        log.error("a worker ended with status %s; another one is started", process.exitcode)


async def _watch(process: SpawnProcess, pipe: Connection, listens: asyncio.Event) -> None:
    """Answer when the worker has ended."""
    await _readable(pipe.fileno())
    with contextlib.suppress(EOFError, OSError):
        pipe.recv_bytes()
        listens.set()
    await _readable(process.sentinel)


async def _end(process: SpawnProcess) -> None:
    """Ask it to stop, wait, and kill it where it does not."""
    process.terminate()
    try:
        await asyncio.wait_for(_readable(process.sentinel), KILL_SECONDS)
    except TimeoutError:
        log.error("a worker did not stop; it is killed")  # noqa: TRY400  (the timeout says nothing more)
        process.kill()
        await _readable(process.sentinel)
    process.join()


async def _readable(descriptor: int) -> None:
    loop = asyncio.get_running_loop()
    ready = asyncio.Event()
    loop.add_reader(descriptor, ready.set)
    try:
        await ready.wait()
    finally:
        loop.remove_reader(descriptor)

"""One service process under measurement: ``python -m tests.benchmarks.server URL PORT DATA WHICH``.

``own`` is the product as it is, ``unpublished`` the same without a publisher: no checkpoint, tile or segment.
``peer`` is the honest alternative: the same HTTP, validation, deciders and rows, but a transaction a request
that locks the head row, over a pool of 20 connections.
"""

from __future__ import annotations

import asyncio
import signal
import sys
from pathlib import Path

import asyncpg
from aiohttp import web

import service.app
from service.app import make_app
from service.ledger import Proposal, Registry
from service.ledger.appender import Appender
from service.ledger.batch import Admitted
from service.ledger.committer import Committer
from service.settings import Settings
from service.trust import open_signer
from service.workers import spare_the_collector

PEER_POOL = 20


class Nobody:
    """In the place of a publisher: nothing is signed, sealed or published."""

    def __init__(self, *_settings: object) -> None:
        pass

    def wake(self) -> None:
        pass

    def demand_unfenced(self) -> None:
        pass

    async def demand_published(self, _position: int, _leaf: bytes) -> None:
        pass

    async def close(self) -> None:
        pass


class Peer:
    """Records each proposal in a transaction of its own."""

    def __init__(self, pool: asyncpg.Pool[asyncpg.Record], registry: Registry) -> None:
        self._committer = Committer(pool, registry)

    async def append(self, proposal: Proposal) -> Admitted:
        """Judge and commit one proposal."""
        (result,) = (await self._committer.commit([proposal])).results
        if isinstance(result, Exception):
            raise result
        return result

    async def close(self) -> None:
        """Nothing waits here."""


async def serve(url: str, port: int, data: Path, which: str) -> None:
    """Serve until SIGTERM."""
    settings = Settings(
        data=data, trust=data.with_suffix(".trust"), port=port, sample_data=True, access_log=False
    )
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    own = which != "peer"
    if which == "unpublished":
        service.app.Publisher = Nobody  # type: ignore[assignment,misc]
    app = await make_app(
        settings,
        url,
        open_signer(settings, "bench.invalid/ledger"),
        writers=8 if own else PEER_POOL,
        appender=Appender if own else Peer,
    )
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port, reuse_port=True, backlog=1024).start()
    sys.stdout.write("listening\n")
    sys.stdout.flush()
    await stop.wait()
    await runner.cleanup()


if __name__ == "__main__":
    spare_the_collector()
    asyncio.run(serve(sys.argv[1], int(sys.argv[2]), Path(sys.argv[3]), sys.argv[4]))

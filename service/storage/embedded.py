"""A PostgreSQL of one's own, run from the wheel's programs on a Unix socket.

``EmbeddedPostgres(data)`` is a context manager, plain or asynchronous::

    async with EmbeddedPostgres(Path("data")) as server:
        pool = await open_pool(server.url(), role="coldledger_writer", size=10)

Rules it keeps, with ``cluster`` and ``supervisor`` beside it: the server is reached through a private socket
and a password only; a commit that was answered is on disk; no server outlives the service; either side may be
killed at any moment; root's server runs as another account. Linux only: ``/proc``, ``flock``, ``prctl``.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import quote

import asyncpg

from schema.problems import Problem
from service.storage import cluster, supervisor
from service.storage.binaries import Binaries, binaries_for_everyone, wheel_binaries
from service.storage.database import LOST

# After a crash the WAL is replayed before the server is ready.
START_SECONDS = 600.0
WATCH_SECONDS = 10.0
"""How often the running server is asked whether it lets anybody in …"""
STUCK_SECONDS = 60.0
"""… and for how long it may not, unless it recovers."""
LOG_BYTES = 16 * 1024 * 1024
# What must hold whatever postgresql.conf says: reach, place and durability.
FIXED_SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "fsync": "on",
    "full_page_writes": "on",
    "synchronous_commit": "on",
    "cluster_name": "coldledger",
}


class EmbeddedPostgres:
    """The server of one data folder. ``start`` and ``stop`` may be called from any thread, in turn."""

    def __init__(self, data: Path) -> None:
        self._folder = cluster.DataFolder(data.absolute())
        self._lock: int | None = None
        self._sockets: Path | None = None
        self._keeper: subprocess.Popen[bytes] | None = None

    def url(self, database: str = cluster.DATABASE) -> str:
        """Where the running server is, as a URL that ``open_pool`` and asyncpg take, its secret included."""
        password = self._folder.password.read_text(encoding="ascii")
        host = quote(str(self._sockets), safe="")
        return f"postgresql://{cluster.SUPERUSER}:{password}@/{quote(database)}?host={host}"

    @classmethod
    def running(cls, data: Path) -> str | None:
        """The URL of the server that a service runs in ``data`` now, or None: for a command beside it."""
        server = cls(data)
        try:
            lines = (server._folder.cluster / "postmaster.pid").read_text(encoding="utf-8").splitlines()
        except OSError:
            return None
        if len(lines) < 8 or lines[7].strip() != "ready" or not Path(lines[4]).is_dir():
            return None
        server._sockets = Path(lines[4])
        return server.url()

    def start(self) -> None:
        """Take the data folder, make the cluster when there is none, and answer when the server is ready.

        :raises Problem: ``storage.…``; nothing is left running or locked then.
        """
        account = cluster.server_account(self._folder)
        binaries = wheel_binaries()
        if account:
            binaries = binaries_for_everyone(binaries)
        self._folder.prepare()
        self._lock = cluster.lock(self._folder)
        try:
            if not cluster.check(self._folder, binaries):
                cluster.create(self._folder, binaries, account, self._lock)
            cluster.give(self._folder.cluster, account)
            self._launch(binaries, account)
        except BaseException:
            self.stop()
            raise

    async def ended(self) -> None:
        """Wait until the server is gone, or as good as gone. Raises Problem ``storage.server-ended``.

        A postmaster whose recovery failed for want of room may live on and let nobody in, with room again.
        """
        answered = time.monotonic()
        while time.monotonic() - answered < STUCK_SECONDS:
            if await self._keeper_ends_within(WATCH_SECONDS):
                break
            if self._recovers() or await self._lets_in():
                answered = time.monotonic()
        raise Problem("storage.server-ended", file=str(self._folder.log))

    async def _keeper_ends_within(self, seconds: float) -> bool:
        assert self._keeper is not None  # noqa: S101
        gone = asyncio.Event()
        keeper = os.pidfd_open(self._keeper.pid)
        loop = asyncio.get_running_loop()
        loop.add_reader(keeper, gone.set)
        try:
            async with asyncio.timeout(seconds):
                await gone.wait()
        except TimeoutError:
            return False
        finally:
            loop.remove_reader(keeper)
            os.close(keeper)
        return True

    async def _lets_in(self) -> bool:
        try:
            connection = await asyncpg.connect(self.url(), timeout=WATCH_SECONDS)
        except (*LOST, asyncpg.PostgresError):
            return False
        connection.terminate()
        return True

    def _recovers(self) -> bool:
        """Whether the WAL is being replayed, which may take its time."""
        titles = cluster.titles(self._folder)
        return any(b": startup" in title for title in titles)

    def stop(self) -> None:
        """Stop the server in order and free the folder. Does nothing when it is not running."""
        if self._keeper is not None:
            self._keeper.communicate(b"stop\n")
            self._keeper = None
        if self._sockets is not None:
            shutil.rmtree(self._sockets, ignore_errors=True)
            self._sockets = None
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    async def __aenter__(self) -> Self:
        await asyncio.to_thread(self.start)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await asyncio.to_thread(self.stop)

    def _launch(self, binaries: Binaries, account: cluster.Account | None) -> None:
        assert self._lock is not None  # noqa: S101
        self._sockets = Path(tempfile.mkdtemp(prefix="coldledger-", dir=cluster.runtime_parent()))
        cluster.give(self._sockets, account)
        settings = {**FIXED_SETTINGS, "unix_socket_directories": str(self._sockets)}
        order: supervisor.Order = {
            "command": [
                str(binaries.postgres),
                *("-D", "/proc/self/cwd"),
                *(f"--{name}={value}" for name, value in settings.items()),
            ],
            "cluster": str(self._folder.cluster),
            "sockets": str(self._sockets),
            "log": str(self._folder.log),
            "account": (account.uid, account.gid) if account else None,
            "environment": {"LC_ALL": "C", "PATH": os.defpath},
        }
        log_begins = self._turn_log()
        self._keeper = subprocess.Popen(  # noqa: S603
            [sys.executable, "-I", "-S", supervisor.__file__, json.dumps(order)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            pass_fds=(self._lock,),
            # Out of the terminal's group: Ctrl-C is the service's to answer, with an orderly stop.
            start_new_session=True,
        )
        self._wait_until_ready(self._keeper, log_begins)

    def _wait_until_ready(self, keeper: subprocess.Popen[bytes], log_begins: int) -> None:
        """Wait for the server's own word, in ``postmaster.pid``, that it takes connections."""
        until = time.monotonic() + START_SECONDS
        pidfile = self._folder.cluster / "postmaster.pid"
        while time.monotonic() < until and keeper.poll() is None:
            try:
                lines = pidfile.read_text(encoding="utf-8").splitlines()
            except FileNotFoundError:
                lines = []
            if len(lines) > 7 and lines[7].strip() == "ready":
                return
            time.sleep(0.005)
        with self._folder.log.open("rb") as log:
            log.seek(log_begins)
            last = b"\n".join(log.read().splitlines()[-8:]).decode(errors="replace")
        raise Problem("storage.server-failed", file=str(self._folder.log), log=last)

    def _turn_log(self) -> int:
        """Begin a new log when the old one is large, keeping one; answer where this run's lines begin."""
        log = self._folder.log
        log.touch(mode=0o600)
        size = log.stat().st_size
        if size < LOG_BYTES:
            return size
        log.replace(log.with_suffix(".log.1"))
        log.touch(mode=0o600)
        return 0

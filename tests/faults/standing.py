"""``coldledger serve`` as an operator keeps it, started again when it ends; and who of it can be killed."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from tests.benchmarks.registrations import free_port

_ROOT = Path(__file__).resolve().parents[2]
PAUSE_SECONDS = 0.1
STOP_SECONDS = 60.0


@dataclass
class Standing:
    """A service on ``data``; ``starts`` counts its processes."""

    data: Path
    port: int = field(default_factory=free_port)
    starts: int = 0
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> Path:
        return self.data.with_name("service.log")

    @asynccontextmanager
    async def kept(self) -> AsyncIterator[None]:
        """Runs until the block ends, through everything that happens to it."""
        task = asyncio.create_task(self._keep())
        try:
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
            if self.process is not None:
                self.process.terminate()
                await asyncio.to_thread(self.process.wait, STOP_SECONDS)

    async def _keep(self) -> None:
        while True:
            process = self._start()
            while process.poll() is None:  # noqa: ASYNC110  (a process of the system has no event)
                await asyncio.sleep(PAUSE_SECONDS)

    def _start(self) -> subprocess.Popen[bytes]:
        words = [sys.executable, "-m", "service", "serve", "--no-access-log", "--port", str(self.port)]
        words += ["--data", str(self.data), "--second-factor", "nobody"]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                words, stdout=log, stderr=log, cwd=_ROOT, env={**os.environ, "PYTHONPATH": str(_ROOT)}
            )
        self.starts += 1
        return self.process

    def service(self) -> list[int]:
        """The process that was started, while it lives."""
        return [] if self.process is None or self.process.poll() is not None else [self.process.pid]

    def workers(self) -> list[int]:
        """Those that answer requests."""
        return [pid for pid in self._children() if b"spawn_main" in _command(pid)]

    def keeper(self) -> list[int]:
        """The process between the service and its database."""
        return [pid for pid in self._children() if b"supervisor.py" in _command(pid)]

    def postgres(self) -> list[int]:
        """Every process of the database: those that stand in its folder."""
        return [pid for pid in _processes() if _stands_in(pid, self.data / "postgres")]

    def postmaster(self) -> list[int]:
        """The first of them."""
        return [pid for pid in self.postgres() if parent_of(pid) in self.keeper()]

    def backends(self) -> list[int]:
        """The others: connections, writers, the checkpointer."""
        return [pid for pid in self.postgres() if pid not in self.postmaster()]

    def everything(self) -> list[int]:
        """As when the machine loses power, but for what is in its memory."""
        return [*self.service(), *self.keeper(), *self.workers(), *self.postgres()]

    def _children(self) -> Iterator[int]:
        parents = self.service()
        return (pid for pid in _processes() if parent_of(pid) in parents)


def _processes() -> Iterator[int]:
    return (int(path.name) for path in Path("/proc").glob("[0-9]*"))


def parent_of(pid: int) -> int:
    with suppress(OSError, IndexError):
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    return 0


def _command(pid: int) -> bytes:
    with suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    return b""


def _stands_in(pid: int, folder: Path) -> bool:
    with suppress(OSError):
        return Path(f"/proc/{pid}/cwd").samefile(folder)
    return False


Choose = Callable[[Standing], list[int]]

VICTIMS: dict[str, Choose] = {
    "the service": Standing.service,
    "a worker": Standing.workers,
    "the database's keeper": Standing.keeper,
    "the database": Standing.postmaster,
    "a process of the database": Standing.backends,
    "everything at once": Standing.everything,
}
_ALL = {"everything at once"}


def kill(standing: Standing, chance: Random) -> str:
    """Kill by chance; who it was. Only who is there just now is chosen."""
    names = list(VICTIMS)
    chance.shuffle(names)
    for name in names:
        found = VICTIMS[name](standing)
        if found:
            for pid in found if name in _ALL else [chance.choice(sorted(found))]:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            return name
    return "nobody: it is starting"

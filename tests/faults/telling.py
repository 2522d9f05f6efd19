"""A teller as its parent holds it."""

from __future__ import annotations

import asyncio
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from tests.faults.ground import Ground

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Telling:
    """A process that records what it is told to."""

    process: Process

    @classmethod
    @asynccontextmanager
    async def on(cls, url: str, ground: Ground) -> AsyncIterator[Telling]:
        """One that lives until the block ends, at the longest."""
        actor = ground.quay.station.staff
        numbers = map(str, (ground.unit, actor.organisation, actor.user))
        words = [sys.executable, "-m", "tests.faults.teller", url, *numbers]
        process = await asyncio.create_subprocess_exec(*words, stdin=PIPE, stdout=PIPE, cwd=ROOT)
        telling = cls(process)
        try:
            assert await telling.heard() == "ready"
            yield telling
        finally:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()

    def say(self, key: str) -> None:
        """Have it say something; what became of it is heard later."""
        assert self.process.stdin is not None
        self.process.stdin.write(f"{key}\n".encode())

    async def heard(self) -> str:
        """Its next answer; empty where it is dead."""
        assert self.process.stdout is not None
        return (await self.process.stdout.readline()).decode().strip()

    async def signal(self, number: int) -> None:
        """Kill it, pause it, or let it go on."""
        self.process.send_signal(number)

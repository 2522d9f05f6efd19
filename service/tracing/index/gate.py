"""Many readers at a time, or one change: readers in threads find the arrays still while they read."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Gate:
    """Changes are made on the event loop, between readings. A change that waits goes before new readings."""

    def __init__(self) -> None:
        self._readings = 0
        self._still = asyncio.Event()
        self._still.set()
        self._open = asyncio.Event()
        self._open.set()

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[None]:
        """Nothing changes until this is left."""
        while not self._open.is_set():
            await self._open.wait()
        self._readings += 1
        self._still.clear()
        try:
            yield
        finally:
            self._readings -= 1
            if not self._readings:
                self._still.set()

    @asynccontextmanager
    async def changing(self) -> AsyncIterator[None]:
        """Nobody reads until this is left. One at a time: the index has one follower."""
        self._open.clear()
        try:
            await self._still.wait()
            yield
        finally:
            self._open.set()

"""How background tasks are stopped for sure.

A cancellation that arrives together with what the task waits for may be lost on the way: ``asyncio.wait_for``
of Python 3.11 drops it then, and the task goes on as if nobody had asked. So it is said until it is heard.
"""

from __future__ import annotations

import asyncio
from typing import Any

AGAIN_SECONDS = 0.5


async def stop(task: asyncio.Task[Any]) -> None:
    """Cancel a task and wait until it has ended. Raises what it raised, but not that it was cancelled."""
    while not task.done():
        task.cancel()
        await asyncio.wait([task], timeout=AGAIN_SECONDS)
    if not task.cancelled():
        task.result()

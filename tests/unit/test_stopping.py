"""A task that loses a cancellation is stopped all the same."""

from __future__ import annotations

import asyncio

import pytest

from service import stopping
from service.stopping import stop


async def test_a_cancellation_that_is_lost_is_said_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stopping, "AGAIN_SECONDS", 0.01)
    lost = []

    async def go_on() -> None:
        while True:
            try:
                await asyncio.sleep(60)
            except asyncio.CancelledError:
                lost.append(True)
                if len(lost) == 3:
                    raise

    task = asyncio.create_task(go_on())
    await asyncio.sleep(0)
    await stop(task)
    assert (len(lost), task.cancelled()) == (3, True)


async def test_what_a_task_raised_is_raised_and_an_ended_one_is_left_alone() -> None:
    async def fail() -> None:
        raise LookupError("broken")

    task = asyncio.create_task(fail())
    await asyncio.wait([task])
    with pytest.raises(LookupError):
        await stop(task)
    done = asyncio.create_task(asyncio.sleep(0))
    await done
    await stop(done)

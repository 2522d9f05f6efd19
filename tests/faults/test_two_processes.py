"""Two processes record into one ledger, and one of them is paused: comparing the head is the fence."""

from __future__ import annotations

import asyncio
import logging
import signal
from pathlib import Path

import pytest

from service.ledger import Ledger
from tests.faults.ground import Ground, insist, outside_takes
from tests.faults.telling import Telling
from tests.faults.wire import Moment, Wire
from tests.retold import ledger_on

TIMES = 20


async def test_without_any_lock_the_comparison_alone_keeps_two_processes_apart(
    url: str, ground: Ground, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The lock on the head is taken out on the wire: who loses reads the head again and judges again."""
    caplog.set_level(logging.INFO)
    async with (
        Wire.to(url, unlocked=True) as one,
        Wire.to(url, unlocked=True) as other,
        ledger_on(one.url) as here,
        ledger_on(other.url) as there,
    ):

        async def say(ledger: Ledger, name: str) -> list[int]:
            said = [await insist(ledger, ground.split(f"{name} {n}")) for n in range(TIMES)]
            return [each.position for each in said]

        both = await asyncio.gather(say(here, "here"), say(there, "there"))
    positions = sorted(position for each in both for position in each)
    assert positions == [*range(ground.size, ground.size + 2 * TIMES)]
    assert "judging it again" in caplog.text
    assert await outside_takes(url, tmp_path) == ground.size + 2 * TIMES


async def test_a_paused_process_holds_nobody_up_for_long_and_says_nothing_twice(
    url: str, ground: Ground, tmp_path: Path
) -> None:
    """It stops between writing and COMMIT, with the head row in its hands. The database takes that away; when
    it goes on it finds that nothing was committed, and judges again on what was said meanwhile."""
    stopped, resumed = asyncio.Event(), asyncio.Event()
    async with Wire.to(url) as wire, Telling.on(wire.url, ground) as paused, ledger_on(url) as other:

        async def pause() -> None:
            await paused.signal(signal.SIGSTOP)
            stopped.set()
            await resumed.wait()

        paused.say("first")
        first = int(await paused.heard())
        fault = wire.at("COMMIT", Moment.BEFORE, pause, breaks=False)
        paused.say("second")
        async with asyncio.timeout(60):
            await stopped.wait()
            said = await other.append(ground.split("meanwhile"))
        assert fault.struck
        assert said.position == first + 1
        resumed.set()
        await paused.signal(signal.SIGCONT)
        assert int(await paused.heard()) == first + 2
        paused.say("second")
        assert int(await paused.heard()) == first + 2
    assert await outside_takes(url, tmp_path) == first + 3

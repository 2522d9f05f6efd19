"""A batch is there whole or not at all, whatever breaks at whichever of its statements, and is said once."""

from __future__ import annotations

import asyncio
import signal
from pathlib import Path

import asyncpg
import pytest

from schema.problems import Problem
from service.ledger.checkpoint import open_checkpoint
from tests.faults.ground import (
    COME_AGAIN,
    STATEMENTS,
    Ground,
    insist,
    outside_takes,
    places_in,
    publishing,
)
from tests.faults.telling import Telling
from tests.faults.wire import Moment, Wire
from tests.retold import SIGNER, ledger_on

BEFORE_COMMIT = [name for name in STATEMENTS if name != "COMMIT"]
EVERY = [(name, Moment.BEFORE) for name in STATEMENTS] + [("COMMIT", Moment.AFTER)]


async def size_of(url: str) -> int:
    connection = await asyncpg.connect(url)
    try:
        return int(await connection.fetchval("SELECT size FROM ledger.head"))
    finally:
        await connection.close()


def size_in(path: Path) -> int:
    """The size of the checkpoint in a file; 0 before the first."""
    return open_checkpoint(path.read_bytes(), SIGNER.verifier).size if path.exists() else 0


@pytest.mark.parametrize("moment", [Moment.BEFORE, Moment.AFTER])
@pytest.mark.parametrize("statement", BEFORE_COMMIT)
async def test_a_failure_before_commit_leaves_nothing_and_no_gap(
    url: str, ground: Ground, statement: str, moment: Moment, tmp_path: Path
) -> None:
    async with Wire.to(url) as wire, ledger_on(wire.url) as ledger:
        first = await ledger.append(ground.split("first"))
        fault = wire.at(STATEMENTS[statement], moment)
        with pytest.raises(Problem) as caught:
            await ledger.append(ground.split("second"))
        assert (caught.value.code, fault.struck) == ("ledger.unavailable", True)
        assert await size_of(url) == first.position + 1
        again = await ledger.append(ground.split("second"))
    assert again.position == first.position + 1
    assert await outside_takes(url, tmp_path) == again.position + 1


@pytest.mark.parametrize("moment", Moment)
async def test_a_connection_cut_at_commit_is_answered_with_what_became_of_it(
    url: str, ground: Ground, moment: Moment, tmp_path: Path
) -> None:
    """Whether it was committed is read; only where it was not, it is judged again."""
    async with Wire.to(url) as wire, ledger_on(wire.url) as ledger:
        first = await ledger.append(ground.split("first"))
        fault = wire.at("COMMIT", moment)
        second = await ledger.append(ground.split("second"))
        assert fault.struck
        assert second.position == first.position + 1
        assert (await ledger.append(ground.split("second"))).position == second.position
    assert await outside_takes(url, tmp_path) == second.position + 1


@pytest.mark.parametrize("moment", [Moment.BEFORE, Moment.AFTER])
async def test_where_not_even_that_can_be_read_it_is_unknown_and_a_retry_finds_out(
    url: str, ground: Ground, moment: Moment, tmp_path: Path
) -> None:
    async with Wire.to(url) as wire, ledger_on(wire.url) as ledger:
        first = await ledger.append(ground.split("first"))

        async def nor_read() -> None:
            wire.at(STATEMENTS["the head is taken"], Moment.BEFORE)

        wire.at("COMMIT", moment, nor_read)
        with pytest.raises(Problem) as caught:
            await ledger.append(ground.split("second"))
        assert caught.value.code == "ledger.unknown"
        committed = moment is Moment.AFTER
        assert await size_of(url) == first.position + 1 + committed
        again = await ledger.append(ground.split("second"))
    assert again.position == first.position + 1
    assert await outside_takes(url, tmp_path) == again.position + 1


@pytest.mark.parametrize("statement", STATEMENTS)
async def test_a_connection_that_is_terminated_loses_nothing(
    url: str, ground: Ground, statement: str, tmp_path: Path
) -> None:
    """``pg_terminate_backend``, as an administrator does it."""

    async def terminate() -> None:
        connection = await asyncpg.connect(url)
        try:
            await connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
                " AND datname = current_database() AND backend_type = 'client backend'"
            )
        finally:
            connection.terminate()

    async with Wire.to(url) as wire, ledger_on(wire.url) as ledger:
        first = await ledger.append(ground.split("first"))
        fault = wire.at(STATEMENTS[statement], Moment.BEFORE, terminate, breaks=False)
        again = await insist(ledger, ground.split("second"))
    assert fault.struck
    assert again.position == first.position + 1
    assert await outside_takes(url, tmp_path) == again.position + 1


async def test_a_server_that_gives_up_before_it_hangs_up_is_a_database_that_is_away(
    url: str, ground: Ground, tmp_path: Path
) -> None:
    """What is asked in between is met by a driver that is at a loss; nobody else may be."""
    async with Wire.to(url) as wire, publishing(wire.url, places_in(tmp_path)), ledger_on(wire.url) as ledger:
        first = await ledger.append(ground.split("first"))
        wire.give_up()
        await asyncio.sleep(0.05)
        with pytest.raises(Problem) as caught:
            await ledger.append(ground.split("second"))
        assert caught.value.code in COME_AGAIN
        # The publisher looks every second, and so meets it as well.
        await asyncio.sleep(1.5)
        wire.hang_up()
        second = await insist(ledger, ground.split("second"))
        assert second.position == first.position + 1
        async with asyncio.timeout(60):
            while size_in(places_in(tmp_path).published) != second.position + 1:  # noqa: ASYNC110
                await asyncio.sleep(0.05)


@pytest.mark.parametrize(("statement", "moment"), EVERY)
async def test_a_service_that_is_killed_has_said_it_whole_or_not_at_all(
    url: str, ground: Ground, statement: str, moment: Moment, tmp_path: Path
) -> None:
    async with Wire.to(url) as wire, Telling.on(wire.url, ground) as teller:

        async def kill() -> None:
            await teller.signal(signal.SIGKILL)

        teller.say("first")
        first = int(await teller.heard())
        fault = wire.at(STATEMENTS[statement], moment, kill)
        teller.say("second")
        assert await teller.heard() == ""
        assert fault.struck
    assert await size_of(url) == first + 1 + (moment is Moment.AFTER)
    async with ledger_on(url) as ledger:
        assert (await ledger.append(ground.split("second"))).position == first + 1
        assert (await ledger.append(ground.split("first"))).position == first
    assert await outside_takes(url, tmp_path) == first + 2

"""A full disk: 503, and when there is room again everything goes on; nothing is damaged.

The disk is a file system in memory of a size of its own, which only root can mount.
"""

from __future__ import annotations

import asyncio
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from random import Random

import aiohttp
import asyncpg
import pytest

from service.storage import EmbeddedPostgres
from tests.conftest import CANNOT_BE_HAD
from tests.faults.ground import Ground, outside_takes, places_in, publishing
from tests.faults.kills import begun, served
from tests.faults.outside import Client
from tests.faults.standing import Standing
from tests.retold import SIGNER, ledger_on

MEGABYTES = 256
TOLD = {"ledger.unavailable", "ledger.unknown", "service.no-database"}
"""Problems of status 503."""
SWITCH_WAL = "SELECT pg_switch_wal()"


class Disk:
    """A file system that can be filled up."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._ballast = folder / "ballast"

    def fill(self) -> None:
        """To the last byte."""
        with suppress(OSError), self._ballast.open("ab", buffering=0) as file:
            while True:
                file.write(bytes(1 << 16))

    def free(self) -> None:
        """There is room again."""
        self._ballast.unlink()


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    folder = tmp_path / "disk"
    folder.mkdir()
    size = f"size={MEGABYTES}m"
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", size, "none", folder], capture_output=True, text=True, check=False
    )
    if mounted.returncode:
        pytest.skip(f"a disk of its own {CANNOT_BE_HAD}: {mounted.stderr.strip()}")
    try:
        yield Disk(folder)
    finally:
        # A server that was killed may still be leaving.
        subprocess.run(["umount", "--lazy", folder], check=True)


@pytest.mark.parametrize("wal", [False, True], ids=["tables cannot grow", "the WAL cannot grow"])
async def test_a_service_whose_disk_is_full_says_so_and_goes_on_when_there_is_room(
    disk: Disk, tmp_path: Path, wal: bool
) -> None:
    """Where even the WAL has no room PostgreSQL gives up; it, or service and all, is started until it can."""
    standing = Standing(disk.folder / "service" / "data")
    standing.data.parent.mkdir()
    token, sayings = await begun(standing.data)
    client = Client(standing.url, token, SIGNER.verifier.vkey, sayings, tmp_path, Random(5))
    async with standing.kept():
        await served(client)
        disk.fill()
        answered = await _answers(client, EmbeddedPostgres.running(standing.data) if wal else None)
        assert answered & TOLD
        assert answered <= TOLD | {"no answer", "201"}
        disk.free()
        await served(client)
        assert await client.check()


async def _answers(client: Client, database: str | None) -> set[str]:
    """What is answered while there is no room: codes."""
    found = set[str]()
    async with aiohttp.ClientSession() as session:
        for number in range(40):
            if database is not None:
                await _spend_wal(database)
            found.add(await client.answer(session, f"{number:032}", client.sayings[0]))
    return found


async def _spend_wal(database: str) -> None:
    """Ask for the next file of the WAL."""
    with suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
        connection = await asyncpg.connect(database, timeout=5)
        try:
            await connection.fetchval(SWITCH_WAL)
        finally:
            connection.terminate()


async def test_notes_that_have_no_room_hold_publishing_back_and_nothing_else(
    url: str, ground: Ground, disk: Disk
) -> None:
    places = places_in(disk.folder)
    async with publishing(url, places), ledger_on(url) as ledger:
        async with asyncio.timeout(30):
            while not places.published.exists():  # noqa: ASYNC110  (a file has no event)
                await asyncio.sleep(0.05)
        before = places.checkpoint.read_bytes()
        disk.fill()
        said = [await ledger.append(ground.split(f"{number}")) for number in range(3)]
        await asyncio.sleep(2)
        assert (places.checkpoint.read_bytes(), places.published.read_bytes()) == (before, before)
        disk.free()
    assert await outside_takes(url, disk.folder) == said[-1].position + 1

"""The publisher's table, row by row: what fails, and what persists though a failure is reported.

The disk's failures are made where the operating system answers ``fsync``: nothing of ours stands in for it. A
witness is our own, behind a door that loses what goes in or what comes out.
"""

from __future__ import annotations

import asyncio
import errno
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from shutil import rmtree

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from service.ledger.checkpoint import open_checkpoint
from service.ledger.cosignature import generate_cosigner, open_cosigned
from service.ledger.segments import SEGMENT, Segments
from service.publishing.log import PublishedLog
from service.publishing.publisher import Publisher
from service.publishing.witnesses import Quorum
from service.publishing.witnesses import Witness as Asked
from service.storage import open_pool
from service.witness.cosigning import Witness
from service.witness.keeping import Keeper
from service.witness.server import make_app
from tests.integration.publishing.conftest import SIZE, Long
from tests.retold import SIGNER

MORE = 3
GROWN = SIZE + MORE


@dataclass
class Disk:
    """Reports an error for files of one name: before they get their name, or when they have it already."""

    name: str
    persists: bool
    struck: int = 0
    heals: bool = False
    _last: str = ""

    def fsync(self, descriptor: int, really: Callable[[int], None] = os.fsync) -> None:
        really(descriptor)
        path = Path(f"/proc/self/fd/{descriptor}").readlink()
        if not path.is_dir():
            self._last = path.name
        if not self.heals and path.is_dir() == self.persists and self._last.startswith(f".{self.name}-"):
            self.struck += 1
            raise OSError(errno.EIO, os.strerror(errno.EIO))


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> Callable[[str, bool], Disk]:
    def make(name: str, persists: bool) -> Disk:
        disk = Disk(name, persists)
        monkeypatch.setattr(os, "fsync", disk.fsync)
        return disk

    return make


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not true():  # noqa: ASYNC110  (files and other processes have no event)
            await asyncio.sleep(0.05)


def size_in(path: Path) -> int:
    return open_checkpoint(path.read_text(), SIGNER.verifier).size


def outside(long: Long) -> int:
    return size_in(long.places.checkpoint)


def published(long: Long) -> int:
    return size_in(long.places.published)


async def test_a_note_outside_that_cannot_be_written_holds_publishing_back_and_nothing_else(
    long: Long, failing: Callable[[str, bool], Disk]
) -> None:
    disk = failing("checkpoint", False)
    await long.say(1)
    async with long.publisher() as publisher:
        await until(lambda: disk.struck > 1)
        await long.say(MORE - 1)
        publisher.demand_unfenced()
        assert (outside(long), published(long)) == (SIZE, SIZE)
        disk.heals = True
        await until(lambda: published(long) == GROWN)
    assert outside(long) == GROWN


async def test_a_note_outside_that_persists_though_it_failed_is_read_again_and_published_as_it_is(
    long: Long, failing: Callable[[str, bool], Disk]
) -> None:
    disk = failing("checkpoint", True)
    await long.say(MORE)
    async with long.publisher():
        await until(lambda: disk.struck > 0)
        assert outside(long) == GROWN
        written = long.places.checkpoint.read_bytes()
        await until(lambda: published(long) == GROWN)
    assert (disk.struck, long.places.checkpoint.read_bytes()) == (1, written)


@asynccontextmanager
async def served(long: Long) -> AsyncIterator[PublishedLog]:
    async with await open_pool(long.url, "coldledger_reader", 2) as pool:
        log = PublishedLog(pool, long.places, [SIGNER.verifier])
        yield log
        log.close()


async def test_a_segment_that_cannot_be_written_holds_nothing_back(
    long: Long, failing: Callable[[str, bool], Disk]
) -> None:
    rmtree(long.places.segments)
    disk = failing("000000000000000.segment", False)
    await long.say(MORE)
    async with long.publisher(), served(long) as log:
        await until(lambda: disk.struck > 0 and published(long) == GROWN)
        assert [*long.places.segments.glob("*.segment")] == []
        # What was to be sealed is proved from the rows.
        assert (await log.inclusion(5))[1].size == GROWN
        disk.heals = True
        await long.say(1)
        await until(lambda: published(long) == GROWN + 1)
    assert Segments(long.places.segments).end == 2 * SEGMENT


async def test_a_segment_that_persists_though_it_failed_is_taken_as_sealed(
    long: Long, failing: Callable[[str, bool], Disk]
) -> None:
    before = {path.name: path.read_bytes() for path in long.places.segments.iterdir()}
    rmtree(long.places.segments)
    disk = failing("000000000000000.segment", True)
    await long.say(MORE)
    async with long.publisher():
        await until(lambda: disk.struck > 0 and published(long) == GROWN)
        await long.say(1)
        await until(lambda: published(long) == GROWN + 1)
    assert disk.struck == 1
    assert {path.name: path.read_bytes() for path in long.places.segments.iterdir()} == before


@dataclass
class Door:
    """Between the ledger and its witness: loses questions, or answers."""

    quorum: Quorum
    loses: str
    lost: int = 0

    def cosigned(self, long: Long) -> int:
        """The size that is published with the witness's word, which must be there."""
        note = long.places.published.read_text()
        (key,) = self.quorum.verifiers
        return open_cosigned(note, [SIGNER.verifier], [key], 1)[0].size


@asynccontextmanager
async def witnessed(long: Long, folder: Path, loses: str) -> AsyncIterator[tuple[Publisher, Door]]:
    (folder / "logs").mkdir(parents=True)
    keeper, key = Keeper(folder), generate_cosigner("witness.test.invalid")

    @web.middleware
    async def lose(request: web.Request, handler: Callable[..., object]) -> web.StreamResponse:
        if door.loses == "questions":
            door.lost += 1
            return web.Response(status=500)
        answer: web.StreamResponse = await handler(request)  # type: ignore[misc]
        if door.loses == "answers" and answer.status == 200:
            door.lost += 1
            assert request.transport is not None
            request.transport.abort()
        return answer

    door = Door(Quorum([SIGNER.verifier], []), loses)
    app = make_app(Witness(key, [SIGNER.verifier], keeper), keeper)
    app.middlewares.append(lose)
    async with TestServer(app) as server, await open_pool(long.url, "coldledger_writer", 2) as pool:
        door.quorum = Quorum([SIGNER.verifier], [Asked.parse(f"{key.verifier.vkey} {server.make_url('/')}")])
        publisher = Publisher(pool, [SIGNER], long.places, door.quorum)
        yield publisher, door
        await publisher.close()
        await door.quorum.aclose()


@pytest.mark.parametrize("loses", ["questions", "answers"])
async def test_without_a_quorum_nothing_new_is_published_and_asked_again_it_answers_the_same(
    long: Long, tmp_path: Path, loses: str
) -> None:
    """Where the answers are lost, the witness has cosigned: asked again, it says so again."""
    await long.say(MORE)
    async with witnessed(long, tmp_path / "witness", loses) as (publisher, door):
        await until(lambda: door.lost > 1)
        assert (outside(long), published(long)) == (GROWN, SIZE)
        publisher.demand_unfenced()
        door.loses = ""
        await until(lambda: published(long) == GROWN)
        assert door.cosigned(long) == GROWN


async def test_a_published_note_that_cannot_be_written_leaves_the_older_one_served(
    long: Long, failing: Callable[[str, bool], Disk]
) -> None:
    disk = failing("published", False)
    await long.say(MORE)
    async with long.publisher(), served(long) as log:
        await until(lambda: disk.struck > 1)
        assert (outside(long), log.published().size) == (GROWN, SIZE)
        disk.heals = True
        await until(lambda: log.published().size == GROWN)


async def test_a_published_note_that_persists_though_it_failed_is_served(
    long: Long, failing: Callable[[str, bool], Disk]
) -> None:
    disk = failing("published", True)
    await long.say(MORE)
    async with long.publisher(), served(long) as log:
        await until(lambda: disk.struck > 0)
        assert log.published().size == GROWN
        disk.heals = True
        await long.say(1)
        await until(lambda: log.published().size == GROWN + 1)

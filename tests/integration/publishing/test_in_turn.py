"""Several processes publish in turn, one of them late; notes put back, taken away or damaged meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import aclosing, asynccontextmanager
from os import truncate
from pathlib import Path
from shutil import rmtree

import asyncpg
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from schema.problems import Problem
from service.ledger.checkpoint import Checkpoint, open_checkpoint, sign_checkpoint
from service.ledger.cosignature import CosignatureSigner, generate_cosigner
from service.ledger.errors import CheckpointError
from service.ledger.segments import SEGMENT, segment_path
from service.publishing.notes import write_note
from service.publishing.publisher import Publisher
from service.publishing.witnesses import Quorum, Witness
from service.storage import open_pool
from tests.integration.publishing.conftest import SIZE, Long
from tests.retold import SIGNER

Answer = Callable[[web.Request], Awaitable[web.Response]]


def size_in(path: Path) -> int:
    return open_checkpoint(path.read_text(), SIGNER.verifier).size


def file_of(path: Path) -> tuple[int, bytes]:
    """Which file it is and what is in it: a note that is written again is another file."""
    return path.stat().st_ino, path.read_bytes()


def take_away(path: Path) -> None:
    path.unlink()


@asynccontextmanager
async def publishing(long: Long) -> AsyncIterator[Publisher]:
    """A publisher that does nothing by itself any more."""
    async with long.publisher() as publisher:
        await publisher.close()
        yield publisher


async def test_what_another_process_published_is_not_published_again(long: Long) -> None:
    """Else every witness would be asked by each process."""
    async with publishing(long) as one, publishing(long) as other:
        await long.say(1)
        await one.publish()
        notes = [file_of(path) for path in (long.places.checkpoint, long.places.published)]
        await other.publish()
        assert [file_of(path) for path in (long.places.checkpoint, long.places.published)] == notes
    assert size_in(long.places.published) == SIZE + 1


@pytest.mark.parametrize("name", ["checkpoint", "published"])
async def test_a_note_that_was_taken_away_is_written_again_though_nothing_grew(long: Long, name: str) -> None:
    path: Path = getattr(long.places, name)
    async with publishing(long) as publisher:
        take_away(path)
        await publisher.publish()
        assert size_in(path) == SIZE


async def test_a_damaged_published_note_is_written_again_though_nothing_grew(long: Long) -> None:
    async with publishing(long) as publisher:
        long.places.published.write_bytes(b"damaged")
        await publisher.publish()
        assert size_in(long.places.published) == SIZE


async def test_a_damaged_segment_is_sealed_again_though_nothing_grew(long: Long) -> None:
    path = segment_path(long.places.segments, SEGMENT)
    whole = path.read_bytes()
    async with publishing(long) as publisher:
        truncate(path, 5000)
        publisher._tiles.segments.forget()  # as another process that looks for the first time
        await publisher.publish()
        assert path.read_bytes() == whole


async def test_many_segments_that_were_lost_do_not_hold_publishing_up(
    long: Long, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They are sealed some at a time, one look after the other, though nothing grew."""
    async with publishing(long) as publisher:
        monkeypatch.setattr("service.publishing.sealing.AT_ONCE", 1)
        rmtree(long.places.segments)
        publisher._tiles.segments.forget()
        await long.say(1)
        for sealed in (1, 2, 2):
            await publisher.publish()
            assert size_in(long.places.published) == SIZE + 1
            assert len([*long.places.segments.iterdir()]) == sealed


@pytest.mark.parametrize("size", [SIZE - 5, SIZE, SIZE + 1])
async def test_no_second_history_is_signed_where_the_note_tells_another_one(long: Long, size: int) -> None:
    """Also where the note is not newer than what this process has signed itself."""
    async with publishing(long) as publisher:
        forged = sign_checkpoint(SIGNER, Checkpoint(SIGNER.name, size, bytes(32)))
        write_note(long.places.checkpoint, forged)
        await long.say(1)
        with pytest.raises(Problem, match=r"ledger\.fenced"):
            await publisher.publish()
        assert long.places.checkpoint.read_text() == forged
        assert size_in(long.places.published) == SIZE


async def says(key: CosignatureSigner, request: web.Request) -> web.Response:
    """The word of a witness that believes everything."""
    body = (await request.text()).partition("\n\n")[2].partition("\n\n")[0] + "\n"
    return web.Response(text=key.sign(body, 1_800_000_000))


@asynccontextmanager
async def witnessed(key: CosignatureSigner, answer: Answer) -> AsyncIterator[Quorum]:
    """A quorum of one."""
    app = web.Application()
    app.add_routes([web.post("/add-checkpoint", answer)])
    async with TestServer(app) as server:
        witness = Witness.parse(f"{key.verifier.vkey} {server.make_url('/')}")
        async with aclosing(Quorum([SIGNER.verifier], [witness])) as quorum:
            yield quorum


async def test_a_process_that_begins_asks_the_witnesses_and_then_only_for_what_is_new(long: Long) -> None:
    """What it finds published may have been put back with everything else."""
    key, asked = generate_cosigner("told.test.invalid"), 0

    async def cosign(request: web.Request) -> web.Response:
        nonlocal asked
        asked += 1
        return await says(key, request)

    async with witnessed(key, cosign) as quorum, await open_pool(long.url, "coldledger_writer", 2) as pool:
        for begun in (1, 2):
            publisher = Publisher(pool, [SIGNER], long.places, quorum)
            await publisher.close()
            assert asked == begun
            await publisher.publish()
            assert asked == begun


async def test_a_process_that_was_paused_while_another_published_more_writes_nothing_back(long: Long) -> None:
    """Its lock is gone with its connection, and it does not know."""
    key, asked, answered = generate_cosigner("slow.test.invalid"), asyncio.Event(), asyncio.Event()

    async def cosign(request: web.Request) -> web.Response:
        asked.set()
        await answered.wait()
        return await says(key, request)

    async with witnessed(key, cosign) as quorum, await open_pool(long.url, "coldledger_writer", 2) as pool:
        answered.set()
        late = Publisher(pool, [SIGNER], long.places, quorum)
        await late.close()
        asked.clear()
        answered.clear()
        await long.say(1)
        pausing = asyncio.create_task(late.publish())
        await asked.wait()
        await _cut_off(long.url)
        await long.say(1)
        async with long.publisher():
            pass
        answered.set()
        with pytest.raises((CheckpointError, asyncpg.PostgresError, asyncpg.InterfaceError)):
            await pausing
    assert (size_in(long.places.checkpoint), size_in(long.places.published)) == (SIZE + 2, SIZE + 2)


async def _cut_off(url: str) -> None:
    conn = await asyncpg.connect(url)
    await conn.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    await conn.close()

"""A database that knows less than was signed: an older copy put back, a replica that lagged and was promoted.

Neither is written any more: the note outside counts more, and where that was put back as well, the witness.
"""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from shutil import copytree
from urllib.parse import parse_qs, urlsplit

import asyncpg
import pytest

from schema.problems import Problem
from service.founding import found
from service.publishing.witnesses import Quorum, Witness
from service.settings import Settings
from service.storage import EmbeddedPostgres, prepare
from tests.faults.conftest import tell
from tests.faults.ground import Ground, places_in, publishing
from tests.faults.watching import witness_in
from tests.retold import SIGNER, ledger_on

LOST = 3
FOLLOWER = "CREATE ROLE replica LOGIN REPLICATION PASSWORD 'replica'"
STREAMING = (
    "SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming' AND replay_lsn >= $1::text::pg_lsn"
)


async def ask(url: str, statement: str, *arguments: object) -> object:
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetchval(statement, *arguments)
    finally:
        await connection.close()


async def until(true: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(60):
        while not await true():  # noqa: ASYNC110  (another server has no event)
            await asyncio.sleep(0.05)


class Scene:
    """A ledger on a server of its own, and a copy of its folder from before the last statements."""

    def __init__(self, folder: Path, ground: Ground, witness: Witness) -> None:
        self.folder = folder
        self.ground = ground
        self.witness = witness
        self.places = places_in(folder)

    @property
    def live(self) -> Path:
        return self.folder / "live"

    @property
    def copy(self) -> Path:
        return self.folder / "copy"

    def settings(self, **changes: object) -> Settings:
        trust = self.places.checkpoint.parent
        named = (f"{self.witness.vkey} {self.witness.url}",)
        return replace(Settings(data=self.copy, trust=trust, witnesses=named), **changes)

    async def publish(self, url: str) -> None:
        """Sign and publish what there is, cosigned."""
        quorum = Quorum([SIGNER.verifier], [self.witness])
        async with publishing(url, self.places, quorum):
            pass
        await quorum.aclose()

    async def say(self, url: str, name: str, times: int) -> None:
        async with ledger_on(url) as ledger:
            for number in range(times):
                await ledger.append(self.ground.split(f"{name} {number}"))

    async def begin(self) -> None:
        """Tell it, publish it, and copy it while it is stopped."""
        async with EmbeddedPostgres(self.live) as server:
            await prepare(server.url())
            await tell(server.url(), self.ground)
            await ask(server.url(), FOLLOWER)
            await self.publish(server.url())
        copytree(self.live, self.copy)
        (self.places.checkpoint.parent / "signing.key").write_text(SIGNER.skey, encoding="ascii")


@pytest.fixture
async def scene(ground: Ground, tmp_path: Path) -> AsyncIterator[Scene]:
    async with witness_in(tmp_path / "witness") as witness:
        scene = Scene(tmp_path, ground, witness)
        await scene.begin()
        yield scene


async def refused(url: str, settings: Settings) -> str:
    """Why a start is refused."""
    with pytest.raises(Problem) as caught:
        await found(settings, url)
    assert caught.value.code == "ledger.fenced"
    return str(caught.value.facts["reason"])


async def is_not_gone_on_with(scene: Scene, url: str, size: int) -> None:
    """By nobody: not with the note, not with an older note or none, not while it runs."""
    whole = size + LOST
    assert await refused(url, scene.settings()) == f"it has {size} entries, the checkpoint {whole}"
    note = scene.places.checkpoint.rename(scene.places.checkpoint.with_name("put away"))
    reason = await refused(url, scene.settings())
    assert reason == f"the witness {scene.witness.verifier.name} has cosigned {whole} entries, the newest" + (
        f" checkpoint here has {size}"
    )
    # Whoever started it all the same, and said something else, is not cosigned, and records nothing more.
    await scene.say(url, "something else", LOST)
    quorum = Quorum([SIGNER.verifier], [scene.witness])
    async with publishing(url, scene.places, quorum) as publisher:
        async with asyncio.timeout(60):
            while publisher.fenced is None:  # noqa: ASYNC110  (it has no event)
                await asyncio.sleep(0.05)
        with pytest.raises(Problem, match=f"knows another history of {whole} entries"):
            publisher.demand_unfenced()
    await quorum.aclose()
    note.rename(scene.places.checkpoint)
    assert await refused(url, scene.settings()) == f"another history of the first {whole} entries"


async def test_an_older_copy_that_is_put_back_is_not_gone_on_with(scene: Scene, ground: Ground) -> None:
    async with EmbeddedPostgres(scene.live) as server:
        await scene.say(server.url(), "lost", LOST)
        await scene.publish(server.url())
    async with EmbeddedPostgres(scene.copy) as server:
        await is_not_gone_on_with(scene, server.url(), ground.size)


async def test_a_replica_that_lagged_and_is_promoted_is_not_gone_on_with(
    scene: Scene, ground: Ground
) -> None:
    """A real one: it streams, loses its primary, and is promoted without what was said since."""
    cluster = scene.copy / "postgres"
    replica = EmbeddedPostgres(scene.copy)
    async with EmbeddedPostgres(scene.live) as primary:
        sockets = parse_qs(urlsplit(primary.url()).query)["host"][0]
        with (cluster / "postgresql.auto.conf").open("a") as conf:
            conf.write(f"primary_conninfo = 'host={sockets} user=replica password=replica'\n")
        (cluster / "standby.signal").touch()
        # It is ready when it is promoted.
        starting = asyncio.create_task(asyncio.to_thread(replica.start))
        await scene.say(primary.url(), "streamed", 1)
        said = await ask(primary.url(), "SELECT pg_current_wal_flush_lsn()::text")
        await until(lambda: streams(primary.url(), said))
        await ask(primary.url(), "ALTER ROLE replica NOLOGIN")
        await ask(primary.url(), "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_replication")
        await scene.say(primary.url(), "lost", LOST)
        await scene.publish(primary.url())
    (cluster / "promote").touch()
    os.kill(int((cluster / "postmaster.pid").read_text().splitlines()[0]), signal.SIGUSR1)
    await starting
    try:
        await is_not_gone_on_with(scene, replica.url(), ground.size + 1)
    finally:
        await asyncio.to_thread(replica.stop)


async def streams(url: str, said: object) -> bool:
    return await ask(url, STREAMING, said) == 1

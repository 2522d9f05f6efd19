"""kill -9 of the database at each statement: what was acknowledged is there, and the service goes on."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from random import Random

import pytest

from service.storage import EmbeddedPostgres, prepare
from tests.benchmarks.registrations import postgres_processes
from tests.conftest import complete
from tests.faults.conftest import tell
from tests.faults.ground import STATEMENTS, Ground, insist, outside_takes
from tests.faults.wire import Moment, Wire
from tests.retold import ledger_on

CASES = [(name, Moment.BEFORE) for name in STATEMENTS] + [("COMMIT", Moment.AFTER)]


@dataclass(frozen=True)
class Own:
    """A database server of this module's own, with a ledger in it that every test goes on with."""

    url: str
    cluster: Path

    def postmaster(self) -> list[int]:
        """Its first process."""
        return [int((self.cluster / "postmaster.pid").read_text().splitlines()[0])]

    def backend(self) -> list[int]:
        """One of the others, by chance: a connection, a writer, the checkpointer."""
        others = set(postgres_processes(self.cluster)) - set(self.postmaster())
        return [Random(len(others)).choice(sorted(others))]

    def all(self) -> list[int]:
        """Every process."""
        return postgres_processes(self.cluster)


@pytest.fixture(scope="module")
def own(ground: Ground, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Own]:
    data = tmp_path_factory.mktemp("killed") / "data"
    with EmbeddedPostgres(data) as server:
        complete(lambda: prepare(server.url()))
        complete(lambda: tell(server.url(), ground))
        yield Own(server.url(), data / "postgres")


@pytest.mark.parametrize("victim", [Own.postmaster, Own.backend, Own.all], ids=lambda who: who.__name__)
@pytest.mark.parametrize(("statement", "moment"), CASES)
async def test_a_database_that_is_killed_comes_back_with_all_that_was_acknowledged(
    own: Own,
    ground: Ground,
    statement: str,
    moment: Moment,
    victim: Callable[[Own], list[int]],
    tmp_path: Path,
) -> None:
    async def kill() -> None:
        for pid in victim(own):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    keys = [f"{statement} {moment} {victim.__name__} {n}" for n in range(2)]
    async with Wire.to(own.url) as wire, ledger_on(wire.url) as ledger:
        first = await ledger.append(ground.split(keys[0]))
        fault = wire.at(STATEMENTS[statement], moment, kill)
        second = await insist(ledger, ground.split(keys[1]))
        assert fault.struck
        assert second.position == first.position + 1
        # Whichever it was that died, what was said before is answered as it was.
        assert (await insist(ledger, ground.split(keys[0]))).leaf == first.leaf
    assert await outside_takes(own.url, tmp_path) == second.position + 1

"""Two witnesses, ours and one that nobody here wrote, each as a process of its own; and a ledger to watch."""

from __future__ import annotations

import asyncio
import socket
import subprocess
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.request import urlopen

import pytest

from service.goods.movements import SPLIT
from service.ledger import Proposal
from service.ledger.cosignature import CosignatureVerifier
from service.ledger.note import Verifier
from service.ledger.store import Connection
from service.publishing.publisher import Places, Publisher
from service.publishing.witnesses import Quorum
from service.storage import EmbeddedPostgres, open_pool
from tests.asking import LOG
from tests.conformance.foreign import python_tool
from tests.conftest import VERIFIER, complete, fresh_copy
from tests.history import History
from tests.quay import OUT, Quay
from tests.retold import SIGNER, ledger_on, retold
from tests.tampering import disarm
from tests.witnessing import PATIENCE_SECONDS, Running, ending, our_witness

FOREIGN = "aics-witness==0.1.0"
LOGS = (LOG.signer.verifier, SIGNER.verifier)


@contextmanager
def foreign_witness(folder: Path, logs: Sequence[Verifier]) -> Iterator[Running]:
    installed = python_tool(FOREIGN)
    tool, config = str(installed.program.with_name(installed.name)), str(folder / "witness.json")

    def does(word: str, *more: str) -> str:
        done = subprocess.run(
            [tool, word, "--config", config, *more], capture_output=True, text=True, check=True
        )
        return done.stdout.strip()

    key = CosignatureVerifier.parse(does("init", "--name", "foreign.example/w"))
    for log in logs:
        does("add-log", "--origin", log.name, "--vkey", log.vkey)
    port = _free_port()
    serve = [tool, "serve", "--config", config, "--listen", f"127.0.0.1:{port}", "--log-level", "error"]
    with ending(subprocess.Popen(serve)):
        url = f"http://127.0.0.1:{port}"
        _wait_for(f"{url}/healthz")
        yield Running(key, url)


def _free_port() -> int:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return int(held.getsockname()[1])


def _wait_for(url: str) -> None:
    last = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < last:
        try:
            with urlopen(url, timeout=1):
                return
        except OSError:
            time.sleep(0.05)
    raise TimeoutError(url)


WITNESSES = {"ours": our_witness, "aics-witness": foreign_witness}


@pytest.fixture(params=WITNESSES)
def witness(
    request: pytest.FixtureRequest, tmp_path: Path, record_property: Callable[[str, object], None]
) -> Iterator[Running]:
    """Each of them in turn, fresh; what the foreign one showed is told at the end of the session."""
    folder = tmp_path / "witness"
    folder.mkdir()
    if WITNESSES[request.param] is foreign_witness:
        showed = request.node.originalname.removeprefix("test_").replace("_", " ")
        record_property(VERIFIER, [FOREIGN.replace("==", " "), showed])
    with WITNESSES[request.param](folder, LOGS) as running:
        yield running


@dataclass(frozen=True)
class Watched:
    """A real ledger in a database of the test's own, and where its notes are."""

    url: str
    places: Places
    unit: int
    quay: Quay

    @asynccontextmanager
    async def publisher(self, quorum: Quorum) -> AsyncIterator[Publisher]:
        """A worker's publisher; publishes once more when it is closed."""
        async with await open_pool(self.url, "coldledger_writer", 2) as pool:
            publisher = Publisher(pool, [SIGNER], self.places, quorum)
            try:
                yield publisher
            finally:
                await publisher.close()

    async def say(self, count: int) -> None:
        """Record so many more statements."""
        data = {"unit": self.unit, "parts": [{"pieces": 1, "grams": 900}], "happened_at": OUT}
        async with ledger_on(self.url) as ledger:
            proposal = Proposal(SPLIT, self.quay.station.staff, data)
            await asyncio.gather(*(ledger.append(proposal) for _ in range(count)))

    @asynccontextmanager
    async def superuser(self) -> AsyncIterator[Connection]:
        """What defends the ledger's tables is switched off."""
        async with await open_pool(self.url, None, 1) as pool, pool.acquire() as connection:
            await disarm(connection)
            yield connection


@pytest.fixture(scope="session")
def told(postgres: EmbeddedPostgres, template: str) -> Iterator[tuple[str, int, Quay]]:
    """The database to be copied, the unit that is split, and who splits it."""
    quay = Quay(History())
    goods = quay.lot(1_000, 900_000)
    quay.papers(goods)
    unit = quay.release(goods)

    async def tell(url: str) -> str:
        async with retold(url, quay.history) as ledger, ledger.pool.acquire() as conn:
            return str(await conn.fetchval("SELECT current_database()"))

    for url in fresh_copy(postgres, template):
        yield complete(lambda url=url: tell(url)), unit, quay


@pytest.fixture
def ledger(postgres: EmbeddedPostgres, told: tuple[str, int, Quay], tmp_path: Path) -> Iterator[Watched]:
    name, unit, quay = told
    trust = tmp_path / "trust"
    places = Places(trust / "checkpoint", trust / "published", tmp_path / "segments")
    for url in fresh_copy(postgres, name):
        yield Watched(url, places, unit, quay)

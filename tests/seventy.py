"""A ledger of 70,000 real entries, served by the product: what outside verifiers are given to check.

Lots registered at a first station and cartons split off a released one, each judged by every rule, and told
on the day on which they happen: late ones would be suspected by the service, which would say so in the same
ledger. They are recorded by this process in batches while ``coldledger serve``, another process, publishes
what it finds; it is waited for at ``SIZES``, so that there are checkpoints on either side of where tiles end.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random
from urllib.request import urlopen

import pytest

from schema.identifiers import Level, TraceCode
from service.goods import lots
from service.goods.movements import SPLIT
from service.ledger import Ledger, Proposal
from service.ledger.checkpoint import Checkpoint, open_checkpoint
from service.storage import EmbeddedPostgres
from tests.acceptance.running import serving
from tests.conftest import complete, fresh_copy
from tests.history import History
from tests.quay import Quay
from tests.retold import SIGNER, ledger_on, retold

SIZES = (255, 256, 257, 1_000, 65_535, 65_536, 65_537, 70_000)
"""A tile has 256 hashes, and one of the second level covers 65,536 entries."""

BATCH, CARTONS, GRAMS = 1_000, 40_000, 900
PATIENCE_SECONDS = 120
_SERVES = re.compile(r"serves on http")


@dataclass(frozen=True)
class Served:
    """A ledger behind ``url``; ``key`` is a file with its public key, ``checkpoints`` are those published at
    ``SIZES``, and ``folder`` is a place for more files."""

    url: str
    vkey: str
    key: Path
    checkpoints: dict[int, str]
    folder: Path

    @property
    def newest(self) -> str:
        """The newest checkpoint."""
        return self.checkpoints[SIZES[-1]]

    @property
    def older(self) -> list[Path]:
        """Files with the older checkpoints."""
        return [self.folder / f"checkpoint-{size}" for size in SIZES[:-1]]

    def get(self, path: str) -> bytes:
        """What it serves at a path."""
        return fetch(self.url + path)


def fetch(url: str) -> bytes:
    """What is served there. Raises HTTPError."""
    with urlopen(url, timeout=PATIENCE_SECONDS) as answer:
        body: bytes = answer.read()
    return body


@pytest.fixture(scope="session")
def seventy(
    postgres: EmbeddedPostgres, template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Served]:
    """The ledger, made once a session, which takes half a minute. Whoever reads it leaves it as it is."""
    copy = contextmanager(fresh_copy)
    with copy(postgres, template) as url, seventy_thousand(url, tmp_path_factory.mktemp("seventy")) as served:
        yield served


@contextmanager
def seventy_thousand(database: str, folder: Path) -> Iterator[Served]:
    """Tell it to an empty, migrated database, and serve it until the block ends."""
    quay = Quay(History())
    goods = quay.lot(CARTONS, CARTONS * GRAMS)
    quay.papers(goods)
    unit = quay.release(goods)
    trust, key = folder / "trust", folder / "verifier.key"
    trust.mkdir(mode=0o700)
    (trust / "signing.key").write_text(SIGNER.skey, encoding="ascii")
    key.write_text(SIGNER.verifier.vkey, encoding="ascii")
    complete(lambda: _begin(database, quay))
    options = ("--database", database, "--trust", str(trust))
    with serving(folder / "data", *options, ready=lambda line: _SERVES.search(line) is not None) as service:
        served = Served(service.url, SIGNER.verifier.vkey, key, {}, folder)
        complete(lambda: _grow(database, quay, unit, served))
        yield served


async def _begin(database: str, quay: Quay) -> None:
    async with retold(database, quay.history):
        pass  # told on entering


async def _grow(database: str, quay: Quay, unit: int, served: Served) -> None:
    random = Random(70_000)
    said = quay.history.position
    async with ledger_on(database, lambda: quay.history.at) as ledger:
        for size in SIZES:
            while said < size:
                count = min(BATCH, size - said)
                await _say(ledger, [_proposal(quay, unit, random) for _ in range(count)])
                said += count
            note = await asyncio.to_thread(_published, served.url, size)
            served.checkpoints[size] = note
            (served.folder / f"checkpoint-{size}").write_text(note, encoding="utf-8")


async def _say(ledger: Ledger, proposals: list[Proposal]) -> None:
    await asyncio.gather(*map(ledger.append, proposals))


def _proposal(quay: Quay, unit: int, random: Random) -> Proposal:
    """Of two statements one registers a lot, the other splits a carton off the released one."""
    staff, day = quay.station.staff, f"{quay.history.at:%Y-%m-%d}"
    if random.random() < 0.5:
        part = {"pieces": 1, "grams": GRAMS}
        return Proposal(SPLIT, staff, {"unit": unit, "parts": [part], "happened_at": day})
    code = TraceCode.new(Level.BATCH, "370200", random).text
    lot = quay.registration(1006, 27_000_000, code=code, received_at=day)
    return Proposal(lots.REGISTER, staff, lot)


def _published(url: str, size: int) -> str:
    """The checkpoint of that size, when it is published: within seconds, since another process wrote."""
    until = time.monotonic() + PATIENCE_SECONDS
    while True:
        note = fetch(f"{url}/checkpoint").decode()
        found: Checkpoint = open_checkpoint(note, SIGNER.verifier)
        if found.size == size:
            return note
        assert found.size < size and time.monotonic() < until, f"published are {found.size} of {size}"
        time.sleep(0.1)

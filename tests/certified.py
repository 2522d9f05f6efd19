"""A served ledger with one exit certificate, all of it covered by a checkpoint."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aiohttp.test_utils import TestClient, TestServer

from schema.problems import Problem
from service.app import make_app
from service.goods import papers
from service.goods.state import RELEASE
from service.http.keys import DATABASE
from service.publishing.keys import LOG
from service.settings import Settings
from service.trust import open_signer
from tests.history import History
from tests.quay import Quay
from tests.retold import retold
from tests.settlement import Party

_TENTHS = 300


@dataclass(frozen=True)
class Certified:
    """The service, and what it certified: ``position`` is that of the release."""

    client: TestClient[Any, Any]
    settings: Settings
    history: History
    station: Party
    code: str
    position: int

    @property
    def app(self) -> Any:
        return self.client.app


@asynccontextmanager
async def certified(database: str, folder: Path, **said: Any) -> AsyncIterator[Certified]:
    """One release of a lot on its papers, of which the first says ``said`` besides."""
    quay = Quay(History())
    beef = quay.lot()
    for kind, more in (("quarantine", said), ("nucleic_acid", {}), ("disinfection", {})):
        quay.history.say(papers.RECORD, quay.paper(kind, beef, **more), quay.station.staff)
    quay.release(beef)
    release = quay.history.rows(RELEASE)[0]
    async with retold(database, quay.history):
        pass
    settings = Settings(data=folder / "data", trust=folder / "trust", sample_data=True)
    app = await make_app(settings, database, open_signer(settings, "test.invalid/ledger"))
    async with TestClient(TestServer(app)) as client:
        await published(app)
        yield Certified(client, settings, quay.history, quay.station, release.code, release.id // 1000)


async def published(app: Any) -> int:
    """The ledger's size, once a published checkpoint covers all of it."""
    size = int(await app[DATABASE].reader.fetchval("SELECT size FROM ledger.head"))
    for _ in range(_TENTHS):
        with suppress(Problem):
            if app[LOG].published().size == size:
                return size
        await asyncio.sleep(0.1)
    raise AssertionError("nothing was published")

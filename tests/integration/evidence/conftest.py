"""A case on the bazaar's beef, served, with its first evidence pack on the way."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer

from service.app import make_app
from service.evidence.checking import ProvedPack, check_pack
from service.evidence.keeping import PACKS
from service.goods.movements import DESTROY
from service.http.keys import DATABASE, FILES, VERIFIER
from service.incidents.recalls.disposing import RECORD_DISPOSAL
from service.incidents.recalls.ordering import ORDER_RECALL
from service.incidents.recalls.reporting import REPORT_RECALL, START_RECALL
from service.ledger.note import Signer
from service.parties.credentials import Credentials
from service.receipts.trust import LedgerKey, Trust
from service.settings import Settings
from service.trust import open_signer
from tests.certified import published
from tests.integration.reading.bazaar import SCAN
from tests.integration.reading.conftest import Served
from tests.retold import retold
from tests.unit.incidents.bench import CARTON, DIGEST
from tests.unit.incidents.desk import Desk
from tests.unit.incidents.recalls.bench import HAD


class Recalling(Desk):
    """A case's goods are called back, reported on, and in part destroyed by the shop."""

    def called_back(self, case: int) -> None:
        """Order, start, report, destruction and what that was for."""
        holders = [
            {"organisation": self.story.parties[who].organisation, "grams": grams}
            for who, grams in HAD.items()
        ]
        goods = {"question": {"lots": [self.ids["lot"]]}, "asked_at": self.history.position}
        why = {"digest": DIGEST, "level": 1, "reason": "positive", "measures": ["stop_sale", "seal"]}
        ordering = {**goods, **why, "holders": holders, "case": case}
        recall = self.say("qingdao", ORDER_RECALL, ordering).outcome["recall"]
        now = f"{self.history.at:%Y-%m-%dT%H:%M:%SZ}"
        self.say("shop", START_RECALL, {"recall": recall, "happened_at": now})
        counted = {"held": 15 * CARTON, "sold": 5 * CARTON, "destroyed": 0, "returned": 0}
        told = {"recall": recall, "found_grams": 15 * CARTON, "sold_grams": 5 * CARTON, "accounted": counted}
        self.say("shop", REPORT_RECALL, told)
        burnt = {"unit": self.ids["shop_unit"], "pieces": 1, "grams": CARTON, "happened_at": "2020-08-19"}
        self.say("shop", DESTROY, {**burnt, "method": "incineration", "evidence": [DIGEST]})
        done = {"statement": self.history.position - 1, "recall": recall}
        self.say("shop", RECORD_DISPOSAL, done)


@dataclass(frozen=True)
class Incident:
    """The served case; ``settings`` are those of its service."""

    served: Served
    desk: Recalling
    case: int
    settings: Settings

    @property
    def app(self) -> Any:
        """The application."""
        return self.served.client.app

    @property
    def trust(self) -> Trust:
        """Whoever knows the ledger's key."""
        return Trust([LedgerKey(self.app[VERIFIER])])

    @property
    def app_key(self) -> Signer:
        """The ledger's own key."""
        return open_signer(self.settings, "test.invalid/ledger")

    async def made(self, who: str = "qingdao", **body: Any) -> dict[str, Any]:
        """A pack, once it is made."""
        await published(self.app)
        status, told = await self.served.post(who, f"/api/v1/cases/{self.case}/evidence", body)
        assert status == 202, told
        await self.app[PACKS].finished()
        return told

    async def pack(self, who: str = "qingdao", **body: Any) -> bytes:
        """Its bytes."""
        told = await self.made(who, **body)
        answer = await self.served.get(who, told["href"])
        assert answer.status == 200, await answer.text()
        return await answer.read()

    async def proved(self, who: str = "qingdao", **body: Any) -> ProvedPack:
        """The pack, checked with the ledger's key alone."""
        return check_pack(await self.pack(who, **body), self.trust, datetime.now(UTC))


@pytest.fixture
async def incident(database: str, tmp_path: Path) -> AsyncIterator[Incident]:
    """A case that was tested, and what an operator was asked and answered."""
    desk = Recalling()
    case = desk.open()
    desk.tested(case, ("screening", "positive"))
    desk.place(case=case)
    desk.answered(desk.asked(case))
    desk.called_back(case)
    async with retold(database, desk.history):
        pass
    settings = Settings(data=tmp_path / "data", trust=tmp_path / "trust", sample_data=True)
    app = await make_app(settings, database, open_signer(settings, "test.invalid/ledger"))
    await app[FILES].store(_once(SCAN))
    credentials = Credentials(app[DATABASE].writer)
    sessions = {
        name: await credentials.sessions.open(party.manager.user)
        for name, party in desk.story.parties.items()
        if party.manager.user is not None
    }
    async with TestClient(TestServer(app)) as client:
        yield Incident(Served(desk.story, client, sessions), desk, case, settings)


async def _once(chunk: bytes) -> AsyncIterator[bytes]:
    yield chunk

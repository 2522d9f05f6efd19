"""The bazaar, served: the real application over a ledger that was told the story."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientResponse
from aiohttp.test_utils import TestClient, TestServer

from service.app import make_app
from service.http.authentication import COOKIE, CSRF_HEADER
from service.http.keys import DATABASE, FILES
from service.parties.credentials import Credentials
from service.parties.credentials.sessions import Session
from service.settings import Settings
from service.trust import open_signer
from tests.integration.reading.bazaar import SCAN, Bazaar, bazaar
from tests.retold import retold

Client = TestClient[Any, Any]


@dataclass(frozen=True)
class Served:
    """A served bazaar. Everyone asks with a session of their own; ``public`` has none."""

    story: Bazaar
    client: Client
    sessions: Mapping[str, Session]

    async def get(self, who: str, path: str, **headers: str) -> ClientResponse:
        """GET as one of the parties."""
        given = {"Accept": "application/json", "X-Request-ID": "the-same-request", **headers}
        if who != "public":
            given["Cookie"] = f"{COOKIE}={self.sessions[who].secret}"
        return await self.client.get(path, headers=given)

    async def post(self, who: str, path: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        """What one of the parties says: status and answer."""
        session = self.sessions[who]
        headers = {"Accept": "application/json", CSRF_HEADER: session.csrf}
        cookie = {"Cookie": f"{COOKIE}={session.secret}", "X-Request-ID": "the-same-request"}
        answer = await self.client.post(path, json=body, headers={**headers, **cookie})
        return answer.status, await answer.json()

    async def told(self, who: str, path: str) -> dict[str, Any]:
        """What one of the parties is told, which must be something."""
        answer = await self.get(who, path)
        body: dict[str, Any] = await answer.json()
        assert answer.status == 200, body
        return body


@pytest.fixture
async def served(database: str, tmp_path: Path) -> AsyncIterator[Served]:
    """The bazaar on a free port of this machine."""
    story = bazaar()
    async with retold(database, story.history):
        pass
    settings = Settings(data=tmp_path / "data", trust=tmp_path / "trust", sample_data=True)
    app = await make_app(settings, database, open_signer(settings, "test.invalid/ledger"))
    await app[FILES].store(_once(SCAN))
    credentials = Credentials(app[DATABASE].writer)
    sessions = {}
    for name, party in story.parties.items():
        assert party.manager.user is not None
        sessions[name] = await credentials.sessions.open(party.manager.user)
    async with TestClient(TestServer(app)) as client:
        yield Served(story, client, sessions)


async def _once(chunk: bytes) -> AsyncIterator[bytes]:
    yield chunk

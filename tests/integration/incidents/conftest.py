"""The served bazaar, to which its people also write."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest

from service.http.authentication import COOKIE
from service.http.keys import DATABASE
from service.parties.credentials import Credentials
from tests.integration.reading.conftest import Served, served

__all__ = ["Office", "served"]


@dataclass(frozen=True)
class Office:
    """Everybody with a session that may write."""

    served: Served
    sessions: dict[str, tuple[str, str]]

    @property
    def ids(self) -> dict[str, Any]:
        """The ids of the story, by name."""
        return self.served.story.ids

    async def told(self, who: str, path: str) -> dict[str, Any]:
        """What is answered, which must be something."""
        return await self.served.told(who, path)

    async def say(self, who: str, path: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        """Status and body of a POST."""
        secret, csrf = self.sessions[who]
        headers = {"Cookie": f"{COOKIE}={secret}", "X-CSRF-Token": csrf, "Accept": "application/json"}
        answer = await self.served.client.post(path, json=body, headers=headers)
        return answer.status, await answer.json(content_type=None)

    async def said(self, who: str, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """The receipt of what is admitted."""
        status, receipt = await self.say(who, path, body)
        assert status == 201, receipt
        return receipt

    async def refused(self, who: str, path: str, body: dict[str, Any]) -> str:
        """The code of what is not."""
        status, problem = await self.say(who, path, body)
        assert status >= 400, problem
        return str(problem["code"])

    async def propose(self, who: str, kind: str, *keys: int) -> dict[str, Any]:
        """What a hold of these would cover."""
        return await self.told(who, f"/api/v1/hold-proposals?{kind}={','.join(map(str, keys))}")

    async def hold(self, who: str, kind: str, *keys: int, **changes: Any) -> dict[str, Any]:
        """Hold them as proposed; the receipt's outcome."""
        proposal = await self.propose(who, kind, *keys)
        body = {
            "question": {kind: [*keys]},
            "asked_at": proposal["asked_at"],
            "digest": proposal["digest"],
            "reason": "positive",
            **changes,
        }
        outcome: dict[str, Any] = (await self.said(who, "/api/v1/holds", body))["outcome"]
        return outcome


@pytest.fixture
async def office(served: Served) -> AsyncIterator[Office]:
    """Who may write what."""
    assert served.client.app is not None
    credentials = Credentials(served.client.app[DATABASE].writer)
    sessions = {}
    for name, party in served.story.parties.items():
        assert party.manager.user is not None
        session = await credentials.sessions.open(party.manager.user)
        sessions[name] = (session.secret, session.csrf)
    yield Office(served, sessions)

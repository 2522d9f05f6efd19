"""The pages over the bazaar (tests/integration/reading/bazaar.py), served to browsers of its people."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import aiohttp
import asyncpg
import pytest
from aiohttp import ClientResponse
from aiohttp.test_utils import TestClient, TestServer

from schema.problems import Language
from service.app import make_app
from service.http.authentication import COOKIE
from service.http.keys import DATABASE
from service.ledger import Statement
from service.parties.credentials import Credentials
from service.settings import Settings
from service.storage import EmbeddedPostgres, query
from service.trust import open_signer
from tests.conftest import complete
from tests.integration.reading.bazaar import Bazaar, bazaar
from tests.retold import retold

TOLD = "web_told"
_numbers = count(1)
LOGIN, PASSWORD = "beef.clerk", "correct horse battery"


@dataclass(frozen=True)
class Page:
    """An answer with its text."""

    answer: ClientResponse
    text: str

    @property
    def status(self) -> int:
        return self.answer.status

    @property
    def heading(self) -> str:
        found = re.search(r"<h1>(.*?)</h1>", self.text, re.DOTALL)
        assert found is not None, self.text
        return " ".join(re.sub(r"<[^>]+>", " ", found[1]).split())

    def hidden(self, name: str) -> str:
        """The value of a hidden field of the page's own form, which is its last."""
        return re.findall(rf'name="{name}" value="([^"]*)"', self.text)[-1]


@dataclass(frozen=True)
class Browsers:
    """Everyone has a browser that is signed in; ``public`` has one that is not."""

    story: Bazaar
    client: TestClient[Any, Any]
    cookies: Mapping[str, str]

    def _headers(self, who: str, spoken: Language, **more: str) -> dict[str, str]:
        signed_in = {} if who == "public" else {"Cookie": f"{COOKIE}={self.cookies[who]}"}
        return {"Accept": "text/html", "Accept-Language": spoken, **signed_in, **more}

    async def get(self, who: str, path: str, spoken: Language = "en", **headers: str) -> Page:
        answer = await self.client.get(
            path, headers=self._headers(who, spoken, **headers), allow_redirects=False
        )
        return Page(answer, await answer.text() if answer.content_type == "text/html" else "")

    async def post(self, who: str, path: str, fields: Mapping[str, Any], spoken: Language = "en") -> Page:
        """Send a form as it is; a file makes it one with files."""
        headers = self._headers(who, spoken, Origin=str(self.client.make_url("/").origin()))
        form = aiohttp.FormData(dict(fields))
        answer = await self.client.post(path, data=form, headers=headers, allow_redirects=False)
        return Page(answer, await answer.text())

    async def send(self, who: str, path: str, fields: Mapping[str, Any], spoken: Language = "en") -> Page:
        """Open a form, fill it in and send it."""
        page = await self.get(who, path, spoken)
        assert page.status == 200, page.text
        hidden = {name: page.hidden(name) for name in ("csrf", "submission")}
        return await self.post(who, path, {**hidden, **fields}, spoken)

    async def size(self) -> int:
        """How many statements the ledger holds."""
        pool = self.client.app[DATABASE].reader  # type: ignore[union-attr]
        return int(await pool.fetchval("SELECT size FROM ledger.head"))


@pytest.fixture(scope="session")
def told(postgres: EmbeddedPostgres, template: str) -> Iterator[tuple[Bazaar, Mapping[str, str]]]:
    """The story and a browser's cookie for each of its people, told once to a database that is copied."""

    async def tell() -> tuple[Bazaar, Mapping[str, str]]:
        await execute(postgres.url(), f"CREATE DATABASE {TOLD} TEMPLATE {template}")
        story = bazaar()
        async with retold(postgres.url(TOLD), story.history) as ledger:
            credentials = Credentials(ledger.pool)
            await _enrol(credentials, ledger.pool, story)
            cookies = {}
            for name, party in story.parties.items():
                assert party.manager.user is not None
                cookies[name] = (await credentials.sessions.open(party.manager.user)).secret
        return story, cookies

    yield complete(tell)


@pytest.fixture
async def browsers(
    told: tuple[Bazaar, Mapping[str, str]], postgres: EmbeddedPostgres, tmp_path: Path
) -> AsyncIterator[Browsers]:
    """The pages, over a ledger of this test's own."""
    name = f"web_{next(_numbers)}"
    await execute(postgres.url(), f"CREATE DATABASE {name} TEMPLATE {TOLD}")
    settings = Settings(data=tmp_path / "data", trust=tmp_path / "trust", sample_data=True)
    try:
        app = await make_app(settings, postgres.url(name), open_signer(settings, "test.invalid/ledger"))
        async with TestClient(TestServer(app), cookie_jar=aiohttp.DummyCookieJar()) as client:
            yield Browsers(told[0], client, told[1])
    finally:
        await execute(postgres.url(), f"DROP DATABASE {name} WITH (FORCE)")


async def execute(url: str, statement: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


async def _enrol(credentials: Credentials, pool: Any, story: Bazaar) -> None:
    """The station's clerk signs in with a password."""
    user = story.parties["station"].staff.user
    asides, _ = await credentials.logins.enrol(LOGIN, PASSWORD)
    said = Statement("user-registered", 1, 1, "", story.parties["station"].manager, {}, {"user": user}, {})
    for name, values in asides(0, said):
        await pool.execute(query(name), *([value] for value in values))

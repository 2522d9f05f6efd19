"""A served ledger: the real application on a free port of this machine, over a database of the test's own."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from aiohttp import ClientResponse, ClientSession, CookieJar
from aiohttp.test_utils import TestClient, TestServer

from service.app import make_app
from service.founding import found
from service.http.access_log import AccessLogger, log
from service.http.authentication import COOKIE
from service.settings import Settings
from service.storage import EmbeddedPostgres
from service.trust import open_signer

SETTLED = "coldledger_settled"
STATION = {"uscc": "91110000600037341L", "name": "示例首站", "roles": ["first_station"], "region": "370200"}
_numbers = count(1)


@dataclass(frozen=True)
class Manager:
    """A signed-in manager: what the browser's cookie holds, and what its forms hold."""

    password: str
    cookie: str
    csrf: str


@dataclass(frozen=True)
class Business:
    """An organisation with a token that may do all that a business does."""

    organisation: int
    secret: str

    @property
    def bearer(self) -> dict[str, str]:
        """The header of its token."""
        return {"Authorization": f"Bearer {self.secret}"}


@dataclass(frozen=True)
class Settled:
    """A ledger with a platform and a first station in it, to be copied for each test."""

    settings: Settings
    platform: Manager
    station: Business


@dataclass(frozen=True)
class House:
    """A served copy of it; ``client`` is signed in as the platform's manager."""

    settings: Settings
    database: str
    client: TestClient[Any, Any]
    platform: Manager

    async def say(self, path: str, body: dict[str, Any], **headers: str) -> ClientResponse:
        """POST as the platform's manager."""
        return await self.client.post(
            path, json=body, headers={"X-CSRF-Token": self.platform.csrf, **headers}
        )

    async def said(self, path: str, body: dict[str, Any], **headers: str) -> dict[str, Any]:
        """The receipt of what the platform's manager says."""
        return await receipt_of(await self.say(path, body, **headers))

    @asynccontextmanager
    async def visitor(self, **cookies: str) -> AsyncIterator[ClientSession]:
        """Somebody else, with no credentials but ``cookies``."""
        base = str(self.client.make_url("/"))
        async with ClientSession(base, cookie_jar=CookieJar(unsafe=True), cookies=cookies) as session:
            yield session


async def receipt_of(answer: ClientResponse) -> dict[str, Any]:
    """The receipt of a write that was admitted."""
    receipt: dict[str, Any] = await answer.json(content_type=None)
    assert answer.status == 201, receipt
    return receipt


async def sign_in(client: ClientSession | TestClient[Any, Any], login: str, password: str) -> str:
    """Sign the client in; the CSRF token of its session."""
    answer = await client.post("/api/v1/sessions", json={"login": login, "password": password})
    return str((await receipt_of(answer))["csrf"])


@asynccontextmanager
async def served(settings: Settings, database: str, **cookies: str) -> AsyncIterator[TestClient[Any, Any]]:
    """One process that serves."""
    app = await make_app(settings, database, open_signer(settings, ""))
    server = TestServer(app)
    await server.start_server(access_log=log, access_log_class=AccessLogger)
    async with TestClient(server, cookie_jar=CookieJar(unsafe=True), cookies=cookies) as client:
        yield client


async def settle(settings: Settings, database: str) -> Settled:
    founded = await found(settings, database)
    assert founded.password is not None
    async with served(settings, database) as client:
        csrf = await sign_in(client, "platform", founded.password)
        cookie = next(cookie.value for cookie in client.session.cookie_jar if cookie.key == COOKIE)
        house = House(settings, database, client, Manager(founded.password, cookie, csrf))
        organisation = (await house.said("/api/v1/organisations", STATION))["outcome"]["organisation"]
        manager = {"organisation": organisation, "role": "manager", "name": "张三", "login": "station"}
        manager["way_in"] = "password"
        password = (await house.said("/api/v1/users", manager))["password"]
        async with house.visitor() as visitor:
            theirs = await sign_in(visitor, "station", password)
            scopes = {"scopes": ["goods:read", "goods:write", "parties:write"]}
            answer = await visitor.post("/api/v1/tokens", json=scopes, headers={"X-CSRF-Token": theirs})
            secret = (await receipt_of(answer))["secret"]
    return Settled(settings, house.platform, Business(organisation, secret))


async def execute(url: str, statement: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


@pytest.fixture(scope="session")
def settled(
    postgres: EmbeddedPostgres, template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Settled]:
    """Founded once, because passwords are slow to hash by intent."""
    folder = tmp_path_factory.mktemp("settled")
    settings = Settings(data=folder / "data", trust=folder / "trust", sample_data=True)

    async def make() -> Settled:
        await execute(postgres.url(), f"CREATE DATABASE {SETTLED} TEMPLATE {template}")
        return await settle(settings, postgres.url(SETTLED))

    with ThreadPoolExecutor(max_workers=1) as thread:
        yield thread.submit(lambda: asyncio.run(make())).result()


@pytest.fixture
async def house(settled: Settled, postgres: EmbeddedPostgres, tmp_path: Path) -> AsyncIterator[House]:
    """A process that serves a ledger of this test's own."""
    name = f"http_{next(_numbers)}"
    await execute(postgres.url(), f"CREATE DATABASE {name} TEMPLATE {SETTLED}")
    shutil.copytree(settled.settings.trust, tmp_path / "trust")
    settings = replace(settled.settings, data=tmp_path / "data", trust=tmp_path / "trust")
    try:
        async with served(settings, postgres.url(name), **{COOKIE: settled.platform.cookie}) as client:
            yield House(settings, postgres.url(name), client, settled.platform)
    finally:
        await execute(postgres.url(), f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def station(settled: Settled) -> Business:
    """A first-station operator."""
    return settled.station

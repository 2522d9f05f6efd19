"""Over HTTP: a trace names the position that it is as of, waits for one that is asked for, and says the same
with the index as without."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer

from service.app import make_app
from service.http.authentication import COOKIE
from service.http.keys import DATABASE
from service.parties.credentials import Credentials
from service.settings import Settings
from service.tracing import asked
from service.tracing.keys import INDEX
from service.trust import open_signer
from tests.anything.beginning import begin
from tests.history import History
from tests.retold import retold

Client = TestClient[Any, Any]


@pytest.fixture
async def client(database: str, tmp_path: Path) -> AsyncIterator[Client]:
    """An auditor, at a ledger with goods in seven places; the index is not started yet."""
    history = History()
    auditor = begin(history).town.party("auditor").manager
    async with retold(database, history):
        pass
    settings = Settings(data=tmp_path / "data", trust=tmp_path / "trust", sample_data=True)
    app = await make_app(settings, database, open_signer(settings, "test.invalid/ledger"))
    assert auditor.user is not None
    session = await Credentials(app[DATABASE].writer).sessions.open(auditor.user)
    cookie = {"Cookie": f"{COOKIE}={session.secret}"}
    async with TestClient(TestServer(app), headers=cookie) as asking:
        yield asking


async def told(client: Client, path: str, **query: int) -> tuple[int, Any]:
    answer = await client.get(path, params={name: str(value) for name, value in query.items()})
    return answer.status, await answer.json()


async def size(client: Client) -> int:
    found: int = await client.app[DATABASE].reader.fetchval("SELECT size FROM ledger.head")
    return found


async def test_the_index_and_sql_say_the_same_of_every_lot(client: Client) -> None:
    lots = [row["id"] for row in (await told(client, "/api/v1/lots"))[1]["items"]]
    paths = [
        f"/api/v1/lots/{lot}/trace/{way}"
        for lot in lots
        for way in ("downstream", "downstream/totals", "upstream")
    ]
    by_sql = [await told(client, path) for path in paths]
    index = client.app[INDEX]
    index.start()
    assert await index.at_least(await size(client), 20)
    assert [await told(client, path) for path in paths] == by_sql
    assert {status for status, _ in by_sql} == {200}
    assert {body["position"] for _, body in by_sql} == {await size(client)}


async def test_at_least_waits_and_then_says_that_it_is_not_known(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = await size(client)
    lots = (await told(client, "/api/v1/lots"))[1]["items"]
    path = f"/api/v1/lots/{lots[0]['id']}/trace/downstream"
    monkeypatch.setattr(asked, "BOUND", 0.05)
    for beneath in ("", "/totals", "/flows", "/units", "/lots"):
        assert (await told(client, path + beneath, at_least=there))[0] == 200
        status, problem = await told(client, path + beneath, at_least=there + 1)
        assert (status, problem["code"]) == (503, "trace.not-known-yet"), beneath

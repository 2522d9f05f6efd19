"""A database that does not come back ends the service, so that whoever keeps it starts both again."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer

from schema.problems import Problem
from service.app import make_app
from service.settings import Settings
from service.storage import EmbeddedPostgres, embedded
from service.trust import open_signer
from tests.faults.standing import parent_of
from tests.faults.wire import Wire
from tests.retold import SIGNER


async def test_a_request_that_meets_no_database_is_told_so_and_nothing_of_the_inside(
    url: str, tmp_path: Path
) -> None:
    settings = Settings(data=tmp_path / "data", trust=tmp_path / "trust", sample_data=True)
    async with AsyncExitStack() as wiring:
        wire = await wiring.enter_async_context(Wire.to(url))
        app = await make_app(settings, wire.url, open_signer(settings, SIGNER.name))
        async with TestClient(TestServer(app)) as client:
            assert (await _told(client, "en"))[:2] == (401, "auth.invalid")
            await wiring.aclose()
            english, chinese = await _told(client, "en"), await _told(client, "zh")
            ready = await client.get("/readyz")
    assert (english[:2], chinese[:2]) == ((503, "service.no-database"),) * 2
    assert "Idempotency-Key" in english[2]
    assert "原样重发" in chinese[2]
    assert ready.status == 503


async def _told(client: TestClient[Any, Any], language: str) -> tuple[int, str, str]:
    """Status, code and remedy of an answer that a look into the database decides."""
    headers = {"Authorization": f"Bearer cl_9_{'x' * 43}", "Accept-Language": language}
    answer = await client.get("/api/v1/lots", headers=headers)
    problem = await answer.json(content_type=None)
    assert (answer.status == 503) == ("Retry-After" in answer.headers)
    assert "PGSQL" not in problem["detail"]
    return answer.status, problem["code"], problem["remedy"]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[tuple[EmbeddedPostgres, int]]:
    """A server of the test's own, and its postmaster."""
    data = tmp_path / "data"
    with EmbeddedPostgres(data) as running:
        yield running, int((data / "postgres" / "postmaster.pid").read_text().splitlines()[0])


async def test_a_database_that_nobody_keeps_any_more_has_ended(server: tuple[EmbeddedPostgres, int]) -> None:
    running, postmaster = server
    os.kill(parent_of(postmaster), signal.SIGKILL)
    async with asyncio.timeout(30):
        with pytest.raises(Problem) as caught:
            await running.ended()
    assert caught.value.code == "storage.server-ended"
    assert caught.value.facts["file"].endswith("postgres.log")


async def test_a_database_that_lets_nobody_in_has_ended(
    server: tuple[EmbeddedPostgres, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    running, postmaster = server
    monkeypatch.setattr(embedded, "WATCH_SECONDS", 0.5)
    monkeypatch.setattr(embedded, "STUCK_SECONDS", 1.5)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(running.ended(), 4)
    os.kill(postmaster, signal.SIGSTOP)
    try:
        async with asyncio.timeout(30):
            with pytest.raises(Problem) as caught:
                await running.ended()
    finally:
        os.kill(postmaster, signal.SIGCONT)
    assert caught.value.code == "storage.server-ended"

"""A database that does not come back ends the service, so that whoever keeps it starts both again."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from schema.problems import Problem
from service.storage import EmbeddedPostgres, embedded
from tests.faults.standing import parent_of


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

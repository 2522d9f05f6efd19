"""The witness over HTTP: the same answers, the one media type, bounds, and what people and programs read."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer

from service.ledger.add_checkpoint import MAX_BODY
from service.ledger.cosignature import CosignatureSigner, open_cosigned
from service.witness.cosigning import Witness
from service.witness.keeping import Keeper, folder_of
from service.witness.server import make_app
from tests.asking import CASES, FORK, LOG
from tests.witnessing import ORIGIN, seeded

SIGNER = CosignatureSigner.of("witness.example/w", seeded("witness"))
Client = TestClient[Any, Any]


@pytest.fixture
async def client(tmp_path: Path) -> AsyncIterator[Client]:
    (tmp_path / "logs").mkdir()
    keeper = Keeper(tmp_path)
    app = make_app(Witness(SIGNER, [LOG.signer.verifier], keeper), keeper)
    async with TestClient(TestServer(app)) as client:
        yield client


async def ask(client: Client, body: bytes) -> tuple[int, str, str]:
    answer = await client.post("/add-checkpoint", data=body)
    return answer.status, answer.content_type, await answer.text()


async def test_the_table_over_http(client: Client) -> None:
    for case in CASES:
        status, kind, text = await ask(client, case.body)
        assert (case.name, status) == (case.name, case.status)
        assert (case.name, kind) == (case.name, "text/x.tlog.size" if status == 409 else "text/plain")
        if case.size is not None:
            assert (case.name, text) == (case.name, f"{case.size}\n")


async def test_a_request_has_a_size_and_a_method(client: Client) -> None:
    assert (await ask(client, b"old 0\n" + b"A" * MAX_BODY))[0] == 413
    assert (await client.get("/add-checkpoint")).status == 405


async def test_the_last_checkpoint_is_at_the_monitoring_address(client: Client) -> None:
    place = f"/{folder_of(ORIGIN)}/checkpoint"
    assert (await client.get(place)).status == 404
    await ask(client, LOG.asks(0, 5))
    note = await (await client.get(place)).text()
    checkpoint, _ = open_cosigned(note, [LOG.signer.verifier], [SIGNER.verifier], 1)
    assert checkpoint == LOG.checkpoint(5)


async def test_programs_read_the_state_and_fetch_the_evidence(client: Client) -> None:
    await ask(client, LOG.asks(0, 5))
    await ask(client, FORK.asks(5, 5))
    state = await (await client.get("/state")).json()
    assert (state["name"], state["key"]) == (SIGNER.name, SIGNER.verifier.vkey)
    (log,) = state["logs"]
    assert (log["origin"], log["keys"], log["size"]) == (ORIGIN, [LOG.signer.verifier.vkey], 5)
    (one,) = log["evidence"]
    assert one["shown"] == "two-roots"
    answer = await client.get(f"/{one['file']}")
    assert answer.headers["Content-Disposition"] == "attachment"
    assert (await answer.json())["submitted"] == FORK.note(5)
    assert (await client.get(f"/{one['file']}x")).status == 404


@pytest.mark.parametrize(
    ("language", "nothing", "good", "bad"),
    [
        ("zh-CN", "尚未请求联署", "从未发现不一致", "本身即为证据"),
        ("en", "has not asked", "No inconsistency", "proof by itself"),
    ],
)
async def test_the_page_tells_people(
    client: Client, language: str, nothing: str, good: str, bad: str
) -> None:
    async def page() -> str:
        return await (await client.get("/", headers={"Accept-Language": language})).text()

    told = await page()
    assert nothing in told
    assert good not in told
    await ask(client, LOG.asks(0, 5))
    told = await page()
    assert good in told
    assert nothing not in told
    await ask(client, FORK.asks(5, 5))
    told = await page()
    assert bad in told
    assert good not in told


async def test_without_a_ledger_the_page_says_what_is_missing(tmp_path: Path) -> None:
    keeper = Keeper(tmp_path)
    async with TestClient(TestServer(make_app(Witness(SIGNER, [], keeper), keeper))) as client:
        assert "--log" in await (await client.get("/")).text()
        assert (await ask(client, LOG.asks(0, 5)))[0] == 404


async def test_the_page_shows_some_evidence_and_counts_it_all(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service.witness.page.SHOWN", 3)
    await ask(client, LOG.asks(0, 5))
    for size in range(6, 11):
        await ask(client, FORK.asks(5, size))
    told = await (await client.get("/", headers={"Accept-Language": "en"})).text()
    assert told.count("without proof that it begins") == 3
    assert "In all: 5" in told


async def test_the_page_needs_nothing_from_elsewhere_and_runs_no_script(client: Client) -> None:
    answer = await client.get("/")
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert "<script" not in await answer.text()
    assert (await client.get("/witness.css")).content_type == "text/css"
    assert (await client.get("/healthz")).status == 200

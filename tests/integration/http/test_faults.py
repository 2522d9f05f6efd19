"""Whatever is wrong with a request is a problem document, and nothing leaks."""

from __future__ import annotations

import logging
from io import BytesIO
from typing import Any

import pytest
from aiohttp import ClientResponse

from service.http.keys import LEDGER
from service.ledger.checkpoint import Checkpoint, sign_checkpoint
from service.trust import open_signer
from tests.integration.http.conftest import Business, House, execute

LOTS = "/api/v1/lots"


async def problem(answer: ClientResponse) -> dict[str, Any]:
    assert answer.content_type == "application/problem+json"
    document: dict[str, Any] = await answer.json(content_type=None)
    assert document["status"] == answer.status
    assert document["type"] == f"/problems/{document['code']}"
    assert document["instance"].endswith(f"#{answer.headers['X-Request-ID']}")
    return document


@pytest.mark.parametrize(
    ("body", "media", "code", "status"),
    [
        (b"{", "application/json", "request.malformed", 400),
        (b"\xff", "application/json", "request.malformed", 400),
        (b"[1]", "application/json", "request.not-an-object", 400),
        (b'"lot"', "application/json", "request.not-an-object", 400),
        (b"a=1", "application/x-www-form-urlencoded", "request.media-type", 415),
        (b"{}", "text/plain", "request.media-type", 415),
        (b" " * (1024 * 1024 + 1), "application/json", "request.too-large", 413),
        (b"{}", "application/json", "message.invalid", 422),
        (b"", "application/json", "message.invalid", 422),
    ],
)
async def test_a_body_that_cannot_be_read(
    house: House, station: Business, body: bytes, media: str, code: str, status: int
) -> None:
    headers = {**station.bearer, "Content-Type": media}
    answer = await house.client.post(LOTS, data=BytesIO(body), headers=headers)
    assert ((await problem(answer))["code"], answer.status) == (code, status)


async def test_every_field_that_is_wrong_is_named_in_the_language_asked_for(
    house: House, station: Business
) -> None:
    body = {
        "kind": "first_station",
        "name": "x" * 300,
        "region": "370200",
        "zones": [{"kind": "moon"}],
        "a/b": 1,
    }
    told = {}
    for language in ("en", "zh"):
        headers = {**station.bearer, "Accept-Language": language}
        answer = await house.client.post("/api/v1/facilities", json=body, headers=headers)
        assert answer.headers["Content-Language"] == language
        assert "Accept-Language" in answer.headers["Vary"]
        told[language] = (await problem(answer))["errors"]
    pointers = {error["pointer"]: error["code"] for error in told["en"]}
    assert pointers == {
        "/name": "message.length",
        "/address": "message.required",
        "/zones/0/name": "message.required",
        "/zones/0/kind": "message.choice",
        "/a~1b": "message.unknown",
    }
    for english, chinese in zip(told["en"], told["zh"], strict=True):
        assert english["pointer"] == chinese["pointer"]
        assert english["detail"] != chinese["detail"]
        assert english["remedy"] != chinese["remedy"]


async def test_addresses_and_methods_that_are_not_there(house: House) -> None:
    answer = await house.client.get("/api/v1/nothing")
    assert (await problem(answer))["code"] == "request.not-found"
    answer = await house.client.get("/api/v1/lots/99999999999999999999")
    assert (await problem(answer))["code"] == "request.not-found"
    answer = await house.client.put(LOTS, headers={"X-CSRF-Token": house.platform.csrf})
    assert (await problem(answer))["code"] == "request.method"
    assert set(answer.headers["Allow"].split(", ")) >= {"GET", "POST"}


async def test_a_defect_is_told_by_a_number_that_is_in_the_log(
    house: House, station: Business, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def broken(_proposal: object) -> None:
        raise RuntimeError("a secret of the inside")

    monkeypatch.setattr(house.client.app[LEDGER], "append", broken)
    with caplog.at_level(logging.ERROR):
        answer = await house.client.post(
            "/api/v1/tokens", json={"scopes": ["goods:read"]}, headers=station.bearer
        )
    document = await problem(answer)
    assert (answer.status, document["code"]) == (500, "service.defect")
    assert "a secret" not in await answer.text()
    assert document["detail"].count(answer.headers["X-Request-ID"]) == 1
    assert answer.headers["X-Request-ID"] in caplog.text


async def test_a_code_is_explained_in_both_languages(house: House) -> None:
    explained = await (await house.client.get("/problems/auth.csrf")).json()
    assert explained["status"] == 403
    assert set(explained["detail"]) == {"en", "zh"}
    page = await house.client.get("/problems/auth.csrf", headers={"Accept": "text/html"})
    assert page.content_type == "text/html"
    assert explained["detail"]["zh"] in await page.text()
    unknown = await house.client.get("/problems/none.such")
    assert (await problem(unknown))["code"] == "request.not-found"


async def test_every_answer_carries_the_content_policy(house: House) -> None:
    for path in ("/healthz", "/docs", "/nothing", "/api/v1/lots", "/openapi.json", "/docs/style.css"):
        headers = (await house.client.get(path)).headers
        assert "default-src 'self'" in headers["Content-Security-Policy"]
        assert "unsafe" not in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "same-origin"
        assert "Python" not in headers["Server"]


async def test_the_description_is_browsable_without_a_script(house: House) -> None:
    answer = await house.client.get("/docs", headers={"Accept-Language": "zh"})
    text = await answer.text()
    assert answer.status == 200
    assert "/api/v1/lots/{lot}/releases" in text
    assert "<script" not in text
    assert "style=" not in text
    document = await (await house.client.get("/openapi.json")).json()
    assert document["openapi"].startswith("3.1")


async def test_health(house: House) -> None:
    assert await (await house.client.get("/healthz")).json() == {"status": "alive"}
    assert await (await house.client.get("/readyz")).json() == {"status": "ready"}


async def test_a_database_that_is_behind_the_checkpoint_is_not_ready(house: House) -> None:
    signer = open_signer(house.settings, "")
    text = sign_checkpoint(signer, Checkpoint(signer.name, 10_000, b"\1" * 32))
    house.settings.checkpoint_file.write_text(text, encoding="utf-8")
    answer = await house.client.get("/readyz")
    assert (answer.status, (await problem(answer))["code"]) == (503, "service.not-ready")
    assert "Retry-After" in answer.headers
    assert (await house.client.get("/healthz")).status == 200


async def test_a_database_with_other_migrations_is_not_ready(house: House) -> None:
    await execute(house.database, "UPDATE public.migration SET sha256 = repeat('0', 64) WHERE number = 2")
    assert (await house.client.get("/readyz")).status == 503


async def test_the_log_keeps_no_values(
    house: House, station: Business, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, logger="coldledger.access"):
        await house.client.get("/t/1B370200ABCDEF23456X?name=张三", headers=station.bearer)
        await house.client.get("/api/v1/lots/123456789", headers=station.bearer)
    lines = [record.getMessage() for record in caplog.records if record.name == "coldledger.access"]
    assert any("GET /api/v1/lots/{lot} 404" in line for line in lines)
    assert any(f"organisation {station.organisation}" in line for line in lines)
    for secret in ("ABCDEF", "张三", "123456789", station.secret, "127.0.0.1"):
        assert not any(secret in line for line in lines)

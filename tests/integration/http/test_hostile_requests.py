"""Requests that no honest client sends: each is refused in our words, and none is a defect of the service."""

from __future__ import annotations

from typing import Any

import pytest
from aiohttp import ClientResponse

from service.http.paging import write_cursor
from tests.integration.http.conftest import Business, House, receipt_of

FORM = "application/x-www-form-urlencoded"
ELSEWHERE = 123_456_789
FACILITY = {
    "kind": "first_station",
    "name": "示例首站冷库",
    "region": "370200",
    "address": "示例路 1 号",
    "filing": "备 1",
    "zones": [{"name": "甲", "kind": "quarantine"}],
}
LOT = {
    "arrival": ELSEWHERE,
    "product": "冻牛肉",
    "category": "livestock",
    "specification": "20 kg/箱",
    "hs": "0202300090",
    "pieces": 10,
    "grams": 200_000,
    "temperature_class": "frozen",
    "country": "BRA",
    "establishment": "SIF385",
    "produced_on": "2020-06-01",
    "production_batch": "L1",
    "best_before": "2022-06-01",
    "received_at": "2020-08-15",
    "zone": 1,
}


async def refused(answer: ClientResponse) -> tuple[int, str]:
    document: dict[str, Any] = await answer.json(content_type=None)
    return answer.status, document["code"]


@pytest.mark.parametrize("path", ["/api/v1/releases/%00", "/api/v1/releases/A%00B", "/api/v1/files/%00"])
async def test_a_nul_in_an_address_names_nothing(house: House, station: Business, path: str) -> None:
    answer = await house.client.get(path, headers=station.bearer)
    assert await refused(answer) == (404, "request.not-found")


async def test_a_made_up_cursor_reaches_no_query(house: House, station: Business) -> None:
    cursor = write_cursor(("\0",))
    answer = await house.client.get(f"/api/v1/policies?cursor={cursor}", headers=station.bearer)
    assert await refused(answer) == (400, "request.cursor")


@pytest.mark.parametrize(
    ("body", "media"),
    [
        (b"login=a&password=b", f"{FORM}; charset=klingon"),
        (b"login=a&password=b", f"{FORM}; charset=hex"),
        (b"login=a&password=\\ud800", f"{FORM}; charset=unicode_escape"),
        (b"--x\r\nContent-Disposition: form-data; name=login\r\nContent-Type: text/plain; charset=klingon"
         b"\r\n\r\na\r\n--x--\r\n", "multipart/form-data; boundary=x"),
    ],
)  # fmt: skip
async def test_a_form_that_is_no_text_is_refused(house: House, body: bytes, media: str) -> None:
    async with house.visitor() as visitor:
        answer = await visitor.post("/sign-in", data=body, headers={"Content-Type": media})
        assert await refused(answer) == (400, "request.refused")
    answer = await house.client.post("/sign-out", data=body, headers={"Content-Type": media})
    assert answer.status in (400, 403)


async def test_a_token_of_a_form_in_any_bytes_is_not_ours(house: House) -> None:
    answer = await house.client.post("/api/v1/lots", json={}, headers={"X-CSRF-Token": "\udcff码"})
    assert await refused(answer) == (403, "auth.csrf")


@pytest.mark.parametrize("origin", ["http://[evil", "null", "http://evil.example", "//"])
async def test_a_sign_in_from_elsewhere_is_refused(house: House, origin: str) -> None:
    async with house.visitor() as visitor:
        answer = await visitor.post("/sign-in", data={"login": "a"}, headers={"Origin": origin})
        assert await refused(answer) == (403, "auth.csrf")


async def test_an_address_to_come_back_to_is_our_own(house: House) -> None:
    answer = await house.client.get("/language?lang=en&back=//[evil", allow_redirects=False)
    assert (answer.status, answer.headers["Location"]) == (303, "/")


@pytest.mark.parametrize("path", ["/api/v1/lots", "/api/v1/processings"])
async def test_a_write_does_not_tell_anothers_place_from_none(
    house: House, station: Business, path: str
) -> None:
    """Also where something else is wrong: the codes that are made beforehand must not look first."""
    filed = await receipt_of(
        await house.client.post("/api/v1/facilities", json=FACILITY, headers=station.bearer)
    )
    output = {name: LOT[name] for name in ("product", "category", "specification", "hs", "grams")}
    output |= {"temperature_class": "frozen", "production_batch": "P", "produced_on": "2020-06-01"}
    processing = {
        "inputs": [{"unit": ELSEWHERE, "grams": 1}],
        "outputs": [{**output, "best_before": "2022-06-01"}],
        "loss_grams": 0,
        "happened_at": "2020-08-15",
    }
    told = []
    for place in (filed["outcome"]["facility"], 888_000):
        body = {**(LOT if path.endswith("lots") else processing), "facility": place}
        answer = await house.say(path, body, **{"X-Request-ID": "the-same-request"})
        told.append((answer.status, (await answer.text()).replace(str(place), "…")))
    assert told[0] == told[1]
    assert told[0][0] == 404

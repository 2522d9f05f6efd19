"""Writes that a device signs: what is refused at the door and in which words, and what the ledger keeps."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import pytest
from aiohttp import ClientResponse, ClientSession
from multidict import CIMultiDict

from scanners.signing import Device
from schema.ed25519 import write_public
from schema.signed_request import HEADER, Signature
from service.http.keys import DATABASE
from service.ledger import Statement, audit, store
from service.registry import make_registry
from tests.handset import key_of
from tests.integration.http.conftest import Business, House, receipt_of, sign_in

VEHICLES, PLACES = "/api/v1/vehicles", "/api/v1/facilities"
VAN = {"kind": "van", "plate": "鲁B12345"}
PLACE = {
    "kind": "first_station",
    "name": "一号库",
    "region": "370200",
    "address": "示例路 1 号",
    "filing": "备-2020-001",
    "zones": [{"name": "待检区", "kind": "quarantine"}],
}
FOUND = {
    "zone": 1,
    "how": "unlabelled",
    "circumstances": "in_store",
    "product": "不明冻肉",
    "category": "livestock",
    "temperature_class": "frozen",
    "pieces": 12,
    "grams": 240_000,
    "happened_at": "2026-01-01",
}


@dataclass(frozen=True)
class Handheld:
    """A station's device: its key, the token that it calls with, and the manager who registered it."""

    house: House
    device: Device
    bearer: Mapping[str, str]
    token: int
    manager: ClientSession
    csrf: str

    async def send(
        self, path: str, body: dict[str, Any], headers: Mapping[str, str], language: str = "en"
    ) -> ClientResponse:
        """A request with the token and whatever headers."""
        said = {**self.bearer, "Accept-Language": language, **headers}
        return await self.house.client.post(path, json=body, headers=said)

    def signed(self, operation: str, data: Mapping[str, Any], key: str, *personal: str) -> dict[str, str]:
        """The headers of a request."""
        return self.device.headers(operation, data, key, personal)

    def van(self, key: str = "van-1") -> dict[str, str]:
        """The headers of the registration of a van."""
        return self.signed("vehicle-registered", VAN, key, "plate")

    async def as_manager(self, path: str, body: dict[str, Any]) -> ClientResponse:
        """What the manager says, in a browser."""
        return await self.manager.post(path, json=body, headers={"X-CSRF-Token": self.csrf})

    async def other(self, seed: int) -> Device:
        """One more device of the token."""
        body = {"public_key": key_of(seed).public, "device": "scale"}
        said = await receipt_of(await self.as_manager(f"/api/v1/tokens/{self.token}/device-keys", body))
        return replace(self.device, key=key_of(seed), id=said["outcome"]["device_key"])

    async def statement(self, position: int) -> Statement:
        """What the ledger holds."""
        async with self.house.client.app[DATABASE].reader.acquire() as conn:  # type: ignore[union-attr]
            record = await store.record(conn, position)
        assert record is not None
        return Statement.decode(record.statement)

    async def size(self) -> int:
        """How many statements the ledger holds."""
        pool = self.house.client.app[DATABASE].reader  # type: ignore[union-attr]
        return int(await pool.fetchval("SELECT size FROM ledger.head"))


@pytest.fixture
async def handheld(house: House, station: Business) -> AsyncIterator[Handheld]:
    """A device of the station, registered by a manager."""
    manager = {"organisation": station.organisation, "role": "manager", "name": "李四", "login": "li.si"}
    said = await house.said("/api/v1/users", {**manager, "way_in": "password"})
    async with house.visitor() as browser:
        csrf = await sign_in(browser, "li.si", said["password"])
        headers = {"X-CSRF-Token": csrf}
        scopes = {"scopes": ["goods:read", "goods:write", "parties:write"]}
        token = await receipt_of(await browser.post("/api/v1/tokens", json=scopes, headers=headers))
        id_ = token["outcome"]["token"]
        key = {"public_key": key_of(7).public, "device": "handset", "number": 3}
        answer = await browser.post(f"/api/v1/tokens/{id_}/device-keys", json=key, headers=headers)
        registered = await receipt_of(answer)
        assert answer.headers["Location"] == f"/api/v1/device-keys/{registered['outcome']['device_key']}"
        device = Device(
            key_of(7),
            registered["outcome"]["device_key"],
            station.organisation,
            registered["outcome"]["origin"],
        )
        bearer = {"Authorization": f"Bearer {token['secret']}"}
        yield Handheld(house, device, bearer, id_, browser, csrf)


async def refused(
    handheld: Handheld, path: str, body: dict[str, Any], headers: Mapping[str, str]
) -> dict[str, Any]:
    """The problem, in English; it is there in Chinese too, and the ledger has not grown."""
    before = await handheld.size()
    told = {}
    for language in ("en", "zh"):
        answer = await handheld.send(path, body, headers, language)
        document = await answer.json(content_type=None)
        assert answer.status == document["status"] >= 400, document
        told[language] = document
    assert told["en"]["code"] == told["zh"]["code"]
    assert told["en"]["title"] != told["zh"]["title"]
    assert await handheld.size() == before
    return told["en"]


async def test_what_a_device_signed_is_kept_with_its_signature(handheld: Handheld) -> None:
    headers = handheld.van()
    receipt = await receipt_of(await handheld.send(VEHICLES, VAN, headers))
    statement = await handheld.statement(receipt["position"])
    assert Signature.of_statement(statement.signature or "") == (Signature.of_header(headers[HEADER]), [])
    assert statement.data["plate"].keys() == {"sha256"}
    async with handheld.house.client.app[DATABASE].reader.acquire() as conn:  # type: ignore[union-attr]
        assert (await audit.verify(conn, make_registry(), None, rules=True)).findings == []


async def test_a_stolen_token_alone_says_nothing(handheld: Handheld) -> None:
    for headers in ({}, {"Idempotency-Key": "thief-1"}):
        assert (await refused(handheld, VEHICLES, VAN, headers))["code"] == "signature.missing"
    # Nor does it lift the demand, or register a key of the thief's own.
    mine = {"public_key": key_of(9).public, "device": "handset"}
    path = f"/api/v1/tokens/{handheld.token}/device-keys"
    assert (await refused(handheld, path, mine, {}))["code"] == "signature.missing"
    thief = replace(handheld.device, key=key_of(9))
    forged = thief.headers("vehicle-registered", VAN, "thief-2", ["plate"])
    assert (await refused(handheld, VEHICLES, VAN, forged))["code"] == "signature.differs"
    assert (await handheld.house.client.get("/api/v1/lots", headers=handheld.bearer)).status == 200


async def test_the_same_submission_gets_the_same_answer_whoever_signs_it_again(handheld: Handheld) -> None:
    headers = handheld.van()
    first = await receipt_of(await handheld.send(VEHICLES, VAN, headers))
    assert await receipt_of(await handheld.send(VEHICLES, VAN, headers)) == first
    other = await handheld.other(8)
    again = other.headers("vehicle-registered", VAN, "van-1", ["plate"])
    assert await receipt_of(await handheld.send(VEHICLES, VAN, again)) == first
    truck = {**VAN, "kind": "truck"}
    under_it = handheld.signed("vehicle-registered", truck, "van-1", "plate")
    assert (await refused(handheld, VEHICLES, truck, under_it))["code"] == "ledger.idempotency-conflict"


async def test_what_is_no_signature_is_refused(handheld: Handheld) -> None:
    good = "A" * 86 + "=="
    for header in (
        "",
        "x",
        "key=1",
        'key=1, signed_at="2026-01-31T08:30:00Z", signature=:AAAA:',
        f'key=1, signed_at="2026-01-31T08:30:00Z", signature=:{"A" * 88}:',
        f'key=1, signed_at="2026-13-31T08:30:00Z", signature=:{good}:',
        f'key=1, signed_at="2026-01-31T08:30:00Z", signature=:{"A" * 85}B==:',
        f'key=01, signed_at="2026-01-31T08:30:00Z", signature=:{good}:',
        f'key=-1, signed_at="2026-01-31T08:30:00Z", signature=:{good}:',
        f'signed_at="2026-01-31T08:30:00Z", key=1, signature=:{good}:',
        f"{handheld.van()[HEADER]}, {handheld.van()[HEADER]}",
    ):
        headers = {**handheld.van(), HEADER: header}
        assert (await refused(handheld, VEHICLES, VAN, headers))["code"] == "signature.malformed", header


async def test_of_two_signatures_none_is_chosen(handheld: Handheld) -> None:
    before, headers = await handheld.size(), CIMultiDict({**handheld.bearer, **handheld.van()})
    headers.add(HEADER, 'key=1, signed_at="2026-01-31T08:30:00Z", signature=::')
    answer = await handheld.house.client.post(VEHICLES, json=VAN, headers=headers)
    assert (answer.status, (await answer.json(content_type=None))["code"]) == (400, "signature.malformed")
    assert await handheld.size() == before


async def test_what_is_signed_needs_a_key_of_the_submission(handheld: Handheld) -> None:
    headers = {HEADER: handheld.van()[HEADER]}
    problem = await refused(handheld, VEHICLES, VAN, headers)
    assert problem["code"] == "signature.without-idempotency-key"


@pytest.mark.parametrize(
    ("sent", "headers"),
    [
        ({**VAN, "kind": "truck"}, {}),
        (VAN, {"Idempotency-Key": "van-2"}),
    ],
    ids=["a member changed", "another submission"],
)
async def test_what_was_not_signed_is_refused_with_what_should_have_been(
    handheld: Handheld, sent: dict[str, Any], headers: dict[str, str]
) -> None:
    problem = await refused(handheld, VEHICLES, sent, {**handheld.van(), **headers})
    assert problem["code"] == "signature.differs"
    kind = sent["kind"]
    assert f'{{"data":{{"kind":"{kind}","plate":null}},"idempotency":"' in problem["detail"]
    assert VAN["plate"] not in problem["detail"]


async def test_a_personal_value_is_null_in_what_is_signed(handheld: Handheld) -> None:
    headers = handheld.signed("vehicle-registered", VAN, "van-1")
    assert (await refused(handheld, VEHICLES, VAN, headers))["code"] == "signature.differs"


async def test_a_parameter_of_the_path_is_signed(handheld: Handheld) -> None:
    vehicle = (await receipt_of(await handheld.send(VEHICLES, VAN, handheld.van())))["outcome"]["vehicle"]
    path = f"{VEHICLES}/{vehicle}/retirement"
    unsaid = handheld.signed("vehicle-retired", {}, "end-1")
    assert (await refused(handheld, path, {}, unsaid))["code"] == "signature.differs"
    said = handheld.signed("vehicle-retired", {"vehicle": vehicle}, "end-1")
    assert (await handheld.send(path, {}, said)).status == 201


async def test_a_signed_request_is_sent_in_its_normal_form(handheld: Handheld) -> None:
    place = {**PLACE, "name": " 一号库 ", "region": "３７０２００"}
    headers = handheld.signed("facility-filed", place, "place-1")
    problem = await refused(handheld, PLACES, place, headers)
    assert problem["code"] == "signature.not-normal"
    assert "name, region" in problem["detail"]
    assert '"name":"一号库"' in problem["detail"]
    assert '"region":"370200"' in problem["detail"]
    van = {**VAN, "plate": " 鲁B12345"}
    problem = await refused(
        handheld, VEHICLES, van, handheld.signed("vehicle-registered", van, "van-1", "plate")
    )
    assert (problem["code"], "鲁B" in problem["detail"]) == ("signature.not-normal", False)


async def test_what_the_ledger_would_say_otherwise_is_not_signed(handheld: Handheld) -> None:
    body = {"organisation": handheld.device.organisation, "role": "staff", "name": "王五", "login": "wang.wu"}
    headers = handheld.signed("user-registered", body, "user-1", "name")
    problem = await refused(handheld, "/api/v1/users", body, headers)
    assert problem["code"] == "signature.not-as-said"
    assert "login" in problem["detail"]
    assert (await handheld.as_manager("/api/v1/users", body)).status == 201, "the login was given up"


async def test_what_the_service_adds_is_named_and_not_signed(handheld: Handheld) -> None:
    filed = await receipt_of(
        await handheld.send(PLACES, PLACE, handheld.signed("facility-filed", PLACE, "place-1"))
    )
    found = {**FOUND, "facility": filed["outcome"]["facility"]}
    said = handheld.signed("goods-found", found, "found-1")
    receipt = await receipt_of(await handheld.send("/api/v1/discoveries", found, said))
    statement = await handheld.statement(receipt["position"])
    assert Signature.of_statement(statement.signature or "")[1] == ["/code"]
    lot, path = receipt["outcome"]["lot"], f"/api/v1/lots/{receipt['outcome']['lot']}/case-codes"
    cases = {"count": 3}
    said = handheld.signed("case-codes-issued", {**cases, "lot": lot}, "cases-1")
    receipt = await receipt_of(await handheld.send(path, cases, said))
    statement = await handheld.statement(receipt["position"])
    assert (statement.data["count"], len(statement.data["codes"])) == (3, 3)
    async with handheld.house.client.app[DATABASE].reader.acquire() as conn:  # type: ignore[union-attr]
        assert (await audit.verify(conn, make_registry(), None, rules=True)).findings == []


async def test_whoever_may_read_a_statement_learns_who_signed_it(handheld: Handheld) -> None:
    filed = await receipt_of(
        await handheld.send(PLACES, PLACE, handheld.signed("facility-filed", PLACE, "place-1"))
    )
    found = {**FOUND, "facility": filed["outcome"]["facility"]}
    said = handheld.signed("goods-found", found, "found-1")
    receipt = await receipt_of(await handheld.send("/api/v1/discoveries", found, said))
    path = f"/api/v1/statements/{receipt['position']}"
    shown = await (await handheld.house.client.get(path, headers=handheld.bearer)).json()
    assert shown["versions"][0]["signed_by"] == handheld.device.id
    assert shown["versions"][0]["signed_at"] == Signature.of_header(said[HEADER]).signed_at
    html = {"Accept": "text/html", "Accept-Language": "zh"}
    page = await (await handheld.manager.get(f"/statements/{receipt['position']}", headers=html)).text()
    assert f"设备密钥 {handheld.device.id}" in page


async def test_keys_are_listed_and_revoked(handheld: Handheld, house: House) -> None:
    other = await handheld.other(8)
    path = f"/api/v1/device-keys/{handheld.device.id}"
    revoked = await handheld.as_manager(f"{path}/revocation", {})
    assert revoked.status == 201
    assert (await refused(handheld, VEHICLES, VAN, handheld.van()))["code"] == "signature.key-revoked"
    listed = await (await handheld.manager.get(f"/api/v1/device-keys?token={handheld.token}")).json()
    told = [(each["id"], each["device"], each["number"], each["active"]) for each in listed["items"]]
    assert told == [(handheld.device.id, "handset", 3, False), (other.id, "scale", None, True)]
    holding = await (await handheld.manager.get("/api/v1/device-keys?holding=true")).json()
    assert [each["id"] for each in holding["items"]] == [other.id]
    token = await (await handheld.manager.get(f"/api/v1/tokens/{handheld.token}")).json()
    assert token["signs"]
    async with house.visitor() as stranger:
        assert (await stranger.get(path)).status == 401


async def test_others_keys_are_as_if_they_were_not(handheld: Handheld, house: House) -> None:
    theirs = await house.said("/api/v1/tokens", {"scopes": ["parties:write", "goods:read"]})
    headers = {"Authorization": f"Bearer {theirs['secret']}"}
    scoped = {"uscc": "91110000101623741K", "name": "他站", "roles": ["first_station"], "region": "370200"}
    other = (await house.said("/api/v1/organisations", scoped))["outcome"]["organisation"]
    user = {"organisation": other, "role": "manager", "name": "赵六", "login": "zhao", "way_in": "password"}
    password = (await house.said("/api/v1/users", user))["password"]
    async with house.visitor() as browser:
        csrf = await sign_in(browser, "zhao", password)
        told = []
        for id_ in (handheld.device.id, 999_999):
            answer = await browser.get(f"/api/v1/device-keys/{id_}")
            told.append((answer.status, (await answer.json(content_type=None))["code"]))
            refusal = await browser.post(
                f"/api/v1/device-keys/{id_}/revocation", json={}, headers={"X-CSRF-Token": csrf}
            )
            told.append((refusal.status, (await refusal.json(content_type=None))["code"]))
        assert told[:2] == told[2:] == [(404, "request.not-found"), (404, "device-key.not-found")]
        assert (await (await browser.get("/api/v1/device-keys")).json())["items"] == []
    shown = await house.client.get(f"/api/v1/device-keys/{handheld.device.id}", headers=headers)
    assert shown.status == 200, "the platform's operator sees all"


async def test_what_is_no_public_key_is_not_registered(handheld: Handheld) -> None:
    weak = write_public(b"\x01" + bytes(31))
    for key in ("", "A" * 43, "A" * 44, "鲁" * 44, key_of(7).public[:-2] + "x=", weak):
        body = {"public_key": key, "device": "handset"}
        answer = await handheld.as_manager(f"/api/v1/tokens/{handheld.token}/device-keys", body)
        problem = await answer.json(content_type=None)
        assert (answer.status, problem["errors"][0]["code"]) == (422, "message.ed25519")


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_a_manager_registers_and_revokes_a_key_by_hand(handheld: Handheld, language: str) -> None:
    browser, html = handheld.manager, {"Accept": "text/html", "Accept-Language": language}
    signs = {"en": "signed writes only", "zh": "仅受理签名请求"}[language]
    listed = f"/organisation/tokens/{handheld.token}/device-keys"
    people = await (await browser.get("/organisation/people", headers=html)).text()
    assert signs in people
    assert f'href="{listed}"' in people
    page = await (await browser.get(listed, headers=html)).text()
    assert key_of(7).public in page.replace("&#43;", "+")
    assert handheld.device.ledger in page

    typed = {"public_key": "not a key", "device": "scale", "number": "4"}
    again = await _send(browser, f"{listed}/new", typed, html)
    assert (again.status, 'role="alert"' in await again.text()) == (422, True)
    done = await _send(browser, f"{listed}/new", {**typed, "public_key": key_of(8).public}, html)
    assert (done.status, done.headers["Location"].partition("?")[0]) == (303, listed)
    page = await (await browser.get(done.headers["Location"], headers=html)).text()
    assert {"en": "Scale 4", "zh": "电子秤 4"}[language] in page

    revocation = f"/organisation/device-keys/{handheld.device.id}/revocation"
    assert f'href="{revocation}"' in page
    done = await _send(browser, revocation, {}, html)
    assert (done.status, done.headers["Location"].partition("?")[0]) == (303, listed)
    page = await (await browser.get(listed, headers=html)).text()
    assert f'href="{revocation}"' not in page


async def _send(
    browser: ClientSession, path: str, typed: dict[str, str], html: dict[str, str]
) -> ClientResponse:
    """Open a form, fill it in and send it."""
    page = await (await browser.get(path, headers=html)).text()
    hidden = {
        name: re.findall(rf'name="{name}" value="([^"]*)"', page)[-1] for name in ("csrf", "submission")
    }
    return await browser.post(path, data={**hidden, **typed}, headers=html, allow_redirects=False)

"""Writes: receipts, the same submission again, secrets that are told once, files, pages of what was
written."""

from __future__ import annotations

import asyncio
import hashlib
from io import BytesIO
from typing import Any

import asyncpg
import pytest
from aiohttp import ClientResponse

from schema.identifiers.uscc import check_character, organisation_check
from service.ledger.checkpoint import open_promise
from service.trust import read_verifiers
from tests.integration.http.conftest import Business, House, served, sign_in
from tests.settlement import uscc

FACILITIES, TOKENS = "/api/v1/facilities", "/api/v1/tokens"
PLACE = {
    "kind": "first_station",
    "name": "一号首站冷库",
    "region": "370200",
    "address": "示例路 1 号",
    "filing": "备-1",
    "zones": [{"name": "待检区", "kind": "quarantine"}, {"name": "进口区", "kind": "imported"}],
}
PDF = b"%PDF-1.7 a scanned paper"


async def file_place(house: House, by: Business, key: str | None = None, **other: Any) -> ClientResponse:
    headers = by.bearer if key is None else {**by.bearer, "Idempotency-Key": key}
    return await house.client.post(FACILITIES, json={**PLACE, **other}, headers=headers)


async def test_a_receipt_names_position_leaf_and_promise(house: House, station: Business) -> None:
    answer = await file_place(house, station)
    receipt = await answer.json()
    assert answer.status == 201
    members = {"position", "recorded_at", "kind", "leaf", "promise", "receipt", "outcome", "breach"}
    assert set(receipt) == members
    assert receipt["kind"] == "facility-filed"
    assert receipt["breach"] == []
    assert answer.headers["Location"] == f"/api/v1/facilities/{receipt['outcome']['facility']}"
    promise = open_promise(receipt["promise"], *read_verifiers(house.settings))
    assert promise.position == receipt["position"]
    assert promise.leaf.hex() == receipt["leaf"]


async def test_the_same_submission_gets_the_same_bytes_from_any_process(
    house: House, station: Business
) -> None:
    first = await file_place(house, station, key="delivery 1".replace(" ", "-"))
    again = await file_place(house, station, key="delivery-1")
    async with served(house.settings, house.database) as other:
        headers = {**station.bearer, "Idempotency-Key": "delivery-1"}
        elsewhere = await other.post(FACILITIES, json=PLACE, headers=headers)
        assert first.status == again.status == elsewhere.status == 201
        assert await first.read() == await again.read() == await elsewhere.read()
        assert first.headers["Location"] == elsewhere.headers["Location"]


async def test_another_submission_under_the_same_key_is_refused(house: House, station: Business) -> None:
    await file_place(house, station, key="k")
    answer = await file_place(house, station, key="k", name="二号首站冷库")
    document = await answer.json(content_type=None)
    assert (answer.status, document["code"]) == (409, "ledger.idempotency-conflict")
    answer = await house.client.post(TOKENS, json={"scopes": ["goods:read"]}, headers={
        **station.bearer, "Idempotency-Key": "k"})  # fmt: skip
    assert answer.status == 409


async def test_a_refused_submission_leaves_its_key_free(house: House, station: Business) -> None:
    assert (await file_place(house, station, key="k", kind="processing_plant")).status == 403
    assert (await file_place(house, station, key="k")).status == 201


async def test_a_key_is_its_organisations_own(house: House, station: Business) -> None:
    mine = await house.said(TOKENS, {"scopes": ["goods:read"]}, **{"Idempotency-Key": "k"})
    answer = await file_place(house, station, key="k")
    assert answer.status == 201
    assert (await answer.json())["position"] != mine["position"]


async def test_without_a_key_each_is_a_submission(house: House, station: Business) -> None:
    receipts = [await (await file_place(house, station)).json() for _ in range(2)]
    assert receipts[0]["position"] < receipts[1]["position"]


async def test_many_at_once_under_one_key_are_one(house: House, station: Business) -> None:
    answers = await asyncio.gather(*(file_place(house, station, key="k") for _ in range(20)))
    assert len({await answer.read() for answer in answers}) == 1


@pytest.mark.parametrize("key", ["", " ", "a b", "x" * 201, "é"])
async def test_a_key_that_cannot_be_used(house: House, station: Business, key: str) -> None:
    answer = await file_place(house, station, key=key)
    document = await answer.json(content_type=None)
    assert (answer.status, document["code"]) == (400, "request.idempotency-key")


async def test_a_secret_is_told_once(house: House, station: Business) -> None:
    headers = {**station.bearer, "Idempotency-Key": "k"}
    answers = []
    for _ in range(3):
        answer = await house.client.post(TOKENS, json={"scopes": ["goods:read"]}, headers=headers)
        answers.append(await answer.json())
    secret = answers[0].pop("secret")
    assert answers[0] == answers[1] == answers[2]
    lots = await house.client.get("/api/v1/lots", headers={"Authorization": f"Bearer {secret}"})
    assert lots.status == 200, "the secret that was told is the one that works"


async def test_what_is_personal_or_secret_is_in_no_statement(house: House) -> None:
    organisation = (await house.said("/api/v1/organisations", {
        "uscc": "91110000101623741K", "name": "示例批发", "roles": ["wholesaler"], "region": "420100"
    }))["outcome"]["organisation"]  # fmt: skip
    receipt = await house.said("/api/v1/users", {
        "organisation": organisation, "role": "manager", "name": "李四四", "login": "lisisi",
        "password": "a very long pass phrase",
    })  # fmt: skip
    connection = await asyncpg.connect(house.database)
    try:
        row = await connection.fetchrow(
            "SELECT statement FROM ledger.entry WHERE position = $1", receipt["position"]
        )
    finally:
        await connection.close()
    statement = row["statement"].decode()
    assert "sha256" in statement
    assert not any(word in statement for word in ("李四四", "lisisi", "pass phrase"))
    async with house.visitor() as client:
        signing = {"login": "lisisi", "password": "a very long pass phrase"}
        assert (await client.post("/api/v1/sessions", json=signing)).status == 201


async def test_a_sole_traders_place_is_in_no_statement(house: House) -> None:
    trader = {"uscc": uscc(1, prefix="92"), "name": "王小二", "roles": ["retailer"], "region": "420100"}
    organisation = (await house.said("/api/v1/organisations", trader))["outcome"]["organisation"]
    manager = {"organisation": organisation, "role": "manager", "name": "王小二", "login": "wang"}
    manager["way_in"] = "password"
    password = (await house.said("/api/v1/users", manager))["password"]
    place = {"kind": "shop", "name": "王小二水产店", "region": "420100", "address": "示例里弄 3 号"}
    async with house.visitor() as browser:
        csrf = await sign_in(browser, "wang", password)
        answer = await browser.post(FACILITIES, json=place, headers={"X-CSRF-Token": csrf})
        position = (await answer.json())["position"]
        assert answer.status == 201
        shown = await (await browser.get(answer.headers["Location"])).json()
    assert (shown["name"], shown["address"], shown["kind"]) == (place["name"], place["address"], "shop")
    connection = await asyncpg.connect(house.database)
    try:
        statement = (
            await connection.fetchval("SELECT statement FROM ledger.entry WHERE position = $1", position)
        ).decode()
        boxes = await connection.fetch("SELECT * FROM private.personal WHERE position = $1", position)
    finally:
        await connection.close()
    assert not any(word in statement for word in ("王小二", "里弄"))
    assert {row["pointer"] for row in boxes} == {"/name", "/address"}
    assert not any(place[name].encode() in row["box"] for row in boxes for name in ("name", "address"))


async def test_a_file_is_kept_under_its_digest(house: House, station: Business) -> None:
    headers = {**station.bearer, "Content-Type": "application/pdf"}
    for _ in range(2):
        answer = await house.client.post("/api/v1/files", data=PDF, headers=headers)
        kept = await answer.json()
        assert answer.status == 201
        assert kept == {
            "sha256": hashlib.sha256(PDF).hexdigest(),
            "size": len(PDF),
            "type": "application/pdf",
        }


async def test_a_paper_shows_only_a_scan_of_its_own_organisation(house: House, station: Business) -> None:
    """Whether somebody else uploaded the file is not told."""
    digest = hashlib.sha256(PDF).hexdigest()
    paper = {"kind": "quarantine", "issuer": "示例海关", "number": "220000123456789"} | {
        "issued_on": "2020-08-10", "lots": [1], "file": digest
    }  # fmt: skip

    async def recorded() -> dict[str, Any]:
        answer = await house.client.post("/api/v1/certificates", json=paper, headers=station.bearer)
        told: dict[str, Any] = await answer.json(content_type=None)
        return {name: value for name, value in told.items() if name != "instance"}

    nobodys = await recorded()
    assert (nobodys["status"], nobodys["code"]) == (422, "certificate.file-not-uploaded")
    assert "/file" in str(nobodys)
    media = {"Content-Type": "application/pdf"}
    by_another = {**media, "X-CSRF-Token": house.platform.csrf}
    assert (await house.client.post("/api/v1/files", data=PDF, headers=by_another)).status == 201
    assert await recorded() == nobodys
    answer = await house.client.post("/api/v1/files", data=PDF, headers={**station.bearer, **media})
    assert answer.status == 201
    assert (await recorded())["code"] == "lot.not-found"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "file.empty"),
        (b"MZ not a paper", "file.type-not-accepted"),
        (PDF + b"\0" * (10 * 1024 * 1024), "file.too-large"),
    ],
)
async def test_files_that_are_not_taken(house: House, station: Business, body: bytes, code: str) -> None:
    answer = await house.client.post(
        "/api/v1/files", data=BytesIO(body), headers={**station.bearer, "Content-Type": "application/pdf"}
    )
    assert (await answer.json(content_type=None))["code"] == code


async def test_a_form_without_a_file(house: House, station: Business) -> None:
    boundary = {**station.bearer, "Content-Type": "multipart/form-data; boundary=x"}
    body = b'--x\r\nContent-Disposition: form-data; name="other"\r\n\r\n1\r\n--x--\r\n'
    answer = await house.client.post("/api/v1/files", data=body, headers=boundary)
    assert (await answer.json(content_type=None))["code"] == "request.file-missing"


def made_up_uscc(number: int) -> str:
    body = f"MA{number:06}"
    code = f"91420100{body}{organisation_check(body)}"
    return code + check_character(code)


async def test_a_list_is_read_page_by_page(house: House) -> None:
    for number in range(1, 8):
        await house.said("/api/v1/organisations", {
            "uscc": made_up_uscc(number), "name": f"示例 {number}", "roles": ["retailer"], "region": "420100"
        })  # fmt: skip
    seen, path = [], "/api/v1/organisations?limit=3"
    while True:
        answer = await house.client.get(path)
        page = await answer.json()
        seen += [each["id"] for each in page["items"]]
        assert len(page["items"]) <= 3
        if page["next"] is None:
            assert "next" not in answer.links
            break
        path = f"{answer.links['next']['url'].path_qs}"
        assert page["next"] in path
    assert len(seen) == len(set(seen)) == 9, "seven, the platform itself and the station"


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("limit=0", "message.invalid"),
        ("limit=201", "message.invalid"),
        ("limit=many", "message.invalid"),
        ("cursor=AAAA", "request.cursor"),
        ("moon=full", "message.invalid"),
    ],
)
async def test_a_page_that_is_not_there(house: House, query: str, code: str) -> None:
    answer = await house.client.get(f"/api/v1/organisations?{query}")
    assert (await answer.json(content_type=None))["code"] == code


async def test_a_user_registered_twice_under_one_key_is_registered_once(house: House) -> None:
    """The login is taken by then, by the very submission that is repeated; its link is told once only."""
    person = {
        "organisation": 2000,  # the platform's own: the first organisation of every ledger
        "role": "staff",
        "name": "示例 王",
        "login": "wang.sample",
    }
    first = await house.said("/api/v1/users", person, **{"Idempotency-Key": "wang"})
    again = await house.said("/api/v1/users", person, **{"Idempotency-Key": "wang"})
    assert first.pop("invitation")
    assert again == first
    other = await house.say("/api/v1/users", {**person, "role": "manager"}, **{"Idempotency-Key": "wang"})
    assert (await other.json(content_type=None))["code"] == "ledger.idempotency-conflict"


async def test_evidence_is_ones_own(house: House, station: Business) -> None:
    digest = hashlib.sha256(PDF).hexdigest()
    gone = {"grams": 1, "method": "burial", "evidence": [digest], "happened_at": "2020-08-17"}

    async def destroyed() -> tuple[str, str]:
        answer = await house.client.post("/api/v1/units/7/destructions", json=gone, headers=station.bearer)
        told = await answer.json(content_type=None)
        return told["code"], str(told)

    code, told = await destroyed()
    assert code == "movement.file-not-uploaded"
    assert "/evidence/0" in told
    media = {**station.bearer, "Content-Type": "application/pdf"}
    assert (await house.client.post("/api/v1/files", data=PDF, headers=media)).status == 201
    assert (await destroyed())[0] == "unit.not-found"


@pytest.mark.parametrize(
    ("path", "name", "code"),
    [
        ("transfers", "to_uscc", "transfer.no-such-owner"),
        ("surrenders", "authority_uscc", "authority.not-found"),
    ],
)
async def test_organisations_are_named_by_their_code(
    house: House, station: Business, path: str, name: str, code: str
) -> None:
    said = {
        "transfers": {"document": {"kind": "invoice", "number": "1"}},
        "surrenders": {"grams": 1, "document": "1"},
    }[path] | {"happened_at": "2020-08-17"}

    async def answered(**more: str) -> str:
        body = {**said, **more}
        answer = await house.client.post(f"/api/v1/units/7/{path}", json=body, headers=station.bearer)
        return str(await answer.json(content_type=None))

    missing = await answered()
    assert "message.required" in missing
    assert f"/{name}" in missing
    nobody = await answered(**{name: "911101066976941872"})
    assert code in nobody
    assert f"/{name}" in nobody
    assert "unit.not-found" in await answered(**{name: "91110000600037341L"})

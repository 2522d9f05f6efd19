"""Social credit codes of sole traders: who is told one, who finds by one, and that it goes with the
trader."""

from __future__ import annotations

from typing import Any

import pytest

from schema.identifiers import SOLE_TRADER
from schema.problems import Problem
from service.founding import found
from service.http.disclosing import disclose
from service.http.keys import REGISTER_KEYS
from service.http.readers import PUBLIC
from tests.integration.persons.conftest import CODE, IMPORTER, Office, announce
from tests.integration.persons.test_erasing import erase, everything, opened, proven
from tests.settlement import uscc

COMPANY = uscc(7, "370200")
OTHER = uscc(902, "370200", "92")


def key_of(office: Office, code: str) -> str:
    key: str = office.client.app[REGISTER_KEYS].of(code)
    return key


async def arrival_of(office: Office, who: str) -> Any:
    return await office.told(who, f"/api/v1/arrivals/{office.ids['arrival']}")


async def corrected(office: Office, **changes: Any) -> Any:
    """The announcement after a correction, as the ledger has it."""
    position = office.ids["arrival"] // 1000
    told = await office.told("station", f"/api/v1/statements/{position}")
    said = {"reason": "typing", "changes": changes}
    receipt = await office.said("station", f"/api/v1/statements/{told['position']}/corrections", said)
    return (await office.ledger.acknowledgement(receipt["position"])).statement.data["replacement"]


async def test_the_code_is_told_with_the_name(office: Office) -> None:
    path = f"/api/v1/organisations/{office.ids['trader']}"
    for who, code in (
        *((each, CODE) for each in ("trader", "station", "platform", "shandong")),
        *((each, SOLE_TRADER) for each in ("hubei", "auditor")),
    ):
        before = await office.lines()
        told = await office.told(who, path)
        assert (told["uscc"], told["sole_trader"]) == (code, True), who
        assert (await office.lines() > before) == (code == CODE), who
        listed = (await office.told(who, "/api/v1/organisations"))["items"]
        assert {each["uscc"] for each in listed if each["sole_trader"]} <= {code}, who
    company = await office.told("station", f"/api/v1/organisations/{office.parties['station'].organisation}")
    assert (company["uscc"], company["sole_trader"]) == (office.parties["station"].uscc, False)


async def test_the_public_is_told_that_it_is_a_sole_trader(office: Office) -> None:
    shown = {"organisation": "", "uscc": key_of(office, CODE), "facility": "", "lots": [{"of": COMPANY}]}
    before = await office.lines()
    await disclose(office.client.app, PUBLIC, shown, listed=False)
    assert shown == {"organisation": "", "uscc": SOLE_TRADER, "facility": "", "lots": [{"of": COMPANY}]}
    assert await office.lines() == before


async def test_who_knows_the_code_finds_by_it_and_nobody_by_what_stands_for_it(office: Office) -> None:
    for what in ("organisations", "facilities"):
        (one,) = (await office.told("shop", f"/api/v1/{what}?uscc={CODE}"))["items"]
        assert one["id"] in (office.ids["trader"], office.ids["stall"])
        assert one.get("uscc", SOLE_TRADER) == SOLE_TRADER
        assert (await office.told("shop", f"/api/v1/{what}?uscc={OTHER}"))["items"] == []
        answer = await office.get("platform", f"/api/v1/{what}?uscc={key_of(office, CODE)}")
        assert (await answer.json())["errors"][0]["code"] == "identifier.uscc-length"


async def test_pages_tell_the_code_to_who_may_read_it_and_find_by_it(office: Office) -> None:
    path = f"/organisations/{office.ids['trader']}"
    for who, seen in (
        ("platform", CODE),
        ("station", CODE),
        ("auditor", SOLE_TRADER),
        ("hubei", SOLE_TRADER),
    ):
        page = await (await office.get(who, path)).text()
        assert seen in page, who
        assert ("92:" in page, CODE in page) == (False, seen == CODE), who
    page = await (await office.get("platform", f"/organisations?uscc={CODE}")).text()
    assert f'href="{path}"' in page
    page = await (await office.get("platform", f"{path}/change")).text()
    assert (CODE in page, 'name="uscc"' in page) == (True, False), "nobody types what is known"
    log = await (await office.get("trader", "/access-log")).text()
    assert ("统一社会信用代码" in log, "/uscc_code" in log) == (True, False)
    await office.said("platform", f"/api/v1/organisations/{office.ids['trader']}/suspension", {"reason": "x"})
    page = await (await office.get("platform", path)).text()
    assert f"/persons/organisation/{office.ids['trader']}/erasure" in page


async def test_one_trader_a_code(office: Office) -> None:
    again = {"uscc": CODE.lower(), "name": "另一家", "roles": ["retailer"], "region": "370200"}
    answer = await office.post("platform", "/api/v1/organisations", again)
    told = await answer.json()
    assert told["code"] == "party.uscc-taken"
    assert SOLE_TRADER in told["detail"]
    assert "92:" not in str(told)
    change = {"uscc": OTHER, "roles": ["wholesaler"]}
    answer = await office.post("platform", f"/api/v1/organisations/{office.ids['trader']}/changes", change)
    assert (await answer.json())["code"] == "party.uscc-differs"
    await office.said(
        "platform", f"/api/v1/organisations/{office.ids['trader']}/changes", {**change, "uscc": CODE}
    )


async def test_a_thing_is_handed_to_a_sole_trader_by_the_code(office: Office) -> None:
    shipment = await office.told("station", f"/api/v1/shipments/{office.ids['to shop']}")
    unit = shipment["items"][0]["unit"]
    portion = {"unit": unit, "pieces": 1, "grams": 27_000}
    received = {"happened_at": "2020-08-20", "items": [portion]}
    path = f"/api/v1/shipments/{office.ids['to shop']}/receipt"
    unit = (await office.said("shop", path, received))["outcome"]["units"][0]
    contract = {"kind": "contract", "number": "HT-9"}
    transfer = {"to_uscc": CODE, "happened_at": "2020-08-20", "document": contract}
    made = await office.said("shop", f"/api/v1/units/{unit}/transfers", transfer)
    statement = (await office.ledger.acknowledgement(made["position"])).statement
    assert statement.data["to"] == office.ids["trader"]
    answer = await office.post("shop", f"/api/v1/units/{unit}/transfers", {**transfer, "to_uscc": OTHER})
    assert (await answer.json())["code"] == "transfer.no-such-owner"


async def test_an_importer_who_is_not_registered(office: Office) -> None:
    position = office.ids["arrival"] // 1000
    data = (await office.ledger.acknowledgement(position)).statement.data
    assert data["importer"] == key_of(office, IMPORTER)
    assert data["importer_code"].keys() == {"sha256"}
    assert (await arrival_of(office, "station"))["importer"] == IMPORTER
    for who in ("shandong", "auditor"):
        assert (await arrival_of(office, who))["importer"] == SOLE_TRADER, who
    listed = (await office.told("station", "/api/v1/arrivals"))["items"]
    assert SOLE_TRADER in {each["importer"] for each in listed}
    assert IMPORTER not in str(listed)
    assert (await office.read("shandong", position))[1]["code"] == "person.reason-missing"
    assert await office.read("shandong", position, purpose="inspection") == (
        200,
        {"/importer_code": IMPORTER},
    )
    assert (await office.read("shop", position, purpose="inspection"))[0] == 404
    page = await (await office.get("station", f"/arrivals/{office.ids['arrival']}")).text()
    assert IMPORTER in page
    page = await (await office.get("auditor", f"/arrivals/{office.ids['arrival']}")).text()
    assert (SOLE_TRADER in page, IMPORTER in page, "92:" in page) == (True, False, False)


async def test_a_correction_keeps_the_importer_or_names_another(office: Office) -> None:
    first = (await office.ledger.acknowledgement(office.ids["arrival"] // 1000)).statement.data
    kept = await corrected(office, port="大连港")
    assert {name: kept[name] for name in ("importer", "importer_code")} == {
        name: first[name] for name in ("importer", "importer_code")
    }
    other = await corrected(office, importer=OTHER)
    assert other["importer"] == key_of(office, OTHER)
    assert other["importer_code"] not in (None, first["importer_code"])
    assert (await arrival_of(office, "station"))["importer"] == OTHER
    company = await corrected(office, importer=COMPANY)
    assert (company["importer"], "importer_code" in company) == (COMPANY, False)
    assert (await arrival_of(office, "station"))["importer"] == COMPANY
    trader = await corrected(office, importer=CODE)
    assert trader["importer"] == key_of(office, CODE)
    dump = await everything(office.url)
    assert not {code for code in (CODE, IMPORTER, OTHER) if code in dump}


async def test_a_preview_tells_no_key(office: Office) -> None:
    position = office.ids["arrival"] // 1000
    said = {"reason": "typing", "changes": {"importer": OTHER}}
    answer = await office.post("station", f"/api/v1/statements/{position}/correction-preview", said)
    body = await answer.text()
    assert answer.status == 200
    assert (SOLE_TRADER in body, "92:" in body, OTHER in body) == (True, False, False)
    page = await (await office.get("station", f"/statements/{position}")).text()
    assert (IMPORTER in page, "92:" in page) == (True, False)


async def test_the_registered_importer_sees_its_goods(office: Office) -> None:
    place = office.told("station", f"/api/v1/arrivals/{office.ids['arrival']}")
    made = await announce(office, (await place)["facility"]["id"], CODE)
    arrival, position = made["outcome"]["arrival"], made["position"]
    for who in ("trader", "station", "shandong"):
        assert (await office.told(who, f"/api/v1/arrivals/{arrival}"))["importer"] == CODE, who
    assert (await office.told("auditor", f"/api/v1/arrivals/{arrival}"))["importer"] == SOLE_TRADER
    whose = await office.pool.fetchrow(
        "SELECT p.kind, p.subject FROM private.personal JOIN private.person p USING (person)"
        " WHERE personal.position = $1",
        position,
    )
    assert tuple(whose) == ("organisation", office.ids["trader"])


async def test_what_was_named_before_the_trader_came_goes_with_the_trader(office: Office) -> None:
    trader = {"uscc": IMPORTER, "name": "钱八商行", "roles": ["importer"], "region": "370200"}
    made = (await office.said("platform", "/api/v1/organisations", trader))["outcome"]["organisation"]
    assert IMPORTER in await opened(office)
    assert (await arrival_of(office, "shandong"))["importer"] == IMPORTER, "told with the name by now"
    assert (await arrival_of(office, "auditor"))["importer"] == SOLE_TRADER
    await office.said("platform", f"/api/v1/organisations/{made}/suspension", {"reason": "注销"})
    before = await proven(office)
    await erase(office, "organisation", made, "platform")
    assert (await proven(office))[1][: before[0]] == before[1]
    assert IMPORTER not in await opened(office)
    assert CODE in await opened(office), "of others nothing is gone"
    for who in ("station", "shandong"):
        told = await arrival_of(office, who)
        assert (told["importer"], told["importer_code"]["erased"]) == (SOLE_TRADER, True)
    assert (await office.told("platform", f"/api/v1/organisations/{made}"))["uscc"] == SOLE_TRADER
    (known,) = (await office.told("shop", f"/api/v1/organisations?uscc={IMPORTER}"))["items"]
    assert known["id"] == made, "who has the code on paper still finds that it is taken"
    page = await (await office.get("platform", f"/organisations/{made}/change")).text()
    assert 'name="uscc"' in page


async def test_without_the_registers_key_the_service_does_not_start(office: Office) -> None:
    office.settings.account_key_file.unlink()
    with pytest.raises(Problem) as caught:
        await found(office.settings, office.url)
    assert caught.value.code == "trust.account-key-missing"

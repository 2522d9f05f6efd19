"""Who reads what about persons; each value that is told has its line in the access log."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest

from service.parties.persons.staff_routes import today
from tests.integration.persons.conftest import (
    ADDRESS,
    DRIVER,
    ID_NUMBER,
    PHONE,
    PLATE,
    RESULT,
    SECRETS,
    STALL,
    TRADER,
    WORKER,
    WORKER_PHONE,
    Office,
)

WAYBILL = {"/waybill/driver_name": DRIVER, "/waybill/driver_phone": PHONE, "/waybill/plate": PLATE}
STAFF = {"/name": WORKER, "/phone": WORKER_PHONE, "/id_number": ID_NUMBER}
CASE = {"purpose": "case", "case": "2020-WH-001"}


def count(answer: Any) -> int:
    """How many personal values stand in an answer."""
    if isinstance(answer, dict):
        return sum(map(count, answer.values()))
    if isinstance(answer, list):
        return sum(map(count, answer))
    return int(answer in SECRETS)


async def test_consignor_and_consignee_see_the_driver_on_their_shipment(office: Office) -> None:
    path = f"/api/v1/shipments/{office.ids['to shop']}"
    for who in ("station", "station staff", "shop"):
        waybill = (await office.told(who, path))["waybill"]
        assert [waybill[name]["value"] for name in ("driver_name", "driver_phone", "plate")] == [
            *(DRIVER, PHONE, PLATE)
        ]
    for who in ("shandong", "hubei", "auditor"):
        assert count(await office.told(who, path)) == 0


async def test_a_list_tells_no_drivers(office: Office) -> None:
    assert DRIVER not in await (await office.get("station", "/api/v1/shipments")).text()


READS_THE_DRIVER: list[tuple[str, dict[str, str], object]] = [
    ("station", {}, WAYBILL),
    ("station staff", {}, WAYBILL),
    ("shop", {}, WAYBILL),
    ("shandong", {}, "person.reason-missing"),
    ("shandong", {"purpose": "inspection"}, WAYBILL),
    ("hubei", {"purpose": "trace"}, WAYBILL),
    ("guangdong", {}, "person.reason-missing"),
    ("guangdong", {"purpose": "inspection"}, "person.case-missing"),
    ("guangdong", CASE, WAYBILL),
    ("auditor", CASE, "request.not-found"),
    ("platform", CASE, "request.not-found"),
    ("outsider", CASE, "request.not-found"),
    ("trader", CASE, "request.not-found"),
]
READS_WHO_WORKS_THERE: list[tuple[str, dict[str, str], object]] = [
    ("station", {}, STAFF),
    ("station staff", {}, {"/name": WORKER}),
    ("shandong", {"purpose": "inspection"}, STAFF),
    ("hubei", {"purpose": "inspection"}, "person.case-missing"),
    ("hubei", CASE, STAFF),
    ("shop", CASE, "request.not-found"),
    ("platform", CASE, "request.not-found"),
    ("auditor", CASE, "request.not-found"),
]


async def test_who_may_read_and_what_reason_is_wanted(office: Office) -> None:
    for position, table in (
        (office.ids["to shop"] // 1000, READS_THE_DRIVER),
        (office.ids["worker at"], READS_WHO_WORKS_THERE),
    ):
        for who, why, expected in table:
            status, found = await office.read(who, position, **why)
            assert (found if status == 200 else found["code"]) == expected, (who, why)


async def test_a_result_is_for_the_manager_and_the_regulator(office: Office) -> None:
    position = office.ids["tested at"]
    assert await office.read("station", position) == (200, {"/result": RESULT})
    assert await office.read("shandong", position, purpose="inspection") == (200, {"/result": RESULT})
    status, found = await office.read("station staff", position)
    assert (status, found) == (200, {})
    assert (await office.read("shop", position, **CASE))[0] == 404


async def test_a_sole_traders_name_is_shown_to_who_deals_with_it(office: Office) -> None:
    trader, stall = office.ids["trader"], office.ids["stall"]
    for who in ("trader", "station", "platform", "shandong"):
        assert (await office.told(who, f"/api/v1/organisations/{trader}"))["name"] == TRADER
        place = await office.told(who, f"/api/v1/facilities/{stall}")
        assert (place["name"], place["address"], place["organisation"]["name"]) == (STALL, ADDRESS, TRADER)
        listed = (await office.told(who, "/api/v1/organisations"))["items"]
        assert TRADER in {each["name"] for each in listed}
    for who in ("hubei", "auditor"):
        assert (await office.told(who, f"/api/v1/organisations/{trader}"))["name"] == ""
        place = await office.told(who, f"/api/v1/facilities/{stall}")
        assert (place["name"], place["address"]) == ("", "")


async def test_who_knows_the_code_alone_does_not_learn_the_name(office: Office) -> None:
    trader = await office.told("trader", f"/api/v1/organisations/{office.ids['trader']}")
    found = await office.told("shop", f"/api/v1/facilities?uscc={trader['uscc']}")
    assert [each["id"] for each in found["items"]] == [office.ids["stall"]]
    assert count(found) == 0


async def test_the_shipment_and_the_trace_name_the_sole_trader(office: Office) -> None:
    shipment = await office.told("station", f"/api/v1/shipments/{office.ids['to trader']}")
    assert (shipment["consignee"]["name"], shipment["destination"]["name"]) == (TRADER, STALL)
    lot = shipment["items"][0]["lot"]["id"]
    trace = await office.told("shandong", f"/api/v1/lots/{lot}/trace/downstream")
    assert TRADER in str(trace)
    assert STALL in str(trace)


async def test_staff_by_name_for_their_own_people_alone(office: Office) -> None:
    (mine,) = (await office.told("station", "/api/v1/staff"))["items"]
    assert (mine["name"], mine["state"], mine["role"]) == (WORKER, "fit", "direct_contact")
    assert mine["due_on"] > mine["tested_on"]
    for who in ("shandong", "auditor"):
        (other,) = (await office.told(who, "/api/v1/staff"))["items"]
        assert (other["name"], other["state"]) == (None, "fit")
    for who in ("shop", "platform", "hubei"):
        assert (await office.told(who, "/api/v1/staff"))["items"] == []


async def test_every_value_that_is_told_has_its_line(office: Office) -> None:
    ids, chance = office.ids, Random(11)
    readers = [*office.sessions]
    things = [
        f"/api/v1/shipments/{ids['to shop']}", f"/api/v1/shipments/{ids['to trader']}", "/api/v1/shipments",
        f"/api/v1/organisations/{ids['trader']}", "/api/v1/organisations",
        f"/api/v1/facilities/{ids['stall']}", "/api/v1/facilities", "/api/v1/staff",
        f"/api/v1/staff/{ids['worker']}", "/api/v1/users", "/api/v1/units",
    ]  # fmt: skip
    positions = [ids["worker at"], ids["tested at"], ids["to shop"] // 1000, ids["trader"] // 1000, 0]
    reasons: list[dict[str, str]] = [{}, {"purpose": "trace"}, CASE]
    for _ in range(150):
        who, before = chance.choice(readers), await office.lines()
        if chance.random() < 0.6:
            answer = await (await office.get(who, chance.choice(things))).json()
        else:
            answer = (await office.read(who, chance.choice(positions), **chance.choice(reasons)))[1]
        # A name that stands in several places of an answer is read once.
        logged, shown = await office.lines() - before, count(answer)
        assert (logged > 0) == (shown > 0), (who, answer)
        assert logged <= shown, (who, answer)


async def test_a_line_says_who_read_what_and_why(office: Office) -> None:
    await office.read("guangdong", office.ids["worker at"], **CASE)
    lines = (await office.told("station", f"/api/v1/accesses?kind=staff&subject={office.ids['worker']}"))[
        "items"
    ]
    newest = [line for line in lines if line["relation"] == "outside"]
    others = (await office.told("station", "/api/v1/accesses?others=true"))["items"]
    assert others == newest
    assert {line["pointer"] for line in newest} == {*STAFF}
    for line in newest:
        assert (line["purpose"], line["case"]) == ("case", "2020-WH-001")
        assert line["reader"]["id"] == office.parties["guangdong"].organisation
        assert line["user"] == office.parties["guangdong"].manager.user
        assert line["organisation"]["id"] == office.parties["station"].organisation
        assert line["position"] == office.ids["worker at"]
    assert not any(secret in str(lines) for secret in SECRETS)


async def test_who_sees_the_log(office: Office) -> None:
    await office.read("guangdong", office.ids["worker at"], **CASE)

    async def about_worker(who: str) -> int:
        path = f"/api/v1/accesses?kind=staff&subject={office.ids['worker']}"
        return len((await office.told(who, path))["items"])

    for who in ("station", "shandong", "auditor", "guangdong"):
        assert await about_worker(who) > 0, who
    for who in ("shop", "hubei", "platform", "outsider", "trader"):
        assert await about_worker(who) == 0, who
    assert (await office.get("station staff", "/api/v1/accesses")).status == 403


async def test_the_log_is_only_added_to(office: Office) -> None:
    for statement in ("UPDATE private.access SET purpose = 'work'", "DELETE FROM private.access",
                      "TRUNCATE private.access", "DELETE FROM private.person"):  # fmt: skip
        with pytest.raises(Exception, match="permission denied"):
            await office.pool.execute(statement)


async def test_a_case_is_a_number_and_no_story(office: Office) -> None:
    status, found = await office.read(
        "guangdong", office.ids["worker at"], purpose="case", case="李强国的案子"
    )
    assert (status, found["code"]) == (422, "message.invalid")
    assert found["errors"][0]["code"] == "person.case-format"


async def test_the_newest_name_is_told(office: Office) -> None:
    trader, stall = office.ids["trader"], office.ids["stall"]
    organisation = await office.told("trader", f"/api/v1/organisations/{trader}")
    place = {"changed_on": today().isoformat(), "name": "新摊位", "address": "新址"}
    await office.said("trader", f"/api/v1/facilities/{stall}/changes", place)
    party = {"uscc": organisation["uscc"], "name": "赵六新店"}
    await office.said("platform", f"/api/v1/organisations/{trader}/changes", party)
    told = await office.told("station", f"/api/v1/facilities/{stall}")
    assert (told["name"], told["address"], told["organisation"]["name"]) == ("新摊位", "新址", "赵六新店")


async def test_ones_own_vehicles_are_known_by_their_plates(office: Office) -> None:
    await office.said("station", "/api/v1/vehicles", {"kind": "truck", "plate": PLATE})
    before = await office.lines()
    (mine,) = (await office.told("station", "/api/v1/vehicles"))["items"]
    assert mine["plate"]["value"] == PLATE
    assert await office.lines() == before + 1
    (listed,) = (await office.told("platform", "/api/v1/vehicles"))["items"]
    assert listed["plate"].keys() == {"sha256"}
    page = await (await office.get("station", "/organisation")).text()
    assert PLATE in page

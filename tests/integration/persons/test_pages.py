"""Pages of staff and personal data: what their people do there, in both languages, without script."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlencode

from service.http.authentication import COOKIE
from service.parties.persons.staff_routes import today
from tests.integration.persons.conftest import DRIVER, TRADER, WORKER, Office


async def shown(office: Office, who: str, path: str, language: str = "zh") -> str:
    session = office.sessions[who]
    headers = {"Cookie": f"{COOKIE}={session.secret}; language={language}", "Accept": "text/html"}
    answer = await office.client.get(path, headers=headers)
    text = await answer.text()
    assert answer.status == 200, text
    return text


async def sent(office: Office, who: str, path: str, **fields: Any) -> tuple[int, str]:
    """Send the form of a page; the page that follows."""
    session = office.sessions[who]
    headers = {"Cookie": f"{COOKIE}={session.secret}; language=zh", "Accept": "text/html"}
    form = {"csrf": session.csrf, "submission": fields.pop("submission", "once"), **fields}
    body = urlencode(form, doseq=True)
    answer = await office.client.post(
        path, data=body, headers={**headers, "Content-Type": "application/x-www-form-urlencoded"}
    )
    return answer.status, await answer.text()


async def test_a_person_is_registered_tested_and_put_on_a_shift(office: Office) -> None:
    status, text = await sent(
        office, "station", "/staff/new", role="direct_contact", name="周八新人", submission="new"
    )
    assert status == 200
    assert "周八新人" in text
    assert "检测过期" in text
    number = re.search(r"/staff/(\d+)/test", text)
    assert number is not None
    staff, day = number[1], today().isoformat()
    facility = next(iter((await office.told("station", "/api/v1/facilities"))["items"]))["id"]
    shift = {"facility": facility, "begins_at": f"{day}T00:00", "ends_at": f"{day}T23:59", "crew": staff}
    form = await shown(office, "station", "/staff/shifts/new")
    assert f"周八新人 · 人员 {staff} · 检测过期" in form, "a refusal names the number"
    status, text = await sent(office, "station", "/staff/shifts/new", **shift)
    assert status == 409
    assert "检测已过期" in text
    test = {"test": "nucleic_acid", "sampled_on": day, "clears": "yes", "result": "阴性"}
    status, text = await sent(office, "station", f"/staff/{staff}/test", **test, submission="test")
    assert (status, "可上岗" in text) == (200, True)
    status, text = await sent(office, "station", "/staff/shifts/new", **shift, submission="twice")
    assert (status, "班次已安排" in text) == (200, True)
    assert f'<a href="/staff/{staff}">周八新人</a>' in text
    assert f'<a href="/staff/{staff}">人员 {staff}</a>' in await shown(office, "shandong", "/staff/shifts")


async def test_a_crews_tests_are_pasted_and_each_line_is_answered(office: Office) -> None:
    worker, day = office.ids["worker"], today().isoformat()
    assert f"{worker}, {day}, 是" in await shown(office, "station", "/staff/tests")
    lines = f"{worker}\t{day}\tyes\t阴性\n{worker}, 2199-01-01, 是\n777，{day}，否\nnonsense"
    for _ in range(2):
        status, text = await sent(office, "station", "/staff/tests", test="nucleic_acid", lines=lines)
        assert status == 200
        for words in ("已记入第", "日期晚于今天", "没有该工作人员", "无法识别该行"):
            assert words in text, words
    kept = await office.pool.fetchval("SELECT count(*) FROM ledger.entry WHERE kind = 'staff-tested'")
    assert kept == 2, "the same form twice is recorded once"


async def test_the_list_shows_names_to_their_own_people_alone(office: Office) -> None:
    for language, state in (("zh", "可上岗"), ("en", "May work")):
        own = await shown(office, "station", "/staff", language)
        assert WORKER in own
        assert state in own
    assert WORKER not in await shown(office, "shandong", "/staff")


async def test_a_vehicle_is_changed_by_its_plate_and_no_other_is_read(office: Office) -> None:
    """Also where there are more vehicles than stand on a page."""
    said = [
        await office.said("station", "/api/v1/vehicles", {"kind": "truck", "plate": f"鲁B0000{number}"})
        for number in range(3)
    ]
    last = said[-1]["outcome"]["vehicle"]
    before = await office.lines()
    assert "鲁B00002" in await shown(office, "station", f"/organisation/vehicles/{last}/change")
    assert await office.lines() == before + 1


async def test_vehicles_of_others_are_not_offered_to_the_operator_to_change(office: Office) -> None:
    truck = {"kind": "truck", "plate": "鲁B00009"}
    key = (await office.said("station", "/api/v1/vehicles", truck))["outcome"]["vehicle"]
    assert f"/organisation/vehicles/{key}/" in await shown(office, "station", "/organisation")
    assert "/organisation/vehicles/new" in (page := await shown(office, "platform", "/organisation"))
    assert f"/organisation/vehicles/{key}/" not in page


async def test_a_regulator_gives_a_reason_first(office: Office) -> None:
    position = office.ids["to shop"] // 1000
    page = await shown(office, "shandong", f"/shipments/{office.ids['to shop']}")
    assert f'href="/personal/{position}"' in page
    assert DRIVER not in page
    before = await office.lines()
    form = await shown(office, "shandong", f"/personal/{position}")
    assert DRIVER not in form
    assert await office.lines() == before
    status, text = await sent(office, "shandong", f"/personal/{position}")
    assert (status, "请说明查看理由" in text) == (422, True)
    status, text = await sent(office, "guangdong", f"/personal/{position}", purpose="trace")
    assert (status, "超出管辖范围" in text) == (403, True)
    status, text = await sent(office, "guangdong", f"/personal/{position}", purpose="case", case="2020-wh-1")
    assert (status, DRIVER in text) == (200, True)
    assert await office.lines() == before + 3
    log = await shown(office, "station", "/access-log?kind=statement&others=true")
    assert "驾驶员电话" in log
    assert "2020-WH-1" in log
    assert "辖区外" in log
    assert DRIVER not in log


async def test_the_shipment_shows_the_driver_to_its_own_people(office: Office) -> None:
    path = f"/shipments/{office.ids['to trader']}"
    for who in ("station", "trader"):
        page = await shown(office, who, path)
        assert DRIVER in page
        assert TRADER in page


async def test_somebody_who_left_is_erased_on_a_page(office: Office) -> None:
    worker, day = office.ids["worker"], today().isoformat()
    erasure = f"/persons/staff/{worker}/erasure"
    status, text = await sent(office, "station", erasure, reason="court_order")
    assert (status, "该人员仍在册" in text) == (409, True)
    await sent(office, "station", f"/staff/{worker}/leaving", left_on=day, submission="leaving")
    status, text = await sent(office, "station", erasure, reason="request", submission="too early")
    assert (status, "尚在法定保存期内" in text) == (409, True)
    status, text = await sent(office, "shandong", f"/persons/staff/{worker}/keeping", case="2020-WH-001")
    assert status == 200
    status, text = await sent(office, "station", erasure, reason="court_order", submission="kept")
    assert (status, "2020-WH-001" in text) == (409, True)
    await sent(office, "shandong", f"/persons/staff/{worker}/letting", case="2020-WH-001", submission="let")
    status, text = await sent(office, "station", erasure, reason="court_order", submission="at last")
    assert (status, "个人信息已删除" in text) == (200, True)
    page = await shown(office, "station", f"/staff/{worker}")
    assert "已删除 erased" in page
    assert WORKER not in page

"""Cases and requests as people see and say them: opened from goods, held in one click, asked, answered."""

from __future__ import annotations

import re

import pytest

from tests.integration.web.conftest import Browsers

OPENING = {"number": "青卫查 1", "hazard": "sars_cov_2", "sampled_at": "2020-08-18T09:30", "note": "张三采样"}


async def opened(browsers: Browsers, **fields: str | list[str]) -> str:
    """A case about the beef; the address of its page."""
    path = f"/cases/new?lots={browsers.story.ids['lot']}"
    done = await browsers.send("qingdao", path, {**OPENING, **fields})
    assert done.status == 303, done.text
    return str(done.answer.headers["Location"]).partition("?")[0]


async def asked(browsers: Browsers, case: str) -> str:
    """A request to the station; the address of its page."""
    station = browsers.story.parties["station"].organisation
    fields = {"to": str(station), "asks": ["seal_stock", "count"], "hours": "24", "note": "请联系李四"}
    done = await browsers.send("qingdao", f"{case}/request?to={station}", fields)
    assert done.status == 303, done.text
    return str(done.answer.headers["Location"]).partition("?")[0]


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_one_click_opens_asks_and_holds(browsers: Browsers, language: str) -> None:
    ids = browsers.story.ids
    assert f"/cases/new?lots={ids['lot']}" in (await browsers.get("qingdao", f"/lots/{ids['lot']}")).text
    case = await opened(browsers, hold_tiers=["0", "3"])
    shown = await browsers.get("qingdao", case, language)  # type: ignore[arg-type]
    words = (
        ("Suspected", "What was known when", "On hold")
        if language == "en"
        else ("疑似", "排查记录", "已封存")
    )
    for word in (*words, "青卫查 1", "张三采样"):
        assert word in shown.text, word
    unit = await browsers.get("shop", f"/units/{ids['shop_unit']}")
    assert "On hold: these goods" in unit.text
    listed = await browsers.get("qingdao", "/cases?state=suspected", language)  # type: ignore[arg-type]
    assert "青卫查 1" in listed.text


async def test_a_case_goes_on_step_by_step(browsers: Browsers) -> None:
    case = await opened(browsers)
    assert "Ask what is exposed" in (await browsers.get("qingdao", case)).text
    done = await browsers.send("qingdao", f"{case}/expose", {"terms.hops": "0"})
    assert done.status == 303, done.text
    page = await browsers.get("qingdao", case)
    found = re.search(rf"{case}/exposures/(\d+)/hold", page.text)
    assert found
    done = await browsers.send("qingdao", found[0], {"tiers": ["0"], "reason": "positive"})
    assert done.status == 303, done.text
    again = await browsers.send("qingdao", found[0], {"tiers": ["0"], "reason": "positive"})
    assert "Nothing of it can be held here" in again.text
    for result in (("screening", "positive"), ("retest", "negative")):
        fields = dict(zip(("stage", "result", "test"), (*result, f"T-{result[0]}"), strict=True))
        assert (await browsers.send("qingdao", f"{case}/test", fields)).status == 303
    assert "Cleared: lift the holds" in (await browsers.get("qingdao", case)).text
    wrong = await browsers.send("qingdao", f"{case}/close", {"conclusion": "no_hazard"})
    assert "Goods are still held" in wrong.text
    assert (await browsers.send("qingdao", f"{case}/lift", {"reason": "test_negative"})).status == 303
    assert "Nothing is open: close it" in (await browsers.get("qingdao", case)).text
    assert (await browsers.send("qingdao", f"{case}/close", {"conclusion": "no_hazard"})).status == 303
    closed = await browsers.get("qingdao", case)
    assert "No hazard" in closed.text
    assert "Every step" in closed.text
    assert (await browsers.send("qingdao", f"{case}/reopen", {"reason": "new_result"})).status == 303
    assert "Suspected" in (await browsers.get("qingdao", case)).heading


async def test_a_business_acknowledges_in_one_click_and_answers(browsers: Browsers) -> None:
    case = await opened(browsers)
    address = await asked(browsers, case)
    listed = await browsers.get("station", "/case-requests")
    assert "I have seen it" in listed.text
    hidden = {name: listed.hidden(name) for name in ("csrf", "submission")}
    done = await browsers.post("station", f"{address}/acknowledge", hidden)
    assert done.status == 303, done.text
    page = await browsers.get("station", address)
    for word in ("Seal the stock", "Count what is there", "请联系李四", "Acknowledged"):
        assert word in page.text, word
    assert case not in page.text, "the case is the authority's"
    form = await browsers.get("station", f"{address}/answer")
    assert form.hidden("counted.0.unit") == str(browsers.story.ids["unit"])
    fields = {"answer": "done", "counted.0.unit": str(browsers.story.ids["unit"]), "counted.0.pieces": "40",
              "counted.0.grams": "1080"}  # fmt: skip
    done = await browsers.send("station", f"{address}/answer", fields)
    assert done.status == 303, done.text
    told = await browsers.get("qingdao", address)
    assert "1,080 kg" in told.text
    assert "Answered" in told.heading
    assert (await browsers.get("shop", address)).status == 404


async def test_a_request_is_put_off_and_withdrawn(browsers: Browsers) -> None:
    address = await asked(browsers, await opened(browsers))
    assert (await browsers.send("qingdao", f"{address}/extend", {"hours": "48"})).status == 303
    assert (await browsers.send("qingdao", f"{address}/withdraw", {"reason": "not_needed"})).status == 303
    page = await browsers.get("station", address, "zh")
    assert "已撤回" in page.heading
    assert "/answer" not in page.text


async def test_what_is_wrong_is_said_and_forms_are_for_who_may_send_them(browsers: Browsers) -> None:
    lot = browsers.story.ids["lot"]
    empty = await browsers.send("qingdao", f"/cases/new?lots={lot}", {"number": "", "hazard": "asf"})
    assert empty.status == 422
    assert (await browsers.get("station", f"/cases/new?lots={lot}")).status == 403
    assert (await browsers.get("qingdao", "/cases/new?lots=x")).status == 404
    case = await opened(browsers)
    for form in ("test", "expose", "lift", "close", "reopen", "request"):
        assert (await browsers.get("hubei", f"{case}/{form}")).status == 404, form


async def test_a_drill_says_so(browsers: Browsers) -> None:
    case = await opened(browsers, drill="on", hold_tiers=["0"])
    assert "A drill. It restrains no goods" in (await browsers.get("qingdao", case)).text
    address = await asked(browsers, case)
    assert "演练" in (await browsers.get("station", address, "zh")).text
    unit = await browsers.get("station", f"/units/{browsers.story.ids['unit']}")
    assert "On hold: these goods" not in unit.text


async def test_a_case_page_looks_back(browsers: Browsers) -> None:
    case = await opened(browsers)
    position = int(case.rpartition("/")[2]) // 1000 + 1
    await browsers.send("qingdao", f"{case}/test", {"stage": "screening", "result": "positive", "test": "T1"})
    past = await browsers.get("qingdao", f"{case}?as_of={position}")
    assert "T1" not in past.text
    assert f"{case}/test" not in past.text

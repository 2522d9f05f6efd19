"""Holds, findings and refused intents as people see and say them: seen first, confirmed, answered, closed."""

from __future__ import annotations

import re

import pytest

from tests.integration.reading.bazaar import CARTON
from tests.integration.web.conftest import Browsers


async def held(browsers: Browsers, who: str, path: str, **fields: str) -> str:
    """Hold what the page is of; the address of the hold."""
    page = await browsers.get(who, path)
    hidden = {name: page.hidden(name) for name in ("csrf", "submission", "asked_at", "digest")}
    done = await browsers.post(who, path, {**hidden, "reason": "positive", **fields})
    assert done.status == 303, done.text
    return str(done.answer.headers["Location"])


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_what_a_hold_covers_is_seen_and_then_confirmed(browsers: Browsers, language: str) -> None:
    ids = browsers.story.ids
    form = await browsers.get("qingdao", f"/lots/{ids['lot']}/hold", language)  # type: ignore[arg-type]
    assert form.status == 200
    assert ("On hand" if language == "en" else "在库") in form.text
    assert "示例wholesaler" in form.text, "where it is stands above the button"
    address = await held(browsers, "qingdao", f"/lots/{ids['lot']}/hold", note="核酸阳性")
    shown = await browsers.get("qingdao", address, language)  # type: ignore[arg-type]
    assert ("On hold" if language == "en" else "已封存") in shown.heading
    assert "核酸阳性" in shown.text
    for who, path in (
        ("shop", f"/units/{ids['shop_unit']}"),
        ("shop", f"/lots/{ids['lot']}"),
        ("station", f"/units/{ids['unit']}"),
    ):
        told = await browsers.get(who, path, language)  # type: ignore[arg-type]
        assert ("On hold: these goods" if language == "en" else "仅可运往隔离或销毁") in told.text, path
    for path in ("/holds", "/units?held=true", "/lots?held=true"):
        listed = await browsers.get("shop", path, language)  # type: ignore[arg-type]
        assert ("On hold" if language == "en" else "已封存") in listed.text, path
    public = await browsers.get("public", f"/t/{ids['case']}", language)  # type: ignore[arg-type]
    assert ("do not eat" if language == "en" else "请勿食用") in public.text


async def test_a_hold_is_lifted_by_who_placed_it_and_not_offered_to_others(browsers: Browsers) -> None:
    address = (await held(browsers, "qingdao", f"/lots/{browsers.story.ids['lot']}/hold")).partition("?")[0]
    assert "Lift the hold" not in (await browsers.get("shop", address)).text
    assert (await browsers.get("shop", f"{address}/lift")).status == 404
    assert "Lift the hold" in (await browsers.get("qingdao", address)).text
    done = await browsers.send("qingdao", f"{address}/lift", {"reason": "test_negative", "test": "42010000"})
    assert done.status == 303
    shown = await browsers.get("qingdao", address)
    assert "Test negative" in shown.text
    assert "Lifted" in shown.heading
    assert "42010000" in shown.text
    assert "Nothing is on hold here" in (await browsers.get("shop", "/holds")).text
    assert "Lifted" in (await browsers.get("shop", "/holds?all=1")).text


async def test_a_keeper_holds_a_unit_of_its_own_and_is_told_whom_to_ask_for_more(browsers: Browsers) -> None:
    ids = browsers.story.ids
    unit = ids["wholesaler_unit"]
    assert f"/units/{unit}/hold" in (await browsers.get("wholesaler", f"/units/{unit}")).text
    await held(browsers, "wholesaler", f"/units/{unit}/hold", reason="temperature")
    assert "Kept too warm" in (await browsers.get("wholesaler", "/holds")).text
    assert '/hold"' not in (await browsers.get("wholesaler", f"/lots/{ids['lot']}")).text
    assert (await browsers.get("wholesaler", f"/lots/{ids['lot']}/hold")).status == 403


async def test_a_form_that_lacks_its_reason_is_shown_again_with_what_was_confirmed(
    browsers: Browsers,
) -> None:
    path = f"/arrivals/{browsers.story.ids['arrival']}/hold"
    page = await browsers.get("qingdao", path)
    hidden = {name: page.hidden(name) for name in ("csrf", "submission", "asked_at", "digest")}
    again = await browsers.post("qingdao", path, hidden)
    assert again.status == 422
    assert again.hidden("digest") == hidden["digest"]


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_a_breach_is_answered_and_closed_on_pages(browsers: Browsers, language: str) -> None:
    unit = browsers.story.ids["shop_unit"]
    await held(browsers, "hubei", f"/units/{unit}/hold")
    sale = {"pieces": "1", "grams": str(CARTON // 1000), "happened_at": "2020-08-19"}
    sold = await browsers.send("shop", f"/units/{unit}/sell", sale)
    assert sold.status == 303, sold.text
    done = await browsers.get("shop", sold.answer.headers["Location"], language)  # type: ignore[arg-type]
    assert ("among the findings" if language == "en" else "见问题清单") in done.text
    listed = await browsers.get("shop", "/findings?state=open", language)  # type: ignore[arg-type]
    (path,) = set(re.findall(r'href="(/findings/\d+)"', listed.text))
    mine = await browsers.get("shop", path, language)  # type: ignore[arg-type]
    assert ("Answer" if language == "en" else "答复") in mine.text
    assert ("(Positive test)" if language == "en" else "原因：检测阳性") in mine.text
    assert f"{path}/close" not in mine.text
    answered = await browsers.send("shop", f"{path}/answer", {"explanation": "by_others", "note": "李四"})
    assert answered.status == 303, answered.text
    theirs = await browsers.get("hubei", path, language)  # type: ignore[arg-type]
    assert ("Done by others" if language == "en" else "他人所为") in theirs.text
    assert "李四" not in theirs.text, "what is said of people is read for a reason"
    (reading,) = re.findall(r'href="(/personal/\d+)"', theirs.text)
    told = await browsers.send("hubei", reading, {"purpose": "inspection"})
    assert "李四" in told.text
    assert "/personal/" not in mine.text
    assert (await browsers.send("hubei", f"{path}/assign", {"days": "2"})).status == 303
    closed = await browsers.send("hubei", f"{path}/close", {"conclusion": "warned", "lift": "yes"})
    assert closed.status == 303, closed.text
    final = await browsers.get("shop", path, language)  # type: ignore[arg-type]
    assert ("Warned" if language == "en" else "警告") in final.text
    assert f"{path}/answer" not in final.text


async def test_an_inspector_raises_a_finding_from_a_place(browsers: Browsers) -> None:
    place = browsers.story.places["wholesaler"]
    path = f"/facilities/{place}/findings/new"
    assert path in (await browsers.get("hubei", f"/facilities/{place}")).text
    raised = await browsers.send("hubei", path, {"rule": "unlabelled", "days": "3"})
    assert raised.status == 303, raised.text
    theirs = await browsers.get("wholesaler", "/findings?rule=inspection.unlabelled")
    assert theirs.text.count("Goods without a trace code") == 2, "the rule in words, and what broke it"
    for rule in ("filing.late", "no-such.rule"):
        none = await browsers.get("wholesaler", f"/findings?rule={rule}")
        assert (none.status, "No findings match" in none.text) == (200, True)
    assert "/findings?rule=filing.late" in (await browsers.get("hubei", "/coverage")).text
    assert (await browsers.get("wholesaler", path)).status == 403


async def test_what_was_refused_on_a_page_is_listed_for_the_authority(browsers: Browsers) -> None:
    waiting = browsers.story.ids["waiting"]
    form = await browsers.get("station", f"/lots/{waiting}/release")
    (unit,) = re.findall(r'<option value="(\d+)" selected', form.text)
    said = {"unit": unit, "pieces": "1", "grams": "27", "happened_at": "2020-08-19"}
    refused = await browsers.send("station", f"/lots/{waiting}/release", said)
    assert refused.status in (409, 422), refused.text
    listed = await browsers.get("qingdao", "/refused")
    assert "Release goods" in listed.text
    assert "nucleic" in listed.text.lower()
    assert "放行货物" in (await browsers.get("qingdao", "/refused", "zh")).text
    assert "Nothing was refused" in (await browsers.get("hubei", "/refused")).text

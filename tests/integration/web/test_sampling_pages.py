"""Samples and drills on pages: in both languages, without script, by who may."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest

from schema.clock import CHINA
from schema.problems import Language
from tests.integration.web.conftest import Browsers

TODAY = datetime.now(UTC).astimezone(CHINA).date().isoformat()


async def sampled(browsers: Browsers, who: str = "hubei", place: str = "wholesaler") -> str:
    """Sample a zone of a place; the sample's address."""
    path = f"/samples/new?facility={browsers.story.places[place]}"
    fields = {"zone": "1", "purpose": "microbiology", "samples.0": "HJ-1", "happened_at": TODAY}
    done = await browsers.send(who, path, fields)
    assert done.status == 303, done.text
    return done.answer.headers["Location"].partition("?")[0]


async def positive(browsers: Browsers, sample: str) -> None:
    """It is positive."""
    fields = {"result": "positive", "hazard": "listeria", "test": "JC-1", "method": "culture"}
    done = await browsers.send("hubei", f"{sample}/test", {**fields, "tested_at": TODAY})
    assert done.status == 303, done.text


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_a_sample_goes_to_the_laboratory_and_its_failure_to_its_keeper(
    browsers: Browsers, language: Language
) -> None:
    place = f"/facilities/{browsers.story.places['wholesaler']}"
    assert "/samples/new?facility=" in (await browsers.get("hubei", place)).text
    sample = await sampled(browsers)
    sent = {"laboratory": "示例疾控中心", "sent_at": TODAY}
    assert (await browsers.send("hubei", f"{sample}/sending", sent)).status == 303
    shown = await browsers.get("hubei", sample, language)
    assert ("At the laboratory" if language == "en" else "检测中") in shown.heading
    await positive(browsers, sample)
    mine = await browsers.get("hubei", sample, language)
    assert ("Positive" if language == "en" else "阳性") in mine.heading
    assert "/cases/new?sample=" in mine.text, "an authority is led to a case"
    theirs = await browsers.get("wholesaler", sample, language)
    assert "/cases/new" not in theirs.text
    assert f"{sample}/test" not in theirs.text
    (finding,) = set(re.findall(r'href="(/findings/\d+)"', theirs.text))
    told = await browsers.get("wholesaler", finding, language)
    assert ("found Listeria in sample HJ-1" if language == "en" else "检出 李斯特菌") in told.text
    answered = await browsers.send("wholesaler", f"{finding}/answer", {"explanation": "destroyed"})
    assert answered.status == 303
    listed = await browsers.get("hubei", "/samples?failure=answered", language)
    assert "HJ-1" in listed.text
    assert (await browsers.get("outsider", sample)).status == 404


async def linked(browsers: Browsers, who: str, path: str) -> None:
    """Wherever a page leads, its reader may go."""
    page = await browsers.get(who, path)
    for link in {*re.findall(r'href="(/[a-z][^"#]*)"', page.text.partition("<main")[2])}:
        there = await browsers.get(who, link.replace("&amp;", "&"))
        assert there.status in (200, 303), (who, path, link)


async def test_a_page_leads_nowhere_where_its_reader_may_not_go(browsers: Browsers) -> None:
    sample = await sampled(browsers, "wholesaler")
    await linked(browsers, "hubei", sample)
    await linked(browsers, "wholesaler", sample)
    await linked(browsers, "auditor", sample)
    fields = {"region": "42", "count": "3", "period": "week", "from_day": TODAY, "until_day": "2099-12-31"}
    made = await browsers.send("hubei", "/sampling-plans/new", fields)
    for path in (made.answer.headers["Location"].partition("?")[0], "/samples", "/sampling-plans", "/drills"):
        await linked(browsers, "hubei", path)
        await linked(browsers, "auditor", path)


async def test_a_form_says_what_is_wrong_beside_the_field(browsers: Browsers) -> None:
    sample = await sampled(browsers)
    fields = {"result": "positive", "test": "JC-1", "method": "pcr", "tested_at": TODAY}
    again = await browsers.send("hubei", f"{sample}/test", fields)
    assert again.status == 422
    assert "A positive says what was found" in again.text
    refused = await browsers.get("wholesaler", f"{sample}/test")
    assert refused.status == 403
    elsewhere = f"/samples/new?facility={browsers.story.places['station']}"
    assert (await browsers.get("hubei", elsewhere)).status in (403, 404)


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_counts_by_week_with_a_bar_and_as_a_table(browsers: Browsers, language: Language) -> None:
    sample = await sampled(browsers)
    await positive(browsers, sample)
    for period in ("day", "week", "month"):
        for split in ("", "region", "facility", "category", "subject", "purpose"):
            shown = await browsers.get("hubei", f"/samples/counts?period={period}&split={split}", language)
            assert shown.status == 200, (period, split)
            assert 'class="bar-of"' in shown.text
            assert "0.0 %" in shown.text, "none of those that were tested passed"
    split = await browsers.get("hubei", "/samples/counts?split=facility", language)
    assert "示例wholesaler" in split.text or "试验场所" in split.text
    table = await browsers.get("hubei", "/samples/counts.csv?split=subject", language)
    body = (await table.answer.read()).decode("utf-8-sig")
    assert table.answer.content_type == "text/csv"
    assert ("Zone" if language == "en" else "库区") in body
    assert len(body.splitlines()) == 2
    none = await browsers.get("outsider", "/samples/counts", language)
    assert ("No samples here" if language == "en" else "暂无样品") in none.text


async def test_a_plan_is_made_watched_and_given_up(browsers: Browsers) -> None:
    fields = {"region": "42", "count": "3", "period": "month", "from_day": TODAY, "until_day": "2099-12-31"}
    made = await browsers.send("hubei", "/sampling-plans/new", fields)
    assert made.status == 303, made.text
    plan = made.answer.headers["Location"].partition("?")[0]
    await sampled(browsers)
    listed = await browsers.get("hubei", "/sampling-plans")
    assert "1 / 3" in listed.text
    assert "Give up" in (await browsers.get("hubei", plan)).text
    assert (await browsers.get("shop", plan)).status == 404
    assert (await browsers.send("hubei", f"{plan}/ending", {})).status == 303
    assert "Give up the plan" not in (await browsers.get("hubei", plan)).text


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_a_drill_is_planned_started_and_finished_on_pages(
    browsers: Browsers, language: Language
) -> None:
    listed = await browsers.get("hubei", "/drills", language)
    assert ("There was no drill yet" if language == "en" else "尚未开展演练") in listed.text
    fields = {
        "scheduled_on": TODAY,
        "hazard": "asf",
        "seed": "7",
        "list_minutes": "60",
        "acknowledge_minutes": "60",
        "located_percent": "90",
    }
    made = await browsers.send("hubei", "/drills/new", fields)
    assert made.status == 303, made.text
    drill = made.answer.headers["Location"].partition("?")[0]
    assert (await browsers.send("hubei", f"{drill}/start", {})).status == 303
    running = await browsers.get("hubei", drill, language)
    assert ("This is a drill" if language == "en" else "这是演练") in running.text
    assert re.search(r'href="/cases/\d+"', running.text)
    assert (await browsers.send("hubei", f"{drill}/end", {"note": "李四未接电话"})).status == 303
    done = await browsers.get("hubei", drill, language)
    assert ("Missed" if language == "en" else "未达标") in done.text
    assert ("In other regions" if language == "en" else "辖区外") in done.text
    pdf = await browsers.get("hubei", f"{drill}/report.pdf", language)
    assert pdf.answer.content_type == "application/pdf"
    assert (await pdf.answer.read()).startswith(b"%PDF")
    assert (await browsers.get("shop", drill)).status == 404
    assert (await browsers.get("shop", "/drills/new")).status == 403
    cancelled = await browsers.send("hubei", "/drills/new", fields)
    other = cancelled.answer.headers["Location"].partition("?")[0]
    assert (await browsers.send("hubei", f"{other}/cancellation", {})).status == 303
    assert ("Cancelled" if language == "en" else "已取消") in (
        await browsers.get("hubei", other, language)
    ).heading


async def test_a_sample_as_it_was_known_then(browsers: Browsers) -> None:
    sample = await sampled(browsers)
    taken = int(sample.rpartition("/")[2]) // 1000 + 1
    await positive(browsers, sample)
    then = await browsers.get("hubei", f"{sample}?as_of={taken}")
    assert "Taken" in then.heading
    assert f"{sample}/test" not in then.text, "the past is looked at and not changed"
    assert "/cases/new" not in then.text
    for path in ("/samples", "/samples/counts"):
        assert (await browsers.get("hubei", f"{path}?as_of={taken}")).status == 200

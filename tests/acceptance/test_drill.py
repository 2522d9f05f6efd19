"""A drill on the sample data with its report: as programs read it, and as a regulator sees it on a phone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from aiohttp import ClientSession
from playwright.sync_api import Browser

from service.sample.client import ApiClient
from tests.acceptance.hands import Person
from tests.acceptance.running import Service, serving
from tests.acceptance.test_sample_data import complete, visits

PHONE = {"width": 360, "height": 740}


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    folder: Path = tmp_path_factory.mktemp("drill") / "data"
    with serving(folder, "--sample-data", ready=complete) as service:
        yield service


def password(sample: Service, login: str) -> str:
    (found,) = {password for name, password, _ in visits(sample) if name == login}
    assert found is not None
    return found


async def test_the_drill_of_the_sample_is_scored_and_leaves_the_goods_alone(sample: Service) -> None:
    async with ApiClient(sample.url) as regulator:
        await regulator.sign_in("regulator-wuhan", password(sample, "regulator-wuhan"))
        (drill,) = (await regulator.get("/api/v1/drills"))["items"]
        report = await regulator.get(f"/api/v1/drills/{drill['id']}")
        score = report["score"]
        assert report["state"] == "finished"
        assert score["asked"] == score["acknowledged"] == score["in_time"] >= 1
        here = [holder for holder in report["holders"] if holder["here"]]
        assert sum(holder["grams"] for holder in here) == score["grams"] > 0
        assert sum(holder["located_grams"] for holder in here) == score["located_grams"] > 0
        assert score["met"]["list_minutes"]
        kinds = [step["kind"] for step in report["steps"]]
        assert (kinds[0], kinds[-1]) == ("drill-started", "drill-finished")
        assert {"exposure-recorded", "hold-placed", "request-made", "request-acknowledged"} <= {*kinds}
        assert (await regulator.get("/api/v1/drill-clock"))["overdue"] is False
        counts = (await regulator.get("/api/v1/sample-counts", period="week"))["items"]
        assert sum(week["closed"] for week in counts) == 1, "one failure, and it was closed"
        code = report["lot"]["code"]
    async with ClientSession(sample.url) as public, public.get(f"/t/{code}") as answer:
        told = await answer.text()
        assert answer.status == 200
        assert code in told.replace(" ", "").replace("-", "")
        assert not any(word in told for word in ("drill", "Drill", "DRILL", "演练", "封存"))


@pytest.mark.browser
@pytest.mark.parametrize("locale", ["zh-CN", "en-GB"])
def test_the_report_is_read_on_a_phone(sample: Service, chromium: Browser, locale: str) -> None:
    person = Person(chromium, sample.url, locale=locale, viewport=PHONE)
    person.page.goto("/sign-in")
    person.fill(login="regulator-wuhan", password=password(sample, "regulator-wuhan"))
    person.press()
    person.page.goto("/drills")
    person.page.locator("main table a").first.click()
    text = person.page.locator("main").inner_text()
    assert ("这是演练" if locale == "zh-CN" else "This is a drill") in text
    assert ("达标" if locale == "zh-CN" else "Met") in text
    assert re.search(r"\d+(\.\d)? %", text), "how much was located"
    width = person.page.evaluate("document.documentElement.scrollWidth")
    assert width <= PHONE["width"], "nothing is wider than the phone"
    person.page.goto("/samples/counts")
    assert person.page.locator("svg.bar-of").count() >= 6
    assert person.page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]

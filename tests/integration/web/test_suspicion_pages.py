"""A suspicion on the page of its finding, and where the place of a scan is asked."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

import pytest

from service.codes.labels import Format, Label, Size, render
from service.http.keys import DATABASE
from service.incidents.detecting.runner import DETECTORS
from service.storage import query
from tests.integration.web.conftest import Browsers


async def copied_label(browsers: Browsers) -> str:
    """The address of the finding of a case that was at the station and, ten minutes later, at the shop."""
    story, app = browsers.story, browsers.client.app
    assert app is not None
    rows: list[tuple[Any, ...]] = []
    for who, region, minutes in (("station", "370200", 30), ("shop", "420100", 20)):
        at = datetime.now(UTC) - timedelta(minutes=minutes)
        reader = story.parties[who].organisation
        where = (reader, story.places[who], region)
        rows.append((story.ids["case"], story.ids["lot"], "C", *where, at, 24, 90))
    await app[DATABASE].writer.execute(query("incidents/scan.note"), *zip(*rows, strict=True))
    assert await app[DETECTORS].all() >= 1
    listed = await browsers.get("hubei", "/findings?rule=suspicion.label-outpaced")
    found = re.search(r'href="(/findings/\d+)"', listed.text)
    assert found is not None, listed.text
    return found[1]


@pytest.mark.parametrize(
    ("language", "title", "evidence"),
    [("en", "One label in two places", "Label scanned"), ("zh", "同一标签短时间内出现在两地", "扫码")],
)
async def test_the_evidence_stands_on_the_findings_page(
    browsers: Browsers, language: Any, title: str, evidence: str
) -> None:
    path = await copied_label(browsers)
    page = await browsers.get("hubei", path, language)
    assert title in page.text
    assert page.text.count(evidence) >= 2
    assert f'href="/t/{browsers.story.ids["case"]}"' in page.text
    assert "/close" in page.text, "it is closed like any other"
    answer = await browsers.get("shop", path, language)
    assert "/answer" in answer.text
    assert title in answer.text
    assert (await browsers.get("outsider", path, language)).status == 404


async def test_a_business_sees_of_others_the_city_alone(browsers: Browsers) -> None:
    path = await copied_label(browsers)
    table = (await browsers.get("shop", path)).text.partition("<table")[2]
    station = browsers.story.parties["station"].organisation
    assert f'href="/organisations/{station}"' not in table
    assert f'href="/organisations/{browsers.story.parties["shop"].organisation}"' in table
    theirs = (await browsers.get("hubei", path)).text.partition("<table")[2]
    assert f'href="/organisations/{station}"' in theirs


@pytest.mark.parametrize(
    ("language", "label"), [("en", "Where you are"), ("zh", "当前场所")], ids=["en", "zh"]
)
@pytest.mark.parametrize("page", ["/receive", "/sell"])
async def test_where_a_label_is_read_is_asked_and_noted_as_said(
    browsers: Browsers, page: str, language: Any, label: str
) -> None:
    app, place = browsers.client.app, browsers.story.places["shop"]
    assert app is not None
    shown = await browsers.get("shop", page, language)
    assert label in shown.text
    assert f'<option value="{place}" selected>' in shown.text, "it has one place"
    pool = app[DATABASE].writer
    await browsers.get("shop", f"{page}?scan={browsers.story.ids['code']}")
    assert await pool.fetchval("SELECT count(*) FROM incidents.scan") == 0, "nothing was said"
    await browsers.get("shop", f"{page}?scan={browsers.story.ids['code']}&place={place}")
    assert await pool.fetchval("SELECT facility FROM incidents.scan") == place


async def test_a_photograph_takes_the_place_along(browsers: Browsers) -> None:
    code = browsers.story.ids["code"]
    picture = render(Label(code, f"https://trace.example.cn/t/{code}", "冻牛肉"), Size.LARGE, Format.PNG)
    place = browsers.story.places["shop"]
    csrf = (await browsers.get("shop", "/sell")).hidden("csrf")
    fields = {"csrf": csrf, "picture": BytesIO(picture), "place": str(place)}
    read = await browsers.post("shop", "/sell", fields)
    assert read.answer.headers["Location"] == f"/sell?scan={code}&place={place}"


@pytest.mark.parametrize("place", ["999999", "nowhere"])
async def test_a_place_that_is_not_ones_own_is_told(browsers: Browsers, place: str) -> None:
    page = await browsers.get("shop", f"/receive?scan={browsers.story.ids['code']}&place={place}")
    assert page.status in (404, 422)
    assert 'role="alert"' in page.text

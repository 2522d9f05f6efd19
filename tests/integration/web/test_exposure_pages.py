"""Exposure as authorities see it: one click from the goods, counted, listed, one way; and holds that show."""

from __future__ import annotations

import html
import re

import pytest

from schema.problems import Language
from tests.integration.web.conftest import Browsers, Page
from tests.integration.web.test_incident_pages import held

LANGUAGES: tuple[Language, ...] = ("en", "zh")


def link(page: Page, beginning: str) -> str:
    """The first link of a page that begins so."""
    found = re.search(rf'href="({re.escape(beginning)}[^"]*)"', page.text)
    assert found is not None, (beginning, page.text)
    return html.unescape(found[1])


@pytest.mark.parametrize("spoken", LANGUAGES)
async def test_from_a_lot_to_what_it_endangers_and_the_way_there(
    browsers: Browsers, spoken: Language
) -> None:
    lot = await browsers.get("qingdao", f"/lots/{browsers.story.ids['lot']}", spoken)
    asked = link(lot, "/exposure?lots=")
    counted = await browsers.get("qingdao", f"{asked}&from=2020-08-01&tiers=0&tiers=3", spoken)
    assert counted.status == 200
    assert ("Exposed goods" if spoken == "en" else "暴露货物") in counted.text
    assert 'value="3" checked' in counted.text
    assert 'value="2" checked' not in counted.text
    for around in ("/exposure/places?", "/exposure/people?"):
        shown = await browsers.get("qingdao", link(counted, around), spoken)
        assert (shown.status, "<table" in shown.text) == (200, True)
    listed = await browsers.get("qingdao", link(counted, "/exposure/hits?"), spoken)
    assert listed.status == 200
    assert ("Same zone" if spoken == "en" else "同库区") in listed.text
    assert "as_of=" in link(listed, "/exposure/hits/")
    way = await browsers.get("qingdao", link(listed, "/exposure/hits/"), spoken)
    assert way.status == 200
    assert ("Goods in question" if spoken == "en" else "问题货物") in way.text


@pytest.mark.parametrize("spoken", LANGUAGES)
async def test_the_form_is_filled_in_with_the_policy(browsers: Browsers, spoken: Language) -> None:
    page = await browsers.get("hubei", "/exposure", spoken)
    assert page.status == 200
    assert 'name="hops" value="1"' in page.text
    assert 'name="look_back_days" value="14"' in page.text
    assert re.findall(r'name="tiers" value="(\d)" checked', page.text) == ["0", "1", "2", "3", "4"]


async def test_what_is_wrong_is_said_above_the_form(browsers: Browsers) -> None:
    page = await browsers.get("hubei", f"/exposure?lots={browsers.story.ids['lot']}&from=2999-01-01")
    assert page.status == 422
    assert 'role="alert"' in page.text
    assert 'value="2999-01-01"' in page.text
    unknown = await browsers.get("hubei", "/exposure?lots=1")
    assert unknown.status == 404
    assert 'role="alert"' in unknown.text


@pytest.mark.parametrize("who", ["station", "shop", "platform"])
async def test_there_is_no_such_page_for_businesses(browsers: Browsers, who: str) -> None:
    lot = browsers.story.ids["lot"]
    for path in (
        "/exposure",
        f"/exposure/hits?lots={lot}",
        f"/exposure/hits/{browsers.story.ids['unit']}?lots={lot}",
    ):
        assert (await browsers.get(who, path)).status == 404
    assert "/exposure" not in (await browsers.get(who, "/")).text


async def test_every_page_of_goods_leads_there(browsers: Browsers) -> None:
    ids, places = browsers.story.ids, browsers.story.places
    for path, beginning in (
        (f"/lots/{ids['lot']}", "lots="),
        (f"/units/{ids['unit']}", "units="),
        (f"/arrivals/{ids['arrival']}", "arrivals="),
        (f"/facilities/{places['station']}", "facility="),
    ):
        page = await browsers.get("qingdao", path)
        asked = link(page, f"/exposure?{beginning}")
        assert (await browsers.get("qingdao", f"{asked}&from=2020-08-01")).status == 200, path
        assert "/exposure?" not in (await browsers.get("station", path)).text


async def test_holds_show_on_the_trace_and_on_the_shipment(browsers: Browsers) -> None:
    ids = browsers.story.ids
    trace, shipment = f"/lots/{ids['lot']}/trace", f"/shipments/{ids['wholesaler-shop']}"
    for path in (trace, shipment):
        assert "On hold" not in (await browsers.get("hubei", path)).text
    await held(browsers, "qingdao", f"/lots/{ids['lot']}/hold")
    for path in (trace, shipment):
        assert "On hold" in (await browsers.get("hubei", path)).text, path

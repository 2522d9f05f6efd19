"""Pages that look back: a time is chosen without script, a banner says so, links keep it; deeds are gone."""

from __future__ import annotations

import re

import pytest

from tests.integration.reading.bazaar import Bazaar
from tests.integration.web.conftest import Browsers
from tests.integration.web.test_incident_pages import held

BANNER = {"en": "As was known at position", "zh": "时的已知情况"}
CHOICE = {"en": "What was known when", "zh": "查看历史时点的已知情况"}
LEAVE = {"en": "Show what is known now", "zh": "查看当前情况"}


def pages(story: Bazaar) -> tuple[str, ...]:
    ids = story.ids
    return (
        f"/lots/{ids['lot']}",
        f"/lots/{ids['lot']}/trace",
        f"/lots/{ids['lot']}/trace/downstream",
        f"/units/{ids['shop_unit']}",
        f"/shipments/{ids['wholesaler-shop']}",
        f"/arrivals/{ids['arrival']}",
        f"/certificates/{ids['paper']}",
        f"/statements/{ids['registration']}",
    )


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_the_past_is_chosen_told_of_and_left(browsers: Browsers, language: str) -> None:
    size = browsers.story.history.position
    for path in pages(browsers.story):
        now = await browsers.get("hubei", path, language)  # type: ignore[arg-type]
        assert now.status == 200
        assert BANNER[language] not in now.text
        assert CHOICE[language] in now.text
        assert re.search(r'<input [^>]*name="as_of" type="datetime-local"', now.text)
        then = await browsers.get("hubei", f"{path}?as_of={size}", language)  # type: ignore[arg-type]
        assert BANNER[language] in then.text, path
        assert f'href="{path}">{LEAVE[language]}' in then.text
        links = re.findall(r'href="(/(?:lots|units|shipments|arrivals|certificates)/\d[^"]*)"', then.text)
        assert {link for link in links if "as_of" not in link} <= {path}, path


async def test_links_lead_on_within_the_past(browsers: Browsers) -> None:
    """From the trace to a unit of it, as it was before the shop sold any."""
    sale = next(p for p, said in enumerate(browsers.story.history.statements) if said.kind == "goods-sold")
    lot, unit = browsers.story.ids["lot"], browsers.story.ids["shop_unit"]
    trace = await browsers.get("hubei", f"/lots/{lot}/trace?as_of={sale}")
    address = f"/units/{unit}?as_of={sale}"
    assert f'href="{address}"' in trace.text
    then, now = await browsers.get("hubei", address), await browsers.get("hubei", f"/units/{unit}")
    assert "540 kg" in then.text
    assert "405 kg" in now.text


async def test_a_time_on_chinas_clock_is_taken_as_a_browser_sends_it(browsers: Browsers) -> None:
    page = await browsers.get("hubei", f"/lots/{browsers.story.ids['lot']}?as_of=2020-08-21T00%3A00")
    assert "As was known at position" in page.text
    assert 'value="2020-08-21T00:00"' in page.text


async def test_nobody_acts_in_the_past(browsers: Browsers) -> None:
    ids, size = browsers.story.ids, browsers.story.history.position
    for who, path, deed in (
        ("shop", f"/units/{ids['shop_unit']}", "/sell"),
        ("station", f"/lots/{ids['lot']}", "/cases/new"),
        ("qingdao", f"/lots/{ids['lot']}", "/hold"),
        ("qingdao", f"/units/{ids['unit']}", "/hold"),
        ("station", f"/arrivals/{ids['arrival']}", "/lots/new"),
        ("shop", f"/shipments/{ids['wholesaler-shop']}", "/receive"),
    ):
        then = await browsers.get(who, f"{path}?as_of={size}")
        assert f'{path}{deed}"' not in then.text
        assert deed in (await browsers.get(who, path)).text or deed == "/receive"


async def test_a_hold_is_shown_as_it_stood(browsers: Browsers) -> None:
    address = (await held(browsers, "qingdao", f"/lots/{browsers.story.ids['lot']}/hold")).partition("?")[0]
    size = browsers.story.history.position + 1
    await browsers.send("qingdao", f"{address}/lift", {"reason": "test_negative", "test": "42010000"})
    assert "Lifted" in (await browsers.get("qingdao", address)).heading
    then = await browsers.get("qingdao", f"{address}?as_of={size}")
    assert "On hold" in then.heading
    assert f'href="{address}/lift"' not in then.text
    assert (await browsers.get("qingdao", f"{address}?as_of={size - 1}")).status == 404


@pytest.mark.parametrize(("said", "title"), [("999999", "Beyond the end"), ("soon", "Neither a position")])
async def test_what_cannot_be_meant_is_told_on_a_page(browsers: Browsers, said: str, title: str) -> None:
    page = await browsers.get("hubei", f"/lots/{browsers.story.ids['lot']}?as_of={said}")
    assert page.status == 400
    assert title in page.text


async def test_a_form_is_about_the_present(browsers: Browsers) -> None:
    form = await browsers.get("shop", f"/units/{browsers.story.ids['shop_unit']}/sell?as_of=1")
    assert form.status == 200
    assert BANNER["en"] not in form.text

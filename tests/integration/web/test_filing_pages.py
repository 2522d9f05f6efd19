"""Pages of places, stock and disinfection: shown to whom they concern, and their forms record."""

from __future__ import annotations

import csv
import re
from io import BytesIO, StringIO
from typing import Any

import pytest

from schema.spreadsheet_cells import lines, safe
from tests.integration.reading.bazaar import SCAN, SCAN_DIGEST
from tests.integration.web.conftest import Browsers, Page
from tests.integration.web.test_pages import filled

CHANGED = {"changed_on": "2020-08-19", "filing": "备-2020-099"}


async def recorded(browsers: Browsers, who: str, path: str, fields: dict[str, Any]) -> Page:
    """A form that is taken leads to a page that says so."""
    sent = await browsers.send(who, path, fields)
    assert sent.status == 303, re.findall(r'class="fault">(.*?)</p>', sent.text, re.DOTALL) or sent.text
    shown = await browsers.get(who, sent.answer.headers["Location"])
    assert 'role="status"' in shown.text
    return shown


async def test_a_place_is_changed_and_says_so_late(browsers: Browsers) -> None:
    path = filled(browsers, "/facilities/{place}")
    shown = await recorded(browsers, "station", f"{path}/change", CHANGED)
    assert "备-2020-099" in shown.text
    assert "told late" in shown.text


async def test_zones_are_divided_and_what_lies_there_is_to_be_moved(browsers: Browsers) -> None:
    path = filled(browsers, "/facilities/{place}")
    fields = {
        "happened_at": "2020-08-19T08:00",
        "zones.0.name": "待检新区",
        "zones.0.kind": "quarantine",
        "zones.0.from": "1",
    }
    shown = await recorded(browsers, "station", f"{path}/repartition", fields)
    assert "待检新区" in shown.text
    waiting = await browsers.get("station", "/stock?to_be_moved=true")
    assert waiting.heading == "To be moved"
    assert "<caption>" in waiting.text
    form = await browsers.get("station", f"{path}/repartition")
    assert not re.search(r'name="gives_up" value="1"', form.text), "a closed zone is not offered"


async def test_the_regulator_stops_a_place_and_its_owner_cannot_lift_that(browsers: Browsers) -> None:
    path = filled(browsers, "/facilities/{place}")
    shown = await recorded(browsers, "qingdao", f"{path}/suspension", {"reason": "inspection_failed"})
    assert "Inspection failed" in shown.text
    refused = await browsers.send("station", f"{path}/reinstatement", {"reason": "remedied"})
    assert refused.status == 409
    shown = await recorded(browsers, "qingdao", f"{path}/reinstatement", {"reason": "remedied"})
    assert "This place is suspended" not in shown.text


@pytest.mark.parametrize("who", ["wholesaler", "hubei", "auditor"])
@pytest.mark.parametrize("verb", ["change", "suspension", "repartition", "closing"])
async def test_who_keeps_it_not_gets_no_form(browsers: Browsers, who: str, verb: str) -> None:
    page = await browsers.get(who, filled(browsers, "/facilities/{place}/" + verb))
    assert page.status == 404


async def test_an_organisation_is_changed_by_the_platform(browsers: Browsers) -> None:
    path = filled(browsers, "/organisations/{someone}")
    fields = {"name": "改名超市", "roles": "retailer"}
    assert "改名超市" in (await recorded(browsers, "platform", f"{path}/change", fields)).text


async def test_disinfected_goods_are_counted_and_accepted(browsers: Browsers) -> None:
    form = filled(browsers, "/disinfections/new?unit={wholesaler_unit}")
    fields = {"happened_at": "2020-08-19T10:00", "agent": "chlorine", "milligrams_per_litre": "1000"}
    refused = await browsers.send("wholesaler", form, fields)
    assert refused.status == 422
    assert 'aria-describedby="f-pieces-hint f-pieces-fault"' in refused.text
    shown = await recorded(browsers, "wholesaler", form, {**fields, "pieces": "20", "contact_minutes": "30"})
    path = shown.answer.url.path
    assert "Until a regulator accepts it" in shown.text
    accepted = await recorded(browsers, "hubei", f"{path}/acceptance", {"grounds": "inspected_on_site"})
    assert "Inspected on site" in accepted.text
    assert (await browsers.get("shop", path)).status == 404


async def test_evidence_is_ones_own_upload(browsers: Browsers) -> None:
    form = filled(browsers, "/disinfections/new?facility={place}")
    fields: dict[str, Any] = {"happened_at": "2020-08-19T10:00", "agent": "chlorine", "bay": "D1"}
    refused = await browsers.send("station", form, {**fields, "file": SCAN_DIGEST})
    assert refused.status == 422
    assert "has not uploaded this file" in refused.text
    shown = await recorded(browsers, "station", form, {**fields, "file": BytesIO(SCAN)})
    assert SCAN_DIGEST[:12] in shown.text
    path = f"/api/v1/files/{SCAN_DIGEST}"
    assert (await browsers.get("qingdao", path)).status == 200


@pytest.mark.parametrize("spoken", ["zh", "en"])
async def test_stock_is_declared_and_compared_both_ways(browsers: Browsers, spoken: Any) -> None:
    form = f"/stock/declare?facility={browsers.story.places['wholesaler']}"
    asked = await browsers.get("wholesaler", form, spoken)
    lot = re.search(r'name="lines.0.lot" value="(\d+)"', asked.text)
    assert lot is not None
    fields = {
        "as_of": "2020-08-19T18:00",
        "lines.0.lot": lot[1],
        "lines.0.pieces": "1",
        "lines.0.grams": "27",
        "lines.1.code": browsers.story.ids["cubes_code"],
        "lines.1.grams": "1.5",
    }
    shown = await recorded(browsers, "wholesaler", form, fields)
    assert "Amounts differ" in shown.text
    assert "Declared, not in the ledger" in shown.text
    path = shown.answer.url.path
    for onward in ("/stock-counts/new?facility=", "/discoveries/new?facility="):
        found = re.search(rf'href="({re.escape(onward)}\d+)"', shown.text)
        assert found is not None
        assert (await browsers.get("wholesaler", found[1])).status == 200
    assert (await browsers.get("hubei", path)).status == 200
    for who in ("station", "guangzhou", "platform"):
        assert (await browsers.get(who, path)).status == 404


async def test_what_does_not_fit_a_form_is_declared_zone_by_zone(
    browsers: Browsers, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is not on the form would be declared as not there."""
    place = browsers.story.places["wholesaler"]
    form = f"/stock/declare?facility={place}"
    page = await browsers.get("wholesaler", f"/facilities/{place}")
    zone = re.search(rf'href="{re.escape(form)}&amp;zone=(\d+)"', page.text)
    assert zone is not None
    shown = await recorded(browsers, "wholesaler", f"{form}&zone={zone[1]}", {"as_of": "2020-08-19T18:00"})
    assert "The whole place" not in shown.text
    whole = await recorded(browsers, "wholesaler", form, {"as_of": "2020-08-19T18:00"})
    assert "The whole place" in whole.text
    assert "In the ledger, not declared" in whole.text, "an empty form says that nothing is there"
    for wrong in ("²", "x" * 20, "999"):
        assert (await browsers.get("wholesaler", f"/stock/declare?facility={wrong}")).status == 404
    assert (await browsers.get("wholesaler", f"{form}&zone=x")).status == 422
    monkeypatch.setattr("service.web.stock._LINES", 0)
    with_more = await browsers.get("wholesaler", form)
    assert (with_more.status, "zone by zone" in with_more.text) == (422, True)


async def test_a_table_is_taken_along_in_the_readers_language(browsers: Browsers) -> None:
    page = await browsers.get("wholesaler", "/stock.csv", "zh")
    raw = await page.answer.read()
    assert raw.startswith(b"\xef\xbb\xbf")
    assert page.answer.content_type == "text/csv"
    assert page.answer.headers["Content-Disposition"] == 'attachment; filename="stock.csv"'
    rows = [*csv.reader(StringIO(raw.decode("utf-8-sig")))]
    assert rows[0][2:4] == ["品名", "追溯码"]
    assert {len(row) for row in rows} == {10}
    assert len(rows) > 1


def test_no_cell_is_a_formula() -> None:
    assert [safe(cell) for cell in ("=1+1", "+1", "-1", "@x", "\tx", "a=b", -5, None)] == [
        "'=1+1", "'+1", "'-1", "'@x", "'\tx", "a=b", "-5", "",
    ]  # fmt: skip
    assert lines([('=HYPERLINK("x")', 'a"b', "牛肉,冻")]) == (
        '"\'=HYPERLINK(""x"")","a""b","牛肉,冻"\r\n'.encode()
    )

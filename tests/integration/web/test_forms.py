"""Forms are writes: refused beside the field, recorded once, and never without the browser's own token."""

from __future__ import annotations

import re
from hashlib import sha256
from io import BytesIO
from typing import Any
from urllib.parse import quote

import pytest

from schema.problems import catalogue
from service.codes.labels import Format, Label, Size, render
from tests.integration.web.conftest import Browsers
from tests.integration.web.test_pages import filled

SPLIT = {"happened_at": "2020-08-19T09:30", "parts.0.pieces": "2", "parts.0.grams": "54"}


def unescaped(text: str) -> str:
    return text.replace("&#39;", "'").replace("&#34;", '"').replace("&amp;", "&")


async def test_a_form_records_and_leads_to_where_it_says_so(browsers: Browsers) -> None:
    path, before = filled(browsers, "/units/{wholesaler_unit}"), await browsers.size()
    sent = await browsers.send("wholesaler", f"{path}/split", SPLIT)
    assert (sent.status, sent.answer.headers["Location"]) == (303, f"{path}?done={before}")
    shown = await browsers.get("wholesaler", sent.answer.headers["Location"])
    assert 'role="status"' in shown.text
    assert f"position {before}" in shown.text
    assert await browsers.size() == before + 1


async def test_a_double_click_records_once(browsers: Browsers) -> None:
    path, before = filled(browsers, "/units/{wholesaler_unit}/split"), await browsers.size()
    form = await browsers.get("wholesaler", path)
    fields = {"csrf": form.hidden("csrf"), "submission": form.hidden("submission"), **SPLIT}
    first, second = [await browsers.post("wholesaler", path, fields) for _ in range(2)]
    assert first.answer.headers["Location"] == second.answer.headers["Location"]
    assert await browsers.size() == before + 1
    other = await browsers.post("wholesaler", path, {**fields, "parts.0.pieces": "3", "parts.0.grams": "81"})
    assert other.status == 409
    assert other.hidden("submission") != fields["submission"]
    assert await browsers.size() == before + 1


async def test_a_form_sent_after_the_session_ended_leads_to_sign_in_and_back(browsers: Browsers) -> None:
    path = filled(browsers, "/units/{wholesaler_unit}/split")
    page = await browsers.post("public", path, SPLIT)
    assert page.status == 401
    assert f"/sign-in?next={quote(path, safe='')}" in page.text


@pytest.mark.parametrize("token", [None, "", "another"])
async def test_a_form_without_the_sessions_token_is_refused(browsers: Browsers, token: str | None) -> None:
    path, before = filled(browsers, "/units/{wholesaler_unit}/split"), await browsers.size()
    fields = SPLIT if token is None else {**SPLIT, "csrf": token}
    page = await browsers.post("wholesaler", path, fields)
    assert page.status == 403
    assert page.heading == catalogue()["auth.csrf"].title["en"]
    assert await browsers.size() == before


async def test_a_form_with_files_needs_the_token_as_well(browsers: Browsers) -> None:
    path = filled(browsers, "/lots/{waiting}/certificates/new?kind=quarantine")
    page = await browsers.post("station", path, {"file": BytesIO(b"%PDF-1.4 scan")})
    assert page.status == 403


@pytest.mark.parametrize("spoken", ["zh", "en"])
async def test_what_is_wrong_stands_beside_its_field_and_what_was_typed_stays(
    browsers: Browsers, spoken: Any
) -> None:
    path = filled(browsers, "/units/{wholesaler_unit}/split")
    fields = {"happened_at": "2020-08-19T09:30", "parts.0.pieces": "many", "parts.0.grams": "54.0001"}
    page = await browsers.send("wholesaler", path, fields, spoken)
    assert page.status == 422
    for field, code in (("pieces", "message.integer"), ("grams", "web.kilograms-decimals")):
        words = catalogue()[code]
        fault = re.search(rf'id="f-parts-0-{field}-fault">(.*?)</div>', page.text, re.DOTALL)
        assert fault is not None, page.text
        assert words.title[spoken] in unescaped(fault[1])
        assert words.remedy[spoken] in unescaped(fault[1])
        assert re.search(rf'href="#f-parts-0-{field}"', page.text)
    assert 'value="many"' in page.text
    assert 'value="54.0001"' in page.text
    assert page.text.count('aria-invalid="true"') == 2


async def test_a_rules_refusal_is_told_where_the_rule_blames(browsers: Browsers) -> None:
    path = filled(browsers, "/units/{wholesaler_unit}/split")
    page = await browsers.send("wholesaler", path, {**SPLIT, "parts.0.pieces": ""})
    assert page.status == 422
    assert catalogue()["unit.pieces-missing"].title["en"] in page.text


async def test_what_a_recorded_fact_broke_is_told(browsers: Browsers) -> None:
    path = filled(browsers, "/units/{wholesaler_unit}/split")
    sent = await browsers.send("wholesaler", path, {**SPLIT, "parts.0.grams": "999999"})
    assert sent.status == 303
    shown = await browsers.get("wholesaler", sent.answer.headers["Location"])
    assert catalogue()["unit.more-than-held"].title["en"] in shown.text


@pytest.mark.parametrize("spoken", ["zh", "en"])
async def test_the_gate_tells_all_that_it_wants(browsers: Browsers, spoken: Any) -> None:
    fields = await _release_fields(browsers)
    page = await browsers.send("station", filled(browsers, "/lots/{waiting}/release"), fields, spoken)
    assert page.status == 409
    for code in ("gate.nucleic-acid-missing", "gate.disinfection-missing"):
        assert catalogue()[code].title[spoken] in unescaped(page.text)
    checklist = await browsers.get("station", filled(browsers, "/lots/{waiting}"), spoken)
    assert "certificates/new?kind=nucleic_acid" in checklist.text


async def _release_fields(browsers: Browsers) -> dict[str, str]:
    form = await browsers.get("station", filled(browsers, "/lots/{waiting}/release"))
    unit = re.search(r'<option value="(\d+)" selected>', form.text)
    assert unit is not None
    return {"unit": unit[1], "pieces": "50", "grams": "1350", "happened_at": "2020-08-17T09:30"}


async def test_a_certificate_is_recorded_with_its_scan(browsers: Browsers) -> None:
    """One that was uploaded with the form, and none that is only named by its digest."""
    path = filled(browsers, "/lots/{waiting}/certificates/new?kind=nucleic_acid")
    fields: dict[str, Any] = {
        "issuer": "示例检测所",
        "number": "HS20200816X",
        "issued_on": "2020-08-16",
        "lots": str(browsers.story.ids["waiting"]),
        "happened_at": "2020-08-15T10:00",
        "result": "negative",
        "sampled_where": "store",
        "file": BytesIO(b"%PDF-1.4\nscan of a test\n%%EOF\n"),
    }
    named = await browsers.send("station", path, {**fields, "file": "ab" * 32})
    assert named.status == 422
    assert catalogue()["certificate.file-not-uploaded"].title["en"] in named.text
    page = await browsers.send("station", path, fields)
    assert page.status == 303, page.text
    lot = await browsers.get("station", page.answer.headers["Location"])
    assert "HS20200816X" in lot.text
    assert "/api/v1/files/" in lot.text
    recorded = re.findall(r'href="(/certificates/\d+)"', lot.text)
    shown = [(await browsers.get("station", each)).text for each in recorded]
    assert ["<dt>Sampled where</dt><dd>In the store</dd>" in text for text in shown].count(True) == 1


async def test_a_lot_is_registered_with_the_temperature_at_its_hand_over(browsers: Browsers) -> None:
    fields = {
        **{"product": "冻牛腩", "category": "livestock", "specification": "约 27 kg/箱", "hs": "0202300090"},
        **{"pieces": "10", "grams": "270", "temperature_class": "frozen", "country": "BRA"},
        **{"establishment": "SIF385", "production_batch": "BR-2020-06", "produced_on": "2020-05-20"},
        **{"best_before": "2022-05-19", "received_at": "2020-08-14T10:00", "zone": "1"},
        "handover_temperature_decicelsius": "-18.5",
    }
    sent = await browsers.send("station", filled(browsers, "/arrivals/{arrival}/lots/new"), fields)
    assert sent.status == 303, sent.text
    shown = await browsers.get("station", sent.answer.headers["Location"])
    assert "<dt>Temperature at hand-over</dt><dd>−18.5 °C</dd>" in shown.text
    without = await browsers.get("station", filled(browsers, "/lots/{lot}"))
    assert "Temperature at hand-over" not in without.text


async def test_a_chosen_file_stays_chosen_on_a_form_that_is_shown_again(browsers: Browsers) -> None:
    path = filled(browsers, "/lots/{waiting}/certificates/new?kind=quarantine")
    scan = b"%PDF-1.4\nscan of a half-filled form\n%%EOF\n"
    page = await browsers.send("station", path, {"issuer": "示例海关", "file": BytesIO(scan)})
    assert page.status == 422
    kept = f'<input type="hidden" name="file" value="{sha256(scan).hexdigest()}">'
    assert kept in page.text


async def test_a_file_that_is_no_scan_is_told_at_its_field(browsers: Browsers) -> None:
    path = filled(browsers, "/lots/{waiting}/certificates/new?kind=quarantine")
    page = await browsers.send("station", path, {"issuer": "示例海关", "file": BytesIO(b"no scan")})
    assert 'id="f-file-fault"' in page.text
    assert 'type="hidden" name="file"' not in page.text


async def test_labels_that_cannot_be_printed_are_told_on_a_page(browsers: Browsers) -> None:
    path = filled(browsers, "/lots/{waiting}/labels?codes=cases")
    page = await browsers.get("station", path)
    assert page.status == catalogue()["label.count"].status
    assert catalogue()["label.count"].title["en"] in unescaped(page.text)


async def test_goods_are_received_with_less_only_for_a_reason(browsers: Browsers) -> None:
    found = await browsers.get("shop", filled(browsers, "/receive?scan={code}"))
    assert found.status == 303
    path = found.answer.headers["Location"]
    form = await browsers.get("shop", path)
    unit = form.hidden("items.0.unit")
    fields = {
        "items.0.unit": unit,
        "items.0.pieces": "5",
        "items.0.grams": "135",
        "happened_at": "2020-08-19",
    }
    refused = await browsers.send("shop", path, fields)
    assert refused.status == 422 or refused.status == 409
    assert 'id="f-items-0-reason-fault"' in refused.text
    fields |= {"items.0.reason": "damaged", "items.0.remark": "李四送货，一箱破损"}
    received = await browsers.send("shop", path, fields)
    assert received.status == 303, received.text
    again = await browsers.get("shop", filled(browsers, "/receive?scan={code}"))
    assert again.status == 404
    assert catalogue()["web.no-open-shipment"].title["en"] in again.text


async def test_a_photograph_of_the_label_leads_to_the_goods(browsers: Browsers) -> None:
    code = browsers.story.ids["code"]
    picture = render(Label(code, f"https://trace.example.cn/t/{code}", "冻牛肉"), Size.LARGE, Format.PNG)
    csrf = (await browsers.get("shop", "/sell")).hidden("csrf")
    read = await browsers.post("shop", "/sell", {"csrf": csrf, "picture": BytesIO(picture)})
    assert read.answer.headers["Location"] == f"/sell?scan={code}"
    found = await browsers.get("shop", read.answer.headers["Location"])
    assert found.answer.headers["Location"] == filled(browsers, "/units/{shop_unit}/sell")
    blank = await browsers.post("shop", "/sell", {"csrf": csrf, "picture": BytesIO(b"no picture")})
    assert 'role="alert"' in blank.text


async def test_goods_are_shipped_to_whom_one_picks(browsers: Browsers) -> None:
    story = browsers.story
    chosen = f"/shipments/new?go=1&facility={story.places['wholesaler']}&uscc={story.parties['shop'].uscc}"
    onward = await browsers.get("wholesaler", chosen)
    assert onward.status == 303
    fields = {
        "destination": str(story.places["shop"]),
        "departed_at": "2020-08-19T09:30",
        "items.0.unit": str(story.ids["wholesaler_unit"]),
        "items.0.pieces": "3",
        "items.0.grams": "81",
        "waybill.driver_name": "李四",
    }
    sent = await browsers.send("wholesaler", onward.answer.headers["Location"], fields)
    assert sent.status == 303, sent.text
    shown = await browsers.get("wholesaler", sent.answer.headers["Location"])
    assert "3 pcs" in shown.text
    assert "李四" in shown.text  # to who stated it; the ledger has a commitment alone


async def test_a_tokens_secret_is_shown_once(browsers: Browsers) -> None:
    form = await browsers.get("shop", "/organisation/tokens/new")
    fields = {
        "csrf": form.hidden("csrf"),
        "submission": form.hidden("submission"),
        "scopes": "goods:read",
    }
    first = await browsers.post("shop", "/organisation/tokens/new", fields)
    assert first.status == 200
    assert re.search(r"cl_\d+_[\w-]{43}", first.text)
    second = await browsers.post("shop", "/organisation/tokens/new", fields)
    assert second.status == 303
    assert not re.search(r"cl_\d+_[\w-]{43}", second.text)


async def test_the_platform_registers_an_organisation_and_its_manager(browsers: Browsers) -> None:
    fields = {"uscc": "91110000600037341L", "name": "示例商行", "roles": "retailer", "region": "110000"}
    made = await browsers.send("platform", "/organisations/new", fields)
    assert made.status == 303, made.text
    address = made.answer.headers["Location"].partition("?")[0]
    person = {"role": "manager", "name": "王五", "login": "wang.five"}
    shown = await browsers.send("platform", f"{address}/manager", person)
    assert shown.status == 200
    assert 'class="secret"' in shown.text


async def test_a_place_is_filed_with_the_zones_that_were_named(browsers: Browsers) -> None:
    fields = {
        "kind": "own_use_store",
        "name": "二号库",
        "region": "420100",
        "address": "示例路 2 号",
        "filing": "备-2",
        "zones.0.name": "进口区",
        "zones.0.kind": "imported",
        "zones.2.name": "国产区",
        "zones.2.kind": "domestic",
    }
    filed = await browsers.send("outsider", "/organisation/facilities/new", fields)
    assert filed.status == 303, filed.text
    shown = await browsers.get("outsider", "/organisation")
    assert "二号库" in shown.text
    assert "2 国产区" in shown.text


async def test_a_confirmation_is_of_ones_own_statement_only(browsers: Browsers) -> None:
    for position in ("0", "3", "999999", "x"):
        page = await browsers.get("shop", f"/organisation?done={position}")
        assert page.status == 200
        assert 'role="status"' not in page.text

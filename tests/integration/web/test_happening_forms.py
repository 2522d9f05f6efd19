"""What else happens to goods, told on pages: each form records, and goods without papers have every page."""

from __future__ import annotations

import json
import re
from io import BytesIO
from typing import Any

import pytest

from tests.integration.web.conftest import Browsers
from tests.integration.web.test_pages import filled

AT = {"happened_at": "2020-08-19T09:30"}
BRACED = re.compile(r"\bNone\b|\{\{|undefined")


async def api(browsers: Browsers, who: str, path: str) -> Any:
    answer = await browsers.get(who, path, Accept="application/json")
    assert answer.status == 200, path
    return json.loads(await answer.answer.text())


async def sent(browsers: Browsers, who: str, path: str, fields: dict[str, str]) -> str:
    """Send the form at ``path``; where it leads, shown."""
    done = await browsers.send(who, filled(browsers, path), {**AT, **fields})
    assert done.status == 303, done.text
    shown = await browsers.get(who, done.answer.headers["Location"])
    assert shown.status == 200
    assert 'role="status"' in shown.text
    return shown.text


async def test_goods_are_used_up_repacked_and_passed_on_by_forms(browsers: Browsers) -> None:
    unit = "/units/{wholesaler_unit}"
    story = browsers.story
    watch, shop = story.parties["hubei"].uscc, story.parties["shop"].uscc
    taken = {"purpose": "quality", "samples.0": "S-1", "by": "regulator", "authority_uscc": watch}
    await sent(browsers, "wholesaler", f"{unit}/sample", {"pieces": "0", "grams": "0.25", **taken})
    handed = {"authority_uscc": watch, "document": "2020-17"}
    await sent(browsers, "wholesaler", f"{unit}/surrender", {"pieces": "1", "grams": "27", **handed})
    gone = {"pieces": "1", "grams": "27", "method": "burial", "witness": "王五"}
    shown = await sent(browsers, "wholesaler", f"{unit}/destroy", gone)
    assert "Destroyed without evidence" in shown
    assert "王五" not in shown
    bags = {"into.0.pack": "bag", "into.0.pieces": "54", "into.0.grams": "27", "into.0.grams_each": "0.5"}
    await sent(
        browsers, "wholesaler", f"{unit}/repack", {"pieces": "1", "grams": "27", "loss_grams": "0", **bags}
    )
    deed = {"to_uscc": shop, "document.kind": "contract", "document.number": "HT-1"}
    await sent(browsers, "wholesaler", f"{unit}/transfer", deed)
    found = await api(browsers, "wholesaler", filled(browsers, f"/api/v1{unit}"))
    assert (found["sample_grams"], found["destroyed_pieces"], found["pack"]) == (250, 1, "carton")
    assert found["owner"]["id"] == story.parties["shop"].organisation


async def test_evidence_is_uploaded_with_the_form(browsers: Browsers) -> None:
    gone = {
        "pieces": "1",
        "grams": "27",
        "method": "burial",
        "evidence.0": BytesIO(b"%PDF-1.4\nburnt\n%%EOF\n"),
    }
    shown = await sent(browsers, "wholesaler", "/units/{wholesaler_unit}/destroy", gone)  # type: ignore[arg-type]
    assert "without evidence" not in shown
    file = re.findall(r"/api/v1/files/([0-9a-f]{64})", shown)[0]
    for who, status in (
        ("wholesaler", 200),
        ("hubei", 200),
        ("importer", 200),
        ("shop", 404),
        ("public", 401),
    ):
        assert (await browsers.get(who, f"/api/v1/files/{file}")).status == status, who


async def test_parts_are_merged_again(browsers: Browsers) -> None:
    parts = {"parts.0.pieces": "2", "parts.0.grams": "54"}
    await sent(browsers, "wholesaler", "/units/{wholesaler_unit}/split", parts)
    listing = await api(browsers, "wholesaler", "/api/v1/units?on_hand=true&state=released")
    both = [str(unit["id"]) for unit in listing["items"]][:2]
    form = await browsers.get("wholesaler", f"/units/{both[0]}/merge")
    for unit in both:
        assert f'value="{unit}"' in form.text
    shown = await sent(browsers, "wholesaler", f"/units/{both[0]}/merge", {"units": both})  # type: ignore[dict-item]
    assert "Units merged" in shown


async def test_a_count_that_differs_is_told(browsers: Browsers) -> None:
    listing = await api(browsers, "wholesaler", "/api/v1/units?on_hand=true&state=released")
    unit = listing["items"][0]
    place = browsers.story.places["wholesaler"]
    counted = {
        "items.0.unit": str(unit["id"]),
        "items.0.pieces": str(unit["pieces"] - 1),
        "items.0.grams": str(unit["grams"] // 1000),
        "items.0.reason": "missing",
    }
    shown = await sent(browsers, "wholesaler", f"/stock-counts/new?facility={place}", counted)
    assert "The count differs" in shown


async def test_goods_are_turned_away_and_come_back(browsers: Browsers) -> None:
    shipment = await api(browsers, "shop", filled(browsers, "/api/v1/shipments/{wholesaler-shop}"))
    (item,) = shipment["items"]
    away = {"items.0.unit": str(item["unit"]), "items.0.pieces": "6", "items.0.grams": "162"}
    shown = await sent(
        browsers, "shop", "/shipments/{wholesaler-shop}/reject", {**away, "items.0.reason": "temperature"}
    )
    assert "Turned away at the door" in shown
    coming = await api(browsers, "wholesaler", "/api/v1/shipments?direction=in&open=true")
    (back,) = coming["items"]
    assert (back["purpose"], back["items"][0]["on_road_pieces"]) == ("return", 6)
    page = await browsers.get("wholesaler", f"/shipments/{back['id']}")
    assert "/receive" in page.text
    assert "/reject" not in page.text


@pytest.mark.parametrize("spoken", ["en", "zh"])
async def test_goods_without_papers_have_every_page(browsers: Browsers, spoken: Any) -> None:
    place = browsers.story.places["outsider"]
    seen = {
        "how": "unlabelled",
        "circumstances": "in_store",
        "zone": "1",
        "product": "不明冻肉",
        "category": "livestock",
        "temperature_class": "frozen",
        "grams": "240",
    }
    path = f"/discoveries/new?facility={place}"
    done = await browsers.send("outsider", path, {**AT, **seen}, spoken)
    assert done.status == 303, done.text
    lot = int(done.answer.headers["Location"].partition("/lots/")[2].partition("?")[0])
    told = await api(browsers, "outsider", f"/api/v1/lots/{lot}")
    unit, code = told["units"][0], told["code"]
    assert (told["country"], told["best_before"], told["arrival"], told["gate"]) == (None, None, None, [])
    assert (unit["state"], len(unit["holds"])) == ("quarantined", 1)
    shown = await browsers.get("outsider", f"/units/{unit['id']}", spoken)
    assert f"/units/{unit['id']}/destroy" in shown.text
    assert "/release" not in shown.text
    pages = (
        *(f"/lots/{lot}", "/lots", "/units", f"/units/{unit['id']}", f"/lots/{lot}/trace"),
        *(f"/units/{unit['id']}/{deed}" for deed in ("store", "split", "destroy", "surrender", "sample")),
        *(f"/lots/{lot}/trace/downstream", f"/lots/{lot}/cases/new", f"/search?q={code}", "/stock"),
    )
    for who in ("outsider", "hubei"):
        for each in pages:
            if who == "hubei" and each.rpartition("/")[2] in (
                "store",
                "split",
                "destroy",
                "surrender",
                "sample",
                "new",
            ):
                continue
            page = await browsers.get(who, each, spoken)
            assert page.status in (200, 303), (who, each, page.text[:600])
            assert not BRACED.search(re.sub(r"<[^>]+>", "", page.text)), each
    for each in (
        f"lots/{lot}",
        f"lots/{lot}/events",
        f"units/{unit['id']}",
        f"codes/{code}",
        f"lots/{lot}/trace/downstream",
    ):
        await api(browsers, "outsider", f"/api/v1/{each}")
    release = await browsers.get("outsider", f"/lots/{lot}/release?unit={unit['id']}", spoken)
    assert release.status in (200, 404)
    label = await browsers.get("outsider", f"/lots/{lot}/labels?size=70x50&format=pdf", spoken)
    assert label.status == 200
    consumer = await browsers.get("public", f"/t/{code}", spoken)
    assert consumer.status == 200
    assert not BRACED.search(re.sub(r"<[^>]+>", "", consumer.text))
    public = await browsers.get("public", f"/t/{code}", Accept="application/json")
    assert json.loads(await public.answer.text())["state"] == "quarantined"

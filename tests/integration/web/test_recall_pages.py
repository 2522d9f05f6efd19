"""Recalls as people see and say them: seen first, confirmed, begun, reported in one form, finished."""

from __future__ import annotations

import re

import pytest

from schema.problems import Language
from service.http.keys import LEDGER
from service.incidents.cases.opening import OPEN_CASE
from service.ledger import Proposal
from service.web.choices import now
from tests.integration.web.conftest import Browsers, Page

CARTON_KG = 27


async def case(browsers: Browsers, who: str = "qingdao") -> int:
    """A case of the beef."""
    subject = {"lots": [browsers.story.ids["lot"]]}
    data = {"number": "青卫查 2026-9", "hazard": "sars_cov_2", "subject": subject}
    ledger = browsers.client.app[LEDGER]  # type: ignore[union-attr]
    told = await ledger.append(Proposal(OPEN_CASE, browsers.story.parties[who].manager, data))
    return int(told.statement.outcome["case"])


async def called_back(browsers: Browsers, **fields: str) -> str:
    """The beef is called back by hand; the recall's address."""
    path = f"/recalls/new?lots={browsers.story.ids['lot']}"
    under = await case(browsers)
    page = await browsers.get("qingdao", path)
    hidden = {name: page.hidden(name) for name in ("csrf", "submission", "asked_at", "digest")}
    said = {"case": str(under), "level": "1", "reason": "positive", "measures": "stop_sale", **fields}
    done = await browsers.post("qingdao", path, {**hidden, **said})
    assert done.status == 303, done.text
    return str(done.answer.headers["Location"]).partition("?")[0]


def typed(page: Page, name: str) -> str:
    """What stands in a field of a form."""
    (field,) = re.findall(rf'<input[^>]*name="{name}"[^>]*>', page.text)
    (value,) = re.findall(r'value="([^"]*)"', field)
    return str(value)


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_whom_a_recall_addresses_is_seen_and_then_confirmed(
    browsers: Browsers, language: Language
) -> None:
    await case(browsers)
    form = await browsers.get("qingdao", f"/recalls/new?lots={browsers.story.ids['lot']}", language)
    assert form.status == 200
    assert "示例wholesaler" in form.text, "who has it stands above the button"
    address = await called_back(browsers)
    shown = await browsers.get("qingdao", address, language)
    assert ("Ordered" if language == "en" else "已发布") in shown.heading
    assert ("Level 1" if language == "en" else "一级召回") in shown.text
    assert "0%" in shown.text
    listed = await browsers.get("wholesaler", "/recalls", language)
    assert address in listed.text
    assert ("Nothing is being called back" if language == "en" else "暂无召回") in (
        await browsers.get("outsider", "/recalls", language)
    ).text


async def test_a_shop_begins_and_reports_in_one_form(browsers: Browsers) -> None:
    address = await called_back(browsers)
    mine = await browsers.get("shop", address)
    assert f"{address}/begin" in mine.text
    assert f"{address}/finish" not in mine.text
    assert "示例wholesaler" not in mine.text, "what others had is not told"
    begun = await browsers.send("shop", f"{address}/begin", {"happened_at": now()})
    assert begun.status == 303, begun.text
    report = await browsers.get("shop", f"{address}/report")
    filled = {name: typed(report, f"{name}_grams") for name in ("found", "sold", "returned", "destroyed")}
    assert filled == {
        "found": str(15 * CARTON_KG),
        "sold": str(5 * CARTON_KG),
        "returned": "0",
        "destroyed": "0",
    }
    sent = {f"{name}_grams": kilograms for name, kilograms in filled.items()}
    done = await browsers.send("shop", f"{address}/report", sent)
    assert done.status == 303, done.text
    after = await browsers.get("shop", str(done.answer.headers["Location"]))
    assert "57%" in after.text, "some of it is on the road to the shop still"
    assert f"{address}/begin" not in after.text
    assert (await browsers.get("outsider", f"{address}/report")).status == 404


async def test_a_destruction_is_tied_to_the_recall_and_shown_with_it(browsers: Browsers) -> None:
    address = await called_back(browsers)
    assert f"{address}/dispose" not in (await browsers.get("wholesaler", address)).text
    unit = browsers.story.ids["wholesaler_unit"]
    said = {"pieces": "1", "grams": str(CARTON_KG), "method": "incineration"}
    gone = await browsers.send("wholesaler", f"/units/{unit}/destroy", {**said, "happened_at": now()})
    assert gone.status == 303, gone.text
    (statement,) = re.findall(
        r'<option value="(\d+)"', (await browsers.get("wholesaler", f"{address}/dispose")).text
    )
    tied = await browsers.send("wholesaler", f"{address}/dispose", {"statement": statement})
    assert tied.status == 303, tied.text
    assert f"/statements/{statement}" in (await browsers.get("qingdao", address)).text


async def test_a_recall_is_prolonged_and_finished_by_its_author(browsers: Browsers) -> None:
    address = await called_back(browsers)
    for step in ("extend", "finish", "withdraw"):
        assert (await browsers.get("shop", f"{address}/{step}")).status == 404
    more = await browsers.send("qingdao", f"{address}/extend", {"days": "3", "reason": "many_holders"})
    assert more.status == 303, more.text
    assert "3 working days more" in (await browsers.get("shop", address)).text
    waiting = await browsers.send("qingdao", f"{address}/finish", {})
    assert waiting.status == 409
    assert "Somebody has not reported" in waiting.text
    done = await browsers.send("qingdao", f"{address}/finish", {"without_reports": "yes"})
    assert done.status == 303, done.text
    assert "Finished" in (await browsers.get("qingdao", address)).heading


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_consumers_are_told_of_a_public_recall(browsers: Browsers, language: Language) -> None:
    code = browsers.story.ids["case"]
    warning = "Recalled – do not eat" if language == "en" else "已召回，请勿食用"
    await called_back(browsers)
    assert warning not in (await browsers.get("public", f"/t/{code}", language)).text
    await called_back(browsers, public="yes")
    assert warning in (await browsers.get("public", f"/t/{code}", language)).text


async def test_a_recalls_hold_leads_to_the_recall_and_is_not_lifted_alone(browsers: Browsers) -> None:
    address = await called_back(browsers)
    (hold,) = set(re.findall(r'href="(/holds/\d+)"', (await browsers.get("qingdao", address)).text))
    shown = await browsers.get("qingdao", hold)
    assert address in shown.text
    assert f"{hold}/lift" not in shown.text


async def test_who_registered_a_lot_may_call_it_back_and_a_customer_may_not(browsers: Browsers) -> None:
    lot = browsers.story.ids["lot"]
    assert f"/recalls/new?lots={lot}" in (await browsers.get("station", f"/lots/{lot}")).text
    assert f"/recalls/new?lots={lot}" not in (await browsers.get("shop", f"/lots/{lot}")).text
    assert (await browsers.get("station", f"/recalls/new?lots={lot}")).status == 200
    assert (await browsers.get("shop", f"/recalls/new?lots={lot}")).status == 404
    assert (await browsers.get("station", "/recalls/new")).status == 422

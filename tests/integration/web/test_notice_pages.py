"""Inbox and contacts as people see them: a mark that counts, a button, a secret that is told once."""

from __future__ import annotations

import re

import pytest

from schema.problems import Language
from service.notices.sending import SENDER
from tests.integration.web.conftest import Browsers, Page
from tests.integration.web.test_recall_pages import called_back


async def told(browsers: Browsers) -> None:
    """What is new is told."""
    await browsers.client.app[SENDER].once()  # type: ignore[union-attr]


def csrf(page: Page) -> dict[str, str]:
    return {"csrf": page.hidden("csrf")}


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_the_inbox_counts_what_nobody_has_read(browsers: Browsers, language: Language) -> None:
    address = await called_back(browsers)
    await told(browsers)
    mark = r"Notices, (\d+) not read" if language == "en" else r"通知（(\d+) 条未读）"
    page = await browsers.get("wholesaler", "/notices", language)
    (before,) = re.findall(mark, page.text)
    paths = re.findall(r'href="(/notices/\d+)"', page.text)
    assert ("called back" if language == "en" else "被召回") in page.text
    opened = [await browsers.get("wholesaler", path, language) for path in paths]
    (notice,) = [each for each in opened if address in each.text]
    assert ("We have read it" if language == "en" else "已知悉") in notice.text
    after = re.findall(mark, (await browsers.get("wholesaler", "/notices", language)).text)
    assert after == []
    assert int(before) == len(paths), "opening is reading"
    assert (await browsers.get("shop", paths[0])).status == 404


async def test_a_button_acknowledges_and_leads_to_the_recall(browsers: Browsers) -> None:
    address = await called_back(browsers)
    await told(browsers)
    page = await browsers.get("wholesaler", "/notices")
    for path in re.findall(r'href="(/notices/\d+)"', page.text):
        notice = await browsers.get("wholesaler", path)
        if address not in notice.text:
            continue
        done = await browsers.post("wholesaler", f"{path}/acknowledge", csrf(notice))
        assert (done.status, done.answer.headers["Location"]) == (303, address)
        assert f"{path}/acknowledge" not in (await browsers.get("wholesaler", path)).text
        assert (await browsers.post("wholesaler", f"{path}/acknowledge", {"csrf": "x"})).status == 403
    shown = await browsers.get("qingdao", address)
    assert "Who was told, and who has read it" in shown.text


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_contacts_are_kept_by_hand_and_a_secret_is_shown_once(
    browsers: Browsers, language: Language
) -> None:
    said = {"channel": "webhook", "address": "https://hook.example.org/in", "turn": "1", "language": "zh"}
    kept = await browsers.send("shop", "/contacts", said, language)
    assert kept.status == 200, kept.text
    assert re.search(r"whsec_[A-Za-z0-9+/=]{44}", kept.text.replace("&#43;", "+"))
    again = await browsers.get("shop", "/contacts", language)
    assert "whsec_" not in again.text
    assert "https://hook.example.org/in" in again.text
    wrong = await browsers.send("shop", "/contacts", {**said, "address": "https://127.0.0.1/"}, language)
    assert wrong.status == 422
    assert ("Not a public address" if language == "en" else "不是公网地址") in wrong.text
    (path,) = re.findall(r'action="(/contacts/\d+)/remove"', again.text)
    assert (await browsers.post("plant", f"{path}/remove", csrf(again))).status in (403, 404)
    gone = await browsers.post("shop", f"{path}/remove", csrf(again))
    assert gone.status == 303, gone.text
    assert "hook.example.org" not in (await browsers.get("shop", "/contacts")).text


async def test_a_trial_without_a_mail_server_says_so(browsers: Browsers) -> None:
    said = {"channel": "email", "address": "boss@example.org", "turn": "2", "language": "en"}
    assert (await browsers.send("shop", "/contacts", said)).status == 303
    page = await browsers.get("shop", "/contacts")
    (path,) = re.findall(r'action="(/contacts/\d+)/trial"', page.text)
    tried = await browsers.post("shop", f"{path}/trial", csrf(page))
    assert tried.status == 409
    assert "The service sends no mail" in tried.text

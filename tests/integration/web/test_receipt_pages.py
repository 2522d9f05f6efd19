"""Where people get receipts: the exit certificate's page and a statement's, in both languages."""

from __future__ import annotations

import re

import pytest

from schema.problems import Language
from tests.integration.web.conftest import Browsers

OFFERED: dict[Language, str] = {"en": "Download the receipt", "zh": "下载账本凭证"}
LIMITS: dict[Language, str] = {"en": "withdrawn or held since", "zh": "撤回或封存"}


def link(page: str, words: str) -> str:
    found = re.search(rf'<a href="([^"]+)" download>{words}</a>', page)
    assert found is not None, page
    return found[1]


@pytest.mark.parametrize("spoken", ["en", "zh"])
async def test_an_exit_certificate_offers_its_receipt_to_anyone(browsers: Browsers, spoken: Language) -> None:
    code = browsers.story.ids["release"]
    page = await browsers.get("public", f"/releases/{code}", spoken)
    assert link(page.text, OFFERED[spoken]) == f"/api/v1/releases/{code}/receipt"
    assert "coldledger verify-receipt " in page.text
    assert LIMITS[spoken] in page.text


@pytest.mark.parametrize("spoken", ["en", "zh"])
async def test_a_statement_offers_its_receipt_to_who_may_read_it(
    browsers: Browsers, spoken: Language
) -> None:
    position = browsers.story.ids["registration"]
    page = await browsers.get("station", f"/statements/{position}", spoken)
    assert link(page.text, OFFERED[spoken]) == f"/api/v1/statements/{position}/receipt"
    assert f"coldledger verify-receipt {position}.receipt.json" in page.text
    assert LIMITS[spoken] in page.text

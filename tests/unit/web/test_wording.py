"""Codes of closed sets in problems become words on pages, in both languages."""

from __future__ import annotations

import pytest

from schema.problems import Language, Problem, Refusal
from service.web.wording import explained


@pytest.mark.parametrize(
    ("problem", "language", "words"),
    [
        (Refusal("party.role-missing", role="regulator", organisation=1), "zh", "监管"),
        (Refusal("party.role-missing", role="regulator", organisation=1), "en", "Regulator"),
        (
            Refusal(
                "sale.not-a-counter", facility=1, kind="third_party_store", allowed="market, shop, restaurant"
            ),
            "zh",
            "第三方冷库",
        ),
        (Refusal("sale.not-a-counter", facility=1, kind="market", allowed="market, shop"), "en", "Shop"),
        (Refusal("unit.held", unit=1, hold=2000, reason="positive"), "zh", "检测阳性"),
        (Refusal("unit.held", unit=1, hold=2000, reason="positive"), "en", "Positive test"),
        (Refusal("person.still-active", kind="staff", subject=18000), "zh", "工作人员 18000"),
    ],
)
def test_a_code_is_put_into_words(problem: Problem, language: Language, words: str) -> None:
    told = explained(problem, language).detail
    assert words in told
    assert not {"third_party_store", "regulator", "staff"} & set(told.replace("“", " ").split())


def test_what_is_no_code_stays_as_it_was_said() -> None:
    said = Refusal("policy.kind-unknown", field="/document", kind="goods-eaten, and drunk")
    assert "goods-eaten, and drunk" in explained(said, "zh").detail

"""The language of an answer."""

import pytest

from schema.problems import Language
from service.http.language import default_for, negotiate


@pytest.mark.parametrize(
    ("header", "default", "expected"),
    [
        ("", "en", "en"),
        ("", "zh", "zh"),
        ("zh", "en", "zh"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "en", "zh"),
        ("en-GB, zh;q=0.5", "zh", "en"),
        ("zh-Hant-TW", "en", "zh"),
        ("de, fr;q=0.9", "zh", "zh"),
        ("de, *;q=0.1", "en", "en"),
        ("zh;q=0, *", "zh", "en"),
        ("en;q=0.3, zh;q=0.7", "en", "zh"),
        ("en;q=0.5, zh;q=0.5", "zh", "zh"),
        ("zh;q=nonsense, en", "zh", "en"),
        (",,;q=1", "en", "en"),
        ("x" * 100_000, "zh", "zh"),
    ],
)
def test_the_best_of_our_languages_is_taken(header: str, default: Language, expected: str) -> None:
    assert negotiate(header, default) == expected


@pytest.mark.parametrize(
    ("path", "expected"), [("/api/v1/lots", "en"), ("/openapi.json", "en"), ("/", "zh"), ("/docs", "zh")]
)
def test_programs_get_english_and_people_chinese(path: str, expected: str) -> None:
    assert default_for(path) == expected

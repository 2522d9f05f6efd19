"""The edition of the checking page: whole, named by its contents, in the words of the catalogue."""

from __future__ import annotations

import re
import tomllib
from importlib.resources import files
from typing import Any

import orjson
import pytest

import schema.problems
from scanners.checking import PROVES
from schema.problems import LANGUAGES, catalogue
from service.receipts.telling import sentences
from service.web.checking import EDITION, edition
from service.web.rendering import STYLE_URL
from service.web.texts import texts

SERVED = edition()
MODULES = {name: content.decode() for name, content in SERVED.contents.items() if name.endswith(".js")}
TOLD = orjson.loads(SERVED.contents[EDITION])
NAMED = {name for each in MODULES.values() for name in re.findall(r'"([a-z-]+\.[a-z0-9-]+)"', each)} - {
    EDITION
}
FILES = {"worker.js", "page.js"}
UNOFFERED = {
    *("receipt.checkpoint-too-small", "receipt.checkpoint-too-old"),
    *("receipt.cosigned-in-future", "receipt.age-unknown"),
}
"""Demands of the command that the page does not make."""


@pytest.mark.parametrize("language", LANGUAGES)
def test_its_words_are_the_catalogues(language: Any) -> None:
    words = TOLD["words"][language]
    assert set(words["problems"]) | set(words["texts"]) == NAMED - FILES
    for code, told in words["problems"].items():
        entry = catalogue()[code]
        assert told == {part: getattr(entry, part)[language] for part in ("title", "detail", "remedy")}
    assert words["texts"] == {key: texts()[key][language] for key in words["texts"]}
    assert words["receipt"] == {key: said[language] for key, said in sentences().items()}
    assert words["label"] == PROVES[language]


@pytest.mark.parametrize(("file", "room"), [("receipts", "receipt"), ("signed_codes", "signed-code")])
def test_every_refusal_of_the_catalogue_is_one_of_the_pages(file: str, room: str) -> None:
    text = (files(schema.problems) / f"{file}.toml").read_text(encoding="utf-8")
    refusals = {
        code
        for code, entry in tomllib.loads(text).items()
        if code.startswith(room) and entry["status"] == 422
    }
    assert len(refusals) >= 10
    assert refusals - UNOFFERED <= set(TOLD["words"]["en"]["problems"])


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_sentence_on_a_receipt_is_said(language: Any) -> None:
    said = set(re.findall(r'words\.proved\("([a-z_]+)"', MODULES["telling.js"]))
    assert said == set(TOLD["words"][language]["receipt"]) - {"refused"}


def test_it_keeps_all_that_the_page_needs() -> None:
    assert {*TOLD["kept"]} == {*MODULES, STYLE_URL, "/static/icon.svg"} - {"worker.js"}
    imported = {name for each in MODULES.values() for name in re.findall(r'from "\./(\w+\.js)"', each)}
    assert imported <= {*TOLD["kept"]}
    assert re.fullmatch(r"/check/[0-9a-f]{12}/", SERVED.folder)


def test_it_asks_nobody_else() -> None:
    for name, source in MODULES.items():
        assert "http" not in re.sub(r"https\?|is https", "", source), name
        assert not re.search(r"\beval\b|new Function|innerHTML|insertAdjacentHTML", source), name

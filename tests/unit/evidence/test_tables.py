"""How the tables and reports of a pack are written: no formulas, both languages, the same bytes again."""

from __future__ import annotations

import csv
import io
import zipfile
from typing import Any

import pypdfium2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schema.problems import LANGUAGES
from service.evidence.pdf import write_pdf
from service.evidence.report import Report, Section
from service.evidence.tables import HITS, TABLES, as_csv, as_json, as_xlsx, words

AT = "2026-03-01T12:00:00.000000Z"
HOSTILE = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", '=HYPERLINK("http://x","y")', "http://x")


def cells(content: bytes) -> list[list[str]]:
    """A table as a spreadsheet reads it."""
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


@pytest.mark.parametrize("text", HOSTILE)
def test_no_cell_is_a_formula_or_a_link(text: str) -> None:
    rows = [{"product": text, "grams": -5}]
    _, (told, grams) = cells(as_csv(rows))
    assert told == (f"'{text}" if text != "http://x" else text)
    assert grams == "-5"
    with zipfile.ZipFile(io.BytesIO(as_xlsx({"lots": rows}, AT))) as book:
        sheet = book.read("xl/worksheets/sheet1.xml")
        assert b"<f>" not in sheet
        assert b"hyperlink" not in sheet
        assert b'<c r="A2" t="s">' in sheet
        assert b"<v>-5</v>" in sheet


@given(
    st.lists(
        st.fixed_dictionaries({"product": st.text(max_size=20), "grams": st.integers(0, 2**53)}), min_size=1
    )
)
def test_the_same_rows_are_the_same_bytes(rows: list[dict[str, Any]]) -> None:
    assert as_csv(rows) == as_csv([dict(row) for row in rows])
    assert as_json(rows) == as_json([dict(row) for row in rows])
    assert len(cells(as_csv(rows))) == len(rows) + 1


def test_a_book_is_the_same_bytes_again() -> None:
    tables = {"lots": [{"product": "牛肉", "grams": 1, "held": True}], "units": []}
    assert as_xlsx(tables, AT) == as_xlsx(tables, AT)


def test_every_sheet_and_word_is_there_in_both_languages() -> None:
    assert {each.name for each in TABLES} | {HITS} <= words()["sheets"].keys()
    for part in words().values():
        for key, said in part.items():
            assert all(said[language].strip() for language in LANGUAGES), key


def test_a_report_is_text_and_the_same_bytes_again() -> None:
    section = Section("货物去向 <b>&", ["保管人", "重量"], [["甲 <script>", "1,000"]] * 80, left_out=3)
    told = Report("案件 青卫查 2020-1 处置报告", [("状态", "已结案")], [section], "注")
    other = Report("Another", [("State", "closed")], [], "note")
    first = write_pdf(told)
    write_pdf(other)
    assert write_pdf(told) == first
    pages = pypdfium2.PdfDocument(first)
    text = "".join(page.get_textpage().get_text_range() for page in pages)
    assert len(pages) > 1
    for words_ in ("案件 青卫查 2020-1 处置报告", "货物去向 <b>&", "甲 <script>", "已结案", "+3"):
        assert words_ in text

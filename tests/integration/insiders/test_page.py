"""docs/insiders.md promises what is tested: each row names its test, and each test has its row."""

from __future__ import annotations

import inspect
from pathlib import Path

from tests.integration.insiders import test_insiders

PAGE = Path(__file__).resolve().parents[3] / "docs" / "insiders.md"


def rows() -> list[list[str]]:
    """The cells of the page's first table, without its heading."""
    lines = PAGE.read_text(encoding="utf-8").partition("\n## ")[0].splitlines()
    table = [line.strip("|").split("|") for line in lines if line.startswith("|")]
    return [[cell.strip() for cell in row] for row in table[2:]]


def test_every_row_names_its_test_and_every_test_has_a_row() -> None:
    named = [row[-1].strip("`") for row in rows()]
    tests = [
        name for name, _ in inspect.getmembers(test_insiders, inspect.isfunction) if name.startswith("test_")
    ]
    assert sorted(named) == sorted(tests)
    assert len(set(named)) == len(named)


def test_every_row_says_who_what_can_be_done_what_finds_it_and_what_nothing_finds() -> None:
    assert [row for row in rows() if len(row) != 5 or not all(row)] == []

"""docs/faults.md promises what is tested: each row names its tests, and each test of a fault has a row."""

from __future__ import annotations

import ast
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "faults.md"
OF_FAULTS = [
    *(path for path in (ROOT / "tests" / "faults").glob("test_*.py") if path != Path(__file__).resolve()),
    ROOT / "tests" / "integration" / "publishing" / "test_publisher_table.py",
]


def rows() -> list[list[str]]:
    """The cells of the table, without its heading."""
    lines = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def named(cell: str) -> list[str]:
    return re.findall(r"`(tests/\S+\.py::\w+)`", cell)


def found_in(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    functions = (each for each in tree.body if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef))
    place = path.relative_to(ROOT).as_posix()
    return {f"{place}::{each.name}" for each in functions if each.name.startswith("test_")}


def test_every_row_has_a_fault_what_happens_and_its_tests() -> None:
    assert rows()
    assert [row for row in rows() if len(row) != 3 or not all(row) or not named(row[2])] == []


def test_every_test_that_is_named_exists() -> None:
    for row in rows():
        for test in named(row[2]):
            assert test in found_in(ROOT / test.partition("::")[0]), test


def test_every_test_of_a_fault_has_one_row() -> None:
    listed = [test for row in rows() for test in named(row[2])]
    assert len(set(listed)) == len(listed)
    for path in OF_FAULTS:
        assert found_in(path) <= set(listed), found_in(path) - set(listed)

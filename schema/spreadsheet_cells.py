"""Tables to take along: UTF-8 with a byte order mark, so that spreadsheets read Chinese, and no formulas.

A cell that a spreadsheet would take for a formula begins with an apostrophe: names of goods and places come
from anyone.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from io import StringIO

BOM = "\ufeff"
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def safe(cell: object) -> str:
    """The text of a cell. Numbers that we counted stay numbers, be they negative."""
    if cell is None:
        return ""
    text = str(cell)
    return f"'{text}" if isinstance(cell, str) and text.startswith(_FORMULA) else text


def lines(rows: Iterable[Sequence[object]]) -> bytes:
    """Rows as CSV (RFC 4180)."""
    written = StringIO()
    csv.writer(written, lineterminator="\r\n").writerows([[safe(cell) for cell in row] for row in rows])
    return written.getvalue().encode("utf-8")

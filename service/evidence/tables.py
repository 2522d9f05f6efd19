"""The tables of a pack: what each is asked with, and how it is written as JSON, CSV and XLSX.

A table is a named query of ``schema/sql/queries/evidence/pack.sql``; its columns are the query's, in their
order, headed in zh and en by ``columns.toml``. Rule kept: the same rows are the same bytes, and no cell is a
formula, whatever stands in it.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from io import BytesIO
from typing import Any, Final

import orjson
from xlsxwriter import Workbook  # type: ignore[import-untyped]

from schema.problems import LANGUAGES, Language
from schema.spreadsheet_cells import BOM, lines
from service.ledger.statement import parse_instant

Row = Mapping[str, Any]
_WIDEST: Final = 60
_CELL_CHARS: Final = 32_767
"""What a cell of a spreadsheet holds at most."""


class Asked(StrEnum):
    """What a table's query takes."""

    CASE = "case"
    UNITS = "units"
    LOTS = "lots"


class Book(StrEnum):
    """Which spreadsheet a table stands in; the value is the file's name without its ending."""

    CASE = "case-tables"
    CHINA = "china-traceability"
    FDA = "fda-24-hour"


@dataclass(frozen=True, slots=True)
class Table:
    """``name`` is that of the query, the files and the sheet."""

    name: str
    asked: Asked
    book: Book = Book.CASE


HITS: Final = "hits"
"""The table that is no query: the answers on record, asked for again."""
TABLES: Final = (
    Table("steps", Asked.CASE),
    Table("exposures", Asked.CASE),
    Table("holds", Asked.CASE),
    Table("requests", Asked.CASE),
    Table("cooperations", Asked.CASE),
    Table("recalls", Asked.CASE),
    Table("recall_parts", Asked.CASE),
    Table("disposals", Asked.CASE),
    Table("samples", Asked.LOTS),
    Table("holders", Asked.UNITS),
    Table("lots", Asked.LOTS),
    Table("arrivals", Asked.LOTS),
    Table("units", Asked.UNITS),
    Table("stays", Asked.UNITS),
    Table("movements", Asked.UNITS),
    Table("shipments", Asked.UNITS),
    Table("papers", Asked.LOTS),
    Table("releases", Asked.LOTS),
    Table("disinfections", Asked.LOTS),
    Table("chain", Asked.UNITS, Book.CHINA),
    Table("fda_first", Asked.LOTS, Book.FDA),
    Table("fda_shipping", Asked.UNITS, Book.FDA),
    Table("fda_receiving", Asked.UNITS, Book.FDA),
    Table("fda_transformation", Asked.UNITS, Book.FDA),
)


@cache
def words() -> Mapping[str, Mapping[str, Mapping[Language, str]]]:
    """Headings of sheets and columns, and the words of closed sets, in zh and en."""
    return tomllib.loads((files(__package__) / "columns.toml").read_text(encoding="utf-8"))


def heading(column: str) -> str:
    """Both languages at once: a table is read by whoever gets it."""
    said = words()["columns"][column]
    return f"{said['zh']} {said['en']}"


def as_json(thing: object) -> bytes:
    """Sorted, indented: to be read and compared."""
    return orjson.dumps(thing, option=orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2) + b"\n"


def as_csv(rows: Sequence[Row]) -> bytes:
    """With both headings; without rows an empty table."""
    columns = [*rows[0]] if rows else []
    told = [[heading(column) for column in columns], *([row[c] for c in columns] for row in rows)]
    return BOM.encode() + lines(told if rows else [])


def as_xlsx(tables: Mapping[str, Sequence[Row]], made_at: str) -> bytes:
    """A sheet a table. ``made_at`` is the time that the file bears."""
    out = BytesIO()
    # Nothing is guessed of a cell: a text stays a text, so that none is a formula or a link.
    safely = {f"strings_to_{kind}": False for kind in ("formulas", "urls", "numbers")}
    with Workbook(out, {"in_memory": True, **safely}) as book:
        book.set_properties({"created": parse_instant(made_at).replace(tzinfo=None)})
        bold = book.add_format({"bold": True, "text_wrap": True})
        for name, rows in tables.items():
            sheet = book.add_worksheet(words()["sheets"][name]["zh"][:31])
            _fill(sheet, rows, bold)
    return out.getvalue()


def _fill(sheet: Any, rows: Sequence[Row], bold: Any) -> None:
    sheet.freeze_panes(1, 0)
    if not rows:
        return
    for at, column in enumerate(rows[0]):
        sheet.write_string(0, at, heading(column), bold)
        widest = max(len(str(row[column])) for row in rows[:200])
        sheet.set_column(at, at, min(_WIDEST, max(12, widest + 2)))
    for line, row in enumerate(rows, 1):
        for at, cell in enumerate(row.values()):
            _write(sheet, line, at, cell)
    sheet.autofilter(0, 0, len(rows), len(rows[0]) - 1)


def _write(sheet: Any, line: int, at: int, cell: Any) -> None:
    if isinstance(cell, bool):
        sheet.write_string(line, at, "是 yes" if cell else "否 no")
    elif isinstance(cell, int):
        sheet.write_number(line, at, cell)
    elif cell is not None:
        sheet.write_string(line, at, str(cell)[:_CELL_CHARS])


def table_files(tables: Mapping[str, Sequence[Row]], made_at: str) -> Iterator[tuple[str, bytes]]:
    """Each table as JSON and CSV, and the spreadsheets."""
    for name, rows in tables.items():
        yield f"json/{name}.json", as_json(rows)
        yield f"csv/{name}.csv", as_csv(rows)
    for book in Book:
        named = {each.name for each in TABLES if each.book == book}
        if book is Book.CASE:
            named.add(HITS)
        yield f"{book}.xlsx", as_xlsx({n: rows for n, rows in tables.items() if n in named}, made_at)


def missing_words(tables: Iterable[Sequence[Row]]) -> set[str]:
    """Columns without a heading: none, says a test."""
    known = words()["columns"]
    return {
        c for rows in tables if rows for c in rows[0] if any(n not in known.get(c, {}) for n in LANGUAGES)
    }

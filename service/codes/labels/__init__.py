"""Labels for cartons: one drawing, told in millimetres, written as PNG, SVG or PDF, singly or as A4 sheets.

The rules it keeps: nothing overflows its place; the code is printed for eyes beside the code for scanners;
the same label looks the same in all formats and on machines without a Chinese font; sample data says so.

Rendering is work for the processor: 10 to 85 ms a label, about 23 s for a full file of sheets. Callers in an
event loop run it in a thread: ``await asyncio.to_thread(render, …)``. All functions here are safe in threads.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum

from schema.problems import Problem
from service.codes.labels.layout import Label, Size, lay_out
from service.codes.labels.pdf import write_pdf, write_sheets
from service.codes.labels.png import write_png
from service.codes.labels.svg import write_svg

__all__ = ["SHEET_LIMIT", "Format", "Label", "Size", "render", "render_sheet"]

SHEET_LIMIT = 2000
"""Labels in one file of sheets: bounds memory and the time that a request may take."""


class Format(Enum):
    """A file format; the value is its media type."""

    PNG = "image/png"
    SVG = "image/svg+xml"
    PDF = "application/pdf"


_WRITERS = {Format.PNG: write_png, Format.SVG: write_svg, Format.PDF: write_pdf}


def render(label: Label, size: Size, file_format: Format) -> bytes:
    """One label as a file. PNG has 300 dots an inch.

    Raises ``label.link-too-long`` when the link's QR code does not fit the label.
    """
    return _WRITERS[file_format](lay_out(label, size))


def render_sheet(labels: Sequence[Label], size: Size) -> bytes:
    """A PDF of A4 pages with cut marks, the labels row by row: 16 of 70×50 mm a page, 36 of 50×30 mm.

    Raises ``label.count`` for no label or more than :data:`SHEET_LIMIT`.
    """
    if not 0 < len(labels) <= SHEET_LIMIT:
        raise Problem("label.count", count=len(labels), limit=SHEET_LIMIT)
    return write_sheets((lay_out(label, size) for label in labels), size)

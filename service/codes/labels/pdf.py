"""Labels as PDF: one a page of its own size, or many on A4 sheets with cut marks.

reportlab embeds TrueType outlines only and the font has PostScript ones, so each character that is used
becomes a form that is drawn by name: small files, sharp at any size. Trace codes also lie there as invisible
text, so that a file can be searched for one.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from io import BytesIO
from typing import Literal

from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.pdfgen.pathobject import PDFPathObject

from service.codes.labels.layout import Bar, Drawing, Size, Symbol, Text
from service.codes.labels.typeface import EM, Glyph, glyph

_TICK = 1.5
"""Half a cut mark, in mm: shorter than the blank edge of a label."""

_INVISIBLE: Literal[3] = 3
"""PDF's text rendering mode that neither fills nor strokes."""


@dataclass(frozen=True, slots=True)
class _Grid:
    """Labels on a page, edge to edge, in the middle of it. The page is in points, the labels in mm."""

    page: tuple[float, float]
    columns: int
    rows: int

    @property
    def count(self) -> int:
        return self.columns * self.rows

    def origin(self, size: Size) -> tuple[float, float]:
        """The lower left corner of all labels, in mm from the page's."""
        wide, high = size.value
        return (self.page[0] / mm - self.columns * wide) / 2, (self.page[1] / mm - self.rows * high) / 2


_GRIDS = {Size.LARGE: _Grid(landscape(A4), 4, 4), Size.SMALL: _Grid(A4, 4, 9)}


def write_pdf(drawing: Drawing) -> bytes:
    """One page of the label's own size."""
    page = _Page((drawing.width * mm, drawing.height * mm), drawing.title, drawing.description)
    page.draw(drawing, 0, 0)
    return page.file()


def write_sheets(drawings: Iterable[Drawing], size: Size) -> bytes:
    """A4 pages, row by row from the upper left. The last page is as full as the labels go."""
    grid = _GRIDS[size]
    wide, high = size.value
    left, bottom = grid.origin(size)
    page = _Page(grid.page, f"{wide} × {high} mm", "")
    for number, drawing in enumerate(drawings):
        row, column = divmod(number % grid.count, grid.columns)
        if row == column == 0:
            if number:
                page.turn()
            page.cut_marks(grid, size)
        page.draw(drawing, left + column * wide, bottom + (grid.rows - 1 - row) * high)
    return page.file()


class _Page:
    """The pages of one file, with the characters that it has so far."""

    def __init__(self, size: tuple[float, float], title: str, subject: str) -> None:
        self._buffer = BytesIO()
        # Invariant: the same labels give the same bytes, without the time of day.
        self._canvas = Canvas(self._buffer, pagesize=size, pageCompression=1, invariant=1)
        self._canvas.setTitle(title)
        self._canvas.setSubject(subject)
        self._known: set[str] = set()

    def turn(self) -> None:
        """Begin the next page."""
        self._canvas.showPage()

    def file(self) -> bytes:
        """Finish, and the whole file."""
        self._canvas.save()
        return self._buffer.getvalue()

    def draw(self, drawing: Drawing, x: float, y: float) -> None:
        """Draw a label with its lower left corner at (``x``, ``y``) mm. Marks count from the upper left."""
        self._define(drawing)
        canvas = self._canvas
        canvas.saveState()
        canvas.translate(x * mm, (y + drawing.height) * mm)
        canvas.scale(mm, mm)
        for mark in drawing.marks:
            match mark:
                case Text():
                    self._text(mark)
                case Bar():
                    canvas.rect(mark.x, -mark.y - mark.height, mark.width, mark.height, stroke=0, fill=1)
                case Symbol():
                    self._symbol(mark)
        canvas.restoreState()

    def cut_marks(self, grid: _Grid, size: Size) -> None:
        """A fine cross at every corner where labels meet or end."""
        wide, high = size.value
        left, bottom = grid.origin(size)
        self._canvas.setLineWidth(0.05 * mm)
        for column in range(grid.columns + 1):
            for row in range(grid.rows + 1):
                x, y, tick = (left + column * wide) * mm, (bottom + row * high) * mm, _TICK * mm
                self._canvas.line(x - tick, y, x + tick, y)
                self._canvas.line(x, y - tick, x, y + tick)

    def _define(self, drawing: Drawing) -> None:
        """Add the forms of the characters that are new to this file, before they are drawn by name."""
        used = {c for mark in drawing.marks if isinstance(mark, Text) for c in mark.text}
        for character in sorted(used - self._known):
            self._canvas.beginForm(_form(character), -EM, -EM, 2 * EM, 2 * EM)
            self._canvas.drawPath(_trace(self._canvas, glyph(character)), stroke=0, fill=1)
            self._canvas.endForm()
        self._known |= used

    def _text(self, mark: Text) -> None:
        canvas = self._canvas
        canvas.saveState()
        if mark.light:
            canvas.setFillGray(1)
        canvas.translate(mark.x, -mark.y)
        if mark.text.isascii():
            self._searchable(mark)
        canvas.scale(mark.size / EM, mark.size / EM)
        for character in mark.text:
            canvas.doForm(_form(character))
            canvas.translate(glyph(character).advance, 0)
        canvas.restoreState()

    def _searchable(self, mark: Text) -> None:
        """The same words, invisible, in a font that every reader has."""
        words = self._canvas.beginText(0, 0)
        words.setFont("Helvetica", mark.size)
        words.setTextRenderMode(_INVISIBLE)
        words.textOut(mark.text)
        words.setTextRenderMode(0)
        self._canvas.drawText(words)

    def _symbol(self, mark: Symbol) -> None:
        path = self._canvas.beginPath()
        for column, row, length in mark.matrix.runs():
            x, y = mark.x + column * mark.module, mark.y + (row + 1) * mark.module
            path.rect(x, -y, length * mark.module, mark.module)
        self._canvas.drawPath(path, stroke=0, fill=1)


def _form(character: str) -> str:
    return f"g{ord(character):x}"


def _trace(canvas: Canvas, shape: Glyph) -> PDFPathObject:
    path = canvas.beginPath()
    for step, points in shape.outline:
        match step:
            case "moveTo":
                path.moveTo(*points[0])
            case "lineTo":
                path.lineTo(*points[0])
            case "curveTo":
                path.curveTo(*points[0], *points[1], *points[2])
            case _:
                path.close()
    return path

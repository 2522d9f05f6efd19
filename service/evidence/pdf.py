"""A report as PDF: A4, text that is searched and copied, the same bytes for the same report."""

from __future__ import annotations

from io import BytesIO
from threading import Lock
from xml.sax.saxutils import escape

from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from service.codes.labels.typeface import printable
from service.evidence.report import Report, Section
from service.evidence.typeface import embedded

_FACE = "coldledger-report"
_MARGIN = 16 * mm
_ROOM = A4[0] - 2 * _MARGIN
_MORE = "… +{count}"
_drawing = Lock()
"""reportlab knows fonts by name for the whole process: one report at a time has its own under it."""

_TEXT = ParagraphStyle("text", fontName=_FACE, fontSize=8, leading=11, wordWrap="CJK")
_SMALL = ParagraphStyle("small", parent=_TEXT, fontSize=6.5, leading=8.5)
_HEADING = ParagraphStyle("heading", parent=_TEXT, fontSize=11, leading=15, spaceBefore=8, spaceAfter=3)
_TITLE = ParagraphStyle("title", parent=_TEXT, fontSize=17, leading=24, spaceAfter=6)
_GRID = TableStyle(
    [
        ("GRID", (0, 0), (-1, -1), 0.25, colors.grey),
        ("BACKGROUND", (0, 0), (-1, 0), colors.HexColor("#e8eef2")),
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LEFTPADDING", (0, 0), (-1, -1), 3),
        ("RIGHTPADDING", (0, 0), (-1, -1), 3),
    ]
)
_PLAIN = TableStyle([("VALIGN", (0, 0), (-1, -1), "TOP"), ("BOTTOMPADDING", (0, 0), (-1, -1), 2)])


def write_pdf(report: Report) -> bytes:
    """The file. It takes a second or so: callers in an event loop run it in a thread."""
    out = BytesIO()
    with _drawing:
        _use_font(TTFont(_FACE, embedded(_characters(report))))
        document = SimpleDocTemplate(
            out, pagesize=A4, title=printable(report.title), invariant=1,
            leftMargin=_MARGIN, rightMargin=_MARGIN, topMargin=_MARGIN, bottomMargin=_MARGIN,
        )  # fmt: skip
        document.build(_story(report), onFirstPage=_foot, onLaterPages=_foot)
    return out.getvalue()


def _use_font(font: TTFont) -> None:
    """Have ``font`` under our name. What was registered under a name before would stay for ever."""
    pdfmetrics._fonts.pop(_FACE, None)  # type: ignore[attr-defined]
    pdfmetrics._dynFaceNames.pop(font.face.name, None)  # type: ignore[attr-defined]
    pdfmetrics.registerFont(font)


def _characters(report: Report) -> set[str]:
    used = set("0123456789… +—") | {*report.title, *report.note}
    for pair in report.facts:
        used.update(*pair)
    for section in report.sections:
        used.update(section.title, *section.headings, *(cell for row in section.rows for cell in row))
    return {character for character in used if character.isprintable()}


def _story(report: Report) -> list[Flowable]:
    facts = [[_said(name, _TEXT), _said(value, _TEXT)] for name, value in report.facts]
    story: list[Flowable] = [_said(report.title, _TITLE)]
    story.append(Table(facts, colWidths=[0.22 * _ROOM, 0.78 * _ROOM], style=_PLAIN))
    for section in report.sections:
        story += [_said(section.title, _HEADING), _table(section)]
        if section.left_out:
            story.append(_said(_MORE.format(count=section.left_out), _SMALL))
    return [*story, Spacer(0, 4 * mm), _said(report.note, _TEXT)]


def _table(section: Section) -> Table:
    lines = [[_said(cell, _SMALL) for cell in row] for row in (section.headings, *section.rows)]
    width = _ROOM / len(section.headings)
    return Table(lines, colWidths=[width] * len(section.headings), repeatRows=1, style=_GRID)


def _said(text: str, style: ParagraphStyle) -> Paragraph:
    return Paragraph(escape(printable(text)), style)


def _foot(canvas: Canvas, _document: object) -> None:
    canvas.setFont(_FACE, 7)
    canvas.drawRightString(A4[0] - _MARGIN, 9 * mm, str(canvas.getPageNumber()))

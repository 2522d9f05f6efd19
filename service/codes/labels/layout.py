"""What stands where on a label, in millimetres from its upper left corner. Pure: no file, no drawing library.

Both sizes have the QR code on the left, the facts beside it and the code for eyes along the foot. QR modules
are whole dots of a 300 dpi printer, at least 0.4 mm, and the QR code starts on a dot, so that no edge is
blurred. The smaller size holds the longest link there is: a signed one of a case (at most version 9, 25.8
mm).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum

from schema.identifiers import TraceCode
from schema.problems import Problem
from service.codes.labels.matrix import QUIET, Matrix, matrix
from service.codes.labels.typeface import ASCENT, fit, printable, width

DOT = 25.4 / 300
"""One printer dot, in mm."""

_SMALLEST_MODULE = 5
"""Dots: 0.42 mm, the first whole number of dots above 0.4 mm."""

_SAMPLE = "示例数据 SAMPLE"
_GAP = 0.6
"""Between a fact's name and its value on one line, in em of the name."""


@dataclass(frozen=True, slots=True)
class Label:
    """What a label says. ``code`` is a trace code, ``link`` its address.

    Facts that are ``None`` or empty are left out. Weight is in grams.
    """

    code: str
    link: str
    product_zh: str
    product_en: str = ""
    first_station: str = ""
    production_batch: str = ""
    best_before: date | None = None
    origin: str = ""
    origin_en: str = ""
    net_grams: int | None = None
    pieces_per_case: int | None = None
    sample_data: bool = False


class Size(Enum):
    """Label sizes in use; the value is width and height in mm."""

    LARGE = (70, 50)
    SMALL = (50, 30)


@dataclass(frozen=True, slots=True)
class Text:
    """One line. ``x`` is its left end, ``y`` its baseline; ``light`` is white, to stand on a bar."""

    x: float
    y: float
    size: float
    text: str
    light: bool = False

    @property
    def width(self) -> float:
        """In mm."""
        return width(self.text, self.size)


@dataclass(frozen=True, slots=True)
class Bar:
    """A filled rectangle; ``x`` and ``y`` are its upper left corner."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Symbol:
    """A QR code; ``x`` and ``y`` are the upper left corner of its first module, inside the quiet zone."""

    x: float
    y: float
    module: float
    matrix: Matrix


Mark = Text | Bar | Symbol


@dataclass(frozen=True, slots=True)
class Drawing:
    """A label, drawn. ``title`` and ``description`` say it in words, for who cannot see it."""

    width: float
    height: float
    title: str
    description: str
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class _Line:
    """A place for a line of text: as wide as ``width``, set at ``size`` or as small as ``smallest``."""

    x: float
    y: float
    width: float
    size: float
    smallest: float

    def set(self, text: str, beside: str = "") -> Text:
        """``text``, and after it ``beside`` where both have room at full size."""
        both = printable(f"{text} {beside}")
        said = both if width(both, self.size) <= self.width else text
        fitted, size = fit(said, self.width, self.size, self.smallest)
        return Text(self.x, self.y, size, fitted)


@dataclass(frozen=True, slots=True)
class _Frame:
    """Where everything goes on one size."""

    product: _Line
    english: _Line
    rule: Bar
    symbol: Bar
    facts: _Line
    fact_pitch: float
    stacked: bool
    code: _Line
    sample: _Line


_FRAMES = {
    Size.LARGE: _Frame(
        product=_Line(2.5, 6.3, 65, 4.6, 2.8),
        english=_Line(2.5, 10.1, 65, 2.6, 1.8),
        rule=Bar(2.5, 11.5, 65, 0.2),
        symbol=Bar(0.1, 12.2, 31, 31),
        facts=_Line(32.5, 14.9, 35, 2.7, 1.8),
        fact_pitch=6.0,
        stacked=True,
        code=_Line(2.5, 47.4, 45, 3.1, 2.4),
        sample=_Line(49.2, 47.2, 18.3, 2.2, 1.6),
    ),
    Size.SMALL: _Frame(
        product=_Line(26.2, 4.3, 22.3, 3.2, 2.0),
        english=_Line(26.2, 7.0, 22.3, 1.9, 1.5),
        rule=Bar(26.2, 8.1, 22.3, 0.15),
        symbol=Bar(0.1, 0.1, 25.9, 25.9),
        facts=_Line(26.2, 10.8, 22.3, 2.0, 1.5),
        fact_pitch=3.05,
        stacked=False,
        code=_Line(1.8, 28.2, 33, 2.4, 1.8),
        sample=_Line(36.2, 28.1, 12.3, 1.6, 1.2),
    ),
}


def lay_out(label: Label, size: Size) -> Drawing:
    """Put every part of ``label`` in its place on a label of ``size``."""
    frame = _FRAMES[size]
    wide, high = size.value
    return Drawing(
        width=wide,
        height=high,
        title=printable(f"{label.product_zh} {label.code}"),
        description=_describe(label),
        marks=tuple(_marks(label, frame)),
    )


def _marks(label: Label, frame: _Frame) -> Iterator[Mark]:
    yield frame.product.set(label.product_zh)
    if label.product_en:
        yield frame.english.set(label.product_en)
    yield frame.rule
    yield _symbol(label.link, frame.symbol)
    for row, fact in enumerate(_facts(label)):
        yield from _set_fact(frame, row, fact)
    yield frame.code.set(TraceCode.parse(label.code).grouped)
    if label.sample_data:
        yield from _sample(frame.sample)


@dataclass(frozen=True, slots=True)
class _Fact:
    """What is told under ``name``; ``beside`` only where there is room."""

    name: str
    value: str
    beside: str = ""


def _facts(label: Label) -> Iterator[_Fact]:
    """The facts that are there."""
    rows = (
        _Fact("首站", label.first_station),
        _Fact("生产批号", label.production_batch),
        _Fact("保质期至", label.best_before.isoformat() if label.best_before else ""),
        _Fact("原产地", label.origin, label.origin_en),
        _Fact("净含量", _contents(label)),
    )
    return (fact for fact in rows if fact.value)


_IN_ENGLISH = {
    "首站": "First station",
    "生产批号": "Batch",
    "保质期至": "Best before",
    "原产地": "Origin",
    "净含量": "Net",
}


def _contents(label: Label) -> str:
    """Weight and pieces, such as ``27.18 kg / 12 件``."""
    parts = []
    if label.net_grams is not None:
        parts.append(f"{(Decimal(label.net_grams) / 1000).normalize():f} kg")
    if label.pieces_per_case is not None:
        parts.append(f"{label.pieces_per_case} 件")
    return " / ".join(parts)


def _set_fact(frame: _Frame, row: int, fact: _Fact) -> Iterator[Text]:
    place = frame.facts
    y = place.y + row * frame.fact_pitch
    small = place.size * (0.66 if frame.stacked else 0.85)
    if frame.stacked:
        yield Text(place.x, y, small, f"{fact.name} {_IN_ENGLISH[fact.name]}")
        yield _Line(place.x, y + place.size * 1.05, place.width, place.size, place.smallest).set(
            fact.value, fact.beside
        )
        return
    heading = Text(place.x, y, small, fact.name)
    taken = heading.width + _GAP * small
    yield heading
    yield _Line(place.x + taken, y, place.width - taken, place.size, place.smallest).set(
        fact.value, fact.beside
    )


def _symbol(link: str, box: Bar) -> Symbol:
    """The QR code as large as ``box`` allows with its quiet zone, at the left, halfway down."""
    code = matrix(link)
    span = code.modules + 2 * QUIET
    dots = int(box.width / DOT / span)
    if dots < _SMALLEST_MODULE:
        raise Problem("label.link-too-long", count=len(link), modules=code.modules)
    module = dots * DOT
    left = box.x + QUIET * module
    top = box.y + (box.height - code.modules * module) / 2
    return Symbol(_on_dot(left), _on_dot(top), module, code)


def _on_dot(position: float) -> float:
    return round(position / DOT) * DOT


def _sample(place: _Line) -> Iterator[Mark]:
    """White on a black bar that fills the place, so that a sample is never taken for goods."""
    pad = place.size * 0.3
    text, size = fit(_SAMPLE, place.width - 2 * pad, place.size, place.smallest)
    top = place.y - size * ASCENT - pad
    yield Bar(place.x, top, place.width, size + 2 * pad)
    yield Text(place.x + (place.width - width(text, size)) / 2, place.y, size, text, light=True)


def _describe(label: Label) -> str:
    facts = [
        label.product_en,
        *(f"{fact.name} {fact.value} {fact.beside}" for fact in _facts(label)),
        label.link,
    ]
    if label.sample_data:
        facts.append(_SAMPLE)
    return "; ".join(printable(fact) for fact in facts if fact)

"""The typeface of labels: its widths and outlines, straight from the font file.

Noto Sans SC (SIL Open Font License) comes as a wheel, because a fresh machine has no Chinese font. Widths are
the font's own, without kerning or hinting, so that a text is as wide in one format as in another.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache
from io import BytesIO
from pathlib import Path
from threading import Lock

from fontTools.pens.recordingPen import DecomposingRecordingPen  # type: ignore[import-untyped]
from fontTools.ttLib import TTFont  # type: ignore[import-untyped]
from pylopdf_fonts_zh_cn import sans_path

EM = 1000
"""Font units to the em of Noto Sans SC."""

ASCENT, DESCENT = 0.88, 0.12
"""How far ink reaches above and below the baseline, in em: the body of a Chinese character."""

_ELLIPSIS = "…"

Point = tuple[float, float]
Step = tuple[str, tuple[Point, ...]]
"""``moveTo``, ``lineTo``, ``curveTo`` (cubic) or ``closePath``, with its points in font units, y upwards."""


@dataclass(frozen=True, slots=True)
class Glyph:
    """The shape of one character. ``advance`` is in font units."""

    character: str
    advance: int
    outline: tuple[Step, ...]


_reading = Lock()


def font_path() -> Path:
    """The font file, for who draws with it."""
    return sans_path()


@cache
def _font() -> TTFont:
    return TTFont(BytesIO(font_path().read_bytes()), lazy=True)  # no file stays open


@lru_cache(maxsize=20_000)
def glyph(character: str) -> Glyph:
    """The shape of ``character``; a box where the font has none."""
    with _reading:  # fontTools reads glyphs when they are first asked for, and is not safe in threads
        name = _font().getBestCmap().get(ord(character), ".notdef")
        glyphs = _font().getGlyphSet()
        pen = DecomposingRecordingPen(glyphs)
        glyphs[name].draw(pen)
        advance = round(glyphs[name].width)
    return Glyph(character, advance, tuple((step, tuple(points)) for step, points in pen.value))


def width(text: str, size: float) -> float:
    """How wide ``text`` is at ``size``, in the unit of ``size``."""
    return sum(glyph(character).advance for character in text) * size / EM


def fit(text: str, room: float, size: float, smallest: float) -> tuple[str, float]:
    """``text`` and its size so that it fits ``room``: shrunk to ``smallest``, then cut with an ellipsis."""
    clean = printable(text)
    natural = width(clean, size)
    if natural <= room:
        return clean, size
    if (shrunk := size * room / natural) >= smallest:
        return clean, shrunk
    while clean and width(clean + _ELLIPSIS, smallest) > room:
        clean = clean[:-1]
    return clean.rstrip() + _ELLIPSIS, smallest


def printable(text: str) -> str:
    """``text`` as one line: no control, format or surrogate characters, single spaces."""
    kept = (" " if c.isspace() else c for c in text if c.isspace() or unicodedata.category(c)[0] != "C")
    return " ".join("".join(kept).split())

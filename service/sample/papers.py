"""Pictures of certificates for the sample, drawn here, so that they show nobody's paper and say so."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from io import BytesIO

from PIL import Image, ImageDraw, ImageFont

from service.codes.labels.typeface import font_path

_SIZE = (620, 877)
"""A4 at 75 dots an inch: enough to be read on a screen, some 20 kB."""
_MARGIN = 48
_LINE = 34
_INK, _FAINT, _PAPER = (30, 30, 30), (225, 200, 200), (255, 253, 248)


@cache
def _font(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(font_path()), size)


def certificate(title: str, lines: Sequence[str]) -> bytes:
    """A PNG of a paper, marked as a sample all over. The same words, the same bytes."""
    page = Image.new("RGB", _SIZE, _PAPER)
    draw = ImageDraw.Draw(page)
    for row in range(4):
        draw.text((70, 170 + 190 * row), "示例 SAMPLE", font=_font(72), fill=_FAINT)
    draw.rectangle((24, 24, _SIZE[0] - 24, _SIZE[1] - 24), outline=_INK, width=2)
    draw.text((_SIZE[0] / 2, 84), title, font=_font(30), fill=_INK, anchor="mm")
    for number, line in enumerate(lines):
        draw.text((_MARGIN, 140 + _LINE * number), line, font=_font(18), fill=_INK)
    with BytesIO() as buffer:
        page.save(buffer, "PNG", optimize=True)
        return buffer.getvalue()

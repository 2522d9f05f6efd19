"""The typeface of reports: a TrueType font of the characters that a report uses, for reportlab to embed.

The font that comes with the product has PostScript outlines, which reportlab cannot embed; so the glyphs that
are used are drawn again with quadratic curves (to a thousandth of an em). Text stays text: it is searched and
copied. The same characters give the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterable
from io import BytesIO

from fontTools.fontBuilder import FontBuilder  # type: ignore[import-untyped]
from fontTools.pens.cu2quPen import Cu2QuPen  # type: ignore[import-untyped]
from fontTools.pens.ttGlyphPen import TTGlyphPen  # type: ignore[import-untyped]

from service.codes.labels.typeface import EM, Glyph, glyph

FACE = "Noto Sans SC"
_ERROR = 1.0
"""How far a curve may be off, in font units."""
_ASCENT, _DESCENT = 880, -120
_NEVER = 0
"""A font's times are seconds since 1904: this one has no time."""


def embedded(characters: Iterable[str]) -> BytesIO:
    """The font file of these characters and the space."""
    used = sorted({*characters, " "})
    shapes = {f"u{ord(character):05X}": glyph(character) for character in used}
    builder = FontBuilder(EM, isTTF=True)
    builder.setupGlyphOrder([".notdef", *shapes])
    builder.setupCharacterMap({ord(shape.character): name for name, shape in shapes.items()})
    empty = TTGlyphPen(None).glyph()
    builder.setupGlyf({".notdef": empty, **{name: _quadratic(shape) for name, shape in shapes.items()}})
    widths = {name: (shape.advance, 0) for name, shape in shapes.items()}
    builder.setupHorizontalMetrics({".notdef": (EM, 0), **widths})
    builder.setupHorizontalHeader(ascent=_ASCENT, descent=_DESCENT)
    builder.setupNameTable({"familyName": FACE, "styleName": "Regular", "psName": "NotoSansSC-Regular"})
    builder.setupOS2(
        sTypoAscender=_ASCENT, sTypoDescender=_DESCENT, usWinAscent=_ASCENT, usWinDescent=-_DESCENT
    )
    builder.setupPost(keepGlyphNames=False)
    builder.updateHead(created=_NEVER, modified=_NEVER)
    builder.font.recalcTimestamp = False
    out = BytesIO()
    builder.save(out)
    out.seek(0)
    return out


def _quadratic(shape: Glyph) -> object:
    pen = TTGlyphPen(None)
    curves = Cu2QuPen(pen, _ERROR, reverse_direction=True)
    for step, points in shape.outline:
        getattr(curves, step)(*points)
    return pen.glyph()

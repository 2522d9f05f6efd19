"""A label as SVG. Characters are outlines and need no font; its words are in ``title`` and ``desc``."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from service.codes.labels.layout import Bar, Drawing, Mark, Symbol, Text
from service.codes.labels.typeface import EM, Glyph, glyph

_LETTERS = {"moveTo": "M", "lineTo": "L", "curveTo": "C", "closePath": "Z", "endPath": ""}


def write_svg(drawing: Drawing) -> bytes:
    """The file, UTF-8."""
    size = f"{drawing.width:g} {drawing.height:g}"
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 {size}"'
        f' width="{drawing.width:g}mm" height="{drawing.height:g}mm">',
        f"<title>{escape(drawing.title)}</title><desc>{escape(drawing.description)}</desc>",
        "<defs>",
        *(_definition(character) for character in _characters(drawing)),
        f'</defs><rect width="{drawing.width:g}" height="{drawing.height:g}" fill="#fff"/>',
        *(_mark(mark) for mark in drawing.marks),
        "</svg>\n",
    ]
    return "".join(parts).encode()


def _characters(drawing: Drawing) -> list[str]:
    return sorted({c for mark in drawing.marks if isinstance(mark, Text) for c in mark.text})


def _id(character: str) -> str:
    """The same for a character in every label, so that labels may share a page."""
    return f"g{ord(character):x}"


def _definition(character: str) -> str:
    return f'<path id="{_id(character)}" d="{outline(glyph(character))}"/>'


def outline(shape: Glyph) -> str:
    """Path data in font units, y upwards."""
    return "".join(
        _LETTERS[step] + " ".join(f"{x:g} {y:g}" for x, y in points) for step, points in shape.outline
    )


def _mark(mark: Mark) -> str:
    match mark:
        case Text():
            return _text(mark)
        case Bar():
            return f'<path d="{_rectangle(mark.x, mark.y, mark.width, mark.height)}"/>'
        case Symbol():
            # One path, and crisp edges: seams between modules would be grey on a screen.
            runs = (
                _rectangle(mark.x + x * mark.module, mark.y + y * mark.module, n * mark.module, mark.module)
                for x, y, n in mark.matrix.runs()
            )
            return f'<path shape-rendering="crispEdges" d="{"".join(runs)}"/>'


def _text(mark: Text) -> str:
    scale = mark.size / EM
    colour = ' fill="#fff"' if mark.light else ""
    place = f"matrix({scale:.6g} 0 0 {-scale:.6g} {mark.x:.4f} {mark.y:.4f})"
    return f'<g transform="{place}"{colour}>{"".join(_uses(mark.text))}</g>'


def _uses(text: str) -> Iterator[str]:
    x = 0
    for character in text:
        yield f'<use href="#{_id(character)}" x="{x}"/>'
        x += glyph(character).advance


def _rectangle(x: float, y: float, wide: float, high: float) -> str:
    return f"M{x:.4f} {y:.4f}h{wide:.4f}v{high:.4f}h{-wide:.4f}z"

"""A label as PNG, 300 dots an inch, in greys: QR modules fall on whole dots, letters are smoothed."""

from __future__ import annotations

from io import BytesIO

from PIL import Image, ImageDraw, ImageFont

from service.codes.labels.layout import DOT, Bar, Drawing, Symbol, Text
from service.codes.labels.typeface import font_path, width

_BLACK, _WHITE = 0, 255


def write_png(drawing: Drawing) -> bytes:
    """The file."""
    size = (round(drawing.width / DOT), round(drawing.height / DOT))
    image = Image.new("L", size, _WHITE)
    pen = ImageDraw.Draw(image)
    for mark in drawing.marks:
        match mark:
            case Text():
                _text(pen, mark)
            case Bar():
                _box(pen, mark.x, mark.y, mark.width, mark.height)
            case Symbol():
                _symbol(pen, mark)
    file = BytesIO()
    image.save(file, "PNG", dpi=(300, 300), optimize=True)
    return file.getvalue()


def _text(pen: ImageDraw.ImageDraw, mark: Text) -> None:
    """Each character at its own place: hinting would make a line set in one go a little wider or narrower."""
    font = ImageFont.truetype(str(font_path()), mark.size / DOT, layout_engine=ImageFont.Layout.BASIC)
    x = mark.x
    for character in mark.text:
        place = (x / DOT, mark.y / DOT)
        pen.text(place, character, fill=_WHITE if mark.light else _BLACK, font=font, anchor="ls")
        x += width(character, mark.size)


def _symbol(pen: ImageDraw.ImageDraw, mark: Symbol) -> None:
    for column, row, length in mark.matrix.runs():
        left, top = mark.x + column * mark.module, mark.y + row * mark.module
        _box(pen, left, top, length * mark.module, mark.module)


def _box(pen: ImageDraw.ImageDraw, x: float, y: float, wide: float, high: float) -> None:
    """At least one dot each way; Pillow counts the last dot in."""
    left, top = round(x / DOT), round(y / DOT)
    right, bottom = round((x + wide) / DOT), round((y + high) / DOT)
    pen.rectangle((left, top, max(left, right - 1), max(top, bottom - 1)), fill=_BLACK)

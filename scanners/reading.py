"""From a picture of a label to its trace code: decode what is in the picture, read what was decoded.

A picture may show several labels, and codes that are not ours (a carton has its maker's barcodes too): all
are decoded, those with a trace code are returned, each code once.
"""

from __future__ import annotations

from collections.abc import Iterable
from io import BytesIO

from PIL import Image, UnidentifiedImageError

from schema.digital_link import Scan, parse_scan
from schema.problems import Problem

_MOST_PIXELS = 60_000_000
"""A phone's largest pictures. More is refused before it is unpacked."""


def decode(image: bytes) -> tuple[str, ...]:
    """The texts of all codes in a picture, in the order found.

    Raises ``image.unreadable`` for what is no picture, ``image.no-code`` for one without a code, and
    ``scanner.not-installed`` without the extra ``scanners``.
    """
    try:
        import zxingcpp  # noqa: PLC0415  (an extra: a server that only prints labels lives without it)
    except ModuleNotFoundError:
        raise Problem("scanner.not-installed", package="zxing-cpp") from None
    texts = tuple(found.text for found in zxingcpp.read_barcodes(_open(image)) if found.text)
    if not texts:
        raise Problem("image.no-code")
    return texts


def read(image: bytes) -> tuple[Scan, ...]:
    """The trace codes in a picture, each once; raises what :func:`decode` and :func:`ours` raise."""
    return ours(decode(image))


def ours(texts: Iterable[str]) -> tuple[Scan, ...]:
    """What those texts say that have a trace code, each once. Two addresses of one code are two: one of them
    may be forged.

    When none of them is ours, raises why the first one is not.
    """
    scans: dict[Scan, None] = {}
    problems: list[Problem] = []
    for text in texts:
        try:
            scans[parse_scan(text)] = None
        except Problem as problem:
            problems.append(problem)
    if not scans:
        raise problems[0]
    return tuple(scans)


def _open(image: bytes) -> Image.Image:
    try:
        with Image.open(BytesIO(image)) as picture:
            if picture.width * picture.height > _MOST_PIXELS:
                raise Problem("image.unreadable")
            return picture.convert("L")
    # Pillow's readers raise many things on broken files; SyntaxError is PNG's.
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, SyntaxError, ValueError):
        raise Problem("image.unreadable") from None

"""QR codes of links are as small as the modes allow, and say what they are given."""

from __future__ import annotations

from io import BytesIO
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from scanners.reading import decode
from schema.signed_code import sign
from service.codes.labels.matrix import BYTES, CAPITALS, NUMERIC, QUIET, Mode, matrix, segments
from tests.signed_labels import private

BATCH, CASE = "1B210100ABCDEF234563", "1C210100ABCDEF23456A"
COUNT: dict[Mode, int] = {NUMERIC: 10, CAPITALS: 9, BYTES: 8}
"""Bits of a segment's length up to version 9."""


def bits(cut: list[tuple[Mode, int]]) -> int:
    """Bits of segments of a mode and a length each (ISO/IEC 18004, 7.4)."""
    return sum(4 + COUNT[mode] + length_bits(mode, length) for mode, length in cut)


def length_bits(mode: Mode, length: int) -> int:
    if mode == NUMERIC:
        return length // 3 * 10 + (0, 4, 7)[length % 3]
    return length // 2 * 11 + length % 2 * 6 if mode == CAPITALS else 8 * length


def takes(mode: Mode, character: str) -> bool:
    if mode == NUMERIC:
        return character in "0123456789"
    return mode == BYTES or character in "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"


def least(text: str) -> int:
    """The fewest bits of all ways to give each character a mode."""
    modes: tuple[Mode, ...] = (NUMERIC, CAPITALS, BYTES)
    ways = [way for way in product(modes, repeat=len(text)) if all(map(takes, way, text))]
    return min(bits(merged(way)) for way in ways)


def merged(way: tuple[Mode, ...]) -> list[tuple[Mode, int]]:
    cut: list[tuple[Mode, int]] = []
    for mode in way:
        if cut and cut[-1][0] == mode:
            cut[-1] = (mode, cut[-1][1] + 1)
        else:
            cut.append((mode, 1))
    return cut


@given(st.text("19AZa#", min_size=1, max_size=8))
def test_no_way_to_cut_a_text_has_fewer_bits(text: str) -> None:
    cut = segments(text.encode(), COUNT)
    assert b"".join(segment.data for segment in cut).decode() == text
    assert bits([(segment.mode, len(segment.data)) for segment in cut]) == least(text)


@given(st.from_regex(r"[0-9]{0,30}[A-Z]{0,30}[a-z]{0,9}[0-9]{0,30}", fullmatch=True).filter(len))
def test_what_was_said_is_read(text: str) -> None:
    rows = matrix(text).rows
    side = len(rows)
    image = Image.new("L", (side + 2 * QUIET, side + 2 * QUIET), 255)
    image.putdata([0 if dark else 255 for row in padded(rows) for dark in row])
    file = BytesIO()
    image.resize((4 * image.width, 4 * image.height), Image.Resampling.NEAREST).save(file, "PNG")
    assert decode(file.getvalue()) == (text,)


def padded(rows: tuple[tuple[bool, ...], ...]) -> list[tuple[bool, ...]]:
    blank = ((False,) * (len(rows) + 2 * QUIET),) * QUIET
    edge = (False,) * QUIET
    return [*blank, *((*edge, *row, *edge) for row in rows), *blank]


def version(link: str) -> int:
    return (matrix(link).modules - 17) // 4


LABELS = {
    "/01/06950123456786/10/{batch}": {15: 7, 21: 7, 22: 8, 25: 8},
    "/01/06950123456786/10/{batch}?17=220817": {15: 8, 25: 8},
    "/01/06950123456786/10/{batch}/21/{case}": {15: 8, 25: 8},
    "/01/06950123456786/10/{batch}/21/{case}?17=220817": {15: 8, 25: 8},
    "/t/{batch}": {15: 7, 25: 7},
}
"""Versions of signed links by the length of the host (decision record 13)."""


@pytest.mark.parametrize("path", LABELS)
def test_signed_links_fit_what_the_record_says(path: str) -> None:
    found = {}
    for length in LABELS[path]:
        host = "t" * (length - 4) + ".com"
        link = sign(f"https://{host}{path.format(batch=BATCH, case=CASE)}", private(1)).printed
        found[length] = version(link)
    assert found == LABELS[path]


def test_longer_texts_take_larger_codes() -> None:
    assert version("x" * 300) > 9
    assert version("x" * 1200) > 26
    with pytest.raises(ValueError, match="41"):
        matrix("x" * 4000)

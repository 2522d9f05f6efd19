"""The QR code of a link as a matrix of modules. Error correction M: 15 % of it may be torn or dirty.

Digits, capitals and other text are packed in modes of their own, and each change of mode costs a dozen bits.
The segments are those of the fewest bits in all, which a mode chosen piece by piece is not: a signed batch
link with a host of 21 characters fits version 7 so, and version 8 otherwise (decision record 13).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Literal

from qrcode.constants import ERROR_CORRECT_M
from qrcode.main import QRCode
from qrcode.util import QRData

Mode = Literal[1, 2, 4]
NUMERIC: Final = 1
CAPITALS: Final = 2
BYTES: Final = 4
"""The modes by their indicators (ISO/IEC 18004, table 2)."""

QUIET = 4
"""Light modules that a reader needs on every side (ISO/IEC 18004)."""

_IN_CAPITALS = frozenset(b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:")
_SIXTHS: dict[Mode, int] = {NUMERIC: 20, CAPITALS: 33, BYTES: 48}
"""Sixths of a bit for a character of each mode: 10 bits for three digits, 11 for two capitals."""
_MODE_BITS = 4
_COUNT_BITS: tuple[tuple[int, dict[Mode, int]], ...] = (
    (9, {NUMERIC: 10, CAPITALS: 9, BYTES: 8}),
    (26, {NUMERIC: 12, CAPITALS: 11, BYTES: 16}),
    (40, {NUMERIC: 14, CAPITALS: 13, BYTES: 16}),
)
"""Bits of a segment's length, up to which version."""


@dataclass(frozen=True, slots=True)
class Matrix:
    """Dark modules by row, without the quiet zone."""

    rows: tuple[tuple[bool, ...], ...]

    @property
    def modules(self) -> int:
        """Modules on a side, without the quiet zone."""
        return len(self.rows)

    def runs(self) -> list[tuple[int, int, int]]:
        """Dark runs as (column, row, length): fewer shapes to draw than modules, and no seams in a row."""
        found = []
        for y, row in enumerate(self.rows):
            x = 0
            while x < len(row):
                start = x
                while x < len(row) and row[x]:
                    x += 1
                if x > start:
                    found.append((start, y, x - start))
                x += 1
        return found


@dataclass(frozen=True, slots=True)
class _Way:
    """How the beginning of a text may be cut: what it costs, and where each mode begins."""

    sixths: int
    begins: tuple[tuple[int, Mode], ...] = ()


def matrix(text: str) -> Matrix:
    """The smallest QR code of ``text``. Raises ValueError for more than any holds."""
    for most, count_bits in _COUNT_BITS:
        code = QRCode(error_correction=ERROR_CORRECT_M, border=0)
        for segment in segments(text.encode(), count_bits):
            code.add_data(segment, optimize=0)
        if most == _COUNT_BITS[-1][0] or _fits(code, most):
            break
    return Matrix(tuple(tuple(bool(module) for module in row) for row in code.get_matrix()))


def segments(data: bytes, count_bits: dict[Mode, int]) -> list[QRData]:
    """``data`` in segments of the fewest bits: the shortest way through the modes, byte by byte."""
    ways: dict[Mode, _Way] = {}
    for place, byte in enumerate(data):
        ways = {mode: _step(ways, mode, place, count_bits) for mode in _SIXTHS if _takes(mode, byte)}
    if not ways:
        return []
    begins = min(ways.values(), key=lambda way: way.sixths).begins
    ends = [place for place, _ in begins[1:]] + [len(data)]
    return [
        QRData(data[place:end], mode, check_data=False)
        for (place, mode), end in zip(begins, ends, strict=True)
    ]


def _step(ways: dict[Mode, _Way], mode: Mode, place: int, count_bits: dict[Mode, int]) -> _Way:
    """The cheapest way to have the byte at ``place`` in ``mode``: stay in it, or begin a segment."""
    header = 6 * (_MODE_BITS + count_bits[mode])
    # A segment ends on a whole bit.
    best = min(ways.values(), key=_whole_bits, default=_Way(0))
    begun = _Way(_whole_bits(best) + header + _SIXTHS[mode], (*best.begins, (place, mode)))
    stayed = ways.get(mode)
    if stayed is None or begun.sixths < stayed.sixths + _SIXTHS[mode]:
        return begun
    return _Way(stayed.sixths + _SIXTHS[mode], stayed.begins)


def _whole_bits(way: _Way) -> int:
    return -(-way.sixths // 6) * 6


def _takes(mode: Mode, byte: int) -> bool:
    if mode == NUMERIC:
        return 0x30 <= byte <= 0x39
    return mode == BYTES or byte in _IN_CAPITALS


def _fits(code: QRCode[Any], most: int) -> bool:
    """Whether the text fits the versions whose segments these are."""
    return bool(code.best_fit(start=1) <= most)

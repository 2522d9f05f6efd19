"""The QR code of a link as a matrix of modules. Error correction M: 15 % of it may be torn or dirty."""

from __future__ import annotations

from dataclasses import dataclass

from qrcode.constants import ERROR_CORRECT_M
from qrcode.main import QRCode

QUIET = 4
"""Light modules that a reader needs on every side (ISO/IEC 18004)."""


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


def matrix(text: str) -> Matrix:
    """The smallest QR code of ``text``. Digits, capitals and other text are each packed in their own mode."""
    code = QRCode(error_correction=ERROR_CORRECT_M, border=0)
    code.add_data(text, optimize=6)
    return Matrix(tuple(tuple(bool(module) for module in row) for row in code.get_matrix()))

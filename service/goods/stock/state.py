"""What stores said they hold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from service.ledger import Projection


@dataclass(frozen=True, slots=True)
class StockDeclared:
    """A count of a place, or of one zone of it. ``lines`` are as they were said; one lot may have several."""

    id: int
    organisation: int
    facility: int
    zone: int | None
    region: str
    as_of: str
    lines: list[dict[str, Any]]
    version: int


STOCK_DECLARATION = Projection(
    StockDeclared, name="stock-declaration", queries="goods/stock_declaration", log=True
)

"""How a place says over the interface what it holds."""

from __future__ import annotations

from schema.messages.stock import StockDeclaration
from service.goods.stock import DECLARE_STOCK
from service.http.writes import Write

WRITES = (
    Write(
        "/api/v1/stock/declarations", DECLARE_STOCK, StockDeclaration,
        "Say what a place holds, to be compared with what the ledger says",
        location="/api/v1/stock/declarations/{declaration}",
        example={"facility": 6000, "as_of": "2020-08-20T18:00+08:00",
                 "lines": [{"lot": 11000, "pieces": 1000, "grams": 26_838_000}]},
    ),
)  # fmt: skip

"""How a place says over the interface what it holds."""

from __future__ import annotations

from schema.messages.stock import StockDeclaration, ZoneClearing
from service.goods.movements.zoning import CLEAR_ZONE
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
    Write(
        "/api/v1/facilities/{facility:id}/zones/{zone:id}/clearing", CLEAR_ZONE, ZoneClearing,
        "An independent zone was cleared", location="/api/v1/facilities/{facility}",
        example={"happened_at": "2020-08-20T18:00+08:00"},
    ),
)  # fmt: skip

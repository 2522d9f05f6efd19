"""Stock: what lies where by the ledger, what a store says it holds, and which stores report at all.

Rules kept here: only a place's own people say what it holds, and not before they counted; a declaration
changes no account – a difference is recorded as such, unit by unit. Who sees which stock is SQL
(0013_filing.sql): who keeps it, who owns it, authorities.
"""

from service.goods.stock.declaring import DECLARE_STOCK
from service.goods.stock.state import STOCK_DECLARATION, StockDeclared
from service.ledger import Projection

KINDS = [DECLARE_STOCK]
PROJECTIONS: list[Projection[StockDeclared]] = [STOCK_DECLARATION]

__all__ = ["DECLARE_STOCK", "KINDS", "PROJECTIONS", "STOCK_DECLARATION", "StockDeclared"]

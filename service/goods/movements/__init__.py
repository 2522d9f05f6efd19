"""Movements of goods: what leaves a unit goes into another, and every account balances at every moment.

One module a movement, each with its judgement, the rows that it writes and the rows that it reads. A new
movement is a new module and a line here.
"""

from typing import Any

from service.codes.state import CASE_COUNT
from service.goods.movements.casing import ISSUE_CASES
from service.goods.movements.processing import PROCESS
from service.goods.movements.receiving import RECEIVE
from service.goods.movements.selling import SELL
from service.goods.movements.shipping import SHIP
from service.goods.movements.splitting import SPLIT
from service.goods.movements.storing import STORE
from service.goods.state import EDGE, SHIPMENT, UNIT
from service.ledger import Projection

KINDS = [ISSUE_CASES, STORE, SHIP, RECEIVE, SPLIT, PROCESS, SELL]
PROJECTIONS: list[Projection[Any]] = [UNIT, EDGE, SHIPMENT, CASE_COUNT]

__all__ = [
    "ISSUE_CASES",
    "KINDS",
    "PROCESS",
    "PROJECTIONS",
    "RECEIVE",
    "SELL",
    "SHIP",
    "SPLIT",
    "STORE",
]

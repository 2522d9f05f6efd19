"""Movements of goods: what leaves a unit goes into another, and every account balances at every moment.

One module a movement, each with its judgement, the rows that it writes and the rows that it reads. A new
movement is a new module and a line here.
"""

from typing import Any

from service.codes.state import CASE_COUNT
from service.goods.movements.admitting import ADMIT
from service.goods.movements.casing import ISSUE_CASES
from service.goods.movements.counting import COUNT
from service.goods.movements.discovering import FIND
from service.goods.movements.ending import DESTROY, SAMPLE
from service.goods.movements.merging import MERGE
from service.goods.movements.offering import OFFER
from service.goods.movements.owning import TRANSFER
from service.goods.movements.processing import PROCESS
from service.goods.movements.receiving import RECEIVE
from service.goods.movements.rejecting import REJECT
from service.goods.movements.repacking import REPACK
from service.goods.movements.selling import SELL
from service.goods.movements.shipping import SHIP
from service.goods.movements.splitting import SPLIT
from service.goods.movements.storing import STORE
from service.goods.movements.surrendering import SURRENDER
from service.goods.state import EDGE, EVIDENCE, SHIPMENT, UNIT
from service.ledger import Projection

KINDS = [
    *(ISSUE_CASES, STORE, SHIP, RECEIVE, REJECT, SPLIT, MERGE, REPACK, PROCESS, SELL, TRANSFER),
    *(SAMPLE, DESTROY, SURRENDER, COUNT, FIND, ADMIT, OFFER),
]
PROJECTIONS: list[Projection[Any]] = [UNIT, EDGE, SHIPMENT, EVIDENCE, CASE_COUNT]

__all__ = [
    "ADMIT",
    "COUNT",
    "DESTROY",
    "FIND",
    "ISSUE_CASES",
    "KINDS",
    "MERGE",
    "OFFER",
    "PROCESS",
    "PROJECTIONS",
    "RECEIVE",
    "REJECT",
    "REPACK",
    "SAMPLE",
    "SELL",
    "SHIP",
    "SPLIT",
    "STORE",
    "SURRENDER",
    "TRANSFER",
]

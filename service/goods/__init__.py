"""Lots, their papers, the gate, and every movement from the first station to the counter.

Rules kept in this room: goods are quarantined until the gate lets them go (gate.py, fitness.py); what leaves
a unit was in it (accounts.py); a fact is recorded even where it breaks a rule, an intent is refused. Each
kind of statement has a module with its judgement, the rows that it writes and the streams that it reads.
``KINDS`` and ``PROJECTIONS`` are all that the ledger needs to know of goods.
"""

from typing import Any

from service.codes.state import ISSUED_CODE
from service.goods import (
    arrivals,
    corrections,
    disinfection,
    lots,
    movements,
    papers,
    release,
    stock,
    whereabouts,
)
from service.goods.movements import zoning
from service.goods.state import (
    ARRIVAL,
    CERTIFICATE,
    CORRECTION,
    EVENT,
    LOT,
    PAPER_FILE,
    PARENTAGE,
    RELEASE,
    RELIANCE,
)
from service.ledger import Projection
from service.ledger.kinds import Follow

KINDS = [
    *arrivals.KINDS,
    *lots.KINDS,
    *papers.KINDS,
    *release.KINDS,
    *movements.KINDS,
    *disinfection.KINDS,
    *stock.KINDS,
    *zoning.KINDS,
    *corrections.KINDS,
]
PROJECTIONS: list[Projection[Any]] = [
    ARRIVAL,
    LOT,
    CERTIFICATE,
    PAPER_FILE,
    RELEASE,
    RELIANCE,
    EVENT,
    PARENTAGE,
    ISSUED_CODE,
    CORRECTION,
    *movements.PROJECTIONS,
    *disinfection.PROJECTIONS,
    *stock.PROJECTIONS,
    *zoning.PROJECTIONS,
    *whereabouts.PROJECTIONS,
]
FOLLOWERS: list[Follow] = [whereabouts.follow]

__all__ = ["FOLLOWERS", "KINDS", "PROJECTIONS"]

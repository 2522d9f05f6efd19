"""Co-operation between authorities: what one asks of another about goods that went to its region.

Rules kept: who leads a case asks (asking.py); the authority of the region that is asked acknowledges and
answers, be it in this ledger or, by a sealed package, in another (answering.py). ``KINDS`` and
``PROJECTIONS`` are what the ledger needs to know of it; packages are made and read in
service/evidence/cooperating.py.
"""

from typing import Any

from service.incidents.cooperation import answering, asking
from service.incidents.cooperation.state import COOPERATION, PACKAGE
from service.ledger import Kind, Projection

KINDS: list[Kind] = [*asking.KINDS, *answering.KINDS]
PROJECTIONS: list[Projection[Any]] = [COOPERATION, PACKAGE]

__all__ = ["KINDS", "PROJECTIONS"]

"""Cases: a suspicion until it is closed, as one file.

Rules kept here: an authority opens a case on what concerns its region (opening.py). ``KINDS`` and
``PROJECTIONS`` are what the ledger needs to know of it; what other rooms build on is in state.py.
"""

from typing import Any

from service.incidents.cases import opening
from service.incidents.cases.state import CASE, CASE_EXPOSURE, CASE_REQUEST, CASE_STEP
from service.ledger import Kind, Projection

KINDS: list[Kind] = [*opening.KINDS]
PROJECTIONS: list[Projection[Any]] = [CASE, CASE_EXPOSURE, CASE_REQUEST, CASE_STEP]

__all__ = ["KINDS", "PROJECTIONS"]

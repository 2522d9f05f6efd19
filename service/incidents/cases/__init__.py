"""Cases: a suspicion until it is closed, as one file.

Rules kept here: an authority opens a case on what concerns its region (opening.py) and leads it
(leading.py); tests decide it (testing.py); what was exposed is recorded as it was known (exposures.py) and
held (holding.py); operators are asked to do something by a time (requests.py); it is closed when nothing of
it is open, and may be opened again (closing.py). ``KINDS`` and ``PROJECTIONS`` are what the ledger needs to
know of it; what other rooms build on is in state.py.
"""

from typing import Any

from service.incidents.cases import closing, exposures, opening, requests, testing
from service.incidents.cases.state import CASE, CASE_EXPOSURE, CASE_REQUEST, CASE_STEP
from service.ledger import Kind, Projection

KINDS: list[Kind] = [*opening.KINDS, *testing.KINDS, *exposures.KINDS, *requests.KINDS, *closing.KINDS]
PROJECTIONS: list[Projection[Any]] = [CASE, CASE_EXPOSURE, CASE_REQUEST, CASE_STEP]

__all__ = ["KINDS", "PROJECTIONS"]

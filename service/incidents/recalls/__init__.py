"""Recalls: goods are called back, who had them reports, and what became of them is on record.

Rules kept here: who may call back what, and that it is held (ordering.py); the clocks by level (clocks.py);
facts of businesses, whose differences are findings (reporting.py); how a recall ends (steering.py); and
disposal with its evidence (disposing.py). What a recall was is in state.py. ``KINDS`` and ``PROJECTIONS`` are
what the ledger needs to know of it.
"""

from typing import Any

from service.incidents.recalls import disposing, ordering, reporting, steering
from service.incidents.recalls.state import DISPOSAL, RECALL, RECALL_PART
from service.ledger import Kind, Projection

KINDS: list[Kind] = [*ordering.KINDS, *reporting.KINDS, *steering.KINDS, *disposing.KINDS]
PROJECTIONS: list[Projection[Any]] = [RECALL, RECALL_PART, DISPOSAL]

__all__ = ["KINDS", "PROJECTIONS"]

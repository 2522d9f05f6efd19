"""Holds and findings: what authorities and rules put in the way of goods, and how it is settled.

Rules kept here: held goods do not move except to quarantine or disposal, and what is made of them is held
(restraint.py, coverage.py, holds.py); who may hold and lift (reach.py); a fact in breach raises a finding and
holds what it made (breaches.py); a finding has an owner, a due time, evidence and a closure (findings.py);
refused intents are listed for authorities (refused.py); copies of labels and papers, and times dated back in
bulk, are detected (detecting); a case is one file from suspicion to closure (cases).
``KINDS``, ``PROJECTIONS`` and ``FOLLOWERS`` are what the ledger needs to know of it; the goods room asks
restraint.py and breaches.py while it judges.
"""

from typing import Any

import service.goods  # noqa: F401  (its rules ask holds, and those ask cases: it is always loaded first)
from service.incidents import breaches, cases, cooperation, drills, findings, holds, recalls
from service.incidents.detecting import raising
from service.incidents.detecting.state import SUSPECT, SUSPICION
from service.incidents.state import FINDING, HELD_LOT, HOLD
from service.ledger import Kind, Projection
from service.ledger.kinds import Follow

KINDS: list[Kind] = [
    *(*holds.KINDS, *findings.KINDS, *raising.KINDS),
    *(*cases.KINDS, *cooperation.KINDS, *recalls.KINDS, *drills.KINDS),
]
PROJECTIONS: list[Projection[Any]] = [
    *(HOLD, HELD_LOT, FINDING, SUSPICION, SUSPECT),
    *cases.PROJECTIONS,
    *cooperation.PROJECTIONS,
    *recalls.PROJECTIONS,
    *drills.PROJECTIONS,
]
FOLLOWERS: list[Follow] = [breaches.follow]

__all__ = ["FOLLOWERS", "KINDS", "PROJECTIONS"]

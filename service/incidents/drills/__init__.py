"""Drills: a mock incident on real goods, drawn by a seed, timed step by step, scored, and never public.

Rules kept here: an authority plans a drill with its targets; when it starts, goods of its region are drawn by
the seed and a case is opened that says that it is a drill, so that everything is done as in earnest
(service/incidents/ cases) and restrains nothing; when it is finished, how fast and how completely it went is
worked out from what was recorded, what is left open of its case is ended, and the score stays as it was known
then.
"""

from typing import Any

from service.incidents.drills import finishing, planning, starting
from service.incidents.drills.state import DRILL
from service.ledger import Kind, Projection

KINDS: list[Kind] = [*planning.KINDS, *starting.KINDS, *finishing.KINDS]
PROJECTIONS: list[Projection[Any]] = [DRILL]

__all__ = ["KINDS", "PROJECTIONS"]

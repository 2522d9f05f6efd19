"""Corrections: what was said is taken back, or said otherwise, by a statement of its own. Nothing is edited.

Rules kept in this room: a correction is judged against everything recorded since; both versions stay visible;
what it cannot change it names. How it is worked out stands in plan.py: the state without the statement
(undoing.py), its replacement judged at its own time (then.py), the three versions of each row put together
(merging.py). ``SUBJECTS`` says which kinds are corrected.
"""

from service.goods.corrections.correcting import CORRECT
from service.goods.corrections.excluding import EXCLUDE
from service.goods.corrections.said import CORRECTED, Said, latest, said_at
from service.goods.corrections.subjects import REVERSES, SUBJECTS
from service.ledger import Kind

KINDS: list[Kind] = [CORRECT, EXCLUDE]

__all__ = ["CORRECT", "CORRECTED", "EXCLUDE", "KINDS", "REVERSES", "SUBJECTS", "Said", "latest", "said_at"]

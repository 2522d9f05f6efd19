"""Goods for a drill are drawn by its seed: the same seed from the same lots draws the same, on any machine.

Each lot gets the SHA-256 of seed and id, and the least is drawn. So nobody can choose the goods by choosing
when to ask, beyond which lots there are, and one lot more or less seldom changes what is drawn.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from service.ledger import canonical


def drawn(seed: int, lots: Sequence[int]) -> int:
    """The lot that ``seed`` draws from ``lots``, of which there is one at least."""
    return min(lots, key=lambda lot: hashlib.sha256(f"{seed}/{lot}".encode()).digest())


def digest_of(lots: Sequence[int]) -> str:
    """SHA-256 of the ids, ascending, as canonical JSON, in hex: what was drawn from can be compared later."""
    return hashlib.sha256(canonical.encode({"lots": sorted(lots)})).hexdigest()

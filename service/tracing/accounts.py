"""What became of goods, as an account that balances. Pure.

::

    entered = quarantined + released + in transit + sold + surrendered
              + lost + sampled + destroyed + processed + delivered

in grams, and in pieces where all units count the same ones. ``entered`` is what was registered, made, found,
sent to the reader or, for a trace from one unit, what that unit was made with; ``surplus`` is how much of it
stock differences brought to light. ``processed`` went into derived lots, which have accounts of their own.
``delivered`` left what the reader may see, into a customer's hands; authorities see all, so for them it is
zero.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

PARTS = (
    "quarantined",
    "released",
    "in_transit",
    "sold",
    "surrendered",
    "lost",
    "sampled",
    "destroyed",
    "processed",
    "delivered",
)
HEADINGS = ("entered", "surplus", *PARTS)


@dataclass(frozen=True, slots=True)
class Amount:
    """So many pieces (None: not all were counted) and grams."""

    pieces: int | None
    grams: int

    def __add__(self, other: Amount) -> Amount:
        counted = self.pieces is not None and other.pieces is not None
        return Amount((self.pieces or 0) + (other.pieces or 0) if counted else None, self.grams + other.grams)


NOTHING = Amount(0, 0)

Account = dict[str, Amount]
"""An amount under each of HEADINGS."""


def read_account(row: Mapping[str, Any]) -> Account:
    """The account in a row of ``tracing/trace.accounts``."""
    return {name: Amount(row[f"{name}_pieces"], row[f"{name}_grams"]) for name in HEADINGS}


def total(accounts: Iterable[Account]) -> Account:
    """The sum of accounts of different lots."""
    result = dict.fromkeys(HEADINGS, NOTHING)
    for account in accounts:
        result = {name: result[name] + account[name] for name in HEADINGS}
    return result


def balances(account: Account) -> bool:
    """Whether an account adds up, in grams and where counted in pieces."""
    parts = [account[name] for name in PARTS]
    entered = account["entered"]
    pieces = [part.pieces for part in parts]
    counted = entered.pieces is None or sum(piece or 0 for piece in pieces) == entered.pieces
    return sum(part.grams for part in parts) == entered.grams and counted

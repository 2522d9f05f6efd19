"""What authorities asked of each other, and the packages from other ledgers that were taken in."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from service.ledger import Projection


class Direction(StrEnum):
    """Asked by an authority of this ledger, or received from another ledger."""

    ASKED = "asked"
    RECEIVED = "received"


class CooperationState(StrEnum):
    """Open until the region's authority acknowledges it; answered for good."""

    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    ANSWERED = "answered"


@dataclass(frozen=True, slots=True)
class Cooperation:
    """What the authority ``organisation`` asked of the one of ``region``, or received from another ledger.

    Asked under ``case_file`` about ``lots``. Received: from the ledger ``origin``, where it has the id
    ``reference``, in the package with the SHA-256 ``package``, which tells the goods. ``asks`` and
    ``answer`` are words of closed sets, ``grams`` what was found. ``answered_by`` is the
    authority here that answered; a reply from another ledger names that, and its package. Notes are
    commitments.
    """

    id: int
    direction: str
    organisation: int
    case_file: int | None
    region: str
    origin: str | None
    reference: int | None
    package: str | None
    number: str
    hazard: str
    drill: bool
    asks: list[str]
    lots: list[int]
    state: str
    made_at: str
    due_at: str
    acknowledged_at: str | None
    answered_at: str | None
    answered_in: int | None
    version: int
    answer: str | None = None
    grams: int | None = None
    answered_by: int | None = None
    reply_origin: str | None = None
    reply_package: str | None = None
    note: dict[str, str] | None = None
    answer_note: dict[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Package:
    """A package from another ledger, by its SHA-256: it is taken in once."""

    sha256: str
    cooperation: int
    version: int


COOPERATION = Projection(Cooperation, name="cooperation", queries="incidents/cooperation", history="id")
PACKAGE = Projection(
    Package, name="cooperation_package", queries="incidents/cooperation_package", key="sha256"
)

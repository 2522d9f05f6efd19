"""Which kinds of statement are corrected, and how each is taken back; what undoes the others.

Every kind of the goods room stands in one of the two tables.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from service.goods import arrivals, lots, movements, papers, release
from service.goods.corrections import undoing
from service.goods.corrections.said import Said
from service.goods.disinfection import ACCEPT_DISINFECTION, RECORD_DISINFECTION
from service.goods.stock.declaring import DECLARE_STOCK
from service.ledger import Kind
from service.ledger.world import Fork

Undo = Callable[[Said, Fork], None]


@dataclass(frozen=True, slots=True)
class Subject:
    """A kind that is corrected. ``undo`` puts back what is no flow; ``carries`` says that releases may rest
    on it."""

    kind: Kind
    undo: Undo = undoing.nothing
    carries: bool = False


_SUBJECTS: Sequence[Subject] = (
    Subject(arrivals.ANNOUNCE, carries=True),
    Subject(arrivals.OPEN, undoing.unopened, carries=True),
    Subject(lots.REGISTER, undoing.unregistered, carries=True),
    Subject(papers.RECORD, undoing.unrecorded, carries=True),
    Subject(release.RELEASE_LOT, undoing.unreleased),
    Subject(RECORD_DISINFECTION),
    Subject(movements.STORE, undoing.stored),
    Subject(movements.SPLIT),
    Subject(movements.SHIP),
    Subject(movements.RECEIVE, undoing.unreceived),
    Subject(movements.PROCESS, undoing.uncoded),
    Subject(movements.SELL),
    Subject(movements.REJECT, undoing.unreceived),
    Subject(movements.MERGE),
    Subject(movements.REPACK),
    Subject(movements.TRANSFER, undoing.transferred),
    Subject(movements.SAMPLE),
    Subject(movements.DESTROY),
    Subject(movements.SURRENDER),
    Subject(movements.COUNT, undoing.counted),
    Subject(movements.FIND, undoing.uncoded),
    Subject(movements.ADMIT, undoing.unadmitted),
    Subject(movements.OFFER, undoing.stored),
)

SUBJECTS: Mapping[str, Subject] = {subject.kind.name: subject for subject in _SUBJECTS}

REVERSES: Mapping[str, str] = {
    movements.ISSUE_CASES.name: "none: a code that is on no case names nothing",
    ACCEPT_DISINFECTION.name: "disinfection-done, corrected",
    DECLARE_STOCK.name: "stock-declared, once more",
    "zone-cleared": "none: what was put into the zone since stands beside it",
    "statement-corrected": "statement-corrected",
    "movement-excluded": "none: what an authority decided stays on record",
}
"""What undoes the kinds that are not corrected."""

"""Anything that somebody might say: sensible things most of the time, also conflicting, late and false ones.

::

    begin(history)
    saying = propose(Seen(history.rows, history.statements, history.at, Random(7)))
    history.say(saying.kind, saying.data, saying.actor)

Every kind about goods has its proposer, and the registers on which goods depend; ``NOT_SAID`` names the
others. Ids that are stale, goods that are somebody else's, on the road, held, sold, or less than is asked for
come up on purpose; what the interface would not let in does not.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from tests.anything import (
    casework,
    drilling,
    inbound,
    keeping,
    moving,
    recalling,
    sampling,
    undoing,
    watching,
)
from tests.anything.seen import NothingToSayError, Saying, Seen

Proposer = Callable[[Seen], Saying]

PROPOSERS: Mapping[str, tuple[Proposer, int]] = {
    "arrival-announced": (inbound.announce, 3),
    "container-opened": (inbound.open_container, 4),
    "lot-registered": (inbound.register, 5),
    "certificate-recorded": (inbound.record_paper, 14),
    "lot-released": (inbound.let_go, 14),
    "case-codes-issued": (inbound.issue_cases, 2),
    "goods-stored": (moving.store, 5),
    "zone-cleared": (moving.clear_zone, 3),
    "goods-shipped": (moving.ship, 18),
    "goods-received": (moving.receive, 18),
    "goods-rejected": (moving.reject, 4),
    "unit-split": (moving.split, 6),
    "units-merged": (moving.merge, 5),
    "unit-repacked": (moving.repack, 5),
    "goods-processed": (moving.process, 6),
    "goods-sold": (moving.sell, 8),
    "goods-offered": (moving.offer, 4),
    "goods-admitted": (moving.admit, 5),
    "ownership-transferred": (moving.transfer, 4),
    "goods-sampled": (moving.sample, 4),
    "goods-destroyed": (moving.destroy, 3),
    "goods-surrendered": (moving.surrender, 2),
    "stock-counted": (moving.count, 4),
    "goods-found": (moving.find, 2),
    "disinfection-done": (watching.disinfect, 3),
    "disinfection-accepted": (watching.accept, 2),
    "stock-declared": (watching.declare, 2),
    "place-sampled": (sampling.take, 2),
    "samples-sent": (sampling.send, 2),
    "sample-tested": (sampling.test, 4),
    "drill-planned": (drilling.plan, 2),
    "drill-started": (drilling.start, 3),
    "drill-finished": (drilling.finish, 2),
    "drill-cancelled": (drilling.cancel, 1),
    "hold-placed": (watching.place_hold, 4),
    "hold-lifted": (watching.lift_hold, 8),
    "finding-raised": (watching.raise_finding, 2),
    "finding-answered": (watching.answer_finding, 3),
    "finding-assigned": (watching.assign_finding, 2),
    "finding-closed": (watching.close_finding, 14),
    "case-opened": (casework.open_case, 3),
    "case-tested": (casework.test, 8),
    "exposure-recorded": (casework.expose, 3),
    "request-made": (casework.ask, 6),
    "request-acknowledged": (casework.acknowledge, 3),
    "request-answered": (casework.answer, 4),
    "request-withdrawn": (casework.withdraw, 1),
    "request-extended": (casework.extend, 3),
    "case-closed": (casework.close, 5),
    "case-reopened": (casework.reopen, 2),
    "recall-ordered": (recalling.order, 3),
    "recall-started": (recalling.begin, 2),
    "recall-reported": (recalling.report, 3),
    "recall-extended": (recalling.extend, 1),
    "recall-finished": (recalling.finish, 2),
    "recall-withdrawn": (recalling.withdraw, 2),
    "disposal-recorded": (recalling.dispose, 4),
    "statement-corrected": (undoing.correct, 16),
    "movement-excluded": (undoing.exclude, 3),
    "facility-suspended": (keeping.suspend, 1),
    "facility-reinstated": (keeping.reinstate, 4),
    "facility-closed": (keeping.close, 1),
    "zones-repartitioned": (keeping.repartition, 1),
    "policy-enacted": (keeping.enact, 1),
    "staff-registered": (keeping.register_staff, 1),
    "staff-tested": (keeping.sample_staff, 4),
    "staff-vaccinated": (keeping.vaccinate, 2),
    "staff-left": (keeping.leave, 1),
    "shift-assigned": (keeping.assign_shift, 1),
}
"""Who proposes a kind, and how often it comes up against the others."""

_PARTIES = "a register on which no movement of goods depends; tests of its own room"
NOT_SAID: Mapping[str, str] = {
    "ledger-opened": "said once, before anything else",
    "suspicion-raised": "said by the platform on what its detectors find; tests of its own",
    **dict.fromkeys(
        ("label-key-registered", "label-key-revoked", "device-key-registered", "device-key-revoked"),
        "keys sign what is said and printed and are no part of it; tests of their own rooms",
    ),
    **dict.fromkeys(
        ("ledger-key-added", "ledger-key-retired", "ledger-succeeded"),
        "said of the ledger itself, by who keeps its files; tests of their own",
    ),
    **dict.fromkeys(
        (
            *("cooperation-requested", "cooperation-received", "cooperation-acknowledged"),
            *("cooperation-answered", "cooperation-replied"),
        ),
        "letters between authorities move and hold no goods; tests of their own room",
    ),
    **dict.fromkeys(
        ("sampling-planned", "sampling-plan-ended"),
        "plans are counted by readers and judge nothing; tests of their own room",
    ),
    **dict.fromkeys(
        (
            *("organisation-registered", "organisation-suspended", "organisation-reinstated"),
            *("organisation-changed", "facility-filed", "facility-changed"),
            *("vehicle-registered", "vehicle-changed", "vehicle-retired"),
            *("person-erased", "person-kept", "person-let"),
            *("user-registered", "user-disabled", "user-invited", "invitation-withdrawn"),
            *("second-factor-reset", "token-issued", "token-revoked", "policy-withdrawn"),
        ),
        _PARTIES,
    ),
}
"""The kinds that nobody proposes here, and why."""


def propose(seen: Seen) -> Saying:
    """Something; of what there is nothing to say, something else is said."""
    names = list(PROPOSERS)
    weights = [weight for _, weight in PROPOSERS.values()]
    while True:
        (name,) = seen.chance.choices(names, weights)
        saying = propose_of(name, seen)
        if saying is not None:
            return saying


def propose_of(kind: str, seen: Seen) -> Saying | None:
    """A statement of that kind; None where there is nothing of which it could be said."""
    proposer, _ = PROPOSERS[kind]
    try:
        return proposer(seen)
    except NothingToSayError:
        return None


__all__ = ["NOT_SAID", "PROPOSERS", "NothingToSayError", "Saying", "Seen", "propose", "propose_of"]

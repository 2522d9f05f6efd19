"""What is said of recalls: ordered, begun, reported on, prolonged, ended, and what was disposed of."""

from __future__ import annotations

from typing import Any

from service.goods.state import LOT, UNIT, UnitState
from service.incidents.cases.state import CASE
from service.incidents.recalls.disposing import RECORD_DISPOSAL, WAYS_OUT
from service.incidents.recalls.ordering import ORDER_RECALL
from service.incidents.recalls.reporting import REPORT_RECALL, START_RECALL
from service.incidents.recalls.state import RECALL, RECALL_PART, Recall
from service.incidents.recalls.steering import EXTEND_RECALL, FINISH_RECALL, WITHDRAW_RECALL
from service.incidents.state import HELD_LOT
from service.ledger import Kind
from service.ledger.kinds import IDS_PER_POSITION
from service.parties import ORGANISATION, Role
from tests.anything.seen import Saying, Seen

DIGEST = "0" * 64


def order(seen: Seen) -> Saying:
    """By the authority of a case, or by who registered the lot or keeps the unit."""
    unit = seen.unit(UnitState.RELEASED, UnitState.QUARANTINED)
    lot = seen.by_key(LOT)[unit.lot]
    names_lot = seen.rarely(0.5)
    cases = [case for case in seen.rows(CASE) if case.state != "closed" or seen.rarely()]
    case = seen.pick(cases) if cases and seen.rarely(0.6) else None
    own = lot.organisation if names_lot else unit.custodian
    data: dict[str, Any] = {
        "question": {"lots": [lot.id]} if names_lot else {"units": [unit.id]},
        "asked_at": len(seen.statements),
        "digest": DIGEST,
        "level": seen.pick([1, 2, 3]),
        "reason": "pathogen",
        "measures": ["stop_sale"],
        "holders": [{"organisation": unit.custodian, "grams": unit.grams}],
        **({} if case is None else {"case": case.id, "witnesses": [unit.id]}),
    }
    return Saying(ORDER_RECALL, data, seen.actor(own if case is None else case.organisation))


def begin(seen: Seen) -> Saying:
    """By one of those whom it addresses; twice, once in a while."""
    part = seen.pick(seen.rows(RECALL_PART))
    data = {"recall": part.recall, "happened_at": seen.at(seen.now)}
    return Saying(START_RECALL, data, seen.actor(part.organisation))


def report(seen: Seen) -> Saying:
    """With or without a difference from what the ledger accounts for."""
    part = seen.pick(seen.rows(RECALL_PART))
    accounted = {"held": part.grams, "returned": 0, "sold": 0, "destroyed": 0}
    missing = min(part.grams, 500) if seen.rarely(0.2) else 0
    data = {"recall": part.recall, "found_grams": part.grams - missing, "accounted": accounted}
    return Saying(REPORT_RECALL, {**data, "missing_grams": missing}, seen.actor(part.organisation))


def extend(seen: Seen) -> Saying:
    """A few working days more."""
    return _steered(seen, EXTEND_RECALL, days=3, reason="many_holders")


def finish(seen: Seen) -> Saying:
    """With the goods let go, or held on."""
    return _steered(seen, FINISH_RECALL, lift=seen.rarely(0.5), without_reports=seen.rarely(0.5))


def withdraw(seen: Seen) -> Saying:
    """Ordered by mistake."""
    return _steered(seen, WITHDRAW_RECALL, reason="error")


def _steered(seen: Seen, kind: Kind, **data: Any) -> Saying:
    """Said by its author, mostly."""
    recall: Recall = seen.pick(seen.rows(RECALL))
    regulators = [each.id for each in seen.rows(ORGANISATION) if Role.REGULATOR in each.roles]
    who = seen.pick(regulators) if seen.rarely() else recall.organisation
    return Saying(kind, {"recall": recall.id, **data}, seen.actor(who))


def dispose(seen: Seen) -> Saying:
    """By who said that the goods left, of a recall or case that holds them, or of any."""
    said = [
        (position, statement)
        for position, statement in enumerate(seen.statements)
        if statement.kind in WAYS_OUT
    ]
    fitting = [
        (position, statement, of)
        for position, statement in said
        for of in _holders(seen, statement.data.get("unit", 0), position)
    ]
    if fitting and not seen.rarely(0.2):
        position, statement, of = seen.pick(fitting)
    else:
        (position, statement), of = seen.pick(said), {"recall": seen.pick(seen.rows(RECALL)).id}
    return Saying(RECORD_DISPOSAL, {**of, "statement": position}, seen.actor(statement.actor.organisation))


def _holders(seen: Seen, key: int, position: int) -> list[dict[str, int]]:
    """The recalls and cases that held a unit when it left."""
    unit = seen.by_key(UNIT).get(key)
    if unit is None:
        return []
    whole = seen.by_key(HELD_LOT).get(unit.lot)
    borne = {*unit.holds, *(() if whole is None else whole.holds)}
    recalls = [{"recall": each.id} for each in seen.rows(RECALL) if each.hold in borne]
    cases = [{"case": each.id} for each in seen.rows(CASE) if borne & {*each.holds}]
    return [of for of in (*recalls, *cases) if next(iter(of.values())) // IDS_PER_POSITION < position]

"""What keepers and authorities say: disinfected, declared, held and lifted, found, answered and closed."""

from __future__ import annotations

from service.goods.disinfection import ACCEPT_DISINFECTION, RECORD_DISINFECTION
from service.goods.disinfection.state import DISINFECTION
from service.goods.state import ARRIVAL, LOT, UNIT
from service.goods.stock.declaring import DECLARE_STOCK
from service.incidents.cases.state import CASE
from service.incidents.findings import ANSWER_FINDING, ASSIGN_FINDING, CLOSE_FINDING, RAISE_FINDING
from service.incidents.holds import LIFT_HOLD, PLACE_HOLD
from service.incidents.state import FINDING, HOLD, Finding, HoldKind
from service.ledger import Actor, Data
from service.parties import FACILITY, VEHICLE
from tests.anything import casework
from tests.anything.seen import Saying, Seen


def disinfect(seen: Seen) -> Saying:
    """Goods, a place or a vehicle."""
    subject, organisation = _disinfected(seen)
    data = {
        **subject,
        "happened_at": seen.when(),
        "agent": "other" if seen.rarely() else "chlorine",
        "milligrams_per_litre": seen.pick([200, 1000]),
        "contact_minutes": 30,
        **({"terminal": True} if seen.rarely(0.2) else {}),
    }
    return Saying(RECORD_DISINFECTION, data, seen.actor(organisation))


def _disinfected(seen: Seen) -> tuple[Data, int]:
    what = seen.pick(["unit", "lot", "zone", "vehicle", "bay"])
    if what == "unit":
        unit = seen.unit()
        return {"unit": unit.id, "pieces": max(unit.pieces or 1, 1)}, unit.custodian
    if what == "lot":
        lot = seen.pick(seen.rows(LOT))
        return {"lot": lot.id, "pieces": lot.pieces or 1}, lot.organisation
    if what == "vehicle":
        vehicle = seen.pick(seen.rows(VEHICLE))
        return {"vehicle": vehicle.id}, vehicle.organisation
    place = seen.facility()
    where: Data = {"zone": seen.zone(place)} if what == "zone" else {"bay": "D3"}
    return {"facility": place.id, **where}, place.organisation


def accept(seen: Seen) -> Saying:
    """A regulator accepts it."""
    done = seen.pick(seen.rows(DISINFECTION))
    data = {"disinfection": done.id, "grounds": "evidence_checked"}
    return Saying(ACCEPT_DISINFECTION, data, seen.actor(_regulator(seen, done.region)))


def _regulator(seen: Seen, region: str) -> int:
    """The one of the region, mostly."""
    regulators = seen.organisations("regulator")
    own = [each for each in regulators if each.region[:2] == region[:2]]
    return int(seen.pick(own if own and not seen.rarely(0.1) else regulators).id)


def declare(seen: Seen) -> Saying:
    """A place says what it holds."""
    place = seen.facility()
    there = [unit for unit in seen.units() if unit.facility == place.id]
    lines = [{"lot": unit.lot, "grams": unit.grams} for unit in there[:3]]
    data = {"facility": place.id, "as_of": seen.when(), "lines": lines}
    return Saying(DECLARE_STOCK, data, seen.actor(place.organisation))


def place_hold(seen: Seen) -> Saying:
    """By an authority on lots, arrivals or units, under a case or not; by a keeper on units of its own."""
    if seen.rows(CASE) and seen.rarely(0.4):
        return casework.hold(seen)
    unit = seen.unit()
    if seen.rarely(0.4):
        mine = [each for each in seen.units() if each.custodian == unit.custodian]
        question: Data = {"units": sorted({unit.id, *(each.id for each in seen.some(mine, 2))})}
        return _held(seen, question, [], seen.actor(unit.custodian))
    lot = seen.by_key(LOT)[unit.lot]
    arrivals = [lot.arrival] if lot.arrival in seen.by_key(ARRIVAL) else []
    question = seen.pick([{"lots": [lot.id]}, {"units": [unit.id]}, *({"arrivals": [a]} for a in arrivals)])
    region = seen.pick([unit.region, seen.by_key(FACILITY)[lot.facility].region])
    return _held(seen, question, [unit.id], seen.actor(_regulator(seen, region)))


def _held(seen: Seen, question: Data, witnesses: list[int], actor: Actor) -> Saying:
    data = {
        "question": question,
        "asked_at": seen.chance.randint(len(seen.statements) // 2, len(seen.statements)),
        "digest": "0" * 64,
        "reason": "positive",
        **({"witnesses": witnesses} if witnesses else {}),
    }
    return Saying(PLACE_HOLD, data, actor)


def lift_hold(seen: Seen) -> Saying:
    """Held no more."""
    holds = seen.rows(HOLD)
    in_force = [hold for hold in holds if hold.lifted_at is None]
    hold = seen.pick(holds if seen.rarely() else in_force)
    own = hold.kind == HoldKind.OWN and not seen.rarely(0.3)
    organisation = hold.organisation if own else _regulator(seen, hold.region)
    data = {"hold": hold.id, "reason": seen.pick(["test_negative", "remedied"])}
    return Saying(LIFT_HOLD, data, seen.actor(organisation))


def raise_finding(seen: Seen) -> Saying:
    """An inspector was there."""
    place = seen.facility()
    lots = sorted({unit.lot for unit in seen.rows(UNIT) if unit.facility == place.id})[:2]
    data = {"facility": place.id, "rule": "zones-mixed", **({"lots": lots} if lots else {})}
    return Saying(RAISE_FINDING, data, seen.actor(_regulator(seen, place.region)))


def _finding(seen: Seen) -> Finding:
    """One that is not closed, mostly."""
    found = seen.rows(FINDING)
    still = [finding for finding in found if finding.closed_at is None]
    finding: Finding = seen.pick(found if seen.rarely() else still)
    return finding


def answer_finding(seen: Seen) -> Saying:
    """Its owner says something."""
    finding = _finding(seen)
    data = {"finding": finding.id, "explanation": "remedied"}
    return Saying(ANSWER_FINDING, data, seen.actor(finding.owner))


def assign_finding(seen: Seen) -> Saying:
    """Another owner, or more time."""
    finding = _finding(seen)
    owner = seen.pick(seen.organisations()).id
    data = {"finding": finding.id, **seen.pick([{"owner": owner}, {"days": 5}, {}])}
    return Saying(ASSIGN_FINDING, data, seen.actor(_regulator(seen, finding.region)))


def close_finding(seen: Seen) -> Saying:
    """Closed, often with its hold."""
    finding = _finding(seen)
    lift = {"lift": True} if finding.hold is not None and seen.rarely(0.7) else {}
    data = {"finding": finding.id, "conclusion": "resolved", **lift}
    return Saying(CLOSE_FINDING, data, seen.actor(_regulator(seen, finding.region)))

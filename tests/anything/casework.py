"""What authorities and those whom they ask say about cases: opened, tested, held, asked, answered, closed."""

from __future__ import annotations

from typing import Any

from service.goods.state import LOT
from service.incidents.cases.closing import CLOSE_CASE, REOPEN_CASE
from service.incidents.cases.exposures import RECORD_EXPOSURE
from service.incidents.cases.opening import OPEN_CASE
from service.incidents.cases.requests import (
    ACKNOWLEDGE_REQUEST,
    ANSWER_REQUEST,
    EXTEND_REQUEST,
    MAKE_REQUEST,
    WITHDRAW_REQUEST,
)
from service.incidents.cases.state import CASE, CASE_EXPOSURE, CASE_REQUEST, CaseFile, CaseRequest
from service.incidents.cases.testing import TEST_CASE
from service.incidents.holds import PLACE_HOLD
from service.ledger import Kind
from service.parties import FACILITY, VEHICLE
from tests.anything.seen import Saying, Seen

DIGEST = "0" * 64


def open_case(seen: Seen) -> Saying:
    """About goods, a zone or a vehicle of some region; once in a while a drill."""
    unit = seen.unit()
    lot = seen.by_key(LOT)[unit.lot]
    place = seen.facility()
    vehicles = [{"vehicle": each.id} for each in seen.rows(VEHICLE)]
    subject: Any = seen.pick(
        [
            *({"lots": [lot.id]}, {"units": [unit.id]}, *vehicles[:1]),
            {"zone": {"facility": place.id, "zone": seen.zone(place)}},
        ]
    )
    region = place.region if "zone" in subject else seen.by_key(FACILITY)[lot.facility].region
    data = {
        "number": f"案 {len(seen.statements)}",
        "hazard": "listeria",
        "subject": subject,
        **({"witnesses": [unit.id]} if "vehicle" not in subject else {}),
        **({"drill": True} if seen.rarely(0.2) else {}),
    }
    return Saying(OPEN_CASE, data, seen.actor(_regulator(seen, region)))


def _regulator(seen: Seen, region: str) -> int:
    regulators = seen.organisations("regulator")
    own = [each for each in regulators if each.region[:2] == region[:2]]
    return int(seen.pick(own if own and not seen.rarely(0.1) else regulators).id)


def _case(seen: Seen) -> CaseFile:
    """One that is not closed, mostly."""
    found = seen.rows(CASE)
    still = [case for case in found if case.state != "closed"]
    case: CaseFile = seen.pick(found if seen.rarely() else still)
    return case


def _of_case(seen: Seen, kind: Kind, case: CaseFile, **data: Any) -> Saying:
    """Said by who opened it, mostly."""
    who = _regulator(seen, case.region) if seen.rarely() else case.organisation
    return Saying(kind, {"case": case.id, **data}, seen.actor(who))


def test(seen: Seen) -> Saying:
    """A result; twice the same, once in a while."""
    case = _case(seen)
    stage = seen.pick(["retest", "confirmation"] if case.tests else ["screening", "screening", "retest"])
    result = seen.pick(["positive", "negative", "inconclusive"])
    number = 0 if seen.rarely() else len(seen.statements)
    return _of_case(seen, TEST_CASE, case, stage=stage, result=result, test=f"T{number}")


def expose(seen: Seen) -> Saying:
    """What was known a little while ago."""
    known = {
        "question": {"hops": 1},
        "asked_at": seen.chance.randint(len(seen.statements) // 2, len(seen.statements)),
        "digest": DIGEST,
        "counts": {"units": 1},
    }
    return _of_case(seen, RECORD_EXPOSURE, _case(seen), **known)


def hold(seen: Seen) -> Saying:
    """Goods under a case, some of them as a recorded answer has them."""
    case, unit = _case(seen), seen.unit()
    question = seen.pick([{"units": [unit.id]}, {"lots": [unit.lot]}])
    exposures = [each for each in seen.rows(CASE_EXPOSURE) if each.case_file == case.id]
    known = {"asked_at": len(seen.statements), "digest": DIGEST}
    if exposures:
        exposure = seen.pick(exposures)
        known = {"exposure": exposure.id, "asked_at": exposure.asked_at, "digest": exposure.digest}
    more = {"question": question, "reason": "positive", "witnesses": [unit.id], **known}
    return _of_case(seen, PLACE_HOLD, case, **more)


def ask(seen: Seen) -> Saying:
    """Whoever has something of it."""
    case, unit = _case(seen), seen.unit()
    data = {"to": unit.custodian, "asks": ["count"], "lots": [unit.lot], "hours": 24, "witnesses": [unit.id]}
    return _of_case(seen, MAKE_REQUEST, case, **data)


def _request(seen: Seen) -> CaseRequest:
    request: CaseRequest = seen.pick(seen.rows(CASE_REQUEST))
    return request


def acknowledge(seen: Seen) -> Saying:
    """Seen by its addressee."""
    request = _request(seen)
    return Saying(ACKNOWLEDGE_REQUEST, {"request": request.id}, seen.actor(request.addressee))


def answer(seen: Seen) -> Saying:
    """Counted, or not."""
    request = _request(seen)
    there = [unit for unit in seen.units() if unit.lot in request.lots]
    counted = [{"unit": unit.id, "grams": unit.grams} for unit in there[:3]]
    data = {"request": request.id, "answer": seen.pick(["done", "partly", "not_done"])}
    return Saying(
        ANSWER_REQUEST, {**data, **({"counted": counted} if counted else {})}, seen.actor(request.addressee)
    )


def withdraw(seen: Seen) -> Saying:
    """Not needed any more."""
    request = _request(seen)
    return Saying(
        WITHDRAW_REQUEST, {"request": request.id, "reason": "not_needed"}, seen.actor(request.organisation)
    )


def extend(seen: Seen) -> Saying:
    """More time."""
    request = _request(seen)
    return Saying(EXTEND_REQUEST, {"request": request.id, "hours": 48}, seen.actor(request.organisation))


def close(seen: Seen) -> Saying:
    """What was decided, mostly; often something of it is still open."""
    decided = [case for case in seen.rows(CASE) if case.state in ("confirmed", "cleared")]
    case = seen.pick(decided) if decided and not seen.rarely(0.2) else _case(seen)
    return _of_case(seen, CLOSE_CASE, case, conclusion="no_hazard")


def reopen(seen: Seen) -> Saying:
    """Something new."""
    return _of_case(seen, REOPEN_CASE, seen.pick(seen.rows(CASE)), reason="new_result")

"""Every rule of cases, just beyond its boundary: its code, the field to blame, the fact in both languages.

Beside each stands what is admitted, in test_case_effects.py.
"""

from __future__ import annotations

import tomllib
from importlib.resources import files

import pytest

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
from service.incidents.cases.testing import TEST_CASE
from service.incidents.holds import PLACE_HOLD
from service.parties import REGISTER_VEHICLE, SUSPEND_ORGANISATION
from tests.refusing import Case, Cases, Said, demand_refused
from tests.settlement import SEALED
from tests.unit.incidents.desk import Desk

NOWHERE = 999_999_999
CASES = Cases[Desk]()
breaks = CASES.breaks


@pytest.fixture
def desk() -> Desk:
    return Desk()


@breaks("party.role-missing")
def opened_by_a_business(desk: Desk) -> Said:
    return Said(OPEN_CASE, desk.opening(), desk.story.parties["station"].manager)


@breaks("case.not-one-subject")
def about_nothing(desk: Desk) -> Said:
    return desk.said("qingdao", OPEN_CASE, {**desk.opening(), "subject": {"sample": 1}}, "/subject")


@breaks("case.not-one-subject")
def about_two_things(desk: Desk) -> Said:
    both = desk.opening(lots=[desk.ids["lot"]], zone={"facility": desk.places["station"], "zone": 1})
    return desk.said("qingdao", OPEN_CASE, both, "/subject", "lots", "zone")


@breaks("case.goods-not-found")
def about_goods_that_are_not_there(desk: Desk) -> Said:
    data = desk.opening(lots=[desk.ids["lot"], NOWHERE])
    return desk.said("qingdao", OPEN_CASE, data, "/subject/lots/1", NOWHERE)


@breaks("case.goods-not-found")
def about_goods_that_were_never_here(desk: Desk) -> Said:
    return desk.said("beijing", OPEN_CASE, desk.opening(), "/subject/lots/0", desk.ids["lot"])


@breaks("case.goods-not-found")
def about_goods_of_another_region_without_a_witness(desk: Desk) -> Said:
    return desk.said("hubei", OPEN_CASE, desk.opening(), "/subject/lots/0")


@breaks("case.place-not-found")
def about_a_place_elsewhere(desk: Desk) -> Said:
    zone = {"facility": desk.places["wholesaler"], "zone": 1}
    return desk.said("qingdao", OPEN_CASE, desk.opening(zone=zone), "/subject/zone", zone["facility"])


@breaks("case.place-not-found")
def about_a_place_that_is_not_there(desk: Desk) -> Said:
    data = desk.opening(zone={"facility": NOWHERE, "zone": 1})
    return desk.said("qingdao", OPEN_CASE, data, "/subject/zone", NOWHERE)


@breaks("case.place-not-found")
def about_a_zone_that_is_not_there(desk: Desk) -> Said:
    data = desk.opening(zone={"facility": desk.places["station"], "zone": 99})
    return desk.said("qingdao", OPEN_CASE, data, "/subject/zone", 99)


@breaks("case.vehicle-not-found")
def about_a_vehicle_that_is_not_there(desk: Desk) -> Said:
    return desk.said("qingdao", OPEN_CASE, desk.opening(vehicle=NOWHERE), "/subject/vehicle", NOWHERE)


@breaks("case.vehicle-not-found")
def about_a_vehicle_that_never_came_here(desk: Desk) -> Said:
    van = desk.say("wholesaler", REGISTER_VEHICLE, {"kind": "van", "plate": SEALED}).outcome["vehicle"]
    data = desk.opening(vehicle=van, witnesses=[desk.ids["station-wholesaler"], NOWHERE])
    return desk.said("qingdao", OPEN_CASE, data, "/subject/vehicle", van)


@breaks("case.not-found")
def screened_by_another_region(desk: Desk) -> Said:
    case = desk.open()
    return desk.said("hubei", TEST_CASE, desk.testing(case, "screening", "positive"), "/case", case)


@breaks("case.not-found")
def closed_where_there_is_none(desk: Desk) -> Said:
    return desk.said("qingdao", CLOSE_CASE, desk.closing(NOWHERE), "/case", NOWHERE)


@breaks("party.role-missing")
def screened_by_a_business(desk: Desk) -> Said:
    data = desk.testing(desk.open(), "screening", "positive")
    return Said(TEST_CASE, data, desk.story.parties["station"].manager)


@breaks("case.closed")
def screened_when_closed(desk: Desk) -> Said:
    case = desk.closed()
    return desk.said("qingdao", TEST_CASE, desk.testing(case, "screening", "positive", "T9"), "/case", case)


@breaks("case.closed")
def held_when_closed(desk: Desk) -> Said:
    case = desk.closed()
    return desk.said("qingdao", PLACE_HOLD, desk.order(case=case), "/case", case)


@breaks("case.test-recorded")
def one_result_twice(desk: Desk) -> Said:
    case = desk.open()
    desk.tested(case, ("screening", "positive"))
    data = desk.testing(case, "screening", "positive", "T0")
    return desk.said("qingdao", TEST_CASE, data, "/test", "T0")


@breaks("case.decided")
def another_retest_when_cleared(desk: Desk) -> Said:
    case = desk.cleared()
    return desk.said("qingdao", TEST_CASE, desk.testing(case, "retest", "positive", "T9"), "/stage", case)


@breaks("case.decided")
def confirmed_twice(desk: Desk) -> Said:
    case = desk.open()
    desk.tested(case, ("screening", "positive"), ("confirmation", "positive"))
    data = desk.testing(case, "confirmation", "negative", "T9")
    return desk.said("qingdao", TEST_CASE, data, "/stage", case)


@breaks("case.not-tested")
def retested_before_it_was_tested(desk: Desk) -> Said:
    case = desk.open()
    return desk.said("qingdao", TEST_CASE, desk.testing(case, "retest", "negative"), "/stage", case)


@breaks("case.nothing-positive")
def confirmed_before_anything_was_positive(desk: Desk) -> Said:
    case = desk.open()
    desk.tested(case, ("screening", "inconclusive"))
    data = desk.testing(case, "confirmation", "positive", "T9")
    return desk.said("qingdao", TEST_CASE, data, "/stage", case)


@breaks("case.asked-later")
def exposed_at_a_position_that_is_not_there(desk: Desk) -> Said:
    data = desk.recording(desk.open())
    now = desk.history.position
    return desk.said("qingdao", RECORD_EXPOSURE, {**data, "asked_at": now + 1}, "/asked_at", now + 1, now)


@breaks("case.closed")
def exposed_when_closed(desk: Desk) -> Said:
    case = desk.closed()
    return desk.said("qingdao", RECORD_EXPOSURE, desk.recording(case), "/case", case)


@breaks("case.not-found")
def held_under_a_case_of_others(desk: Desk) -> Said:
    case = desk.open()
    units = desk.order(units=[desk.ids["wholesaler_unit"]], case=case)
    return desk.said("hubei", PLACE_HOLD, units, "/case", case)


@breaks("party.role-missing")
def held_under_a_case_by_a_keeper(desk: Desk) -> Said:
    data = desk.order(units=[desk.ids["unit"]], case=desk.open())
    return Said(PLACE_HOLD, data, desk.story.parties["station"].manager)


@breaks("case.exposure-not-found")
def holding_an_answer_of_another_case(desk: Desk) -> Said:
    case, other = desk.open(), desk.open()
    exposure = desk.exposure(other)
    data = desk.order(case=case, exposure=exposure)
    return desk.said("qingdao", PLACE_HOLD, data, "/exposure", exposure)


@breaks("case.exposure-not-found")
def holding_an_answer_that_is_not_there(desk: Desk) -> Said:
    data = desk.order(case=desk.open(), exposure=NOWHERE)
    return desk.said("qingdao", PLACE_HOLD, data, "/exposure", NOWHERE)


@breaks("case.exposure-differs")
def holding_an_answer_of_another_position(desk: Desk) -> Said:
    case = desk.open()
    asked = desk.history.position
    exposure = desk.exposure(case)
    data = desk.order(case=case, exposure=exposure, asked_at=asked + 1)
    return desk.said("qingdao", PLACE_HOLD, data, "/digest", asked)


@breaks("case.exposure-differs")
def holding_another_answer(desk: Desk) -> Said:
    case = desk.open()
    asked = desk.history.position
    exposure = desk.exposure(case)
    data = desk.order(case=case, exposure=exposure, asked_at=asked, digest="cd" * 32)
    return desk.said("qingdao", PLACE_HOLD, data, "/digest")


@breaks("case.undecided")
def closed_as_a_suspicion(desk: Desk) -> Said:
    case = desk.open()
    return desk.said("qingdao", CLOSE_CASE, desk.closing(case), "/case", case)


@breaks("case.holds-in-force")
def closed_while_goods_are_held(desk: Desk) -> Said:
    case = desk.cleared()
    hold = desk.place(case=case)
    return desk.said("qingdao", CLOSE_CASE, desk.closing(case), "/case", 1, hold.id)


@breaks("case.requests-open")
def closed_before_an_answer(desk: Desk) -> Said:
    case = desk.cleared()
    request = desk.asked(case)
    return desk.said("qingdao", CLOSE_CASE, desk.closing(case), "/case", 1, request)


@breaks("case.requests-open")
def closed_on_an_acknowledgement(desk: Desk) -> Said:
    case = desk.cleared()
    request = desk.asked(case)
    desk.acknowledge(request)
    return desk.said("qingdao", CLOSE_CASE, desk.closing(case), "/case", request)


@breaks("case.open")
def opened_again_while_it_is_open(desk: Desk) -> Said:
    case = desk.open()
    return desk.said("qingdao", REOPEN_CASE, desk.reopening(case), "/case", case)


@breaks("case.closed")
def asked_when_closed(desk: Desk) -> Said:
    case = desk.closed()
    return desk.said("qingdao", MAKE_REQUEST, desk.asking(case), "/case", case)


@breaks("case.goods-not-found")
def asked_about_goods_elsewhere(desk: Desk) -> Said:
    data = desk.asking(desk.open("hubei", witnesses=[desk.ids["wholesaler_unit"]]))
    wholesaler = desk.story.parties["wholesaler"].organisation
    return desk.said("hubei", MAKE_REQUEST, {**data, "to": wholesaler}, "/lots/0", data["lots"][0])


@breaks("case-request.addressee-not-found")
def asking_a_business_elsewhere(desk: Desk) -> Said:
    shop = desk.story.parties["shop"].organisation
    return desk.said("qingdao", MAKE_REQUEST, desk.asking(desk.open(), to=shop), "/to", shop)


@breaks("case-request.addressee-not-found")
def asking_nobody(desk: Desk) -> Said:
    return desk.said("qingdao", MAKE_REQUEST, desk.asking(desk.open(), to=NOWHERE), "/to", NOWHERE)


@breaks("case-request.addressee-not-found")
def asking_an_authority(desk: Desk) -> Said:
    own = desk.story.parties["qingdao"].organisation
    return desk.said("qingdao", MAKE_REQUEST, desk.asking(desk.open(), to=own), "/to", own)


@breaks("case-request.addressee-not-found")
def asking_about_somebody_elses_place(desk: Desk) -> Said:
    data = desk.asking(desk.open(), facility=desk.places["wholesaler"])
    return desk.said("qingdao", MAKE_REQUEST, data, "/to", data["to"])


@breaks("case-request.addressee-not-found")
def asking_whoever_was_suspended(desk: Desk) -> Said:
    data = desk.asking(desk.open())
    desk.history.say(
        SUSPEND_ORGANISATION, {"organisation": data["to"]}, desk.story.quay.town.platform.manager
    )
    return desk.said("qingdao", MAKE_REQUEST, data, "/to", data["to"])


@breaks("case-request.not-found")
def acknowledged_by_another(desk: Desk) -> Said:
    request = desk.asked(desk.open())
    return desk.said("shop", ACKNOWLEDGE_REQUEST, {"request": request}, "/request", request)


@breaks("case-request.not-found")
def acknowledged_where_there_is_none(desk: Desk) -> Said:
    return desk.said("station", ACKNOWLEDGE_REQUEST, {"request": NOWHERE}, "/request", NOWHERE)


@breaks("case-request.acknowledged")
def acknowledged_twice(desk: Desk) -> Said:
    request = desk.asked(desk.open())
    desk.acknowledge(request)
    return desk.said("station", ACKNOWLEDGE_REQUEST, {"request": request}, "/request", request)


@breaks("case-request.withdrawn")
def answered_when_withdrawn(desk: Desk) -> Said:
    request = desk.asked(desk.open())
    desk.say("qingdao", WITHDRAW_REQUEST, {"request": request, "reason": "error"})
    return desk.said("station", ANSWER_REQUEST, desk.answering(request), "/request", request)


@breaks("case-request.withdrawn")
def withdrawn_twice(desk: Desk) -> Said:
    request = desk.asked(desk.open())
    data = {"request": request, "reason": "error"}
    desk.say("qingdao", WITHDRAW_REQUEST, data)
    return desk.said("qingdao", WITHDRAW_REQUEST, data, "/request", request)


@breaks("case-request.not-found")
def withdrawn_by_another_region(desk: Desk) -> Said:
    request = desk.asked(desk.open())
    return desk.said("hubei", WITHDRAW_REQUEST, {"request": request, "reason": "error"}, "/request", request)


@breaks("case-request.not-found")
def extended_where_there_is_none(desk: Desk) -> Said:
    return desk.said("qingdao", EXTEND_REQUEST, {"request": NOWHERE, "hours": 1}, "/request", NOWHERE)


@breaks("party.role-missing")
def withdrawn_by_who_was_asked(desk: Desk) -> Said:
    data = {"request": desk.asked(desk.open()), "reason": "error"}
    return Said(WITHDRAW_REQUEST, data, desk.story.parties["station"].manager)


@breaks("party.role-missing")
def withdrawn_by_a_business_where_there_is_none(desk: Desk) -> Said:
    """The same answer: whether there is such a request is not to be learned by trying."""
    data = {"request": NOWHERE, "reason": "error"}
    return Said(WITHDRAW_REQUEST, data, desk.story.parties["shop"].manager)


@breaks("case-request.not-found")
def answered_by_another(desk: Desk) -> Said:
    request = desk.asked(desk.open())
    return desk.said("wholesaler", ANSWER_REQUEST, desk.answering(request), "/request", request)


@breaks("party.role-missing")
def withdrawn_by_its_addressee(desk: Desk) -> Said:
    request = desk.asked(desk.open())
    data = {"request": request, "reason": "error"}
    return Said(WITHDRAW_REQUEST, data, desk.story.parties["station"].manager)


@breaks("case-request.answered")
def extended_after_the_answer(desk: Desk) -> Said:
    request = desk.asked(desk.open())
    desk.answered(request)
    return desk.said("qingdao", EXTEND_REQUEST, {"request": request, "hours": 1}, "/request", request)


@breaks("case-request.case-closed")
def answered_again_when_the_case_is_closed(desk: Desk) -> Said:
    case = desk.cleared()
    request = desk.asked(case)
    desk.answered(request)
    desk.say("qingdao", CLOSE_CASE, desk.closing(case))
    return desk.said("station", ANSWER_REQUEST, desk.answering(request), "/request", request)


@breaks("case-request.not-counted")
def done_without_a_count(desk: Desk) -> Said:
    request = desk.asked(desk.open())
    data = {"request": request, "answer": "done"}
    return desk.said("station", ANSWER_REQUEST, data, "/counted", request)


@breaks("case-request.not-asked")
def counting_other_goods(desk: Desk) -> Said:
    request = desk.asked(desk.open())
    unit = desk.ids["cubes_unit"]
    data = desk.answering(request, counted=[{"unit": unit, "grams": 1}])
    return desk.said("station", ANSWER_REQUEST, data, "/counted/0/unit", unit)


@breaks("case-request.not-asked")
def counting_goods_that_are_not_there(desk: Desk) -> Said:
    request = desk.asked(desk.open())
    data = desk.answering(request, counted=[{"unit": NOWHERE, "grams": 0}])
    return desk.said("station", ANSWER_REQUEST, data, "/counted/0/unit", NOWHERE)


@pytest.mark.parametrize(("code", "case"), CASES.params)
def test_refused(desk: Desk, code: str, case: Case[Desk]) -> None:
    demand_refused(desk.history, code, case(desk))


OUTSIDE = {"case.exposure-changed", "case.nothing-to-hold", "case.nothing-to-lift"}
"""Asked of the database before a judgement: tests/integration/incidents/test_cases.py."""


def test_every_code_of_the_room_has_a_case() -> None:
    text = (files("schema.problems") / "cases.toml").read_text(encoding="utf-8")
    assert set(tomllib.loads(text)) == (CASES.codes | OUTSIDE) - {"party.role-missing"}

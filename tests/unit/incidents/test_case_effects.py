"""What a case becomes, step by step: the same table as its rules, on the side of what is admitted."""

from __future__ import annotations

import pytest

from service.goods.movements import SHIP, SPLIT
from service.goods.state import EVENT, SHIPMENT
from service.incidents.cases.closing import CLOSE_CASE
from service.incidents.cases.opening import OPEN_CASE
from service.incidents.cases.requests import EXTEND_REQUEST, MAKE_REQUEST, WITHDRAW_REQUEST
from service.incidents.cases.state import CASE_EXPOSURE, CASE_STEP, CaseState
from service.incidents.cases.testing import TEST_CASE
from service.ledger.history import SUPERSEDED
from service.ledger.statement import parse_instant
from service.parties import REGISTER_VEHICLE
from tests.settlement import SEALED
from tests.unit.incidents.bench import CARTON
from tests.unit.incidents.desk import Desk


@pytest.fixture
def desk() -> Desk:
    return Desk()


def _steps(desk: Desk, case: int) -> list[str]:
    return [row.kind for row in desk.history.rows(CASE_STEP) if row.case_file == case]


def test_a_case_is_open_on_what_concerns_its_region(desk: Desk) -> None:
    case = desk.case(desk.open(sampled_at="2020-08-18"))
    assert (case.state, case.region, case.drill) == (CaseState.SUSPECTED, "370200", False)
    assert (case.opened_in, case.id, case.sampled_at) == (case.version, case.version * 1000, "2020-08-18")
    station = desk.places["station"]
    for subject in (
        {"arrivals": [desk.ids["arrival"]]},
        {"units": [desk.ids["unit"]]},
        {"zone": {"facility": station, "zone": 1}},
    ):
        assert desk.case(desk.open(**subject)).subject == subject


def test_a_witness_shows_goods_of_another_region(desk: Desk) -> None:
    case = desk.open("hubei", witnesses=[desk.ids["wholesaler_unit"]])
    assert desk.case(case).region == "420000"


def test_a_vehicle_is_of_the_region_by_who_keeps_it_or_by_where_it_drove(desk: Desk) -> None:
    own = desk.say("station", REGISTER_VEHICLE, {"kind": "van", "plate": SEALED}).outcome["vehicle"]
    assert desk.case(desk.open(vehicle=own)).subject == {"vehicle": own}
    other = desk.say("wholesaler", REGISTER_VEHICLE, {"kind": "van", "plate": SEALED}).outcome["vehicle"]
    assert desk.case(desk.open("hubei", vehicle=other)).subject == {"vehicle": other}
    road = {
        "facility": desk.places["station"],
        "destination": desk.places["wholesaler"],
        "departed_at": "2020-08-19",
        "vehicle": own,
        "items": [{"unit": desk.ids["unit"], "pieces": 1, "grams": CARTON}],
    }
    shipment = desk.say("station", SHIP, road).outcome["shipment"]
    assert desk.history.row(SHIPMENT, shipment).vehicle == own
    assert desk.case(desk.open("hubei", vehicle=own, witnesses=[shipment])).subject == {"vehicle": own}


@pytest.mark.parametrize(
    ("results", "state"),
    [
        ([("screening", "positive")], "suspected"),
        ([("screening", "negative")], "suspected"),
        ([("screening", "negative"), ("retest", "negative")], "cleared"),
        ([("screening", "positive"), ("retest", "inconclusive")], "suspected"),
        ([("screening", "positive"), ("retest", "positive")], "suspected"),
        ([("screening", "positive"), ("confirmation", "inconclusive")], "suspected"),
        ([("screening", "positive"), ("confirmation", "positive")], "confirmed"),
        ([("screening", "positive"), ("confirmation", "negative")], "cleared"),
        ([("screening", "positive"), ("confirmation", "positive"), ("screening", "negative")], "confirmed"),
        ([("screening", "inconclusive"), ("retest", "positive"), ("confirmation", "positive")], "confirmed"),
    ],
)
def test_results_decide_a_case(desk: Desk, results: list[tuple[str, str]], state: str) -> None:
    case = desk.tested(desk.open(), *results)
    assert case.state == state
    assert [(each["stage"], each["result"]) for each in case.tests] == results
    decided = {"confirmed": case.confirmed_in, "cleared": case.cleared_in}
    assert {name for name, position in decided.items() if position is not None} == {state} - {"suspected"}


def test_one_number_serves_two_stages(desk: Desk) -> None:
    case = desk.open()
    desk.tested(case, ("screening", "positive"))
    assert desk.tested(case, ("retest", "positive")).state == "suspected"


def test_a_case_is_closed_and_opened_again(desk: Desk) -> None:
    cleared = desk.closed()
    assert desk.case(cleared).conclusion == "no_hazard"
    assert desk.case(cleared).closed_in == desk.case(cleared).version
    again = desk.reopen(cleared)
    assert (again.state, again.closed_in, again.cleared_in, again.conclusion) == (
        "suspected",
        None,
        None,
        None,
    )
    confirmed = desk.open()
    desk.tested(confirmed, ("screening", "positive"), ("confirmation", "positive"))
    desk.say("qingdao", CLOSE_CASE, desk.closing(confirmed))
    assert desk.reopen(confirmed).state == "confirmed"
    assert desk.reopen(desk.cleared()).state == "suspected"
    assert _steps(desk, cleared) == [
        *("case-opened", "case-tested", "case-tested", "case-closed", "case-reopened")
    ]


def test_a_case_is_closed_when_its_holds_and_requests_are(desk: Desk) -> None:
    case = desk.cleared()
    hold, answered, withdrawn = desk.place(case=case), desk.asked(case), desk.asked(case)
    assert desk.case(case).holds == [hold.id]
    assert desk.case(case).requests == [answered, withdrawn]
    desk.lift("qingdao", hold.id, reason="disposed")
    desk.answered(answered)
    desk.say("qingdao", WITHDRAW_REQUEST, {"request": withdrawn, "reason": "not_needed"})
    desk.say("qingdao", CLOSE_CASE, desk.closing(case))
    assert desk.case(case).state == "closed"


def test_authorities_above_lead_it_too(desk: Desk) -> None:
    below = desk.story.quay.town.party("regulator", region="420100")
    case = desk.history.say(
        OPEN_CASE, desk.opening(witnesses=[desk.ids["wholesaler_unit"]]), below.manager
    ).outcome["case"]
    desk.say("hubei", TEST_CASE, desk.testing(case, "screening", "positive"))
    assert len(desk.case(case).tests) == 1


def test_what_was_exposed_stays_as_it_was_known(desk: Desk) -> None:
    case = desk.open()
    asked = desk.history.position
    exposure = desk.history.row(CASE_EXPOSURE, desk.exposure(case))
    assert (exposure.case_file, exposure.asked_at, exposure.counts["units"]) == (case, asked, 3)
    assert desk.exposure(case) != exposure.id


def test_an_answers_hold_covers_what_it_names_and_what_was_made_of_it_since(desk: Desk) -> None:
    """Goods that left a unit before it was exposed are not in the answer, and are not held with it."""
    case, unit = desk.open(), desk.ids["unit"]
    asked = desk.history.position
    exposure = desk.exposure(case)
    part = [{"pieces": 1, "grams": CARTON}]
    made = desk.say("station", SPLIT, {"unit": unit, "parts": part, "happened_at": "2020-08-19"})
    hold = desk.place(units=[unit], case=case, exposure=exposure, asked_at=asked)
    assert desk.covered(hold.id) == {unit, *made.outcome["units"]}
    placed = desk.history.statements[hold.version].outcome
    assert placed["added"] == {"lots": [], "units": made.outcome["units"]}
    whole = desk.place(units=[unit], case=case)
    assert desk.ids["shop_unit"] in desk.covered(whole.id) - desk.covered(hold.id)


def test_an_answers_hold_of_a_whole_lot_covers_all_that_was_ever_made_of_it(desk: Desk) -> None:
    case = desk.open()
    exposure = desk.exposure(case)
    asked = desk.history.row(CASE_EXPOSURE, exposure).asked_at
    hold = desk.place(case=case, exposure=exposure, asked_at=asked)
    assert {desk.ids["shop_unit"], desk.ids["cubes_unit"]} <= desk.covered(hold.id)


def test_a_drill_holds_nothing_and_stands_in_no_history_of_goods(desk: Desk) -> None:
    case = desk.open(drill=True)
    before = len(desk.history.rows(EVENT))
    hold = desk.place(case=case)
    assert hold.drill
    assert desk.covered(hold.id) == set()
    desk.lift("qingdao", hold.id)
    assert len(desk.history.rows(EVENT)) == before
    assert desk.request(desk.asked(case)).drill
    assert _steps(desk, case) == ["case-opened", "hold-placed", "hold-lifted", "request-made"]


def test_a_request_goes_from_asked_to_answered(desk: Desk) -> None:
    case = desk.open()
    request = desk.request(desk.asked(case))
    due = parse_instant(request.due_at) - parse_instant(request.made_at)
    assert (request.state, due.total_seconds()) == ("open", 24 * 3600)
    assert desk.acknowledge(request.id).state == "acknowledged"
    desk.say("qingdao", EXTEND_REQUEST, {"request": request.id, "hours": 48})
    assert desk.request(request.id).due_at > request.due_at
    partly = desk.answered(request.id, answer="partly", evidence=["ab" * 32])
    assert (partly.state, partly.answer, partly.evidence) == ("answered", "partly", ["ab" * 32])
    more = [{"unit": desk.ids["wholesaler_unit"], "grams": 0}, {"unit": desk.ids["unit"], "grams": 2}]
    whole = desk.answered(request.id, counted=more)
    assert [(each["unit"], each["grams"]) for each in whole.counted] == [
        (desk.ids["unit"], 2),
        (desk.ids["wholesaler_unit"], 0),
    ]
    assert whole.answered_in == whole.version
    kept = [row for row in desk.history.rows(SUPERSEDED) if row.stream == "case_request"]
    assert len(kept) == 4, "what was known when"


def test_a_request_may_be_answered_at_once_and_without_a_count_if_none_was_asked(desk: Desk) -> None:
    request = desk.asked(desk.open(), asks=["stop_sale"])
    answered = desk.answered(request, counted=[])
    assert answered.acknowledged_at == answered.answered_at


def test_what_could_not_be_done_needs_no_count(desk: Desk) -> None:
    request = desk.asked(desk.open())
    assert desk.answered(request, answer="not_done", counted=[]).answer == "not_done"


def test_a_business_is_asked_about_its_place_in_the_region(desk: Desk) -> None:
    station = desk.places["station"]
    assert desk.request(desk.asked(desk.open(), facility=station)).facility == station
    data = desk.asking(desk.open("hubei", witnesses=[desk.ids["wholesaler_unit"]]))
    wholesaler = {"to": desk.story.parties["wholesaler"].organisation, "units": [desk.ids["wholesaler_unit"]]}
    del data["lots"]
    asked = desk.say("hubei", MAKE_REQUEST, {**data, **wholesaler}).outcome["request"]
    assert desk.request(asked).units == wholesaler["units"]

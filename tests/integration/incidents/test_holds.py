"""Holds over the interface: proposed, confirmed, covering what they say, told to those concerned, lifted."""

from __future__ import annotations

import hashlib

from service.ledger import canonical
from tests.integration.incidents.conftest import Office
from tests.integration.reading.bazaar import CARTON

HOLDS = "/api/v1/holds"


async def test_what_a_hold_would_cover_is_shown_before_it_is_placed(office: Office) -> None:
    lot, cubes = office.ids["lot"], office.ids["cubes"]
    proposal = await office.propose("qingdao", "lots", lot)
    assert (proposal["lots"], [each["id"] for each in proposal["first_lots"]]) == (2, [lot, cubes])
    said = {"lots": [lot, cubes], "units": proposal["first_units"]}
    assert len(proposal["first_units"]) == proposal["units"]
    assert proposal["digest"] == hashlib.sha256(canonical.encode(said)).hexdigest()
    # 100 cartons and, made of five, the cubes; one carton was lost, 5 were sold, 500 g trimmed.
    assert proposal["grams"] == 100 * CARTON - CARTON - 5 * CARTON - 500
    assert proposal["gone_grams"] == 5 * CARTON
    assert proposal["pieces"] is None, "the cubes are not counted"
    assert sum(place["grams"] for place in proposal["places"]) == proposal["grams"]
    assert sum(owner["grams"] for owner in proposal["owners"]) == proposal["grams"]
    assert None in [place["facility"] for place in proposal["places"]], "some of it is on the road"


async def test_the_answer_to_an_old_question_is_found_again(office: Office) -> None:
    lot = office.ids["lot"]
    then = await office.propose("qingdao", "lots", lot)
    split = {"parts": [{"pieces": 1, "grams": CARTON}], "happened_at": "2020-08-19"}
    await office.said("station", f"/api/v1/units/{office.ids['unit']}/splits", split)
    now = await office.propose("qingdao", "lots", lot)
    assert now["units"] == then["units"] + 1
    again = await office.told("auditor", f"/api/v1/hold-proposals?lots={lot}&position={then['asked_at']}")
    assert again["digest"] == then["digest"] != now["digest"]


async def test_goods_that_moved_after_the_question_are_covered_and_named(office: Office) -> None:
    unit = office.ids["wholesaler_unit"]
    proposal = await office.propose("hubei", "units", unit)
    split = {"parts": [{"pieces": 1, "grams": CARTON}], "happened_at": "2020-08-19"}
    part = (await office.said("wholesaler", f"/api/v1/units/{unit}/splits", split))["outcome"]["units"][0]
    confirmed = {"asked_at": proposal["asked_at"], "digest": proposal["digest"], "reason": "positive"}
    outcome = (await office.said("hubei", HOLDS, {"question": {"units": [unit]}, **confirmed}))["outcome"]
    assert outcome["added"] == {"lots": [], "units": [part]}
    assert part in outcome["covers"]["units"]
    shown = await office.told("wholesaler", f"/api/v1/units/{part}")
    assert [hold["id"] for hold in shown["holds"]] == [outcome["hold"]]


async def test_a_digest_that_nobody_was_shown_confirms_nothing(office: Office) -> None:
    body = {"question": {"lots": [office.ids["lot"]]}, "asked_at": 5, "digest": "ab" * 32, "reason": "recall"}
    assert await office.refused("qingdao", HOLDS, body) == "hold.digest-differs"
    assert await office.refused("qingdao", HOLDS, {**body, "asked_at": 999_999}) == "hold.asked-later"
    assert await office.refused("qingdao", HOLDS, {**body, "question": {}}) == "hold.not-one-question"


async def test_a_witness_is_found_for_a_region_that_the_goods_came_to(office: Office) -> None:
    outcome = await office.hold("guangzhou", "lots", office.ids["lot"])
    assert outcome["covers"]["lots"] == [office.ids["lot"], office.ids["cubes"]]
    answer = await office.served.get("beijing", f"/api/v1/hold-proposals?lots={office.ids['lot']}")
    assert answer.status == 404


async def test_what_a_hold_would_cover_is_told_to_nobody_else(office: Office) -> None:
    for who in ("shop", "plant", "outsider", "platform"):
        answers = set()
        for lot in (office.ids["lot"], office.ids["waiting"], 999_999_999):
            answer = await office.served.get(who, f"/api/v1/hold-proposals?lots={lot}")
            answers.add((answer.status, (await answer.read()).replace(str(lot).encode(), b"LOT")))
        assert [status for status, _ in answers] == [403], who
    for unit in ("shop_unit", "unit"):
        answer = await office.served.get("outsider", f"/api/v1/hold-proposals?units={office.ids[unit]}")
        assert answer.status == 404


async def test_held_goods_stay_and_lifted_ones_go(office: Office) -> None:
    outcome = await office.hold("qingdao", "lots", office.ids["lot"])
    ship = {
        "facility": office.served.story.places["station"],
        "destination": office.served.story.places["wholesaler"],
        "items": [{"unit": office.ids["unit"], "pieces": 1, "grams": CARTON}],
        "departed_at": "2020-08-19",
    }
    assert await office.refused("station", "/api/v1/shipments", ship) == "unit.held"
    lifting = {"reason": "test_negative", "test": "3702000012345678", "note": "复检阴性"}
    await office.said("qingdao", f"{HOLDS}/{outcome['hold']}/lifting", lifting)
    await office.said("station", "/api/v1/shipments", ship)
    shown = await office.told("qingdao", f"{HOLDS}/{outcome['hold']}")
    assert (shown["lifted_because"], shown["lifted_on_test"]) == ("test_negative", "3702000012345678")
    assert shown["lifted_note"]["value"] == "复检阴性"
    assert (await office.told("station", f"/api/v1/units/{office.ids['unit']}"))["holds"] == []


async def test_an_arrival_is_held_with_what_is_registered_from_it_later(office: Office) -> None:
    outcome = await office.hold("qingdao", "arrivals", office.ids["arrival"], reason="papers_false")
    lots = {office.ids[name] for name in ("lot", "cubes", "waiting")}
    assert lots | {office.ids["arrival"]} == set(outcome["covers"]["lots"])
    registration = office.served.story.quay.registration(1, CARTON)
    del registration["code"]
    new = (await office.said("station", "/api/v1/lots", registration))["outcome"]
    arrival = await office.told("station", f"/api/v1/arrivals/{office.ids['arrival']}")
    assert [hold["id"] for hold in arrival["holds"]] == [outcome["hold"]]
    assert new["holds"] == [outcome["hold"]]
    shown = await office.told("station", f"/api/v1/lots/{new['lot']}")
    assert [hold["id"] for hold in shown["units"][0]["holds"]] == [outcome["hold"]]


async def test_each_is_told_of_a_hold_what_concerns_it(office: Office) -> None:
    outcome = await office.hold("qingdao", "lots", office.ids["lot"], note="核酸阳性", case_number="1")
    path = f"{HOLDS}/{outcome['hold']}"
    whole = await office.told("qingdao", path)
    shop = await office.told("shop", path)
    assert (shop["question"], shop["note"], shop["case_number"], shop["digest"]) == (None, None, None, None)
    assert whole["question"] == {"lots": [office.ids["lot"]]}
    # 15 cartons on hand; the 5 that it sold are a unit under its name, and no longer there.
    assert (shop["units"], shop["grams"], shop["lots"]) == (2, 15 * CARTON, 1)
    assert whole["units"] > shop["units"]
    hubei = await office.told("hubei", path)
    assert hubei["question"] is None, "another region's order is not its file"
    for who in ("outsider", "platform", "beijing"):
        answers = set()
        for each in (path, f"{HOLDS}/{outcome['hold'] + 1}"):
            answer = await office.served.get(who, each)
            answers.add((answer.status, (await answer.read()).replace(each.encode(), b"PATH")))
        assert [status for status, _ in answers] == [404], who
        assert (await office.told(who, HOLDS))["items"] == []
    for who in ("station", "importer", "wholesaler", "shop", "plant", "guangzhou", "auditor"):
        assert [each["id"] for each in (await office.told(who, HOLDS))["items"]] == [outcome["hold"]], who


async def test_a_keeper_holds_its_own_and_nobody_two_steps_away_learns_of_it(office: Office) -> None:
    outcome = await office.hold("wholesaler", "units", office.ids["wholesaler_unit"], reason="temperature")
    assert outcome["kind"] == "own"
    assert outcome["covers"]["units"] == [office.ids["wholesaler_unit"]]
    for who in ("station", "shop", "plant", "outsider"):
        assert (await office.told(who, HOLDS))["items"] == [], who
    (told,) = (await office.told("importer", HOLDS))["items"]
    keeper = office.served.story.parties["wholesaler"].organisation
    assert told["organisation"]["id"] == keeper, "whose goods they are learns who keeps them back"
    await office.said("wholesaler", f"{HOLDS}/{outcome['hold']}/lifting", {"reason": "remedied"})


async def test_lists_of_goods_are_narrowed_to_what_is_held(office: Office) -> None:
    assert (await office.told("shop", "/api/v1/units?held=true"))["items"] == []
    outcome = await office.hold("hubei", "units", office.ids["shop_unit"])
    held = (await office.told("shop", "/api/v1/units?held=true"))["items"]
    assert {unit["id"] for unit in held} == set(outcome["covers"]["units"])
    assert office.ids["shop_unit"] not in {
        unit["id"] for unit in (await office.told("shop", "/api/v1/units?held=false"))["items"]
    }
    lots = (await office.told("shop", "/api/v1/lots?held=true"))["items"]
    assert [lot["id"] for lot in lots] == [office.ids["lot"]]
    assert (await office.told("plant", "/api/v1/lots?held=true"))["items"] == []


async def test_whoever_scans_the_code_of_a_held_lot_is_told_so(office: Office) -> None:
    path = f"/t/{office.ids['case']}"
    before = await (await office.served.get("public", path)).json()
    assert before["state"] == "released"
    outcome = await office.hold("qingdao", "lots", office.ids["lot"])
    assert (await (await office.served.get("public", path)).json())["state"] == "held"
    assert (await office.told("public", f"/api/v1/releases/{office.ids['release']}"))["held"]
    await office.said("qingdao", f"{HOLDS}/{outcome['hold']}/lifting", {"reason": "error"})
    assert (await (await office.served.get("public", path)).json())["state"] == "released"

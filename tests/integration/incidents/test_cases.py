"""Cases over the interface: opened, tested, asked, answered, closed; who is told what of them."""

from __future__ import annotations

from typing import Any

from service.http.authentication import COOKIE
from tests.integration.incidents.conftest import Office
from tests.integration.reading.bazaar import CARTON

CASES, REQUESTS = "/api/v1/cases", "/api/v1/case-requests"
EVERYBODY = ("station", "shop", "plant", "wholesaler", "outsider", "platform", "beijing", "guangzhou")


async def opened(office: Office, who: str = "qingdao", **changes: Any) -> int:
    """A case about the beef."""
    body = {
        "number": "青卫查 2020-1",
        "hazard": "sars_cov_2",
        "subject": {"lots": [office.ids["lot"]]},
        "sampled_at": "2020-08-18",
        "note": "张三采样",
        **changes,
    }
    return int((await office.said(who, CASES, body))["outcome"]["case"])


async def recorded(office: Office, case: int, stage: str, result: str) -> str:
    """A result; how the case stands then."""
    body = {"stage": stage, "result": result, "test": f"{stage}-{result}"}
    return str((await office.said("qingdao", f"{CASES}/{case}/tests", body))["outcome"]["state"])


async def asked(office: Office, case: int, who: str = "qingdao", to: str = "station", **changes: Any) -> int:
    """A request; its id."""
    body = {
        "to": office.served.story.parties[to].organisation,
        "asks": ["seal_stock", "count"],
        "lots": [office.ids["lot"]],
        "hours": 24,
        "note": "请联系李四",
        **changes,
    }
    return int((await office.said(who, f"{CASES}/{case}/requests", body))["outcome"]["request"])


async def test_a_case_is_one_file_from_suspicion_to_closure(office: Office) -> None:
    case = await opened(office)
    at = f"{CASES}/{case}"
    told = await office.told("qingdao", at)
    assert (told["state"], told["leads"], told["note"]["value"]) == ("suspected", True, "张三采样")
    assert [each["what"] for each in told["next"]] == ["expose", "request", "test"]
    assert await recorded(office, case, "screening", "positive") == "suspected"
    request = await asked(office, case)
    assert [each["what"] for each in (await office.told("qingdao", at))["next"]] == ["expose", "confirm"]
    hold = await office.hold("qingdao", "lots", office.ids["lot"], case=case)
    assert await recorded(office, case, "retest", "negative") == "cleared"
    assert (
        await office.refused("qingdao", f"{at}/closing", {"conclusion": "no_hazard"}) == "case.holds-in-force"
    )
    lifting = {"reason": "test_negative"}
    await office.said("qingdao", f"/api/v1/holds/{hold['hold']}/lifting", lifting)
    assert (
        await office.refused("qingdao", f"{at}/closing", {"conclusion": "no_hazard"}) == "case.requests-open"
    )
    counted = [{"unit": office.ids["unit"], "pieces": 40, "grams": 40 * CARTON}]
    answer = {"answer": "done", "counted": counted, "note": "王五清点"}
    await office.said("station", f"{REQUESTS}/{request}/answers", answer)
    told = await office.told("qingdao", at)
    assert [each["what"] for each in told["next"]] == ["close"]
    assert (told["holds"], told["holds_in_force"], told["requests"], told["waiting"]) == (1, 0, 1, 0)
    await office.said("qingdao", f"{at}/closing", {"conclusion": "no_hazard"})
    told = await office.told("qingdao", at)
    assert (told["state"], told["conclusion"], told["next"]) == ("closed", "no_hazard", [])
    steps = (await office.told("qingdao", f"{at}/steps"))["items"]
    assert [each["kind"] for each in steps] == [
        *("case-opened", "case-tested", "request-made", "hold-placed", "case-tested", "hold-lifted"),
        *("request-answered", "case-closed"),
    ]
    assert steps[0]["position"] == told["opened_in"]
    assert steps[-1]["position"] == told["closed_in"] == told["position"]


async def test_a_case_as_it_was_known(office: Office) -> None:
    case = await opened(office)
    then = (await office.told("qingdao", f"{CASES}/{case}"))["position"] + 1
    await recorded(office, case, "screening", "positive")
    await recorded(office, case, "confirmation", "positive")
    await asked(office, case)
    was = await office.told("qingdao", f"{CASES}/{case}?as_of={then}")
    assert (was["state"], was["tests"], was["requests"]) == ("suspected", [], 0)
    assert (await office.told("qingdao", f"{CASES}/{case}"))["state"] == "confirmed"
    assert (await office.served.get("qingdao", f"{CASES}/{case}?as_of={then - 1}")).status == 404


async def test_a_request_is_acknowledged_and_answered_by_its_addressee(office: Office) -> None:
    case = await opened(office)
    request = await asked(office, case)
    told = await office.told("station", f"{REQUESTS}/{request}")
    assert (told["case"], told["case_number"], told["state"]) == (None, "青卫查 2020-1", "open")
    assert told["note"]["value"] == "请联系李四", "what was written to it is its own to read"
    assert [each["id"] for each in told["stock"]] == [office.ids["unit"]]
    await office.said("station", f"{REQUESTS}/{request}/acknowledgement", {})
    answers = f"{REQUESTS}/{request}/answers"
    assert await office.refused("station", answers, {"answer": "done"}) == "case-request.not-counted"
    evidence = {"answer": "partly", "evidence": ["ab" * 32]}
    assert await office.refused("station", answers, evidence) == "finding.file-not-uploaded"
    await office.said("station", answers, {"answer": "partly"})
    told = await office.told("qingdao", f"{REQUESTS}/{request}")
    assert (told["case"], told["state"], told["answer"]) == (case, "answered", "partly")


async def test_who_may_see_a_case_and_what_of_it(office: Office) -> None:
    case = await opened(office, "hubei")
    request = await asked(office, case, "hubei", "wholesaler")
    for who in (*EVERYBODY, "qingdao"):
        answers = set()
        for key in (case, 999_999_999):
            for path in (f"{CASES}/{key}", f"{CASES}/{key}/steps"):
                answer = await office.served.get(who, path)
                said = (await answer.read()).replace(path.encode(), b"PATH")
                answers.add((answer.status, said))
        assert [status for status, _ in answers] == [404], who
        if who != "wholesaler":
            assert (await office.served.get(who, f"{REQUESTS}/{request}")).status == 404, who
            assert (await office.told(who, REQUESTS))["items"] == [], who
        assert (await office.told(who, CASES))["items"] == [], who
    assert (await office.told("auditor", f"{CASES}/{case}"))["leads"]
    assert [each["id"] for each in (await office.told("wholesaler", REQUESTS))["items"]] == [request]


async def test_an_authority_in_whose_region_something_was_asked_learns_that_there_is_a_case(
    office: Office,
) -> None:
    wuhan = office.served.story.parties["hubei"]
    case = await opened(office, "hubei")
    request = await asked(office, case, "hubei", "wholesaler")
    await asked(office, case, "hubei", "shop", asks=["stop_sale"], lots=[office.ids["lot"]])
    assert wuhan.organisation
    told = (await office.told("hubei", f"{REQUESTS}?case={case}"))["items"]
    assert [each["addressee"]["name"] for each in told][-1] == "示例wholesaler"
    assert (await office.told("wholesaler", f"{REQUESTS}?case={case}"))["items"] == [], "no case of its own"
    assert request == told[-1]["id"]


async def test_lists_are_filtered(office: Office) -> None:
    first = await opened(office)
    drill = await opened(office, number="演练 1", drill=True, hazard="asf")
    for asked_for, found in (
        ("drill=true", [drill]),
        ("drill=false", [first]),
        ("hazard=asf", [drill]),
        ("number=2020-1", [first]),
        ("state=closed", []),
        ("state=suspected", [drill, first]),
    ):
        items = (await office.told("qingdao", f"{CASES}?{asked_for}"))["items"]
        assert [each["id"] for each in items] == found, asked_for
    request = await asked(office, drill)
    for asked_for, found in (("state=open", [request]), ("overdue=true", []), ("state=answered", [])):
        items = (await office.told("station", f"{REQUESTS}?{asked_for}"))["items"]
        assert [each["id"] for each in items] == found, asked_for
    assert (await office.told("station", f"{REQUESTS}/{request}"))["drill"]


async def test_a_drill_holds_nothing_and_is_not_public(office: Office) -> None:
    lot = office.ids["lot"]
    before = await (await office.served.get("public", f"/api/v1/codes/{office.ids['code']}")).read()
    hold = await office.hold("qingdao", "lots", lot, case=await opened(office, drill=True))
    assert hold["covers"]["lots"], "what it would have covered is on record"
    assert (await office.told("station", f"/api/v1/units/{office.ids['unit']}"))["holds"] == []
    # The goods went to Hubei: its authority is told of holds on them, and of no drill's.
    for who, told in (("qingdao", [hold["hold"]]), ("hubei", []), ("station", []), ("shop", [])):
        assert [each["id"] for each in (await office.told(who, "/api/v1/holds"))["items"]] == told, who
    after = await (await office.served.get("public", f"/api/v1/codes/{office.ids['code']}")).read()
    assert after == before


async def exposure(office: Office, case: int, **terms: Any) -> dict[str, Any]:
    """Record what is exposed; it as the case has it."""
    body = {"terms": terms} if terms else {}
    said = await office.said("qingdao", f"{CASES}/{case}/exposures", body)
    found = (await office.told("qingdao", f"{CASES}/{case}"))["exposures"]
    (answer,) = (each for each in found if each["id"] == said["outcome"]["exposure"])
    return dict(answer)


async def held(office: Office, *units: str) -> dict[str, list[int]]:
    """The holds that are shown on units of the story, by their names."""
    told = {name: await office.told("auditor", f"/api/v1/units/{office.ids[name]}") for name in units}
    return {name: [hold["id"] for hold in unit["holds"]] for name, unit in told.items()}


async def test_what_is_exposed_is_recorded_and_held(office: Office) -> None:
    case = await opened(office)
    known = await exposure(office, case, hops=0)
    assert known["counts"]["tiers"] == {"0": known["counts"]["units"]}
    assert (known["counts"]["lots"], known["counts"]["new"]) == (2, None)
    assert known["question"]["lots"] == [office.ids["lot"]]
    assert known["question"]["known_before"] == (await office.told("qingdao", f"{CASES}/{case}"))["opened_in"]
    done = await office.said("qingdao", f"{CASES}/{case}/holds", {"exposure": known["id"], "tiers": [0]})
    assert (done["asked_at"], done["elsewhere"]) == (known["asked_at"], 0)
    marks = await held(
        office, "unit", "wholesaler_unit", "shop_unit", "cubes_unit", "station-wholesaler unit"
    )
    assert all(marks.values()), "all of it, wherever it is"
    told = await office.told("qingdao", f"{CASES}/{case}")
    assert told["holds_in_force"] == len(done["holds"]) == len(told["hold_list"])
    again = {"exposure": known["id"], "tiers": [0, 1, 2, 3, 4, 5]}
    assert await office.refused("qingdao", f"{CASES}/{case}/holds", again) == "case.nothing-to-hold"
    lifted = await office.said("qingdao", f"{CASES}/{case}/lifting", {"reason": "test_negative"})
    assert lifted["holds"] == sorted(each["hold"] for each in done["holds"])
    assert not any((await held(office, "unit", "shop_unit", "cubes_unit")).values())
    nothing = await office.refused("qingdao", f"{CASES}/{case}/lifting", {"reason": "test_negative"})
    assert nothing == "case.nothing-to-lift"


async def test_some_holds_of_a_case_are_lifted(office: Office) -> None:
    case = await opened(office)
    first = await office.hold("qingdao", "lots", office.ids["lot"], case=case)
    other = await office.hold("qingdao", "lots", office.ids["waiting"], case=case)
    lifting = {"reason": "remedied", "holds": [first["hold"]]}
    assert (await office.said("qingdao", f"{CASES}/{case}/lifting", lifting))["holds"] == [first["hold"]]
    assert (await office.told("qingdao", f"{CASES}/{case}"))["holds_in_force"] == 1
    assert not (await office.told("qingdao", f"/api/v1/holds/{other['hold']}"))["lifted_at"]
    assert await office.refused("hubei", f"{CASES}/{case}/lifting", lifting) == "request.not-found"


async def test_asked_again_it_says_what_is_new(office: Office) -> None:
    case = await opened(office)
    first = await exposure(office, case, hops=0)
    split = {"parts": [{"pieces": 1, "grams": CARTON}], "happened_at": "2020-08-19"}
    await office.said("station", f"/api/v1/units/{office.ids['unit']}/splits", split)
    second = await exposure(office, case, hops=0)
    assert second["counts"]["units"] == first["counts"]["units"] + 1
    assert second["counts"]["new"] == 1
    assert second["digest"] != first["digest"]
    done = await office.said("qingdao", f"{CASES}/{case}/holds", {"exposure": first["id"], "tiers": [0]})
    assert sum(each["added"] for each in done["holds"]) <= 1, "what moved since is taken along"
    assert (
        await office.refused("qingdao", f"{CASES}/{case}/holds", {"exposure": second["id"], "tiers": [0]})
        == "case.nothing-to-hold"
    )


async def test_another_cases_answer_is_not_held(office: Office) -> None:
    case, other = await opened(office), await opened(office)
    known = await exposure(office, other, hops=0)
    holding = {"exposure": known["id"], "tiers": [0]}
    assert await office.refused("qingdao", f"{CASES}/{case}/holds", holding) == "case.exposure-not-found"
    assert await office.refused("hubei", f"{CASES}/{other}/holds", holding) == "request.not-found"
    assert await office.refused("station", f"{CASES}/{other}/holds", holding) == "request.not-found"


async def test_an_alarm_opens_asks_and_holds(office: Office) -> None:
    alarm = {
        "number": "青卫查 2020-2",
        "hazard": "sars_cov_2",
        "subject": {"lots": [office.ids["waiting"]]},
        "sampled_at": "2020-08-18",
        "hold_tiers": [0, 3],
        "terms": {"hops": 1},
    }
    done = await office.said("qingdao", "/api/v1/alarms", alarm)
    told = await office.told("qingdao", f"{CASES}/{done['case']}")
    assert told["exposures"][0]["id"] == done["exposure"]
    assert [each["id"] for each in told["hold_list"]] == sorted(
        (each["hold"] for each in done["holds"]), reverse=True
    )
    assert done["holds"]
    assert [each["what"] for each in told["next"]] == ["request", "test"]
    assert await office.refused("station", "/api/v1/alarms", alarm) == "party.role-missing"


async def test_a_lot_that_came_to_the_region_is_held_wherever_it_is(office: Office) -> None:
    case = await opened(office, "hubei")
    said = await office.said("hubei", f"{CASES}/{case}/exposures", {"terms": {"hops": 0}})
    holding = {"exposure": said["outcome"]["exposure"], "tiers": [0]}
    done = await office.said("hubei", f"{CASES}/{case}/holds", holding)
    assert (len(done["holds"]), done["holds"][0]["lots"], done["elsewhere"]) == (1, 2, 0)
    assert all((await held(office, "unit", "wholesaler_unit", "shop_unit", "cubes_unit")).values())


async def test_single_units_that_left_the_region_are_told_and_not_held(office: Office) -> None:
    """A part of a lot: what went on to Guangzhou is for the authority there."""
    case = await opened(office, "hubei", subject={"units": [office.ids["wholesaler_unit"]]})
    said = await office.said("hubei", f"{CASES}/{case}/exposures", {"terms": {"hops": 0}})
    holding = {"exposure": said["outcome"]["exposure"], "tiers": [0]}
    done = await office.said("hubei", f"{CASES}/{case}/holds", holding)
    assert (done["holds"][0]["lots"], done["elsewhere"] > 0) == (0, True)
    marks = await held(office, "unit", "wholesaler_unit", "shop_unit", "cubes_unit")
    assert {name: bool(holds) for name, holds in marks.items()} == {
        "unit": False,
        "wholesaler_unit": True,
        "shop_unit": True,
        "cubes_unit": False,
    }


async def test_a_drill_of_an_alarm_holds_nothing(office: Office) -> None:
    alarm = {
        "number": "演练",
        "hazard": "other",
        "drill": True,
        "subject": {"lots": [office.ids["lot"]]},
        "sampled_at": "2020-08-18",
        "hold_tiers": [0],
    }
    done = await office.said("qingdao", "/api/v1/alarms", alarm)
    assert done["holds"]
    assert not any((await held(office, "unit", "shop_unit")).values())
    again = {"exposure": done["exposure"], "tiers": [0]}
    code = await office.refused("qingdao", f"{CASES}/{done['case']}/holds", again)
    assert code == "case.nothing-to-hold", "sent again it is held once"


async def test_a_zone_and_a_vehicle_may_be_what_a_case_is_about(office: Office) -> None:
    zone = {"facility": office.served.story.places["station"], "zone": 1}
    case = await opened(office, subject={"zone": zone})
    known = await exposure(office, case)
    assert (known["question"]["facility"], known["question"]["zone"]) == (zone["facility"], 1)
    unknown = {"number": "1", "hazard": "asf", "subject": {"vehicle": 999_999_999}}
    assert await office.refused("qingdao", CASES, unknown) == "case.vehicle-not-found"


async def test_evidence_is_shown_with_its_request(office: Office) -> None:
    assert office.served.client.app is not None
    scan = b"%PDF-1.4\nsealed stock\n%%EOF\n"
    secret, csrf = office.sessions["station"]
    headers = {"Cookie": f"{COOKIE}={secret}", "X-CSRF-Token": csrf, "Content-Type": "application/pdf"}
    kept = await office.served.client.post("/api/v1/files", data=scan, headers=headers)
    digest = (await kept.json())["sha256"]
    request = await asked(office, await opened(office))
    answer = {"answer": "partly", "evidence": [digest]}
    await office.said("station", f"{REQUESTS}/{request}/answers", answer)
    for who, status in (("qingdao", 200), ("station", 200), ("shop", 404), ("hubei", 404)):
        assert (await office.served.get(who, f"/api/v1/files/{digest}")).status == status, who


async def test_a_hold_names_its_case_to_who_may_know_it(office: Office) -> None:
    case = await opened(office)
    hold = await office.hold("qingdao", "lots", office.ids["lot"], case=case)
    assert (await office.told("qingdao", f"/api/v1/holds/{hold['hold']}"))["case"] == case
    assert (await office.told("shop", f"/api/v1/holds/{hold['hold']}"))["case"] is None


async def test_a_statement_tells_no_more_of_a_hold_than_the_hold_does(office: Office) -> None:
    """The beef went to Hubei: its authority is told that it is held, and not by which case."""
    placed = await office.hold("qingdao", "lots", office.ids["lot"], case=await opened(office))
    shown = await office.told("hubei", f"/api/v1/holds/{placed['hold']}")
    assert (shown["case"], shown["question"]) == (None, None)
    told = {
        who: (await office.served.get(who, f"/api/v1/entries/{shown['position']}")).status
        for who in ("qingdao", "auditor", "hubei", "guangzhou", "station")
    }
    assert told == {"qingdao": 200, "auditor": 200, "hubei": 404, "guangzhou": 404, "station": 404}

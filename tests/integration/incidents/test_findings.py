"""Findings over the interface: raised by a breach or by hand, answered with evidence, assigned, closed."""

from __future__ import annotations

from datetime import UTC, datetime

from service.http.keys import DATABASE, FILES
from service.storage import query
from tests.integration.incidents.conftest import Office
from tests.integration.reading.bazaar import CARTON, SCAN, SCAN_DIGEST

FINDINGS = "/api/v1/findings"


async def sold_although_held(office: Office) -> int:
    """The finding of a sale that broke a rule."""
    await office.hold("hubei", "units", office.ids["shop_unit"])
    sale = {"pieces": 1, "grams": CARTON, "happened_at": "2020-08-19"}
    receipt = await office.said("shop", f"/api/v1/units/{office.ids['shop_unit']}/sales", sale)
    # Dated years back as well: this story is of 2020, and the service's clock is not.
    assert "unit.held" in [rule["code"] for rule in receipt["breach"]]
    return int(receipt["position"] * 1000 + 998)


async def uploaded(office: Office, who: str) -> None:
    """The scan of the story, uploaded by somebody."""
    app = office.served.client.app
    assert app is not None
    organisation = office.served.story.parties[who].organisation
    await app[DATABASE].writer.execute(query("private/upload.save"), SCAN_DIGEST, organisation)


async def test_a_breach_is_told_in_words_to_who_answers_and_to_the_authority(office: Office) -> None:
    key = await sold_although_held(office)
    mine = await office.told("shop", f"{FINDINGS}/{key}")
    theirs = await office.told("hubei", f"{FINDINGS}/{key}")
    assert mine["kind"] == "goods-sold"
    assert [rule["title"] for rule in mine["rules"] if rule["code"] == "unit.held"] == [
        rule["title"] for rule in theirs["rules"] if rule["code"] == "unit.held"
    ]
    assert (mine["state"], mine["overdue"], mine["hold_in_force"]) == ("open", False, True)
    assert [lot["id"] for lot in mine["lots"]] == [office.ids["lot"]]
    for who in ("station", "wholesaler", "plant", "qingdao", "platform"):
        assert (await office.served.get(who, f"{FINDINGS}/{key}")).status == 404, who
        listed = (await office.told(who, FINDINGS))["items"] if who != "platform" else []
        assert key not in [each["id"] for each in listed], who


async def test_a_finding_is_answered_with_evidence_asked_again_and_closed(office: Office) -> None:
    key = await sold_although_held(office)
    path = f"{FINDINGS}/{key}"
    answer = {"explanation": "by_others", "note": "临时工李四售出", "evidence": [SCAN_DIGEST]}
    assert await office.refused("shop", f"{path}/answers", answer) == "finding.file-not-uploaded"
    await uploaded(office, "shop")
    await office.said("shop", f"{path}/answers", answer)
    shown = await office.told("hubei", path)
    assert (shown["state"], shown["answer"], shown["evidence"]) == ("answered", "by_others", [SCAN_DIGEST])
    assert "value" not in shown["note"], "what is said of people is read for a reason"
    reading = {"position": shown["answered_in"], "purpose": "inspection"}
    _, told = await office.say("hubei", "/api/v1/personal-readings", reading)
    assert "临时工李四售出" in str(told)
    assert (await office.told("shop", path))["note"]["value"] == "临时工李四售出"
    assert await (await office.served.get("hubei", f"/api/v1/files/{SCAN_DIGEST}")).read() == SCAN
    await office.said("hubei", f"{path}/assignments", {"days": 5})
    assert (await office.told("shop", path))["state"] == "open"
    await office.said("hubei", f"{path}/closing", {"conclusion": "fined", "lift": True})
    closed = await office.told("shop", path)
    assert (closed["state"], closed["conclusion"], closed["hold_in_force"]) == ("closed", "fined", False)
    hold = await office.told("hubei", f"/api/v1/holds/{closed['hold']}")
    assert hold["lifted_because"] == "finding_fined"
    assert await office.refused("shop", f"{path}/answers", {"explanation": "other"}) == "finding.closed"


async def test_evidence_is_shown_to_who_sees_the_finding_alone(office: Office) -> None:
    app = office.served.client.app
    assert app is not None
    stored = await app[FILES].store(_once(b"%PDF-1.4\nevidence\n%%EOF\n"))
    organisation = office.served.story.parties["wholesaler"].organisation
    await app[DATABASE].writer.execute(query("private/upload.save"), stored.digest, organisation)
    place = office.served.story.places["wholesaler"]
    said = await office.said("hubei", FINDINGS, {"facility": place, "rule": "temperature", "days": 2})
    answer = {"explanation": "remedied", "evidence": [stored.digest]}
    await office.said("wholesaler", f"{FINDINGS}/{said['outcome']['finding']}/answers", answer)
    statuses = {
        who: (await office.served.get(who, f"/api/v1/files/{stored.digest}")).status
        for who in ("wholesaler", "hubei", "auditor", "shop", "qingdao", "public")
    }
    assert statuses == {
        **dict.fromkeys(("wholesaler", "hubei", "auditor"), 200),
        **dict.fromkeys(("shop", "qingdao"), 404),
        "public": 401,
    }


async def _once(chunk: bytes):  # type: ignore[no-untyped-def]
    yield chunk


async def test_lists_are_narrowed_and_the_overdue_ones_derived(office: Office) -> None:
    place = office.served.story.places["wholesaler"]
    keys = [
        (await office.said("hubei", FINDINGS, {"facility": place, "rule": rule, "days": 1}))["outcome"][
            "finding"
        ]
        for rule in ("temperature", "unlabelled")
    ]
    app = office.served.client.app
    assert app is not None
    late = f"{datetime.now(UTC):%Y-%m-%dT}00:00:00.000000Z"
    await office.said("wholesaler", f"{FINDINGS}/{keys[1]}/answers", {"explanation": "remedied"})
    await _make_due(office, late)
    listed = {
        question: [each["id"] for each in (await office.told("hubei", f"{FINDINGS}?{question}"))["items"]]
        for question in (
            "overdue=true", "overdue=false", "state=answered", "rule=inspection.temperature",
            "region=420100", "region=420000", "region=430000", f"owner={_owner(office)}", "owner=1",
        )
    }  # fmt: skip
    assert listed == {
        "overdue=true": [keys[0]],
        "overdue=false": [keys[1]],
        "state=answered": [keys[1]],
        "rule=inspection.temperature": [keys[0]],
        "region=420100": [keys[1], keys[0]],
        "region=420000": [keys[1], keys[0]],
        "region=430000": [],
        f"owner={_owner(office)}": [keys[1], keys[0]],
        "owner=1": [],
    }


def _owner(office: Office) -> int:
    return office.served.story.parties["wholesaler"].organisation


async def _make_due(office: Office, due_at: str) -> None:
    """As if days had passed: rows alone, as no statement can be dated back."""
    app = office.served.client.app
    assert app is not None
    await app[DATABASE].writer.execute("UPDATE incidents.finding SET due_at = $1", due_at)


async def test_an_inspector_names_only_lots_that_it_sees(office: Office) -> None:
    said = {"facility": office.served.story.places["wholesaler"], "rule": "unlabelled"}
    unseen = await office.refused("hubei", FINDINGS, {**said, "lots": [office.ids["waiting"]]})
    nowhere = await office.refused("hubei", FINDINGS, {**said, "lots": [999_999_999]})
    assert unseen == nowhere == "finding.lot-not-found"
    await office.said("hubei", FINDINGS, {**said, "lots": [office.ids["cubes"]]})

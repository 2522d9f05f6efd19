"""Recalls over the interface: proposed, ordered, begun, reported, disposed of, finished; who is told what."""

from __future__ import annotations

from typing import Any

from tests.integration.incidents.conftest import Office
from tests.integration.incidents.test_findings import uploaded
from tests.integration.reading.bazaar import CARTON, SCAN_DIGEST

RECALLS = "/api/v1/recalls"
LEVEL_1 = {"level": 1, "reason": "positive", "measures": ["stop_sale", "seal"]}


async def case(office: Office, who: str = "qingdao", **changes: Any) -> int:
    """A case of the beef."""
    said = {"number": "青卫查 2026-7", "hazard": "sars_cov_2", "subject": {"lots": [office.ids["lot"]]}}
    receipt = await office.said(who, "/api/v1/cases", {**said, **changes})
    return int(receipt["outcome"]["case"])


async def ordered(office: Office, who: str = "qingdao", **changes: Any) -> int:
    """The beef is called back, as it was proposed."""
    lot = office.ids["lot"]
    proposal = await office.told(who, f"/api/v1/recall-proposals?lots={lot}")
    body = {
        "question": {"lots": [lot]},
        "asked_at": proposal["asked_at"],
        "digest": proposal["digest"],
        **LEVEL_1,
        **changes,
    }
    return int((await office.said(who, RECALLS, body))["outcome"]["recall"])


async def under_a_case(office: Office, **changes: Any) -> int:
    """An authority's recall."""
    drill = changes.pop("drill", False)
    return await ordered(office, case=await case(office, drill=drill), **changes)


def parts(office: Office, recall: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The parts by the names that the story has for their businesses."""
    names = {party.organisation: name for name, party in office.served.story.parties.items()}
    return {names[part["organisation"]["id"]]: part for part in recall["parts"]}


async def test_who_has_how_much_of_it_is_proposed_and_then_addressed(office: Office) -> None:
    proposal = await office.told("qingdao", f"/api/v1/recall-proposals?lots={office.ids['lot']}")
    holders = {each["organisation"]["name"]: each["grams"] for each in proposal["holders"]}
    assert sum(holders.values()) == proposal["grams"] + proposal["gone_grams"]
    told = await office.told("qingdao", f"{RECALLS}/{await under_a_case(office)}")
    assert {part["organisation"]["name"]: part["grams"] for part in told["parts"]} == holders
    assert (told["state"], told["overdue"], told["located_percent"]) == ("ordered", False, 0)
    accounted = parts(office, told)["wholesaler"]["accounted"]
    assert accounted == {"held": 23 * CARTON, "returned": 0, "sold": 0, "destroyed": 0}
    hold = await office.told("qingdao", f"/api/v1/holds/{told['hold']}")
    assert (hold["kind"], hold["grams"]) == ("recall", proposal["grams"])


async def test_a_business_begins_reports_destroys_and_is_told_of_itself_alone(office: Office) -> None:
    recall = await under_a_case(office)
    path = f"{RECALLS}/{recall}"
    await uploaded(office, "wholesaler")
    day = (await office.told("wholesaler", path))["ordered_at"]
    await office.said("wholesaler", f"{path}/starts", {"happened_at": day, "note": "张三负责"})
    destruction = {
        "pieces": 3, "grams": 3 * CARTON, "happened_at": day, "method": "incineration",
        "evidence": [SCAN_DIGEST],
    }  # fmt: skip
    unit = office.ids["wholesaler_unit"]
    destroyed = await office.said("wholesaler", f"/api/v1/units/{unit}/destructions", destruction)
    report = {"found_grams": 20 * CARTON, "destroyed_grams": 3 * CARTON, "evidence": [SCAN_DIGEST]}
    assert await office.refused("plant", f"{path}/reports", {**report}) == "finding.file-not-uploaded"
    receipt = await office.said("wholesaler", f"{path}/reports", report)
    assert receipt["breach"] == [], "what was found and destroyed adds up to what the ledger says"
    (way,) = (await office.told("wholesaler", f"{path}/ways-out"))["items"]
    assert way["statement"] == destroyed["position"]
    await office.said("wholesaler", "/api/v1/disposals", {"recall": recall, "statement": way["statement"]})
    assert (await office.told("wholesaler", f"{path}/ways-out"))["items"] == []
    mine = await office.told("wholesaler", path)
    assert ([*parts(office, mine)], mine["located_percent"], mine["addressed"]) == (["wholesaler"], 100, 1)
    assert [each["grams"] for each in mine["disposals"]] == [3 * CARTON]
    assert (mine["case"], mine["state"]) == (None, "started")
    whole = await office.told("qingdao", path)
    assert parts(office, whole)["wholesaler"]["report"]["destroyed"] == 3 * CARTON
    assert whole["disposed_grams"] == 3 * CARTON
    assert whole["reported"] == 1 < whole["addressed"]
    seen = await office.served.get("qingdao", f"/api/v1/files/{SCAN_DIGEST}")
    assert seen.status == 200


async def test_a_report_is_compared_with_the_ledger_by_the_service(office: Office) -> None:
    recall = await under_a_case(office)
    path = f"{RECALLS}/{recall}/reports"
    receipt = await office.said("shop", path, {"found_grams": 14 * CARTON, "sold_grams": 5 * CARTON})
    assert [rule["code"] for rule in receipt["breach"]] == ["recall.sums-differ"]
    finding = await office.told("shop", f"/api/v1/findings/{receipt['position'] * 1000 + 998}")
    assert finding["lots"] == [], "a finding about one business tells nothing of others"
    right = await office.said("shop", path, {"found_grams": 15 * CARTON, "sold_grams": 5 * CARTON})
    assert right["breach"] == []
    assert await office.refused("outsider", path, {"found_grams": 0}) == "recall.not-found"


async def test_what_was_sent_away_and_goods_that_came_later_are_accounted_for(office: Office) -> None:
    recall = await under_a_case(office)
    path = f"{RECALLS}/{recall}"
    day = (await office.told("shop", path))["ordered_at"]
    load = {
        "facility": office.served.story.places["shop"],
        "destination": office.served.story.places["outsider"],
        "departed_at": day,
        "purpose": "disposal",
        "items": [{"unit": office.ids["shop_unit"], "pieces": 4, "grams": 4 * CARTON}],
    }
    shipped = await office.said("shop", "/api/v1/shipments", load)
    assert (await office.served.get("outsider", path)).status == 200, "who is sent recalled goods is told"
    receipt = {"happened_at": day, "items": [
        {"unit": shipped["outcome"]["units"][0], "pieces": 4, "grams": 4 * CARTON}]}  # fmt: skip
    shipment = shipped["outcome"]["shipment"]
    await office.said("outsider", f"/api/v1/shipments/{shipment}/receipt", receipt)
    now = parts(office, await office.told("qingdao", path))
    assert now["shop"]["accounted"]["returned"] == 4 * CARTON
    assert (now["outsider"]["grams"], now["outsider"]["accounted"]["held"]) == (0, 4 * CARTON)
    found = await office.said("outsider", f"{path}/reports", {"found_grams": 4 * CARTON})
    assert found["breach"] == []
    sent = {"found_grams": 11 * CARTON, "sold_grams": 5 * CARTON, "returned_grams": 4 * CARTON}
    assert (await office.said("shop", f"{path}/reports", sent))["breach"] == []


async def test_who_sees_a_recall_and_how_much_of_it(office: Office) -> None:
    recall = await under_a_case(office)
    seen = {}
    for who in ("station", "shop", "plant", "outsider", "hubei", "guangzhou", "beijing", "auditor"):
        answer = await office.served.get(who, f"{RECALLS}/{recall}")
        body = await answer.json()
        seen[who] = sorted(parts(office, body)) if answer.status == 200 else None
    assert seen == {
        "station": ["station"],
        "shop": ["shop"],
        "plant": ["plant"],
        "outsider": None,
        "hubei": ["shop", "wholesaler"],
        "guangzhou": ["plant", "restaurant"],
        "beijing": None,
        "auditor": ["importer", "plant", "restaurant", "shop", "station", "wholesaler"],
    }
    assert (await office.told("hubei", f"{RECALLS}/{recall}"))["case"] is None


async def test_the_public_is_told_only_where_the_recall_says_so_and_no_drill(office: Office) -> None:
    async def told() -> Any:
        return (await office.told("public", f"/t/{office.ids['code']}"))["recall"]

    assert await told() is None
    quiet = await under_a_case(office)
    assert await told() is None
    await office.said("qingdao", f"{RECALLS}/{quiet}/withdrawal", {"reason": "error"})
    await under_a_case(office, drill=True, public=True)
    assert await told() is None
    withdrawn = await under_a_case(office, public=True)
    await office.said("qingdao", f"{RECALLS}/{withdrawn}/withdrawal", {"reason": "test_negative"})
    assert await told() is None
    public = await under_a_case(office, public=True, level=2)
    assert {"level": 2, "reason": "positive"}.items() <= (await told()).items()
    await office.said("qingdao", f"{RECALLS}/{public}/finishing", {"without_reports": True})
    assert (await told())["level"] == 2, "goods may be at home still"


async def test_a_recall_is_proposed_to_who_may_order_it_alone(office: Office) -> None:
    asked = f"/api/v1/recall-proposals?lots={office.ids['lot']}"
    assert (await office.served.get("station", asked)).status == 200
    shop = await office.served.get("shop", asked)
    assert (await shop.json())["code"] == "recall.goods-not-found", (
        "who has the rest is no customer's business"
    )
    assert (await office.served.get("outsider", asked)).status == 404
    own = await office.served.get("shop", f"/api/v1/recall-proposals?units={office.ids['shop_unit']}")
    assert own.status == 200
    body = {"question": {"lots": [office.ids["lot"]]}, "asked_at": 1, "digest": "0" * 64, **LEVEL_1}
    assert await office.refused("qingdao", RECALLS, body) == "recall.digest-differs"


async def test_lists_are_narrowed(office: Office) -> None:
    first = await under_a_case(office)
    second = await ordered(office, "station")
    await office.said("station", f"{RECALLS}/{second}/withdrawal", {"reason": "error"})
    lot = office.ids["lot"]
    listed = {
        question: [each["id"] for each in (await office.told("qingdao", f"{RECALLS}?{question}"))["items"]]
        for question in ("", "running=true", "running=false", "state=withdrawn", f"lot={lot}", "lot=1")
    }
    assert listed == {
        "": [second, first],
        "running=true": [first],
        "running=false": [second],
        "state=withdrawn": [second],
        f"lot={lot}": [second, first],
        "lot=1": [],
    }


async def test_whom_else_a_recall_addresses_is_not_told_by_its_statement(office: Office) -> None:
    """Another region's authority is told of businesses there; the statement names them all."""
    recall = await under_a_case(office)
    shown = await office.told("hubei", f"{RECALLS}/{recall}")
    assert {part["organisation"]["region"][:2] for part in shown["parts"]} == {"42"}
    told = {
        who: (await office.served.get(who, f"/api/v1/entries/{shown['position']}")).status
        for who in ("qingdao", "auditor", "hubei", "wholesaler")
    }
    assert told == {"qingdao": 200, "auditor": 200, "hubei": 404, "wholesaler": 404}

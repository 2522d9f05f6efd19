"""From scans, receipts, papers and times to findings: what is detected over a ledger, and who sees it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from service.http.keys import DATABASE, LEDGER
from service.incidents.detecting import gathering
from service.incidents.detecting.runner import DETECTORS
from service.ledger import audit
from service.registry import make_registry
from service.storage import query
from tests.integration.incidents.conftest import Office
from tests.integration.reading.bazaar import CARTON, SCAN_DIGEST

FINDINGS = "/api/v1/findings"
REGISTRY = make_registry()


def moment(minutes: int) -> str:
    """So many minutes before now, in China."""
    return (datetime.now(UTC) - timedelta(minutes=minutes)).strftime("%Y-%m-%dT%H:%M:%SZ")


def entry(office: Office, place: str, minutes: int, code: str = "case") -> dict[str, Any]:
    """A label read at a place so many minutes ago."""
    places = office.served.story.places
    return {"code": office.ids[code], "facility": places[place], "scanned_at": moment(minutes)}


async def hand_in(office: Office, who: str, *entries: dict[str, Any]) -> dict[str, Any]:
    """What became of scans."""
    status, receipt = await office.say(who, "/api/v1/scans", {"scans": [*entries]})
    assert status == 200, receipt
    return receipt


async def detect(office: Office, days: int = 0) -> int:
    """All passes of the detectors, as of so many days from now; how many suspicions were recorded."""
    return await office.served.client.app[DETECTORS].all(datetime.now(UTC) + timedelta(days=days))


async def suspected(office: Office, who: str, rule: str) -> list[dict[str, Any]]:
    """The findings of a rule that somebody sees."""
    return (await office.told(who, f"{FINDINGS}?rule=suspicion.{rule}"))["items"]


async def is_sound(office: Office) -> None:
    """The ledger judges all of it again to the same, and gives the same rows."""
    async with office.served.client.app[DATABASE].writer.acquire() as conn:
        report = await audit.verify(conn, REGISTRY, None, rules=True)
        assert [str(each) for each in report.findings] == []
        assert [str(each) for each in (await audit.check_rows(conn, REGISTRY)).findings] == []


async def copied_label(office: Office) -> dict[str, Any]:
    """A case at the shop in Wuhan, ten minutes after it was at the station in Qingdao; its finding."""
    await hand_in(office, "station", entry(office, "station", 30))
    await hand_in(office, "shop", entry(office, "shop", 20))
    assert await detect(office) >= 1
    (finding,) = await suspected(office, "hubei", "label-outpaced")
    return finding


async def test_a_copied_label_is_a_finding_with_its_evidence_for_those_concerned(office: Office) -> None:
    finding = await copied_label(office)
    story = office.served.story
    assert (finding["state"], finding["region"]) == ("open", "420100")
    assert finding["owner"]["id"] == story.parties["shop"].organisation
    assert [(each["what"], each["code"], each["facility"]["id"]) for each in finding["grounds"]] == [
        ("scan", office.ids["case"], story.places["station"]),
        ("scan", office.ids["case"], story.places["shop"]),
    ]
    for who in ("qingdao", "auditor"):
        assert (await suspected(office, who, "label-outpaced"))[0]["grounds"] == finding["grounds"], who
    for who in ("outsider", "wholesaler", "plant", "guangzhou", "beijing", "importer"):
        assert await suspected(office, who, "label-outpaced") == [], who
    await is_sound(office)


async def test_a_business_is_told_its_own_scan_and_of_the_other_the_time_and_city(office: Office) -> None:
    await copied_label(office)
    for who, other in (("shop", 0), ("station", 1)):
        (finding,) = await suspected(office, who, "label-outpaced")
        theirs, own = finding["grounds"][other], finding["grounds"][1 - other]
        assert own["facility"]["id"] == office.served.story.places[who]
        assert (theirs["facility"], theirs["organisation"]) == (None, None)
        assert (theirs["what"], theirs["region"]) == ("scan", ("370200", "420100")[other])
        assert theirs["at"]


async def test_it_is_answered_and_closed_like_any_other(office: Office) -> None:
    finding = await copied_label(office)
    path = f"{FINDINGS}/{finding['id']}"
    await office.said("shop", f"{path}/answers", {"explanation": "disputed"})
    assert await office.refused("qingdao", f"{path}/closing", {"conclusion": "dismissed"}) == (
        "finding.not-found"
    ), "the authority of the place where it is answered closes it"
    await office.said("hubei", f"{path}/closing", {"conclusion": "dismissed"})
    assert (await office.told("shop", path))["state"] == "closed"


async def test_running_again_raises_nothing_again(office: Office) -> None:
    finding = await copied_label(office)
    size = office.served.client.app[LEDGER]
    assert await detect(office) == 0
    pool = office.served.client.app[DATABASE].writer
    # As if the pass had been cut off after it recorded and before it marked what it had looked at.
    await pool.execute("UPDATE incidents.scan SET compared = false")
    assert await detect(office) == 0
    assert [each["id"] for each in await suspected(office, "hubei", "label-outpaced")] == [finding["id"]]
    assert size is office.served.client.app[LEDGER]


async def test_one_process_detects_at_a_time(office: Office) -> None:
    await hand_in(office, "station", entry(office, "station", 30))
    await hand_in(office, "shop", entry(office, "shop", 20))
    async with office.served.client.app[DATABASE].writer.acquire() as conn, conn.transaction():
        assert await conn.fetchval(query("incidents/detected.lock"))
        assert await detect(office) == 0
        assert await suspected(office, "hubei", "label-outpaced") == []
    assert await detect(office) >= 1


async def test_a_later_scan_is_added_to_what_is_open(office: Office) -> None:
    finding = await copied_label(office)
    await hand_in(office, "plant", entry(office, "plant", 10))
    assert await detect(office) == 1
    (again,) = await suspected(office, "hubei", "label-outpaced")
    assert (again["id"], len(again["grounds"])) == (finding["id"], 3)
    assert len(await suspected(office, "guangzhou", "label-outpaced")) == 1
    await is_sound(office)


async def test_scans_that_were_made_offline_count_at_their_time(office: Office) -> None:
    await hand_in(office, "shop", entry(office, "shop", 60 * 24 * 3))
    assert await suspected(office, "hubei", "label-outpaced") == []
    await detect(office)
    await hand_in(office, "station", entry(office, "station", 60 * 24 * 3 + 15))
    assert await detect(office) == 1
    (finding,) = await suspected(office, "hubei", "label-outpaced")
    assert [each["region"] for each in finding["grounds"]] == ["370200", "420100"], "in order of time"


async def test_a_batch_code_may_be_everywhere_where_its_goods_are(office: Office) -> None:
    for who, minutes in (("station", 5), ("shop", 4), ("plant", 3), ("wholesaler", 2), ("outsider", 1)):
        await hand_in(office, who, entry(office, who, minutes, "code"))
    await detect(office, days=2)
    assert await suspected(office, "auditor", "label-outpaced") == []
    assert await suspected(office, "auditor", "label-astray") == []


async def test_a_label_in_a_city_where_none_of_its_goods_were_is_astray_a_day_later(office: Office) -> None:
    """The cubes were made in Guangzhou and never left it."""
    await hand_in(office, "outsider", entry(office, "outsider", 5, "cubes_code"))
    await detect(office)
    assert await suspected(office, "hubei", "label-astray") == [], "what was recorded offline has a day"
    assert await detect(office, days=2) == 1
    (finding,) = await suspected(office, "hubei", "label-astray")
    assert finding["owner"]["id"] == office.served.story.parties["outsider"].organisation
    assert await detect(office, days=3) == 0
    await is_sound(office)


async def test_a_case_at_two_holders_between_whom_nothing_went(office: Office) -> None:
    """The shop in Wuhan got some of the lot; it never sent any to the plant in Guangzhou."""
    await hand_in(office, "shop", entry(office, "shop", 60 * 20))
    await hand_in(office, "plant", entry(office, "plant", 60 * 2))
    await detect(office)
    assert await detect(office, days=2) == 1
    (finding,) = await suspected(office, "guangzhou", "label-at-two-holders")
    assert [each["region"] for each in finding["grounds"]] == ["420100", "440100"]
    await is_sound(office)


async def test_a_case_goes_the_way_of_its_goods(office: Office) -> None:
    """From the station by the wholesaler to the shop, the plant, and back to nobody."""
    hours = {"station": 60, "wholesaler": 40, "shop": 20}
    for who, ago in hours.items():
        await hand_in(office, who, entry(office, who, 60 * ago))
    assert await detect(office, days=2) == 0


async def test_more_pieces_than_were_registered_are_told_where_they_turned_up(office: Office) -> None:
    unit = await office.told("shop", f"/api/v1/units/{office.ids['shop_unit']}")

    async def count(more: int) -> None:
        item = {
            "unit": unit["id"],
            "pieces": unit["pieces"] + more,
            "grams": unit["grams"] + more * CARTON,
            "reason": "other",
        }
        place = office.served.story.places["shop"]
        body = {"facility": place, "items": [item], "happened_at": moment(1)}
        await office.said("shop", "/api/v1/stock-counts", body)

    # One carton of the lot was lost on the way, and the policy lets ten pass.
    await count(11)
    await detect(office)
    assert await suspected(office, "hubei", "more-than-registered") == []
    await count(1)
    assert await detect(office) == 1
    (finding,) = await suspected(office, "hubei", "more-than-registered")
    assert [each["pieces"] for each in finding["grounds"]] == [11, 1]
    (told,) = await suspected(office, "shop", "more-than-registered")
    for each in told["grounds"]:
        await office.told("shop", f"/api/v1/statements/{each['position']}")
    await is_sound(office)


def paper(office: Office, lot: int, **changes: Any) -> dict[str, Any]:
    """A quarantine certificate for a lot of the station's."""
    return {
        "kind": "quarantine",
        "issuer": "青岛海关",
        "number": office.ids["number"],
        "issued_on": "2020-08-10",
        "lots": [lot],
        "grams": 1000,
        **changes,
    }


async def registered(office: Office, count: int) -> list[int]:
    """Further lots of the arrival."""
    body = dict(office.served.story.quay.registration(5, 5 * CARTON))
    body.pop("code")
    lots = []
    for _ in range(count):
        receipt = await office.said("station", "/api/v1/lots", body)
        lots.append(int(receipt["outcome"]["lot"]))
    return lots


async def test_one_paper_tried_for_several_lots_is_told_though_each_was_refused(office: Office) -> None:
    one, two = await registered(office, 2)
    path = "/api/v1/certificates"
    # The same paper for the lot that it names is a repetition, and one other lot a slip.
    own = paper(office, office.ids["lot"])
    for body in (own, paper(office, one), paper(office, one, issued_on="2020-08-11")):
        assert await office.refused("station", path, body) == "certificate.number-used"
    await detect(office)
    assert await suspected(office, "qingdao", "paper-reused") == []
    assert await office.refused("station", path, paper(office, two)) == "certificate.number-used"
    assert await detect(office) == 1
    (finding,) = await suspected(office, "qingdao", "paper-reused")
    assert [each["what"] for each in finding["grounds"]] == ["attempt"] * 3
    assert {lot["id"] for each in finding["grounds"] for lot in each["lots"]} == {one, two}
    refused = (await office.told("qingdao", "/api/v1/refused-intents?kind=certificate-recorded"))["items"]
    assert len(refused) == 4
    assert await detect(office) == 0
    await is_sound(office)


async def test_one_file_tried_for_several_lots_is_told(office: Office) -> None:
    for number, lot in enumerate(await registered(office, 2)):
        body = paper(office, lot, number=f"37000099999{number}", file=SCAN_DIGEST)
        refusal = await office.refused("station", "/api/v1/certificates", body)
        assert refusal in ("certificate.file-used", "certificate.file-not-uploaded"), refusal
        if refusal == "certificate.file-not-uploaded":
            who = office.served.story.parties["station"].organisation
            pool = office.served.client.app[DATABASE].writer
            await pool.execute(query("private/upload.save"), SCAN_DIGEST, who)
            refusal = await office.refused("station", "/api/v1/certificates", body)
            assert refusal == "certificate.file-used"
    assert await detect(office) == 1
    (finding,) = await suspected(office, "qingdao", "paper-reused")
    assert finding["rules"][0]["code"] == "suspicion.paper-reused"


async def store_late(office: Office, count: int) -> None:
    """The shop records what it put where five days ago."""
    stored = {"zone": 2, "happened_at": moment(60 * 24 * 5)}
    for _ in range(count):
        await office.said("shop", f"/api/v1/units/{office.ids['shop_unit']}/storings", stored)


async def test_much_that_is_recorded_late_is_one_finding(office: Office) -> None:
    await detect(office)
    pool = office.served.client.app[DATABASE].writer
    # The story itself is of 2020, and was told then: what it told late is of no burst here.
    await pool.execute("DELETE FROM incidents.late_fact")
    before = {each["id"] for each in await suspected(office, "auditor", "dated-back")}
    await store_late(office, 19)
    await detect(office)
    assert await suspected(office, "shop", "dated-back") == []
    await store_late(office, 1)
    assert await detect(office) == 1
    (finding,) = await suspected(office, "shop", "dated-back")
    assert finding["id"] not in before
    assert len(finding["grounds"]) == 20
    assert {each["kind"] for each in finding["grounds"]} == {"goods-stored"}
    await detect(office)
    assert len(await suspected(office, "shop", "dated-back")) == 1
    await is_sound(office)


async def test_a_long_backlog_is_looked_at_in_parts(office: Office, monkeypatch: Any) -> None:
    monkeypatch.setattr(gathering, "MOST_SCANS", 1)
    monkeypatch.setattr(gathering, "ENTRIES", 7)
    await copied_label(office)
    pool = office.served.client.app[DATABASE].writer
    stand = await pool.fetchrow(query("incidents/detected.size"))
    # The suspicions that were recorded last wait for the next pass.
    assert stand["size"] - stand["read"] <= 7
    assert await pool.fetchval("SELECT count(*) FROM incidents.scan WHERE NOT compared") == 0

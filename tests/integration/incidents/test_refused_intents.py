"""What was refused at the gate is listed for who tried and for the authority; nothing else is told of it."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from service.http.keys import DATABASE
from service.incidents import refused
from service.parties import shipped_policies
from service.parties.policies.drafts import PREVIEWS
from service.storage import query
from tests.integration.incidents.conftest import Office
from tests.integration.reading.bazaar import CARTON

LIST = "/api/v1/refused-intents"


def shipping(office: Office, **changes: Any) -> dict[str, Any]:
    """The shop ships what is held."""
    return {
        "facility": office.served.story.places["shop"],
        "destination": office.served.story.places["outsider"],
        "items": [{"unit": office.ids["shop_unit"], "pieces": 1, "grams": CARTON}],
        "departed_at": "2020-08-19",
        "waybill": {"driver_name": "李四", "plate": "鄂A00001"},
        **changes,
    }


async def listed(office: Office, who: str, question: str = "") -> list[dict[str, Any]]:
    """The lines that somebody reads."""
    items: list[dict[str, Any]] = (await office.told(who, f"{LIST}{question}"))["items"]
    return items


async def test_a_refused_intent_is_listed_with_its_rule_for_who_tried_and_the_authority(
    office: Office,
) -> None:
    await office.hold("hubei", "units", office.ids["shop_unit"])
    assert await office.refused("shop", "/api/v1/shipments", shipping(office)) == "unit.held"
    (line,) = await listed(office, "hubei")
    assert line == (await listed(office, "shop"))[0] == (await listed(office, "auditor"))[0]
    assert (line["kind"], line["times"], line["units"]) == ("goods-shipped", 1, [office.ids["shop_unit"]])
    assert [rule["code"] for rule in line["rules"]] == ["unit.held"]
    assert line["rules"][0]["detail"]
    assert [lot["id"] for lot in line["lots"]] == [office.ids["lot"]]
    assert line["facility"]["id"] == office.served.story.places["shop"]
    for who in ("qingdao", "guangzhou", "outsider", "station", "platform"):
        assert await listed(office, who) == [], who
    assert (await office.served.get("public", LIST)).status == 401


async def test_all_that_the_gate_wants_stands_in_one_line(office: Office) -> None:
    waiting = office.ids["waiting"]
    unit = (await office.told("station", f"/api/v1/lots/{waiting}"))["units"][0]["id"]
    release = {"unit": unit, "pieces": 50, "grams": 50 * CARTON, "happened_at": "2020-08-19"}
    assert await office.refused("station", f"/api/v1/lots/{waiting}/releases", release) == "gate.refused"
    (line,) = await listed(office, "qingdao")
    codes = {rule["code"] for rule in line["rules"]}
    assert {"gate.nucleic-acid-missing", "gate.disinfection-missing"} <= codes
    assert [lot["id"] for lot in line["lots"]] == [waiting]
    assert await listed(office, "qingdao", "?rule=gate.nucleic-acid-missing&kind=lot-released") == [line]
    assert await listed(office, "qingdao", "?kind=goods-shipped") == []


async def test_what_is_no_rule_and_what_is_no_intent_is_not_listed(office: Office) -> None:
    await office.refused("shop", "/api/v1/shipments", {"facility": 1})
    sale = {"pieces": 1, "grams": CARTON, "happened_at": "2020-08-19"}
    await office.refused("shop", f"/api/v1/units/{office.ids['unit']}/sales", sale)
    assert await listed(office, "auditor") == []


async def test_goods_of_others_are_not_written_into_the_list(office: Office) -> None:
    items = [{"unit": office.ids["wholesaler_unit"], "pieces": 1, "grams": CARTON}]
    stolen = shipping(office, items=items, facility=office.served.story.places["wholesaler"])
    assert await office.refused("shop", "/api/v1/shipments", stolen) == "facility.not-found"
    (line,) = await listed(office, "shop")
    assert (line["units"], line["lots"], line["facility"]) == ([], [], None)


async def test_repeats_are_counted_and_a_flood_is_one_line(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(refused, "MOST_LINES", 2)
    await office.hold("hubei", "units", office.ids["shop_unit"])
    for pieces in (1, 1, 1, 2, 3, 4, 5):
        items = [{"unit": office.ids["shop_unit"], "pieces": pieces, "grams": CARTON}]
        await office.refused("shop", "/api/v1/shipments", shipping(office, items=items))
    lines = await listed(office, "hubei")
    assert sum(line["times"] for line in lines) == 7
    # A minute may end between two of them; then there are as many lines again.
    assert len(lines) in (3, 4, 5, 6)


async def test_no_personal_value_is_in_the_list(office: Office) -> None:
    await office.hold("hubei", "units", office.ids["shop_unit"])
    await office.refused("shop", "/api/v1/shipments", shipping(office))
    app = office.served.client.app
    assert app is not None
    rows = await app[DATABASE].writer.fetch("SELECT r::text AS line FROM incidents.refused_intent r")
    assert rows
    assert "李四" not in rows[0]["line"]


async def test_a_list_that_cannot_be_written_changes_no_answer(
    office: Office, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    await office.hold("hubei", "units", office.ids["shop_unit"])

    async def broken(*_arguments: object) -> None:
        raise OSError

    monkeypatch.setattr(refused, "note", broken)
    assert await office.refused("shop", "/api/v1/shipments", shipping(office)) == "unit.held"
    assert "a refused goods-shipped was not listed" in caplog.text


async def test_who_writes_the_list_may_not_take_a_line_away(office: Office) -> None:
    app = office.served.client.app
    assert app is not None
    pool = app[DATABASE].writer
    for statement in (
        "DELETE FROM incidents.refused_intent",
        "UPDATE incidents.refused_intent SET rules = '[]'",
        "TRUNCATE incidents.refused_intent",
    ):
        with pytest.raises(Exception, match="permission denied"):
            await pool.execute(statement)
    assert query("incidents/refused_intent.save")
    await asyncio.sleep(0)


async def test_a_trial_of_a_milder_policy_tells_what_it_would_have_let_in(office: Office) -> None:
    waiting = office.ids["waiting"]
    unit = (await office.told("station", f"/api/v1/lots/{waiting}"))["units"][0]["id"]
    release = {"unit": unit, "pieces": 50, "grams": 50 * CARTON, "happened_at": "2020-08-19"}
    assert await office.refused("station", f"/api/v1/lots/{waiting}/releases", release) == "gate.refused"
    await office.refused("shop", "/api/v1/shipments", shipping(office, destination=999_999))
    document = {**shipped_policies()[""], "back_dating_days": 3650, "issuers": {}}
    for required, allowed in ((["quarantine"], 1), (["quarantine", "nucleic_acid"], 0)):
        body = {"name": "Milder", "region": "3702", "document": {**document, "required": required}}
        draft = (await office.said("qingdao", "/api/v1/policy-drafts", body))["id"]
        status, _ = await office.say("qingdao", f"/api/v1/policy-drafts/{draft}/preview", {})
        assert status == 202
        await office.served.client.app[PREVIEWS].finished()
        told = await office.told("qingdao", f"/api/v1/policy-drafts/{draft}/preview")
        assert (told["state"], told["allowed"]) == ("done", allowed)
        found = (await office.told("qingdao", f"/api/v1/policy-drafts/{draft}/preview/differences"))["items"]
        let_in = [each for each in found if each["effect"] == "allowed"]
        assert [each["kind"] for each in let_in] == ["lot-released"] * allowed
        for each in let_in:
            assert {"gate.nucleic-acid-missing"} <= {rule["rule"] for rule in each["removed"]}


async def test_what_is_kept_of_a_refused_request_tells_nobodys_name(office: Office) -> None:
    await office.hold("hubei", "units", office.ids["shop_unit"])
    await office.refused("shop", "/api/v1/shipments", shipping(office))
    pool = office.served.client.app[DATABASE].writer
    (said,) = [row["said"] for row in await pool.fetch("SELECT said FROM incidents.refused_intent")]
    assert said["facility"] == office.served.story.places["shop"]
    assert said["waybill"].keys() == {"driver_name", "plate"}
    assert all(value.keys() == {"sha256"} for value in said["waybill"].values())


async def test_a_long_request_is_listed_and_not_kept(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(refused, "MOST_BYTES", 100)
    await office.hold("hubei", "units", office.ids["shop_unit"])
    await office.refused("shop", "/api/v1/shipments", shipping(office))
    pool = office.served.client.app[DATABASE].writer
    assert [row["said"] for row in await pool.fetch("SELECT said FROM incidents.refused_intent")] == [None]

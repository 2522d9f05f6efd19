"""Roles × resources: each pair sees, or is told byte for byte what it is told of what does not exist."""

from __future__ import annotations

import hashlib
import json

import pytest

from schema.identifiers.trace_code import check_character
from service.http.keys import LEDGER
from service.incidents.state import FINDING
from service.ledger import Proposal
from service.parties import INVITE_USER, ISSUE_TOKEN
from service.parties.credentials.invitations import new_invitation
from service.parties.device_keys import REGISTER_DEVICE_KEY
from tests.handset import key_of
from tests.integration.reading.alarmed import alarmed
from tests.integration.reading.bazaar import SCAN, SCAN_DIGEST
from tests.integration.reading.cared import cared_for
from tests.integration.reading.conftest import Served

BUSINESSES = ("station", "importer", "wholesaler", "shop", "plant", "restaurant", "outsider")
REGIONS = ("qingdao", "hubei", "guangzhou")
EVERYONE = (*BUSINESSES, *REGIONS, "beijing", "auditor", "platform")
TRACED = (*REGIONS, "auditor")
"""The beef was in all three regions, and the cubes were made of it."""

BEEF = {"station", "importer", "wholesaler", "shop", "plant", *TRACED}
# The wholesaler's is a third-party store: what it keeps stays the importer's until it goes on to a buyer.
OFFICES = {*REGIONS, "beijing", "auditor", "platform"}
LEADS = {"qingdao", "auditor"}
NOBODY = 999_999_999_999
NO_CODE = "1B370200ABCDEF23456" + check_character("1B370200ABCDEF23456")

TABLE: dict[str, tuple[str, str, set[str]]] = {
    "the beef": ("/api/v1/lots/{}", "lot", BEEF),
    "its history": ("/api/v1/lots/{}/events", "lot", BEEF),
    "where it came from": ("/api/v1/lots/{}/trace/upstream", "lot", BEEF),
    "where it is": ("/api/v1/lots/{}/trace/downstream", "lot", BEEF),
    "movements": ("/api/v1/lots/{}/trace/downstream/flows", "lot", BEEF),
    "its code": ("/api/v1/codes/{}", "code", BEEF),
    "a case's code": ("/api/v1/codes/{}", "case", BEEF),
    "traced by code": ("/api/v1/codes/{}/trace/downstream", "case", BEEF),
    "its labels": ("/api/v1/lots/{}/labels", "lot", {"station", "importer", *TRACED}),
    "in quarantine": ("/api/v1/lots/{}", "waiting", {"station", "importer", "qingdao", "auditor"}),
    "the cubes": ("/api/v1/lots/{}", "cubes", {"plant", "restaurant", *TRACED}),
    "the cubes' code": ("/api/v1/codes/{}", "cubes_code", {"plant", "restaurant", *TRACED}),
    "the arrival": ("/api/v1/arrivals/{}", "arrival", BEEF),
    "the first station's unit": ("/api/v1/units/{}", "unit", {"station", "importer", *TRACED}),
    "a unit that was sent": (
        "/api/v1/units/{}",
        "station-wholesaler unit",
        {"station", "importer", "wholesaler", *TRACED},
    ),
    "what the wholesaler keeps": ("/api/v1/units/{}", "wholesaler_unit", {"importer", "wholesaler", *TRACED}),
    "a trace from it": (
        "/api/v1/units/{}/trace/upstream",
        "wholesaler_unit",
        {"importer", "wholesaler", *TRACED},
    ),
    "the shop's unit": ("/api/v1/units/{}", "shop_unit", {"shop", *TRACED}),
    "the cubes' unit": ("/api/v1/units/{}", "cubes_unit", {"plant", *TRACED}),
    "the first shipment": (
        "/api/v1/shipments/{}",
        "station-wholesaler",
        {"station", "importer", "wholesaler", *TRACED},
    ),
    "an open shipment": (
        "/api/v1/shipments/{}",
        "wholesaler-shop",
        {"importer", "wholesaler", "shop", *TRACED},
    ),
    "a shipment of cubes": ("/api/v1/shipments/{}", "plant-restaurant", {"plant", "restaurant", *TRACED}),
    "a certificate": ("/api/v1/certificates/{}", "paper", BEEF | {"restaurant"}),
    "its scan": ("/api/v1/files/{}", "scan", BEEF | {"restaurant"}),
    "a certificate of goods in quarantine": (
        "/api/v1/certificates/{}",
        "waiting_paper",
        {"station", "importer", "qingdao", "auditor"},
    ),
    "the customs declaration": ("/api/v1/certificates/{}", "declaration", {"station", "importer", *TRACED}),
    "the statement of a registration": ("/api/v1/entries/{}", "registration", {"station", *TRACED}),
    "a registration as it stands": ("/api/v1/statements/{}", "registration", {"station", *TRACED}),
    "its corrections": ("/api/v1/statements/{}/corrections", "registration", {"station", *TRACED}),
    "the first statement": ("/api/v1/entries/{}", "opening", {"auditor", "platform"}),
    "a late announcement's finding": ("/api/v1/findings/{}", "finding", {"station", "qingdao", "auditor"}),
    "a business": (
        "/api/v1/organisations/{}",
        "wholesaler",
        {"station", "importer", "wholesaler", "shop", "plant", *OFFICES},
    ),
    "its place": (
        "/api/v1/facilities/{}",
        "wholesaler place",
        {"station", "importer", "wholesaler", "shop", "plant", *OFFICES},
    ),
    "disinfected beef": ("/api/v1/disinfections/{}", "disinfected lot", BEEF),
    "the evidence of it": ("/api/v1/files/{}", "evidence", BEEF),
    "a disinfected zone": ("/api/v1/disinfections/{}", "disinfected zone", {"station", "qingdao", "auditor"}),
    "what the wholesaler counted": (
        "/api/v1/stock/declarations/{}",
        "counted",
        {"wholesaler", "hubei", "auditor"},
    ),
    "how that differs": (
        "/api/v1/stock/declarations/{}/differences",
        "counted",
        {"wholesaler", "hubei", "auditor"},
    ),
    "who works there": ("/api/v1/staff/{}", "worker", {"station", "qingdao", "auditor"}),
    "a shift": ("/api/v1/shifts/{}", "shift", {"station", "qingdao", "auditor"}),
    "the operator": ("/api/v1/organisations/{}", "operator", OFFICES),
    "an authority": ("/api/v1/organisations/{}", "authority", set(EVERYONE)),
    "a user's ways in, and an invitation": ("/api/v1/users/{}", "clerk", {"station", "platform"}),
    "a token with its networks": ("/api/v1/tokens/{}", "token", {"station", "platform"}),
    "a device's key": ("/api/v1/device-keys/{}", "device key", {"station", "platform"}),
    "a session": ("/api/v1/sessions/{}", "session", {"station"}),
    "a case": ("/api/v1/cases/{}", "alarm", LEADS),
    "its steps": ("/api/v1/cases/{}/steps", "alarm", LEADS),
    "its packs": ("/api/v1/cases/{}/evidence", "alarm", LEADS),
    "its report": ("/api/v1/cases/{}/report", "alarm", LEADS),
    "a request under it": ("/api/v1/case-requests/{}", "request", LEADS | {"station"}),
    "what Hubei is asked": ("/api/v1/cooperations/{}", "cooperation", LEADS | {"hubei"}),
    "the statement of its hold": ("/api/v1/entries/{}", "hold statement", LEADS),
    "a drill's hold": ("/api/v1/holds/{}", "drill hold", LEADS),
    "a drill": ("/api/v1/drills/{}", "drill", LEADS),
    "a recall": ("/api/v1/recalls/{}", "recall", BEEF | {"restaurant"}),
    "who was told of it": ("/api/v1/recalls/{}/notices", "recall", BEEF | {"restaurant"}),
    "its statement": ("/api/v1/entries/{}", "recall statement", LEADS),
    "a sample": ("/api/v1/samples/{}", "sample", LEADS | {"station"}),
    "a plan of sampling": ("/api/v1/sampling-plans/{}", "plan", LEADS),
    "a notice": ("/api/v1/notices/{}", "notice", {"station"}),
}
MISSING = {
    **dict.fromkeys(("code", "case", "cubes_code"), NO_CODE),
    **dict.fromkeys(("scan", "session", "evidence"), "0" * 64),
}
"""What does not exist, where it is not a number."""


@pytest.fixture
async def things(served: Served) -> dict[str, str | int]:
    """Every id that the table names."""
    story = served.story
    ledger = served.client.app[LEDGER]  # type: ignore[union-attr]
    station = story.parties["station"]
    aside, _ = new_invitation()
    await ledger.append(Proposal(INVITE_USER, station.manager, {"user": station.staff.user}, asides=aside))
    token = {"scopes": ["goods:read"], "networks": ["203.0.113.0/24"]}
    issued = await ledger.append(Proposal(ISSUE_TOKEN, station.manager, token))
    key = {"token": issued.statement.outcome["token"], "public_key": key_of(7).public, "device": "scale"}
    registered = await ledger.append(Proposal(REGISTER_DEVICE_KEY, station.manager, key))
    sessions = await served.told("station", "/api/v1/sessions")
    return {
        **story.ids,
        **await cared_for(served),
        **await alarmed(served),
        "scan": SCAN_DIGEST,
        "authority": story.parties["hubei"].organisation,
        "opening": 0,
        "finding": story.history.rows(FINDING)[0].id,
        "clerk": station.staff.user or 0,
        "token": issued.statement.outcome["token"],
        "device key": registered.statement.outcome["device_key"],
        "session": sessions["items"][0]["id"],
        "wholesaler": story.parties["wholesaler"].organisation,
        "operator": story.parties["platform"].organisation,
        "wholesaler place": story.places["wholesaler"],
    }


async def answer_to(served: Served, who: str, path: str) -> tuple[int, bytes, str]:
    """Status, body without the address that was asked, and media type."""
    answer = await served.get(who, path)
    body = await answer.read()
    return answer.status, body.replace(path.encode(), b"PATH"), answer.content_type


async def test_each_sees_its_own_and_the_rest_is_as_if_it_were_not(
    served: Served, things: dict[str, str | int]
) -> None:
    found, expected = {}, {}
    for what, (path, name, readers) in TABLE.items():
        for who in EVERYONE:
            there = await answer_to(served, who, path.format(things[name]))
            nowhere = await answer_to(served, who, path.format(MISSING.get(name, NOBODY)))
            assert nowhere[0] == 404, (what, who, nowhere)
            expected[what, who] = "sees" if who in readers else "is told nothing"
            found[what, who] = (
                "sees" if there[0] == 200 else "is told nothing" if there == nowhere else f"{there}"
            )
    wrong = {pair: (found[pair], expected[pair]) for pair in found if found[pair] != expected[pair]}
    assert not wrong, wrong


async def test_the_public_is_asked_to_sign_in_for_all_of_it(
    served: Served, things: dict[str, str | int]
) -> None:
    for path, name, _ in TABLE.values():
        there = await answer_to(served, "public", path.format(things[name]))
        nowhere = await answer_to(served, "public", path.format(MISSING.get(name, NOBODY)))
        assert there[0] == 401
        assert there == nowhere


@pytest.mark.parametrize("kind", ["lots", "units", "shipments", "arrivals"])
async def test_lists_hold_nothing_that_cannot_be_opened(served: Served, kind: str) -> None:
    everything = {item["id"] for item in (await served.told("auditor", f"/api/v1/{kind}"))["items"]}
    assert everything
    for who in EVERYONE:
        listed = [item["id"] for item in (await served.told(who, f"/api/v1/{kind}"))["items"]]
        assert listed == sorted(set(listed), reverse=True)
        opened = {key for key in everything if (await served.get(who, f"/api/v1/{kind}/{key}")).status == 200}
        assert set(listed) <= opened
        if who in BUSINESSES and kind != "arrivals":
            assert set(listed) == opened, who


SECRETS = ("SECRET VESSEL", "SECRETBL01", "SECRET EXPORTER", "420220201000000001", "025W")


async def test_import_details_are_for_station_importer_and_authorities(served: Served) -> None:
    ids = served.story.ids
    importer = served.story.parties["importer"]
    paths = (
        f"/api/v1/lots/{ids['lot']}",
        f"/api/v1/arrivals/{ids['arrival']}",
        f"/api/v1/lots/{ids['lot']}/trace/upstream",
        f"/api/v1/lots/{ids['lot']}/trace/downstream",
        f"/api/v1/units/{ids['station-wholesaler unit']}",
        f"/api/v1/shipments/{ids['station-wholesaler']}",
    )
    for who in ("wholesaler", "shop", "plant"):
        for path in paths:
            text = await (await served.get(who, path)).text()
            for secret in (*SECRETS, importer.uscc, *(() if who == "wholesaler" else ("示例importer",))):
                assert secret not in text, (who, path, secret)
    arrival = await served.told("importer", paths[1])
    assert arrival["importer"] == importer.uscc
    assert arrival["details"]["vessel"] == "SECRET VESSEL"
    assert "SECRET EXPORTER" in await (await served.get("qingdao", paths[0])).text()


async def test_a_holder_does_not_learn_how_much_there_is(served: Served) -> None:
    path = f"/api/v1/lots/{served.story.ids['lot']}"
    lot = await served.told("shop", path)
    assert (lot["grams"], lot["released_grams"], lot["gate"]) == (None, None, [])
    assert lot["held"] == {"units": 1, "pieces": 15, "grams": 15 * 27_000}
    assert (await served.told("station", path))["grams"] == 2_700_000


async def test_the_register_is_found_by_exact_code_and_not_listed(served: Served) -> None:
    stranger = served.story.parties["outsider"]
    listed = await served.told("restaurant", "/api/v1/organisations")
    names = {each["id"] for each in listed["items"]}
    assert names == {served.story.parties[name].organisation for name in ("restaurant", "plant")}
    found = await served.told("restaurant", f"/api/v1/facilities?uscc={stranger.uscc}")
    assert [each["id"] for each in found["items"]] == [served.story.places["outsider"]]


async def test_the_gate_says_what_it_wants_in_the_language_that_is_asked(served: Served) -> None:
    path = f"/api/v1/lots/{served.story.ids['waiting']}"
    lot = await served.told("station", path)
    wants = {want["code"] for want in lot["gate"][0]["wants"]}
    assert wants == {"gate.nucleic-acid-missing", "gate.disinfection-missing"}
    chinese = await (await served.get("station", path, **{"Accept-Language": "zh"})).json()
    assert "核酸" in chinese["gate"][0]["wants"][0]["title"]


async def test_a_business_reads_in_the_history_what_it_did_and_what_came_and_went(served: Served) -> None:
    path = f"/api/v1/lots/{served.story.ids['lot']}/events"
    kinds = [line["kind"] for line in (await served.told("shop", path))["items"]]
    assert kinds == ["goods-shipped", "goods-received", "goods-sold", "goods-shipped"]
    everything = [line["kind"] for line in (await served.told("auditor", path))["items"]]
    assert "lot-registered" in everything
    assert len(everything) > len(kinds)


async def test_a_scan_is_handed_out_as_a_file_and_never_shown_as_a_page(served: Served) -> None:
    answer = await served.get("shop", f"/api/v1/files/{SCAN_DIGEST}")
    assert await answer.read() == SCAN
    assert answer.content_type == "application/pdf"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


async def test_a_statement_proves_itself(served: Served) -> None:
    shown = await served.told("station", f"/api/v1/entries/{served.story.ids['registration']}")
    commit = hashlib.sha256(bytes.fromhex(shown["nonce"]) + shown["statement"].encode()).hexdigest()
    assert json.loads(shown["entry"])["commit"] == commit
    assert hashlib.sha256(b"\0" + shown["entry"].encode()).hexdigest() == shown["leaf"]


async def test_pages_of_a_list_join_without_gap_or_repetition(served: Served) -> None:
    whole = [item["id"] for item in (await served.told("auditor", "/api/v1/units"))["items"]]
    pages, cursor = [], ""
    while True:
        page = await served.told("auditor", f"/api/v1/units?limit=3{cursor}")
        pages += [item["id"] for item in page["items"]]
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"
    assert pages == whole

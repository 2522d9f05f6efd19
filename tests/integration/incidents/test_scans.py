"""Scans are noted where and when they were made, each by itself, within limits, and not for ever."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from schema.identifiers import Level, TraceCode
from schema.messages.scans import MOST_SCANS
from service.http.keys import DATABASE
from service.incidents.detecting import scans
from service.incidents.detecting.runner import DETECTORS
from tests.integration.incidents.conftest import Office


async def handed_in(office: Office, who: str, *entries: Any, **headers: str) -> tuple[int, dict[str, Any]]:
    """Status and body."""
    return await office.say(who, "/api/v1/scans", {"scans": [*entries]})


def entry(office: Office, **changes: Any) -> dict[str, Any]:
    """The shop reads a case an hour ago."""
    at = (datetime.now(UTC) - timedelta(hours=1)).isoformat(timespec="seconds")
    place = office.served.story.places["shop"]
    return {"code": office.ids["case"], "facility": place, "scanned_at": at, **changes}


async def noted(office: Office) -> list[Any]:
    """The list."""
    pool = office.served.client.app[DATABASE].writer
    return list(await pool.fetch("SELECT * FROM incidents.scan ORDER BY id"))


def in_days(days: float) -> str:
    return (datetime.now(UTC) + timedelta(days=days)).isoformat(timespec="seconds")


async def test_bad_entries_are_told_by_their_index_and_turn_away_no_other(office: Office) -> None:
    story = office.served.story
    wrong: list[tuple[Any, str]] = [
        (entry(office, code="1C210100ABCDEF23456X"), "identifier.trace-code-check"),
        (entry(office, code=TraceCode.new(Level.CASE, "370200").text), "scan.code-unknown"),
        (entry(office, facility=story.places["station"]), "scan.place-not-found"),
        (entry(office, facility=999_999), "scan.place-not-found"),
        (entry(office, scanned_at="2026-11-22"), "scan.needs-a-time"),
        (entry(office, scanned_at=in_days(0.01)), "scan.in-future"),
        (entry(office, scanned_at=in_days(-90.01)), "scan.too-old"),
        (entry(office, scanned_at="yesterday"), "moment.format"),
        ({"code": office.ids["case"], "facility": story.places["shop"]}, "message.required"),
        (entry(office, person="李四"), "message.unknown"),
        ("no object", "message.required"),
    ]
    good = [entry(office, scanned_at=in_days(-89.99)), entry(office, scanned_at=in_days(0.002))]
    status, told = await handed_in(office, "shop", good[0], *(each for each, _ in wrong), good[1])
    assert status == 200
    assert (told["noted"], told["again"]) == (2, 0)
    assert [(each["index"], each["code"]) for each in told["refused"]] == [
        (index, code) for index, (_, code) in enumerate(wrong, start=1)
    ]
    assert all(each["title"] and each["detail"] and each["remedy"] for each in told["refused"])
    assert len(await noted(office)) == 2


@pytest.mark.parametrize("body", [{}, {"scans": []}, {"scans": {}}, {"scans": [{}] * (MOST_SCANS + 1)}])
async def test_what_is_no_list_of_scans_is_refused_as_a_whole(office: Office, body: dict[str, Any]) -> None:
    assert await office.refused("shop", "/api/v1/scans", body) == "message.invalid"


async def test_handing_in_twice_and_twice_a_minute_counts_once(office: Office) -> None:
    minute = (datetime.now(UTC) - timedelta(hours=1)).replace(second=0, microsecond=0)
    first, second, third = (
        entry(office, scanned_at=(minute + timedelta(seconds=seconds)).isoformat()) for seconds in (0, 59, 60)
    )
    _, told = await handed_in(office, "shop", first, second)
    assert (told["noted"], told["again"]) == (1, 1)
    _, told = await handed_in(office, "shop", first, second, third)
    assert (told["noted"], told["again"]) == (1, 2)


async def test_a_scan_names_an_organisation_and_a_place_and_nobody(office: Office) -> None:
    await handed_in(office, "shop", entry(office))
    (row,) = await noted(office)
    story = office.served.story
    assert (row["organisation"], row["facility"]) == (
        story.parties["shop"].organisation,
        story.places["shop"],
    )
    assert row["region"] == "420100"
    assert not {"account", "user", "token"} & {*row.keys()}


async def test_an_inspector_reads_labels_in_the_own_region_alone(office: Office) -> None:
    _, told = await handed_in(office, "hubei", entry(office))
    assert told["noted"] == 1
    _, told = await handed_in(office, "qingdao", entry(office))
    assert [each["code"] for each in told["refused"]] == ["scan.place-not-found"]
    for who in ("platform", "auditor", "importer"):
        _, told = await handed_in(office, who, entry(office))
        assert told["noted"] == 0, who


async def test_the_public_hands_nothing_in(office: Office) -> None:
    answer = await office.served.client.post("/api/v1/scans", json={"scans": [entry(office)]})
    assert answer.status == 401


async def test_a_day_has_a_limit(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scans, "MOST_A_DAY", 2)
    older = [entry(office, scanned_at=in_days(-days)) for days in (1, 2, 3)]
    assert await office.refused("shop", "/api/v1/scans", {"scans": older}) == "scan.too-many"
    await handed_in(office, "shop", *older[:2])
    assert await office.refused("shop", "/api/v1/scans", {"scans": older[2:]}) == "scan.too-many"
    status, _ = await handed_in(office, "wholesaler", entry(office))
    assert status == 200, "others have their own"


async def test_scans_are_kept_for_the_days_of_the_policy(office: Office) -> None:
    await handed_in(office, "shop", entry(office, scanned_at=in_days(-80)), entry(office))
    detectors = office.served.client.app[DETECTORS]
    await detectors.all(datetime.now(UTC) + timedelta(days=9.9))
    assert len(await noted(office)) == 2
    await detectors.all(datetime.now(UTC) + timedelta(days=10.1))
    assert len(await noted(office)) == 1
    await detectors.all(datetime.now(UTC) + timedelta(days=91))
    assert await noted(office) == []


async def test_asking_for_a_code_at_a_place_is_a_scan_and_without_one_is_none(office: Office) -> None:
    code, place = office.ids["case"], office.served.story.places["shop"]
    await office.told("shop", f"/api/v1/codes/{code}")
    assert await noted(office) == []
    await office.told("shop", f"/api/v1/codes/{code}?facility={place}")
    assert [row["facility"] for row in await noted(office)] == [place]
    elsewhere = office.served.story.places["station"]
    refused = await office.served.get("shop", f"/api/v1/codes/{code}?facility={elsewhere}")
    assert (await refused.json())["code"] == "scan.place-not-found"
    assert len(await noted(office)) == 1


async def test_a_label_is_noted_also_where_nobody_may_see_its_goods(office: Office) -> None:
    """The outsider has nothing of the lot: that is where a copy turns up."""
    code, place = office.ids["case"], office.served.story.places["outsider"]
    answer = await office.served.get("outsider", f"/api/v1/codes/{code}?facility={place}")
    assert (await answer.json())["code"] == "request.not-found"
    assert [row["facility"] for row in await noted(office)] == [place]


async def test_an_answer_does_not_wait_for_a_list_that_is_full(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scans, "MOST_A_DAY", 0)
    code, place = office.ids["case"], office.served.story.places["shop"]
    await office.told("shop", f"/api/v1/codes/{code}?facility={place}")
    assert await noted(office) == []


async def test_scans_of_one_code_and_place_by_a_token_need_its_scope(office: Office) -> None:
    """Handing in is a write like others."""
    issued = await office.said("shop", "/api/v1/tokens", {"scopes": ["goods:read"]})
    answer = await office.served.client.post(
        "/api/v1/scans",
        json={"scans": [entry(office)]},
        headers={"Authorization": f"Bearer {issued['secret']}"},
    )
    assert (await answer.json())["code"] == "auth.scope"

"""Samples over the interface: who takes, who sees, who is counted; plans and what is missing of them."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any

from schema.clock import CHINA
from service.http.authentication import COOKIE, CSRF_HEADER
from tests.integration.reading.conftest import Served

TODAY = datetime.now(UTC).astimezone(CHINA).date()
MONDAY = TODAY - timedelta(days=TODAY.weekday())


async def say(served: Served, who: str, path: str, **body: Any) -> dict[str, Any]:
    status, answer = await served.post(who, path, body)
    assert status == 201, answer
    outcome: dict[str, Any] = answer["outcome"]
    return outcome


async def sampled(served: Served, who: str, place: str, number: str, **body: Any) -> int:
    said = {"purpose": "nucleic_acid", "surface": "door", "happened_at": str(TODAY), **body}
    outcome = await say(
        served, who, "/api/v1/samples", facility=served.story.places[place], samples=[number], **said
    )
    return int(outcome["samples"][0])


async def reported(served: Served, who: str, sample: int, **body: Any) -> dict[str, Any]:
    said = {"result": "negative", "test": f"JC-{sample}", "method": "pcr", "tested_at": str(TODAY), **body}
    return await say(served, who, f"/api/v1/samples/{sample}/tests", **said)


async def goods_sampled(served: Served, who: str, unit: str) -> int:
    said = {"pieces": 0, "grams": 100, "purpose": "microbiology", "by": "own", "samples": ["HW-1"]}
    path = f"/api/v1/units/{served.story.ids[unit]}/samples"
    return int((await say(served, who, path, **said, happened_at=str(TODAY)))["samples"][0])


async def listed(served: Served, who: str, query: str = "") -> list[int]:
    return [each["id"] for each in (await served.told(who, f"/api/v1/samples{query}"))["items"]]


async def test_who_sees_a_sample_is_counted_for_it_and_nobody_else(served: Served) -> None:
    mine = await sampled(served, "wholesaler", "wholesaler", "HJ-1")
    theirs = await sampled(served, "hubei", "wholesaler", "HJ-2")
    goods = await goods_sampled(served, "shop", "shop_unit")
    seen = {
        "wholesaler": [theirs, mine],
        "hubei": [goods, theirs, mine],
        "auditor": [goods, theirs, mine],
        "shop": [goods],
        "outsider": [],
        "qingdao": [],
        "station": [],
        "platform": [],
    }
    for who, samples in seen.items():
        assert await listed(served, who) == samples, who
        counts = (await served.told(who, "/api/v1/sample-counts?period=day"))["items"]
        assert sum(each["taken"] for each in counts) == len(samples), who
        for key in (mine, theirs, goods):
            assert (await served.get(who, f"/api/v1/samples/{key}")).status == (
                200 if key in samples else 404
            )
    assert (await served.get("public", "/api/v1/samples")).status == 401


async def test_a_positive_is_followed_until_an_authority_closes_it(served: Served) -> None:
    key = await sampled(served, "hubei", "shop", "HJ-3")
    await say(
        served,
        "hubei",
        "/api/v1/sample-shipments",
        samples=[key],
        laboratory="示例疾控中心",
        sent_at=str(TODAY),
    )
    finding = (await reported(served, "hubei", key, result="positive", hazard="sars_cov_2"))["finding"]
    sample = await served.told("shop", f"/api/v1/samples/{key}")
    assert (sample["failure"], sample["finding"], sample["laboratory"]) == ("open", finding, "示例疾控中心")
    assert [each["result"] for each in sample["tests"]] == ["positive"]
    assert await listed(served, "hubei", "?failure=open") == [key]
    await say(served, "shop", f"/api/v1/findings/{finding}/answers", explanation="destroyed")
    await say(served, "hubei", f"/api/v1/findings/{finding}/closing", conclusion="resolved")
    assert await listed(served, "hubei", "?failure=closed&result=positive") == [key]
    (count,) = (await served.told("hubei", "/api/v1/sample-counts?split=region"))["items"]
    assert (count["key"], count["begins"]) == ("4201", str(MONDAY))
    assert (count["positive"], count["closed"], count["open"], count["pass_permille"]) == (1, 1, 0, 0)


async def test_counts_are_by_chinas_day_week_and_month_and_come_in_pages(served: Served) -> None:
    days = [TODAY, TODAY - timedelta(days=7), TODAY - timedelta(days=70)]
    for number, day in enumerate(days):
        key = await sampled(served, "shop", "shop", f"HJ-{number}", happened_at=str(day))
        await reported(served, "shop", key)
    await goods_sampled(served, "shop", "shop_unit")
    begins = {
        "day": {str(day) for day in days},
        "week": {str(day - timedelta(days=day.weekday())) for day in days},
        "month": {str(day.replace(day=1)) for day in days},
    }
    for period, expected in begins.items():
        counts = (await served.told("shop", f"/api/v1/sample-counts?period={period}"))["items"]
        assert {each["begins"] for each in counts} == expected
        assert (sum(each["negative"] for each in counts), sum(each["waiting"] for each in counts)) == (3, 1)
    path = "/api/v1/sample-counts?period=day&split=category&limit=1"
    found, cursor = [], ""
    while cursor is not None:
        part = await served.told("shop", path + (f"&cursor={cursor}" if cursor else ""))
        found += [(each["begins"], each["key"], each["taken"]) for each in part["items"]]
        cursor = part["next"]
    assert found == [(str(TODAY), "", 1), (str(TODAY), "livestock", 1)] + [(str(d), "", 1) for d in days[1:]]
    asked = f"?period=day&from_day={days[1]}&until_day={days[1]}&subject=surface"
    assert len((await served.told("shop", "/api/v1/sample-counts" + asked))["items"]) == 1
    by_place = (await served.told("shop", "/api/v1/sample-counts?split=facility&category=livestock"))["items"]
    assert [each["facility"]["id"] for each in by_place] == [served.story.places["shop"]]


async def test_a_plan_counts_what_was_sampled_for_it(served: Served) -> None:
    place = served.story.places["shop"]
    days = {"from_day": str(MONDAY - timedelta(days=7)), "until_day": str(MONDAY + timedelta(days=60))}
    plan = (
        await say(served, "hubei", "/api/v1/sampling-plans", region="42", count=2, period="week", **days)
    )["plan"]
    at_place = {"facility": place, "count": 1, "period": "month", "subject": "unit", **days}
    other = (await say(served, "shop", "/api/v1/sampling-plans", **at_place))["plan"]
    await sampled(served, "shop", "shop", "HJ-1")
    await goods_sampled(served, "shop", "shop_unit")
    await sampled(served, "station", "station", "HJ-2")
    told = await served.told("hubei", f"/api/v1/sampling-plans/{plan}")
    assert (told["taken"], told["is_running"]) == (2, True)
    assert told["periods"] == [
        {"begins": str(MONDAY), "taken": 2, "missing": 0},
        {"begins": str(MONDAY - timedelta(days=7)), "taken": 0, "missing": 2},
    ]
    assert (await served.told("shop", f"/api/v1/sampling-plans/{other}"))["taken"] == 1
    assert (await served.get("shop", f"/api/v1/sampling-plans/{plan}")).status == 404
    await say(served, "shop", f"/api/v1/sampling-plans/{other}/ending")
    running = (await served.told("hubei", "/api/v1/sampling-plans?running=true"))["items"]
    assert [each["id"] for each in running] == [plan]


async def test_a_report_is_ones_own_file_and_shown_with_the_sample(served: Served) -> None:
    key = await sampled(served, "shop", "shop", "HJ-1")
    scan = b"%PDF-1.4\nreport\n%%EOF\n"
    digest = hashlib.sha256(scan).hexdigest()
    body = {"result": "negative", "test": "JC-1", "method": "pcr", "tested_at": str(TODAY), "file": digest}
    status, answer = await served.post("shop", f"/api/v1/samples/{key}/tests", body)
    assert (status, answer["code"]) == (422, "sample.file-not-uploaded")
    session = served.sessions["shop"]
    headers = {
        "Cookie": f"{COOKIE}={session.secret}",
        CSRF_HEADER: session.csrf,
        "Content-Type": "application/pdf",
    }
    kept = await served.client.post("/api/v1/files", data=scan, headers=headers)
    assert kept.status == 201
    status, _ = await served.post("shop", f"/api/v1/samples/{key}/tests", body)
    assert status == 201
    assert [(await served.get(who, f"/api/v1/files/{digest}")).status for who in ("hubei", "outsider")] == [
        200,
        404,
    ]


async def test_what_was_known_of_a_sample_then(served: Served) -> None:
    key = await sampled(served, "shop", "shop", "HJ-1")
    taken = key // 1000 + 1
    await reported(served, "shop", key, result="positive", hazard="asf")
    for as_of, result, failure in ((taken, None, None), (taken + 1, "positive", "open")):
        sample = await served.told("hubei", f"/api/v1/samples/{key}?as_of={as_of}")
        assert (sample["result"], sample["failure"], len(sample["tests"])) == (result, failure, as_of - taken)
        (count,) = (await served.told("hubei", f"/api/v1/sample-counts?as_of={as_of}"))["items"]
        assert (count["waiting"], count["positive"]) == (1 - (as_of - taken), as_of - taken)
    assert (await served.told("hubei", f"/api/v1/samples?as_of={taken - 1}"))["items"] == []
    assert (await served.get("hubei", f"/api/v1/samples/{key}?as_of={taken - 1}")).status == 404

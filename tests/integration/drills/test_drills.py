"""A drill over the interface: drawn, run as in earnest, scored; and nobody else learns of it."""

from __future__ import annotations

from typing import Any

from service.http.keys import DATABASE
from tests.integration.reading.conftest import Served

PLAN = {
    "seed": 7,
    "hazard": "listeria",
    "scheduled_on": "2020-08-21",
    "list_minutes": 60,
    "acknowledge_minutes": 240,
    "located_percent": 90,
}


async def say(served: Served, who: str, path: str, **body: Any) -> dict[str, Any]:
    status, answer = await served.post(who, path, body)
    assert status == 201, answer
    told: dict[str, Any] = answer.get("outcome", answer)
    return told


async def started(served: Served, **changes: Any) -> dict[str, Any]:
    key = (await say(served, "hubei", "/api/v1/drills", **{**PLAN, **changes}))["drill"]
    await say(served, "hubei", f"/api/v1/drills/{key}/start")
    return await served.told("hubei", f"/api/v1/drills/{key}")


async def counted(served: Served, who: str, drill: dict[str, Any]) -> None:
    """One of the holders is asked, sees it and counts."""
    asked = {"asks": ["count"], "lots": [drill["lot"]["id"]], "hours": 4}
    to = served.story.parties[who].organisation
    at = f"/api/v1/cases/{drill['case']}/requests"
    request = (await say(served, "hubei", at, to=to, **asked))["request"]
    (mine,) = (await served.told(who, "/api/v1/case-requests"))["items"]
    assert (mine["id"], mine["drill"]) == (request, True), "whoever takes part sees that it is a drill"
    await say(served, who, f"/api/v1/case-requests/{request}/acknowledgement")
    units = (await served.told(who, f"/api/v1/units?lot={drill['lot']['id']}"))["items"]
    there = [{"unit": each["id"], "grams": each["grams"]} for each in units if each["grams"]]
    await say(served, who, f"/api/v1/case-requests/{request}/answers", answer="done", counted=there)


async def test_a_drill_from_its_plan_to_its_report(served: Served) -> None:
    assert (await served.told("hubei", "/api/v1/drill-clock"))["overdue"] is True
    drill = await started(served)
    assert (drill["state"], drill["lot"]["id"], drill["candidates"]) == (
        "running",
        served.story.ids["lot"],
        1,
    )
    assert drill["holders"] == [], "who has it is for them to find out"
    case = await served.told("hubei", f"/api/v1/cases/{drill['case']}")
    assert (case["drill"], case["state"]) == (True, "suspected")
    at = f"/api/v1/cases/{drill['case']}"
    exposure = (await say(served, "hubei", f"{at}/exposures"))["exposure"]
    held = await say(served, "hubei", f"{at}/holds", exposure=exposure, tiers=[0])
    assert held["holds"]
    for who in ("wholesaler", "shop"):
        await counted(served, who, drill)
    await say(served, "hubei", f"/api/v1/drills/{drill['id']}/end", note="王五联系不上")
    done = await served.told("hubei", f"/api/v1/drills/{drill['id']}")
    score = done["score"]
    assert (score["asked"], score["acknowledged"], score["in_time"]) == (2, 2, 2)
    assert score["met"] == {"list_minutes": True, "acknowledge_minutes": True, "located_percent": True}
    assert (score["grams"], score["located_permille"]) == (score["located_grams"], 1000)
    assert score["elsewhere_grams"] > 0
    names = {each["organisation"]["name"] for each in done["holders"] if each["here"]}
    assert names == {"示例wholesaler", "示例超市"}
    kinds = [each["kind"] for each in done["steps"]]
    assert (kinds[0], kinds[1], kinds[-1]) == ("drill-started", "exposure-recorded", "drill-finished")
    assert kinds.count("request-answered") == 2
    assert [each["after"] for each in done["steps"]] == sorted(each["after"] for each in done["steps"])
    (then,) = (await served.told("hubei", f"/api/v1/drills?as_of={done['position'] + 1}"))["items"]
    assert (then["state"], then["lot"], then["score"]) == ("planned", None, None)
    clock = await served.told("hubei", "/api/v1/drill-clock")
    assert (clock["overdue"], clock["last_ended_at"]) == (False, done["ended_at"])
    assert clock["due_on"][:4] == str(int(done["ended_at"][:4]) + 2)


async def test_the_same_seed_draws_the_same_and_what_was_drawn_from_is_known(served: Served) -> None:
    first, second = await started(served), await started(served)
    assert first["lot"] == second["lot"]
    assert first["digest"] == second["digest"]


async def test_nobody_else_learns_of_a_drill_and_goods_are_as_before(served: Served) -> None:
    ids = served.story.ids
    looked = [
        ("public", f"/t/{ids['case']}"),
        ("public", f"/t/{ids['code']}"),
        ("shop", f"/api/v1/lots/{ids['lot']}"),
        ("shop", f"/api/v1/units/{ids['shop_unit']}"),
        ("shop", "/api/v1/holds"),
        ("station", "/api/v1/case-requests"),
        ("guangzhou", "/api/v1/cases"),
        ("guangzhou", "/api/v1/drills"),
        ("shop", "/api/v1/drills"),
    ]
    before = [await (await served.get(who, path)).read() for who, path in looked]
    drill = await started(served)
    at = f"/api/v1/cases/{drill['case']}"
    exposure = (await say(served, "hubei", f"{at}/exposures"))["exposure"]
    await say(served, "hubei", f"{at}/holds", exposure=exposure, tiers=[0])
    after = [await (await served.get(who, path)).read() for who, path in looked]
    for (who, path), was, now in zip(looked, before, after, strict=True):
        assert was == now, (who, path)
    for who in ("shop", "guangzhou", "platform", "wholesaler"):
        assert (await served.get(who, f"/api/v1/drills/{drill['id']}")).status == 404, who
    assert (await served.get("public", "/api/v1/drills")).status == 401
    sale = {"pieces": 1, "grams": 27_000, "happened_at": "2020-08-19"}
    status, _ = await served.post("shop", f"/api/v1/units/{ids['shop_unit']}/sales", sale)
    assert status == 201, "goods move freely"
    assert await nothing_is_held(served)


async def nothing_is_held(served: Served) -> bool:
    """No unit bears a hold that is in force."""
    pool = served.client.app[DATABASE].reader  # type: ignore[union-attr]
    held = await pool.fetchval(
        "SELECT count(*) FROM goods.unit u WHERE EXISTS (SELECT FROM incidents.in_force(u.holds, u.lot))"
    )
    return bool(held == 0)


async def test_where_nothing_is_there_is_nothing_to_draw(served: Served) -> None:
    key = (await say(served, "beijing", "/api/v1/drills", **PLAN))["drill"]
    status, answer = await served.post("beijing", f"/api/v1/drills/{key}/start", {})
    assert (status, answer["code"]) == (409, "drill.nothing-to-draw")
    status, answer = await served.post("hubei", f"/api/v1/drills/{key}/start", {})
    assert (status, answer["code"]) == (404, "drill.not-found")
    await say(served, "beijing", f"/api/v1/drills/{key}/cancellation")
    (drill,) = (await served.told("beijing", "/api/v1/drills?state=cancelled"))["items"]
    assert (drill["id"], drill["score"]) == (key, None)

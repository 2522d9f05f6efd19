"""Supervision in the sample: samples over some weeks, one failure that was closed, a finished drill."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from service.sample.sights import Sights
from service.sample.stage import Script, Stage
from service.sample.telling import day_in_china

_LABORATORY = "示例武汉食品检验所"
_WEEKS = 6
_FAILED = 3
"""How many weeks ago the market's sample was positive."""
_AUTHORITY = "regulator-wuhan"


async def tell_supervision(stage: Stage, sights: Sights) -> None:
    """All of it, in one order."""
    today = day_in_china(stage.now)
    await _sampled(stage, today)
    await _found_goods_tested(stage, today)
    await _drilled(stage, sights, today)


async def _sampled(stage: Stage, today: date) -> None:
    """Each week the store samples two doors of its own, and the authority the market's floor."""
    script = Script(stage, "sampling")
    plan = {"region": "4201", "purpose": "microbiology", "count": 3, "period": "week"}
    days = {
        "from_day": str(today - timedelta(days=7 * _WEEKS)),
        "until_day": str(today + timedelta(days=180)),
    }
    await script.say(_AUTHORITY, "/api/v1/sampling-plans", {**plan, **days})
    for week in range(_WEEKS, 0, -1):
        day = today - timedelta(days=7 * week)
        doors = await _taken(
            script, "wuhan-store", "wuhan-store", "door", day, [f"SAMPLE-M{week}1", f"SAMPLE-M{week}2"]
        )
        floor = await _taken(script, _AUTHORITY, "wuhan-market", "floor", day, [f"SAMPLE-S{week}1"])
        await _tested(script, "wuhan-store", doors[: 1 if week == 1 else 2], day)
        if week == _FAILED:
            await _failed(script, floor[0], day)
        else:
            await _tested(script, _AUTHORITY, floor, day)


async def _taken(
    script: Script, who: str, place: str, surface: str, day: date, numbers: list[str]
) -> list[int]:
    """Taken in the morning and sent at noon; their ids."""
    body = {
        "facility": script.stage.places[place],
        "surface": surface,
        "purpose": "microbiology",
        "samples": numbers,
        "happened_at": f"{day}T09:00+08:00",
    }
    ids: list[int] = (await script.say(who, "/api/v1/samples", body))["samples"]
    sent = {"samples": ids, "laboratory": _LABORATORY, "sent_at": f"{day}T12:00+08:00"}
    await script.say(who, "/api/v1/sample-shipments", sent)
    return ids


def _report(sample: int, day: date, **changes: Any) -> dict[str, Any]:
    return {
        "result": "negative",
        "test": f"SAMPLE-JC-{sample}",
        "method": "culture",
        "tested_at": f"{day + timedelta(days=2)}T15:00+08:00",
        **changes,
    }


async def _tested(script: Script, who: str, samples: list[int], day: date) -> None:
    for sample in samples:
        await script.say(who, f"/api/v1/samples/{sample}/tests", _report(sample, day))


async def _failed(script: Script, sample: int, day: date) -> None:
    """Listeria on the market's floor: disinfected and sampled again, answered, closed."""
    positive = _report(sample, day, result="positive", hazard="listeria")
    told = await script.say(_AUTHORITY, f"/api/v1/samples/{sample}/tests", positive)
    finding = f"/api/v1/findings/{told['finding']}"
    await script.say("wuhan-market", f"{finding}/answers", {"explanation": "retested"})
    again = _report(sample, day + timedelta(days=3), test=f"SAMPLE-JC-{sample}-2")
    await script.say(_AUTHORITY, f"/api/v1/samples/{sample}/tests", again)
    await script.say(_AUTHORITY, f"{finding}/closing", {"conclusion": "resolved"})


async def _found_goods_tested(stage: Stage, today: date) -> None:
    """The goods without papers that the authority of Qingdao sampled are negative."""
    regulator = stage.clients["regulator-qingdao"]
    (sample,) = (await regulator.get("/api/v1/samples", subject="unit"))["items"]
    report = _report(sample["id"], today - timedelta(days=3), method="pcr", tested_at=sample["taken_at"])
    await Script(stage, "found-tested").say(
        "regulator-qingdao", f"/api/v1/samples/{sample['id']}/tests", report
    )


async def _drilled(stage: Stage, sights: Sights, today: date) -> None:
    """A drill on goods that are there: who has them is asked, and all but the last count them."""
    script = Script(stage, "drill")
    plan = {
        "seed": 20201118,
        "hazard": "listeria",
        "scheduled_on": str(today),
        "list_minutes": 60,
        "acknowledge_minutes": 240,
        "located_percent": 90,
    }
    drill = (await script.say(_AUTHORITY, "/api/v1/drills", plan))["drill"]
    at = f"/api/v1/drills/{drill}"
    started = await script.receipt(_AUTHORITY, f"{at}/start", {})
    case = f"/api/v1/cases/{started['outcome']['case']}"
    exposure = (await script.say(_AUTHORITY, f"{case}/exposures", {}))["exposure"]
    await script.receipt(_AUTHORITY, f"{case}/holds", {"exposure": exposure, "tiers": [0]})
    lot = (await stage.clients[_AUTHORITY].get(at))["lot"]["id"]
    slugs = {client.organisation: slug for slug, client in stage.clients.items()}
    holders = [slugs[organisation] for organisation, _, here in started["outcome"]["expected"] if here]
    for holder in holders:
        await _asked(script, holder, case, lot, counts=len(holders) == 1 or holder != holders[-1])
    await script.say(_AUTHORITY, f"{at}/end", {})
    sights.ids["drill"] = drill


async def _asked(script: Script, holder: str, case: str, lot: int, *, counts: bool) -> None:
    client = script.stage.clients[holder]
    wanted = {"to": client.organisation, "asks": ["count"], "lots": [lot], "hours": 4}
    request = (await script.say(_AUTHORITY, f"{case}/requests", wanted))["request"]
    at = f"/api/v1/case-requests/{request}"
    await script.say(holder, f"{at}/acknowledgement", {})
    if not counts:
        return
    units = (await client.get("/api/v1/units", lot=str(lot), limit="200"))["items"]
    there = [{"unit": unit["id"], "grams": unit["grams"]} for unit in units if unit["grams"]]
    await script.say(holder, f"{at}/answers", {"answer": "done", "counted": there})

"""What an alarm brings: a case with all that hangs on it, a recall, a drill, a sample, a plan, notices."""

from __future__ import annotations

from typing import Any

from service.http.keys import DATABASE
from service.notices import telling
from tests.integration.reading.conftest import Served

DAY = "2020-08-21"


async def alarmed(served: Served) -> dict[str, int]:
    """Qingdao acts on the beef; the ids of what it made, by name."""
    story, office = served.story, "qingdao"
    lot, station = story.ids["lot"], story.parties["station"].organisation

    async def say(path: str, who: str = office, **body: Any) -> dict[str, Any]:
        status, answer = await served.post(who, path, body)
        assert status == 201, answer
        told: dict[str, Any] = answer.get("outcome", answer)
        return told

    async def held(case: int) -> tuple[int, int]:
        """A hold of what is exposed, and the position of its statement."""
        exposure = (await say(f"/api/v1/cases/{case}/exposures"))["exposure"]
        placed = await say(f"/api/v1/cases/{case}/holds", exposure=exposure, tiers=[0])
        hold = placed["holds"][0]
        return int(hold["hold"]), int(hold["position"])

    opening = {"number": "青卫查 7", "hazard": "sars_cov_2", "subject": {"lots": [lot]}}
    case = (await say("/api/v1/cases", **opening))["case"]
    exercise = (await say("/api/v1/cases", **opening, drill=True))["case"]
    drill_hold, _ = await held(exercise)
    _, hold_statement = await held(case)
    at = f"/api/v1/cases/{case}"
    asked = await say(f"{at}/requests", to=station, asks=["seal_stock"], lots=[lot], hours=24)
    help_ = await say(f"{at}/cooperations", region="420100", asks=["locate"], lots=[lot], hours=24)
    recall = await _recalled(served, case, lot)
    sampling = {"purpose": "nucleic_acid", "surface": "door", "happened_at": DAY, "samples": ["HJ-1"]}
    sample = await say("/api/v1/samples", "station", facility=story.places["station"], **sampling)
    planned = {"count": 3, "period": "week", "from_day": DAY, "until_day": "2020-12-31"}
    plan = await say("/api/v1/sampling-plans", region="370200", **planned)
    targets = {"list_minutes": 60, "acknowledge_minutes": 240, "located_percent": 90}
    drill = await say("/api/v1/drills", seed=7, hazard="listeria", scheduled_on=DAY, **targets)
    pool = served.client.app[DATABASE].writer  # type: ignore[union-attr,index]
    await telling.gather(pool)
    return {
        "alarm": case,
        "drill hold": drill_hold,
        "hold statement": hold_statement,
        "request": asked["request"],
        "cooperation": help_["cooperation"],
        "recall": recall,
        "recall statement": recall // 1000,
        "sample": sample["samples"][0],
        "plan": plan["plan"],
        "drill": drill["drill"],
        "notice": (await served.told("station", "/api/v1/notices"))["items"][0]["id"],
    }


async def _recalled(served: Served, case: int, lot: int) -> int:
    proposal = await served.told("qingdao", f"/api/v1/recall-proposals?lots={lot}")
    body = {
        "case": case,
        "question": {"lots": [lot]},
        "asked_at": proposal["asked_at"],
        "digest": proposal["digest"],
        "level": 1,
        "reason": "positive",
        "measures": ["stop_sale"],
    }
    status, answer = await served.post("qingdao", "/api/v1/recalls", body)
    assert status == 201, answer
    return int(answer["outcome"]["recall"])

"""A case in the sample: salmon of which a sample was positive is held wherever it is in Wuhan, and those who
have it are asked to seal and count it. The market has answered; the store has not seen its request yet.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from service.sample import goods
from service.sample.client import RefusedError
from service.sample.sights import Sights
from service.sample.stage import Script, Stage
from service.sample.telling import Parcel, Telling, day_in_china

CARTON = 20_000
"""Grams in a carton of salmon."""
_AUTHORITY, _MARKET, _STORE = "regulator-wuhan", "wuhan-market", "wuhan-store"


async def tell_case(stage: Stage, sights: Sights) -> None:
    """All of it, in one order."""
    today = day_in_china(stage.now)
    tell = Telling(stage, "case", scanned=False)
    intake, salmon = await tell.bring_in(goods.waiting(200014, goods.SALMON, CARTON, today, 20))
    left = today - timedelta(days=14)
    store = await tell.deliver(salmon, 250, _STORE, left, left + timedelta(days=1))
    left = today - timedelta(days=9)
    market = await tell.deliver(store, 60, _MARKET, left, left + timedelta(days=1))
    script = Script(stage, "case")
    case = await _opened(script, intake.lot, today)
    await _held(script, case)
    await _asked(stage, script, case, _MARKET, intake.lot, answering=market)
    sights.ids["case"] = case
    sights.ids["case-request"] = await _asked(stage, script, case, _STORE, intake.lot)


async def _opened(script: Script, lot: int, today: date) -> int:
    sampled = f"{today - timedelta(days=2)}T10:00+08:00"
    opening = {
        "number": "示例武卫查 1",
        "hazard": "sars_cov_2",
        "subject": {"lots": [lot]},
        "sampled_at": sampled,
    }
    case: int = (await script.say(_AUTHORITY, "/api/v1/cases", opening))["case"]
    screening = {"stage": "screening", "result": "positive", "test": "SAMPLE-PCR-1"}
    await script.say(_AUTHORITY, f"/api/v1/cases/{case}/tests", screening)
    return case


async def _held(script: Script, case: int) -> None:
    """What there is of it; a load that goes on finds it held already."""
    at = f"/api/v1/cases/{case}"
    exposure = (await script.say(_AUTHORITY, f"{at}/exposures", {"terms": {"hops": 0}}))["exposure"]
    try:
        await script.receipt(_AUTHORITY, f"{at}/holds", {"exposure": exposure, "tiers": [0]})
    except RefusedError as error:
        if error.code != "case.nothing-to-hold":
            raise


async def _asked(
    stage: Stage, script: Script, case: int, of: str, lot: int, answering: Parcel | None = None
) -> int:
    """Ask somebody to seal and count; who has counted says so."""
    asking: dict[str, Any] = {
        "to": stage.clients[of].organisation,
        "asks": ["seal_stock", "stop_sale", "count"],
        "lots": [lot],
        "hours": 24,
    }
    request: int = (await script.say(_AUTHORITY, f"/api/v1/cases/{case}/requests", asking))["request"]
    at = f"/api/v1/case-requests/{request}"
    if answering is not None:
        await script.say(of, f"{at}/acknowledgement", {})
        counted = [{"unit": answering.unit, "pieces": 60, "grams": 60 * CARTON}]
        await script.say(of, f"{at}/answers", {"answer": "done", "counted": counted})
    return request

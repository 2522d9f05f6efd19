"""A recall in the sample: a first station calls back squid whose label is wrong, of its own accord.

A market has begun, reported and destroyed some of it with evidence; the store has not begun yet. Consumers
are told on the page of the batch.
"""

from __future__ import annotations

from datetime import date, timedelta

from service.sample import goods
from service.sample.papers import certificate
from service.sample.sights import Sights
from service.sample.stage import Script, Stage
from service.sample.telling import Parcel, Telling, day_in_china

CARTON = 20_000
"""Grams in a carton of squid."""
_MARKET = "wuhan-market"


async def tell_recall(stage: Stage, sights: Sights) -> None:
    """All of it, in one order."""
    today = day_in_china(stage.now)
    tell = Telling(stage, "recalled", scanned=False)
    intake, squid = await tell.bring_in(goods.waiting(200012, goods.SQUID, CARTON, today, 24))
    left = today - timedelta(days=16)
    store = await tell.deliver(squid, 200, "wuhan-store", left, left + timedelta(days=1))
    left = today - timedelta(days=12)
    market = await tell.deliver(store, 40, "wuhan-market", left, left + timedelta(days=1))
    await tell.sell(market, 6, today - timedelta(days=10))
    script = Script(stage, "recall")
    sights.ids["recall"] = await _ordered(stage, script, intake.lot, market.unit // 1000 + 1)
    sights.codes["recalled-lot"] = intake.code
    await _answered(stage, script, sights.ids["recall"], market, today)


async def _ordered(stage: Stage, script: Script, lot: int, position: int) -> int:
    """The recall, confirmed as it was shown as of ``position``."""
    station = stage.clients["qingdao-station"]
    shown = await station.get("/api/v1/recall-proposals", lots=str(lot), position=str(position))
    order = {
        "question": {"lots": [lot]},
        "asked_at": shown["asked_at"],
        "digest": shown["digest"],
        "level": 2,
        "reason": "labelling",
        "measures": ["stop_sale", "take_back", "destroy"],
        "public": True,
    }
    recall: int = (await script.say("qingdao-station", "/api/v1/recalls", order))["recall"]
    return recall


async def _answered(stage: Stage, script: Script, recall: int, market: Parcel, today: date) -> None:
    """The market begins, destroys four cartons, reports the rest, and ties the destruction to the recall."""
    path = f"/api/v1/recalls/{recall}"
    at = (await stage.clients[_MARKET].get(path))["ordered_at"]
    await script.say(_MARKET, f"{path}/starts", {"happened_at": at})
    picture = certificate("销毁记录 Destruction", [f"示例市场 {today}", "4 箱 cartons"])
    destroyed = await script.receipt(
        _MARKET,
        f"/api/v1/units/{market.unit}/destructions",
        {
            "pieces": 4,
            "grams": 4 * CARTON,
            "method": "incineration",
            "evidence": [await stage.clients[_MARKET].upload(picture, "image/png")],
            "happened_at": at,
        },
    )
    report = {"found_grams": 30 * CARTON, "sold_grams": 6 * CARTON, "destroyed_grams": 4 * CARTON}
    await script.say(_MARKET, f"{path}/reports", report)
    await script.say(_MARKET, "/api/v1/disposals", {"recall": recall, "statement": destroyed["position"]})

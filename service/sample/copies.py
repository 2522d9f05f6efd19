"""What only shows where much is looked at together: a label in two places, and ten days told in one go."""

from __future__ import annotations

import asyncio
import json
from datetime import date, timedelta
from typing import Any

from service.parties import shipped_policies
from service.sample.client import ApiClient
from service.sample.sights import Sights
from service.sample.stage import BACK_DATING_DAYS, Script, Stage
from service.sample.telling import Parcel, Telling

LATE_SALES = 20
PATIENCE = 60.0
"""Seconds for the detectors to look at it; the sample goes on without them."""


async def tell_copies(stage: Stage, sights: Sights, store: Parcel, today: date) -> None:
    """Both, and wait until they are found."""
    await _told_in_one_go(stage, store, today)
    await _copied(stage, sights, today)
    regulator = stage.clients["regulator-wuhan"]
    for rule in ("label-outpaced", "dated-back"):
        await _found(regulator, f"suspicion.{rule}")


async def _told_in_one_go(stage: Stage, store: Parcel, today: date) -> None:
    """A restaurant, whose district's policy is not made for tales of the past, records ten days of sales."""
    document = {**shipped_policies()["4201"], "back_dating_days": BACK_DATING_DAYS}
    document["name"] = "武汉江岸区（示例） Wuhan Jiang'an (sample)"
    script = Script(stage, "district")
    await script.say("regulator-wuhan", "/api/v1/policies", {"region": "420102", "document": document})
    tell = Telling(stage, "told-in-one-go", scanned=False)
    left = today - timedelta(days=18)
    kitchen = await tell.deliver(store, 40, "wuhan-restaurant", left, left + timedelta(days=1))
    for number in range(LATE_SALES):
        await tell.sell(kitchen, 1, left + timedelta(days=2 + number // 2))


async def _copied(stage: Stage, sights: Sights, today: date) -> None:
    """A case of the beef of 2020 was seen in Taiyuan, where none ever came, and soon after in Wuhan."""
    code = await _a_case_of(stage.clients["qingdao-station"], sights.ids["wuhan-lot"])
    day = today - timedelta(days=1)
    for who, place, at in (
        ("taiyuan-shop", "taiyuan-shop", "09:00"),
        ("wuhan-retailer", "wuhan-shop", "09:25"),
    ):
        scan = {"code": code, "facility": stage.places[place], "scanned_at": f"{day}T{at}+08:00"}
        await stage.clients[who].hand_in("/api/v1/scans", {"scans": [scan]})


async def _a_case_of(station: ApiClient, lot: int) -> str:
    """The first case code of a lot, from the statement that issued it."""
    events = (await station.get(f"/api/v1/lots/{lot}/events", limit="200"))["items"]
    issued = next(each for each in events if each["kind"] == "case-codes-issued")
    entry = await station.get(f"/api/v1/entries/{issued['position']}")
    statement: dict[str, Any] = json.loads(entry["statement"])
    code: str = statement["data"]["codes"][0]
    return code


async def _found(regulator: ApiClient, rule: str) -> None:
    waited = 0.0
    while waited < PATIENCE and not (await regulator.get("/api/v1/findings", rule=rule))["items"]:
        await asyncio.sleep(0.5)
        waited += 0.5

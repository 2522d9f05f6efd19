"""What goes wrong, or differently, these days in the sample: goods that are held, found, corrected, repacked,
kept for others, counted differently or near their end; a policy that is to come; and in copies.py what only
shows where much is looked at together.

Every step can be said again by a load that goes on: what a step asks first is asked as of a position that is
the same each time, and what has no key of its own is looked for before it is said.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from schema.messages.written import COLD_CHAIN_IMPORT
from service.sample import copies, goods
from service.sample.cast import QUARANTINE, USCC
from service.sample.client import RefusedError
from service.sample.sights import Sights
from service.sample.stage import Script, Stage, policy_document
from service.sample.telling import Parcel, Telling, day_in_china

CARTON = 15_000
"""Grams in a carton of lamb."""
_SAMPLED = "SAMPLE-S-0001"


async def tell_troubles(stage: Stage, sights: Sights) -> None:
    """All of it, in one order."""
    today = day_in_china(stage.now)
    shelf, store = await _four_owners(stage, sights, today)
    await _near_its_end(stage, today)
    await _at_the_counter(stage, sights, shelf, today)
    await _counted_differently(stage, sights, shelf.lot, today)
    await _held(stage, sights, today)
    await _found(stage, sights, today)
    await _disinfected(stage, today)
    await _policy_to_come(stage, sights, today)
    await copies.tell_copies(stage, sights, store, today)


async def _four_owners(stage: Stage, sights: Sights, today: date) -> tuple[Parcel, Parcel]:
    """The importer sells three parts of what lies in a third-party store; one buyer fetches half. What that
    buyer has, and what is left of the importer's."""
    tell, script = Telling(stage, "owners", scanned=False), Script(stage, "owners-deals")
    _intake, lamb = await tell.bring_in(goods.waiting(200004, goods.LAMB, CARTON, today, 30))
    left = today - timedelta(days=20)
    store = await tell.deliver(lamb, 320, "wuhan-store", left, left + timedelta(days=1), "shandong-truck")
    parts = await tell.split(store, [80, 80, 80], left + timedelta(days=2))
    buyers = ("wuhan-market", "wuhan-retailer", "wuhan-restaurant")
    for number, (owner, parcel) in enumerate(zip(buyers, parts, strict=True), start=1):
        contract = {
            "to_uscc": USCC[owner],
            "document": {"kind": "contract", "number": f"SAMPLE-HT-{number}"},
            "happened_at": f"{left + timedelta(days=3)}T09:00+08:00",
        }
        await script.say("wuhan-store", f"/api/v1/units/{parcel.unit}/transfers", contract)
    sights.ids["owned-lot"] = lamb.lot
    left = today - timedelta(days=10)
    return await tell.deliver(parts[1], 40, "wuhan-shop", left, left + timedelta(days=1)), store


async def _near_its_end(stage: Stage, today: date) -> None:
    """Berries that are best before three weeks from now."""
    tell = Telling(stage, "near-expiry", scanned=False)
    berries = replace(goods.waiting(200006, goods.BERRIES, 10_000, today, 26), shelf_days=140)
    _intake, parcel = await tell.bring_in(berries)
    left = today - timedelta(days=15)
    store = await tell.deliver(parcel, 300, "wuhan-store", left, left + timedelta(days=1))
    left = today - timedelta(days=8)
    await tell.deliver(store, 60, "wuhan-shop", left, left + timedelta(days=1))


async def _at_the_counter(stage: Stage, sights: Sights, shelf: Parcel, today: date) -> None:
    """Cartons become bags, a bag is opened, and a sale that was typed wrongly is corrected."""
    script, day = Script(stage, "counter"), today - timedelta(days=7)

    async def say(what: str, unit: int, hour: int, **body: Any) -> dict[str, Any]:
        said = {**body, "happened_at": f"{day}T{hour:02}:00+08:00"}
        return await script.receipt("wuhan-retailer", f"/api/v1/units/{unit}/{what}", said)

    bag = {"pack": "bag", "pieces": 150, "grams": 75_000, "grams_each": 500}
    made = await say("repackings", shelf.unit, 8, pieces=5, grams=5 * CARTON, into=[bag], loss_grams=0)
    (bags,) = made["outcome"]["units"]
    opened = {"into": [{"pack": "bag", "grams": 990}], "loss_grams": 10, "loss_reason": "drip"}
    (loose,) = (await say("repackings", bags, 9, pieces=2, grams=1_000, **opened))["outcome"]["units"]
    await say("sales", loose, 10, grams=245)
    typed = await say("sales", shelf.unit, 11, pieces=12, grams=12 * CARTON)
    right = {"reason": "typing", "changes": {"pieces": 2, "grams": 2 * CARTON}}
    corrections = f"/api/v1/statements/{typed['position']}/corrections"
    await script.say("wuhan-retailer", corrections, right)
    sights.ids["bags"], sights.ids["corrected"] = bags, typed["position"]


async def _counted_differently(stage: Stage, sights: Sights, lot: int, today: date) -> None:
    """The shop says that it holds two cartons of a lot less than the ledger says."""
    shop, place = stage.clients["wuhan-retailer"], stage.places["wuhan-shop"]
    said = (await shop.get("/api/v1/stock/declarations", facility=str(place)))["items"]
    if said:
        sights.ids["declaration"] = said[-1]["id"]
        return
    there: Counter[int] = Counter()
    for line in (await shop.get("/api/v1/stock", facility=str(place), limit="200"))["items"]:
        there[line["lot"]["id"]] += line["grams"]
    there[lot] -= 2 * CARTON
    declared = {
        "facility": place,
        "as_of": f"{today - timedelta(days=1)}T21:00+08:00",
        "lines": [{"lot": key, "grams": grams} for key, grams in sorted(there.items())],
    }
    told = await Script(stage, "stock").say("wuhan-retailer", "/api/v1/stock/declarations", declared)
    sights.ids["declaration"] = told["declaration"]


async def _held(stage: Stage, sights: Sights, today: date) -> None:
    """A regulator holds a lot that lies in three places; a market sells some of it all the same."""
    tell, script = Telling(stage, "held", scanned=False), Script(stage, "held-orders")
    intake, pork = await tell.bring_in(goods.waiting(200005, goods.PORK, 10_000, today, 28))
    left = today - timedelta(days=18)
    store = await tell.deliver(pork, 400, "wuhan-store", left, left + timedelta(days=1))
    left = today - timedelta(days=12)
    market = await tell.deliver(store, 100, "wuhan-market", left, left + timedelta(days=1))
    sights.ids["hold"] = await _order(stage, script, intake.lot, market.unit // 1000 + 1)
    sights.ids["held-lot"] = intake.lot
    try:
        await tell.ship(store, 50, "wuhan-restaurant", today - timedelta(days=1))
    except RefusedError as error:
        # As it should be: what was about to happen is refused, and the regulator sees the attempt.
        if error.code != "unit.held":
            raise
    await tell.sell(market, 3, today - timedelta(days=1))
    found = await stage.clients["wuhan-market"].get("/api/v1/findings", rule="unit.held")
    sights.ids["finding"] = found["items"][-1]["id"]


async def _order(stage: Stage, script: Script, lot: int, position: int) -> int:
    """The hold that a regulator places, confirmed as it was shown as of ``position``."""
    regulator = stage.clients["regulator-wuhan"]
    shown = await regulator.get("/api/v1/hold-proposals", lots=str(lot), position=str(position))
    order = {
        "question": {"lots": [lot]},
        "asked_at": shown["asked_at"],
        "digest": shown["digest"],
        "reason": "positive",
        "case_number": "SAMPLE-WH-001",
    }
    hold: int = (await script.say("regulator-wuhan", "/api/v1/holds", order))["hold"]
    return hold


async def _found(stage: Stage, sights: Sights, today: date) -> None:
    """Twelve cartons without a label, found in the first station, and sampled."""
    script, day = Script(stage, "found"), today - timedelta(days=2)
    found = {
        "facility": stage.places["qingdao"],
        "zone": QUARANTINE,
        "how": "unlabelled",
        "circumstances": "in_store",
        "product": "示例不明冻肉",
        "product_en": "Frozen meat without a label",
        "category": "livestock",
        "temperature_class": "frozen",
        "pieces": 12,
        "grams": 240_000,
        "happened_at": f"{day}T15:20+08:00",
    }
    made = await script.say("qingdao-station", "/api/v1/discoveries", found)
    sample = {
        "pieces": 0,
        "grams": 300,
        "purpose": "nucleic_acid",
        "by": "regulator",
        "authority_uscc": USCC["regulator-qingdao"],
        "samples": [_SAMPLED],
        "happened_at": f"{day}T17:00+08:00",
    }
    await script.say("qingdao-station", f"/api/v1/units/{made['unit']}/samples", sample)
    sights.ids["found-lot"] = made["lot"]


async def _disinfected(stage: Stage, today: date) -> None:
    """A zone and a bay of the first station; the regulator has accepted the first."""
    script, day = Script(stage, "disinfection"), today - timedelta(days=1)
    done = {
        "facility": stage.places["qingdao"],
        "agent": "peracetic_acid",
        "milligrams_per_litre": 2000,
        "contact_minutes": 30,
        "happened_at": f"{day}T18:30+08:00",
    }
    zone = {**done, "zone": QUARANTINE, "square_metres": 420, "terminal": True}
    made = await script.say("qingdao-station", "/api/v1/disinfections", zone)
    await script.say("qingdao-station", "/api/v1/disinfections", {**done, "bay": "D3"})
    acceptance = f"/api/v1/disinfections/{made['disinfection']}/acceptance"
    await script.say("regulator-qingdao", acceptance, {"grounds": "inspected_on_site"})


async def _policy_to_come(stage: Stage, sights: Sights, today: date) -> None:
    """Wuhan's next policy begins at a midnight a month from now; the one after it is a draft."""
    begins = today + timedelta(days=30)
    document = policy_document("4201") | {"near_expiry_days": 60, "weight_tolerance_permille": 3}
    scheduled = {"region": "4201", "document": document, "valid_from": begins.isoformat()}
    told = await Script(stage, "policy").receipt("regulator-wuhan", "/api/v1/policies", scheduled)
    sights.ids["edition"] = told["position"]
    regulator = stage.clients["regulator-wuhan"]
    drafts = (await regulator.get("/api/v1/policy-drafts"))["items"]
    if drafts:
        sights.ids["draft"] = drafts[-1]["id"]
        return
    draft = {
        "name": "示例：更严的新冠检测要求 Sample: stricter tests",
        "region": "4201",
        "regime": COLD_CHAIN_IMPORT,
        "document": document | {"certificate_validity_days": {"nucleic_acid": 7}},
    }
    sights.ids["draft"] = await regulator.keep("/api/v1/policy-drafts", draft)

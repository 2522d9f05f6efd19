"""The stories of the sample: six public cases, some ordinary trade, and goods that wait for the visitor.

Facts of the cases: dates, kinds of goods, amounts. Who acts is invented (cast.py), and so is what the public
accounts do not tell.
"""

from __future__ import annotations

from datetime import date, timedelta

from service.sample import goods, people
from service.sample.casework import tell_case
from service.sample.cast import INDEPENDENT
from service.sample.recalling import tell_recall
from service.sample.sights import Sights
from service.sample.stage import Stage
from service.sample.supervising import tell_supervision
from service.sample.telling import Telling, day_in_china
from service.sample.troubles import tell_troubles


async def tell_all(stage: Stage) -> Sights:
    """Tell every story, in one order, so that a load that goes on takes the same steps."""
    sights = Sights()
    await _wuhan_2020(stage, sights)
    await _tianjin_2021(stage)
    await _shenyang_2020(stage, sights)
    await _zhoushan_2021(stage)
    await _yantai_2020(stage, sights)
    await _second_ring_2021(stage)
    await _trade(stage)
    await _these_days(stage, sights)
    await people.employ(stage)
    await tell_troubles(stage, sights)
    await tell_supervision(stage, sights)
    await tell_recall(stage, sights)
    await tell_case(stage, sights)
    return sights


async def _wuhan_2020(stage: Stage, sights: Sights) -> None:
    """Port 08-07, out 08-15, Wuhan 08-17: 1,006 cartons, 27 t, and the chain of stores behind it."""
    tell = Telling(stage, "wuhan-2020")
    intake, beef = await tell.bring_in(goods.WUHAN_2020, released=date(2020, 8, 15))
    await tell.issue_cases(intake, 24)
    load = await tell.ship(beef, 1006, "wuhan-store", date(2020, 8, 15), "shandong-truck")
    store = await tell.receive(load, date(2020, 8, 17))
    market = await tell.deliver(store, 300, "wuhan-market", date(2020, 8, 20), date(2020, 8, 21))
    load = await tell.ship(store, 200, "wuhan-shop", date(2020, 9, 5))
    shop = await tell.receive(load, date(2020, 9, 6), 1, "refused")
    restaurant = await tell.deliver(store, 100, "wuhan-restaurant", date(2020, 10, 10), date(2020, 10, 11))
    stall, _counter = await tell.split(market, [120, 80], date(2020, 8, 22))
    await tell.sell(stall, 35, date(2020, 8, 25), "示例顾客甲")
    await tell.sell(stall, 12, date(2020, 9, 2))
    await tell.deliver(market, 60, "wuhan-shop-2", date(2020, 9, 10), date(2020, 9, 11))
    await tell.sell(shop, 48, date(2020, 9, 12))
    await tell.sell(shop, 20, date(2020, 10, 1))
    await tell.sell(restaurant, 30, date(2020, 10, 20), "示例顾客乙")
    sights.ids["wuhan-lot"], sights.codes["wuhan-lot"] = intake.lot, intake.code
    sights.ids["wuhan-shop-unit"] = shop.unit


async def _tianjin_2021(stage: Stage) -> None:
    """In 2020-12-23, stored 01-10, opened 01-29: positive, the re-test of 01-30 negative; kept apart."""
    tell = Telling(stage, "tianjin-2021")
    intake = await tell.take_in(goods.TIANJIN_2021, opened=date(2021, 1, 29))
    await tell.test(intake, date(2021, 1, 29), "positive", "P")
    await tell.test(intake, date(2021, 1, 30))
    await tell.store(intake, INDEPENDENT, date(2021, 1, 30))


async def _shenyang_2020(stage: Stage, sights: Sights) -> None:
    """2020-12-19: the truck has not been unloaded. Liaoning wants the customs declaration as a paper too."""
    tell = Telling(stage, "shenyang-2020")
    intake = await tell.take_in(goods.SHENYANG_2020)
    await tell.test(intake, date(2020, 12, 13))
    await tell.disinfect(intake, date(2020, 12, 14))
    await tell.quarantine(intake, date(2020, 12, 15))
    await tell.declare(intake)
    salmon = await tell.release(intake, date(2020, 12, 18))
    load = await tell.ship(salmon, 350, "shenyang-store", date(2020, 12, 19), "liaoning-truck")
    sights.ids["shenyang-lot"], sights.ids["shenyang-shipment"] = intake.lot, load.shipment


async def _zhoushan_2021(stage: Stage) -> None:
    """The container was opened and nothing unloaded."""
    tell = Telling(stage, "zhoushan-2021")
    arrival = await tell.announce(goods.ZHOUSHAN_2021)
    await tell.open(goods.ZHOUSHAN_2021, arrival, date(2021, 1, 15))


async def _yantai_2020(stage: Stage, sights: Sights) -> None:
    """Goods of three companies from one ship; those of the first were processed."""
    tell = Telling(stage, "yantai-2020")
    parcels = [
        (await tell.bring_in(consignment, released=date(2020, 8, 10)))[1] for consignment in goods.YANTAI_2020
    ]
    plant = await tell.deliver(parcels[0], 700, "yantai-plant", date(2020, 8, 11), date(2020, 8, 12))
    rings = await tell.process([(plant, 400)], _RINGS, 1_640_000, "trimming", "2020-08-13T16:00+08:00")
    await tell.process([(plant, 150)], _TUBES, 450_000, "trimming", "2020-08-14T16:00+08:00")
    boxes = await tell.split(rings, [100, 100, 118], date(2020, 8, 15))
    await tell.deliver(boxes[0], 100, "linyi-market", date(2020, 8, 16), date(2020, 8, 17))
    await tell.deliver(parcels[1], 200, "linyi-market", date(2020, 8, 13), date(2020, 8, 14))
    sights.ids["yantai-lot"], sights.ids["yantai-unit"] = rings.lot, boxes[1].unit
    sights.ids["yantai-plant-unit"] = plant.unit


_RINGS = {
    "product": "示例冷冻鱿鱼圈",
    "product_en": "Frozen squid rings",
    "category": "aquatic",
    "specification": "20千克/箱",
    "hs": "0307430090",
    "temperature_class": "frozen",
    "production_batch": "SAMPLE-RINGS-1",
    "produced_on": "2020-08-13",
    "best_before": "2022-05-01",
    "pieces": 318,
}
_TUBES = _RINGS | {
    "product": "示例冷冻鱿鱼筒",
    "product_en": "Frozen squid tubes",
    "specification": "10千克/箱",
    "production_batch": "SAMPLE-TUBES-1",
    "produced_on": "2020-08-14",
    "pieces": 255,
}


async def _second_ring_2021(stage: Stage) -> None:
    """One batch in three cities, sold on to four purchasers."""
    tell = Telling(stage, "second-ring-2021")
    _intake, shrimp = await tell.bring_in(goods.SECOND_RING_2021)
    linyi = await tell.deliver(shrimp, 400, "linyi-market", date(2021, 12, 1), date(2021, 12, 2))
    yinchuan = await tell.deliver(shrimp, 300, "yinchuan-market", date(2021, 12, 1), date(2021, 12, 4))
    taiyuan = await tell.deliver(shrimp, 350, "taiyuan-market", date(2021, 12, 2), date(2021, 12, 3))
    await tell.sell(linyi, 40, date(2021, 12, 6), "示例采购者甲")
    await tell.sell(linyi, 25, date(2021, 12, 8), "示例采购者乙")
    await tell.sell(yinchuan, 60, date(2021, 12, 7), "示例采购者丙")
    shop = await tell.deliver(taiyuan, 80, "taiyuan-shop", date(2021, 12, 6), date(2021, 12, 7))
    await tell.sell(shop, 22, date(2021, 12, 9), "示例采购者丁")


async def _trade(stage: Stage) -> None:
    """What else goes from Qingdao to Wuhan, and is divided and sold there."""
    tell = Telling(stage, "trade", scanned=False)
    counters = ("wuhan-market", "wuhan-shop", "wuhan-restaurant", "wuhan-shop-2")
    for number, consignment in enumerate(goods.QINGDAO_TO_WUHAN):
        _intake, parcel = await tell.bring_in(consignment)
        out = consignment.arrived + timedelta(days=6)
        pieces = consignment.pieces * 3 // 4
        truck = "shandong-truck-2"
        store = await tell.deliver(parcel, pieces, "wuhan-store", out, out + timedelta(days=2), truck)
        counter = counters[number % len(counters)]
        day = out + timedelta(days=4)
        shelf = await tell.deliver(store, pieces // 2, counter, day, day + timedelta(days=1))
        if counter == "wuhan-market":
            parts = [shelf.pieces // 2, shelf.pieces // 4]
            shelf, _rest = await tell.split(shelf, parts, day + timedelta(days=2))
        await tell.sell(shelf, shelf.pieces // 3, day + timedelta(days=3))


async def _these_days(stage: Stage, sights: Sights) -> None:
    """Waiting for the visitor: a lot at the gate, a shipment on its way to the shop, a ship at sea."""
    tell = Telling(stage, "these-days")
    today = day_in_china(stage.now)
    await _at_the_gate(tell, today, sights)
    intake, wings = await tell.bring_in(goods.waiting(200002, goods.WINGS, 15_000, today, 9))
    left = today - timedelta(days=3)
    store = await tell.deliver(wings, 400, "wuhan-store", left, left + timedelta(days=1), "shandong-truck")
    load = await tell.ship(store, 120, "wuhan-shop", today - timedelta(days=1))
    sights.ids["wuhan-shipment"] = load.shipment
    sights.codes["wuhan-shipment"] = intake.code
    await tell.announce(goods.waiting(200003, goods.COD, 25_000, today, -4))


async def _at_the_gate(tell: Telling, today: date, sights: Sights) -> None:
    """All papers but the nucleic-acid certificate."""
    intake = await tell.take_in(goods.waiting(200001, goods.BEEF, 26_800, today, 3))
    await tell.disinfect(intake, today - timedelta(days=1))
    await tell.quarantine(intake, today - timedelta(days=1))
    sights.ids["gate-lot"], sights.codes["gate-lot"] = intake.lot, intake.code

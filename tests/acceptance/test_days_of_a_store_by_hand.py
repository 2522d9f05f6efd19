"""The two days that people tell by hand, with a browser and no script: what was typed wrongly is corrected,
and what must not have been sold is explained.
"""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser

from tests.acceptance.days import (
    CARTON,
    Goods,
    Town,
    delivered,
    hold,
    released,
    settle,
    shipment_of,
    the_books_are_sound,
    told_grams,
)
from tests.acceptance.hands import Person
from tests.acceptance.running import Service
from tests.acceptance.trading import trade
from tests.conftest import complete

pytestmark = pytest.mark.browser


@dataclass
class Morning:
    """What lies in the shop, and what is on its way there."""

    town: Town
    shelf: Goods
    coming: Goods
    shipment: int
    order: int


@pytest.fixture(scope="module")
def morning(service: Service) -> Morning:
    """Ten cartons lie in the shop and are held; ten of another lot are before its door."""

    async def begin() -> Morning:
        async with trade(service.url, *service.first_manager) as register:
            town = await settle(register)
            shelf = await delivered(await released(town.station, 30), 10, town.shop)
            order = await hold(town.regulator, "positive", lots=[shelf.lot])
            goods = await released(town.station, 10)
            load = shipment_of(goods, 10, town.shop, "2021-03-04T10:00+08:00")
            sent = await town.station.say("/api/v1/shipments", **load)
            return Morning(town, shelf, goods, sent["shipment"], order["hold"])

    return complete(begin)


def grams_told(service: Service, morning: Morning, lot: int) -> dict[str, int]:
    """What the regulator's trace says over the interface."""

    async def ask() -> dict[str, int]:
        async with trade(service.url, *service.first_manager) as register:
            return await told_grams(await register.sign_in_as(morning.town.regulator), lot)

    return complete(ask)


def test_a_wrong_weight_is_corrected_after_half_was_sold(
    chromium: Browser, service: Service, morning: Morning
) -> None:
    shop = Person(chromium, service.url, morning.town.shop, locale="zh-CN")
    shop.send(
        f"/shipments/{morning.shipment}/receive",
        happened_at="2021-03-04T16:00", zone="1", items__0__pieces="10", items__0__grams="180",
        items__0__reason="drying",
    )  # fmt: skip
    shop.page.goto("/units?state=released")
    unit = shop.page.locator("main table a[href^='/units/']").first.get_attribute("href")
    shop.send(f"{unit}/sell", pieces="5", grams="90", happened_at="2021-03-05T10:00")

    shop.page.goto(str(unit))
    shop.page.locator("main a[href^='/statements/']").first.click()
    shop.page.locator("main a[href$='/correct']").click()
    shop.fill(items__0__grams="80", reason="weighing")
    shop.press()
    assert "后续" in shop.refusal or "先" in shop.refusal, "what was sold since stands in the way"
    shop.fill(items__0__grams="200", items__0__reason="")
    shop.press()
    would = shop.page.locator("[role=status]").inner_text()
    assert "110" in would, "what would follow is seen first"
    shop.press("登记更正")
    shop.page.goto(str(unit))
    assert "110" in shop.page.locator("main").inner_text()

    regulator = Person(chromium, service.url, morning.town.regulator)
    regulator.page.goto(str(unit))
    regulator.page.locator("main a[href^='/statements/']").first.click()
    versions = regulator.page.locator("main").inner_text()
    assert "180" in versions
    assert "200" in versions
    assert grams_told(service, morning, morning.coming.lot) == {
        "entered": 10 * CARTON, "released": 110_000, "sold": 90_000,
    }  # fmt: skip


def test_a_held_carton_that_was_sold_is_explained(
    chromium: Browser, service: Service, morning: Morning
) -> None:
    shop = Person(chromium, service.url, morning.town.shop)
    unit = morning.shelf.unit
    shop.page.goto(f"/units/{unit}")
    assert "On hold" in shop.page.locator("main").inner_text()
    shop.send(f"/units/{unit}/sell", pieces="1", grams="20", happened_at="2021-03-05T11:00")
    shop.page.goto("/findings?state=open")
    shop.page.locator("main table a[href^='/findings/']").first.click()
    finding = shop.id(r"/findings/(\d+)")
    shop.send(f"/findings/{finding}/answer", explanation="recorded_late", note="断网期间售出")

    regulator = Person(chromium, service.url, morning.town.regulator, locale="zh-CN")
    regulator.send(f"/findings/{finding}/close", conclusion="warned", lift="true")
    regulator.send(f"/holds/{morning.order}/lift", reason="test_negative", test="440100202103")
    shop.page.goto(f"/units/{unit}")
    assert "On hold" not in shop.page.locator("main").inner_text()
    assert grams_told(service, morning, morning.shelf.lot) == {
        "entered": 30 * CARTON, "released": 29 * CARTON, "sold": CARTON,
    }  # fmt: skip


def test_at_night_the_books_are_audited(service: Service) -> None:
    the_books_are_sound(service)

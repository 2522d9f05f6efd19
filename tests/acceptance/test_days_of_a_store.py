"""Days of a store, told over the interface: a wrong weight, a repack, zones that are divided anew.

Each ends with what the regulator sees, and with a trace that accounts for every gram.
"""

from __future__ import annotations

from tests.acceptance.days import (
    CARTON,
    IMPORTED,
    ago,
    came_from,
    delivered,
    findings,
    released,
    settle,
    shipment_of,
    the_books_are_sound,
    told_grams,
)
from tests.acceptance.running import Service
from tests.acceptance.trading import trade


async def test_a_wrong_weight_is_corrected_after_half_was_sold(service: Service) -> None:
    """Ten cartons came to the shop; the clerk typed 180 kg for 200, and sold five before noticing."""
    async with trade(service.url, *service.first_manager) as town_register:
        town = await settle(town_register)
        goods = await released(town.station, 50)
        sent = await town.station.say(
            "/api/v1/shipments", **shipment_of(goods, 10, town.shop, "2021-03-04T10:00+08:00")
        )
        came = {"unit": sent["units"][0], "pieces": 10, "grams": 180_000, "reason": "drying"}
        receipt = await town.shop.record(
            f"/api/v1/shipments/{sent['shipment']}/receipt",
            happened_at="2021-03-04T16:00+08:00", zone=1, items=[came],
        )  # fmt: skip
        unit, statement = receipt["outcome"]["units"][0], receipt["position"]
        await town.shop.say(
            f"/api/v1/units/{unit}/sales", pieces=5, grams=90_000, happened_at="2021-03-05T10:00+08:00"
        )

        corrections = f"/api/v1/statements/{statement}/corrections"
        below = {"reason": "weighing", "changes": {"items": [{**came, "grams": 80_000}]}}
        refused = await town.shop.post(corrections, below)
        assert refused.status == 409, "less than was sold of it cannot have come"
        assert str(receipt["position"] + 1) in str(refused.body), "the sale stands in the way, and is named"

        right = {"unit": came["unit"], "pieces": 10, "grams": 200_000}
        await town.shop.say(corrections, reason="weighing", changes={"items": [right]})
        shelf = await town.shop.ask(f"/api/v1/units/{unit}")
        assert (shelf["pieces"], shelf["grams"]) == (5, 110_000)

        told = await town.regulator.ask(f"/api/v1/statements/{statement}")
        assert [version["data"]["items"][0]["grams"] for version in told["versions"]] == [180_000, 200_000]
        assert told["corrections"][0]["reason"] == "weighing"
        assert await told_grams(town.regulator, goods.lot) == {
            "entered": 50 * CARTON, "released": 40 * CARTON + 110_000, "sold": 90_000,
        }  # fmt: skip
        assert await came_from(town.regulator, unit) == [goods.lot]


async def test_cartons_of_20_kg_become_bags_of_500_g_and_grams_at_a_stall(service: Service) -> None:
    async with trade(service.url, *service.first_manager) as town_register:
        town = await settle(town_register)
        goods = await delivered(await released(town.station, 10), 10, town.store)
        cartons = {"pieces": 4, "grams": 4 * CARTON, "loss_grams": 0, "happened_at": "2021-03-05T08:00+08:00"}
        repackings = f"/api/v1/units/{goods.unit}/repackings"
        short = {"pack": "bag", "pieces": 159, "grams": 4 * CARTON, "grams_each": 500}
        refused = await town.store.post(repackings, {**cartons, "into": [short]})
        assert refused.codes == {"repack.conversion-off"}
        (bags,) = (await town.store.say(repackings, **cartons, into=[{**short, "pieces": 160}]))["units"]
        shown = await town.store.ask(f"/api/v1/units/{bags}")
        assert (shown["pack"], shown["pieces"], shown["grams"]) == ("bag", 160, 80_000)

        load = {"unit": bags, "pieces": 60, "grams": 30_000}
        sent = await town.store.say(
            "/api/v1/shipments",
            facility=town.store.places["here"], destination=town.shop.places["here"], items=[load],
            departed_at="2021-03-05T10:00+08:00",
        )  # fmt: skip
        (on_stall,) = (
            await town.shop.say(
                f"/api/v1/shipments/{sent['shipment']}/receipt",
                happened_at="2021-03-05T12:00+08:00", zone=1, items=[{**load, "unit": sent["units"][0]}],
            )
        )["units"]  # fmt: skip
        (loose,) = (
            await town.shop.say(
                f"/api/v1/units/{on_stall}/repackings",
                pieces=2, grams=1_000, into=[{"pack": "bag", "grams": 980}], loss_grams=20,
                loss_reason="drip", happened_at="2021-03-06T08:00+08:00",
            )
        )["units"]  # fmt: skip
        for weighed in (137, 243):
            await town.shop.say(
                f"/api/v1/units/{loose}/sales", grams=weighed, happened_at="2021-03-06T09:00+08:00"
            )
        counted = {"pieces": 1, "grams": 500, "happened_at": "2021-03-06T10:00+08:00"}
        refused = await town.shop.post(f"/api/v1/units/{loose}/sales", counted)
        assert refused.codes == {"unit.pieces-not-counted"}, "what was opened is weighed"

        opened = await town.regulator.ask(f"/api/v1/units/{loose}")
        assert (opened["packaging"], opened["pieces"], opened["grams"]) == ("opened", None, 600)
        assert await told_grams(town.regulator, goods.lot) == {
            "entered": 10 * CARTON, "released": 10 * CARTON - 400, "sold": 380, "lost": 20,
        }  # fmt: skip
        assert await came_from(town.regulator, loose) == [goods.lot]


async def test_a_zone_is_divided_anew_while_goods_lie_in_it(service: Service) -> None:
    async with trade(service.url, *service.first_manager) as town_register:
        town = await settle(town_register)
        goods = await delivered(await released(town.station, 12), 12, town.store)
        store, here = town.store, town.store.places["here"]
        await store.say(
            f"/api/v1/facilities/{here}/repartition",
            happened_at=ago(hours=5),
            zones=[{**IMPORTED, "name": name, "from": [1]} for name in ("进口一区", "进口二区")],
        )
        (line,) = (await store.ask("/api/v1/stock", to_be_moved="true"))["items"]
        assert (line["zone"], line["grams"]) == (1, goods.grams), "on record they lie where they lay"
        parts = [{"pieces": 5, "grams": 5 * CARTON}]
        (front,) = (
            await store.say(f"/api/v1/units/{goods.unit}/splits", parts=parts, happened_at=ago(hours=4))
        )["units"]
        moved = {"zone": 2, "happened_at": ago(hours=3)}
        assert (await store.record(f"/api/v1/units/{front}/storings", **moved))["breach"] == []
        back = {"zone": 3, "happened_at": ago(hours=2)}
        assert (await store.record(f"/api/v1/units/{goods.unit}/storings", **back))["breach"] == []
        assert (await store.ask("/api/v1/stock", to_be_moved="true"))["items"] == []
        wrong = await store.record(f"/api/v1/units/{front}/storings", zone=1, happened_at=ago(hours=1))
        assert [broken["code"] for broken in wrong["breach"]] == ["zone.closed"]

        (finding,) = await findings(town.regulator, owner=str(store.organisation))
        assert finding["rules"][0]["code"] == "zone.closed"
        place = await town.regulator.ask(f"/api/v1/facilities/{here}")
        assert [zone["closed"] for zone in place["zones"]] == [True, False, False]
        assert await told_grams(town.regulator, goods.lot) == {
            "entered": 12 * CARTON, "released": 12 * CARTON,
        }  # fmt: skip
        assert await came_from(town.regulator, goods.unit) == [goods.lot]


def test_at_night_the_books_are_audited(service: Service) -> None:
    the_books_are_sound(service)

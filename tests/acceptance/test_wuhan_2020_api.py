"""Wuhan, November 2020, through the interface: 1,006 cartons of Brazilian beef, 27 t, from the port of
Qingdao (2020-08-07) over its first station (out 08-15) to a store in Wuhan (08-17), and on to the counter.
"""

from __future__ import annotations

from typing import Any

from scanners.reading import read
from tests.acceptance.running import Service
from tests.acceptance.trading import Answer, Business, trade
from tests.acceptance.wuhan import CARTONS, CONTAINER, GRAMS, SEAL, Cast, gather


async def test_a_container_of_beef_goes_from_the_port_to_the_counter_and_is_traced_both_ways(
    service: Service,
) -> None:
    async with trade(service.url, *service.first_manager) as wuhan:
        cast = await gather(wuhan)
        lot = await the_container_is_unloaded_in_qingdao(cast)
        released = await the_gate_refuses_twice_and_then_lets_it_go(cast, lot)
        await anyone_checks_the_exit_certificate(await wuhan.stranger(), released)
        label = await cast.station.ask(f"/api/v1/lots/{lot['lot']}/labels", size="70x50", format="png")
        shipment = await it_is_shipped_to_wuhan(cast, released["unit"])
        stored = await the_store_receives_what_the_label_says(cast, label, shipment)
        await it_is_divided_and_sold_in_part(cast, stored)
        await its_origin_is_the_container(cast, lot)
        await every_carton_and_gram_is_found(cast, lot)
        await a_consumer_scans_it(await wuhan.stranger(), lot["code"])
    the_ledger_holds(service)


async def the_container_is_unloaded_in_qingdao(cast: Cast) -> dict[str, Any]:
    station = cast.station.places["first_station"]
    arrival = (
        await cast.station.say(
            "/api/v1/arrivals",
            facility=station,
            source="port",
            container=CONTAINER,
            seal=SEAL,
            vessel="EVER SAMPLE",
            voyage="020E",
            importer=cast.importer.uscc,
            port="Qingdao",
            entry_on="2020-08-07",
            expected_at="2020-08-07T16:00+08:00",
        )
    )["arrival"]
    opening = {
        "happened_at": "2020-08-08T09:00+08:00",
        "container": CONTAINER,
        "seal": "BR0098212",
        "seal_intact": True,
    }
    another_seal = await cast.station.post(f"/api/v1/arrivals/{arrival}/opening", opening)
    assert another_seal.codes == {"container.seal-differs"}
    await cast.station.say(f"/api/v1/arrivals/{arrival}/opening", **opening | {"seal": SEAL})
    return await cast.station.say(
        "/api/v1/lots",
        arrival=arrival,
        facility=station,
        product="冷冻去骨牛肉",
        product_en="Frozen boneless beef",
        category="livestock",
        specification="约26.8千克/箱",
        hs="0202300090",
        pieces=CARTONS,
        grams=GRAMS,
        temperature_class="frozen",
        country="BRA",
        establishment="SIF1234",
        produced_on="2020-06-01",
        production_batch="B20200601",
        best_before="2022-05-31",
        received_at="2020-08-08T10:30+08:00",
        zone=1,
    )


async def the_gate_refuses_twice_and_then_lets_it_go(cast: Cast, lot: dict[str, Any]) -> dict[str, Any]:
    refused = await release(cast, lot)
    assert (refused.status, refused.body["code"]) == (409, "gate.refused")
    assert refused.codes == {
        "gate.quarantine-missing",
        "gate.nucleic-acid-missing",
        "gate.disinfection-missing",
    }

    await certify(cast, lot, "quarantine", "4200202008120001", "2020-08-12", grams=GRAMS)
    await certify(
        cast, lot, "nucleic_acid", "HS-1", "2020-08-09",
        happened_at="2020-08-08T11:00+08:00", result="negative", sampled_where="store",
    )  # fmt: skip
    await certify(
        cast, lot, "disinfection", "XD-1", "2020-08-09", happened_at="2020-08-09T14:00+08:00", pieces=1000
    )
    refused = await release(cast, lot)
    assert refused.codes == {"gate.pieces-not-disinfected"}
    assert "1000" in refused.body["errors"][0]["detail"]

    await certify(cast, lot, "disinfection", "XD-2", "2020-08-10", happened_at="2020-08-10", pieces=6)
    released = await release(cast, lot)
    assert released.status == 201, released.body
    again = await release(cast, lot)
    assert again.body == released.body, "the same submission has the same answer"
    outcome: dict[str, Any] = released.body["outcome"]
    return outcome


async def release(cast: Cast, lot: dict[str, Any]) -> Answer:
    body = {
        "unit": lot["unit"],
        "pieces": CARTONS,
        "grams": GRAMS,
        "happened_at": "2020-08-15T08:00+08:00",
    }
    return await cast.station.post(
        f"/api/v1/lots/{lot['lot']}/releases", body, **{"Idempotency-Key": "release-of-the-beef"}
    )


async def certify(
    cast: Cast, lot: dict[str, Any], kind: str, number: str, issued_on: str, **more: object
) -> None:
    scan = b"\x89PNG\r\n\x1a\n" + number.encode()
    await cast.station.say(
        "/api/v1/certificates",
        kind=kind,
        issuer="示例机构",
        number=number,
        issued_on=issued_on,
        lots=[lot["lot"]],
        file=await cast.station.upload(scan),
        **more,
    )


async def anyone_checks_the_exit_certificate(stranger: Business, released: dict[str, Any]) -> None:
    certificate = await stranger.ask(f"/api/v1/releases/{released['code']}")
    assert (certificate["pieces"], certificate["grams"]) == (CARTONS, GRAMS)
    assert {paper["kind"] for paper in certificate["certificates"]} == {
        "quarantine",
        "nucleic_acid",
        "disinfection",
    }


async def it_is_shipped_to_wuhan(cast: Cast, unit: int) -> int:
    shipped = await cast.station.say(
        "/api/v1/shipments",
        facility=cast.station.places["first_station"],
        destination=cast.store.places["third_party_store"],
        items=[{"unit": unit, "pieces": CARTONS, "grams": GRAMS}],
        departed_at="2020-08-15T10:00+08:00",
        waybill={"number": "WB-1", "driver_name": "示例司机", "plate": "鲁B00000", "seals": ["S1"]},
    )
    shipment: int = shipped["shipment"]
    return shipment


async def the_store_receives_what_the_label_says(cast: Cast, label: bytes, shipment: int) -> int:
    (scan,) = read(label)
    found = await cast.store.ask(f"/api/v1/codes/{scan.code}")
    (fit,) = found["fits"]
    assert (fit["role"], fit["shipment"], fit["pieces"], fit["grams"]) == (
        "arriving",
        shipment,
        CARTONS,
        GRAMS,
    )
    received = await cast.store.say(
        f"/api/v1/shipments/{shipment}/receipt",
        happened_at="2020-08-17T07:30+08:00",
        zone=1,
        items=[{"unit": fit["unit"], "pieces": fit["pieces"], "grams": fit["grams"]}],
        seals_intact=True,
    )
    unit: int = received["units"][0]
    return unit


async def it_is_divided_and_sold_in_part(cast: Cast, stored: int) -> None:
    """400 for the market, 200 for the shop, of which 199 arrive; of the store's 406, 6 are on the road."""
    parts = [{"pieces": 400, "grams": 10_735_000}, {"pieces": 200, "grams": 5_368_000}]
    for_market, for_shop = (
        await cast.store.say(
            f"/api/v1/units/{stored}/splits", parts=parts, happened_at="2020-08-20T12:00+08:00"
        )
    )["units"]
    on_stall = await deliver(cast.store, cast.market, "market", for_market, parts[0])
    await cast.market.say(
        f"/api/v1/units/{on_stall}/sales", pieces=150, grams=4_025_000, happened_at="2020-08-25"
    )
    on_shelf = await deliver(cast.store, cast.shop, "shop", for_shop, parts[1], missing=1, lost=26_840)
    await cast.shop.say(
        f"/api/v1/units/{on_shelf}/sales",
        pieces=20,
        grams=536_800,
        happened_at="2020-09-20T17:00+08:00",
        buyer={"name": "示例顾客"},
    )
    more_than_there_is = await cast.shop.post("/api/v1/shipments", {
        "facility": cast.shop.places["shop"],
        "destination": cast.market.places["market"],
        "items": [{"unit": on_shelf, "pieces": 180, "grams": 4_000_000}],
        "departed_at": "2020-09-21T10:00+08:00",
    })  # fmt: skip
    assert more_than_there_is.codes == {"unit.insufficient-pieces"}
    await cast.store.say(
        "/api/v1/shipments",
        facility=cast.store.places["third_party_store"],
        destination=cast.market.places["market"],
        items=[{"unit": stored, "pieces": 6, "grams": 161_040}],
        departed_at="2020-10-30T10:00+08:00",
    )


async def deliver(
    consignor: Business,
    consignee: Business,
    place: str,
    unit: int,
    portion: dict[str, int],
    missing: int = 0,
    lost: int = 0,
) -> int:
    shipped = await consignor.say(
        "/api/v1/shipments",
        facility=consignor.places["third_party_store"],
        destination=consignee.places[place],
        items=[{"unit": unit, **portion}],
        departed_at="2020-08-21T10:00+08:00",
    )
    item = {
        "unit": shipped["units"][0],
        "pieces": portion["pieces"] - missing,
        "grams": portion["grams"] - lost,
    }
    if missing:
        item["reason"] = "damaged"
    received = await consignee.say(
        f"/api/v1/shipments/{shipped['shipment']}/receipt",
        happened_at="2020-08-22T07:00+08:00",
        items=[item],
    )
    unit_there: int = received["units"][0]
    return unit_there


async def its_origin_is_the_container(cast: Cast, lot: dict[str, Any]) -> None:
    trace = await cast.regulator.ask(f"/api/v1/codes/{lot['code']}/trace/upstream")
    (origin,) = trace["origins"]
    assert (origin["container"], origin["voyage"], origin["port"]) == (CONTAINER, "020E", "Qingdao")
    assert (origin["country"], origin["establishment"], origin["entry_on"]) == (
        "BRA",
        "SIF1234",
        "2020-08-07",
    )
    assert len(origin["certificates"]) == 4
    one_step = await cast.shop.ask(f"/api/v1/codes/{lot['code']}/trace/upstream")
    assert [each["consignor"]["name"] for each in one_step["suppliers"]] == ["示例Wuhan store"]


async def every_carton_and_gram_is_found(cast: Cast, lot: dict[str, Any]) -> None:
    trace = await cast.regulator.ask(f"/api/v1/lots/{lot['lot']}/trace/downstream")
    assert trace["complete"] is True
    held = {(each["organisation"]["name"], each["pieces"], each["grams"]) for each in trace["holders"]}
    assert held == {
        ("示例Wuhan store", 400, 10_735_960),
        ("示例Wuhan market", 250, 6_710_000),
        ("示例Wuhan shop", 179, 4_804_360),
    }
    sold = {(each["organisation"]["name"], each["pieces"], each["grams"]) for each in trace["sold"]}
    assert sold == {("示例Wuhan market", 150, 4_025_000), ("示例Wuhan shop", 20, 536_800)}
    (on_the_road,) = trace["in_transit"]
    assert (on_the_road["pieces"], on_the_road["grams"]) == (6, 161_040)
    (lost,) = trace["losses"]
    assert (lost["pieces"], lost["grams"], lost["reason"]) == (1, 26_840, "damaged")
    everything = [*trace["holders"], *trace["sold"], *trace["in_transit"], *trace["losses"]]
    assert sum(part["pieces"] for part in everything) == CARTONS
    assert sum(part["grams"] for part in everything) == GRAMS
    assert trace["account"]["entered"] == {"pieces": CARTONS, "grams": GRAMS}


async def a_consumer_scans_it(consumer: Business, code: str) -> None:
    told = await consumer.ask(f"/t/{code}")
    assert (told["product"], told["port"], told["state"]) == ("冷冻去骨牛肉", "Qingdao", "released")
    assert not {"pieces", "grams", "container", "importer"} & told.keys()


def the_ledger_holds(service: Service) -> None:
    for words in (("verify", "--rules"), ("rebuild", "--check")):
        done = service.run(*words)
        assert (done.returncode, done.stderr) == (0, ""), done.stdout
        assert done.stdout.startswith("good "), done.stdout

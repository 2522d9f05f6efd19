"""The public cases of 2020 and 2021: exposure finds exactly the goods that the case's relation implies.

Each case is told with its public facts (dates, amounts, the relation) and invented operators, and beside it
stand goods that the relation does not reach. Where two were together for zero minutes, or an accepted
disinfection lies between them, nothing more is found, and what the disinfection kept out is told as cleared.
"""

from __future__ import annotations

import pytest

from tests.acceptance.ports import Port, at, cleared, reached

BEEF, SHRIMP, FISH = "CSQU3054383", "MSKU9070323", "TEMU4321507"


async def test_wuhan_2020(database: str) -> None:
    """Brazilian beef: Qingdao 08-07, out 08-15, a store in Wuhan 08-17, 1,006 cartons; a chain of stores."""
    port = Port()
    port.store("wuhan", "420100")
    port.store("second", "420100")
    port.landed(BEEF, "2020-08-07")
    beef = port.lot(1006, at("2020-08-07", "10:00"))
    port.landed(SHRIMP, "2020-08-01")
    before, beside, after = (port.lot(10, at("2020-08-01", "10:00")) for _ in range(3))
    there = {}
    for goods, out, arrives in (
        (before, at("2020-08-14", "13:00"), at("2020-08-16", "08:00")),
        (beside, at("2020-08-14", "14:00"), at("2020-08-16", "09:00")),
        (beef, at("2020-08-15", "06:00"), at("2020-08-17", "10:00")),
        (after, at("2020-08-17", "12:00"), at("2020-08-19", "09:00")),
    ):
        freed = port.freed(goods, at("2020-08-14"))
        shipped = port.sent("station", "wuhan", [(freed, goods.pieces)], out, truck=False)
        there[goods.lot] = port.arrived("wuhan", shipped, [goods.pieces], arrives)[0]
    port.sent("wuhan", "second", [(there[before.lot], 10)], at("2020-08-17", "09:59"), truck=False)
    onward = port.sent("wuhan", "second", [(there[beef.lot], 1006)], at("2020-08-19", "08:59"), truck=False)
    port.arrived("second", onward, [1006], at("2020-08-19", "11:00"))
    since = at("2020-08-15", "07:00")
    asked = port.question(since, lots=(beef.lot,), tiers={0, 2, 3})
    alone = port.question(since, lots=(beef.lot,), tiers={0, 2, 3}, hops=0)
    found, itself = await port.asks(database, asked, alone)
    assert reached(itself) == port.units(beef)
    assert reached(found) == port.units(beef) | {there[beside.lot]}
    assert reached(found, tier=3) == {there[beside.lot]}


async def test_tianjin_2021(database: str) -> None:
    """Entry 12-23, in store 01-10, opened 01-29, two positive; sealed in a designated area, disinfected."""
    port = Port()
    port.store("tianjin", "120100")
    port.landed(BEEF, "2020-12-23")
    goods = port.lot(50, at("2020-12-23", "10:00"))
    others = [port.lot(5, at("2020-12-23", "10:00")) for _ in range(3)]
    units = {}
    for each in (goods, *others):
        freed = port.freed(each, at("2021-01-08"))
        shipped = port.sent(
            "station", "tianjin", [(freed, each.pieces)], at("2021-01-08", "13:00"), truck=False
        )
        units[each.lot] = port.arrived("tianjin", shipped, [each.pieces], at("2021-01-10"))[0]
    early, late, afterwards = (units[each.lot] for each in others)
    port.put("tianjin", early, 3, at("2021-01-14", "20:00"))
    port.put("tianjin", afterwards, 3, at("2021-01-12", "08:00"))
    port.put("tianjin", units[goods.lot], 4, at("2021-01-29", "18:00"))
    zone = {"facility": port.places["tianjin"][1], "zone": 2, "terminal": True}
    port.disinfected("tianjin", at("2021-01-29", "20:00"), **zone)
    port.put("tianjin", afterwards, 2, at("2021-01-30", "09:00"))
    fortnight = at("2021-01-15", "00:00")
    terms = {"units": (units[goods.lot],), "tiers": {0, 3}, "linger_minutes": 24 * 60}
    (found,) = await port.asks(database, port.question(fortnight, **terms))
    assert reached(found) == {units[goods.lot], late}
    assert cleared(found) == {afterwards}


async def test_shenyang_2020(database: str) -> None:
    """A truck that is not yet unloaded: the vehicle and all its cargo are sealed, and nothing besides."""
    port = Port()
    port.store("shenyang", "210100")
    port.landed(SHRIMP, "2020-12-10")
    first, second, third = (port.lot(20, at("2020-12-10", "10:00")) for _ in range(3))
    freed = [port.freed(goods, at("2020-12-17")) for goods in (first, second, third)]
    load = [(freed[0], 20), (freed[1], 20)]
    aboard = port.sent("station", "shenyang", load, at("2020-12-18", "08:00"))["units"]
    by_unit = port.question(at("2020-12-18", "08:01"), units=(aboard[0],), tiers={0, 2})
    by_truck = port.question(at("2020-12-18", "08:01"), vehicle=port.truck, tiers={2})
    for found in await port.asks(database, by_unit, by_truck):
        assert reached(found) == set(aboard)


@pytest.mark.parametrize(
    ("disinfected", "exposed"),
    [
        (None, True),
        (at("2020-12-19", "08:59"), True),
        (at("2020-12-19", "10:00"), False),
        (at("2020-12-20", "13:00"), True),
    ],
)
async def test_the_next_load_of_the_truck(database: str, disinfected: str | None, exposed: bool) -> None:
    """It is exposed, too, unless the truck was disinfected between the two trips: then it is cleared."""
    port = Port()
    port.store("shenyang", "210100")
    port.landed(SHRIMP, "2020-12-10")
    first, second = (port.lot(20, at("2020-12-10", "10:00")) for _ in range(2))
    freed = [port.freed(goods, at("2020-12-17")) for goods in (first, second)]
    shipped = port.sent("station", "shenyang", [(freed[0], 20)], at("2020-12-18", "08:00"))
    there = port.arrived("shenyang", shipped, [20], at("2020-12-19", "09:00"), zone=4)
    if disinfected is not None:
        port.disinfected("station", disinfected, vehicle=port.truck)
    again = port.sent("station", "shenyang", [(freed[1], 20)], at("2020-12-20", "12:00"))
    question = port.question(at("2020-12-18", "08:01"), units=tuple(shipped["units"]), tiers={2})
    (found,) = await port.asks(database, question)
    assert reached(found) == {*shipped["units"], *there} | (set(again["units"]) if exposed else set())
    assert cleared(found) == (set() if exposed else set(again["units"]))


async def test_zhoushan_2021(database: str) -> None:
    """The inner wall of a container is positive: all that came in it, and no other container of the ship."""
    port = Port()
    port.landed(FISH, "2021-01-05", voyage="101E")
    one = port.lot(30, at("2021-01-05", "10:00"))
    two = port.lot(40, at("2021-01-05", "10:00"))
    port.landed(FISH, "2021-01-05", voyage="101E")
    same_box = port.lot(5, at("2021-01-05", "11:00"))
    port.landed(FISH, "2021-05-05", voyage="131E")
    port.lot(50, at("2021-05-05", "10:00"))
    port.landed(BEEF, "2021-01-05", voyage="101E")
    port.lot(60, at("2021-01-05", "10:00"))
    asked = port.question(at("2021-01-05", "09:00"), lots=(one.lot,), tiers={1})
    (found,) = await port.asks(database, asked)
    assert reached(found) == port.units(one, two, same_box)
    assert reached(found, tier=1) == port.units(two, same_box)


async def test_yantai_2020(database: str) -> None:
    """Three companies' goods of one ship, some of which was processed; another ship's are not asked for."""
    port = Port()
    port.store("plant", "370600", role="processor", kind="processing_plant")
    ship = []
    for container in (FISH, SHRIMP, BEEF):
        port.landed(container, "2020-08-03", voyage="077W")
        ship.append(port.lot(30, at("2020-08-03", "10:00")))
    port.landed(FISH, "2020-08-03", voyage="078W")
    port.lot(30, at("2020-08-03", "10:00"), establishment="SIF4112")
    freed = port.freed(ship[1], at("2020-08-05"))
    shipped = port.sent("station", "plant", [(freed, 30)], at("2020-08-05", "13:00"))
    unit = port.arrived("plant", shipped, [30], at("2020-08-06"))[0]
    made = port.processed("plant", unit, 10, "2020-08-07")
    exported = port.sold("plant", made, 100, "2020-08-09")
    asked = port.question(at("2020-08-03", "09:00"), lots=(ship[0].lot,), tiers={5})
    (found,) = await port.asks(database, asked)
    assert reached(found) == port.units(*ship) | {made, exported}
    assert reached(found, tier=5) == port.units(*ship[1:]) | {made, exported}


async def test_linyi_yinchuan_taiyuan_2021(database: str) -> None:
    """One batch under one certificate in other cities, sold on to four purchasers: the second ring."""
    port = Port()
    for name, region in (("linyi", "371300"), ("yinchuan", "640100"), ("taiyuan", "140100")):
        port.store(name, region)
    buyers = [f"buyer{number}" for number in range(4)]
    for name in buyers:
        port.store(name, "140100", role="retailer", kind="shop")
    port.landed(BEEF, "2021-12-01")
    batch = {"production_batch": "B-7", "establishment": "SIF385"}
    lots = [port.lot(40, at("2021-12-01", "10:00"), **batch) for _ in range(3)]
    port.paper(*lots)
    unpapered = port.lot(40, at("2021-12-01", "10:00"), **batch)
    other = port.lot(40, at("2021-12-01", "10:00"), production_batch="B-8", establishment="SIF385")
    port.paper(other)
    units = {}
    for name, goods in zip(("linyi", "yinchuan", "taiyuan"), lots, strict=True):
        freed = port.freed(goods, at("2021-12-05"))
        shipped = port.sent("station", name, [(freed, 40)], at("2021-12-05", "13:00"), truck=False)
        units[name] = port.arrived(name, shipped, [40], at("2021-12-07"))[0]
    sold = []
    for name in buyers:
        shipped = port.sent("taiyuan", name, [(units["taiyuan"], 10)], at("2021-12-09"), truck=False)
        sold += port.arrived(name, shipped, [10], at("2021-12-10"))
    asked = port.question(at("2021-12-01", "09:00"), lots=(lots[0].lot,), tiers={0}, hops=0)
    (found,) = await port.asks(database, asked)
    assert reached(found) == port.units(*lots)
    assert set(sold) <= reached(found)
    assert not port.units(unpapered, other) & reached(found)


async def test_a_disinfection_told_after_the_case_opened_cuts_once_it_is_accepted(database: str) -> None:
    """Dated before the contact, recorded after the case: nothing, until the authority accepts it."""
    port = Port()
    port.landed(BEEF, "2021-01-10")
    first = port.lot(20, at("2021-01-10", "10:00"))
    beside = port.lot(20, at("2021-01-12", "10:00"))
    opened = port.position
    done = port.disinfected("station", at("2021-01-11", "08:00"), unit=first.unit, pieces=20)
    terms = {"units": (first.unit,), "tiers": {3}}
    since = at("2021-01-10", "11:00")
    doubted = port.question(since, known_before=opened, **terms)
    trusted = port.question(since, known_before=opened + 1, **terms)
    port.accepted(done)
    accepted = port.question(since, known_before=opened, **terms)
    found = await port.asks(database, doubted, trusted, accepted)
    assert [reached(answer) for answer in found] == [{first.unit, beside.unit}, {first.unit}, {first.unit}]
    assert [cleared(answer) for answer in found] == [set(), {beside.unit}, {beside.unit}]

"""Every rule of the movements on both sides of its boundary: refused with its code, and just admitted.

A case gives what breaks the rule and the nearest thing that keeps it. Every code of the catalogue file stands
here, so that a rule without a case is found.
"""

from __future__ import annotations

import tomllib
from dataclasses import replace
from importlib.resources import files
from typing import Any

import pytest

from schema.identifiers import Level
from schema.problems import Refusal
from service.goods.movements import (
    ISSUE_CASES,
    PROCESS,
    RECEIVE,
    SELL,
    SHIP,
    SPLIT,
    STORE,
)
from service.goods.movements.zoning import ZoneUse
from service.goods.state import Unit, UnitState
from service.incidents.state import FINDING
from service.ledger import Data, Proposal, Registry, Statement
from service.ledger.judging import needed
from service.parties import STANDING
from tests.unit.goods.movements import gates, happenings
from tests.unit.goods.movements.boundaries import (
    CASES,
    FACTS,
    Boundary,
    Case,
    arrived,
    case,
    fact,
    in_words,
    on_the_road,
    sale,
    split,
    store,
)
from tests.unit.goods.movements.scene import (
    CLOSED,
    DALIAN,
    DALIAN_FIRST,
    DALIAN_STORE,
    DOMESTIC,
    IMPORTED,
    INDEPENDENT,
    QINGDAO,
    QINGDAO_MARKET,
    QINGDAO_PLANT,
    QINGDAO_STORE,
    QUARANTINE,
    SHOP,
    SHOPS_VAN,
    TRUCK,
    UNFILED,
    WUHAN,
    WUHAN_SHOP,
    WUHAN_STORE,
    Scene,
    by,
    policy,
    portion,
)


@fact("unit.more-than-held", "one gram more than there is")
def _(scene: Scene) -> Boundary:
    unit = scene.unit(10, 1000)
    return Boundary(SPLIT, split(scene, unit, (10, 1001)), split(scene, unit, (10, 1000)), field="/parts/0")


@case("unit.insufficient-grams", "the same unit twice in one statement counts twice")
def _(scene: Scene) -> Boundary:
    unit = scene.unit(10, 1000)
    wrong, right = ([portion(unit, 5, 500), portion(unit, 4, grams)] for grams in (501, 499))
    return Boundary(SHIP, scene.ship(unit, items=wrong), scene.ship(unit, items=right), field="/items/1")


@fact("unit.more-than-held", "one piece more than there is")
def _(scene: Scene) -> Boundary:
    unit = scene.unit(10, 1000)
    return Boundary(SPLIT, split(scene, unit, (11, 1000)), split(scene, unit, (10, 1000)), field="/parts/0")


@fact("unit.more-than-held", "the same unit twice in one statement counts twice")
def _(scene: Scene) -> Boundary:
    unit = scene.unit(10, 1000)
    wrong, right = ([portion(unit, 5, 400), portion(unit, pieces, 400)] for pieces in (6, 4))
    return Boundary(
        PROCESS,
        scene.process(*wrong),
        scene.process(*right),
        field="/inputs/1",
    )


@case("unit.insufficient-grams", "a gram more than there is may not leave")
def _(scene: Scene) -> Boundary:
    unit = scene.unit(10, 1000)
    wrong, right = ([portion(unit, 9, grams)] for grams in (1001, 999))
    return Boundary(SHIP, scene.ship(unit, items=wrong), scene.ship(unit, items=right), field="/items/0")


@case("unit.insufficient-pieces", "a piece more than there is may not leave")
def _(scene: Scene) -> Boundary:
    unit = scene.unit(10, 1000)
    wrong, right = ([portion(unit, pieces, 1000)] for pieces in (11, 10))
    return Boundary(SHIP, scene.ship(unit, items=wrong), scene.ship(unit, items=right), field="/items/0")


@case("unit.remainder-mismatch", "the last piece leaves a gram behind")
def _(scene: Scene) -> Boundary:
    unit = scene.unit(10, 1000)
    return Boundary(SPLIT, split(scene, unit, (10, 999)), split(scene, unit, (9, 999)), field="/parts/0")


@case("unit.remainder-mismatch", "the last gram leaves a piece behind")
def _(scene: Scene) -> Boundary:
    unit = scene.unit(10, 1000)
    return Boundary(SELL, *_sales(scene, unit, (1, 1000), (1, 999)), by=SHOP, field="")


def _sales(scene: Scene, unit: Unit, *amounts: tuple[int | None, int]) -> list[Data]:
    here = scene.moved(unit, WUHAN_SHOP)
    return [sale(scene, here, pieces, grams) for pieces, grams in amounts]


@case("unit.pieces-missing", "only a weight")
def _(scene: Scene) -> Boundary:
    unit = scene.unit(10, 1000)
    return Boundary(SPLIT, split(scene, unit, (None, 100)), split(scene, unit, (1, 100)), field="/parts/0")


@case("unit.pieces-not-counted", "pieces of an opened pack")
def _(scene: Scene) -> Boundary:
    unit = scene.unit(None, 1000)
    return Boundary(SPLIT, split(scene, unit, (1, 100)), split(scene, unit, (None, 100)), field="/parts/0")


@case("unit.nothing-taken", "no piece")
def _(scene: Scene) -> Boundary:
    unit = scene.unit(10, 1000)
    return Boundary(SPLIT, split(scene, unit, (0, 100)), split(scene, unit, (1, 100)), field="/parts/0")


@case("unit.nothing-taken", "no gram")
def _(scene: Scene) -> Boundary:
    unit = scene.unit(10, 1000)
    return Boundary(SPLIT, split(scene, unit, (1, 0)), split(scene, unit, (1, 1)), field="/parts/0")


@case("unit.not-found", "no such unit")
def _(scene: Scene) -> Boundary:
    unit = scene.unit()
    return Boundary(STORE, {**store(scene, unit), "unit": 7}, store(scene, unit), field="/unit")


@case("unit.not-found", "another's unit")
def _(scene: Scene) -> Boundary:
    own, other = scene.unit(), scene.unit(at=WUHAN_STORE)
    return Boundary(SPLIT, split(scene, other, (1, 1)), split(scene, own, (1, 1)), field="/unit")


@case("unit.not-found", "goods still on the road to oneself")
def _(scene: Scene) -> Boundary:
    shipped = on_the_road(scene)
    moving, own = scene.now_in(shipped.outcome["units"][0]), scene.unit(at=WUHAN_STORE)
    return Boundary(SPLIT, split(scene, moving, (1, 1)), split(scene, own, (1, 1)), by=WUHAN, field="/unit")


@case("unit.in-transit", "goods on the road from oneself")
def _(scene: Scene) -> Boundary:
    shipped = on_the_road(scene)
    moving, own = scene.now_in(shipped.outcome["units"][0]), scene.unit()
    return Boundary(SPLIT, split(scene, moving, (1, 1)), split(scene, own, (1, 1)), field="/unit")


@case("unit.sold", "goods that are gone")
def _(scene: Scene) -> Boundary:
    unit = scene.unit(at=WUHAN_SHOP)
    sold = scene.say(SELL, sale(scene, unit), SHOP).outcome["unit"]
    return Boundary(SELL, {**sale(scene, unit), "unit": sold}, sale(scene, unit), by=SHOP, field="/unit")


@case("unit.surrendered", "goods that the authorities took")
def _(scene: Scene) -> Boundary:
    gone, there = scene.unit(state=UnitState.SURRENDERED), scene.unit()
    return Boundary(SPLIT, split(scene, gone, (1, 1)), split(scene, there, (1, 1)), field="/unit")


@case("unit.withdrawn", "goods that never came")
def _(scene: Scene) -> Boundary:
    gone, there = scene.unit(state=UnitState.WITHDRAWN), scene.unit()
    return Boundary(SPLIT, split(scene, gone, (1, 1)), split(scene, there, (1, 1)), field="/unit")


@case("unit.held", "held goods into trade")
def _(scene: Scene) -> Boundary:
    unit = scene.held(scene.unit())
    wrong, right = (scene.ship(unit, purpose=purpose) for purpose in ("trade", "disposal"))
    return Boundary(SHIP, wrong, right, field="/items/0/unit")


@case("unit.held", "goods of a held lot")
def _(scene: Scene) -> Boundary:
    held, free = scene.unit(), scene.unit()
    scene.hold_lot(held.lot)
    return Boundary(SHIP, scene.ship(held), scene.ship(free), field="/items/0/unit")


@fact("unit.held", "held goods were sold")
def _(scene: Scene) -> Boundary:
    held, free = scene.held(scene.unit(at=WUHAN_SHOP)), scene.unit(at=WUHAN_SHOP)
    return Boundary(SELL, sale(scene, held), sale(scene, free), by=SHOP)


@fact("unit.held", "held goods were processed")
def _(scene: Scene) -> Boundary:
    held, free = scene.held(scene.unit()), scene.unit()
    return Boundary(PROCESS, scene.process(portion(held)), scene.process(portion(free)))


@fact("unit.past-best-before", "sold the day after")
def _(scene: Scene) -> Boundary:
    wrong, right = (
        scene.unit(at=WUHAN_SHOP, lot=scene.lot(best_before=day)) for day in ("2020-08-16", "2020-08-17")
    )
    return Boundary(SELL, sale(scene, wrong), sale(scene, right), by=SHOP)


@case("unit.quarantined", "shipped before release")
def _(scene: Scene) -> Boundary:
    quarantined, released = scene.unit(state=UnitState.QUARANTINED), scene.unit()
    return Boundary(SHIP, scene.ship(quarantined), scene.ship(released), field="/items/0/unit")


@fact("unit.quarantined", "processed before release")
def _(scene: Scene) -> Boundary:
    quarantined, released = scene.unit(state=UnitState.QUARANTINED), scene.unit()
    return Boundary(
        PROCESS,
        scene.process(portion(released, 1, 1), portion(quarantined)),
        scene.process(portion(released)),
        field="/inputs/1/unit",
    )


@fact("unit.quarantined", "sold before release")
def _(scene: Scene) -> Boundary:
    quarantined = scene.unit(state=UnitState.QUARANTINED, at=WUHAN_SHOP)
    released = scene.unit(at=WUHAN_SHOP)
    return Boundary(SELL, sale(scene, quarantined), sale(scene, released), by=SHOP, field="/unit")


@case("unit.elsewhere", "shipped from where it is not")
def _(scene: Scene) -> Boundary:
    unit = scene.unit(at=QINGDAO_PLANT)
    return Boundary(SHIP, scene.ship(unit, facility=QINGDAO_STORE), scene.ship(unit), field="/items/0/unit")


@case("unit.elsewhere", "processed where it is not")
def _(scene: Scene) -> Boundary:
    unit = scene.unit(at=QINGDAO_PLANT)
    right = scene.process(portion(unit), facility=QINGDAO_PLANT)
    return Boundary(PROCESS, {**right, "facility": QINGDAO_STORE}, right, field="/inputs/0/unit")


@case("time.in-future", "five minutes and a second ahead")
def _(scene: Scene) -> Boundary:
    unit = scene.unit()
    wrong, right = (store(scene, unit, happened_at=scene.time(minutes=5, seconds=s)) for s in (1, 0))
    return Boundary(STORE, wrong, right, field="/happened_at")


@case("time.in-future", "tomorrow, though today is said as a day")
def _(scene: Scene) -> Boundary:
    unit = scene.unit()
    wrong, right = (store(scene, unit, happened_at=day) for day in ("2020-08-18", "2020-08-17"))
    return Boundary(STORE, wrong, right, field="/happened_at")


@case("time.in-future", "a departure that is only planned")
def _(scene: Scene) -> Boundary:
    unit = scene.unit()
    wrong, right = (scene.ship(unit, departed_at=scene.time(minutes=m)) for m in (6, 5))
    return Boundary(SHIP, wrong, right, field="/departed_at")


@fact("time.too-far-back", "the day before the eighth day")
def _(scene: Scene) -> Boundary:
    unit = scene.unit(made_at="2020-08-01")
    wrong, right = (store(scene, unit, happened_at=day) for day in ("2020-08-09", "2020-08-10"))
    return Boundary(STORE, wrong, right, field="/happened_at")


@case("time.too-far-back", "a second beyond seven days")
def _(scene: Scene) -> Boundary:
    unit = scene.unit(made_at="2020-08-01")
    wrong, right = (scene.ship(unit, departed_at=scene.time(days=-7, seconds=s)) for s in (-1, 0))
    return Boundary(SHIP, wrong, right, field="/departed_at")


@case("time.before-made", "stored before it was there")
def _(scene: Scene) -> Boundary:
    unit = scene.unit(made_at="2020-08-15")
    wrong, right = (store(scene, unit, happened_at=day) for day in ("2020-08-14", "2020-08-15"))
    return Boundary(STORE, wrong, right, field="/happened_at")


@case("time.before-made", "divided before it was there")
def _(scene: Scene) -> Boundary:
    right = split(scene, scene.unit(made_at=scene.time()), (1, 1))
    return Boundary(SPLIT, {**right, "happened_at": scene.time(seconds=-1)}, right, field="/happened_at")


@case("time.before-made", "sold before it was there")
def _(scene: Scene) -> Boundary:
    right = sale(scene, scene.unit(made_at=scene.time(), at=WUHAN_SHOP))
    wrong = {**right, "happened_at": scene.time(seconds=-1)}
    return Boundary(SELL, wrong, right, by=SHOP, field="/happened_at")


@case("time.before-made", "departed before it was there")
def _(scene: Scene) -> Boundary:
    right = scene.ship(scene.unit(made_at=scene.time()))
    return Boundary(SHIP, {**right, "departed_at": scene.time(seconds=-1)}, right, field="/departed_at")


@case("time.before-made", "processed before it was there")
def _(scene: Scene) -> Boundary:
    right = scene.process(portion(scene.unit(made_at=scene.time())))
    return Boundary(PROCESS, {**right, "happened_at": scene.time(seconds=-1)}, right, field="/happened_at")


@case("time.before-made", "arrived before it departed")
def _(scene: Scene) -> Boundary:
    departed = scene.time()
    shipped = on_the_road(scene)
    right = scene.receive(shipped, happened_at=departed)
    wrong = {**right, "happened_at": scene.time(seconds=-2)}
    return Boundary(RECEIVE, wrong, right, by=WUHAN, field="/happened_at")


@case("facility.not-found", "another's facility as origin")
def _(scene: Scene) -> Boundary:
    right = scene.ship(scene.unit())
    return Boundary(SHIP, {**right, "facility": DALIAN_STORE}, right, field="/facility")


@case("facility.not-found", "no such plant")
def _(scene: Scene) -> Boundary:
    right = scene.process(portion(scene.unit()))
    return Boundary(PROCESS, {**right, "facility": 7}, right, field="/facility")


@fact("facility.inactive", "stored in a closed store")
def _(scene: Scene) -> Boundary:
    closed, open_ = scene.unit(at=CLOSED), scene.unit(at=WUHAN_STORE)
    return Boundary(STORE, store(scene, closed), store(scene, open_), by=WUHAN, field="/facility")


@case("facility.inactive", "shipped from a store that an authority, not its owner, stopped")
def _(scene: Scene) -> Boundary:
    stopped, resting = scene.unit(at=WUHAN_STORE), scene.unit(at=CLOSED)
    store_ = scene.facility(WUHAN_STORE)
    scene.put(replace(store_, active=False, suspended=["authority"]))
    scene.put(replace(scene.facility(CLOSED), suspended=["owner"]))
    wrong, right = scene.ship(stopped, WUHAN_SHOP), scene.ship(resting, WUHAN_SHOP)
    return Boundary(SHIP, wrong, right, by=WUHAN, field="/facility")


@case("zone.not-found", "stored in a zone that is not there")
def _(scene: Scene) -> Boundary:
    unit = scene.unit(state=UnitState.QUARANTINED)
    return Boundary(STORE, store(scene, unit, 5), store(scene, unit, INDEPENDENT), field="/zone")


@case("zone.not-found", "received into a zone that is not there")
def _(scene: Scene) -> Boundary:
    shipped = on_the_road(scene)
    wrong, right = (scene.receive(shipped, zone=zone) for zone in (0, IMPORTED))
    return Boundary(RECEIVE, wrong, right, by=WUHAN, field="/zone")


@fact("zone.kind-unfit", "before release among the released")
def _(scene: Scene) -> Boundary:
    unit = scene.unit(state=UnitState.QUARANTINED)
    return Boundary(STORE, store(scene, unit, IMPORTED), store(scene, unit, QUARANTINE), field="/zone")


@fact("zone.kind-unfit", "before release among domestic goods")
def _(scene: Scene) -> Boundary:
    unit = scene.unit(state=UnitState.QUARANTINED)
    return Boundary(STORE, store(scene, unit, DOMESTIC), store(scene, unit, INDEPENDENT), field="/zone")


@fact("zone.kind-unfit", "released goods in quarantine")
def _(scene: Scene) -> Boundary:
    unit = scene.unit()
    return Boundary(STORE, store(scene, unit, QUARANTINE), store(scene, unit, IMPORTED), field="/zone")


@fact("zone.kind-unfit", "released goods in the independent zone")
def _(scene: Scene) -> Boundary:
    unit = scene.unit()
    return Boundary(STORE, store(scene, unit, INDEPENDENT), store(scene, unit, IMPORTED), field="/zone")


@fact("zone.kind-unfit", "imported goods among domestic ones")
def _(scene: Scene) -> Boundary:
    unit = scene.unit()
    return Boundary(STORE, store(scene, unit, DOMESTIC), store(scene, unit, IMPORTED), field="/zone")


@case("gate.first-station-first", "from Shandong into a Liaoning store")
def _(scene: Scene) -> Boundary:
    unit = scene.unit()
    return Boundary(
        SHIP, scene.ship(unit, DALIAN_STORE), scene.ship(unit, DALIAN_FIRST), field="/destination"
    )


@case("gate.first-station-first", "a store takes goods from a first station of its own province")
def _(scene: Scene) -> Boundary:
    outside, inside = scene.unit(), scene.unit(at=DALIAN_FIRST)
    return Boundary(
        SHIP,
        scene.ship(outside, DALIAN_STORE),
        scene.ship(inside, DALIAN_STORE),
        field="/destination",
        right_by=DALIAN,
    )


@case("gate.first-station-first", "goods that nothing holds, said to go to disposal")
def _(scene: Scene) -> Boundary:
    free, bad = scene.unit(), scene.unit()
    scene.hold_lot(bad.lot)
    return Boundary(
        SHIP,
        scene.ship(free, DALIAN_STORE, purpose="disposal"),
        scene.ship(bad, DALIAN_STORE, purpose="disposal"),
        field="/destination",
    )


@case("gate.first-station-first", "a place that the policy there does not take for one")
def _(scene: Scene) -> Boundary:
    there = {"accept_exit_certificates_of_other_provinces": False, "first_stations": ["third_party_store"]}
    scene.put(policy("21", **there))
    unit = scene.unit()
    return Boundary(
        SHIP, scene.ship(unit, DALIAN_FIRST), scene.ship(unit, DALIAN_STORE), field="/destination"
    )


@fact("zone.family-mixed", "received into an independent zone where goods of another arrival lie")
def _(scene: Scene) -> Boundary:
    there = {"one_family_in_independent_zones": True, "zones_after_release": ["independent", "imported"]}
    scene.put(policy("42", **there), ZoneUse(f"{WUHAN_STORE}/{INDEPENDENT}", [77], 0))
    shipped = on_the_road(scene)
    return Boundary(
        RECEIVE,
        scene.receive(shipped, zone=INDEPENDENT),
        scene.receive(shipped, zone=IMPORTED),
        WUHAN,
        "/zone",
    )


@case("shipment.destination-not-found", "no such place")
def _(scene: Scene) -> Boundary:
    unit = scene.unit()
    return Boundary(SHIP, scene.ship(unit, 7), scene.ship(unit), field="/destination")


@case("shipment.destination-is-origin", "to where it is")
def _(scene: Scene) -> Boundary:
    unit = scene.unit()
    return Boundary(
        SHIP, scene.ship(unit, QINGDAO_STORE), scene.ship(unit, QINGDAO_PLANT), field="/destination"
    )


@case("shipment.destination-not-filed", "a store without a filing number")
def _(scene: Scene) -> Boundary:
    unit = scene.unit()
    return Boundary(SHIP, scene.ship(unit, UNFILED), scene.ship(unit, WUHAN_STORE), field="/destination")


@case("shipment.destination-closed", "a closed store")
def _(scene: Scene) -> Boundary:
    unit = scene.unit()
    return Boundary(SHIP, scene.ship(unit, CLOSED), scene.ship(unit, WUHAN_STORE), field="/destination")


@case("shipment.destination-closed", "a store of a suspended organisation")
def _(scene: Scene) -> Boundary:
    unit = scene.unit()
    scene.put(replace(scene.organisation(WUHAN), active=False))
    return Boundary(SHIP, scene.ship(unit, WUHAN_STORE), scene.ship(unit, WUHAN_SHOP), field="/destination")


@case("shipment.vehicle-not-found", "no such vehicle")
def _(scene: Scene) -> Boundary:
    unit = scene.unit()
    return Boundary(SHIP, scene.ship(unit, vehicle=7), scene.ship(unit, vehicle=TRUCK), field="/vehicle")


@case("shipment.vehicle-not-found", "the van of somebody who carries for nobody else")
def _(scene: Scene) -> Boundary:
    unit = scene.unit()
    return Boundary(SHIP, scene.ship(unit, vehicle=SHOPS_VAN), scene.ship(unit), field="/vehicle")


@case("shipment.not-found", "no such shipment")
def _(scene: Scene) -> Boundary:
    right = scene.receive(on_the_road(scene))
    return Boundary(RECEIVE, {**right, "shipment": 7}, right, by=WUHAN, field="/shipment")


@case("shipment.not-found", "addressed to somebody else")
def _(scene: Scene) -> Boundary:
    for_shop = scene.say(SHIP, scene.ship(scene.unit(), WUHAN_SHOP), QINGDAO)
    return Boundary(
        RECEIVE, scene.receive(for_shop), scene.receive(on_the_road(scene)), by=WUHAN, field="/shipment"
    )


@case("shipment.already-received", "the same shipment twice")
def _(scene: Scene) -> Boundary:
    first, second = on_the_road(scene), on_the_road(scene)
    twice = scene.receive(first)
    scene.say(RECEIVE, twice, WUHAN)
    return Boundary(RECEIVE, twice, scene.receive(second), by=WUHAN, field="/shipment")


@case("receipt.not-in-shipment", "a unit of another shipment")
def _(scene: Scene) -> Boundary:
    first, second = on_the_road(scene), on_the_road(scene)
    wrong = scene.receive(first, [arrived(first, 10, 270_000), arrived(second, 10, 270_000)])
    return Boundary(RECEIVE, wrong, scene.receive(first), by=WUHAN, field="/items/1/unit")


@case("receipt.unit-twice", "one unit in two lines")
def _(scene: Scene) -> Boundary:
    shipped = on_the_road(scene)
    wrong = scene.receive(shipped, [arrived(shipped, 5, 135_000), arrived(shipped, 5, 135_000)])
    return Boundary(RECEIVE, wrong, scene.receive(shipped), by=WUHAN, field="/items/1/unit")


@case("receipt.unit-missing", "a unit passed over")
def _(scene: Scene) -> Boundary:
    unit = scene.unit(10, 1000)
    items = [portion(unit, 5, 500), portion(unit, 5, 500)]
    shipped = scene.say(SHIP, scene.ship(unit, items=items), QINGDAO)
    wrong = scene.receive(shipped, [arrived(shipped, 5, 500)])
    return Boundary(RECEIVE, wrong, scene.receive(shipped), by=WUHAN, field="/items")


@fact("unit.more-than-held", "a gram more")
def _(scene: Scene) -> Boundary:
    shipped = on_the_road(scene)
    wrong = scene.receive(shipped, [arrived(shipped, 10, 270_001)])
    return Boundary(RECEIVE, wrong, scene.receive(shipped), by=WUHAN, field="/items/0")


@fact("unit.more-than-held", "a piece more, though it weighs less")
def _(scene: Scene) -> Boundary:
    shipped = on_the_road(scene)
    wrong = scene.receive(shipped, [arrived(shipped, 11, 260_000, reason="other")])
    return Boundary(RECEIVE, wrong, scene.receive(shipped), by=WUHAN, field="/items/0")


@fact("receipt.seal-broken", "seals that were broken")
def _(scene: Scene) -> Boundary:
    shipped = on_the_road(scene)
    wrong, right = (scene.receive(shipped, seals_intact=whole) for whole in (False, True))
    return Boundary(RECEIVE, wrong, right, by=WUHAN)


@case("receipt.reason-missing", "a gram less")
def _(scene: Scene) -> Boundary:
    shipped = on_the_road(scene)
    wrong = scene.receive(shipped, [arrived(shipped, 10, 269_999)])
    right = scene.receive(shipped, [arrived(shipped, 10, 269_999, reason="drying")])
    return Boundary(RECEIVE, wrong, right, by=WUHAN, field="/items/0/reason")


@case("receipt.reason-missing", "a piece less of the same weight")
def _(scene: Scene) -> Boundary:
    shipped = on_the_road(scene)
    wrong = scene.receive(shipped, [arrived(shipped, 9, 270_000)])
    return Boundary(RECEIVE, wrong, scene.receive(shipped), by=WUHAN, field="/items/0/reason")


@case("unit.remainder-mismatch", "weight arrives without pieces")
def _(scene: Scene) -> Boundary:
    shipped = on_the_road(scene)
    wrong, right = (
        scene.receive(shipped, [arrived(shipped, 0, grams, reason="damaged")]) for grams in (100, 0)
    )
    return Boundary(RECEIVE, wrong, right, by=WUHAN, field="/items/0")


@case("unit.remainder-mismatch", "pieces arrive without weight")
def _(scene: Scene) -> Boundary:
    shipped = on_the_road(scene)
    wrong, right = (
        scene.receive(shipped, [arrived(shipped, pieces, 0, reason="missing")]) for pieces in (1, 0)
    )
    return Boundary(RECEIVE, wrong, right, by=WUHAN, field="/items/0")


@case("unit.pieces-missing", "pieces received are not counted")
def _(scene: Scene) -> Boundary:
    shipped = on_the_road(scene)
    wrong = scene.receive(shipped, [arrived(shipped, None, 270_000)])
    return Boundary(RECEIVE, wrong, scene.receive(shipped), by=WUHAN, field="/items/0")


@fact("process.not-a-processor", "a first station that only stores")
def _(scene: Scene) -> Boundary:
    stored, other = scene.unit(at=DALIAN_FIRST), scene.unit()
    made = [scene.output(stored.grams, code=scene.code(Level.BATCH, "210200"))]
    wrong = scene.process(portion(stored), outputs=made, facility=DALIAN_FIRST)
    return Boundary(PROCESS, wrong, scene.process(portion(other)), by=DALIAN, right_by=QINGDAO)


@fact("process.facility-unfit", "at a market stall")
def _(scene: Scene) -> Boundary:
    stall, plant = scene.unit(at=QINGDAO_MARKET), scene.unit(at=QINGDAO_PLANT)
    wrong = scene.process(portion(stall), facility=QINGDAO_MARKET)
    right = scene.process(portion(plant), facility=QINGDAO_PLANT)
    return Boundary(PROCESS, wrong, right, field="/facility")


@case("process.yield-unbalanced", "a gram comes from nowhere")
def _(scene: Scene) -> Boundary:
    taken = portion(scene.unit(10, 1000), 5, 500)
    wrong, right = (scene.process(taken, outputs=[scene.output(g)]) for g in (501, 500))
    return Boundary(PROCESS, wrong, right, field="/loss_grams")


@case("process.yield-unbalanced", "a gram goes nowhere")
def _(scene: Scene) -> Boundary:
    taken = portion(scene.unit(10, 1000), 5, 500)
    lost = {"outputs": [scene.output(400), scene.output(50)], "loss_reason": "trimming"}
    wrong, right = (scene.process(taken, **lost, loss_grams=loss) for loss in (49, 50))
    return Boundary(PROCESS, wrong, right, field="/loss_grams")


@case("process.loss-reason-missing", "a gram is lost")
def _(scene: Scene) -> Boundary:
    taken = portion(scene.unit(10, 1000), 5, 500)
    wrong = scene.process(taken, outputs=[scene.output(499)], loss_grams=1)
    return Boundary(PROCESS, wrong, scene.process(taken), field="/loss_reason")


@fact("process.owners-differ", "goods that two importers keep at the station")
def _(scene: Scene) -> Boundary:
    one, another, same = (scene.unit(owner=owner) for owner in (WUHAN, SHOP, WUHAN))
    return Boundary(
        PROCESS,
        scene.process(portion(one), portion(another)),
        scene.process(portion(one), portion(same)),
        field="/inputs",
    )


@case("process.best-before-later", "a day longer than the shortest-lived input")
def _(scene: Scene) -> Boundary:
    short = scene.unit(10, 1000, lot=scene.lot(10, 1000, best_before="2021-03-01"))
    inputs = [portion(scene.unit(10, 1000)), portion(short)]
    wrong, right = (
        scene.process(*inputs, outputs=[scene.output(2000, best_before=day)])
        for day in ("2021-03-02", "2021-03-01")
    )
    return Boundary(PROCESS, wrong, right, field="/outputs/0/best_before")


@case("process.produced-before-inputs", "a day before the oldest input")
def _(scene: Scene) -> Boundary:
    old = scene.unit(10, 1000, lot=scene.lot(10, 1000, produced_on="2020-05-01"))
    inputs = [portion(scene.unit(10, 1000)), portion(old)]
    wrong, right = (
        scene.process(*inputs, outputs=[scene.output(2000, produced_on=day)])
        for day in ("2020-04-30", "2020-05-01")
    )
    return Boundary(PROCESS, wrong, right, field="/outputs/0/produced_on")


@case("process.produced-after", "dated a day later than it was processed")
def _(scene: Scene) -> Boundary:
    taken = portion(scene.unit(10, 1000))
    wrong, right = (
        scene.process(taken, outputs=[scene.output(1000, produced_on=day)])
        for day in ("2020-08-18", "2020-08-17")
    )
    return Boundary(PROCESS, wrong, right, field="/outputs/0/produced_on")


@case("lot.code-used", "one code for two outputs")
def _(scene: Scene) -> Boundary:
    taken = portion(scene.unit(10, 1000))
    first, second = scene.output(400), scene.output(600)
    wrong = scene.process(taken, outputs=[first, {**second, "code": first["code"]}])
    return Boundary(PROCESS, wrong, scene.process(taken, outputs=[first, second]), field="/outputs/1/code")


@case("lot.code-used", "a code that an earlier lot has")
def _(scene: Scene) -> Boundary:
    first = scene.process(portion(scene.unit(10, 1000)))
    scene.say(PROCESS, first, QINGDAO)
    right = scene.process(portion(scene.unit(10, 1000)))
    return Boundary(PROCESS, {**right, "outputs": first["outputs"]}, right, field="/outputs/0/code")


@case("process.too-many-lots", "26 lots into 39 others")
def _(scene: Scene) -> Boundary:
    wrong, right = (
        scene.process(
            *(portion(scene.unit(1, 39)) for _ in range(lots)),
            outputs=[scene.output(lots) for _ in range(39)],
        )
        for lots in (26, 25)
    )
    return Boundary(PROCESS, wrong, right, field="/outputs")


@fact("sale.not-a-counter", "from a store")
def _(scene: Scene) -> Boundary:
    store_unit, market_unit = scene.unit(), scene.unit(at=QINGDAO_MARKET)
    return Boundary(SELL, sale(scene, store_unit), sale(scene, market_unit))


def cases_of(scene: Scene, lot: int, count: int, **changed: object) -> Data:
    return {"lot": lot, "codes": [scene.code(Level.CASE) for _ in range(count)], **changed}


@case("lot.not-found", "codes for another's lot")
def _(scene: Scene) -> Boundary:
    other, own = scene.lot(organisation=WUHAN), scene.lot()
    return Boundary(ISSUE_CASES, cases_of(scene, other.id, 1), cases_of(scene, own.id, 1), field="/lot")


@case("lot.not-found", "no such lot")
def _(scene: Scene) -> Boundary:
    own = scene.lot()
    return Boundary(ISSUE_CASES, cases_of(scene, 7, 1), cases_of(scene, own.id, 1), field="/lot")


@case("cases.more-than-pieces", "one more than the lot has")
def _(scene: Scene) -> Boundary:
    lot = scene.lot(10)
    return Boundary(ISSUE_CASES, cases_of(scene, lot.id, 11), cases_of(scene, lot.id, 10), field="/codes")


@case("cases.more-than-pieces", "one more than the lot has left")
def _(scene: Scene) -> Boundary:
    lot = scene.lot(10)
    scene.say(ISSUE_CASES, cases_of(scene, lot.id, 7), QINGDAO)
    return Boundary(ISSUE_CASES, cases_of(scene, lot.id, 4), cases_of(scene, lot.id, 3), field="/codes")


@case("cases.count-differs", "one more than were asked for")
def _(scene: Scene) -> Boundary:
    lot = scene.lot(10)
    wrong, right = ({**cases_of(scene, lot.id, codes), "count": 3} for codes in (4, 3))
    return Boundary(ISSUE_CASES, wrong, right, field="/count")


@case("cases.serial-not-next", "a serial passed over")
def _(scene: Scene) -> Boundary:
    lot = scene.lot(10)
    scene.say(ISSUE_CASES, cases_of(scene, lot.id, 3, first_serial=1), QINGDAO)
    wrong, right = (cases_of(scene, lot.id, 1, first_serial=serial) for serial in (5, 4))
    return Boundary(ISSUE_CASES, wrong, right, field="/first_serial")


@case("cases.serial-not-next", "a serial given again")
def _(scene: Scene) -> Boundary:
    lot = scene.lot(10)
    scene.say(ISSUE_CASES, cases_of(scene, lot.id, 3), QINGDAO)
    wrong, right = (cases_of(scene, lot.id, 1, first_serial=serial) for serial in (3, 4))
    return Boundary(ISSUE_CASES, wrong, right, field="/first_serial")


@case("cases.not-counted", "a lot without pieces")
def _(scene: Scene) -> Boundary:
    loose, packed = scene.lot(None, 1000), scene.lot(1, 1000)
    return Boundary(ISSUE_CASES, cases_of(scene, loose.id, 1), cases_of(scene, packed.id, 1), field="/lot")


@case("cases.code-unfit", "a batch code")
def _(scene: Scene) -> Boundary:
    right = cases_of(scene, scene.lot().id, 2)
    wrong = {**right, "codes": [right["codes"][0], scene.code(Level.BATCH)]}
    return Boundary(ISSUE_CASES, wrong, right, field="/codes/1")


@case("cases.code-unfit", "a code of another region")
def _(scene: Scene) -> Boundary:
    right = cases_of(scene, scene.lot().id, 1)
    return Boundary(
        ISSUE_CASES, {**right, "codes": [scene.code(Level.CASE, "210200")]}, right, field="/codes/0"
    )


@case("cases.code-unfit", "a code in groups, as a label shows it")
def _(scene: Scene) -> Boundary:
    right = cases_of(scene, scene.lot().id, 1)
    code = right["codes"][0]
    return Boundary(ISSUE_CASES, {**right, "codes": [f"{code[:2]} {code[2:]}"]}, right, field="/codes/0")


@case("identifier.trace-code-check", "a mistyped code")
def _(scene: Scene) -> Boundary:
    right = cases_of(scene, scene.lot().id, 2)
    first, second = right["codes"]
    mistyped = second[:-1] + ("1" if second[-1] == "0" else "0")
    return Boundary(ISSUE_CASES, {**right, "codes": [first, mistyped]}, right, field="/codes/1")


@case("cases.code-used", "one code for two cases")
def _(scene: Scene) -> Boundary:
    right = cases_of(scene, scene.lot().id, 2)
    return Boundary(ISSUE_CASES, {**right, "codes": right["codes"][:1] * 2}, right, field="/codes/1")


@case("cases.code-used", "a code of an earlier case")
def _(scene: Scene) -> Boundary:
    lot = scene.lot(10)
    earlier = cases_of(scene, lot.id, 2)
    scene.say(ISSUE_CASES, earlier, QINGDAO)
    return Boundary(ISSUE_CASES, earlier, cases_of(scene, lot.id, 2), field="/codes/0")


@pytest.mark.parametrize(("code", "make"), [pytest.param(c, m, id=f"{c}: {w}") for c, w, m in CASES])
def test_a_rule_refuses_beyond_its_boundary_and_admits_on_it(code: str, make: Case) -> None:
    scene = Scene()
    boundary = make(scene)
    refusal = scene.refused(boundary.kind, boundary.wrong, boundary.by)
    assert (refusal.code, refusal.field) == (code, boundary.field)
    in_words(refusal)
    say_right(scene, boundary)


@pytest.mark.parametrize(("code", "make"), [pytest.param(c, m, id=f"{c}: {w}") for c, w, m in FACTS])
def test_a_fact_beyond_the_boundary_is_recorded_found_and_what_it_made_is_held(code: str, make: Case) -> None:
    scene = Scene()
    boundary = make(scene)
    wrong = scene.say(boundary.kind, boundary.wrong, boundary.by)
    assert code in broken(wrong)
    for breach in wrong.breach:
        in_words(Refusal(breach["rule"], **breach["facts"]))
    finding = scene.history.rows(FINDING)[-1]
    assert (finding.rules, finding.owner) == (list(wrong.breach), boundary.by)
    made = [unit for unit in wrong.outcome.get("units", ()) if unit is not None]
    assert all(finding.hold in scene.now_in(unit).holds for unit in made)
    scene = Scene()
    boundary = make(scene)
    right = say_right(scene, boundary)
    assert code not in broken(right)


def say_right(scene: Scene, boundary: Boundary) -> Statement:
    """What keeps the rule. A stream that it reads and did not announce costs the batch a round trip."""
    kind, by_ = boundary.right_kind or boundary.kind, boundary.right_by or boundary.by
    registry = Registry([kind], scene.history.projections.values(), STANDING)
    reads = needed(registry, Proposal(kind, by(by_), boundary.right), scene.history.world)
    announced = {f"{source.name}/{key}" for source, key in reads}
    statement = scene.say(kind, boundary.right, by_)
    assert {stream for stream, _ in statement.judged} <= announced
    return statement


def broken(statement: Statement) -> list[str]:
    return [breach["rule"] for breach in statement.breach]


def test_every_code_of_the_catalogue_has_a_case() -> None:
    assert gates.__doc__ and happenings.__doc__  # their cases are registered by the import
    written = (files("schema.problems") / "movements.toml").read_text(encoding="utf-8")
    assert set(tomllib.loads(written)) <= {code for code, _, _ in CASES + FACTS}


@pytest.mark.parametrize("destination", [7, CLOSED, UNFILED, DALIAN_STORE, WUHAN_STORE])
def test_who_has_nothing_to_send_is_not_told_which_places_there_are(destination: int) -> None:
    scene = Scene()
    nothing = {**scene.ship(scene.unit(), destination), "items": [{"unit": 7, "pieces": 1, "grams": 1}]}
    for vehicle in ({}, {"vehicle": 7}):
        assert scene.refused(SHIP, nothing | vehicle, QINGDAO).code == "unit.not-found"


@pytest.mark.parametrize(
    ("changed", "purpose"),
    [({"suspended": ["authority"]}, "disposal"), ({"suspended": ["authority"], "closed": True}, "trade")],
)
def test_a_stopped_place_is_emptied_for_disposal_and_a_closed_one_for_good(
    changed: dict[str, Any], purpose: str
) -> None:
    scene = Scene()
    unit = scene.unit(at=WUHAN_STORE)
    scene.put(replace(scene.facility(WUHAN_STORE), active=False, **changed))
    assert scene.say(SHIP, scene.ship(unit, WUHAN_SHOP, purpose=purpose), WUHAN).outcome["units"]

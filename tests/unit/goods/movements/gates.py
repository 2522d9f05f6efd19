"""Boundaries of counting and finding, of the gates of a market and a counter, and of who handles goods."""

from __future__ import annotations

from dataclasses import replace

from service.goods.movements import (
    ADMIT,
    COUNT,
    FIND,
    OFFER,
    SELL,
    SHIP,
    STORE,
)
from service.goods.state import CERTIFICATE, LOT, Unit, UnitState
from service.ledger import Data
from tests.unit.goods.movements.boundaries import Boundary, case, fact, sale, store
from tests.unit.goods.movements.scene import (
    CLOSED,
    DOMESTIC,
    IMPORTED,
    INDEPENDENT,
    QINGDAO,
    QINGDAO_MARKET,
    QINGDAO_STORE,
    QUARANTINE,
    SHOP,
    WUHAN,
    WUHAN_SHOP,
    WUHAN_STORE,
    Scene,
    policy,
    portion,
)


def count(scene: Scene, *items: Data, **changed: object) -> Data:
    return {"facility": QINGDAO_STORE, "items": [*items], "happened_at": scene.time(), **changed}


@case("stock.unit-twice", "one unit in two lines")
def _(scene: Scene) -> Boundary:
    one = portion(scene.unit())
    return Boundary(COUNT, count(scene, one, one), count(scene, one), field="/items/1/unit")


@case("stock.reason-missing", "a gram less without a reason")
def _(scene: Scene) -> Boundary:
    unit = scene.unit(10, 1000)
    wrong, right = (count(scene, portion(unit, 10, grams)) for grams in (999, 1000))
    return Boundary(COUNT, wrong, right, field="/items/0/reason")


@case("unit.pieces-missing", "only the weight was counted")
def _(scene: Scene) -> Boundary:
    unit = scene.unit(10, 1000)
    wrong, right = (count(scene, portion(unit, pieces, 1000)) for pieces in (None, 10))
    return Boundary(COUNT, wrong, right, field="/items/0")


@case("unit.elsewhere", "counted where it is not")
def _(scene: Scene) -> Boundary:
    wrong = portion(scene.unit(at=QINGDAO_MARKET))
    return Boundary(COUNT, count(scene, wrong), count(scene, portion(scene.unit())), field="/items/0/unit")


@case("unit.remainder-mismatch", "weight without packs")
def _(scene: Scene) -> Boundary:
    unit = scene.unit(10, 1000)
    wrong, right = (count(scene, {**portion(unit, 0, grams), "reason": "missing"}) for grams in (1, 0))
    return Boundary(COUNT, wrong, right, field="/items/0")


@case("unit.remainder-mismatch", "more packs than grams")
def _(scene: Scene) -> Boundary:
    unit = scene.unit(10, 11)
    wrong, right = (count(scene, {**portion(unit, 11, grams), "reason": "miscounted"}) for grams in (10, 11))
    return Boundary(COUNT, wrong, right, field="/items/0")


for what, pieces, grams in (
    ("a gram less", 10, 999),
    ("a gram more", 10, 1001),
    ("a pack less", 9, 1000),
    ("a pack more", 11, 1000),
    ("more of both", 12, 1200),
    ("a pack less that weighs more", 9, 1100),
    ("nothing", 0, 0),
):

    @fact("stock.differs", what)
    def _(scene: Scene, pieces: int = pieces, grams: int = grams) -> Boundary:
        unit = scene.unit(10, 1000)
        wrong = count(scene, {**portion(unit, pieces, grams), "reason": "miscounted"})
        return Boundary(COUNT, wrong, count(scene, portion(unit, 10, 1000)))


@fact("found.without-papers", "a pallet that nobody knew of")
def _(scene: Scene) -> Boundary:
    return Boundary(FIND, scene.found(), store(scene, scene.unit()), right_kind=STORE)


@fact("zone.kind-unfit", "found goods among domestic ones")
def _(scene: Scene) -> Boundary:
    return Boundary(FIND, scene.found(zone=DOMESTIC), scene.found(zone=QUARANTINE))


@fact("zone.family-mixed", "found goods beside another family in an independent zone")
def _(scene: Scene) -> Boundary:
    scene.put(policy("37", one_family_in_independent_zones=True))
    held = scene.unit(state=UnitState.QUARANTINED)
    scene.say(STORE, store(scene, held, INDEPENDENT), QINGDAO)
    wrong, right = (scene.found(zone=zone) for zone in (INDEPENDENT, QUARANTINE))
    return Boundary(FIND, wrong, right)


@fact("facility.inactive", "found in a closed store")
def _(scene: Scene) -> Boundary:
    wrong, right = (scene.found(facility=place, region="420100") for place in (CLOSED, WUHAN_STORE))
    return Boundary(FIND, wrong, right, by=WUHAN)


@case("lot.code-used", "found goods under another lot's code")
def _(scene: Scene) -> Boundary:
    first, right = scene.found(), scene.found()
    scene.say(FIND, first, QINGDAO)
    return Boundary(FIND, {**right, "code": first["code"]}, right, field="/code")


def to_market(scene: Scene, unit: Unit) -> int:
    shipped = scene.say(SHIP, scene.ship(unit, QINGDAO_MARKET), QINGDAO)
    return int(shipped.outcome["shipment"])


def admission(scene: Scene, shipment: int) -> Data:
    return {"shipment": shipment, "happened_at": scene.time()}


@case("admission.not-a-market", "at a shop")
def _(scene: Scene) -> Boundary:
    shop = scene.say(SHIP, scene.ship(scene.unit(), WUHAN_SHOP), QINGDAO).outcome["shipment"]
    right = admission(scene, to_market(scene, scene.unit()))
    return Boundary(ADMIT, admission(scene, shop), right, by=SHOP, right_by=QINGDAO, field="/shipment")


@case("admission.admitted-already", "twice")
def _(scene: Scene) -> Boundary:
    first, second = (to_market(scene, scene.unit()) for _ in range(2))
    scene.say(ADMIT, admission(scene, first), QINGDAO)
    return Boundary(ADMIT, admission(scene, first), admission(scene, second), field="/shipment")


@case("facility.inactive", "into a closed market")
def _(scene: Scene) -> Boundary:
    wrong = admission(scene, to_market(scene, scene.unit()))
    market = scene.facility(QINGDAO_MARKET)
    scene.put(replace(market, active=False))
    return Boundary(ADMIT, wrong, store(scene, scene.unit()), field="/shipment", right_kind=STORE)


@case("unit.held", "held on the way")
def _(scene: Scene) -> Boundary:
    wrong, right = scene.unit(), scene.unit()
    held, free = to_market(scene, wrong), to_market(scene, right)
    scene.hold_lot(wrong.lot)
    return Boundary(ADMIT, admission(scene, held), admission(scene, free), field="/shipment")


@case("unit.past-best-before", "let in the day after")
def _(scene: Scene) -> Boundary:
    wrong, right = (
        to_market(scene, scene.unit(lot=scene.lot(best_before=day))) for day in ("2020-08-16", "2020-08-17")
    )
    return Boundary(ADMIT, admission(scene, wrong), admission(scene, right), field="/shipment")


@case("admission.not-released", "of a lot without a release in force")
def _(scene: Scene) -> Boundary:
    wrong, right = scene.unit(), scene.unit()
    unreleased, released = to_market(scene, wrong), to_market(scene, right)
    scene.put(replace(scene.history.row(LOT, wrong.lot), released_pieces=0, released_grams=0))
    return Boundary(ADMIT, admission(scene, unreleased), admission(scene, released), field="/shipment")


@case("admission.paper-missing", "a paper that the policy wants")
def _(scene: Scene) -> Boundary:
    scene.demand("37", ["quarantine"])
    paper = scene.paper("quarantine")
    wrong, right = (
        to_market(scene, scene.unit(lot=scene.lot(certificates=papers))) for papers in ([], [paper.key])
    )
    assert scene.history.row(CERTIFICATE, paper.key) == paper
    return Boundary(ADMIT, admission(scene, wrong), admission(scene, right), field="/shipment")


@case("time.before-made", "let in before it departed")
def _(scene: Scene) -> Boundary:
    sent = scene.time()
    right = {**admission(scene, to_market(scene, scene.unit())), "happened_at": sent}
    return Boundary(ADMIT, {**right, "happened_at": scene.time(seconds=-2)}, right, field="/happened_at")


def offer(scene: Scene, unit: Unit, zone: int | None = IMPORTED, **changed: object) -> Data:
    place = {} if zone is None else {"zone": zone}
    return {"unit": unit.id, **place, "happened_at": scene.time(), **changed}


def on_counter(scene: Scene, **changed: object) -> Unit:
    return scene.unit(at=WUHAN_SHOP, **changed)  # type: ignore[arg-type]


def offers(scene: Scene, wrong: Unit, field: str | None = "/unit") -> Boundary:
    return Boundary(OFFER, offer(scene, wrong), offer(scene, on_counter(scene)), by=SHOP, field=field)


@case("unit.held", "held goods are offered")
def _(scene: Scene) -> Boundary:
    return offers(scene, scene.held(on_counter(scene)))


@case("unit.quarantined", "offered before release")
def _(scene: Scene) -> Boundary:
    return offers(scene, on_counter(scene, state=UnitState.QUARANTINED))


@case("unit.past-best-before", "offered the day after")
def _(scene: Scene) -> Boundary:
    return offers(scene, on_counter(scene, lot=scene.lot(best_before="2020-08-16")))


@case("unit.nothing-taken", "nothing is left to offer")
def _(scene: Scene) -> Boundary:
    unit = on_counter(scene)
    sold_out = replace(unit, pieces=0, grams=0, out_pieces=100, out_grams=2_700_000)
    scene.put(sold_out)
    return offers(scene, sold_out)


@case("sale.not-a-counter", "offered in a store")
def _(scene: Scene) -> Boundary:
    stored, market = scene.unit(), scene.unit(at=QINGDAO_MARKET)
    return Boundary(OFFER, offer(scene, stored), offer(scene, market))


@case("facility.inactive", "offered in a closed shop")
def _(scene: Scene) -> Boundary:
    unit = on_counter(scene)
    scene.put(replace(scene.facility(WUHAN_SHOP), active=False))
    right = scene.unit(at=QINGDAO_MARKET)
    return Boundary(
        OFFER, offer(scene, unit), offer(scene, right), by=SHOP, right_by=QINGDAO, field="/facility"
    )


@case("zone.kind-unfit", "offered among domestic goods")
def _(scene: Scene) -> Boundary:
    unit = on_counter(scene)
    wrong, right = (offer(scene, unit, zone) for zone in (DOMESTIC, IMPORTED))
    return Boundary(OFFER, wrong, right, by=SHOP, field="/zone")


@case("offer.zone-missing", "nobody says where")
def _(scene: Scene) -> Boundary:
    unit = on_counter(scene)
    wrong, right = (offer(scene, unit, zone) for zone in (None, IMPORTED))
    return Boundary(OFFER, wrong, right, by=SHOP, field="/zone")


@case("staff.not-found", "goods leave in the hands of nobody's people")
def _(scene: Scene) -> Boundary:
    unit = scene.unit()
    right = scene.ship(unit)
    return Boundary(SHIP, {**right, "handling": {"crew": [7]}}, right, field="/handling/crew/0")


@fact("staff.not-found", "goods were sold by nobody's people")
def _(scene: Scene) -> Boundary:
    right = sale(scene, on_counter(scene))
    return Boundary(SELL, {**right, "handling": {"crew": [7]}}, right, by=SHOP)


@case("shipment.no-quarantine-there", "into quarantine where there is none")
def _(scene: Scene) -> Boundary:
    unit = scene.unit()
    shop = scene.facility(WUHAN_SHOP)
    scene.put(replace(shop, zones=shop.zones[1:3]))
    wrong, right = (scene.ship(unit, place, purpose="quarantine") for place in (WUHAN_SHOP, WUHAN_STORE))
    return Boundary(SHIP, wrong, right, field="/destination")


@fact("zone.closed", "stored in a zone that was given up")
def _(scene: Scene) -> Boundary:
    place = scene.facility(QINGDAO_STORE)
    closed = {"no": 5, "name": "旧区", "kind": "imported", "closed": True}
    scene.put(replace(place, zones=[*place.zones, closed]))
    unit = scene.unit()
    return Boundary(STORE, store(scene, unit, 5), store(scene, unit))

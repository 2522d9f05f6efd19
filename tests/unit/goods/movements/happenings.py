"""Boundaries of what else happens to goods: merged, repacked, passed on, used up, turned away, found."""

from __future__ import annotations

from dataclasses import replace

from service.goods.movements import (
    ADMIT,
    COUNT,
    DESTROY,
    FIND,
    MERGE,
    OFFER,
    RECEIVE,
    REJECT,
    REPACK,
    SAMPLE,
    SELL,
    SHIP,
    STORE,
    SURRENDER,
    TRANSFER,
)
from service.goods.state import CERTIFICATE, LOT, Unit, UnitState
from service.ledger import Data
from tests.unit.goods.movements.boundaries import Boundary, case, fact, on_the_road, sale, store
from tests.unit.goods.movements.scene import (
    CARRIER,
    CLOSED,
    DOMESTIC,
    IMPORTED,
    INDEPENDENT,
    QINGDAO,
    QINGDAO_MARKET,
    QINGDAO_STORE,
    QUARANTINE,
    SHOP,
    WATCH,
    WUHAN,
    WUHAN_SHOP,
    WUHAN_STORE,
    Scene,
    policy,
    portion,
)


def merge(scene: Scene, *units: Unit, **changed: object) -> Data:
    return {"units": [unit.id for unit in units], "happened_at": scene.time(), **changed}


def two(scene: Scene, **changed: object) -> list[Unit]:
    """Two alike units of a lot, the second one changed."""
    lot = scene.lot()
    first, second = scene.unit(10, 1000, lot=lot), scene.unit(5, 600, lot=lot)
    other = replace(second, **changed)
    scene.put(other)
    return [first, other]


@case("merge.unlike", "units of two lots")
def _(scene: Scene) -> Boundary:
    wrong = merge(scene, scene.unit(10, 1000), scene.unit(10, 1000))
    return Boundary(MERGE, wrong, merge(scene, *two(scene)), field="/units/1")


@case("merge.unlike", "one of them opened")
def _(scene: Scene) -> Boundary:
    lot = scene.lot()
    wrong = merge(scene, scene.unit(10, 1000, lot=lot), scene.unit(None, 500, lot=lot))
    right = merge(scene, scene.unit(None, 700, lot=lot), scene.unit(None, 500, lot=lot))
    return Boundary(MERGE, wrong, right, field="/units/1")


for trait, value in {"owner": SHOP, "zone": 2, "state": "quarantined", "pack": "bag"}.items():

    @case("merge.unlike", f"another {trait}")
    def _(scene: Scene, trait: str = trait, value: object = value) -> Boundary:
        wrong = merge(scene, *two(scene, **{trait: value}))
        return Boundary(MERGE, wrong, merge(scene, *two(scene)), field="/units/1")


@case("merge.unlike", "at two places")
def _(scene: Scene) -> Boundary:
    wrong = merge(scene, *two(scene, facility=QINGDAO_MARKET))
    return Boundary(MERGE, wrong, merge(scene, *two(scene)), field="/units/1")


@case("unit.nothing-taken", "an empty unit is merged")
def _(scene: Scene) -> Boundary:
    wrong = merge(scene, *two(scene, pieces=0, grams=0, out_pieces=5, out_grams=600))
    return Boundary(MERGE, wrong, merge(scene, *two(scene)), field="/units/1")


def repack(scene: Scene, unit: Unit, *into: Data, **changed: object) -> Data:
    """One carton of 20 kg of the unit into packs."""
    return {
        **portion(unit, None if unit.pieces is None else 1, 20_000),
        "into": [*into],
        "loss_grams": 0,
        "happened_at": scene.time(),
        **changed,
    }


def bags(pieces: int | None = 40, grams: int = 20_000, **changed: object) -> Data:
    return {"pack": "bag", "grams": grams, **({} if pieces is None else {"pieces": pieces}), **changed}


def cartons(scene: Scene, **changed: object) -> Unit:
    return scene.unit(10, 200_000, **changed)  # type: ignore[arg-type]


@case("repack.unbalanced", "a gram comes from nowhere")
def _(scene: Scene) -> Boundary:
    unit = cartons(scene)
    wrong, right = (repack(scene, unit, bags(grams=grams)) for grams in (20_001, 20_000))
    return Boundary(REPACK, wrong, right, field="/into")


@case("repack.unbalanced", "a gram goes nowhere")
def _(scene: Scene) -> Boundary:
    unit = cartons(scene)
    made = bags(grams=19_990)
    wrong, right = (repack(scene, unit, made, loss_grams=loss, loss_reason="drip") for loss in (9, 10))
    return Boundary(REPACK, wrong, right, field="/into")


@case("repack.loss-reason-missing", "a gram is lost")
def _(scene: Scene) -> Boundary:
    unit = cartons(scene)
    wrong = repack(scene, unit, bags(grams=19_999), loss_grams=1)
    return Boundary(REPACK, wrong, repack(scene, unit, bags()), field="/loss_reason")


@case("repack.conversion-off", "41 bags of 500 g in 20 kg")
def _(scene: Scene) -> Boundary:
    unit = cartons(scene)
    wrong, right = (repack(scene, unit, bags(pieces, grams_each=500)) for pieces in (41, 40))
    return Boundary(REPACK, wrong, right, field="/into/0/grams_each")


@case("repack.stays-opened", "opened packs are counted again")
def _(scene: Scene) -> Boundary:
    unit = scene.unit(None, 50_000)
    wrong, right = (repack(scene, unit, bags(pieces)) for pieces in (1, None))
    return Boundary(REPACK, wrong, right, field="/into/0/pieces")


@fact("unit.quarantined", "repacked before release")
def _(scene: Scene) -> Boundary:
    wrong, right = cartons(scene, state=UnitState.QUARANTINED), cartons(scene)
    return Boundary(REPACK, repack(scene, wrong, bags()), repack(scene, right, bags()))


@fact("unit.held", "held goods were repacked")
def _(scene: Scene) -> Boundary:
    wrong, right = scene.held(cartons(scene)), cartons(scene)
    return Boundary(REPACK, repack(scene, wrong, bags()), repack(scene, right, bags()))


@fact("unit.more-than-held", "more than the carton held was repacked")
def _(scene: Scene) -> Boundary:
    wrong, right = scene.unit(1, 19_999), scene.unit(1, 20_000)
    return Boundary(REPACK, repack(scene, wrong, bags()), repack(scene, right, bags()))


@fact("facility.inactive", "repacked in a closed store")
def _(scene: Scene) -> Boundary:
    wrong, right = cartons(scene, at=CLOSED), cartons(scene, at=WUHAN_STORE)
    return Boundary(REPACK, repack(scene, wrong, bags()), repack(scene, right, bags()), by=WUHAN)


def transfer(scene: Scene, unit: Unit, to: int = SHOP, **changed: object) -> Data:
    document = {"kind": "contract", "number": "HT-1"}
    return {"unit": unit.id, "to": to, "document": document, "happened_at": scene.time(), **changed}


@case("transfer.owner-already", "to who owns it")
def _(scene: Scene) -> Boundary:
    unit = scene.unit(owner=SHOP)
    return Boundary(TRANSFER, transfer(scene, unit, SHOP), transfer(scene, unit, WUHAN), field="/to")


@case("transfer.no-such-owner", "to nobody")
def _(scene: Scene) -> Boundary:
    unit = scene.unit()
    return Boundary(TRANSFER, transfer(scene, unit, 7), transfer(scene, unit), field="/to")


@case("transfer.no-such-owner", "to a suspended organisation")
def _(scene: Scene) -> Boundary:
    unit = scene.unit()
    scene.put(replace(scene.organisation(WUHAN), active=False))
    return Boundary(TRANSFER, transfer(scene, unit, WUHAN), transfer(scene, unit), field="/to")


@case("unit.not-found", "by who neither owns nor keeps it")
def _(scene: Scene) -> Boundary:
    kept, own = scene.unit(at=WUHAN_STORE, owner=QINGDAO), scene.unit(at=WUHAN_STORE, owner=SHOP)
    return Boundary(TRANSFER, transfer(scene, kept), transfer(scene, own, WUHAN), by=SHOP, field="/unit")


@case("unit.in-transit", "on the road")
def _(scene: Scene) -> Boundary:
    moving = scene.now_in(on_the_road(scene).outcome["units"][0])
    return Boundary(TRANSFER, transfer(scene, moving), transfer(scene, scene.unit()), field="/unit")


@case("unit.nothing-taken", "an emptied unit")
def _(scene: Scene) -> Boundary:
    unit = scene.unit(10, 1000)
    empty = replace(unit, pieces=0, grams=0, out_pieces=10, out_grams=1000)
    scene.put(empty)
    return Boundary(TRANSFER, transfer(scene, empty), transfer(scene, scene.unit()), field="/unit")


@case("time.before-made", "passed on before it was there")
def _(scene: Scene) -> Boundary:
    unit = scene.unit()
    wrong, right = (transfer(scene, unit, happened_at=day) for day in ("2020-08-14", "2020-08-15"))
    return Boundary(TRANSFER, wrong, right, field="/happened_at")


@fact("unit.held", "held goods were passed on")
def _(scene: Scene) -> Boundary:
    return Boundary(TRANSFER, transfer(scene, scene.held(scene.unit())), transfer(scene, scene.unit()))


def sample(scene: Scene, unit: Unit, **changed: object) -> Data:
    return {
        **portion(unit, None if unit.pieces is None else 0, 250),
        "purpose": "nucleic_acid",
        "by": "own",
        "samples": ["S-1"],
        "happened_at": scene.time(),
        **changed,
    }


@case("sample.authority-missing", "an authority without a name")
def _(scene: Scene) -> Boundary:
    unit = scene.unit()
    wrong, right = (sample(scene, unit, by=by) for by in ("regulator", "own"))
    return Boundary(SAMPLE, wrong, right, field="/authority")


@case("authority.not-found", "a carrier is no authority")
def _(scene: Scene) -> Boundary:
    unit = scene.unit()
    wrong, right = (sample(scene, unit, by="regulator", authority=who) for who in (CARRIER, WATCH))
    return Boundary(SAMPLE, wrong, right, field="/authority")


@fact("unit.more-than-held", "a sample of more than was there")
def _(scene: Scene) -> Boundary:
    unit = scene.unit(None, 249)
    wrong, right = ({**sample(scene, unit), "grams": grams} for grams in (250, 249))
    return Boundary(SAMPLE, wrong, right)


def destroy(scene: Scene, unit: Unit, **changed: object) -> Data:
    evidence = {"evidence": ["0" * 64]}
    return {
        **portion(unit),
        "method": "incineration",
        **evidence,
        "happened_at": scene.time(),
        **changed,
    }


@fact("destruction.no-evidence", "nothing shows it")
def _(scene: Scene) -> Boundary:
    unit = scene.unit()
    wrong, right = (destroy(scene, unit, evidence=files) for files in ([], ["0" * 64]))
    return Boundary(DESTROY, wrong, right)


def surrender(scene: Scene, unit: Unit, **changed: object) -> Data:
    said = {"authority": WATCH, "document": "2020-17", "happened_at": scene.time()}
    return {**portion(unit), **said, **changed}


@case("authority.not-found", "handed to a shop")
def _(scene: Scene) -> Boundary:
    unit = scene.unit()
    wrong, right = (surrender(scene, unit, authority=who) for who in (SHOP, WATCH))
    return Boundary(SURRENDER, wrong, right, field="/authority")


@case("authority.not-found", "handed to nobody")
def _(scene: Scene) -> Boundary:
    unit = scene.unit()
    wrong, right = (surrender(scene, unit, authority=who) for who in (7, WATCH))
    return Boundary(SURRENDER, wrong, right, field="/authority")


def turned_away(scene: Scene, shipment: int, unit: Unit, *amount: int, **changed: object) -> Data:
    items = [{**portion(unit, *amount), "reason": "temperature", **changed}]
    return {"shipment": shipment, "items": items, "happened_at": scene.time()}


@case("receipt.not-in-shipment", "turned away from another shipment")
def _(scene: Scene) -> Boundary:
    first, second = (on_the_road(scene).outcome for _ in range(2))
    wrong, right = (
        turned_away(scene, first["shipment"], scene.now_in(each["units"][0])) for each in (second, first)
    )
    return Boundary(REJECT, wrong, right, by=WUHAN, field="/items/0/unit")


@case("receipt.not-in-shipment", "received although all of it was turned away")
def _(scene: Scene) -> Boundary:
    unit = scene.unit(10, 1000)
    items = [portion(unit, 5, 500), portion(unit, 5, 500)]
    shipped = scene.say(SHIP, scene.ship(unit, items=items), QINGDAO)
    gone, there = map(scene.now_in, shipped.outcome["units"])
    scene.say(REJECT, turned_away(scene, shipped.outcome["shipment"], gone), WUHAN)
    wrong, right = (
        scene.receive(shipped, each) for each in ([portion(gone), portion(there)], [portion(there)])
    )
    return Boundary(RECEIVE, wrong, right, by=WUHAN, field="/items/0/unit")


@case("shipment.already-received", "turned away after all")
def _(scene: Scene) -> Boundary:
    first, second = on_the_road(scene), on_the_road(scene)
    wrong, right = (
        turned_away(scene, each.outcome["shipment"], scene.now_in(each.outcome["units"][0]))
        for each in (first, second)
    )
    scene.say(RECEIVE, scene.receive(first), WUHAN)
    return Boundary(REJECT, wrong, right, by=WUHAN, field="/shipment")


@case("rejection.of-a-return", "what came back is turned away")
def _(scene: Scene) -> Boundary:
    first, second = (on_the_road(scene).outcome for _ in range(2))
    unit = scene.now_in(first["units"][0])
    back = scene.say(REJECT, turned_away(scene, first["shipment"], unit), WUHAN).outcome
    wrong = turned_away(scene, back["shipment"], scene.now_in(back["units"][0]))
    right = turned_away(scene, second["shipment"], scene.now_in(second["units"][0]))
    return Boundary(REJECT, wrong, right, by=QINGDAO, right_by=WUHAN, field="/shipment")


@case("time.before-made", "turned away before it departed")
def _(scene: Scene) -> Boundary:
    sent = scene.time()
    shipped = on_the_road(scene).outcome
    right = turned_away(scene, shipped["shipment"], scene.now_in(shipped["units"][0]))
    right["happened_at"] = sent
    wrong = {**right, "happened_at": scene.time(seconds=-2)}
    return Boundary(REJECT, wrong, right, by=WUHAN, field="/happened_at")


@fact("unit.more-than-held", "more is turned away than was sent")
def _(scene: Scene) -> Boundary:
    shipped = on_the_road(scene, 10, 1000).outcome
    unit = scene.now_in(shipped["units"][0])
    wrong, right = (turned_away(scene, shipped["shipment"], unit, 10, grams) for grams in (1001, 1000))
    return Boundary(REJECT, wrong, right, by=WUHAN)


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

"""Boundaries of what else happens to goods: merged, repacked, passed on, used up, turned away, found."""

from __future__ import annotations

from dataclasses import replace

from service.goods.movements import (
    DESTROY,
    MERGE,
    RECEIVE,
    REJECT,
    REPACK,
    SAMPLE,
    SHIP,
    SURRENDER,
    TRANSFER,
)
from service.goods.state import Unit, UnitState
from service.ledger import Data
from tests.unit.goods.movements.boundaries import Boundary, case, fact, on_the_road
from tests.unit.goods.movements.scene import (
    CARRIER,
    CLOSED,
    QINGDAO,
    QINGDAO_MARKET,
    SHOP,
    WATCH,
    WUHAN,
    WUHAN_STORE,
    Scene,
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

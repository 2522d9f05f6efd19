"""What the other movements write: accounts, edges, places, holds, and the lots of goods without papers."""

from __future__ import annotations

import pytest

from service.codes.state import ISSUED_CODE
from service.goods.movements import (
    ADMIT,
    COUNT,
    DESTROY,
    FIND,
    MERGE,
    OFFER,
    PROCESS,
    RECEIVE,
    REJECT,
    REPACK,
    SAMPLE,
    SHIP,
    SURRENDER,
    TRANSFER,
)
from service.goods.state import EDGE, EVENT, LOT, SHIPMENT, UnitState
from service.incidents.state import FINDING, HOLD
from tests.unit.goods.movements.gates import admission, count, offer, to_market
from tests.unit.goods.movements.happenings import (
    bags,
    destroy,
    merge,
    repack,
    sample,
    surrender,
    transfer,
    turned_away,
)
from tests.unit.goods.movements.scene import (
    IMPORTED,
    QINGDAO,
    QINGDAO_STORE,
    SHOP,
    WUHAN,
    WUHAN_SHOP,
    WUHAN_STORE,
    Scene,
    policy,
    portion,
)


@pytest.fixture
def scene() -> Scene:
    return Scene()


def edges(scene: Scene) -> list[tuple[int, int, str, int | None, int]]:
    return [(e.parent, e.child, e.kind, e.pieces, e.grams) for e in scene.history.rows(EDGE)]


def test_merged_units_are_one_with_all_their_holds(scene: Scene) -> None:
    lot = scene.lot()
    first, second = scene.held(scene.unit(10, 1000, lot=lot)), scene.held(scene.unit(5, 600, lot=lot))
    said = scene.say(MERGE, merge(scene, first, second), QINGDAO)
    merged = scene.now_in(said.outcome["unit"])
    assert (merged.in_pieces, merged.in_grams) == (15, 1600)
    assert merged.holds == sorted([*first.holds, *second.holds])
    assert [scene.now_in(each).grams for each in (first, second)] == [0, 0]
    assert edges(scene) == [
        (first.id, merged.id, "merge", 10, 1000),
        (second.id, merged.id, "merge", 5, 600),
    ]


def test_repacking_counts_other_packs_on_the_far_side_of_a_node(scene: Scene) -> None:
    unit = scene.held(scene.unit(10, 200_000))
    into = [bags(30, 15_000, grams_each=500), bags(None, 4_900)]
    said = scene.say(REPACK, repack(scene, unit, *into, loss_grams=100, loss_reason="drip"), QINGDAO)
    node = said.outcome["node"]
    packed, loose = map(scene.now_in, said.outcome["units"])
    assert (packed.pack, packed.packaging, packed.pieces, packed.grams) == ("bag", "sealed", 30, 15_000)
    assert (loose.pack, loose.packaging, loose.pieces, loose.grams) == ("bag", "opened", None, 4_900)
    assert (packed.lot, packed.state) == (unit.lot, unit.state)
    assert set(unit.holds) <= set(packed.holds)
    assert edges(scene) == [
        (unit.id, node, "repack", 1, 20_000),
        (node, packed.id, "repack", 30, 15_000),
        (node, loose.id, "repack", None, 4_900),
    ]


def test_opened_goods_stay_opened_when_they_are_divided_and_sold(scene: Scene) -> None:
    unit = scene.unit(10, 200_000, at=WUHAN_SHOP)
    opened = scene.say(REPACK, repack(scene, unit, bags(None)), SHOP).outcome["units"][0]
    again = repack(scene, scene.now_in(opened), bags(None, 8_000), bags(None, 12_000))
    parts = scene.say(REPACK, again, SHOP).outcome["units"]
    assert [scene.now_in(part).packaging for part in parts] == ["opened", "opened"]


@pytest.mark.parametrize("by", [WUHAN, QINGDAO], ids=["the custodian", "the owner"])
def test_ownership_passes_in_place(scene: Scene, by: int) -> None:
    unit = scene.unit(at=WUHAN_STORE, owner=QINGDAO)
    said = scene.say(TRANSFER, transfer(scene, unit, SHOP), by)
    now = scene.now_in(unit)
    assert (now.owner, now.custodian, now.facility, now.grams) == (SHOP, WUHAN, WUHAN_STORE, unit.grams)
    assert said.outcome == {"from": QINGDAO}
    assert edges(scene) == []
    assert [(e.lot, e.kind) for e in scene.history.rows(EVENT)] == [(unit.lot, "ownership-transferred")]


def test_what_is_kept_for_another_stays_the_others_and_leaves_through_the_keeper(scene: Scene) -> None:
    kept = scene.moved(scene.unit(), WUHAN_STORE)
    assert (kept.owner, kept.custodian) == (QINGDAO, WUHAN)
    sold_on = scene.say(SHIP, scene.ship(kept, WUHAN_SHOP), WUHAN)
    on_the_way = scene.now_in(sold_on.outcome["units"][0])
    assert (on_the_way.owner, on_the_way.custodian) == (QINGDAO, WUHAN)
    arrived = scene.say(RECEIVE, scene.receive(sold_on), SHOP).outcome["units"][0]
    assert (scene.now_in(arrived).owner, scene.now_in(arrived).custodian) == (SHOP, SHOP)


@pytest.mark.parametrize("state", [UnitState.QUARANTINED, UnitState.RELEASED])
def test_samples_and_destruction_are_ways_of_the_account(scene: Scene, state: UnitState) -> None:
    unit = scene.held(scene.unit(10, 1000, state=state))
    sampled = scene.say(SAMPLE, sample(scene, unit), QINGDAO)
    destroyed = scene.say(DESTROY, destroy(scene, unit) | portion(unit, 9, 700), QINGDAO)
    now = scene.now_in(unit)
    assert (now.pieces, now.sample_pieces, now.destroyed_pieces) == (1, 0, 9)
    assert (now.grams, now.sample_grams, now.destroyed_grams) == (50, 250, 700)
    assert (sampled.breach, destroyed.breach) == ((), ())
    assert edges(scene) == []


def test_what_was_destroyed_beyond_the_unit_comes_out_of_a_difference(scene: Scene) -> None:
    unit = scene.unit(10, 1000)
    said = scene.say(DESTROY, destroy(scene, unit) | portion(unit, 12, 1200), QINGDAO)
    (difference,) = said.outcome["differences"]
    found = scene.now_in(difference["unit"])
    assert (found.in_grams, found.destroyed_grams, found.grams) == (200, 200, 0)
    assert scene.now_in(unit).destroyed_grams == 1000
    assert found.holds == [scene.history.rows(FINDING)[0].hold]


def test_surrendered_goods_are_a_unit_that_nobody_moves(scene: Scene) -> None:
    unit = scene.held(scene.unit(10, 1000, state=UnitState.QUARANTINED))
    said = scene.say(SURRENDER, surrender(scene, unit) | portion(unit, 4, 400), QINGDAO)
    gone = scene.now_in(said.outcome["unit"])
    assert (gone.state, gone.pieces, gone.grams, gone.holds) == ("surrendered", 4, 400, unit.holds)
    assert edges(scene) == [(unit.id, gone.id, "surrender", 4, 400)]
    assert said.breach == ()


def test_what_is_turned_away_goes_back_and_the_rest_is_received(scene: Scene) -> None:
    unit = scene.unit(10, 1000)
    shipped = scene.say(SHIP, scene.ship(unit, WUHAN_SHOP, vehicle=301), QINGDAO)
    shipment, moving = shipped.outcome["shipment"], scene.now_in(shipped.outcome["units"][0])
    back = scene.say(REJECT, turned_away(scene, shipment, moving, 4, 400), SHOP)
    returned = scene.history.row(SHIPMENT, back.outcome["shipment"])
    assert (returned.consignor, returned.consignee) == (QINGDAO, QINGDAO)
    assert (returned.origin, returned.destination) == (WUHAN_SHOP, QINGDAO_STORE)
    assert (returned.purpose, returned.passes, returned.vehicle) == ("return", False, 301)
    assert scene.history.row(SHIPMENT, shipment).received_at is None
    kept = scene.say(RECEIVE, scene.receive(shipped), SHOP).outcome["units"][0]
    home = scene.say(RECEIVE, scene.receive(back), QINGDAO).outcome["units"][0]
    assert [scene.now_in(each).grams for each in (kept, home)] == [600, 400]
    at_home = scene.now_in(home)
    assert (at_home.owner, at_home.custodian, at_home.facility) == (QINGDAO, QINGDAO, QINGDAO_STORE)


def test_a_shipment_that_is_all_turned_away_is_done_with(scene: Scene) -> None:
    shipped = scene.say(SHIP, scene.ship(scene.unit()), QINGDAO)
    moving = scene.now_in(shipped.outcome["units"][0])
    said = scene.say(REJECT, turned_away(scene, shipped.outcome["shipment"], moving), WUHAN)
    assert said.outcome["closed"]
    done = scene.history.row(SHIPMENT, shipped.outcome["shipment"])
    assert done.received_at == said.data["happened_at"]
    again = scene.refused(RECEIVE, scene.receive(shipped), WUHAN)
    assert again.code == "shipment.already-received"


@pytest.mark.parametrize(
    ("counted", "left", "more"),
    [
        ((9, 900), (9, 900), None),
        ((10, 1010), (10, 1000), (None, 10)),
        ((12, 1200), (10, 1000), (2, 200)),
        ((11, 1100), (10, 1000), (1, 100)),
        ((11, 1000), (10, 910), (1, 90)),
        ((11, 990), (10, 900), (1, 90)),
        ((9, 1010), (9, 1000), (None, 10)),
        ((0, 0), (0, 0), None),
    ],
)
def test_after_a_count_there_is_what_was_counted(
    scene: Scene,
    counted: tuple[int, int],
    left: tuple[int, int],
    more: tuple[int | None, int] | None,
) -> None:
    unit = scene.unit(10, 1000)
    item = {**portion(unit, *counted), "reason": "miscounted"}
    said = scene.say(COUNT, count(scene, item), QINGDAO)
    now = scene.now_in(unit)
    assert (now.pieces, now.grams) == left
    surplus = [scene.now_in(each) for each in said.outcome["units"]]
    assert [(each.pieces, each.grams) for each in surplus] == ([] if more is None else [more])
    assert sum(each.grams for each in (now, *surplus)) == counted[1]
    finding = scene.history.rows(FINDING)[0]
    assert all(each.holds == [finding.hold] for each in surplus)
    assert finding.rules[0]["facts"]["counted_grams"] == counted[1]
    assert finding.rules[0]["facts"]["held_grams"] == 1000


def test_a_count_that_agrees_is_no_finding(scene: Scene) -> None:
    unit = scene.unit(10, 1000)
    assert scene.say(COUNT, count(scene, portion(unit)), QINGDAO).breach == ()
    assert scene.now_in(unit) == unit


def test_found_goods_are_a_lot_without_papers_in_quarantine_and_held(scene: Scene) -> None:
    said = scene.say(FIND, scene.found(), QINGDAO)
    unit, lot = scene.now_in(said.outcome["unit"]), scene.history.row(LOT, said.outcome["lot"])
    assert (unit.state, unit.owner, unit.custodian, unit.grams) == ("quarantined", QINGDAO, QINGDAO, 240_000)
    assert (lot.arrival, lot.parents, lot.family, lot.certificates) == (None, [], lot.id, [])
    assert {lot.hs, lot.country, lot.establishment, lot.produced_on, lot.best_before} == {None}
    assert (lot.pieces, lot.released_grams) == (12, 0)
    assert scene.history.row(ISSUED_CODE, lot.code).lot == lot.id
    hold = scene.history.row(HOLD, unit.holds[0])
    assert (hold.reason, hold.lifted_at) == ("found.without-papers", None)
    assert scene.history.rows(FINDING)[0].lots == [lot.id]


def test_found_goods_are_destroyed_or_handed_over_and_never_shipped(scene: Scene) -> None:
    unit = scene.now_in(scene.say(FIND, scene.found(), QINGDAO).outcome["unit"])
    for purpose in ("trade", "return", "quarantine", "disposal"):
        refused = scene.refused(SHIP, scene.ship(unit, purpose=purpose), QINGDAO)
        assert refused.code == "unit.quarantined"
    scene.say(SURRENDER, surrender(scene, unit) | portion(unit, 2, 40_000), QINGDAO)
    said = scene.say(DESTROY, destroy(scene, unit) | portion(unit, 10, 200_000), QINGDAO)
    assert (said.breach, scene.now_in(unit).grams) == ((), 0)


def test_an_admission_stands_on_the_shipment_and_in_the_history(scene: Scene) -> None:
    scene.put(policy("37", position=5, required=["quarantine"]))
    unit = scene.unit(lot=scene.lot(certificates=[scene.paper("quarantine").key]))
    shipment = to_market(scene, unit)
    said = scene.say(ADMIT, admission(scene, shipment), QINGDAO)
    assert scene.history.row(SHIPMENT, shipment).admitted_at == said.data["happened_at"]
    assert scene.history.rows(EVENT)[-1].kind == "goods-admitted"
    assert said.policy == 5


def test_goods_are_offered_in_a_zone(scene: Scene) -> None:
    unit = scene.unit(at=WUHAN_SHOP)
    scene.say(OFFER, offer(scene, unit), SHOP)
    assert scene.now_in(unit).zone == IMPORTED
    scene.say(OFFER, offer(scene, unit, None), SHOP)
    assert scene.now_in(unit).zone == IMPORTED


def test_processing_tells_its_yield_and_keeps_the_pack_level(scene: Scene) -> None:
    unit = scene.unit(10, 1000)
    outputs = [scene.output(899, pieces=3, pack="tray")]
    data = scene.process(portion(unit), outputs=outputs, loss_grams=101, loss_reason="trimming")
    said = scene.say(PROCESS, data, QINGDAO)
    assert said.outcome["yield_permille"] == 899
    assert scene.now_in(said.outcome["units"][0]).pack == "tray"

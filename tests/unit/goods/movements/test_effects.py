"""What each movement writes: accounts, edges, new units with their holders and places, the lots' history."""

from __future__ import annotations

from dataclasses import replace

import pytest

from schema.identifiers import Level
from schema.moments import first_second
from service.codes.state import CASE_COUNT, ISSUED_CODE
from service.goods.movements import (
    ISSUE_CASES,
    KINDS,
    PROCESS,
    RECEIVE,
    SELL,
    SHIP,
    SPLIT,
    STORE,
)
from service.goods.movements.zoning import ZONE_USE
from service.goods.state import EDGE, EVENT, LOT, SHIPMENT, Unit, UnitState
from service.ledger import Statement
from service.ledger.judging import needed
from service.ledger.kinds import Proposal, Registry
from service.parties import STANDING
from tests.unit.goods.movements.scene import (
    DOMESTIC,
    IMPORTED,
    INDEPENDENT,
    QINGDAO,
    QINGDAO_STORE,
    SHOP,
    TRUCK,
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


def account(unit: Unit) -> tuple[tuple[int | None, ...], tuple[int, ...]]:
    """In, on hand, out, loss: in pieces and in grams."""
    return (
        (unit.in_pieces, unit.pieces, unit.out_pieces, unit.loss_pieces),
        (unit.in_grams, unit.grams, unit.out_grams, unit.loss_grams),
    )


def flows(scene: Scene) -> list[tuple[int, int, str, int | None, int]]:
    return [(e.parent, e.child, e.kind, e.pieces, e.grams) for e in scene.history.rows(EDGE)]


def test_what_is_received_into_an_independent_zone_counts_there_by_its_arrivals(scene: Scene) -> None:
    there = {"one_family_in_independent_zones": True, "zones_after_release": ["independent"]}
    scene.put(policy("42", **there))
    units = [scene.unit(lot=scene.lot(family=family)) for family in (901, 900)]
    items = [portion(unit) for unit in units]
    shipped = scene.say(SHIP, scene.ship(units[0], items=items), QINGDAO)
    received = scene.say(RECEIVE, scene.receive(shipped, zone=INDEPENDENT), WUHAN)
    assert scene.history.row(ZONE_USE, f"{WUHAN_STORE}/{INDEPENDENT}").families == [900, 901]
    assert [breach["rule"] for breach in received.breach] == ["zone.family-mixed"]


def test_what_did_not_arrive_is_in_no_zone(scene: Scene) -> None:
    there = {"one_family_in_independent_zones": True, "zones_after_release": ["independent"]}
    scene.put(policy("42", **there))
    shipped = scene.say(SHIP, scene.ship(scene.unit()), QINGDAO)
    lost = {"unit": shipped.outcome["units"][0], "pieces": 0, "grams": 0, "reason": "damaged"}
    scene.say(RECEIVE, scene.receive(shipped, [lost], zone=INDEPENDENT), WUHAN)
    assert scene.history.rows(ZONE_USE) == []


def test_storing_moves_a_unit_into_a_zone_and_leaves_its_account_alone(scene: Scene) -> None:
    unit = scene.unit()
    statement = scene.say(STORE, {"unit": unit.id, "zone": IMPORTED, "happened_at": "2020-08-16"}, QINGDAO)
    since = first_second("2020-08-16")
    assert scene.now_in(unit) == replace(unit, zone=IMPORTED, version=10, since=since, placed=10)
    assert statement.policy == 0
    assert [
        (e.lot, e.kind, e.organisation, e.facility, e.happened_at) for e in scene.history.rows(EVENT)
    ] == [(unit.lot, "goods-stored", QINGDAO, QINGDAO_STORE, "2020-08-16")]


def test_a_split_leaves_the_rest_in_the_old_unit(scene: Scene) -> None:
    unit = scene.unit(10, 1000, state=UnitState.QUARANTINED)
    parts = [{"pieces": 2, "grams": 150}, {"pieces": 3, "grams": 350}]
    data = {"unit": unit.id, "parts": parts, "happened_at": scene.time()}
    first, second = scene.say(SPLIT, data, QINGDAO).outcome["units"]
    assert account(scene.now_in(unit)) == ((10, 5, 5, 0), (1000, 500, 500, 0))
    assert account(scene.now_in(first)) == ((2, 2, 0, 0), (150, 150, 0, 0))
    child = scene.now_in(second)
    assert (child.lot, child.state, child.facility) == (unit.lot, UnitState.QUARANTINED, QINGDAO_STORE)
    assert flows(scene) == [(unit.id, first, "split", 2, 150), (unit.id, second, "split", 3, 350)]


def test_goods_on_the_road_are_the_consignors_at_no_place(scene: Scene) -> None:
    unit = scene.unit(10, 1000)
    waybill = {"number": "W1", "plate": {"sha256": "0" * 64}}
    items = [portion(unit, 4, 400), portion(unit, 3, 300)]
    data = scene.ship(unit, items=items, vehicle=TRUCK, waybill=waybill)
    statement = scene.say(SHIP, data, QINGDAO)
    assert account(scene.now_in(unit)) == ((10, 3, 7, 0), (1000, 300, 700, 0))
    shipment = scene.history.row(SHIPMENT, statement.outcome["shipment"])
    assert (shipment.consignor, shipment.consignee, shipment.origin) == (QINGDAO, WUHAN, QINGDAO_STORE)
    assert (shipment.units, shipment.vehicle, shipment.waybill) == (
        statement.outcome["units"],
        TRUCK,
        waybill,
    )
    assert shipment.received_at is None
    for moving in map(scene.now_in, shipment.units):
        assert (moving.owner, moving.custodian, moving.facility, moving.zone) == (
            QINGDAO,
            QINGDAO,
            None,
            None,
        )
        assert (moving.state, moving.shipment, moving.region) == ("in_transit", shipment.id, "370200")
    assert [(kind, grams) for _, _, kind, _, grams in flows(scene)] == [("ship", 400), ("ship", 300)]


def test_a_shipment_is_judged_under_the_policy_of_its_destination(scene: Scene) -> None:
    scene.put(policy("42", position=5))
    assert scene.say(SHIP, scene.ship(scene.unit()), QINGDAO).policy == 5


def test_what_arrives_is_the_consignees_and_what_does_not_is_lost(scene: Scene) -> None:
    unit = scene.unit(30, 3000)
    items = [portion(unit, 10, 1000) for _ in range(3)]
    shipped = scene.say(SHIP, scene.ship(unit, items=items), QINGDAO)
    dry, gone, whole = shipped.outcome["units"]
    arrived = [
        {"unit": whole, "pieces": 10, "grams": 1000},
        {"unit": dry, "pieces": 9, "grams": 890, "reason": "damaged"},
        {"unit": gone, "pieces": 0, "grams": 0, "reason": "missing"},
    ]
    statement = scene.say(RECEIVE, scene.receive(shipped, arrived, zone=IMPORTED), WUHAN)
    first, second, nothing = statement.outcome["units"]
    assert nothing is None
    assert [flow for flow in statement.outcome["flows"] if flow[1] == "loss"] == [
        [dry, "loss", 1, 110],
        [gone, "loss", 10, 1000],
    ]
    assert account(scene.now_in(dry)) == ((10, 0, 9, 1), (1000, 0, 890, 110))
    assert account(scene.now_in(gone)) == ((10, 0, 0, 10), (1000, 0, 0, 1000))
    assert account(scene.now_in(whole)) == ((10, 0, 10, 0), (1000, 0, 1000, 0))
    received = scene.now_in(second)
    assert (received.owner, received.custodian, received.facility) == (QINGDAO, WUHAN, WUHAN_STORE)
    assert (received.zone, received.region, received.state) == (IMPORTED, "420100", "released")
    assert account(received) == ((9, 9, 0, 0), (890, 890, 0, 0))
    assert flows(scene)[3:] == [(whole, first, "receive", 10, 1000), (dry, second, "receive", 9, 890)]
    assert scene.history.row(SHIPMENT, shipped.outcome["shipment"]).received_at is not None
    assert statement.breach == ()


def test_weight_alone_may_be_lost_on_the_road(scene: Scene) -> None:
    shipped = scene.say(SHIP, scene.ship(scene.unit(10, 1000)), QINGDAO)
    items = [{"unit": shipped.outcome["units"][0], "pieces": 10, "grams": 990, "reason": "drying"}]
    received = scene.say(RECEIVE, scene.receive(shipped, items), WUHAN).outcome["units"][0]
    assert account(scene.now_in(received)) == ((10, 10, 0, 0), (990, 990, 0, 0))
    assert account(scene.now_in(items[0]["unit"])) == ((10, 0, 10, 0), (1000, 0, 990, 10))


@pytest.mark.parametrize(
    ("said", "rules"),
    [
        ({"seals_intact": True, "zone": IMPORTED}, []),
        ({"seals_intact": False}, ["receipt.seal-broken"]),
        ({"zone": DOMESTIC}, ["zone.kind-unfit"]),
        ({"zone": DOMESTIC, "seals_intact": False}, ["zone.kind-unfit", "receipt.seal-broken"]),
    ],
)
def test_a_receipt_is_a_fact_and_stands_in_breach(
    scene: Scene, said: dict[str, object], rules: list[str]
) -> None:
    shipped = scene.say(SHIP, scene.ship(scene.unit()), QINGDAO)
    statement = scene.say(RECEIVE, scene.receive(shipped, **said), WUHAN)
    assert [breach["rule"] for breach in statement.breach] == rules
    assert scene.now_in(statement.outcome["units"][0]).zone == said.get("zone")


def test_a_place_that_closed_while_goods_came_or_went_is_a_breach(scene: Scene) -> None:
    shipped = scene.say(SHIP, scene.ship(scene.unit()), QINGDAO)
    sold_from = scene.unit(at=WUHAN_SHOP)
    for closed in (WUHAN_STORE, WUHAN_SHOP):
        scene.put(replace(scene.facility(closed), active=False))
    received = scene.say(RECEIVE, scene.receive(shipped), WUHAN)
    sold = scene.say(SELL, {**portion(sold_from), "happened_at": scene.time()}, SHOP)
    assert [received.breach, sold.breach] == [
        ({"rule": "facility.inactive", "facts": {"facility": closed}},)
        for closed in (WUHAN_STORE, WUHAN_SHOP)
    ]


def test_a_sold_unit_stays_under_its_sellers_name(scene: Scene) -> None:
    unit = scene.unit(10, 1000, at=WUHAN_SHOP)
    data = {"unit": unit.id, "pieces": 2, "grams": 200, "happened_at": scene.time()}
    sold = scene.now_in(scene.say(SELL, data, SHOP).outcome["unit"])
    assert (sold.state, sold.custodian, sold.facility, sold.zone) == ("sold", SHOP, WUHAN_SHOP, None)
    assert account(sold) == ((2, 2, 0, 0), (200, 200, 0, 0))
    assert account(scene.now_in(unit)) == ((10, 8, 2, 0), (1000, 800, 200, 0))
    assert flows(scene) == [(unit.id, sold.id, "sell", 2, 200)]


def test_processing_passes_through_a_node_and_inherits(scene: Scene) -> None:
    small = scene.unit(10, 1000, lot=scene.lot(10, 1000, certificates=["b/2", "a/1"], family=1))
    large = scene.unit(
        20, 3000, lot=scene.lot(20, 3000, certificates=["a/1", "c/3"], family=2, country="ARG")
    )
    outputs = [scene.output(2000, pieces=40), scene.output(1300)]
    data = scene.process(
        portion(small), portion(large, 15, 2500), outputs=outputs, loss_grams=200, loss_reason="trimming"
    )
    statement = scene.say(PROCESS, data, QINGDAO)
    packed, loose = map(scene.now_in, statement.outcome["units"])
    node = statement.outcome["node"]
    assert account(scene.now_in(small)) == ((10, 0, 10, 0), (1000, 0, 1000, 0))
    assert account(scene.now_in(large)) == ((20, 5, 15, 0), (3000, 500, 2500, 0))
    assert account(packed) == ((40, 40, 0, 0), (2000, 2000, 0, 0))
    assert account(loose) == ((None, None, None, None), (1300, 1300, 0, 0))
    lot = scene.lot_of(packed)
    assert (lot.parents, lot.family, lot.country) == ([large.lot, small.lot], 2, "ARG")
    assert lot.certificates == ["a/1", "b/2", "c/3"]
    assert (lot.arrival, lot.released_pieces, lot.released_grams) == (None, 40, 2000)
    assert scene.lot_of(loose).released_pieces == 0
    assert scene.history.row(ISSUED_CODE, lot.code).lot == lot.id
    assert flows(scene) == [
        (small.id, node, "process", 10, 1000),
        (large.id, node, "process", 15, 2500),
        (node, packed.id, "process", 40, 2000),
        (node, loose.id, "process", None, 1300),
    ]
    assert [edge.family for edge in scene.history.rows(EDGE)] == [1, 2, 2, 2]
    touched = {small.lot, large.lot, packed.lot, loose.lot}
    assert {event.lot for event in scene.history.rows(EVENT)} == touched


@pytest.mark.parametrize(
    ("grams", "families"),
    [((1000, 1000), (1, 1)), ((1000, 1001), (2, 2)), ((1001, 1000), (1, 1))],
    ids=["equal: the lower id", "the second gave more", "the first gave more"],
)
def test_the_family_is_that_of_most_grams_then_of_the_lowest_id(
    scene: Scene, grams: tuple[int, int], families: tuple[int, int]
) -> None:
    first, second = (scene.unit(10, 5000, lot=scene.lot(10, 5000, family=family)) for family in (1, 2))
    data = scene.process(portion(second, 5, grams[1]), portion(first, 5, grams[0]))
    made = scene.say(PROCESS, data, QINGDAO).outcome["units"][0]
    assert (scene.now_in(made).family, scene.lot_of(made).family) == families


def test_what_one_lot_gave_in_several_units_counts_together_for_the_family(scene: Scene) -> None:
    one = scene.lot(20, 5000, family=1)
    other = scene.lot(20, 5000, family=2)
    units = [scene.unit(10, 2500, lot=other), scene.unit(10, 2500, lot=other), scene.unit(20, 5000, lot=one)]
    taken = [portion(unit, 5, grams) for unit, grams in zip(units, (600, 600, 1000), strict=True)]
    made = scene.say(PROCESS, scene.process(*taken), QINGDAO).outcome["units"][0]
    assert scene.now_in(made).family == 2


def test_goods_kept_for_another_stay_the_owners_when_processed(scene: Scene) -> None:
    unit = scene.unit(owner=SHOP)
    made = scene.now_in(scene.say(PROCESS, scene.process(portion(unit)), QINGDAO).outcome["units"][0])
    assert (made.owner, made.custodian) == (SHOP, QINGDAO)


def test_case_codes_count_on(scene: Scene) -> None:
    lot = scene.lot(10)
    codes = [scene.code(Level.CASE) for _ in range(5)]
    first = scene.say(ISSUE_CASES, {"lot": lot.id, "codes": codes[:2]}, QINGDAO)
    second = scene.say(ISSUE_CASES, {"lot": lot.id, "codes": codes[2:], "first_serial": 3}, QINGDAO)
    assert [s.outcome for s in (first, second)] == [{"first_serial": 1}, {"first_serial": 3}]
    rows = [scene.history.row(ISSUED_CODE, code) for code in codes]
    assert [(row.lot, row.level, row.serial) for row in rows] == [(lot.id, "C", n) for n in range(1, 6)]
    assert scene.history.row(CASE_COUNT, lot.id).cases == 5
    assert scene.history.row(LOT, lot.id) == lot


def every_movement(scene: Scene) -> list[tuple[str, Statement]]:
    """One statement of each kind."""
    unit = scene.unit(10, 1000)
    shipped = scene.say(
        SHIP, scene.ship(unit, WUHAN_SHOP, items=[portion(unit, 5, 500)], vehicle=TRUCK), QINGDAO
    )
    received = scene.say(RECEIVE, scene.receive(shipped), SHOP)
    on_counter = scene.now_in(received.outcome["units"][0])
    stored = {"unit": on_counter.id, "zone": IMPORTED, "happened_at": scene.time()}
    parts = [{"pieces": 1, "grams": 100}]
    case_codes = {"lot": unit.lot, "codes": [scene.code(Level.CASE)]}
    return [
        ("ship", shipped),
        ("receive", received),
        ("store", scene.say(STORE, stored, SHOP)),
        (
            "split",
            scene.say(SPLIT, {"unit": on_counter.id, "parts": parts, "happened_at": scene.time()}, SHOP),
        ),
        ("sell", scene.say(SELL, {**portion(on_counter, 1, 100), "happened_at": scene.time()}, SHOP)),
        ("process", scene.say(PROCESS, scene.process(portion(unit, 5, 500)), QINGDAO)),
        ("cases", scene.say(ISSUE_CASES, case_codes, QINGDAO)),
    ]


def test_a_kind_announces_every_stream_that_it_reads(scene: Scene) -> None:
    """What is not announced costs the batch a round trip each."""
    for name, statement in every_movement(scene):
        kind = next(kind for kind in KINDS if kind.name == statement.kind)
        registry = Registry([kind], scene.history.projections.values(), STANDING)
        proposal = Proposal(kind, statement.actor, statement.data)
        announced = {f"{p.name}/{key}" for p, key in needed(registry, proposal, scene.history.world)}
        assert {stream for stream, _ in statement.judged} <= announced, name


def test_every_edge_has_an_id_of_its_own(scene: Scene) -> None:
    every_movement(scene)
    for projection in (EDGE, EVENT):
        rows = scene.history.rows(projection)
        assert len({row.id for row in rows}) == len(rows)
        assert all(row.id // 1000 == row.version for row in rows)
    assert {edge.kind for edge in scene.history.rows(EDGE)} == {"ship", "receive", "split", "sell", "process"}

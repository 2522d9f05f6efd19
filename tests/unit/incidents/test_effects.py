"""What holds and findings do, told as examples."""

from __future__ import annotations

from datetime import timedelta

from schema.identifiers import Level, TraceCode
from schema.problems import Refusal, explain
from service.goods.movements import PROCESS, RECEIVE, SELL, SHIP, SPLIT, STORE
from service.goods.state import EVENT, UNIT
from service.incidents.state import HELD_LOT
from service.ledger import Data
from service.ledger.statement import parse_instant
from tests.unit.incidents.bench import CARTON, Bench

WHEN = "2020-08-19"


def sale(bench: Bench, pieces: int = 1) -> Data:
    return {"unit": bench.ids["shop_unit"], "pieces": pieces, "grams": pieces * CARTON, "happened_at": WHEN}


def road(bench: Bench, **changes: object) -> Data:
    items = [{"unit": bench.ids["unit"], "pieces": 1, "grams": CARTON}]
    places = {"facility": bench.places["station"], "destination": bench.places["wholesaler"]}
    return {**places, "items": items, "departed_at": WHEN, **changes}


def test_a_hold_on_a_lot_is_on_every_unit_of_it_and_of_what_was_made_of_it(bench: Bench) -> None:
    hold = bench.place()
    lots = {bench.ids["lot"], bench.ids["cubes"]}
    assert bench.covered(hold.id) == {unit.id for unit in bench.history.rows(UNIT) if unit.lot in lots}
    assert {row.lot for row in bench.history.rows(HELD_LOT)} == lots, "and writes a row a lot"
    assert all(unit.holds == [] for unit in bench.history.rows(UNIT))
    assert (hold.region, hold.asked_at, hold.lots) == ("370200", hold.id // 1000, sorted(lots))


def test_a_hold_on_a_unit_is_on_what_was_taken_from_it_and_on_nothing_beside(bench: Bench) -> None:
    hold = bench.place("hubei", units=[bench.ids["wholesaler_unit"]])
    assert {bench.ids[name] for name in ("wholesaler_unit", "shop_unit", "plant_unit", "cubes_unit")} <= (
        bench.covered(hold.id)
    )
    assert bench.ids["unit"] not in bench.covered(hold.id)
    assert bench.history.rows(HELD_LOT) == []


def test_what_moved_after_the_question_was_asked_is_covered_and_named(bench: Bench) -> None:
    asked = bench.history.position
    part = {"parts": [{"pieces": 1, "grams": CARTON}], "happened_at": WHEN}
    made = bench.say("station", SPLIT, {"unit": bench.ids["unit"], **part}).outcome["units"]
    hold = bench.place(units=[bench.ids["unit"]], asked_at=asked)
    said = bench.history.statements[hold.id // 1000]
    assert said.outcome["added"] == {"lots": [], "units": made}
    again = bench.place(units=[bench.ids["unit"]])
    assert bench.history.statements[again.id // 1000].outcome["added"] == {"lots": [], "units": []}


def test_held_goods_go_to_quarantine_or_disposal_only_and_stay_held(bench: Bench) -> None:
    hold = bench.place(units=[bench.ids["unit"]])
    assert bench.refused("station", SHIP, road(bench)).code == "unit.held"
    shipped = bench.say("station", SHIP, road(bench, purpose="disposal")).outcome
    assert bench.held(shipped["units"][0]) == [hold.id]
    items = [{"unit": shipped["units"][0], "pieces": 1, "grams": CARTON}]
    receipt = {"shipment": shipped["shipment"], "happened_at": WHEN, "items": items}
    received = bench.say("wholesaler", RECEIVE, receipt).outcome["units"][0]
    assert hold.id in bench.held(received)


def test_a_fact_about_held_goods_is_marked_raises_a_finding_and_holds_what_it_made(bench: Bench) -> None:
    hold = bench.place("hubei", units=[bench.ids["shop_unit"]])
    said = bench.say("shop", SELL, sale(bench))
    assert [breach["rule"] for breach in said.breach] == ["unit.held"]
    own = said.outcome["hold"]
    assert bench.held(said.outcome["unit"]) == [hold.id, own]
    finding = bench.finding(bench.hold(own).finding or 0)
    assert (finding.owner, finding.state, finding.hold) == (
        bench.story.parties["shop"].organisation,
        "open",
        own,
    )
    bench.lift("hubei", hold.id)
    assert bench.held(said.outcome["unit"]) == [own], "the order's end does not undo the breach"


def test_a_lifted_hold_stays_on_record_and_holds_nothing_made_before_or_after(bench: Bench) -> None:
    hold = bench.place("hubei", units=[bench.ids["shop_unit"]])
    bench.lift("hubei", hold.id, test="42010000", note={"sha256": "cd" * 32})
    lifted = bench.hold(hold.id)
    assert (lifted.lifted_because, lifted.lifted_on_test) == ("test_negative", "42010000")
    assert bench.covered(hold.id) == set()
    assert bench.say("shop", SELL, sale(bench)).breach == ()
    assert hold.id in bench.unit(bench.ids["shop_unit"]).holds


def test_goods_under_two_holds_are_free_when_both_are_lifted(bench: Bench) -> None:
    one, other = bench.place(), bench.place(units=[bench.ids["unit"]])
    bench.lift("qingdao", one.id)
    assert bench.refused("station", SHIP, road(bench)).code == "unit.held"
    bench.lift("qingdao", other.id)
    bench.say("station", SHIP, road(bench))


def test_a_keepers_own_hold_ends_at_its_door(bench: Bench) -> None:
    hold = bench.place("wholesaler", units=[bench.ids["wholesaler_unit"]], reason="temperature")
    assert hold.kind == "own"
    assert bench.covered(hold.id) == {bench.ids["wholesaler_unit"]}
    assert bench.held(bench.ids["shop_unit"]) == []
    bench.lift("wholesaler", hold.id)


def test_goods_in_a_store_may_be_moved_and_divided_while_they_are_held(bench: Bench) -> None:
    hold = bench.place(units=[bench.ids["unit"]])
    stored = {"unit": bench.ids["unit"], "zone": 1, "happened_at": WHEN}
    assert bench.say("station", STORE, stored).breach == (), "into quarantine"
    part = {"parts": [{"pieces": 1, "grams": CARTON}], "happened_at": WHEN}
    divided = bench.say("station", SPLIT, {"unit": bench.ids["unit"], **part})
    assert divided.breach == ()
    assert bench.held(divided.outcome["units"][0]) == [hold.id]


def test_what_is_made_of_held_goods_is_held(bench: Bench) -> None:
    hold = bench.place("guangzhou", units=[bench.ids["plant_unit"]])
    before = bench.history.statements[bench.ids["cubes"] // 1000].data
    fresh = TraceCode.new(Level.BATCH, "440100", bench.story.quay.random).text
    made = {**before, "outputs": [{**before["outputs"][0], "code": fresh}]}
    said = bench.say("plant", PROCESS, made)
    assert "unit.held" in [breach["rule"] for breach in said.breach]
    assert hold.id in bench.held(said.outcome["units"][0])


def test_holds_and_closed_findings_stand_in_the_history_of_the_lot(bench: Bench) -> None:
    hold = bench.place()
    bench.lift("qingdao", hold.id)
    finding = bench.raised(lots=[bench.ids["lot"]])
    bench.close(finding.id)
    kinds = [event.kind for event in bench.history.rows(EVENT) if event.lot == bench.ids["lot"]]
    assert kinds[-4:] == ["hold-placed", "hold-lifted", "finding-raised", "finding-closed"]


def test_a_finding_goes_from_open_to_answered_to_open_to_closed(bench: Bench) -> None:
    finding = bench.raised(days=2)
    assert (finding.state, finding.owner) == ("open", bench.story.parties["wholesaler"].organisation)
    assert parse_instant(finding.due_at) - parse_instant(finding.raised_at) == timedelta(days=2)
    bench.answer(finding.id, evidence=["cd" * 32])
    answered = bench.answer(finding.id, evidence=["ef" * 32], explanation="disputed")
    row = bench.finding(finding.id)
    assert (row.state, row.answer, row.evidence) == ("answered", "disputed", ["cd" * 32, "ef" * 32])
    assert row.answered_in == bench.history.position - 1 == row.version
    assert answered.breach == ()
    shop = bench.story.parties["shop"].organisation
    bench.assign(finding.id, owner=shop)
    assert (bench.finding(finding.id).state, bench.finding(finding.id).owner) == ("open", shop)
    assert bench.finding(finding.id).due_at == finding.due_at, "another owner, the same time"
    bench.close(finding.id, conclusion="dismissed")
    closed = bench.finding(finding.id)
    assert (closed.state, closed.conclusion) == ("closed", "dismissed")
    assert closed.closed_by == bench.story.parties["hubei"].organisation


def test_closing_a_finding_may_free_what_it_held(bench: Bench) -> None:
    order = bench.place("hubei", units=[bench.ids["shop_unit"]])
    said = bench.say("shop", SELL, sale(bench))
    bench.lift("hubei", order.id)
    finding = bench.hold(said.outcome["hold"]).finding
    assert finding is not None
    bench.close(finding, lift=True, conclusion="fined")
    assert bench.hold(said.outcome["hold"]).lifted_because == "finding_fined"
    assert bench.held(said.outcome["unit"]) == []


def test_a_findings_rule_is_said_with_its_facts(bench: Bench) -> None:
    finding = bench.raised()
    (rule,) = finding.rules
    said = explain(Refusal(rule["rule"], **rule["facts"]), "zh")
    assert str(bench.places["wholesaler"]) in said.detail

"""What a recall does: it holds its goods, runs its clocks, and says who reported what and what came of it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from service.goods.movements import SPLIT
from service.incidents.cases.state import CASE, CASE_STEP
from service.incidents.recalls.clocks import clocks_of, prolonged
from service.incidents.recalls.state import DISPOSAL, RECALL_PART, part_key
from service.incidents.recalls.steering import EXTEND_RECALL, FINISH_RECALL, WITHDRAW_RECALL
from service.incidents.state import FINDING
from service.ledger.statement import parse_instant
from service.parties import Policy
from tests.unit.incidents.recalls.bench import CARTON, HAD, Recalls


def policy() -> Policy:
    levels = [
        {"level": level, "start_hours": hours, "finish_working_days": days}
        for level, hours, days in ((1, 24, 10), (2, 48, 20), (3, 72, 30))
    ]
    return Policy("", "cold_chain_import", {"recall_levels": levels}, 0)


@pytest.mark.parametrize(
    ("ordered", "level", "start_by", "finish_on"),
    [
        # Spring Festival 2026: 15 to 23 February off; Saturdays 14 and 28 worked.
        ("2026-02-12T02:00+00:00", 1, "2026-02-13T02:00:00.000000Z", "2026-03-04"),
        # National Day 2026: 25 to 27 September and 1 to 7 October off; Sunday 20 September and Saturday 10
        # October worked.
        ("2026-09-18T02:00+00:00", 2, "2026-09-20T02:00:00.000000Z", "2026-10-22"),
        # 23:30 in China is still that day; half an hour past midnight is the next.
        ("2026-09-18T15:30+00:00", 2, "2026-09-20T15:30:00.000000Z", "2026-10-22"),
        ("2026-09-18T16:30+00:00", 1, "2026-09-19T16:30:00.000000Z", "2026-10-09"),
    ],
)
def test_working_days_leave_out_holidays_and_count_worked_weekends(
    ordered: str, level: int, start_by: str, finish_on: str
) -> None:
    clocks = clocks_of(level, datetime.fromisoformat(ordered), policy())
    assert (clocks.start_by, clocks.finish_on, clocks.calendar_until) == (start_by, finish_on, None)


def test_a_clock_beyond_the_announced_years_says_so() -> None:
    ends = clocks_of(3, datetime(2026, 12, 1, tzinfo=UTC), policy())
    assert (ends.finish_on, ends.calendar_until) == ("2027-01-12", "2026-12-31")
    assert prolonged("2026-12-30", 1) == ("2026-12-31", None)
    assert prolonged("2026-12-31", 1) == ("2027-01-01", "2026-12-31")


def test_recalled_goods_and_all_made_of_them_are_held_and_cannot_be_freed_alone(bench: Recalls) -> None:
    recall = bench.ordered()
    assert recall.hold is not None
    for name in ("unit", "shop_unit", "plant_unit", "cubes_unit", "wholesaler-shop unit"):
        assert bench.held(bench.ids[name]) == [recall.hold], name
    parts = [{"pieces": 1, "grams": CARTON}]
    split = {"unit": bench.ids["shop_unit"], "parts": parts, "happened_at": "2020-08-19"}
    made = bench.say("shop", SPLIT, split).outcome["units"][0]
    assert bench.held(made) == [recall.hold], "what is made of it, too"
    assert bench.hold(recall.hold).case_file == recall.case_file
    case = bench.history.row(CASE, recall.case_file)
    assert case.holds == [recall.hold]
    steps = [each.kind for each in bench.history.rows(CASE_STEP) if each.case_file == case.id]
    assert steps == ["case-opened", "recall-ordered"]


def test_a_drill_recalls_and_holds_nothing(bench: Recalls) -> None:
    recall = bench.ordered(case=bench.case(drill=True))
    assert (recall.drill, recall.hold) == (True, None)
    assert bench.held(bench.ids["shop_unit"]) == []
    late = bench.report("shop", recall.id, found_grams=0, missing_grams=CARTON)
    assert late.breach == ()


def test_a_business_recalls_what_it_registered_wherever_it_is(bench: Recalls) -> None:
    recall = bench.ordered("station", case=None)
    assert (recall.case_file, recall.region) == (None, "370200")
    assert bench.held(bench.ids["shop_unit"]) == [recall.hold]


def test_reports_fill_in_and_a_recall_is_finished_when_all_have(bench: Recalls) -> None:
    recall = bench.ordered()
    assert (recall.state, recall.grams, recall.waiting) == (
        "ordered",
        sum(HAD.values()),
        sorted(bench.organisation(who) for who in HAD),
    )
    assert bench.begin("shop", recall.id).breach == ()
    assert bench.part(recall.id, "shop").started_at is not None
    assert bench.recall(recall.id).state == "started"
    bench.report("shop", recall.id)
    part = bench.part(recall.id, "shop")
    assert part.report == {
        "found": 15 * CARTON, "returned": 0, "sold": 5 * CARTON, "destroyed": 0, "missing": 0
    }  # fmt: skip
    assert bench.organisation("shop") not in bench.recall(recall.id).waiting
    for who in ("station", "wholesaler"):
        held = {"held": HAD[who], "sold": 0, "destroyed": 0, "returned": 0}
        bench.report(who, recall.id, found_grams=HAD[who], sold_grams=0, accounted=held)
    finished = bench.say("qingdao", FINISH_RECALL, {"recall": recall.id})
    assert finished.outcome == {"unreported": [], "lifted": None}
    assert bench.recall(recall.id).state == "finished"
    assert bench.held(bench.ids["shop_unit"]) == [recall.hold], "found goods are dangerous still"


def test_finished_goods_may_be_let_go_and_withdrawn_ones_are(bench: Recalls) -> None:
    first, second = bench.ordered(), bench.ordered()
    assert first.hold is not None
    assert second.hold is not None
    finishing = {"recall": first.id, "without_reports": True, "lift": True}
    assert len(bench.say("qingdao", FINISH_RECALL, finishing).outcome["unreported"]) == 3
    assert bench.held(bench.ids["shop_unit"]) == [second.hold]
    bench.say("qingdao", WITHDRAW_RECALL, {"recall": second.id, "reason": "test_negative"})
    assert bench.held(bench.ids["shop_unit"]) == []
    assert bench.hold(first.hold).lifted_because == "disposed"
    assert bench.hold(second.hold).lifted_because == "test_negative"
    assert bench.recall(second.id).state == "withdrawn"


def test_more_time_is_on_record_with_what_was_before(bench: Recalls) -> None:
    recall = bench.ordered()
    said = bench.say("qingdao", EXTEND_RECALL, {"recall": recall.id, "days": 5, "reason": "many_holders"})
    now = bench.recall(recall.id)
    assert now.finish_on == said.outcome["finish_on"] > recall.finish_on
    assert [(each["from"], each["days"]) for each in now.extensions] == [(recall.finish_on, 5)]


def test_a_report_that_does_not_add_up_is_recorded_and_raises_a_finding(bench: Recalls) -> None:
    recall = bench.ordered()
    short = bench.report("shop", recall.id, found_grams=14 * CARTON)
    (breach,) = short.breach
    assert breach["rule"] == "recall.sums-differ"
    assert (breach["facts"]["said"], breach["facts"]["known"]) == (19 * CARTON, 20 * CARTON)
    finding = bench.history.rows(FINDING)[-1]
    assert (finding.owner, finding.lots) == (bench.organisation("shop"), []), "of nobody else's goods"
    again = bench.report("shop", recall.id, found_grams=14 * CARTON, missing_grams=CARTON)
    assert [each["rule"] for each in again.breach] == ["recall.goods-missing"]
    assert bench.part(recall.id, "shop").report["missing"] == CARTON, "the newest stands"


def test_who_was_not_addressed_and_has_such_goods_by_now_reports(bench: Recalls) -> None:
    recall = bench.ordered()
    held = {"held": CARTON, "sold": 0, "destroyed": 0, "returned": 0}
    bench.report("plant", recall.id, found_grams=CARTON, sold_grams=0, accounted=held)
    part = bench.part(recall.id, "plant")
    assert (part.grams, part.report["found"]) == (0, CARTON)
    assert (
        bench.history.world.peek(RECALL_PART, part_key(recall.id, bench.organisation("restaurant"))) is None
    )


def test_begun_too_late_is_recorded_and_raises_a_finding(bench: Recalls) -> None:
    recall = bench.ordered()
    bench.history.now(parse_instant(recall.start_by))
    assert bench.begin("station", recall.id).breach == ()
    late = bench.begin("shop", recall.id)
    assert [each["rule"] for each in late.breach] == ["recall.started-late"]
    assert late.outcome["late"]


def test_a_disposal_keeps_the_evidence_and_closes_the_loop(bench: Recalls) -> None:
    recall = bench.ordered()
    position = bench.destroyed()
    bench.dispose("shop", position, recall=recall.id)
    (line,) = bench.history.rows(DISPOSAL)
    assert (line.recall, line.case_file, line.grams, line.kind) == (
        recall.id, recall.case_file, CARTON, "goods-destroyed"
    )  # fmt: skip
    assert (line.unit, len(line.evidence)) == (bench.ids["shop_unit"], 1)


def test_goods_held_under_a_case_and_not_recalled_are_disposed_of_too(bench: Recalls) -> None:
    case = bench.case()
    bench.place(case=case)
    position = bench.destroyed()
    bench.dispose("qingdao", position, case=case)
    (line,) = bench.history.rows(DISPOSAL)
    assert (line.recall, line.case_file, line.organisation) == (None, case, bench.organisation("shop"))

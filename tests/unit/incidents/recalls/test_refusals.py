"""Every rule of recalls and disposal on both sides of its boundary: refused by its code, or just admitted."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from importlib.resources import files

import pytest

from service.goods.corrections.correcting import CORRECT
from service.goods.movements import SHIP
from service.incidents.cases.state import CASE, CaseExposure
from service.incidents.holds import LIFT_HOLD
from service.incidents.recalls.disposing import RECORD_DISPOSAL
from service.incidents.recalls.ordering import ORDER_RECALL
from service.incidents.recalls.reporting import REPORT_RECALL, START_RECALL
from service.incidents.recalls.steering import EXTEND_RECALL, FINISH_RECALL, WITHDRAW_RECALL
from service.ledger import Data
from service.parties import ENACT_POLICY, shipped_policies
from tests.refusing import Boundaries, Boundary
from tests.unit.incidents.recalls.bench import CARTON, DIGEST, Recalls

NOWHERE = 999_999_999


CASES = Boundaries[Recalls]()
case = CASES.case


@case("recall.not-one-question", "two kinds are named")
def _(bench: Recalls) -> Boundary:
    both = bench.ordering(lots=[bench.ids["lot"]], arrivals=[bench.ids["arrival"]])
    return Boundary(ORDER_RECALL, both, bench.ordering(arrivals=[bench.ids["arrival"]]), "/question")


@case("recall.not-one-question", "nothing is named")
def _(bench: Recalls) -> Boundary:
    right = bench.ordering()
    return Boundary(ORDER_RECALL, {**right, "question": {}}, right, "/question")


@case("recall.asked-later", "asked one position after the last")
def _(bench: Recalls) -> Boundary:
    under = bench.case()
    now = bench.history.position
    wrong, right = (bench.ordering(case=under, asked_at=asked) for asked in (now + 1, now))
    return Boundary(ORDER_RECALL, wrong, right, "/asked_at")


@case("recall.goods-not-found", "a lot that is not there")
def _(bench: Recalls) -> Boundary:
    under = bench.case()
    wrong, right = (bench.ordering(case=under, lots=[key]) for key in (NOWHERE, bench.ids["lot"]))
    return Boundary(ORDER_RECALL, wrong, right, "/question/lots/0")


@case("recall.goods-not-found", "a lot of another region without a witness")
def _(bench: Recalls) -> Boundary:
    under = bench.case("hubei", units=[bench.ids["shop_unit"]])
    wrong = bench.ordering(case=under)
    return Boundary(
        ORDER_RECALL, wrong, {**wrong, "witnesses": [bench.ids["shop_unit"]]}, "/question/lots/0", "hubei"
    )


@case("recall.goods-not-found", "a business recalls what another registered")
def _(bench: Recalls) -> Boundary:
    wrong, right = (bench.ordering(case=None, lots=[bench.ids[name]]) for name in ("lot", "cubes"))
    return Boundary(ORDER_RECALL, wrong, right, "/question/lots/0", "plant")


@case("recall.goods-not-found", "a business recalls another's arrival")
def _(bench: Recalls) -> Boundary:
    right = bench.ordering(case=None, arrivals=[bench.ids["arrival"]])
    return Boundary(ORDER_RECALL, right, right, "/question/arrivals/0", "plant", "station")


@case("recall.goods-not-found", "a business recalls units in another's store")
def _(bench: Recalls) -> Boundary:
    right = bench.ordering(case=None, units=[bench.ids["shop_unit"]])
    return Boundary(ORDER_RECALL, right, right, "/question/units/0", "wholesaler", "shop")


@case("recall.goods-not-found", "a business recalls a unit that is not there")
def _(bench: Recalls) -> Boundary:
    wrong, right = (bench.ordering(case=None, units=[key]) for key in (NOWHERE, bench.ids["shop_unit"]))
    return Boundary(ORDER_RECALL, wrong, right, "/question/units/0", "shop")


@case("recall.case-missing", "an authority names no case")
def _(bench: Recalls) -> Boundary:
    return Boundary(ORDER_RECALL, bench.ordering(case=None), bench.ordering(), "/case")


@case("recall.case-not-found", "a case that is not there")
def _(bench: Recalls) -> Boundary:
    return Boundary(ORDER_RECALL, bench.ordering(case=NOWHERE), bench.ordering(), "/case")


@case("recall.case-not-found", "another region's case")
def _(bench: Recalls) -> Boundary:
    wrong = bench.ordering(case=bench.case("hubei", units=[bench.ids["shop_unit"]]))
    return Boundary(ORDER_RECALL, wrong, bench.ordering(), "/case")


@case("recall.case-not-found", "a business names a case")
def _(bench: Recalls) -> Boundary:
    return Boundary(ORDER_RECALL, bench.ordering(), bench.ordering(case=None), "/case", "station")


@case("recall.exposure-not-found", "an exposure that is not there")
def _(bench: Recalls) -> Boundary:
    under = bench.case()
    bench.history.world.put([exposure(NOWHERE - 1, under)])
    wrong, right = (bench.ordering(case=under, exposure=key) for key in (NOWHERE, NOWHERE - 1))
    return Boundary(ORDER_RECALL, wrong, right, "/exposure")


@case("recall.exposure-not-found", "another case's exposure")
def _(bench: Recalls) -> Boundary:
    under, other = bench.case(), bench.case()
    bench.history.world.put([exposure(NOWHERE - 2, other), exposure(NOWHERE - 1, under)])
    wrong, right = (bench.ordering(case=under, exposure=NOWHERE - place) for place in (2, 1))
    return Boundary(ORDER_RECALL, wrong, right, "/exposure")


def exposure(key: int, under: int) -> CaseExposure:
    return CaseExposure(key, under, {}, 0, DIGEST, {}, "", 0)


@case("recall.level-unknown", "a level that the policy does not give")
def _(bench: Recalls) -> Boundary:
    document = {
        **shipped_policies()["3702"],
        "recall_levels": [{"level": 1, "start_hours": 24, "finish_working_days": 10}],
    }
    enacting = {"region": "3702", "regime": "cold_chain_import", "document": document}
    bench.say("qingdao", ENACT_POLICY, enacting)
    under = bench.case()
    wrong, right = (bench.ordering(case=under, level=level) for level in (2, 1))
    return Boundary(ORDER_RECALL, wrong, right, "/level")


@case("recall.not-found", "a recall that is not there is begun")
def _(bench: Recalls) -> Boundary:
    wrong, right = ({"recall": key, "happened_at": bench.now} for key in (NOWHERE, bench.ordered().id))
    right["happened_at"] = wrong["happened_at"] = bench.now
    return Boundary(START_RECALL, wrong, right, "/recall", "shop")


@case("recall.not-found", "begun by who was not addressed")
def _(bench: Recalls) -> Boundary:
    recall = bench.ordered().id
    said = {"recall": recall, "happened_at": bench.now}
    return Boundary(START_RECALL, said, said, "/recall", "plant", "shop")


@case("recall.not-found", "reported by who has nothing of it")
def _(bench: Recalls) -> Boundary:
    recall, nothing = bench.ordered().id, {"held": 0, "sold": 0, "destroyed": 0, "returned": 0}
    wrong = bench.told(recall, accounted=nothing)
    return Boundary(REPORT_RECALL, wrong, bench.told(recall), "/recall", "plant")


@case("recall.not-found", "reported after it was over by who has no part of it")
def _(bench: Recalls) -> Boundary:
    over, open_ = bench.ordered().id, bench.ordered().id
    bench.say("qingdao", WITHDRAW_RECALL, {"recall": over, "reason": "error"})
    return Boundary(REPORT_RECALL, bench.told(over), bench.told(open_), "/recall", "plant")


@case("recall.not-found", "prolonged by another region's authority")
def _(bench: Recalls) -> Boundary:
    more = {"recall": bench.ordered().id, "days": 1, "reason": "other"}
    return Boundary(EXTEND_RECALL, more, more, "/recall", "hubei", "qingdao")


@case("recall.not-found", "a recall that is not there is withdrawn")
def _(bench: Recalls) -> Boundary:
    wrong, right = (
        {"recall": key, "reason": "error"} for key in (NOWHERE, bench.ordered("station", case=None).id)
    )
    return Boundary(WITHDRAW_RECALL, wrong, right, "/recall", "station")


@case("disposal.not-found", "a disposal of a recall that is not there")
def _(bench: Recalls) -> Boundary:
    recall = bench.ordered().id
    position = bench.destroyed()
    wrong, right = ({"recall": key, "statement": position} for key in (NOWHERE, recall))
    return Boundary(RECORD_DISPOSAL, wrong, right, "/statement", "shop")


@case("recall.over", "reported after it was over")
def _(bench: Recalls) -> Boundary:
    over, open_ = bench.ordered().id, bench.ordered().id
    bench.say("qingdao", WITHDRAW_RECALL, {"recall": over, "reason": "error"})
    return Boundary(REPORT_RECALL, bench.told(over), bench.told(open_), "/recall", "shop")


@case("recall.over", "finished twice")
def _(bench: Recalls) -> Boundary:
    over, open_ = bench.ordered().id, bench.ordered().id
    wrong, right = ({"recall": key, "without_reports": True} for key in (over, open_))
    bench.say("qingdao", FINISH_RECALL, wrong)
    return Boundary(FINISH_RECALL, wrong, right, "/recall")


@case("recall.started-already", "begun twice")
def _(bench: Recalls) -> Boundary:
    recall = bench.ordered().id
    bench.begin("shop", recall)
    said = {"recall": recall, "happened_at": bench.now}
    return Boundary(START_RECALL, said, said, "/recall", "shop", "station")


@case("recall.started-before", "begun the minute before it was ordered")
def _(bench: Recalls) -> Boundary:
    recall = bench.ordered()
    day = recall.ordered_at[:10]
    wrong = {"recall": recall.id, "happened_at": f"{day}T00:00Z"}
    return Boundary(START_RECALL, wrong, {"recall": recall.id, "happened_at": day}, "/happened_at", "shop")


@case("recall.unreported", "somebody has not reported")
def _(bench: Recalls) -> Boundary:
    finishing = {"recall": bench.ordered().id}
    return Boundary(FINISH_RECALL, finishing, {**finishing, "without_reports": True}, "/without_reports")


@case("hold.of-recall", "a recall's hold is lifted alone")
def _(bench: Recalls) -> Boundary:
    wrong, right = ({"hold": hold, "reason": "error"} for hold in (bench.ordered().hold, bench.place().id))
    return Boundary(LIFT_HOLD, wrong, right, "/hold")


@case("disposal.of-one", "of a recall and of a case")
def _(bench: Recalls) -> Boundary:
    recall = bench.ordered()
    said = {"recall": recall.id, "statement": bench.destroyed()}
    return Boundary(RECORD_DISPOSAL, {**said, "case": recall.case_file}, said, "/recall", "shop")


@case("disposal.of-one", "of nothing")
def _(bench: Recalls) -> Boundary:
    recall = bench.ordered()
    said = {"statement": bench.destroyed()}
    return Boundary(RECORD_DISPOSAL, said, {**said, "recall": recall.id}, "/recall", "shop")


@case("disposal.not-found", "a case that is not there")
def _(bench: Recalls) -> Boundary:
    under = bench.ordered().case_file
    wrong, right = ({"case": key, "statement": bench.destroyed()} for key in (NOWHERE, under))
    return Boundary(RECORD_DISPOSAL, wrong, right, "/statement", "shop")


@case("disposal.not-found", "a statement that is no way out")
def _(bench: Recalls) -> Boundary:
    recall = bench.ordered().id
    right = {"recall": recall, "statement": bench.destroyed()}
    begun = bench.history.position
    bench.begin("shop", recall)
    return Boundary(RECORD_DISPOSAL, {**right, "statement": begun}, right, "/statement", "shop")


@case("disposal.not-found", "a statement that is not there")
def _(bench: Recalls) -> Boundary:
    right = {"recall": bench.ordered().id, "statement": bench.destroyed()}
    return Boundary(RECORD_DISPOSAL, {**right, "statement": NOWHERE}, right, "/statement", "shop")


@case("disposal.not-found", "a shipment in trade")
def _(bench: Recalls) -> Boundary:
    road = {
        "facility": bench.places["wholesaler"],
        "destination": bench.places["shop"],
        "departed_at": "2020-08-19",
        "items": [{"unit": bench.ids["wholesaler_unit"], "pieces": 1, "grams": CARTON}],
    }
    bench.say("wholesaler", SHIP, road)
    trade = bench.history.position - 1
    recall = bench.ordered().id
    bench.say("wholesaler", SHIP, {**road, "purpose": "disposal"})
    wrong, right = ({"recall": recall, "statement": key} for key in (trade, bench.history.position - 1))
    return Boundary(RECORD_DISPOSAL, wrong, right, "/statement", "wholesaler")


@case("disposal.not-found", "somebody else's statement")
def _(bench: Recalls) -> Boundary:
    said = {"recall": bench.ordered().id, "statement": bench.destroyed()}
    return Boundary(RECORD_DISPOSAL, said, said, "/statement", "wholesaler", "shop")


@case("disposal.not-found", "goods of another recall")
def _(bench: Recalls) -> Boundary:
    recall = bench.ordered(units=[bench.ids["shop_unit"]]).id
    other = bench.ordered(units=[bench.ids["wholesaler_unit"]]).id
    position = bench.destroyed("wholesaler_unit", "wholesaler")
    wrong, right = ({"recall": key, "statement": position} for key in (recall, other))
    return Boundary(RECORD_DISPOSAL, wrong, right, "/statement", "wholesaler")


@case("disposal.not-found", "destroyed before it was recalled")
def _(bench: Recalls) -> Boundary:
    early = bench.destroyed()
    recall = bench.ordered().id
    wrong, right = ({"recall": recall, "statement": key} for key in (early, bench.destroyed()))
    return Boundary(RECORD_DISPOSAL, wrong, right, "/statement", "shop")


@case("disposal.corrected", "a destruction that was taken back")
def _(bench: Recalls) -> Boundary:
    recall = bench.ordered().id
    wrong, right = ({"recall": recall, "statement": bench.destroyed()} for _ in range(2))
    taken_back = {"position": wrong["statement"], "reason": "typing_error", "replacement": None}
    bench.say("shop", CORRECT, taken_back)
    return Boundary(RECORD_DISPOSAL, wrong, right, "/statement", "shop")


@case("disposal.recorded-already", "tied twice")
def _(bench: Recalls) -> Boundary:
    recall = bench.ordered().id
    wrong, right = ({"recall": recall, "statement": bench.destroyed()} for _ in range(2))
    bench.dispose("shop", wrong["statement"], recall=recall)
    return Boundary(RECORD_DISPOSAL, wrong, right, "/statement", "shop")


@pytest.mark.parametrize(("code", "made"), CASES.params)
def test_refused_at_the_boundary_and_admitted_beside_it(
    bench: Recalls, code: str, made: Callable[[Recalls], Boundary]
) -> None:
    boundary = made(bench)
    refusal = bench.refused(boundary.by, boundary.kind, boundary.wrong)
    assert (refusal.code, refusal.field or "") == (code, boundary.field)
    bench.say(boundary.right_by or boundary.by, boundary.kind, boundary.right)


def test_nothing_is_recalled_under_a_closed_case(bench: Recalls) -> None:
    ordering = bench.ordering()
    row = bench.history.row(CASE, ordering["case"])
    bench.history.world.put([type(row)(**{**fields(row), "state": "closed", "closed_in": row.version})])
    refusal = bench.refused("qingdao", ORDER_RECALL, ordering)
    assert (refusal.code, refusal.field) == ("recall.case-closed", "/case")


def fields(row: object) -> Data:
    return {name: getattr(row, name) for name in row.__dataclass_fields__}  # type: ignore[attr-defined]


BESIDE = {
    "recall.case-closed",  # above, with a case that was closed
    *("recall.digest-differs", "recall.too-many-holders"),  # asked of the database, before a judgement
    *("recall.started-late", "recall.sums-differ", "recall.goods-missing"),  # breaches: test_effects.py
}


def test_every_code_of_the_room_has_a_case() -> None:
    text = (files("schema.problems") / "recalls.toml").read_text(encoding="utf-8")
    assert {*tomllib.loads(text)} == CASES.codes | BESIDE

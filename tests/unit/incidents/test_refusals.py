"""Every rule of holds and findings on both sides of its boundary: refused with its code, and just admitted.

Every code of the catalogue file stands here, so that a rule without a case is found.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from importlib.resources import files

import pytest

from schema.messages.incidents import INSPECTED
from schema.problems import Refusal, explain
from service.goods.movements import SELL, SPLIT
from service.incidents import coverage
from service.incidents.findings import ANSWER_FINDING, ASSIGN_FINDING, CLOSE_FINDING, RAISE_FINDING
from service.incidents.holds import LIFT_HOLD, PLACE_HOLD
from tests.refusing import Boundaries, Boundary
from tests.unit.incidents.bench import CARTON, Bench

NOWHERE = 999_999_999


CASES = Boundaries[Bench]()
case = CASES.case


@case("hold.not-one-question", "nothing is named")
def _(bench: Bench) -> Boundary:
    return Boundary(PLACE_HOLD, {**bench.order(), "question": {}}, bench.order(), "/question")


@case("hold.not-one-question", "two kinds are named")
def _(bench: Bench) -> Boundary:
    both = bench.order(lots=[bench.ids["lot"]], arrivals=[bench.ids["arrival"]])
    return Boundary(PLACE_HOLD, both, bench.order(arrivals=[bench.ids["arrival"]]), "/question")


@case("hold.asked-later", "asked one position after the last")
def _(bench: Bench) -> Boundary:
    now = bench.history.position
    return Boundary(PLACE_HOLD, bench.order(asked_at=now + 1), bench.order(asked_at=now), "/asked_at")


@case("hold.goods-not-found", "a lot that is not there")
def _(bench: Bench) -> Boundary:
    wrong = bench.order(lots=[bench.ids["lot"], NOWHERE])
    return Boundary(PLACE_HOLD, wrong, bench.order(), "/question/lots/1")


@case("hold.goods-not-found", "a lot that never came to the region")
def _(bench: Bench) -> Boundary:
    return Boundary(PLACE_HOLD, bench.order(), bench.order(), "/question/lots/0", "beijing", "qingdao")


@case("hold.goods-not-found", "a lot of another region without a witness")
def _(bench: Bench) -> Boundary:
    right = bench.order(witnesses=[bench.ids["shop_unit"]])
    return Boundary(PLACE_HOLD, bench.order(), right, "/question/lots/0", "hubei")


@case("hold.goods-not-found", "a witness that is elsewhere")
def _(bench: Bench) -> Boundary:
    wrong, right = (bench.order(witnesses=[bench.ids[name]]) for name in ("unit", "cubes_unit"))
    return Boundary(PLACE_HOLD, wrong, right, "/question/lots/0", "guangzhou")


@case("hold.goods-not-found", "a witness of other goods")
def _(bench: Bench) -> Boundary:
    wrong = bench.order(lots=[bench.ids["waiting"]], witnesses=[bench.ids["shop_unit"]])
    right = bench.order(witnesses=[bench.ids["shop_unit"]])
    return Boundary(PLACE_HOLD, wrong, right, "/question/lots/0", "hubei")


@case("hold.goods-not-found", "a unit of which nothing came to the region")
def _(bench: Bench) -> Boundary:
    witnesses = [bench.ids["cubes_unit"]]
    wrong = bench.order(units=[bench.ids["shop_unit"]], witnesses=witnesses)
    right = bench.order(units=[bench.ids["wholesaler_unit"]], witnesses=witnesses)
    return Boundary(PLACE_HOLD, wrong, right, "/question/units/0", "guangzhou")


@case("hold.goods-not-found", "a unit that is not there")
def _(bench: Bench) -> Boundary:
    wrong, right = (bench.order(units=[key]) for key in (NOWHERE, bench.ids["cubes_unit"]))
    return Boundary(PLACE_HOLD, wrong, right, "/question/units/0", "guangzhou")


@case("hold.goods-not-found", "an arrival of another region")
def _(bench: Bench) -> Boundary:
    held = bench.order(arrivals=[bench.ids["arrival"]])
    return Boundary(PLACE_HOLD, held, held, "/question/arrivals/0", "guangzhou", "qingdao")


@case("hold.goods-not-found", "an arrival that is not there")
def _(bench: Bench) -> Boundary:
    wrong, right = (bench.order(arrivals=[key]) for key in (NOWHERE, bench.ids["arrival"]))
    return Boundary(PLACE_HOLD, wrong, right, "/question/arrivals/0")


@case("hold.goods-not-found", "a keeper holds what is in another's store")
def _(bench: Bench) -> Boundary:
    wrong, right = (bench.order(units=[bench.ids[name]]) for name in ("shop_unit", "wholesaler_unit"))
    return Boundary(PLACE_HOLD, wrong, right, "/question/units/0", "wholesaler")


@case("hold.goods-not-found", "a keeper holds what left its store")
def _(bench: Bench) -> Boundary:
    wrong, right = (
        bench.order(units=[bench.ids[name]]) for name in ("wholesaler-shop unit", "wholesaler_unit")
    )
    return Boundary(PLACE_HOLD, wrong, right, "/question/units/0", "wholesaler")


@case("hold.units-only", "a keeper holds a whole lot")
def _(bench: Bench) -> Boundary:
    right = bench.order(units=[bench.ids["unit"]])
    return Boundary(PLACE_HOLD, bench.order(), right, "/question", "station")


@case("hold.not-found", "a hold that is not there")
def _(bench: Bench) -> Boundary:
    hold = bench.place()
    wrong, right = ({"hold": key, "reason": "error"} for key in (NOWHERE, hold.id))
    return Boundary(LIFT_HOLD, wrong, right, "/hold")


@case("hold.not-found", "another region's regulator lifts an order")
def _(bench: Bench) -> Boundary:
    lifting = {"hold": bench.place().id, "reason": "error"}
    return Boundary(LIFT_HOLD, lifting, lifting, "/hold", "hubei", "qingdao")


@case("hold.not-found", "whose goods are held lifts an order")
def _(bench: Bench) -> Boundary:
    lifting = {"hold": bench.place().id, "reason": "error"}
    return Boundary(LIFT_HOLD, lifting, lifting, "/hold", "station", "qingdao")


@case("hold.not-found", "another keeper lifts a keeper's own hold")
def _(bench: Bench) -> Boundary:
    hold = bench.place("wholesaler", units=[bench.ids["wholesaler_unit"]])
    lifting = {"hold": hold.id, "reason": "error"}
    return Boundary(LIFT_HOLD, lifting, lifting, "/hold", "shop", "wholesaler")


@case("hold.not-found", "who broke a rule lifts what the rule holds")
def _(bench: Bench) -> Boundary:
    lifting = {"hold": breach(bench), "reason": "error"}
    return Boundary(LIFT_HOLD, lifting, lifting, "/hold", "shop", "hubei")


@case("hold.already-lifted", "lifted twice")
def _(bench: Bench) -> Boundary:
    first, second = bench.place(), bench.place()
    bench.lift("qingdao", first.id)
    wrong, right = ({"hold": hold.id, "reason": "error"} for hold in (first, second))
    return Boundary(LIFT_HOLD, wrong, right, "/hold")


def breach(bench: Bench) -> int:
    """The hold on what a shop sold although it was held; the order itself is lifted again."""
    order = bench.place()
    sale = {"unit": bench.ids["shop_unit"], "pieces": 1, "grams": CARTON, "happened_at": "2020-08-19"}
    said = bench.say("shop", SELL, sale)
    bench.lift("qingdao", order.id)
    return int(said.outcome["hold"])


@case("finding.place-not-found", "a place of another region")
def _(bench: Bench) -> Boundary:
    wrong, right = ({"facility": bench.places[name], "rule": "other"} for name in ("wholesaler", "station"))
    return Boundary(RAISE_FINDING, wrong, right, "/facility")


@case("finding.place-not-found", "a place that is not there")
def _(bench: Bench) -> Boundary:
    wrong, right = ({"facility": key, "rule": "other"} for key in (NOWHERE, bench.places["station"]))
    return Boundary(RAISE_FINDING, wrong, right, "/facility")


@case("finding.lot-not-found", "a lot that is not there")
def _(bench: Bench) -> Boundary:
    wrong, right = (
        {"facility": bench.places["station"], "rule": "other", "lots": [key]}
        for key in (NOWHERE, bench.ids["lot"])
    )
    return Boundary(RAISE_FINDING, wrong, right, "/lots/0")


@case("finding.not-found", "answered by another than its owner")
def _(bench: Bench) -> Boundary:
    answer = {"finding": bench.raised().id, "explanation": "remedied"}
    return Boundary(ANSWER_FINDING, answer, answer, "/finding", "shop", "wholesaler")


@case("finding.not-found", "a finding that is not there")
def _(bench: Bench) -> Boundary:
    wrong, right = ({"finding": key, "explanation": "remedied"} for key in (NOWHERE, bench.raised().id))
    return Boundary(ANSWER_FINDING, wrong, right, "/finding", "wholesaler")


@case("finding.not-found", "closed by another region's regulator")
def _(bench: Bench) -> Boundary:
    closing = {"finding": bench.raised().id, "conclusion": "resolved"}
    return Boundary(CLOSE_FINDING, closing, closing, "/finding", "qingdao", "hubei")


@case("finding.not-found", "assigned by another region's regulator")
def _(bench: Bench) -> Boundary:
    giving = {"finding": bench.raised().id, "days": 3}
    return Boundary(ASSIGN_FINDING, giving, giving, "/finding", "qingdao", "hubei")


@case("finding.closed", "answered after it was closed")
def _(bench: Bench) -> Boundary:
    closed, open_ = bench.raised(), bench.raised()
    bench.close(closed.id)
    wrong, right = ({"finding": each.id, "explanation": "remedied"} for each in (closed, open_))
    return Boundary(ANSWER_FINDING, wrong, right, "/finding", "wholesaler")


@case("finding.closed", "closed twice")
def _(bench: Bench) -> Boundary:
    closed, open_ = bench.raised(), bench.raised()
    bench.close(closed.id)
    wrong, right = ({"finding": each.id, "conclusion": "resolved"} for each in (closed, open_))
    return Boundary(CLOSE_FINDING, wrong, right, "/finding", "hubei")


@case("finding.nothing-assigned", "neither an owner nor a time")
def _(bench: Bench) -> Boundary:
    finding = bench.raised().id
    return Boundary(ASSIGN_FINDING, {"finding": finding}, {"finding": finding, "days": 1}, "/owner", "hubei")


@case("finding.owner-not-found", "an owner that is not there")
def _(bench: Bench) -> Boundary:
    finding, shop = bench.raised().id, bench.story.parties["shop"].organisation
    wrong, right = ({"finding": finding, "owner": key} for key in (NOWHERE, shop))
    return Boundary(ASSIGN_FINDING, wrong, right, "/owner", "hubei")


@case("finding.no-hold", "nothing is held because of it")
def _(bench: Bench) -> Boundary:
    closing = {"finding": bench.raised().id, "conclusion": "resolved"}
    return Boundary(CLOSE_FINDING, {**closing, "lift": True}, closing, "/lift", "hubei")


@case("finding.no-hold", "the hold was lifted before")
def _(bench: Bench) -> Boundary:
    lifted, held = bench.hold(breach(bench)), bench.hold(breach(bench))
    bench.lift("hubei", lifted.id)
    wrong, right = (
        {"finding": hold.finding, "conclusion": "resolved", "lift": True} for hold in (lifted, held)
    )
    return Boundary(CLOSE_FINDING, wrong, right, "/lift", "hubei")


@case("party.role-missing", "a business raises a finding")
def _(bench: Bench) -> Boundary:
    raising = {"facility": bench.places["station"], "rule": "other"}
    return Boundary(RAISE_FINDING, raising, raising, "", "station", "qingdao")


@pytest.mark.parametrize(("code", "made"), CASES.params)
def test_refused_at_the_boundary_and_admitted_beside_it(
    bench: Bench, code: str, made: Callable[[Bench], Boundary]
) -> None:
    boundary = made(bench)
    refusal = bench.refused(boundary.by, boundary.kind, boundary.wrong)
    assert (refusal.code, refusal.field or "") == (code, boundary.field)
    bench.say(boundary.right_by or boundary.by, boundary.kind, boundary.right)


def _split(bench: Bench, parts: int) -> None:
    each = [{"pieces": 1, "grams": CARTON}] * parts
    bench.say("station", SPLIT, {"unit": bench.ids["unit"], "parts": each, "happened_at": "2020-08-19"})


def test_a_hold_names_no_more_units_than_it_may(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    units = len(coverage.covered({"units": [bench.ids["unit"]]}, bench.history.world).units)
    data = bench.order(units=[bench.ids["unit"]])
    monkeypatch.setattr(coverage, "UNITS", coverage.Limit("hold.too-many-units", units - 1))
    refusal = bench.refused("qingdao", PLACE_HOLD, data)
    assert (refusal.code, refusal.facts["most"]) == ("hold.too-many-units", units - 1)
    monkeypatch.setattr(coverage, "UNITS", coverage.Limit("hold.too-many-units", 1))
    assert bench.refused("qingdao", PLACE_HOLD, data).code == "hold.too-many-units", "given up on the way"
    monkeypatch.setattr(coverage, "UNITS", coverage.Limit("hold.too-many-units", units))
    bench.say("qingdao", PLACE_HOLD, data)


@pytest.mark.parametrize("name", ["lots", "units"])
def test_a_hold_names_no_more_lots_than_it_may(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    data = bench.order(**{name: [bench.ids["lot" if name == "lots" else "unit"]]})
    monkeypatch.setattr(coverage, "LOTS", coverage.Limit("hold.too-many-lots", 1))
    assert bench.refused("qingdao", PLACE_HOLD, data).code == "hold.too-many-lots"
    monkeypatch.setattr(coverage, "LOTS", coverage.Limit("hold.too-many-lots", 2))
    bench.say("qingdao", PLACE_HOLD, data)


BESIDE = {
    *("hold.too-many-units", "hold.too-many-lots"),  # above, with the limit within reach
    *("hold.digest-differs", "finding.file-not-uploaded"),  # asked of the database, before a judgement
}


def test_every_code_of_the_room_has_a_case() -> None:
    text = (files("schema.problems") / "incidents.toml").read_text(encoding="utf-8")
    codes = {code for code in tomllib.loads(text) if not code.startswith("inspection.")}
    assert codes == (CASES.codes | BESIDE) - {"party.role-missing"}


@pytest.mark.parametrize("word", INSPECTED)
def test_what_an_inspector_finds_is_said_in_both_languages(bench: Bench, word: str) -> None:
    (rule,) = bench.raised(rule=word).rules
    for language in ("zh", "en"):
        assert explain(Refusal(rule["rule"], **rule["facts"]), language).title

"""Corrections of what came in: announcements, openings, lots, papers and releases, and what rests on them."""

from __future__ import annotations

from typing import Any

import pytest

from schema.identifiers import Level, TraceCode
from schema.problems import Refusal
from service.goods.arrivals import OPEN
from service.goods.corrections import CORRECT
from service.goods.lots import REGISTER
from service.goods.movements import ISSUE_CASES, SPLIT
from service.goods.papers import RECORD
from service.goods.state import (
    ARRIVAL,
    CERTIFICATE,
    LOT,
    PAPER_FILE,
    RELEASE,
    UNIT,
    UnitState,
)
from service.incidents.holds import LIFT_HOLD
from service.incidents.state import FINDING, HELD_LOT, HOLD, HeldLot, Hold
from service.ledger import Data, Statement
from tests.unit.goods.corrections.told import correction
from tests.unit.goods.inbound import (
    GRAMS,
    NOON,
    PIECES,
    Inbound,
    at,
    demand_facts,
    disinfection,
    nucleic,
    quarantine,
    without,
)


def ordered(id: int, question: dict[str, list[int]]) -> Hold:
    """A hold that an authority placed."""
    return Hold(
        id=id,
        kind="order",
        organisation=1,
        region="37",
        reason="positive",
        question=question,
        policy=None,
        asked_at=None,
        digest=None,
        finding=None,
        placed_at="2020-08-16",
        lifted_at=None,
        lifted_by=None,
        lifted_because=None,
        version=0,
    )


class Story(Inbound):
    """A container that was announced, opened, registered, with its papers; by name where each was said."""

    def __init__(self, *, papers: bool = True, released: bool = False, **policy: Any) -> None:
        super().__init__(**policy)
        self.at: dict[str, int] = {}
        self.arrival = self.mark("announced", self.announce)
        self.history.now(NOON)
        self.mark("opened", lambda: self.open(self.arrival))
        self.lot, self.unit = self.mark("registered", lambda: self.register(self.arrival))
        for paper in (quarantine(), nucleic(), disinfection()) if papers else ():
            self.mark(paper["kind"], lambda paper=paper: self.record(paper, self.lot))
        if released:
            self.mark("released", lambda: self.release(self.lot, self.unit))

    def mark(self, name: str, say: Any) -> Any:
        self.at[name] = self.history.position
        return say()

    def said(self, name: str) -> Data:
        return dict(self.history.statements[self.at[name]].data)

    def correct(self, name: str, **changes: Any) -> Statement:
        return self.history.say(CORRECT, self.changed(name, **changes), self.actor)

    def withdraw(self, name: str) -> Statement:
        return self.history.say(CORRECT, correction(self.at[name], None), self.actor)

    def refused(self, name: str, **changes: Any) -> Refusal:
        return self.history.refused(CORRECT, self.changed(name, **changes), self.actor)

    def refused_withdrawal(self, name: str) -> Refusal:
        return self.history.refused(CORRECT, correction(self.at[name], None), self.actor)

    def changed(self, name: str, **changes: Any) -> Data:
        return correction(self.at[name], without({**self.said(name), **changes}))

    def row(self, projection: Any, key: Any) -> Any:
        return self.history.row(projection, key)

    def codes(self, said: Statement) -> list[str]:
        return [each["rule"] for each in said.breach]


def test_an_announcement_is_corrected_and_what_happened_since_stays() -> None:
    story = Story()
    story.correct("announced", voyage="V2008", bill_of_lading="BL-1")
    row = story.row(ARRIVAL, story.arrival)
    assert (row.voyage, row.details["bill_of_lading"], row.opened_at) == ("V2008", "BL-1", at("09:00"))
    assert row.registered_grams == GRAMS


def test_a_container_on_hold_is_not_withdrawn_unseen() -> None:
    story = Inbound()
    arrival = story.announce()
    position = story.history.position - 1
    story.history.world.put([HeldLot(arrival, [77], 0), ordered(77, {"arrivals": [arrival]})])
    said = story.history.say(CORRECT, correction(position, None), story.actor)
    assert [each["rule"] for each in said.breach] == ["correction.arrival-held"]
    assert said.breach[0]["facts"] == {"arrival": arrival, "hold": 77, "reason": "positive"}
    demand_facts(Refusal("correction.arrival-held", **said.breach[0]["facts"]))
    assert story.history.rows(FINDING)[-1].rules == [*said.breach]


def test_an_announcement_is_withdrawn_while_nothing_came() -> None:
    story = Inbound()
    arrival = story.announce()
    position = story.history.position - 1
    story.history.say(CORRECT, correction(position, None), story.actor)
    assert story.history.row(ARRIVAL, arrival).withdrawn
    refusal = story.history.refused
    story.history.now(NOON)
    for say, data in (
        ("open", story.opening(arrival)),
        ("register", story.registration(arrival)),
    ):
        kind = {"open": OPEN, "register": REGISTER}[say]
        assert refusal(kind, data, story.actor).code == "arrival.withdrawn"


def test_what_was_registered_from_stands_in_the_way() -> None:
    story = Story(papers=False)
    refusal = story.refused_withdrawal("announced")
    assert (refusal.code, refusal.facts["later"]) == (
        "correction.goods-moved-on",
        str(story.at["registered"]),
    )


def test_a_lot_is_corrected_and_its_code_stays() -> None:
    story = Story()
    code = story.row(LOT, story.lot).code
    story.correct("registered", product="冻牛腱", grams=GRAMS - 1000, pieces=PIECES - 1)
    lot, unit = story.row(LOT, story.lot), story.row(UNIT, story.unit)
    assert (lot.product, lot.grams, lot.code, len(lot.certificates)) == ("冻牛腱", GRAMS - 1000, code, 3)
    assert (unit.grams, unit.pieces) == (GRAMS - 1000, PIECES - 1)
    assert story.row(ARRIVAL, story.arrival).registered_grams == GRAMS - 1000
    named = story.row(CERTIFICATE, lot.certificates[0]).named_grams
    assert named == GRAMS - 1000


@pytest.mark.parametrize("change", [{"code": "1B37020000000000000A"}])
def test_a_lots_code_is_its_own(change: Data) -> None:
    story = Story()
    refusal = story.refused("registered", **change)
    assert refusal.code.startswith(("identifier.trace-code", "correction.other-goods"))


def test_a_lot_with_papers_is_not_withdrawn() -> None:
    story = Story()
    assert story.refused_withdrawal("registered").code == "correction.goods-moved-on"


def test_a_lot_is_withdrawn_and_takes_no_papers() -> None:
    story = Story(papers=False)
    story.withdraw("registered")
    assert story.row(LOT, story.lot).withdrawn
    assert story.row(UNIT, story.unit).state == UnitState.WITHDRAWN
    assert story.row(ARRIVAL, story.arrival).registered_grams == 0
    paper = {"lots": [story.lot], **quarantine()}
    assert story.history.refused(RECORD, paper, story.actor).code == "lot.withdrawn"
    assert story.refused_release(story.lot, story.unit).code == "lot.withdrawn"
    codes = {"lot": story.lot, "codes": [TraceCode.new(Level.CASE, "370200").text]}
    assert story.history.refused(ISSUE_CASES, codes, story.actor).code == "lot.withdrawn"


def test_an_opening_that_never_was_undoes_the_release() -> None:
    story = Story(released=True)
    said = story.withdraw("opened")
    mine = story.history.position - 1
    assert story.codes(said) == ["correction.release-undone", "gate.container-not-opened"]
    assert story.row(HELD_LOT, story.lot).holds == [mine * 1000 + 997]
    hold = story.row(HOLD, mine * 1000 + 997)
    assert (hold.question, hold.finding) == ({"lots": [story.lot]}, mine * 1000 + 998)
    assert story.row(FINDING, mine * 1000 + 998).lots == [story.lot]


def test_a_paper_that_still_suffices_holds_nothing() -> None:
    story = Story(released=True)
    said = story.correct("nucleic_acid", issued_on="2020-08-17")
    assert (said.breach, "held" in said.outcome) == ((), False)


@pytest.mark.parametrize(
    ("grams", "codes"), [(GRAMS, []), (GRAMS - 1, ["correction.release-undone", "gate.covers-too-few-grams"])]
)
def test_a_paper_over_less_than_was_released_holds_the_lot(grams: int, codes: list[str]) -> None:
    story = Story(released=True)
    said = story.correct("quarantine", grams=grams, valid_until="2021-08-16")
    assert story.codes(said) == codes
    key = said.outcome["said"]["key"]
    assert story.row(CERTIFICATE, key).grams == grams
    assert story.row(CERTIFICATE, key).released_grams == GRAMS


def test_a_paper_knows_the_weight_of_its_lots_once_when_both_are_corrected() -> None:
    story = Story()
    story.correct("registered", grams=GRAMS // 2, pieces=PIECES // 2)
    said = story.correct("quarantine", grams=GRAMS // 2)
    assert story.row(CERTIFICATE, said.outcome["said"]["key"]).named_grams == GRAMS // 2


def test_a_positive_result_holds_the_lot_and_names_every_want() -> None:
    story = Story(released=True)
    said = story.correct("nucleic_acid", result="positive")
    assert story.codes(said)[0] == "correction.release-undone"
    assert "gate.nucleic-acid-positive" in story.codes(said)
    assert story.row(HELD_LOT, story.lot).holds


def test_of_two_releases_the_one_that_the_paper_no_longer_carries_is_named() -> None:
    story = Story()
    half = {"pieces": PIECES // 2, "grams": GRAMS // 2}
    story.mark("first", lambda: story.release(story.lot, story.unit, **half))
    story.mark("second", lambda: story.release(story.lot, story.unit, **half))
    said = story.correct("quarantine", grams=GRAMS - 1)
    undone = [each["facts"]["release"] for each in said.breach if each["rule"] == "correction.release-undone"]
    assert undone == [story.at["second"]]


def test_a_paper_that_was_used_beyond_what_it_says_carries_nothing_more() -> None:
    story = Story()
    half = {"pieces": PIECES // 2, "grams": GRAMS // 2}
    story.release(story.lot, story.unit, **half)
    story.correct("quarantine", pieces=1, grams=1)
    refusal = story.refused_release(story.lot, story.unit, **half)
    covered = {cause.facts["covered"] for cause in refusal.causes if cause.code.startswith("gate.covers")}
    assert covered == {0}


def test_a_number_typed_wrong_is_corrected_and_free() -> None:
    story = Story(released=True)
    said = story.correct("quarantine", number="120200000000002")
    old, new = (f"青岛海关/12020000000000{n}" for n in (1, 2))
    paper, freed = story.row(CERTIFICATE, new), story.row(CERTIFICATE, old)
    assert (paper.id, paper.released_grams, freed.withdrawn) == (story.at["quarantine"] * 1000, GRAMS, True)
    assert (freed.id != paper.id, freed.released_grams, said.breach) == (True, 0, ())
    assert story.row(LOT, story.lot).certificates == [*story.row(LOT, story.lot).certificates[:2], new]
    assert new in story.row(RELEASE, story.at["released"] * 1000).certificates
    other = story.register(story.arrival, pieces=1, grams=1000)[0]
    story.record(quarantine(), other)
    assert not story.row(CERTIFICATE, old).withdrawn


def test_a_release_on_a_renamed_paper_is_corrected_as_any() -> None:
    story = Story(released=True)
    story.correct("quarantine", number="120200000000002")
    story.correct("released", pieces=PIECES - 6, grams=GRAMS - 6000)
    assert story.row(CERTIFICATE, "青岛海关/120200000000002").released_grams == GRAMS - 6000
    assert story.row(UNIT, story.unit).grams == 6000
    row = story.row(RELEASE, story.at["released"] * 1000)
    assert (row.grams, row.code) == (GRAMS - 6000, story.said("released")["code"])


def test_a_paper_of_another_lot_is_withdrawn_and_its_scan_is_free() -> None:
    story = Story(papers=False)
    scan = "ab" * 32
    story.mark("paper", lambda: story.record(quarantine(file=scan), story.lot))
    story.withdraw("paper")
    assert story.row(LOT, story.lot).certificates == []
    assert story.row(PAPER_FILE, scan).certificates == []
    other = story.register(story.arrival, pieces=1, grams=1000)[0]
    story.record(quarantine(file=scan), other)
    assert story.row(PAPER_FILE, scan).certificates == ["青岛海关/120200000000001"]
    assert story.row(CERTIFICATE, "青岛海关/120200000000001").lots == [other]


def test_a_paper_is_led_to_the_lot_that_it_is_about() -> None:
    story = Story(papers=False)
    other = story.register(story.arrival, pieces=1, grams=1000)[0]
    story.mark("paper", lambda: story.record(quarantine(), story.lot))
    story.correct("paper", lots=[other])
    key = "青岛海关/120200000000001"
    assert story.row(LOT, story.lot).certificates == []
    assert (story.row(LOT, other).certificates, story.row(CERTIFICATE, key).lots) == ([key], [other])
    assert story.row(CERTIFICATE, key).named_grams == 1000


def test_a_paper_that_is_led_to_lighter_and_more_lots_knows_their_weight_as_it_is_by_now() -> None:
    """Also where the sum is by chance what it was when the paper was first recorded."""
    story = Story(papers=False)
    other = story.register(story.arrival, pieces=1, grams=1000)[0]
    story.mark("paper", lambda: story.record(quarantine(), story.lot))
    story.correct("registered", grams=GRAMS - 1000, pieces=PIECES - 1)
    story.correct("paper", lots=[story.lot, other])
    paper = story.row(CERTIFICATE, "青岛海关/120200000000001")
    assert paper.named_grams == sum(story.row(LOT, lot).grams for lot in (story.lot, other)) == GRAMS


def test_a_release_is_withdrawn_while_the_goods_are_there() -> None:
    story = Story(released=True)
    story.withdraw("released")
    assert story.row(UNIT, story.unit).grams == GRAMS
    assert story.row(LOT, story.lot).released_grams == 0
    assert story.row(RELEASE, story.at["released"] * 1000).withdrawn
    papers = [story.row(CERTIFICATE, key) for key in story.row(LOT, story.lot).certificates]
    assert [paper.released_grams for paper in papers] == [0, 0, 0]
    story.release(story.lot, story.unit)


def test_a_release_of_goods_that_left_stays() -> None:
    story = Story(released=True)
    free = story.at["released"] * 1000 + 1
    part = {"unit": free, "parts": [{"pieces": 1, "grams": 1000}], "happened_at": at("10:00", 17)}
    story.mark("split", lambda: story.history.say(SPLIT, part, story.actor))
    refusal = story.refused_withdrawal("released")
    assert (refusal.code, refusal.facts["later"]) == ("correction.goods-moved-on", str(story.at["split"]))


def test_the_weight_of_what_was_released_is_corrected_from_the_last_statement_up() -> None:
    story = Story(released=True)
    refusal = story.refused("registered", grams=GRAMS - 500_000)
    assert (refusal.code, refusal.facts["later"]) == (
        "correction.goods-moved-on",
        str(story.at["released"]),
    )
    story.correct("released", grams=GRAMS - 500_000, pieces=PIECES - 20)
    story.correct("registered", grams=GRAMS - 500_000, pieces=PIECES - 20)
    assert (story.row(UNIT, story.unit).grams, story.row(UNIT, story.unit).pieces) == (0, 0)
    assert story.row(LOT, story.lot).released_grams == GRAMS - 500_000


def test_the_gate_judges_a_corrected_release_again() -> None:
    story = Story()
    story.mark("released", lambda: story.release(story.lot, story.unit, pieces=1000, grams=26_000_000))
    refusal = story.refused("released", happened_at=at("10:30"))
    assert (refusal.code, refusal.field) == ("gate.refused", "/replacement")


def found_more(story: Story, grams: int) -> int:
    """All of it was split off, and so much more; what was more is held no longer. The part."""
    parts = [{"pieces": PIECES + 1, "grams": GRAMS + grams}]
    said = story.history.say(
        SPLIT, {"unit": story.unit, "parts": parts, "happened_at": at("09:20", 17)}, story.actor
    )
    hold = story.row(HOLD, said.outcome["hold"])
    regulator = story.town.party("regulator", region="370000")
    story.history.say(LIFT_HOLD, {"hold": hold.id, "reason": "remedied"}, regulator.staff)
    return int(said.outcome["units"][0])


def test_no_more_is_released_than_was_registered() -> None:
    story = Story()
    for kind in ("quarantine", "nucleic_acid", "disinfection"):
        story.correct(kind, pieces=PIECES + 9, grams=GRAMS + 9)
    part = found_more(story, grams=1)
    refusal = story.refused_release(story.lot, part, pieces=PIECES + 1, grams=GRAMS + 1)
    (cause,) = refusal.causes
    assert isinstance(cause, Refusal)
    assert cause.code == "gate.more-than-registered"
    demand_facts(cause)
    story.release(story.lot, part, pieces=PIECES, grams=GRAMS)


def test_a_lot_is_not_corrected_below_what_was_released_of_it() -> None:
    story = Story()
    part = found_more(story, grams=1000)
    story.release(story.lot, part, pieces=PIECES, grams=GRAMS)
    assert story.refused("registered", grams=GRAMS - 1).code == "correction.goods-moved-on"

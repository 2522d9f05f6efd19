"""Co-operation between authorities: every rule just beyond its boundary, and what is admitted beside it."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from typing import Any

import pytest

import schema.problems
from service.incidents.cooperation.answering import ACKNOWLEDGE_COOPERATION, ANSWER_COOPERATION, TAKE_REPLY
from service.incidents.cooperation.asking import RECEIVE_COOPERATION, REQUEST_COOPERATION
from service.incidents.cooperation.state import COOPERATION, PACKAGE, Cooperation
from service.ledger import Data
from tests.refusing import Case, Cases, Said, demand_refused
from tests.unit.incidents.desk import Desk

NOWHERE = 999_999_999
WUHAN = "420100"
DIGEST, OTHER = "cd" * 32, "ef" * 32


class Letters(Desk):
    """Qingdao asks Hubei; somebody's ledger asks Hubei; both are answered."""

    def letter(self, case: int | None = None, **changes: Any) -> Data:
        """What Qingdao asks."""
        return {
            "case": self.open() if case is None else case,
            "region": WUHAN,
            "asks": ["locate", "seal"],
            "lots": [self.ids["lot"]],
            "hours": 24,
            **changes,
        }

    def written(self, **changes: Any) -> Cooperation:
        """It is asked."""
        return self.cooperation(self.say("qingdao", REQUEST_COOPERATION, self.letter(**changes)))

    def arriving(self, **changes: Any) -> Data:
        """What another ledger's package says."""
        return {
            "origin": "other.invalid/ledger",
            "reference": 74000,
            "package": DIGEST,
            "number": "津卫查 2020-9",
            "hazard": "listeria",
            "region": WUHAN,
            "asks": ["locate"],
            "due_at": "2020-09-01T00:00:00.000000Z",
            "drill": False,
            **changes,
        }

    def arrived(self, **changes: Any) -> Cooperation:
        """It is taken in."""
        return self.cooperation(self.say("hubei", RECEIVE_COOPERATION, self.arriving(**changes)))

    def cooperation(self, statement: Any) -> Cooperation:
        """As it is now."""
        return self.history.row(COOPERATION, statement.outcome["cooperation"])

    def answering_letter(self, cooperation: int, **changes: Any) -> Data:
        """What was found."""
        return {"cooperation": cooperation, "answer": "found", "grams": 27_000, **changes}

    def reply(self, cooperation: int, **changes: Any) -> Data:
        """What another ledger replies."""
        said = {"cooperation": cooperation, "answer": "found", "grams": 1, "origin": "other.invalid/ledger"}
        return {**said, "package": OTHER, **changes}


CASES = Cases[Letters]()
breaks = CASES.breaks


@pytest.fixture
def desk() -> Letters:
    return Letters()


@breaks("case.not-found")
def under_somebody_elses_case(desk: Letters) -> Said:
    data = desk.letter()
    return desk.said("hubei", REQUEST_COOPERATION, data, "/case", data["case"])


@breaks("case.closed")
def under_a_closed_case(desk: Letters) -> Said:
    case = desk.closed()
    return desk.said("qingdao", REQUEST_COOPERATION, desk.letter(case), "/case", case)


@breaks("party.role-missing")
def asked_by_a_business(desk: Letters) -> Said:
    return Said(REQUEST_COOPERATION, desk.letter(), desk.story.parties["station"].manager)


@breaks("cooperation.own-region")
def asking_oneself(desk: Letters) -> Said:
    return desk.said("qingdao", REQUEST_COOPERATION, desk.letter(region="370203"), "/region", "370203")


@breaks("case.goods-not-found")
def about_goods_that_are_not_there(desk: Letters) -> Said:
    data = desk.letter(lots=[desk.ids["lot"], NOWHERE])
    return desk.said("qingdao", REQUEST_COOPERATION, data, "/lots/1", NOWHERE)


@breaks("party.role-missing")
def taken_in_by_a_business(desk: Letters) -> Said:
    return Said(RECEIVE_COOPERATION, desk.arriving(), desk.story.parties["shop"].manager)


@breaks("cooperation.not-for-us")
def for_another_region(desk: Letters) -> Said:
    return Said(RECEIVE_COOPERATION, desk.arriving(), desk.story.parties["qingdao"].manager, (WUHAN,))


@breaks("cooperation.package-known")
def taken_in_twice(desk: Letters) -> Said:
    first = desk.arrived()
    data = desk.arriving(reference=1)
    return Said(RECEIVE_COOPERATION, data, desk.story.parties["hubei"].manager, (str(first.id),))


@breaks("cooperation.not-found")
def acknowledging_what_was_never_asked(desk: Letters) -> Said:
    data = {"cooperation": NOWHERE}
    return desk.said("hubei", ACKNOWLEDGE_COOPERATION, data, "/cooperation", NOWHERE)


@breaks("cooperation.not-found")
def acknowledging_ones_own(desk: Letters) -> Said:
    data = {"cooperation": desk.written().id}
    return desk.said("qingdao", ACKNOWLEDGE_COOPERATION, data, "/cooperation", data["cooperation"])


@breaks("cooperation.acknowledged")
def acknowledging_twice(desk: Letters) -> Said:
    data = {"cooperation": desk.written().id}
    desk.say("hubei", ACKNOWLEDGE_COOPERATION, data)
    return desk.said("hubei", ACKNOWLEDGE_COOPERATION, data, "/cooperation", data["cooperation"])


@breaks("cooperation.answered")
def acknowledging_after_the_answer(desk: Letters) -> Said:
    data = {"cooperation": desk.written().id}
    desk.say("hubei", ANSWER_COOPERATION, desk.answering_letter(data["cooperation"]))
    return desk.said("hubei", ACKNOWLEDGE_COOPERATION, data, "/cooperation", data["cooperation"])


@breaks("party.role-missing")
def acknowledged_by_a_business(desk: Letters) -> Said:
    data = {"cooperation": desk.written().id}
    return Said(ACKNOWLEDGE_COOPERATION, data, desk.story.parties["shop"].manager)


@breaks("cooperation.answered")
def answering_twice(desk: Letters) -> Said:
    data = desk.answering_letter(desk.written().id)
    desk.say("hubei", ANSWER_COOPERATION, data)
    return desk.said("hubei", ANSWER_COOPERATION, data, "/cooperation", data["cooperation"])


@breaks("cooperation.grams")
def found_and_weighing_nothing(desk: Letters) -> Said:
    data = desk.answering_letter(desk.written().id)
    del data["grams"]
    return desk.said("hubei", ANSWER_COOPERATION, data, "/grams", "found")


@breaks("cooperation.grams")
def not_found_and_weighing_something(desk: Letters) -> Said:
    data = desk.answering_letter(desk.written().id, answer="not_found")
    return desk.said("hubei", ANSWER_COOPERATION, data, "/grams", "not_found")


@breaks("cooperation.not-found")
def a_reply_for_somebody_else(desk: Letters) -> Said:
    data = desk.reply(desk.written().id)
    return desk.said("hubei", TAKE_REPLY, data, "/cooperation", data["cooperation"])


@breaks("cooperation.not-found")
def a_reply_to_nothing(desk: Letters) -> Said:
    return desk.said("qingdao", TAKE_REPLY, desk.reply(NOWHERE), "/cooperation", NOWHERE)


@breaks("cooperation.not-found")
def a_reply_to_what_came_from_elsewhere(desk: Letters) -> Said:
    data = desk.reply(desk.arrived().id)
    return desk.said("hubei", TAKE_REPLY, data, "/cooperation", data["cooperation"])


@breaks("cooperation.answered")
def a_reply_after_an_answer(desk: Letters) -> Said:
    found = desk.written()
    desk.say("hubei", ANSWER_COOPERATION, desk.answering_letter(found.id))
    return desk.said("qingdao", TAKE_REPLY, desk.reply(found.id), "/cooperation", found.id)


@breaks("party.role-missing")
def a_reply_taken_by_a_business(desk: Letters) -> Said:
    return Said(TAKE_REPLY, desk.reply(desk.written().id), desk.story.parties["shop"].manager)


@pytest.mark.parametrize(("code", "case"), CASES.params)
def test_refused(desk: Letters, code: str, case: Case[Letters]) -> None:
    demand_refused(desk.history, code, case(desk))


def test_every_rule_is_broken_by_somebody() -> None:
    words = tomllib.loads((files(schema.problems) / "cooperation.toml").read_text(encoding="utf-8"))
    of_files = {
        "no-package",
        "other-kind",
        "malformed",
        "other-request",
        "no-reply-yet",
        "ledgers-unreadable",
    }
    assert {code for code in words if code.removeprefix("cooperation.") not in of_files} <= CASES.codes


def test_what_is_asked_here_is_answered_here(desk: Letters) -> None:
    found = desk.written()
    assert (found.direction, found.state, found.number) == ("asked", "open", "青卫查 2020-1")
    assert found.case_file is not None
    desk.say("hubei", ACKNOWLEDGE_COOPERATION, {"cooperation": found.id})
    assert desk.history.row(COOPERATION, found.id).state == "acknowledged"
    desk.say("hubei", ANSWER_COOPERATION, desk.answering_letter(found.id))
    done = desk.history.row(COOPERATION, found.id)
    hubei = desk.story.parties["hubei"].organisation
    assert (done.state, done.answer, done.grams, done.answered_by) == ("answered", "found", 27_000, hubei)


def test_what_nobody_found_weighs_nothing(desk: Letters) -> None:
    found = desk.written()
    desk.say("hubei", ANSWER_COOPERATION, {"cooperation": found.id, "answer": "not_found"})
    done = desk.history.row(COOPERATION, found.id)
    assert (done.grams, done.acknowledged_at) == (None, done.answered_at)


def test_what_another_ledger_asks_is_answered_by_the_region(desk: Letters) -> None:
    found = desk.arrived()
    assert (found.direction, found.case_file, found.origin) == ("received", None, "other.invalid/ledger")
    assert desk.history.row(PACKAGE, DIGEST).cooperation == found.id
    desk.say("hubei", ANSWER_COOPERATION, desk.answering_letter(found.id, answer="partly"))
    assert desk.history.row(COOPERATION, found.id).answer == "partly"


def test_a_reply_of_another_ledger_answers(desk: Letters) -> None:
    found = desk.written()
    desk.say("qingdao", TAKE_REPLY, desk.reply(found.id))
    done = desk.history.row(COOPERATION, found.id)
    assert (done.state, done.reply_origin, done.reply_package) == (
        "answered",
        "other.invalid/ledger",
        OTHER,
    )
    assert done.answered_by is None

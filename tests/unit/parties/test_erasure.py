"""Erasures: who may ask, who takes part still, what must be kept; each rule at its boundary, in both
languages.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from schema.problems import explain
from service.ledger import PLATFORM, Actor, Data, Kind
from service.ledger.statement import parse_instant
from service.parties import DISABLE_USER, REGISTER_ORGANISATION, SUSPEND_ORGANISATION
from service.parties.persons.erasure import ERASE_PERSON, KEEP_PERSON, LET_PERSON
from service.parties.persons.staff import REGISTER_STAFF, STAFF_LEFT, TEST_STAFF
from service.parties.state import PERSON
from tests.history import History
from tests.settlement import REGISTER, SEALED, Party, Settlement, uscc

DAYS = 730
CASE = "2020-WH-001"


class Stage:
    """A store in Shenyang, a regulator of its province and one of another, and a sole trader."""

    def __init__(self) -> None:
        self.town = Settlement(History())
        self.history = self.town.history
        self.store: Party = self.town.party("cold_store", region="210100")
        self.regulator = self.town.party("regulator", region="210000")
        self.stranger = self.town.party("regulator", region="370000")
        self.other = self.town.party("retailer")

    def left(self) -> int:
        """A member of staff who left on 2020-08-01."""
        data = {"role": "handler", "name": SEALED}
        staff = int(self.history.say(REGISTER_STAFF, data, self.store.manager).outcome["staff"])
        self.history.say(STAFF_LEFT, {"staff": staff, "left_on": "2020-08-01"}, self.store.manager)
        return staff

    def trader(self) -> int:
        code = REGISTER.of(uscc(900, prefix="92"))
        data = {"uscc": code, "name": SEALED, "roles": ["retailer"], "region": "210100"}
        return int(self.history.say(REGISTER_ORGANISATION, data, PLATFORM).outcome["organisation"])

    def erase(self, kind: str, subject: int, by: Actor | None = None, reason: str = "request") -> int:
        self.history.say(ERASE_PERSON, said(kind, subject, reason), by or self.store.manager)
        return self.history.position - 1

    def later(self, *, since: int, by: timedelta = timedelta(0)) -> None:
        """The end of the time for which the statement at ``since`` must be kept."""
        self.history.now(parse_instant(self.history.statements[since].at) + timedelta(days=DAYS) + by)


def said(kind: str, subject: int, reason: str = "request") -> Data:
    return {"kind": kind, "subject": subject, "reason": reason}


def for_case(kind: str, subject: int, case: str = CASE) -> Data:
    return {"kind": kind, "subject": subject, "case": case}


@pytest.fixture
def stage() -> Stage:
    return Stage()


def refused(stage: Stage, kind: Kind, data: Data, by: Actor, code: str, *facts: Any) -> None:
    refusal = stage.history.refused(kind, data, by)
    assert refusal.code == code
    for language in ("zh", "en"):
        words = explain(refusal, language)
        assert words.title
        assert words.remedy
        assert all(str(fact) in words.detail for fact in facts), words.detail


def test_kept_until_the_last_moment_and_then_erased(stage: Stage) -> None:
    staff = stage.left()
    since = stage.history.position - 1
    stage.later(since=since, by=timedelta(microseconds=-1))
    refused(stage, ERASE_PERSON, said("staff", staff), stage.store.manager, "person.retained", DAYS)
    stage.later(since=since)
    position = stage.erase("staff", staff)
    row = stage.history.row(PERSON, f"staff/{staff}")
    assert (row.erased, row.reason, row.organisation) == (position, "request", stage.store.organisation)


def test_a_court_order_does_not_wait(stage: Stage) -> None:
    stage.erase("staff", stage.left(), reason="court_order")


def test_how_long_is_the_policys(stage: Stage) -> None:
    stage.town.policy("21", retention_days=0)
    stage.erase("staff", stage.left())


@pytest.mark.parametrize("reason", ["request", "court_order"])
def test_who_takes_part_is_not_erased(stage: Stage, reason: str) -> None:
    data = {"role": "handler", "name": SEALED}
    staff = stage.history.say(REGISTER_STAFF, data, stage.store.manager).outcome["staff"]
    for kind, subject in (
        ("staff", staff),
        ("user", stage.store.staff.user),
        ("organisation", stage.trader()),
    ):
        by = stage.regulator.manager
        refused(stage, ERASE_PERSON, said(kind, subject, reason), by, "person.still-active", subject)


def test_a_user_who_was_disabled(stage: Stage) -> None:
    user = stage.store.staff.user
    assert user is not None
    stage.history.say(DISABLE_USER, {"user": user}, stage.store.manager)
    stage.erase("user", user, reason="court_order")


def test_a_sole_trader_who_was_suspended(stage: Stage) -> None:
    trader = stage.trader()
    data = {"organisation": trader, "reason": SEALED}
    stage.history.say(SUSPEND_ORGANISATION, data, stage.town.platform.manager)
    stage.later(since=stage.history.position - 1)
    stage.erase("organisation", trader, stage.town.platform.manager)


def test_a_company_is_no_person(stage: Stage) -> None:
    company = stage.store.organisation
    by = stage.town.platform.manager
    refused(stage, ERASE_PERSON, said("organisation", company), by, "person.not-found", company)


def test_whoever_a_statement_speaks_of(stage: Stage) -> None:
    stage.left()
    position = stage.history.position - 1
    refused(stage, ERASE_PERSON, said("statement", position), stage.store.manager, "person.retained", DAYS)
    stage.later(since=position)
    stage.erase("statement", position)
    refused(stage, ERASE_PERSON, said("statement", 10**9), stage.store.manager, "person.not-found", 10**9)


def test_who_may_ask(stage: Stage) -> None:
    for who in (stage.store.manager, stage.regulator.manager, stage.town.platform.manager, PLATFORM):
        stage.erase("staff", stage.left(), who, "court_order")
    for who in (stage.other.manager, stage.stranger.manager):
        staff = stage.left()
        refused(stage, ERASE_PERSON, said("staff", staff, "court_order"), who, "person.not-found", staff)
    staff = stage.left()
    refused(stage, ERASE_PERSON, said("staff", staff, "court_order"), stage.store.staff, "actor.manager-only")
    for kind in ("user", "staff", "organisation"):
        refused(stage, ERASE_PERSON, said(kind, 777), stage.store.manager, "person.not-found", 777)


def test_once_and_again_when_something_new_was_said(stage: Stage) -> None:
    staff = stage.left()
    position = stage.erase("staff", staff, reason="court_order")
    again = said("staff", staff, "court_order")
    refused(stage, ERASE_PERSON, again, stage.store.manager, "person.already-erased", staff, position)
    test = {"staff": staff, "test": "antigen", "sampled_on": "2020-08-01", "clears": True, "result": SEALED}
    stage.history.say(TEST_STAFF, test, stage.store.manager)
    stage.erase("staff", staff, reason="court_order")


def test_what_a_case_needs_is_kept(stage: Stage) -> None:
    staff, by = stage.left(), stage.regulator.manager
    for case in (CASE, "2021-TJ-7"):
        stage.history.say(KEEP_PERSON, for_case("staff", staff, case), by)
    refused(stage, KEEP_PERSON, for_case("staff", staff), by, "person.already-kept", staff, CASE)
    order = said("staff", staff, "court_order")
    refused(stage, ERASE_PERSON, order, stage.store.manager, "person.kept-for-case", CASE, "2021-TJ-7")
    for case in (CASE, "2021-TJ-7"):
        stage.history.say(LET_PERSON, for_case("staff", staff, case), by)
    refused(stage, LET_PERSON, for_case("staff", staff), by, "person.not-kept", staff, CASE)
    stage.erase("staff", staff, reason="court_order")


def test_only_the_regions_regulator_has_data_kept(stage: Stage) -> None:
    staff = stage.left()
    for who in (stage.store.manager, stage.stranger.manager, stage.town.platform.manager):
        refused(stage, KEEP_PERSON, for_case("staff", staff), who, "person.not-found", staff)
    refused(stage, KEEP_PERSON, for_case("staff", 777), stage.regulator.manager, "person.not-found", 777)
    refused(stage, LET_PERSON, for_case("staff", staff), stage.regulator.manager, "person.not-kept", CASE)
    refused(stage, KEEP_PERSON, for_case("staff", staff), stage.regulator.staff, "actor.manager-only")

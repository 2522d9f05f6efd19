"""Policies: who enacts them, from when to when they hold to the microsecond, each rule at its boundary."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from typing import Any

import pytest

from schema.messages.policies import DEFAULTS
from schema.problems import Refusal, explain
from service.ledger import PLATFORM, Actor, Data, Kind
from service.parties import (
    EDITION,
    ENACT_POLICY,
    POLICY,
    WITHDRAW_POLICY,
    policy_for,
    shipped_enactments,
    shipped_policies,
)
from service.parties.policies.enacting import MOST_REGIMES, MOST_SCHEDULED
from tests.history import History
from tests.refusing import Case, Cases, Said, demand_refused
from tests.settlement import Settlement

BEFORE_MIDNIGHT = "2020-08-16T23:59:59.999999+08:00"
MIDNIGHT = "2020-08-17T00:00:00+08:00"
TOMORROW = "2020-08-18"


def enactment(region: str, apart: Data | None = None, **changes: Any) -> Data:
    return {"region": region, **(apart or {}), "document": {**shipped_policies()[""], **changes}}


def held(town: Settlement, region: str, moment: str, regime: str = "cold_chain_import") -> int:
    """The position of the policy in force at a moment."""
    town.history.now(moment)
    return policy_for(town.history.world, region, town.history.at, regime).version


@pytest.mark.parametrize("region", ["21", "2101", "210102"])
def test_a_regulator_enacts_for_all_that_lies_in_its_region(town: Settlement, region: str) -> None:
    regulator = town.party("regulator", region="210000")
    data = {"region": region, "document": shipped_policies()["21"]}
    town.history.say(ENACT_POLICY, data, regulator.manager)
    (edition,) = town.history.row(POLICY, region).editions
    assert edition["document"] == shipped_policies()["21"]


def test_the_country_is_a_national_regulators_region(town: Settlement) -> None:
    regulator = town.party("regulator", region="100000")
    town.history.say(ENACT_POLICY, enactment(""), regulator.manager)
    position = town.history.position - 1
    assert policy_for(town.history.world, "210102", town.history.at).version == position


def test_the_longest_prefix_holds(town: Settlement) -> None:
    province, county = town.policy("21"), town.policy("210102")
    world = town.history.world
    assert policy_for(world, "210102", town.history.at).version == county
    assert policy_for(world, "210103", town.history.at).version == province
    assert policy_for(world, "210000", town.history.at).version == province
    assert policy_for(world, "420100", town.history.at).region == ""


def test_the_newest_of_a_prefix_holds(town: Settlement) -> None:
    former = town.policy("21", back_dating_days=5)
    newest = town.policy("21", back_dating_days=6)
    policy = policy_for(town.history.world, "210102", town.history.at)
    assert (policy.version, policy.document["back_dating_days"]) == (newest, 6)
    assert town.history.statements[newest].outcome["replaces"] == former


def test_what_a_document_leaves_out_has_its_default(town: Settlement) -> None:
    town.policy("21", finding_days=7)
    document = policy_for(town.history.world, "210102", town.history.at).document
    assert document["finding_days"] == 7
    assert {**document, "finding_days": 3} == {**DEFAULTS, **shipped_policies()[""], "finding_days": 3}


def test_back_dating_is_limited_by_kind(town: Settlement) -> None:
    town.policy("21", back_dating_days={"default": 30, "goods-sold": 2})
    policy = policy_for(town.history.world, "210102", town.history.at)
    assert policy.back_dating_days("goods-sold") == 2
    assert [policy.back_dating_days(kind) for kind in ("default", "goods-shipped")] == [30, 30]
    town.policy("21", back_dating_days=5)
    assert policy_for(town.history.world, "210102", town.history.at).back_dating_days("goods-sold") == 5


@pytest.mark.parametrize("begins", ["2020-08-17", "2020-08-17T00:00+08:00", "2020-08-16T16:00:00Z"])
def test_a_policy_put_in_force_at_midnight_holds_from_that_instant(town: Settlement, begins: str) -> None:
    former = town.policy("21", back_dating_days=30)
    coming = town.policy("21", back_dating_days=7, valid_from=begins)
    assert held(town, "210102", BEFORE_MIDNIGHT) == former
    assert held(town, "210102", MIDNIGHT) == coming


def test_a_last_day_ends_at_its_midnight(town: Settlement) -> None:
    winter = town.policy("21", valid_until="2020-08-16")
    assert held(town, "210102", BEFORE_MIDNIGHT) == winter
    assert held(town, "210102", MIDNIGHT) == 1, "the national policy holds again"


def test_a_stated_end_is_an_instant(town: Settlement) -> None:
    town.policy("21", valid_until="2020-08-16T12:00+08:00")
    assert town.history.rows(EDITION)[-1].ends == "2020-08-16T04:00:00.000000Z"


def test_nothing_holds_before_it_was_recorded(town: Settlement) -> None:
    town.history.now(MIDNIGHT)
    position = town.policy("21", valid_from="2020-06-01")
    assert town.history.row(EDITION, position).begins == town.history.statements[position].at


def test_those_that_wait_take_over_one_after_the_other(town: Settlement) -> None:
    now = town.policy("21")
    second, first = town.policy("21", valid_from=TOMORROW), town.policy("21", valid_from="2020-08-17")
    assert held(town, "210102", BEFORE_MIDNIGHT) == now
    assert held(town, "210102", MIDNIGHT) == first
    town.policy("37")
    assert held(town, "210102", f"{TOMORROW}T00:00:00+08:00") == second


def test_a_row_holds_only_what_can_still_be_asked_for(town: Settlement) -> None:
    for _ in range(5):
        town.policy("21")
    coming = town.policy("21", valid_from=TOMORROW)
    other = town.policy("21", regime="other_import")
    kept = [each["position"] for each in town.history.row(POLICY, "21").editions]
    assert kept == [coming - 1, coming, other]
    assert len([row for row in town.history.rows(EDITION) if row.region == "21"]) == 7


def test_one_that_is_withdrawn_never_begins(town: Settlement) -> None:
    former, coming = town.policy("21"), town.policy("21", valid_from="2020-08-17")
    town.history.now(BEFORE_MIDNIGHT)
    town.history.say(WITHDRAW_POLICY, {"edition": coming}, PLATFORM)
    assert held(town, "210102", TOMORROW + "T12:00:00+08:00") == former
    assert town.history.row(EDITION, coming).withdrawn_at is not None


def test_regimes_have_policies_of_their_own(town: Settlement) -> None:
    imports = town.policy("21")
    market = town.policy("", regime="market_entry")
    world, at = town.history.world, town.history.at
    assert policy_for(world, "210102", at).version == imports
    assert policy_for(world, "210102", at, "market_entry").version == market


def test_a_statement_names_also_the_policies_that_there_were_not(town: Settlement) -> None:
    world = town.history.world
    world.begin()
    policy_for(world, "420106", town.history.at)
    assert dict(world.reads()) == {
        "policy/420106": None,
        "policy/4201": None,
        "policy/42": None,
        "policy/": 1,
    }


def test_shipped_policies() -> None:
    policies = shipped_policies()
    assert set(policies) == {"", "21", "3702", "42", "4201"}
    accepts = {region: p["accept_exit_certificates_of_other_provinces"] for region, p in policies.items()}
    assert accepts["42"] is True
    assert accepts["4201"] is True
    assert accepts["21"] is False
    assert policies["21"]["enhanced"] == [{"country": "ECU", "category": "aquatic"}]
    assert [each["regime"] for each in shipped_enactments()[5:]] == ["market_entry", "other_import"]


CASES = Cases[Settlement]()
breaks = CASES.breaks


def enacting(
    data: Data,
    actor: Actor = PLATFORM,
    facts: tuple[str, ...] = (),
    field: str | None = None,
    kind: Kind = ENACT_POLICY,
) -> Said:
    return Said(kind, data, actor, facts, field)


@breaks("policy.region-outside-jurisdiction")
def regulator_enacts_for_the_neighbour(town: Settlement) -> Said:
    regulator = town.party("regulator", region="210100")
    return enacting(enactment("2102"), regulator.manager, ("2102", "2101"), "/region")


@breaks("policy.region-outside-jurisdiction")
def city_enacts_for_its_province(town: Settlement) -> Said:
    regulator = town.party("regulator", region="210100")
    return enacting(enactment("21"), regulator.manager, ("21", "2101"), "/region")


@breaks("policy.region-outside-jurisdiction")
def city_withdraws_its_provinces(town: Settlement) -> Said:
    regulator = town.party("regulator", region="210100")
    data = {"edition": town.policy("21", valid_from=TOMORROW)}
    return enacting(data, regulator.manager, ("21", "2101"), "/region", WITHDRAW_POLICY)


@breaks("actor.manager-only")
def staff_withdraws(town: Settlement) -> Said:
    regulator = town.party("regulator", region="210000")
    data = {"edition": town.policy("21", valid_from=TOMORROW)}
    return enacting(data, regulator.staff, kind=WITHDRAW_POLICY)


@breaks("policy.document-invalid")
def one_that_is_not_well_formed(town: Settlement) -> Said:
    said = enactment("21", announce_hours="24", required=["quarantine", "horoscope"])
    return enacting(said, PLATFORM, ("2",), "/document")


@breaks("policy.ends-before-beginning")
def one_that_ends_as_it_begins(town: Settlement) -> Said:
    span = {"valid_from": TOMORROW, "valid_until": f"{TOMORROW}T00:00+08:00"}
    return enacting(enactment("21", span), facts=(f"{TOMORROW} 00:00",), field="/valid_until")


@breaks("policy.ends-before-beginning")
def one_that_ended_yesterday(town: Settlement) -> Said:
    town.history.now(MIDNIGHT)
    return enacting(
        enactment("21", {"valid_until": "2020-08-16"}), facts=("2020-08-16",), field="/valid_until"
    )


@breaks("policy.instant-taken")
def two_begin_at_one_instant(town: Settlement) -> Said:
    other = town.policy("21", valid_from=TOMORROW)
    again = enactment("21", {"valid_from": f"{TOMORROW}T00:00+08:00"})
    return enacting(again, facts=(str(other),), field="/valid_from")


@breaks("policy.too-many-scheduled")
def a_thirteenth_that_waits(town: Settlement) -> Said:
    for month in range(MOST_SCHEDULED):
        town.policy("21", valid_from=f"2021-{month + 1:02}-01")
    return enacting(enactment("21", {"valid_from": TOMORROW}), facts=("12",), field="/valid_from")


@breaks("policy.too-many-regimes")
def one_regime_too_many(town: Settlement) -> Said:
    for number in range(MOST_REGIMES):
        town.policy("21", regime=f"goods_{number}")
    return enacting(enactment("21", {"regime": "more"}), facts=("more", str(MOST_REGIMES)), field="/regime")


@breaks("policy.gap")
def the_national_one_ends_and_nothing_follows(town: Settlement) -> Said:
    return enacting(
        enactment("", {"valid_until": TOMORROW}), facts=("cold_chain_import",), field="/valid_until"
    )


@breaks("policy.gap")
def what_follows_is_withdrawn(town: Settlement) -> Said:
    coming = town.policy("", valid_from=TOMORROW)
    town.policy("", valid_until="2020-08-17")
    data = {"edition": coming}
    return enacting(data, facts=("cold_chain_import",), field="/valid_until", kind=WITHDRAW_POLICY)


@breaks("policy.gap")
def a_regime_of_one_province_ends(town: Settlement) -> Said:
    said = enactment("21", {"regime": "ice_cream", "valid_until": TOMORROW})
    return enacting(said, facts=("ice_cream",), field="/valid_until")


@breaks("policy.edition-not-found")
def nothing_was_enacted_there(town: Settlement) -> Said:
    return enacting({"edition": 2}, facts=("2",), field="/edition", kind=WITHDRAW_POLICY)


@breaks("policy.withdrawn-before")
def withdrawn_twice(town: Settlement) -> Said:
    data = {"edition": town.policy("21", valid_from=TOMORROW)}
    town.history.say(WITHDRAW_POLICY, data, PLATFORM)
    return enacting(data, facts=(str(data["edition"]),), field="/edition", kind=WITHDRAW_POLICY)


@breaks("policy.begun")
def withdrawn_at_the_instant_at_which_it_begins(town: Settlement) -> Said:
    data = {"edition": town.policy("21", valid_from="2020-08-17")}
    town.history.now(MIDNIGHT)
    return enacting(data, facts=(str(data["edition"]),), field="/edition", kind=WITHDRAW_POLICY)


@pytest.mark.parametrize(("code", "case"), CASES.params)
def test_refused(town: Settlement, code: str, case: Case[Settlement]) -> None:
    demand_refused(town.history, code, case(town))


def test_a_twelfth_that_waits_is_not_too_many(town: Settlement) -> None:
    for month in range(MOST_SCHEDULED):
        town.policy("21", valid_from=f"2021-{month + 1:02}-01")
    town.policy("21")


def test_a_province_may_end_its_own_where_the_country_has_one(town: Settlement) -> None:
    town.policy("21", valid_until=TOMORROW)


ELSEWHERE = {
    "policy.missing",  # below
    "policy.regime-unknown",
    "policy.kind-unknown",  # of the interface: the rules do not know which kinds there are
    *("policy.enhanced-empty", "policy.regime-malformed", "policy.kind-malformed"),
    "policy.papers-without-quarantine",
}
"""Codes that no decider raises."""


def test_no_rule_is_without_a_case() -> None:
    text = (files("schema.problems") / "policies.toml").read_text(encoding="utf-8")
    assert {*tomllib.loads(text)} - ELSEWHERE == CASES.codes - {"actor.manager-only"}


def test_without_any_policy_nothing_can_be_judged() -> None:
    with pytest.raises(Refusal) as caught:
        policy_for(History().world, "210100", History().at)
    assert caught.value.code == "policy.missing"
    assert all("210100" in explain(caught.value, language).detail for language in ("en", "zh"))


def test_goods_of_a_regime_that_nobody_knows_cannot_be_judged(town: Settlement) -> None:
    with pytest.raises(Refusal) as caught:
        policy_for(town.history.world, "210100", town.history.at, "ice_cream")
    assert (caught.value.code, caught.value.field) == ("policy.regime-unknown", "/regime")
    assert all("ice_cream" in explain(caught.value, language).detail for language in ("en", "zh"))

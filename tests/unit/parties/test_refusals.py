"""Every rule of the room, just beyond its boundary: code, field to blame, and the fact in both languages."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from typing import Any

import pytest

from service.ledger import PLATFORM, Actor, Data, Kind
from service.parties import (
    DISABLE_USER,
    ENACT_POLICY,
    FILE_FACILITY,
    ISSUE_TOKEN,
    OPEN_LEDGER,
    REGISTER_ORGANISATION,
    REGISTER_USER,
    REGISTER_VEHICLE,
    REINSTATE_ORGANISATION,
    REVOKE_TOKEN,
    SUSPEND_ORGANISATION,
    shipped_policies,
)
from tests.refusing import Case, Cases, Said, demand_refused
from tests.settlement import SEALED, Settlement, uscc

CASES = Cases[Settlement]()
breaks = CASES.breaks


def organisation(**changes: Any) -> Data:
    return {"uscc": uscc(900), "name": "新公司", "roles": ["retailer"], "region": "420100", **changes}


def filing(kind: str, **changes: Any) -> Data:
    zones = [{"name": "一区", "kind": "quarantine"}, {"name": "二区", "kind": "imported"}]
    place = {"kind": kind, "name": "某库", "region": "370200", "address": "某路 1 号", "filing": "备 1"}
    return {**place, "zones": zones, **changes}


def user(organisation: int, role: str = "staff") -> Data:
    return {"organisation": organisation, "role": role, "name": SEALED}


def token(town: Settlement, actor: Actor, *scopes: str) -> Actor:
    issued = town.history.say(ISSUE_TOKEN, {"scopes": [*scopes]}, actor)
    return Actor(actor.organisation, token=issued.outcome["token"])


def policy(region: str, **changes: Any) -> Data:
    return {"region": region, "document": {**shipped_policies()[""], **changes}}


@breaks("opening.reserved")
def opened_by_a_manager(town: Settlement) -> Said:
    return Said(OPEN_LEDGER, {"origin": "x", "vkey": "y"}, town.platform.manager)


@breaks("opening.already")
def opened_twice(town: Settlement) -> Said:
    said = {"origin": "second.invalid", "vkey": "y"}
    return Said(OPEN_LEDGER, said, PLATFORM, ("second.invalid", str(town.history.position)))


@breaks("actor.unknown")
def organisation_that_does_not_exist(town: Settlement) -> Said:
    return Said(REGISTER_VEHICLE, {"kind": "van", "plate": SEALED}, Actor(999, user=1))


@breaks("actor.unknown")
def neither_user_nor_token(town: Settlement) -> Said:
    organisation_id = town.party("carrier").organisation
    return Said(REGISTER_VEHICLE, {"kind": "van", "plate": SEALED}, Actor(organisation_id))


@breaks("actor.unknown")
def user_of_another_organisation(town: Settlement) -> Said:
    mine, other = town.party("carrier"), town.party("carrier")
    actor = Actor(other.organisation, user=mine.manager.user)
    return Said(REGISTER_VEHICLE, {"kind": "van", "plate": SEALED}, actor)


@breaks("actor.unknown")
def token_of_another_organisation(town: Settlement) -> Said:
    mine, other = town.party("carrier"), town.party("carrier")
    key = token(town, mine.manager, "parties:write")
    actor = Actor(other.organisation, token=key.token)
    return Said(REGISTER_VEHICLE, {"kind": "van", "plate": SEALED}, actor)


@breaks("actor.revoked")
def disabled_user(town: Settlement) -> Said:
    shop = town.party("retailer")
    second = town.user(shop.organisation, "manager", shop.manager)
    town.history.say(DISABLE_USER, {"user": second.user}, shop.manager)
    return Said(FILE_FACILITY, filing("shop"), second)


@breaks("actor.revoked")
def revoked_token(town: Settlement) -> Said:
    shop = town.party("retailer")
    key = token(town, shop.manager, "parties:write")
    town.history.say(REVOKE_TOKEN, {"token": key.token}, shop.manager)
    return Said(FILE_FACILITY, filing("shop"), key)


@breaks("actor.scope-missing")
def token_without_the_scope(town: Settlement) -> Said:
    key = token(town, town.party("retailer").manager, "goods:write", "goods:read")
    facts = ("parties:write", "goods:write, goods:read")
    return Said(FILE_FACILITY, filing("shop"), key, facts)


@breaks("actor.manager-only")
def staff_files_a_place(town: Settlement) -> Said:
    return Said(FILE_FACILITY, filing("shop"), town.party("retailer").staff)


@breaks("actor.manager-only")
def staff_registers_a_vehicle(town: Settlement) -> Said:
    return Said(REGISTER_VEHICLE, {"kind": "van", "plate": SEALED}, town.party("carrier").staff)


@breaks("actor.manager-only")
def staff_registers_a_user(town: Settlement) -> Said:
    shop = town.party("retailer")
    return Said(REGISTER_USER, user(shop.organisation), shop.staff)


@breaks("actor.manager-only")
def staff_disables_a_user(town: Settlement) -> Said:
    shop = town.party("retailer")
    return Said(DISABLE_USER, {"user": shop.manager.user}, shop.staff)


@breaks("actor.manager-only")
def staff_issues_a_token(town: Settlement) -> Said:
    return Said(ISSUE_TOKEN, {"scopes": ["goods:read"]}, town.party("retailer").staff)


@breaks("actor.manager-only")
def staff_revokes_a_token(town: Settlement) -> Said:
    shop = town.party("retailer")
    key = token(town, shop.manager, "goods:read")
    return Said(REVOKE_TOKEN, {"token": key.token}, shop.staff)


@breaks("actor.manager-only")
def staff_of_the_platform_registers_an_organisation(town: Settlement) -> Said:
    return Said(REGISTER_ORGANISATION, organisation(), town.platform.staff)


@breaks("actor.manager-only")
def staff_of_the_regulator_enacts(town: Settlement) -> Said:
    return Said(ENACT_POLICY, policy("21"), town.party("regulator", region="210000").staff)


@breaks("actor.no-organisation")
def command_line_files_a_place(town: Settlement) -> Said:
    return Said(FILE_FACILITY, filing("shop"), PLATFORM)


@breaks("actor.no-organisation")
def command_line_registers_a_vehicle(town: Settlement) -> Said:
    return Said(REGISTER_VEHICLE, {"kind": "van", "plate": SEALED}, PLATFORM)


@breaks("actor.no-organisation")
def command_line_issues_a_token(town: Settlement) -> Said:
    return Said(ISSUE_TOKEN, {"scopes": ["goods:write"]}, PLATFORM)


@breaks("actor.platform-only-parties")
def command_line_speaks_of_goods(town: Settlement) -> Said:
    return Said(GOODS, {}, PLATFORM, ("goods-tested",))


@breaks("party.role-missing")
def business_registers_an_organisation(town: Settlement) -> Said:
    store = town.party("cold_store")
    facts = ("platform", str(store.organisation))
    return Said(REGISTER_ORGANISATION, organisation(), store.manager, facts)


@breaks("party.role-missing")
def business_suspends_a_competitor(town: Settlement) -> Said:
    mine, other = town.party("cold_store"), town.party("cold_store")
    said = {"organisation": other.organisation, "reason": SEALED}
    return Said(SUSPEND_ORGANISATION, said, mine.manager, ("platform",))


@breaks("party.role-missing")
def business_enacts_a_policy(town: Settlement) -> Said:
    store = town.party("cold_store", region="210000")
    return Said(ENACT_POLICY, policy("2101"), store.manager, ("regulator", str(store.organisation)))


@breaks("party.platform-reserved")
def platform_makes_another_platform(town: Settlement) -> Said:
    said = organisation(roles=["platform"])
    return Said(REGISTER_ORGANISATION, said, town.platform.manager, ("platform",), "/roles")


@pytest.mark.parametrize("role", ["platform", "regulator", "auditor"])
def test_supervisors_do_not_trade(town: Settlement, role: str) -> None:
    said = organisation(roles=["wholesaler", role])
    refusal = town.history.refused(REGISTER_ORGANISATION, said, PLATFORM)
    assert refusal.code == "party.roles-conflict"
    assert refusal.facts == {"roles": f"wholesaler, {role}"}
    town.history.say(REGISTER_ORGANISATION, organisation(roles=[role]), PLATFORM)


@breaks("party.roles-conflict")
def regulator_that_trades(town: Settlement) -> Said:
    said = organisation(roles=["regulator", "retailer"])
    return Said(REGISTER_ORGANISATION, said, town.platform.manager, ("regulator, retailer",), "/roles")


@breaks("party.region-whole-country")
def shop_that_is_everywhere(town: Settlement) -> Said:
    return Said(
        REGISTER_ORGANISATION, organisation(region="100000"), town.platform.manager, ("100000",), "/region"
    )


@breaks("party.uscc-taken")
def the_same_code_twice(town: Settlement) -> Said:
    store = town.party("cold_store")
    facts = (store.uscc, str(store.organisation))
    said = organisation(uscc=store.uscc)
    return Said(REGISTER_ORGANISATION, said, town.platform.manager, facts, "/uscc")


@breaks("party.not-found")
def suspends_nobody(town: Settlement) -> Said:
    said = {"organisation": 777, "reason": SEALED}
    return Said(SUSPEND_ORGANISATION, said, PLATFORM, ("777",), "/organisation")


@breaks("party.not-found")
def reinstates_nobody(town: Settlement) -> Said:
    said = {"organisation": 777, "reason": SEALED}
    return Said(REINSTATE_ORGANISATION, said, PLATFORM, ("777",), "/organisation")


@breaks("party.not-found")
def user_for_another_organisation(town: Settlement) -> Said:
    mine, other = town.party("retailer"), town.party("retailer")
    facts = (str(other.organisation),)
    return Said(REGISTER_USER, user(other.organisation), mine.manager, facts, "/organisation")


@breaks("party.not-found")
def user_for_nobody(town: Settlement) -> Said:
    return Said(REGISTER_USER, user(777, "manager"), PLATFORM, ("777",), "/organisation")


@breaks("party.suspended")
def suspended_organisation_speaks(town: Settlement) -> Said:
    shop = town.party("retailer")
    said = {"organisation": shop.organisation, "reason": SEALED}
    town.history.say(SUSPEND_ORGANISATION, said, town.platform.manager)
    return Said(FILE_FACILITY, filing("shop"), shop.manager, (str(shop.organisation),))


@breaks("party.suspended")
def manager_for_a_suspended_organisation(town: Settlement) -> Said:
    shop = town.party("retailer")
    said = {"organisation": shop.organisation, "reason": SEALED}
    town.history.say(SUSPEND_ORGANISATION, said, PLATFORM)
    facts = (str(shop.organisation),)
    return Said(REGISTER_USER, user(shop.organisation, "manager"), PLATFORM, facts, "/organisation")


@breaks("party.already-suspended")
def suspended_twice(town: Settlement) -> Said:
    shop = town.party("retailer")
    said = {"organisation": shop.organisation, "reason": SEALED}
    town.history.say(SUSPEND_ORGANISATION, said, PLATFORM)
    return Said(SUSPEND_ORGANISATION, said, PLATFORM, (str(shop.organisation),), "/organisation")


@breaks("party.not-suspended")
def reinstated_without_need(town: Settlement) -> Said:
    shop = town.party("retailer")
    said = {"organisation": shop.organisation, "reason": SEALED}
    return Said(REINSTATE_ORGANISATION, said, PLATFORM, (str(shop.organisation),), "/organisation")


@breaks("party.self-suspension")
def platform_suspends_itself(town: Settlement) -> Said:
    said = {"organisation": town.platform.organisation, "reason": SEALED}
    return Said(SUSPEND_ORGANISATION, said, town.platform.manager, (), "/organisation")


@breaks("facility.kind-needs-role")
def retailer_files_a_first_station(town: Settlement) -> Said:
    shop = town.party("retailer")
    return Said(FILE_FACILITY, filing("first_station"), shop.manager, ("first_station",), "/kind")


@breaks("filing.missing")
def store_without_its_filing(town: Settlement) -> Said:
    store = town.party("cold_store")
    said = filing("third_party_store", filing=None)
    return Said(FILE_FACILITY, said, store.manager, ("third_party_store",), "/filing")


@breaks("facility.zones-missing")
def store_without_zones(town: Settlement) -> Said:
    store = town.party("cold_store")
    said = filing("third_party_store", zones=[])
    return Said(FILE_FACILITY, said, store.manager, ("third_party_store",), "/zones")


@breaks("facility.quarantine-zone-missing")
def first_station_without_quarantine(town: Settlement) -> Said:
    station = town.party("first_station")
    zones = [{"name": "一区", "kind": "imported"}, {"name": "二区", "kind": "domestic"}]
    said = filing("central_warehouse", zones=zones)
    return Said(FILE_FACILITY, said, station.manager, ("central_warehouse",), "/zones")


@breaks("facility.zone-name-twice")
def two_zones_of_one_name(town: Settlement) -> Said:
    zones = [{"name": name, "kind": "imported"} for name in ("一区", "二区", "一区")]
    said = filing("shop", zones=zones)
    return Said(FILE_FACILITY, said, town.party("retailer").manager, ("一区",), "/zones/2/name")


@breaks("user.not-found")
def disables_nobody(town: Settlement) -> Said:
    return Said(DISABLE_USER, {"user": 777}, town.party("retailer").manager, ("777",), "/user")


@breaks("user.not-found")
def disables_the_user_of_another(town: Settlement) -> Said:
    mine, other = town.party("retailer"), town.party("retailer")
    facts = (str(other.staff.user),)
    return Said(DISABLE_USER, {"user": other.staff.user}, mine.manager, facts, "/user")


@breaks("user.already-disabled")
def disabled_twice(town: Settlement) -> Said:
    shop = town.party("retailer")
    town.history.say(DISABLE_USER, {"user": shop.staff.user}, shop.manager)
    facts = (str(shop.staff.user),)
    return Said(DISABLE_USER, {"user": shop.staff.user}, shop.manager, facts, "/user")


@breaks("user.self-disable")
def disables_himself(town: Settlement) -> Said:
    shop = town.party("retailer")
    return Said(DISABLE_USER, {"user": shop.manager.user}, shop.manager, (), "/user")


@breaks("user.staff-by-own-manager")
def platform_registers_staff_of_others(town: Settlement) -> Said:
    shop = town.party("retailer")
    facts = (str(shop.organisation),)
    return Said(REGISTER_USER, user(shop.organisation), town.platform.manager, facts, "/role")


@breaks("token.scope-unknown")
def scope_that_is_none(town: Settlement) -> Said:
    said = {"scopes": ["goods:read", "goods:steal"]}
    return Said(ISSUE_TOKEN, said, town.party("retailer").manager, ("goods:steal",), "/scopes/1")


@breaks("token.scope-needs-role")
def business_reads_as_a_regulator(town: Settlement) -> Said:
    said = {"scopes": ["regulator:read"]}
    facts = ("regulator:read", "regulator")
    return Said(ISSUE_TOKEN, said, town.party("retailer").manager, facts, "/scopes")


@breaks("token.scope-wider")
def token_gives_more_than_it_has(town: Settlement) -> Said:
    key = token(town, town.party("retailer").manager, "parties:write", "goods:read")
    said = {"scopes": ["goods:read", "goods:write"]}
    return Said(ISSUE_TOKEN, said, key, ("goods:write",), "/scopes")


@breaks("token.not-found")
def revokes_nothing(town: Settlement) -> Said:
    return Said(REVOKE_TOKEN, {"token": 777}, town.party("retailer").manager, ("777",), "/token")


@breaks("token.not-found")
def revokes_the_token_of_another(town: Settlement) -> Said:
    mine, other = town.party("retailer"), town.party("retailer")
    key = token(town, other.manager, "goods:read")
    return Said(REVOKE_TOKEN, {"token": key.token}, mine.manager, (str(key.token),), "/token")


@breaks("token.already-revoked")
def revoked_twice(town: Settlement) -> Said:
    shop = town.party("retailer")
    key = token(town, shop.manager, "goods:read")
    town.history.say(REVOKE_TOKEN, {"token": key.token}, shop.manager)
    return Said(REVOKE_TOKEN, {"token": key.token}, shop.manager, (str(key.token),), "/token")


GOODS = Kind(
    "goods-tested", {1: lambda *_: pytest.fail("judged")}, lambda *_: (), lambda *_: (), scope="goods:write"
)


@pytest.mark.parametrize(("code", "case"), CASES.params)
def test_refused(town: Settlement, code: str, case: Case[Settlement]) -> None:
    demand_refused(town.history, code, case(town))


ELSEWHERE = {
    "user.login-taken",
    "user.login-unknown",
    "user.login-format",
    "session.credentials-wrong",
}
"""Codes of the room that no decider raises."""


def test_no_rule_is_without_a_case() -> None:
    text = (files("schema.problems") / "parties.toml").read_text(encoding="utf-8")
    codes = {code for code in tomllib.loads(text) if not code.startswith("password.")}
    assert codes - ELSEWHERE == CASES.codes

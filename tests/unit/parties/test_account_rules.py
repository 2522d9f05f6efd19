"""Every rule about ways in, at its boundary: code, field to blame, and the fact in both languages."""

from __future__ import annotations

import tomllib
from datetime import datetime, timedelta
from importlib.resources import files
from typing import Any

import pytest

from service.ledger import PLATFORM, Actor, Kind
from service.parties import (
    DISABLE_USER,
    INVITE_USER,
    ISSUE_TOKEN,
    REGISTER_USER,
    REGISTER_VEHICLE,
    RESET_SECOND_FACTOR,
    TOKEN,
    WITHDRAW_INVITATION,
)
from service.parties.people import MOST_TOKEN_DAYS, TOKEN_DAYS
from tests.history import History
from tests.refusing import Case, Cases, Said, demand_refused
from tests.settlement import SEALED, Settlement

ABOUT_OTHERS = (INVITE_USER, WITHDRAW_INVITATION, RESET_SECOND_FACTOR)


@pytest.fixture
def town() -> Settlement:
    return Settlement(History())


CASES = Cases[Settlement]()
breaks = CASES.breaks


def issued(town: Settlement, actor: Actor, **more: Any) -> Actor:
    """A token that may issue others."""
    data = {"scopes": ["parties:write", "goods:read"], **more}
    return Actor(actor.organisation, token=town.history.say(ISSUE_TOKEN, data, actor).outcome["token"])


@breaks("user.by-person-only")
def makes_a_manager_by_token(town: Settlement) -> Said:
    shop = town.party("retailer")
    data = {"organisation": shop.manager.organisation, "role": "manager", "name": SEALED}
    return Said(REGISTER_USER, data, issued(town, shop.manager))


@breaks("user.by-person-only")
def invites_by_token(town: Settlement) -> Said:
    shop = town.party("retailer")
    return Said(INVITE_USER, {"user": shop.staff.user}, issued(town, shop.manager))


@breaks("user.disabled")
def invites_who_left(town: Settlement) -> Said:
    shop = town.party("retailer")
    town.history.say(DISABLE_USER, {"user": shop.staff.user}, shop.manager)
    return Said(INVITE_USER, {"user": shop.staff.user}, shop.manager, (str(shop.staff.user),), "/user")


@breaks("token.too-long")
def token_for_a_day_more_than_two_years(town: Settlement) -> Said:
    data = {"scopes": ["goods:read"], "valid_days": MOST_TOKEN_DAYS + 1}
    return Said(ISSUE_TOKEN, data, town.party("retailer").manager, ("731", "730"), "/valid_days")


@breaks("token.networks-wider")
def token_opens_a_network_of_which_it_has_half(town: Settlement) -> Said:
    key = issued(town, town.party("retailer").manager, networks=["203.0.113.0/25", "2001:db8::/32"])
    data = {"scopes": ["goods:read"], "networks": ["2001:db8:1::/48", "203.0.113.0/24"]}
    return Said(ISSUE_TOKEN, data, key, ("203.0.113.0/25", "2001:db8::/32"), "/networks")


@breaks("token.networks-wider")
def token_bound_to_a_network_opens_all(town: Settlement) -> Said:
    key = issued(town, town.party("retailer").manager, networks=["203.0.113.0/25"])
    return Said(ISSUE_TOKEN, {"scopes": ["goods:read"]}, key, ("203.0.113.0/25",), "/networks")


@breaks("token.expired")
def token_of_yesterday(town: Settlement) -> Said:
    key = issued(town, town.party("retailer").manager, valid_days=1)
    row = town.history.row(TOKEN, key.token)
    town.history.now(row.expires_at)
    return Said(REGISTER_VEHICLE, {"kind": "van", "plate": SEALED}, key, (str(key.token),))


def about_oneself(kind: Kind) -> Case:
    def case(town: Settlement) -> Said:
        shop = town.party("retailer")
        return Said(kind, {"user": shop.manager.user}, shop.manager, (), "/user")

    return case


def about_a_stranger(kind: Kind) -> Case:
    def case(town: Settlement) -> Said:
        mine, other = town.party("retailer"), town.party("retailer")
        return Said(kind, {"user": other.staff.user}, mine.manager, (str(other.staff.user),), "/user")

    return case


def about_nobody(kind: Kind) -> Case:
    return lambda town: Said(kind, {"user": 777}, town.party("retailer").manager, ("777",), "/user")


def by_staff(kind: Kind) -> Case:
    def case(town: Settlement) -> Said:
        shop = town.party("retailer")
        return Said(kind, {"user": shop.manager.user}, shop.staff)

    return case


for _kind in ABOUT_OTHERS:
    breaks("user.self-service")(about_oneself(_kind))
    breaks("user.not-found")(about_a_stranger(_kind))
    breaks("user.not-found")(about_nobody(_kind))
    breaks("actor.manager-only")(by_staff(_kind))


@pytest.mark.parametrize(("code", "case"), CASES.params)
def test_refused(town: Settlement, code: str, case: Case[Settlement]) -> None:
    demand_refused(town.history, code, case(town))


OUTSIDE = ("invitation.", "sign-in.", "second-factor.", "account.", "message.", "token.address-refused")
"""What no decider judges; tests of tests/integration/parties and …/http do."""


def test_no_rule_is_without_a_case() -> None:
    text = (files("schema.problems") / "accounts.toml").read_text(encoding="utf-8")
    codes = {code for code in tomllib.loads(text) if not code.startswith(OUTSIDE)}
    assert codes <= CASES.codes


@pytest.mark.parametrize("kind", ABOUT_OTHERS)
def test_the_platform_may_help_the_manager_of_another(town: Settlement, kind: Kind) -> None:
    shop = town.party("retailer")
    for actor in (town.platform.manager, PLATFORM):
        assert town.history.say(kind, {"user": shop.manager.user}, actor).outcome == {}


def test_what_is_left_of_a_leaver_may_be_cleared(town: Settlement) -> None:
    shop = town.party("retailer")
    town.history.say(DISABLE_USER, {"user": shop.staff.user}, shop.manager)
    for kind in (WITHDRAW_INVITATION, RESET_SECOND_FACTOR):
        town.history.say(kind, {"user": shop.staff.user}, shop.manager)


@pytest.mark.parametrize("days", [1, MOST_TOKEN_DAYS, None])
def test_a_token_ends_when_it_says(town: Settlement, days: int | None) -> None:
    shop = town.party("retailer")
    data = {"scopes": ["goods:read"]} | ({} if days is None else {"valid_days": days})
    said = town.history.say(ISSUE_TOKEN, data, shop.manager)
    row = town.history.row(TOKEN, said.outcome["token"])
    lives = datetime.fromisoformat(row.expires_at) - datetime.fromisoformat(said.at)
    assert lives == timedelta(days=days or TOKEN_DAYS)
    assert (row.networks, row.issued_by) == ([], shop.manager.user)


def test_a_token_holds_to_its_last_microsecond(town: Settlement) -> None:
    key = issued(town, town.party("retailer").manager, valid_days=1)
    ends = datetime.fromisoformat(town.history.row(TOKEN, key.token).expires_at)
    town.history.now((ends - timedelta(microseconds=1)).isoformat())
    town.history.say(REGISTER_VEHICLE, {"kind": "van", "plate": SEALED}, key)


def test_a_token_gives_networks_that_lie_in_its_own_and_no_more_time(town: Settlement) -> None:
    key = issued(
        town, town.party("retailer").manager, networks=["203.0.113.0/24", "2001:db8::/32"], valid_days=9
    )
    inner = issued(town, key, networks=["203.0.113.128/25", "2001:db8:5::/48"])
    rows = [town.history.row(TOKEN, each.token) for each in (key, inner)]
    assert rows[1].networks == ["203.0.113.128/25", "2001:db8:5::/48"]
    assert rows[1].expires_at == rows[0].expires_at
    assert rows[1].issued_by is None


def test_a_token_without_networks_may_bind_another(town: Settlement) -> None:
    key = issued(town, town.party("retailer").manager)
    assert town.history.row(TOKEN, issued(town, key, networks=["203.0.113.7/32"]).token).networks

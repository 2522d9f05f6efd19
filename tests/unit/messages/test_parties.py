"""Messages about parties: the rules across their fields."""

from __future__ import annotations

from typing import Any

import pytest
from marshmallow import ValidationError

from schema.messages.accounts import SCOPES, USER_ROLES
from schema.messages.fields import refusal
from schema.messages.parties import (
    ROLES,
    OrganisationRegistration,
)
from schema.messages.policies import (
    CATEGORIES,
    DEFAULTS,
    FACILITY_KINDS,
    PAPERS,
    ZONE_KINDS,
    PolicyDocument,
    PolicyEnactment,
)
from service.goods.state import Paper
from service.parties import FacilityKind, Role, Scope, UserRole, ZoneKind, shipped_policies

UNCHECKED = "91350211M0000XUF46"
"""A real code whose check does not hold (domain/identifiers.md)."""


def registration(**changes: Any) -> dict[str, Any]:
    data = {"uscc": "91110000600037341L", "name": "某公司", "roles": ["retailer"], "region": "210100"}
    return {**data, **changes}


def codes(schema: Any, data: Any) -> list[tuple[str | None, str]]:
    with pytest.raises(ValidationError) as caught:
        schema.load(data)
    return [(cause.field, cause.code) for cause in refusal(caught.value).causes]


def test_a_code_that_fails_its_check_needs_a_reason() -> None:
    schema = OrganisationRegistration()
    assert codes(schema, registration(uscc=UNCHECKED)) == [("/uscc", "identifier.uscc-check")]
    reason = "执照上确为此码"
    assert schema.load(registration(uscc=UNCHECKED, uscc_reason=reason))["uscc_reason"] == reason


def test_a_reason_does_not_excuse_the_form() -> None:
    data = registration(uscc="9135", uscc_reason="x")
    assert codes(OrganisationRegistration(), data) == [("/uscc", "identifier.uscc-length")]


def test_enhanced_control_names_something() -> None:
    document = {**shipped_policies()[""], "enhanced": [{"category": "aquatic"}, {}]}
    found = codes(PolicyEnactment(), {"region": "21", "document": document})
    assert found == [("/document/enhanced/1", "policy.enhanced-empty")]


NEEDED = sorted(name for name, field in PolicyDocument().fields.items() if field.required)


def test_what_a_policy_may_leave_out_has_a_default() -> None:
    assert {*PolicyDocument().fields} - {*NEEDED} == {*DEFAULTS, "label"}
    PolicyDocument().load({**shipped_policies()[""], **DEFAULTS})


@pytest.mark.parametrize("name", NEEDED)
def test_a_policy_says_everything_else(name: str) -> None:
    document = {key: value for key, value in shipped_policies()[""].items() if key != name}
    found = codes(PolicyEnactment(), {"region": "", "document": document})
    assert found == [(f"/document/{name}", "message.required")]


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        (ROLES, Role),
        (FACILITY_KINDS, FacilityKind),
        (ZONE_KINDS, ZoneKind),
        (USER_ROLES, UserRole),
        (SCOPES, Scope),
        (PAPERS, Paper),
        (CATEGORIES, ("aquatic", "poultry", "livestock", "other")),
    ],
)
def test_the_words_of_messages_are_those_of_the_rules(words: tuple[str, ...], meant: Any) -> None:
    assert sorted(words) == sorted(map(str, meant))


def test_papers_are_asked_for_where_goods_wait() -> None:
    document = {**shipped_policies()[""], "quarantine": False}
    found = codes(PolicyEnactment(), {"region": "21", "document": document})
    assert found == [("/document/required", "policy.papers-without-quarantine")]
    PolicyEnactment().load({"region": "21", "document": {**document, "required": []}})


@pytest.mark.parametrize(
    ("days", "field", "code"),
    [
        (3651, "", "message.range"),
        ("30", "", "message.integer"),
        (None, "", "message.null"),
        ({"goods-sold": 3}, "/default", "message.required"),
        ({"default": 3, "goods-sold": -1}, "", "message.range"),
        ({"default": 3, "Goods sold": 1}, "", "policy.kind-malformed"),
    ],
)
def test_how_far_back_is_days_or_days_by_kind(days: Any, field: str, code: str) -> None:
    document = {**shipped_policies()[""], "back_dating_days": days}
    found = codes(PolicyEnactment(), {"region": "21", "document": document})
    assert found == [(f"/document/back_dating_days{field}", code)]


@pytest.mark.parametrize("name", ["Market", "market-entry", "_market", "a" * 41, ""])
def test_a_regime_has_a_plain_name(name: str) -> None:
    said = {"region": "", "regime": name, "document": shipped_policies()[""]}
    assert codes(PolicyEnactment(), said) == [("/regime", "policy.regime-malformed")]


def test_the_whole_country_is_no_digits() -> None:
    said = {"region": "100000", "document": shipped_policies()[""]}
    assert PolicyEnactment().load(said)["region"] == ""

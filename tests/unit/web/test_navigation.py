"""Where people of an organisation are led, by what it is."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from service.http.readers import ReaderKind
from service.parties import Role, UserRole
from service.web.navigation import GROUPS, _grouped, _paths

BUSINESSES = (
    *(Role.FIRST_STATION, Role.COLD_STORE, Role.PROCESSOR, Role.WHOLESALER, Role.RETAILER),
    *(Role.IMPORTER, Role.CARRIER),
)
AUTHORITY = (
    *("/findings", "/refused", "/holds", "/coverage", "/stock", "/access-log", "/staff", "/policies"),
    *("/lots", "/search"),
)


def led(kind: ReaderKind, *roles: Role, user: UserRole = UserRole.STAFF) -> list[str]:
    visit: Any = SimpleNamespace(reader=SimpleNamespace(kind=kind, user_role=user))
    return list(_paths(visit, frozenset(map(str, roles))))


@pytest.mark.parametrize("role", BUSINESSES)
def test_every_business_finds_what_it_must_answer_and_the_rules_it_is_judged_by(role: Role) -> None:
    places = led(ReaderKind.ORGANISATION, role)
    assert {"/findings", "/policies"} <= set(places)
    assert len(places) == len(set(places)), "each once"


@pytest.mark.parametrize("kind", [ReaderKind.REGULATOR, ReaderKind.AUDITOR])
def test_who_watches_finds_all_that_there_is_to_watch(kind: ReaderKind) -> None:
    places = led(kind, user=UserRole.MANAGER)
    assert set(AUTHORITY) <= set(places)
    assert len(places) == len(set(places))


def test_the_operator_is_led_to_no_goods() -> None:
    assert led(ReaderKind.PLATFORM, user=UserRole.MANAGER) == [
        *("/organisations", "/label-keys", "/policies", "/organisation"),
    ]


def test_every_place_stands_under_one_heading() -> None:
    kinds = [kind for kind in ReaderKind if kind is not ReaderKind.PUBLIC]
    anywhere = {path for kind in kinds for path in led(kind, *BUSINESSES, user=UserRole.MANAGER)}
    listed = [path for paths in GROUPS.values() for path in paths]
    assert len(listed) == len(set(listed))
    assert set(listed) == anywhere


def test_a_heading_without_a_place_is_left_out_and_the_page_knows_its_place() -> None:
    (goods, own) = _grouped({"/lots", "/notices", "/units"}, "/lots/17000", 3)
    assert (goods.key, own.key) == ("nav_group.goods", "nav_group.organisation")
    assert [(place.path, place.here, place.mark) for place in goods.places] == [
        ("/lots", True, 0),
        ("/units", False, 0),
    ]
    assert [place.mark for place in own.places] == [3]

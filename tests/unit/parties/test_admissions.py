"""What the rules let in, just inside their boundaries, and the rows that it leaves."""

from __future__ import annotations

import pytest

from service.ledger import PLATFORM, Actor
from service.ledger.kinds import Context, Decision, Kind
from service.parties import (
    DISABLE_USER,
    FACILITY,
    FILE_FACILITY,
    FIRST_STATIONS,
    ISSUE_TOKEN,
    ORGANISATION,
    REGISTER_ORGANISATION,
    REGISTER_USER,
    REGISTER_VEHICLE,
    REINSTATE_ORGANISATION,
    REVOKE_TOKEN,
    SUSPEND_ORGANISATION,
    TOKEN,
    USCC,
    USER,
    VEHICLE,
    FacilityKind,
    organisation_by_uscc,
)
from service.parties.filing.facilities import ROLES
from tests.settlement import REGISTER, SEALED, Settlement, uscc


def test_an_organisation_is_found_by_its_code(town: Settlement) -> None:
    data = {
        "uscc": uscc(900),
        "name": "青岛冷链有限公司",
        "name_en": "Qingdao Cold Chain",
        "roles": ["first_station", "cold_store"],
        "region": "370200",
    }
    id_ = town.history.say(REGISTER_ORGANISATION, data, town.platform.manager).outcome["organisation"]
    row = town.history.row(ORGANISATION, id_)
    assert (row.name, row.name_en, row.roles) == (data["name"], data["name_en"], data["roles"])
    assert (row.uscc, row.region, row.active) == (data["uscc"], "370200", True)
    assert organisation_by_uscc(town.history.world, uscc(900)) == row
    assert organisation_by_uscc(town.history.world, uscc(901)) is None
    assert town.history.row(USCC, uscc(900)).organisation == id_


def test_a_sole_traders_name_is_not_shown(town: Settlement) -> None:
    known_as = REGISTER.of(uscc(900, prefix="92"))
    data = {"uscc": known_as, "uscc_code": SEALED, "name": SEALED, "name_en": SEALED, "roles": ["retailer"],
            "region": "210100"}  # fmt: skip
    id_ = town.history.say(REGISTER_ORGANISATION, data, PLATFORM).outcome["organisation"]
    row = town.history.row(ORGANISATION, id_)
    assert (row.name, row.name_en, row.uscc) == ("", None, known_as)
    assert organisation_by_uscc(town.history.world, known_as) == row


def test_suspended_and_reinstated(town: Settlement) -> None:
    shop = town.party("retailer")
    said = {"organisation": shop.organisation, "reason": SEALED}
    town.history.say(SUSPEND_ORGANISATION, said, town.platform.manager)
    assert not town.history.row(ORGANISATION, shop.organisation).active
    town.history.say(REINSTATE_ORGANISATION, said, town.platform.manager)
    assert town.history.row(ORGANISATION, shop.organisation).active
    town.facility(shop, "shop")


@pytest.mark.parametrize("kind", FacilityKind)
def test_each_role_of_a_place_is_enough(town: Settlement, kind: FacilityKind) -> None:
    for role in sorted(ROLES[kind]):
        place = town.facility(town.party(role), kind)
        assert town.history.row(FACILITY, place).kind == kind


@pytest.mark.parametrize("kind", FacilityKind)
def test_no_other_role_is(town: Settlement, kind: FacilityKind) -> None:
    trading = {role for roles in ROLES.values() for role in roles} | {"carrier", "auditor"}
    for role in sorted(trading - ROLES[kind]):
        data = {
            "kind": kind.value,
            "name": "x",
            "region": "210100",
            "address": "x",
            "filing": "1",
            "zones": [],
        }
        refusal = town.history.refused(FILE_FACILITY, data, town.party(role).manager)
        assert refusal.code == "facility.kind-needs-role"


def test_zones_are_numbered_as_they_were_filed(town: Settlement) -> None:
    place = town.facility(town.party("first_station"), "first_station", "imported", "independent")
    row = town.history.row(FACILITY, place)
    first = {"edition": row.version, "from": [], "closed": False}
    assert row.zones == [
        {"no": 1, "name": "1 区", "kind": "imported", **first},
        {"no": 2, "name": "2 区", "kind": "independent", **first},
    ]


@pytest.mark.parametrize("zone", ["quarantine", "independent"])
@pytest.mark.parametrize("kind", sorted(FIRST_STATIONS))
def test_either_zone_before_release_is_enough(town: Settlement, kind: str, zone: str) -> None:
    town.facility(town.party("first_station"), kind, zone)


@pytest.mark.parametrize("kind", ["market", "shop", "restaurant"])
def test_shops_need_neither_filing_nor_zones(town: Settlement, kind: str) -> None:
    data = {"kind": kind, "name": "x", "region": "210100", "address": "x"}
    said = town.history.say(FILE_FACILITY, data, town.party("retailer").manager)
    assert town.history.row(FACILITY, said.outcome["facility"]).zones == []


def test_a_plant_has_zones_and_no_filing(town: Settlement) -> None:
    data = {"kind": "processing_plant", "name": "x", "region": "210100", "address": "x"}
    plant = town.party("processor")
    assert town.history.refused(FILE_FACILITY, data, plant.manager).code == "facility.zones-missing"
    town.history.say(FILE_FACILITY, {**data, "zones": [{"name": "1", "kind": "imported"}]}, plant.manager)


def test_a_vehicle_keeps_its_plate_private(town: Settlement) -> None:
    carrier = town.party("carrier")
    said = town.history.say(REGISTER_VEHICLE, {"kind": "truck", "plate": SEALED}, carrier.manager)
    row = town.history.row(VEHICLE, said.outcome["vehicle"])
    assert (row.organisation, row.kind, row.plate, row.active) == (
        carrier.organisation,
        "truck",
        SEALED,
        True,
    )


def test_managers_register_both_roles(town: Settlement) -> None:
    shop = town.party("retailer")
    for role in ("manager", "staff"):
        actor = town.user(shop.organisation, role, shop.manager)
        assert actor.user is not None
        row = town.history.row(USER, actor.user)
        assert (row.organisation, row.role, row.active) == (shop.organisation, role, True)


def test_the_platform_registers_its_own_staff(town: Settlement) -> None:
    data = {"organisation": town.platform.organisation, "role": "staff", "name": SEALED}
    town.history.say(REGISTER_USER, data, town.platform.manager)


def test_the_platform_disables_and_revokes_for_others(town: Settlement) -> None:
    shop = town.party("retailer")
    key = town.history.say(ISSUE_TOKEN, {"scopes": ["goods:write"]}, shop.manager).outcome["token"]
    town.history.say(REVOKE_TOKEN, {"token": key}, town.platform.manager)
    town.history.say(DISABLE_USER, {"user": shop.manager.user}, town.platform.manager)
    assert not town.history.row(TOKEN, key).active
    assert shop.manager.user is not None
    assert not town.history.row(USER, shop.manager.user).active


def test_a_token_may_give_what_it_has(town: Settlement) -> None:
    shop = town.party("retailer")
    scopes = ["parties:write", "goods:write"]
    first = town.history.say(ISSUE_TOKEN, {"scopes": scopes}, shop.manager).outcome["token"]
    second = town.history.say(ISSUE_TOKEN, {"scopes": scopes}, Actor(shop.organisation, token=first))
    row = town.history.row(TOKEN, second.outcome["token"])
    assert (row.organisation, row.scopes, row.active) == (shop.organisation, scopes, True)


def test_a_regulator_reads_with_a_token(town: Settlement) -> None:
    regulator = town.party("regulator", region="210000")
    town.history.say(ISSUE_TOKEN, {"scopes": ["regulator:read"]}, regulator.manager)


def test_the_scope_that_a_kind_asks_for_is_enough(town: Settlement) -> None:
    goods = Kind("goods-tested", {1: _admit}, lambda *_: (), lambda *_: (), scope="goods:write")
    shop = town.party("retailer")
    key = town.history.say(ISSUE_TOKEN, {"scopes": ["goods:write"]}, shop.manager).outcome["token"]
    town.history.say(goods, {}, Actor(shop.organisation, token=key))
    town.history.say(goods, {}, shop.staff)


def _admit(_data: object, ctx: Context, _world: object) -> Decision:
    return Decision(outcome={"at": ctx.at})

"""Facilities with their zones, and vehicles: filed by the managers of their own organisation.

Rules: a kind of place needs a role of its organisation; stores and plants are filed and have zones; a first
station has a zone for goods before their release. A zone's number is its place in the filing, from 1.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from schema.problems import Refusal
from service.ledger import Context, Data, Decision, Kind, Statement, Stream, World
from service.parties.speakers import demand_manager, organisation_of
from service.parties.standing import Scope
from service.parties.state import (
    BEFORE_RELEASE,
    FIRST_STATIONS,
    Facility,
    FacilityKind,
    Role,
    Vehicle,
    in_clear,
)

ROLES: Mapping[str, frozenset[Role]] = {
    FacilityKind.FIRST_STATION: frozenset({Role.FIRST_STATION}),
    FacilityKind.CENTRAL_WAREHOUSE: frozenset({Role.FIRST_STATION}),
    FacilityKind.THIRD_PARTY_STORE: frozenset({Role.COLD_STORE}),
    FacilityKind.OWN_USE_STORE: frozenset({Role.IMPORTER, Role.PROCESSOR, Role.WHOLESALER, Role.RETAILER}),
    FacilityKind.PROCESSING_PLANT: frozenset({Role.PROCESSOR}),
    FacilityKind.MARKET: frozenset({Role.WHOLESALER, Role.RETAILER}),
    FacilityKind.SHOP: frozenset({Role.RETAILER}),
    FacilityKind.RESTAURANT: frozenset({Role.RETAILER}),
}
"""Any one of which an organisation needs to file a place of the kind."""

STORES = FIRST_STATIONS | {FacilityKind.THIRD_PARTY_STORE, FacilityKind.OWN_USE_STORE}
ZONED = STORES | {FacilityKind.PROCESSING_PLANT}


def _decide_filing(data: Data, ctx: Context, world: World) -> Decision:
    organisation = organisation_of(ctx, world)
    demand_manager(ctx, world)
    kind = data["kind"]
    if not ROLES[kind].intersection(organisation.roles):
        wanted = ", ".join(sorted(ROLES[kind]))
        raise Refusal("facility.kind-needs-role", field="/kind", kind=kind, roles=wanted)
    if kind in STORES and data.get("filing") is None:
        raise Refusal("filing.missing", field="/filing", kind=kind)
    _check_zones(kind, data.get("zones", []))
    return Decision(outcome={"facility": ctx.id()})


def _check_zones(kind: str, zones: list[Data]) -> None:
    if kind in ZONED and not zones:
        raise Refusal("facility.zones-missing", field="/zones", kind=kind)
    if kind in FIRST_STATIONS and not any(zone["kind"] in BEFORE_RELEASE for zone in zones):
        raise Refusal("facility.quarantine-zone-missing", field="/zones", kind=kind)
    names = [zone["name"] for zone in zones]
    for index, name in enumerate(names):
        if name in names[:index]:
            raise Refusal("facility.zone-name-twice", field=f"/zones/{index}/name", name=name)


def _project_filing(statement: Statement, position: int, _world: World) -> Iterable[Any]:
    data = statement.data
    yield Facility(
        id=statement.outcome["facility"],
        organisation=statement.actor.organisation,
        kind=data["kind"],
        name=in_clear(data["name"]) or "",
        name_en=in_clear(data.get("name_en")),
        region=data["region"],
        address=in_clear(data["address"]) or "",
        filing=data.get("filing"),
        zones=[{"no": no, **zone} for no, zone in enumerate(data.get("zones", []), start=1)],
        active=True,
        version=position,
    )


def _decide_vehicle(_data: Data, ctx: Context, world: World) -> Decision:
    organisation_of(ctx, world)
    demand_manager(ctx, world)
    return Decision(outcome={"vehicle": ctx.id()})


def _project_vehicle(statement: Statement, position: int, _world: World) -> Iterable[Any]:
    yield Vehicle(
        id=statement.outcome["vehicle"],
        organisation=statement.actor.organisation,
        kind=statement.data["kind"],
        plate=statement.data["plate"],
        active=True,
        version=position,
    )


def _read_nothing(_data: Data, _world: World) -> Iterable[Stream]:
    return ()


FILE_FACILITY = Kind(
    "facility-filed", {1: _decide_filing}, _project_filing, _read_nothing, scope=Scope.PARTIES_WRITE
)
REGISTER_VEHICLE = Kind(
    "vehicle-registered", {1: _decide_vehicle}, _project_vehicle, _read_nothing, scope=Scope.PARTIES_WRITE
)

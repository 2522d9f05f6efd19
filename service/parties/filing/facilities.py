"""Facilities with their zones: filed by the managers of their own organisation.

Rules: a kind of place needs a role of its organisation; stores and plants are filed and have zones; a first
station has a zone for goods before their release. Who says when a place began is held to the filing clock.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from schema.problems import Refusal
from service.ledger import Context, Data, Decision, Kind, Statement, Stream, World
from service.parties.filing.changes import concerning, filed_late, not_in_future
from service.parties.filing.zones import STORES, demand_fit, first_zones
from service.parties.lookups import policy_for, policy_streams
from service.parties.speakers import demand_manager, organisation_of
from service.parties.standing import Scope
from service.parties.state import Facility, FacilityKind, Role, in_clear

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


def _decide_filing(data: Data, ctx: Context, world: World) -> Decision:
    organisation = organisation_of(ctx, world)
    demand_manager(ctx, world)
    kind = data["kind"]
    if not ROLES[kind].intersection(organisation.roles):
        wanted = ", ".join(sorted(ROLES[kind]))
        raise Refusal("facility.kind-needs-role", field="/kind", kind=kind, roles=wanted)
    if kind in STORES and data.get("filing") is None:
        raise Refusal("filing.missing", field="/filing", kind=kind)
    zones = data.get("zones", [])
    demand_fit(kind, zones, added=len(zones))
    outcome = {"facility": ctx.id()}
    if "began_on" not in data:
        return Decision(outcome)
    began = not_in_future(data["began_on"], ctx, "/began_on")
    policy = policy_for(world, data["region"], ctx.recorded)
    breach = [*filed_late(began, ctx, policy)]
    return Decision(outcome | concerning(ctx.id(), data["region"], breach), policy.version, breach)


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
        zones=first_zones(data.get("zones", []), position),
        active=True,
        began_on=data.get("began_on"),
        version=position,
    )


def _reads(data: Data, _world: World) -> Iterable[Stream]:
    if "began_on" in data:
        yield from policy_streams(data["region"])


FILE_FACILITY = Kind(
    "facility-filed", {2: _decide_filing}, _project_filing, _reads, scope=Scope.PARTIES_WRITE
)
KINDS = [FILE_FACILITY]

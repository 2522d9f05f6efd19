"""Where goods of a regime may be registered first: the kinds of place and of zone that its policy names.

For goods from a port or another province these are first stations; a wholesale market may be one for what
enters there.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from schema.problems import Refusal
from service.goods.movements.rules import own_facility, zone_of
from service.goods.state import UnitState
from service.ledger import Context, World
from service.parties import Facility, Policy, policy_for
from service.parties.filing.zones import zone_closed


def first_station(
    facility_id: int, regime: str, ctx: Context, world: World, field: str = "/facility"
) -> tuple[Facility, Policy]:
    """The actor's own place, in service and fit to take goods of ``regime`` first, with the policy there.

    Raises Refusal ``facility.not-found``, ``facility.inactive``, ``station.not-first`` or ``policy.…``.
    """
    facility = own_facility(facility_id, ctx, world, field)
    policy = policy_for(world, facility.region, ctx.recorded, regime)
    for fault in station_faults(facility, policy.document["first_stations"]):
        raise fault.at(field)
    return facility, policy


def first_zone(number: int, facility: Facility, state: UnitState, policy: Policy) -> Mapping[str, Any]:
    """The zone that goods of that state are put into first. Raises Refusal ``zone.not-found``,
    ``zone.closed``, or ``zone.kind-unfit`` where ``policy`` has them lie elsewhere."""
    zone = zone_of(facility, number)
    for closed in zone_closed(zone, facility, "/zone"):
        raise closed
    quarantined = state is UnitState.QUARANTINED
    allowed = policy.document["zones_before_release" if quarantined else "zones_after_release"]
    if zone["kind"] not in allowed:
        raise Refusal(
            "zone.kind-unfit",
            field="/zone",
            facility=facility.id,
            zone=zone["no"],
            kind=zone["kind"],
            state=state.value,
            allowed=", ".join(allowed),
        )
    return zone


def station_faults(facility: Facility, kinds: Collection[str]) -> Iterator[Refusal]:
    """What keeps a place from taking goods first, where only ``kinds`` may."""
    if not facility.active:
        yield Refusal("facility.inactive", facility=facility.id)
    if facility.kind not in kinds:
        yield Refusal("station.not-first", facility=facility.id, kind=facility.kind, allowed=", ".join(kinds))

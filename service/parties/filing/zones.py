"""Zones of a place in their editions: numbered once, never reused, closed by being re-partitioned.

Rules: a new zone is made of zones that are open, or of none where a place grows; whatever it is made of is
closed from then on, and so is what is given up. Goods that lie in a closed zone stay there on record until
somebody moves them; putting goods into one breaks ``zone.closed``. What remains has the zones that a place of
its kind must have, each under a name of its own.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from schema.problems import Refusal
from service.ledger import Context, Data, Decision, Kind, Statement, World
from service.parties.filing.changes import concerning, not_in_future, own_place, place_streams, told_late
from service.parties.lookups import policy_for
from service.parties.standing import Scope
from service.parties.state import BEFORE_RELEASE, FACILITY, FIRST_STATIONS, Facility, FacilityKind

STORES = FIRST_STATIONS | {FacilityKind.THIRD_PARTY_STORE, FacilityKind.OWN_USE_STORE}
ZONED = STORES | {FacilityKind.PROCESSING_PLANT}
MOST_ZONES = 999
"""Zones that a place may have had in all."""

Zone = Mapping[str, Any]


def zone_closed(zone: Zone, facility: Facility, field: str = "/zone") -> Iterator[Refusal]:
    """The rule that one breaks who puts goods into a zone that was re-partitioned or given up."""
    if zone.get("closed"):
        into = [each["no"] for each in facility.zones if zone["no"] in each.get("from", ())]
        yield Refusal(
            "zone.closed",
            field=field,
            facility=facility.id,
            zone=zone["no"],
            into=", ".join(map(str, into)) or None,
        )


def open_zones(facility: Facility) -> list[dict[str, Any]]:
    """The zones that goods may be put into."""
    return [zone for zone in facility.zones if not zone.get("closed")]


def first_zones(zones: Iterable[Data], position: int) -> list[dict[str, Any]]:
    """The zones of a filing, numbered from 1."""
    return _numbered(zones, 1, position)


def demand_fit(kind: str, zones: Sequence[Zone], added: int = 0) -> None:
    """What a place of ``kind`` must have. The last ``added`` zones are to blame for a name that stands twice.

    Raises Refusal ``facility.…``.
    """
    if kind in ZONED and not zones:
        raise Refusal("facility.zones-missing", field="/zones", kind=kind)
    if kind in FIRST_STATIONS and not any(zone["kind"] in BEFORE_RELEASE for zone in zones):
        raise Refusal("facility.quarantine-zone-missing", field="/zones", kind=kind)
    names = [zone["name"] for zone in zones]
    for index, name in enumerate(names):
        if name in names[:index]:
            place = index - (len(names) - added)
            raise Refusal("facility.zone-name-twice", field=f"/zones/{place}/name", name=name)


def _decide(data: Data, ctx: Context, world: World) -> Decision:
    facility = own_place(data, ctx, world)
    happened = not_in_future(data["happened_at"], ctx, "/happened_at")
    gone = _gone(data, facility)
    left = [zone for zone in open_zones(facility) if zone["no"] not in gone]
    demand_fit(facility.kind, [*left, *data["zones"]], added=len(data["zones"]))
    if len(facility.zones) + len(data["zones"]) > MOST_ZONES:
        raise Refusal("facility.zones-exhausted", field="/zones", facility=facility.id, most=MOST_ZONES)
    policy = policy_for(world, facility.region, ctx.recorded)
    first = len(facility.zones) + 1
    breach = [*told_late(happened, ctx, policy, "/happened_at")]
    made = {"zones": [*range(first, first + len(data["zones"]))], "closed": sorted(gone)}
    return Decision(made | concerning(facility.id, facility.region, breach), policy.version, breach)


def _gone(data: Data, facility: Facility) -> set[int]:
    """The numbers of the zones that are closed by this. Raises Refusal ``zone.…``."""
    named = [(number, "/gives_up") for number in data.get("gives_up", [])]
    for place, zone in enumerate(data["zones"]):
        named += [(number, f"/zones/{place}/from") for number in zone["from"]]
    known = {zone["no"]: zone for zone in facility.zones}
    for number, field in named:
        if number not in known:
            raise Refusal("zone.not-found", field=field, facility=facility.id, zone=number)
        for closed in zone_closed(known[number], facility, field):
            raise closed
    if not named and not data["zones"]:
        raise Refusal("filing.nothing-changed")
    return {number for number, _ in named}


def _project(statement: Statement, position: int, world: World) -> Iterable[Any]:
    data, gone = statement.data, statement.outcome["closed"]
    facility = world.row(FACILITY, data["facility"])
    kept = [_closed(zone, gone) for zone in facility.zones]
    zones = [*kept, *_numbered(data["zones"], len(kept) + 1, position)]
    yield replace(facility, zones=zones, version=position)


def _closed(zone: dict[str, Any], gone: Collection[int]) -> dict[str, Any]:
    return {**zone, "closed": True} if zone["no"] in gone else zone


def _numbered(zones: Iterable[Data], first: int, position: int) -> list[dict[str, Any]]:
    made = {"edition": position, "from": [], "closed": False}
    return [{"no": no, **made, **zone} for no, zone in enumerate(zones, start=first)]


REPARTITION_ZONES = Kind(
    "zones-repartitioned", {1: _decide}, _project, place_streams, scope=Scope.PARTIES_WRITE
)
KINDS = [REPARTITION_ZONES]

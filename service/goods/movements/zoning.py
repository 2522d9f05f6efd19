"""Independent zones take goods of one arrival at a time, where the policy says so.

Rules kept here: what an independent zone holds is a stream of its own – the families of lots that were put
into it since it was last cleared; goods of another family break ``zone.family-mixed``. The store says when a
zone was cleared: goods leave a zone in many ways, and it is cleaned besides. What the ledger still has there
is shown beside it. Other zones are kept apart by their kinds (rules.py).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from schema.problems import Refusal
from service.goods import timing
from service.goods.movements import rules
from service.incidents.breaches import decided
from service.ledger import Context, Data, Decision, Kind, Projection, Statement, Stream, World
from service.parties import Facility, Policy, ZoneKind, policy_for

Zone = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ZoneUse:
    """The families that were put into a zone since it was last cleared. ``key`` is ``facility/zone``."""

    key: str
    families: list[int]
    version: int


ZONE_USE = Projection(ZoneUse, name="zone-use", queries="goods/zone_use", key="key")


def _key(facility: int, zone: int) -> str:
    return f"{facility}/{zone}"


def _keeps_one(zone: Zone, policy: Policy) -> bool:
    return bool(zone["kind"] == ZoneKind.INDEPENDENT and policy.document["one_family_in_independent_zones"])


def _families(zone: Zone, facility: Facility, world: World) -> list[int]:
    use = world.get(ZONE_USE, _key(facility.id, zone["no"]))
    return [] if use is None else use.families


def mixed(
    zone: Zone,
    facility: Facility,
    families: Collection[int],
    policy: Policy,
    world: World,
    field: str = "/zone",
) -> Iterator[Refusal]:
    """The rule that one breaks who puts goods of ``families`` beside those of another one, or each other."""
    if not families or not _keeps_one(zone, policy):
        return
    family = min(families)
    others = sorted({*_families(zone, facility, world), *families} - {family})
    if others:
        yield Refusal(
            "zone.family-mixed",
            field=field,
            facility=facility.id,
            zone=zone["no"],
            family=family,
            others=", ".join(map(str, others)),
        )


def occupies(zone: Zone, facility: Facility, families: Collection[int], policy: Policy, world: World) -> Data:
    """What belongs into the outcome of a statement that puts goods there: all families that are there."""
    if not families or not _keeps_one(zone, policy):
        return {}
    there = sorted({*_families(zone, facility, world), *families})
    return {"occupies": {"zone": _key(facility.id, zone["no"]), "families": there}}


def entered(statement: Statement, position: int) -> Iterator[ZoneUse]:
    """The zone's row after a statement whose outcome says what it put there."""
    said = statement.outcome.get("occupies")
    if said is not None:
        yield ZoneUse(said["zone"], said["families"], position)


def zone_streams(facility: int, zone: int) -> Iterator[Stream]:
    """The stream that ``mixed`` and ``occupies`` read."""
    yield ZONE_USE, _key(facility, zone)


def _decide(data: Data, ctx: Context, world: World) -> Decision:
    facility = rules.own_facility(data["facility"], ctx, world)
    zone = rules.zone_of(facility, data["zone"])
    policy = policy_for(world, facility.region, ctx.recorded)
    broken: list[Refusal] = []
    timing.happened(data["happened_at"], ctx, policy, broken=broken)
    if not _families(zone, facility, world):
        raise Refusal("zone.already-clear", field="/zone", facility=facility.id, zone=zone["no"])
    return decided(ctx, {}, policy, broken, facility=facility)


def _project(statement: Statement, position: int, _world: World) -> Iterable[Any]:
    yield ZoneUse(_key(statement.data["facility"], statement.data["zone"]), [], position)


def _reads(data: Data, world: World) -> Iterator[Stream]:
    yield from rules.facility_streams(data["facility"], world)
    yield from zone_streams(data["facility"], data["zone"])


CLEAR_ZONE = Kind("zone-cleared", {1: _decide}, _project, _reads)
KINDS = [CLEAR_ZONE]
PROJECTIONS: list[Projection[Any]] = [ZONE_USE]

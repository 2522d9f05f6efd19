"""First stations: the only places where goods from a port or another province are stored first."""

from __future__ import annotations

from collections.abc import Iterator

from schema.problems import Refusal
from service.goods.movements.rules import own_facility
from service.ledger import Context, World
from service.parties import FIRST_STATIONS, Facility


def first_station(facility_id: int, ctx: Context, world: World, field: str = "/facility") -> Facility:
    """The actor's own first station, in service.

    Raises Refusal ``facility.not-found``, ``facility.inactive`` or ``station.not-first``.
    """
    facility = own_facility(facility_id, ctx, world, field)
    for fault in station_faults(facility):
        raise fault.at(field)
    return facility


def station_faults(facility: Facility) -> Iterator[Refusal]:
    """What keeps a place from acting as a first station."""
    if not facility.active:
        yield Refusal("facility.inactive", facility=facility.id)
    if facility.kind not in FIRST_STATIONS:
        yield Refusal("station.not-first", facility=facility.id, kind=facility.kind)

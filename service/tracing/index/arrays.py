"""All that the index holds: units, nodes, movements, stays and handlings under dense numbers, as of one
position.

Whoever reads holds them still meanwhile (``TraceIndex.reading``): rows are changed in place.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import numpy as np

from service.tracing.index.adjacency import Adjacency
from service.tracing.index.columns import NONE, Array, Table
from service.tracing.index.edges import Edges
from service.tracing.index.handlings import Handlings
from service.tracing.index.ids import Ids
from service.tracing.index.stays import Stays
from service.tracing.index.units import STATES, Units, Waste

ZONE, VEHICLE, SHIPMENT = 0, 1, 2
"""What a place is: the upper bits of its key, see ``place_of``."""
_KIND_SHIFT, _ZONE_BITS = 60, 20
IN_TRANSIT = STATES.index("in_transit")


def zone_keys(facilities: Array, zones: Array) -> Array:
    """The key of a zone: ``facilities`` are dense numbers, a zone of NONE is the place as a whole (zone
    0)."""
    return (facilities.astype(np.int64) << _ZONE_BITS) | np.maximum(zones, 0)


def trip_keys(vehicles: Array, shipments: Array) -> Array:
    """The key of a trip: its vehicle's where that is known, else the shipment's; both as ids."""
    known = vehicles != NONE
    kinds = np.where(known, VEHICLE, SHIPMENT).astype(np.int64)
    return (kinds << _KIND_SHIFT) | np.where(known, vehicles, shipments)


def place_of(key: int) -> tuple[int, int, int]:
    """What a place is: (ZONE, dense number of the facility, zone) or (VEHICLE or SHIPMENT, id, 0)."""
    kind, rest = key >> _KIND_SHIFT, key & ((1 << _KIND_SHIFT) - 1)
    return (kind, rest >> _ZONE_BITS, rest & ((1 << _ZONE_BITS) - 1)) if kind == ZONE else (kind, rest, 0)


class Shipments(Table):
    """Under the dense number of each shipment (``Arrays.shipment_ids``): the ``place`` that goods on the road
    are at, its vehicle or, where that is not known, the shipment itself."""

    types: ClassVar[Mapping[str, str]] = {"place": "i4"}

    place: Array


class Arrays:
    """The index as of ``position``: statements before it are known.

    ``nodes`` numbers units and nodes of transformations, ``units`` has a row for each; ``lots``,
    ``organisations``, ``facilities``, ``shipment_ids`` and ``places`` (by key, see ``place_of``) number what
    columns speak of. ``of_lot`` leads from lots to the units of each.
    """

    def __init__(self) -> None:
        self.position = 0
        self.nodes = Ids()
        self.units = Units()
        self.waste = Waste()
        self.lots = Ids()
        self.organisations = Ids()
        self.facilities = Ids()
        self.shipment_ids = Ids()
        self.shipments = Shipments()
        self.places = Ids()
        self.edges = Edges()
        self.stays = Stays()
        self.handlings = Handlings()
        self.of_lot = Adjacency()

    def present_place(self, nodes: Array) -> Array:
        """Where units are now, or were last: numbers of ``places``; NONE for nodes and what was never
        anywhere."""
        places = self.units.place[nodes]
        moving = np.flatnonzero(self.units.state[nodes] == IN_TRANSIT)
        places[moving] = self.shipments.place[self.units.shipment[nodes[moving]]]
        return places

"""All that the index holds: units, nodes, movements, stays and handlings under dense numbers, as of one
position.

Whoever reads holds them still meanwhile (``TraceIndex.reading``): rows are changed in place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from service.tracing.index.adjacency import Adjacency
from service.tracing.index.columns import EVER, NONE, Array, Table, distinct
from service.tracing.index.edges import Edges
from service.tracing.index.handlings import Handlings
from service.tracing.index.ids import Ids
from service.tracing.index.rows import Rows
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


def place_kinds(keys: Array) -> tuple[Array, Array]:
    """Which of the places with these keys are zones, and which vehicles."""
    kinds = keys >> _KIND_SHIFT
    return kinds == ZONE, kinds == VEHICLE


class Shipments(Table):
    """Under the dense number of each shipment (``Arrays.shipment_ids``): the ``place`` that goods on the road
    are at, its vehicle or, where that is not known, the shipment itself."""

    types: ClassVar[Mapping[str, str]] = {"place": "i4"}

    place: Array


@dataclass(frozen=True, slots=True)
class Order:
    """Edges by either end and units by lot, of the first so many ``nodes`` and ``edges``."""

    down: Adjacency
    up: Adjacency
    of_lot: Adjacency
    nodes: int
    edges: int


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
        self._nodes_found = self._edges_found = 0
        self._order = Order(self.edges.down, self.edges.up, self.of_lot, 0, 0)
        self._marks: list[Array] = []

    @contextmanager
    def marks(self) -> Iterator[Array]:
        """A mark for each node, NONE to begin with; whoever borrows them leaves them so.

        Several threads may read at once, so each has marks of its own.
        """
        try:
            marks = self._marks.pop()
        except IndexError:
            marks = np.empty(0, np.int32)
        if len(marks) < len(self.nodes):
            marks = np.full(len(self.nodes) + len(self.nodes) // 8, NONE, np.int32)
        yield marks
        self._marks.append(marks)

    def present_place(self, nodes: Array) -> Array:
        """Where units are now, or were last: numbers of ``places``; NONE for nodes and what was never
        anywhere."""
        places = self.units.place[nodes]
        moving = np.flatnonzero(self.units.state[nodes] == IN_TRANSIT)
        places[moving] = self.shipments.place[self.units.shipment[nodes[moving]]]
        return places

    def facilities_at(self, zones: Array) -> Array:
        """In which facility each of these ``places`` is, all of them zones; NONE stays NONE."""
        numbers = np.full(len(zones), NONE, np.int64)
        known = np.flatnonzero(zones != NONE)
        numbers[known] = self.places.ids[zones[known]] >> _ZONE_BITS
        return numbers

    def tables(self) -> Mapping[str, Table]:
        """All tables, by the names under which they are kept."""
        edges, handlings = self.edges, self.handlings
        return {
            "units": self.units,
            "waste": self.waste,
            "shipments": self.shipments,
            "edges": edges,
            "weights": edges.weights,
            "corrections": edges.corrections,
            "stays": self.stays,
            "handlings": handlings,
            "touched": handlings.touched,
            "used": handlings.used,
        }

    def numberings(self) -> Mapping[str, Ids]:
        """All numberings, by the names under which they are kept."""
        names = ("nodes", "lots", "organisations", "facilities", "shipment_ids", "places")
        return {name: getattr(self, name) for name in names}

    def number_again(self, name: str, ids: Array) -> None:
        """The numbering of this name as it was: ``ids`` in the order of their numbers."""
        setattr(self, name, Ids(ids))

    def reserve(self, sizes: Mapping[str, int]) -> None:
        """Have room for about so many rows of these tables, so that taking them in copies nothing."""
        for name, table in self.tables().items():
            if name in sizes:
                table.resize(sizes[name] + sizes[name] // 50)

    def trim(self) -> None:
        """Give back the room that is not used."""
        for table in self.tables().values():
            table.resize(0)

    @property
    def bytes(self) -> int:
        """What all arrays take."""
        parts: list[Table | Ids | Adjacency] = [*self.tables().values(), *self.numberings().values()]
        parts += [self.edges.down, self.edges.up, self.of_lot]
        return sum(part.bytes for part in parts) + sum(marks.nbytes for marks in self._marks)

    def put(self, name: str, rows: Rows) -> None:
        """Take in rows of ``tracing/index.<name>``, in the order of ``SOURCES``; new ones are not linked
        yet."""
        if len(next(iter(rows.values()))):
            _PUTTING[name](self, rows)

    def link(self) -> None:
        """Let what was taken in since the last time be found."""
        nodes = np.arange(self._nodes_found, len(self.nodes))
        edges = np.arange(self._edges_found, len(self.edges))
        units = nodes[self.units.lot[nodes] != NONE]
        self.of_lot.link(self.units.lot[units], units, len(self.lots))
        self.edges.down.link(self.edges.parent[edges], edges, len(self.nodes))
        self.edges.up.link(self.edges.child[edges], edges, len(self.nodes))
        self._nodes_found, self._edges_found = len(self.nodes), len(self.edges)

    @property
    def linked(self) -> int:
        """How many rows are found by following links."""
        return max(self.edges.down.linked, self.of_lot.linked)

    @property
    def order(self) -> Order:
        """What is found without following links."""
        return self._order

    def sorted(self) -> Order:
        """All that is there, put in order. It may be made in a thread while more is taken in."""
        nodes, parents, children = len(self.nodes), self.edges.parent, self.edges.child
        lots, lot = len(self.lots), self.units.lot[:nodes]
        down, up = Adjacency.of(parents, nodes), Adjacency.of(children, nodes)
        return Order(down, up, Adjacency.of(lot, lots), nodes, len(parents))

    def adopt(self, order: Order) -> None:
        """Find through ``order`` from now on; what came after it is linked."""
        self._order = order
        self.edges.down, self.edges.up, self.of_lot = order.down, order.up, order.of_lot
        self._nodes_found, self._edges_found = order.nodes, order.edges
        self.link()

    def _nodes(self, ids: Array) -> Array:
        """The numbers of units and nodes; those that are new get a row that says nothing yet."""
        numbers = self.nodes.number(ids)
        if missing := len(self.nodes) - len(self.units):
            none = np.zeros(missing, np.int8)
            self.units.add(grams=none, there=none, wasted=none, lot=np.full(missing, NONE))
        return numbers

    def _put_lots(self, rows: Rows) -> None:
        self.lots.number(rows["id"])

    def _put_node_ids(self, rows: Rows) -> None:
        self._nodes(distinct(rows["id"]))

    def _put_shipments(self, rows: Rows) -> None:
        numbers = self.shipment_ids.number(rows["id"])
        if missing := len(self.shipment_ids) - len(self.shipments):
            self.shipments.add(place=np.full(missing, NONE))
        self.shipments.place[numbers] = self.places.number(trip_keys(rows["vehicle"], rows["id"]))

    def _put_units(self, rows: Rows) -> None:
        nodes = self._nodes(rows["id"])
        units = self.units
        units.lot[nodes] = self.lots.number(rows["lot"])
        units.custodian[nodes] = self.organisations.number(rows["custodian"])
        units.shipment[nodes] = _where_known(self.shipment_ids, rows["shipment"])
        units.place[nodes] = self._zones(_where_known(self.facilities, rows["facility"]), rows["zone"])
        units.since[nodes] = np.clip(rows["since"], 0, EVER)
        units.wasted[nodes] = 0
        for name in ("pieces", "grams", "placed", "version", "state", "sealed", "there"):
            getattr(units, name)[nodes] = rows[name]

    def _zones(self, facilities: Array, zones: Array) -> Array:
        places = np.full(len(facilities), NONE, np.int32)
        known = np.flatnonzero(facilities != NONE)
        places[known] = self.places.number(zone_keys(facilities[known], zones[known]))
        return places

    def _put_waste(self, rows: Rows) -> None:
        nodes = self._nodes(rows["id"])
        self.units.wasted[nodes] = 1
        self.waste.put(nodes, **{name: rows[name] for name in self.waste.types if name in rows})

    def _put_edges(self, rows: Rows) -> None:
        ends = self._nodes(np.concatenate([rows["parent"], rows["child"]]))
        parents, children = np.split(ends, 2)
        self.edges.put(parents, children, rows)

    def _put_stays(self, rows: Rows) -> None:
        facilities = _where_known(self.facilities, rows["facility"])
        places = self._zones(facilities, rows["zone"])
        trips = np.flatnonzero(facilities == NONE)
        places[trips] = self.places.number(trip_keys(rows["vehicle"][trips], rows["shipment"][trips]))
        self.stays.add(
            node=self._nodes(rows["unit"]),
            place=places,
            since=np.clip(rows["since"], 0, EVER),
            until=np.clip(rows["until"], 0, EVER),
            **{name: rows[name] for name in ("placed", "version", "sealed")},
        )


def _where_known(ids: Ids, column: Array) -> Array:
    """The numbers of a column of ids; NONE stays NONE."""
    numbers = np.full(len(column), NONE, np.int32)
    known = np.flatnonzero(column != NONE)
    numbers[known] = ids.number(column[known])
    return numbers


_PUTTING: Mapping[str, Callable[[Arrays, Rows], None]] = {
    "node_ids": Arrays._put_node_ids,
    "lot_ids": Arrays._put_lots,
    "shipments": Arrays._put_shipments,
    "units": Arrays._put_units,
    "waste": Arrays._put_waste,
    "edges": Arrays._put_edges,
    "corrections": lambda arrays, rows: arrays.edges.corrections.put(rows),
    "stays": Arrays._put_stays,
}

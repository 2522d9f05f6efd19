"""Goods by the million for measurements: containers that become pallets, wholesale and retail units,
heavy-tailed.

A container becomes some 10 pallets, these some 100 wholesale units, these some 1,000 retail units; a tenth of
the wholesale units is mixed with others instead, and what comes out is a lot of its own. Every unit was on a
trip and stays, or stayed, in a zone. Beside these stand containers of known size (``Made.planted``), to be
asked for. Quantities balance. Nothing of it was said: it is made as arrays, and ``goods_filled`` writes it
into tables.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from service.tracing.index.columns import Array

PALLETS = WHOLESALE = RETAIL = 10
MIXED, INPUTS, OUTPUTS = 0.1, 4, 40
BEGIN, DAY, SPAN = 1_577_836_800, 86_400, 730
"""From 2020 on, in seconds; two years in days."""
PLANTED = (1_000, 10_000, 100_000, 350_000)
MOST = 900
"""So many units a statement makes at most."""
RELEASED, SOLD, IN_TRANSIT, QUARANTINED = range(4)
PLACES, VEHICLES = 6_000_000_000_000, 7_000_000_000_000
ZONES = 4
NODE, SHIPMENT = 990, 995
CARTON = 10_000

Columns = dict[str, Array]


@dataclass(frozen=True)
class Made:
    """Columns by name. ``planted`` has the lot of each container of known size; positions are from ``first``
    up to, and without, ``end``. Places and their organisations have the ids from PLACES on."""

    units: Columns
    edges: Columns
    stays: Columns
    lots: Array
    planted: Mapping[int, int]
    places: int
    first: int
    end: int


@dataclass
class _Growing:
    """Units and the events that make them, as they are thought of; numbers are of their order here."""

    chance: np.random.Generator
    times: list[Array] = field(default_factory=list)
    events: int = 0
    units: list[Columns] = field(default_factory=list)
    count: int = 0

    def happen(self, times: Array) -> Array:
        """An event at each time; their numbers."""
        self.times.append(times)
        self.events += len(times)
        return np.arange(self.events - len(times), self.events)

    def appear(
        self, events: Array, times: Array, counts: Array, parent: Array, lot: Array, level: int
    ) -> Columns:
        """So many units in each event. ``parent`` and ``lot`` are of the event: a unit or -1, a number."""
        each = np.repeat(np.arange(len(events)), counts)
        made = {
            "no": np.arange(self.count, self.count + len(each)),
            "event": events[each],
            "place": np.arange(len(each)) - np.repeat(np.cumsum(counts) - counts, counts),
            "time": times[each],
            "parent": parent[each],
            "lot": lot[each],
            "level": np.full(len(each), level),
        }
        self.count += len(each)
        self.units.append(made)
        return made

    def heavy(self, mean: float, count: int) -> Array:
        """Counts with a heavy tail: most are small, some are very large."""
        return np.clip((self.chance.pareto(2.0, count) + 1) * mean / 2, 1, MOST).astype(np.int64)

    def later(self, times: Array, days: float) -> Array:
        """Some time after each."""
        return times + (self.chance.uniform(0.2, 1, len(times)) * days * DAY).astype(np.int64)


def make(edges: int, first: int, seed: int = 1) -> Made:
    """About so many edges, in statements from the position ``first`` on."""
    growing = _Growing(np.random.default_rng(seed))
    sizes = [size for size in PLANTED if size * 4 <= edges] or [PLANTED[0]]
    containers = max(1, (edges - sum(sizes)) // (PALLETS * WHOLESALE * RETAIL)) + len(sizes)
    planted = dict(zip(sizes, range(containers - len(sizes), containers), strict=True))
    begun = BEGIN + (growing.chance.random(containers) * SPAN * DAY).astype(np.int64)
    none, one = np.full(containers, -1), np.ones(containers, np.int64)
    roots = growing.appear(growing.happen(begun), begun, one, none, np.arange(containers), 0)
    wholesale = _upper(growing, roots, planted)
    mixed = np.flatnonzero(growing.chance.random(len(wholesale["no"])) < MIXED)
    mixed = mixed[np.argsort(wholesale["time"][mixed], kind="stable")][: len(mixed) // INPUTS * INPUTS]
    divided = np.setdiff1d(np.arange(len(wholesale["no"])), mixed)
    _divide(growing, {name: each[divided] for name, each in wholesale.items()}, None, 10, 3)
    inputs = {name: each[mixed] for name, each in wholesale.items()}
    nodes = _mix(growing, inputs, containers)
    return _told(growing, inputs, nodes, planted, containers, edges, first)


def _upper(growing: _Growing, roots: Columns, planted: Mapping[int, int]) -> Columns:
    """Pallets and wholesale units; those of planted containers are as many as their size wants."""
    counts = growing.heavy(PALLETS, len(roots["no"]))
    for size, container in planted.items():
        counts[container] = min(max(size // (WHOLESALE * RETAIL), 1), MOST)
    pallets = _divide(growing, roots, counts, 3, 1)
    counts = growing.heavy(WHOLESALE, len(pallets["no"]))
    for size, container in planted.items():
        own = pallets["lot"] == container
        counts[own] = max(1, size // (int(own.sum()) * RETAIL))
    return _divide(growing, pallets, counts, 5, 2)


def _divide(growing: _Growing, above: Columns, counts: Array | None, days: float, level: int) -> Columns:
    times = growing.later(above["time"], days)
    counts = growing.heavy(RETAIL, len(times)) if counts is None else counts
    return growing.appear(growing.happen(times), times, counts, above["no"], above["lot"], level)


def _mix(growing: _Growing, inputs: Columns, lots: int) -> Array:
    """Some units at a time made into a lot of its own; the event of each transformation."""
    times = inputs["time"].reshape(-1, INPUTS).max(axis=1) + DAY
    nodes = growing.happen(times)
    made = np.arange(lots, lots + len(nodes))
    growing.appear(nodes, times, growing.heavy(OUTPUTS, len(nodes)), np.full(len(nodes), -1), made, 4)
    return nodes


def _told(
    growing: _Growing,
    inputs: Columns,
    nodes: Array,
    planted: Mapping[int, int],
    containers: int,
    edges: int,
    first: int,
) -> Made:
    """All of it in the order of its positions, with ids."""
    times = np.concatenate(growing.times)
    positions = np.empty(len(times), np.int64)
    positions[np.argsort(times, kind="stable")] = np.arange(first, first + len(times))
    units = {name: np.concatenate([each[name] for each in growing.units]) for name in growing.units[0]}
    units["version"] = units["placed"] = positions[units["event"]]
    units["id"] = units["version"] * 1000 + units["place"]
    lots = np.concatenate([positions[:containers], positions[nodes]]) * 1000 + NODE + 1
    node_ids = positions[nodes] * 1000 + NODE
    flows = _edges(units, inputs, node_ids, times[nodes], positions[nodes])
    places = max(200, edges // 2000)
    _weigh(growing.chance, units, flows)
    stays = _stay(growing.chance, units, flows, places)
    units["lot"] = lots[units["lot"]]
    stays["lot"] = units["lot"][stays.pop("no")]
    order = np.argsort(units["id"])
    columns = {
        name: each[order] for name, each in units.items() if name not in ("no", "event", "place", "time")
    }
    known = {size: int(lots[container]) for size, container in planted.items()}
    return Made(columns, flows, stays, lots, known, places, first, first + len(times))


def _edges(units: Columns, inputs: Columns, nodes: Array, times: Array, positions: Array) -> Columns:
    """What flowed: from parent to child, from inputs into nodes, out of nodes. ``source`` and ``target`` are
    numbers of units, or -1 for nodes."""
    split = np.flatnonzero(units["parent"] >= 0)
    out = np.flatnonzero(units["level"] == 4)
    node_of_out = np.searchsorted(positions, units["version"][out]) if _rising(positions) else None
    assert node_of_out is not None
    into, which = inputs["no"], np.repeat(np.arange(len(nodes)), INPUTS)
    place_in = np.tile(np.arange(INPUTS), len(nodes))
    parts = {
        "source": (units["parent"][split], into, np.full(len(out), -1)),
        "target": (split, np.full(len(into), -1), out),
        "parent": (units["id"][units["parent"][split]], units["id"][into], nodes[node_of_out]),
        "child": (units["id"][split], nodes[which], units["id"][out]),
        "version": (units["version"][split], positions[which], units["version"][out]),
        "place": (units["place"][split], place_in, units["place"][out] + INPUTS),
        "earliest": (units["time"][split], times[which], units["time"][out]),
        "mixes": (np.zeros(len(split)), np.ones(len(into)), np.ones(len(out))),
    }
    edges = {name: np.concatenate(each).astype(np.int64) for name, each in parts.items()}
    edges["id"] = edges["version"] * 1000 + edges.pop("place")
    edges["latest"] = edges["earliest"] + 59
    order = np.argsort(edges["id"])
    return {name: each[order] for name, each in edges.items()}


def _rising(numbers: Array) -> bool:
    return bool((np.diff(numbers) > 0).all())


def _weigh(chance: np.random.Generator, units: Columns, edges: Columns) -> None:
    """Cartons: what ends a chain holds some, what stands above it the sum; some lost one."""
    count = len(units["id"])
    leaf = units["level"] >= 3
    pieces = np.where(leaf, chance.integers(2, 6, count), 0)
    for level in (3, 2, 1):
        below = units["level"] == level
        if level == 2:
            bare = below & (pieces == 0)
            pieces[bare] = 20
        np.add.at(pieces, units["parent"][below], pieces[below])
    units["pieces_in"] = pieces
    units["lost"] = (leaf & (chance.random(count) < 0.03)).astype(np.int64)
    units["pieces"] = np.where(leaf, pieces - units["lost"], 0)
    drawn = chance.random(count)
    leaf_state = np.select(
        [drawn < 0.6, drawn < 0.9, drawn < 0.95], [SOLD, RELEASED, IN_TRANSIT], QUARANTINED
    )
    units["state"] = np.where(leaf, leaf_state, RELEASED)
    ends = np.where(edges["target"] >= 0, edges["target"], edges["source"])
    edges["pieces"] = pieces[ends]


def _stay(chance: np.random.Generator, units: Columns, edges: Columns, places: int) -> Columns:
    """A trip before it came, and a zone since: until it was divided or sold."""
    count = len(units["id"])
    home = chance.integers(0, places, units["lot"].max() + 1)[units["lot"]]
    spread = np.array([1, 3, 10, 40, 40])[units["level"]]
    units["facility"] = (home + (chance.random(count) * spread).astype(np.int64)) % places
    units["zone"] = chance.integers(1, ZONES + 1, count)
    vehicles = chance.integers(0, max(50, count // 500), units["event"].max() + 1)
    units["vehicle"], units["shipment"] = vehicles[units["event"]], units["version"] * 1000 + SHIPMENT
    units["since"] = units["time"]
    until = np.full(count, -1)
    drawn = edges["source"] >= 0
    until[edges["source"][drawn]] = edges["latest"][drawn]
    left_in = units["version"].copy()
    left_in[edges["source"][drawn]] = edges["version"][drawn]
    sold = units["state"] == SOLD
    until[sold] = units["time"][sold] + (chance.lognormal(0.5, 1, int(sold.sum())) * DAY).astype(np.int64)
    units["until"] = until
    trips = np.arange(count)
    ended = np.flatnonzero(until >= 0)
    begun = units["time"] - (chance.uniform(6, 24, count) * 3600).astype(np.int64)
    none = np.full(count, -1)
    parts = {
        "no": (trips, ended),
        "facility": (none, units["facility"][ended]),
        "zone": (none, units["zone"][ended]),
        "vehicle": (units["vehicle"], none[ended]),
        "shipment": (units["shipment"], none[ended]),
        "since": (begun, units["since"][ended]),
        "until": (units["time"], until[ended]),
        "version": (units["version"], left_in[ended]),
    }
    stays = {name: np.concatenate(each) for name, each in parts.items()}
    stays["unit"], stays["placed"] = units["id"][stays["no"]], units["version"][stays["no"]]
    return stays

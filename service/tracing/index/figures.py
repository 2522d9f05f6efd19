"""What became of goods, summed over the arrays: the account, who holds how much, and which few rows SQL is
asked for.

It says what the queries of ``tracing/trace.sql`` say for who sees all. Amounts are summed as those of
``service/tracing/accounts.py``; what entered is the sum of its parts, since every unit's account balances.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from service.tracing.accounts import HEADINGS, NOTHING, PARTS, Account, Amount
from service.tracing.index.arrays import IN_TRANSIT, Arrays
from service.tracing.index.columns import NONE, Array, distinct
from service.tracing.index.reaching import Reached, reach
from service.tracing.index.units import STATES

WASTE = ("lost", "sampled", "destroyed")
MOST_LOSSES = 200
"""So many losses are told one by one, the largest first (``tracing/trace.losses``)."""
PROCESS, REPACK = 1, 2
_ALPHABETICAL = np.argsort(np.argsort(np.array(STATES)))


class Group(NamedTuple):
    """Units that have a key in common: how many, and how much is on hand in them."""

    key: tuple[Any, ...]
    derived: bool
    units: int
    pieces: int | None
    grams: int


@dataclass(frozen=True, slots=True)
class Accounts:
    """What became of the ``own`` lot and of what was made of it (``derived``). ``found`` are ids of units
    that no movement made: what they came in with is the surplus."""

    own: Account
    derived: Account
    derived_lots: int
    found: list[int]


@dataclass(frozen=True, slots=True)
class Totals:
    """What a way down comes to. ``states`` have keys (state, how many organisations)."""

    accounts: Accounts
    states: list[Group]


@dataclass(frozen=True, slots=True)
class Figures:
    """What a way down comes to, and who has it; ids as in SQL.

    ``holders`` have keys (custodian, facility or NONE, state), ``in_transit`` (shipment,). ``losing`` units,
    ``mixed`` nodes with what went in, the ends of the first ``flows`` and the first ``units`` are what the
    lists are asked for.
    """

    accounts: Accounts
    holders: list[Group]
    in_transit: list[Group]
    losing: list[int]
    mixed: list[int]
    flows: list[int]
    units: list[int]


def downstream(
    arrays: Arrays, lot: int, unit: int | None, as_of: int, first: int, most: int | None = None
) -> Figures | None:
    """The figures of a lot, or of one unit of it, as of a position; lists begin with so many.

    None where a unit changed since that position: what it was then is not known here. Raises TooManyError
    where ``most`` nodes are not all.
    """
    sums = _sums(arrays, lot, unit, as_of, most)
    return None if sums is None else sums.figures(first)


def totals(arrays: Arrays, lot: int, unit: int | None, as_of: int, most: int | None = None) -> Totals | None:
    """The totals of a lot, or of one unit of it, as of a position; None and errors as ``downstream``."""
    sums = _sums(arrays, lot, unit, as_of, most)
    return None if sums is None else Totals(sums.accounts(), sums.states())


def _sums(arrays: Arrays, lot: int, unit: int | None, as_of: int, most: int | None) -> _Sums | None:
    start = start_of(arrays, lot, unit)
    reached = reach(arrays, start, down=True, as_of=as_of, most=most)
    changed = as_of < arrays.position and (arrays.units.version[reached.nodes] >= as_of).any()
    if not len(start) or changed:
        return None
    return _Sums(arrays, reached, start, arrays.lots.find_one(lot), as_of)


def start_of(arrays: Arrays, lot: int, unit: int | None) -> Array:
    """The nodes that a trace begins from: a unit, or all units of a lot."""
    if unit is not None:
        return _known(arrays.nodes.find(np.array([unit])))
    return arrays.of_lot.at(_known(arrays.lots.find(np.array([lot]))))


def _known(numbers: Array) -> Array:
    kept: Array = numbers[numbers != NONE]
    return kept


class _Sums:
    """Sums over what was reached. ``group`` is 1 for derived lots, 0 for the lot itself."""

    def __init__(self, arrays: Arrays, reached: Reached, start: Array, lot: int, as_of: int) -> None:
        self._arrays = arrays
        self._reached = reached
        self._start = start
        lots = arrays.units.lot[reached.nodes]
        units = lots != NONE
        self._units = reached.nodes[units]
        self._lots = lots[units]
        self._lot = lot
        self._group = (self._lots != lot).astype(np.int64)
        self._state = arrays.units.state[self._units].astype(np.int64)
        self._pieces = arrays.units.pieces[self._units].astype(np.int64)
        self._grams = arrays.units.grams[self._units]
        self._mixing = _Mixing(arrays, arrays.edges.standing(reached.edges, as_of), lot)

    def figures(self, first: int) -> Figures:
        """All that the summary tells."""
        nodes = self._arrays.nodes.ids
        return Figures(
            self.accounts(),
            self._holders(),
            self._in_transit(),
            nodes[self._losing()].tolist(),
            nodes[self._mixing.ends(self._reached.nodes)].tolist(),
            nodes[self._first_flows(first)].tolist(),
            np.sort(nodes[self._units])[:first].tolist(),
        )

    def accounts(self) -> Accounts:
        """What became of it."""
        grams, pieces = self._on_hand()
        for part, by_group in self._wasted().items():
            pieces[part], grams[part] = by_group
        for part, by_group in self._mixing.sums().items():
            pieces[part] = pieces[part] + by_group[0]
            grams[part] = grams[part] + by_group[1]
        counted = ~self._uncounted()
        own, derived = (_account(pieces, grams, counted, group) for group in (0, 1))
        lots = len(distinct(self._lots[self._group == 1]))
        return Accounts(own, derived, lots, self._arrays.nodes.ids[self._found()].tolist())

    def states(self) -> list[Group]:
        """In the order of ``tracing/trace.states``."""
        held = np.flatnonzero(self._grams > 0)
        pieces, grams, size = self._pieces[held], self._grams[held], 2 * len(STATES)
        cells = self._group[held] * len(STATES) + self._state[held]
        counts = np.bincount(cells, minlength=size)
        loose = np.bincount(cells[pieces == NONE], minlength=size) > 0
        pieces = np.where(loose, NONE, _added(cells, np.maximum(pieces, 0), size))
        custodians = self._arrays.units.custodian[self._units[held]]
        pairs = distinct(custodians.astype(np.int64) * size + cells)
        having = np.bincount(pairs % size, minlength=size)
        derived, state = np.divmod(np.arange(size), len(STATES))
        sums = _Grouped((state,), derived, counts, pieces, _added(cells, grams, size))
        order = np.lexsort((_ALPHABETICAL[state], derived))
        return sums.listed((state, having), order[counts[order] > 0])

    def _on_hand(self) -> tuple[dict[str, Array], dict[str, Array]]:
        """Grams and pieces by state, for each group."""
        cells = self._state * 2 + self._group
        size = 2 * len(STATES)
        grams, pieces = _added(cells, self._grams, size), _added(cells, np.maximum(self._pieces, 0), size)
        nothing = np.zeros(2, np.int64)
        by_state = {state: slice(2 * place, 2 * place + 2) for place, state in enumerate(STATES)}
        parts = {part: by_state.get(part) for part in PARTS}
        return (
            {part: nothing if cut is None else grams[cut] for part, cut in parts.items()},
            {part: nothing if cut is None else pieces[cut] for part, cut in parts.items()},
        )

    def _wasted(self) -> dict[str, tuple[Array, Array]]:
        waste, places = self._arrays.waste, np.flatnonzero(self._arrays.units.wasted[self._units] == 1)
        rows, group = waste.of(self._units[places]), self._group[places]
        columns = dict(waste.columns())
        return {
            part: (
                _added(group, np.maximum(columns[f"{part}_pieces"][rows], 0), 2),
                _added(group, columns[f"{part}_grams"][rows], 2),
            )
            for part in WASTE
        }

    def _uncounted(self) -> Array:
        """Whether in each group there is a lot of which not all pieces are counted alike."""
        loose = self._group[self._pieces == NONE]
        return np.bincount(np.concatenate([loose, self._mixing.repacked_groups()]), minlength=2) > 0

    def _holders(self) -> list[Group]:
        """In the order of ``tracing/trace.holders``; no place comes last, as NULL does."""
        units = self._arrays.units
        held = np.flatnonzero((self._grams > 0) & (self._state != IN_TRANSIT))
        nodes = self._units[held]
        facilities = self._arrays.facilities_at(units.place[nodes])
        sums = self._grouped(held, (units.custodian[nodes], facilities, self._state[held]))
        custodians, places, states = sums.keys
        custodians = self._arrays.organisations.ids[custodians]
        places = np.where(places == NONE, NONE, self._arrays.facilities.ids[places])
        order = np.lexsort(
            (_ALPHABETICAL[states], places, places == NONE, custodians, -sums.grams, sums.derived)
        )
        return sums.listed((custodians, places, states), order)

    def _in_transit(self) -> list[Group]:
        moving = np.flatnonzero((self._grams > 0) & (self._state == IN_TRANSIT))
        sums = self._grouped(moving, (self._arrays.units.shipment[self._units[moving]],))
        shipments = self._arrays.shipment_ids.ids[sums.keys[0]]
        return sums.listed((shipments,), np.lexsort((sums.derived, shipments)))

    def _grouped(self, places: Array, keys: tuple[Array, ...]) -> _Grouped:
        """What the units at these places come to, together with all that have equal keys."""
        sizes = [int(key.max(initial=0)) + 2 for key in keys]
        packed = self._group[places]
        for key, size in zip(keys, sizes, strict=True):
            packed = packed * size + key + 1
        order = np.argsort(packed)
        packed, places = packed[order], places[order]
        firsts = np.flatnonzero(np.concatenate([[True], packed[1:] != packed[:-1]])[: len(packed)])
        found, counts = packed[firsts], np.diff(firsts, append=len(packed))
        pieces = self._pieces[places]
        loose = np.minimum.reduceat(pieces, firsts) == NONE
        all_pieces = np.where(loose, NONE, np.add.reduceat(pieces, firsts))
        all_grams = np.add.reduceat(self._grams[places], firsts)
        unpacked: list[Array] = []
        for size in reversed(sizes):
            unpacked.insert(0, found % size - 1)
            found = found // size
        return _Grouped(tuple(unpacked), found, counts, all_pieces, all_grams)

    def _found(self) -> Array:
        """Units that neither a movement nor the lot's registration made: what differences brought to light.

        All others were reached by a movement, so only those that the trace began from can be such.
        """
        arrays, start = self._arrays, self._start
        made_in = arrays.nodes.ids[start] // 1000
        other = start[made_in != arrays.lots.ids[self._lot] // 1000]
        found: Array = other[~arrays.edges.up.has(other)]
        return found

    def _losing(self) -> Array:
        units = self._units[self._arrays.units.wasted[self._units] == 1]
        lost = self._arrays.waste.lost_grams[self._arrays.waste.of(units)]
        units, lost = units[lost > 0], lost[lost > 0]
        largest: Array = units[np.lexsort((self._arrays.nodes.ids[units], -lost))][:MOST_LOSSES]
        return largest

    def _first_flows(self, first: int) -> Array:
        """The ends of the movements that were recorded first; some more where they were recorded together."""
        edges, rows = self._arrays.edges, self._reached.edges
        if len(rows) > first:
            versions = edges.version[rows]
            rows = rows[versions <= np.partition(versions, first - 1)[first - 1]]
        return distinct(np.concatenate([edges.parent[rows], edges.child[rows]]))


@dataclass(frozen=True, slots=True)
class _Grouped:
    """Groups as columns: their keys, whether they are derived, units, pieces (NONE: not all counted),
    grams."""

    keys: tuple[Array, ...]
    derived: Array
    units: Array
    pieces: Array
    grams: Array

    def listed(self, keys: tuple[Array, ...], order: Array) -> list[Group]:
        """One by one, under other keys."""
        named = zip(*(key[order].tolist() for key in keys), strict=True)
        pieces = (None if count == NONE else count for count in self.pieces[order].tolist())
        derived = (self.derived[order] == 1).tolist()
        units, grams = self.units[order].tolist(), self.grams[order].tolist()
        return [*map(Group, named, derived, units, pieces, grams)]


class _Mixing:
    """What went into transformations and came out of packs, of edges that nobody corrected."""

    def __init__(self, arrays: Arrays, standing: Array, lot: int) -> None:
        self._arrays = arrays
        self._lot = lot
        edges, lots = arrays.edges, arrays.units.lot
        into = standing[lots[edges.child[standing]] == NONE]
        self._into, self._rows = edges.weights.of(into)
        self._mixes = edges.weights.mixes[self._rows]
        self._from_lot = lots[edges.parent[self._into]]
        self._out_of_packs(standing)

    def _out_of_packs(self, standing: Array) -> None:
        """What came out of the nodes that goods of the walk were repacked in, by lot."""
        arrays, edges = self._arrays, self._arrays.edges
        entered = distinct(edges.child[self._into[self._mixes == REPACK]])
        out = standing[np.isin(edges.parent[standing], entered)] if len(entered) else standing[:0]
        out, rows = edges.weights.of(out)
        repacked = edges.weights.mixes[rows] == REPACK
        self._out_lot = arrays.units.lot[edges.child[out[repacked]]]
        self._out_grams = edges.weights.grams[rows[repacked]]

    def repacked_groups(self) -> Array:
        """The group of each lot whose pieces changed what they are."""
        lots = np.concatenate([self._from_lot[self._mixes == REPACK], self._out_lot])
        groups: Array = (distinct(lots) != self._lot).astype(np.int64)
        return groups

    def sums(self) -> dict[str, tuple[Array, Array]]:
        """Pieces and grams by group: what was processed, and what repacking lost."""
        weights, group = self._arrays.edges.weights, (self._from_lot != self._lot).astype(np.int64)
        processed = self._mixes == PROCESS
        rows = self._rows[processed]
        pieces = _added(group[processed], np.maximum(weights.pieces[rows], 0), 2)
        grams = _added(group[processed], weights.grams[rows], 2)
        return {"processed": (pieces, grams), "lost": (np.zeros(2, np.int64), self._lost_in_packs())}

    def _lost_in_packs(self) -> Array:
        """What went into other packs and did not come out again, lot by lot."""
        packed = self._mixes == REPACK
        lots, which = np.unique(np.concatenate([self._from_lot[packed], self._out_lot]), return_inverse=True)
        count = int(packed.sum())
        went_in = _added(which[:count], self._arrays.edges.weights.grams[self._rows[packed]], len(lots))
        came_out = _added(which[count:], self._out_grams, len(lots))
        return _added((lots != self._lot).astype(np.int64), np.maximum(went_in - came_out, 0), 2)

    def ends(self, reached: Array) -> Array:
        """The nodes of transformations that were walked through, and those of the walk that went into
        them."""
        edges = self._arrays.edges
        nodes = distinct(edges.child[self._into[self._mixes == PROCESS]])
        parents = edges.parent[edges.up.at(nodes)]
        places = np.minimum(np.searchsorted(reached, parents), len(reached) - 1)
        return distinct(np.concatenate([nodes, parents[reached[places] == parents]]))


def _added(cells: Array, values: Array, size: int) -> Array:
    """The exact sum of the values in each cell."""
    sums = np.zeros(size, np.int64)
    np.add.at(sums, cells, values)
    return sums


def _account(pieces: dict[str, Array], grams: dict[str, Array], counted: Array, group: int) -> Account:
    def amount(part: str) -> Amount:
        return Amount(int(pieces[part][group]) if counted[group] else None, int(grams[part][group]))

    parts = {part: amount(part) for part in PARTS}
    entered = sum(parts.values(), NOTHING)
    surplus = Amount(0 if counted[group] else None, 0)
    return {name: parts.get(name, entered if name == "entered" else surplus) for name in HEADINGS}

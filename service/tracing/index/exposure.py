"""Exposure over the arrays: hop by hop, what met what is exposed, and all that was made of either.

It answers what ``service.tracing.exposure.sql`` answers (decision record 25), from the same rows. A node
whose time improves is expanded again, so that the order of steps does not matter. Runs in a thread, on arrays
that nobody changes meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from service.tracing.exposure.question import Answer, Hits, Question, Tier
from service.tracing.index.columns import NONE, Array, distinct
from service.tracing.index.contacts import Contacts, Hands, Meetings, Sources
from service.tracing.index.cuts import Cutting
from service.tracing.index.grounds import Grounds
from service.tracing.index.presence import Known
from service.tracing.index.reached import Reached


@dataclass(frozen=True, slots=True)
class Seeds:
    """Where a walk begins: dense numbers of units that are in question themselves, those around them with
    their tiers (1, 5), and of the place that is asked about."""

    units: Array
    ring: Array
    tiers: Array
    place: int | None = None


class Walk:
    """One question on its way through the arrays, with or without the disinfections."""

    def __init__(
        self, grounds: Grounds, known: Known, asked: Question, reached: Reached, *, cut: bool
    ) -> None:
        arrays = grounds.arrays
        rows = grounds.cuts.counting(asked.position, asked.known_before) if cut else np.empty(0, np.int64)
        self._arrays = arrays
        self._known = known
        self._asked = asked
        self._reached = reached
        self._cutting = Cutting(grounds.cuts, rows, arrays.units, len(arrays.lots))
        self._meetings = Meetings(asked, known, self._cutting, grounds.ground(asked))
        self._hands = Hands(asked, arrays, known, self._cutting)
        self._descent: list[tuple[Array, Array]] = []

    def run(self, seeds: Seeds) -> Hits:
        """All units that are exposed."""
        self._hop(0, [self._around(seeds.units, np.full(len(seeds.units), Tier.SAME))])
        for hop in range(1, self._asked.hops + 1):
            contacts = [*self._contacts()]
            if hop == 1:
                contacts.append(self._around(seeds.ring, seeds.tiers))
                if seeds.place is not None:
                    contacts.extend(self._meetings.of_place(seeds.place))
            if not self._hop(hop, contacts):
                break
        return self._hits()

    def _around(self, nodes: Array, tiers: Array) -> Contacts:
        """Units that are exposed from the beginning of the window on."""
        since = np.full(len(nodes), self._asked.begin, np.int64)
        return nodes, self._cutting.bounds(nodes, since)[0], since, tiers

    def _contacts(self) -> Iterator[Contacts]:
        sources = self._sources()
        if self._asked.tiers & {Tier.VEHICLE, Tier.ZONE}:
            yield from self._meetings.around(sources)
        if Tier.HANDLING in self._asked.tiers:
            yield from self._hands.around(sources)

    def _sources(self) -> Sources:
        """Every unit that was reached, in each episode, ordered by unit."""
        slots = np.sort(self._reached.slots)
        if len(slots) and slots[-1] >= self._reached.nodes:
            slots = slots[np.argsort(self._reached.node(slots), kind="stable")]
        return self._of_slots(slots[self._arrays.units.lot[self._reached.node(slots)] != NONE])

    def _of_slots(self, slots: Array) -> Sources:
        nodes = self._reached.node(slots)
        part = self._reached.part[slots].astype(np.int64)
        _, end = self._cutting.bounds(nodes, part)
        return Sources(nodes, self._reached.since[slots].astype(np.int64), part, end)

    def _hop(self, hop: int, contacts: list[Contacts]) -> bool:
        """Take in contacts and what was made of all; whether anything is there that was not, or sooner."""
        self._descent = []
        fresh = [self._reached.take(nodes, part, since, hop) for nodes, part, since, _ in contacts]
        for nodes, _, _, tiers in contacts:
            self._reached.label(nodes, tiers, hop)
        slots = distinct(np.concatenate([np.empty(0, np.int32), *fresh]))
        changed = len(slots) > 0
        while len(slots):
            slots = self._derive(slots, hop)
        self._inherit(hop)
        return changed

    def _derive(self, slots: Array, hop: int) -> Array:
        """What goods went into while they were exposed, in each episode that this may have been; the slots
        for which that is sooner than was known."""
        edges, asked = self._arrays.edges, self._asked
        rows, owner = self._leaving(slots)
        source = self._of_slots(owner)
        earliest = edges.earliest[rows].astype(np.int64)
        begin = np.maximum(source.since, earliest)
        end = np.minimum(np.maximum(edges.latest[rows], earliest + 1), np.minimum(source.end, asked.end))
        went = begin < end
        child, parent = edges.child[rows[went]], source.node[went]
        which, part, since, _ = self._cutting.split(child, begin[went], end[went])
        child, parent = child[which], parent[which]
        better = self._reached.take(child, part, since, hop)
        new = self._reached.hop[child] == hop
        self._descent.append((parent[new], child[new]))
        return better

    def _leaving(self, slots: Array) -> tuple[Array, Array]:
        """Edges that leave the nodes of slots, and the slot of each."""
        edges, asked = self._arrays.edges, self._asked
        own = slots[slots < self._reached.nodes]
        rows = edges.counting(edges.down.at(own), asked.position)
        found, owners = [rows], [edges.parent[rows]]
        for slot in slots[len(own) :].tolist():
            rows = edges.down.at(self._reached.node(np.array([slot])))
            found.append(edges.counting(rows, asked.position))
            owners.append(np.full(len(found[-1]), slot))
        return np.concatenate(found), np.concatenate(owners)

    def _inherit(self, hop: int) -> None:
        """What was made of goods is exposed by the tier by which they are, the closest if there are many."""
        going = True
        while going:
            going = False
            for parent, child in self._descent:
                going |= bool(self._reached.label(child, self._reached.tier[parent], hop).any())

    def _hits(self) -> Hits:
        nodes = self._reached.found
        nodes = nodes[self._arrays.units.lot[nodes] != NONE]
        ids = self._arrays.nodes.ids[nodes]
        order = np.argsort(ids)
        nodes = nodes[order]
        reached = self._reached
        return Hits(ids[order], reached.hop[nodes], reached.tier[nodes], reached.least(nodes))


def exposed(grounds: Grounds, asked: Question, seeds: Seeds) -> tuple[Hits, Hits]:
    """The hits, and those that only disinfections keep from being among them."""
    known = Known(grounds.arrays, grounds.presence, asked.position, asked.known_before, asked.now)
    with grounds.borrowed() as reached:
        hits = Walk(grounds, known, asked, reached, cut=True).run(seeds)
    if not asked.cleared or not len(grounds.cuts.counting(asked.position, asked.known_before)):
        return hits, Hits()
    with grounds.borrowed() as reached:
        uncut = Walk(grounds, known, asked, reached, cut=False).run(seeds)
    return hits, uncut.only(np.isin(uncut.unit, hits.unit, assume_unique=True, invert=True))


def answer(asked: Question, found: tuple[Hits, Hits]) -> Answer:
    """As the value that SQL answers, too."""
    hits, cleared = found
    return Answer(asked.position, hits, cleared)

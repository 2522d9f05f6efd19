"""What a walk of exposure has reached: for each node, in each episode of its life, since which second.

Most units are reached in one episode: that takes the unit's own place in the arrays. Others that a unit is
reached in get places after all units. The arrays are borrowed from walk to walk, and given back clean.
"""

from __future__ import annotations

import numpy as np

from service.tracing.index.columns import EVER, Array, distinct

_MORE = 1 << 12
NEVER = 127
"""The hop and the tier of what was not reached."""


class Reached:
    """``since`` and ``part`` by slot: the least second, and the second in which the slot's episode begins;
    EVER where nothing was reached. ``hop`` and ``tier`` by node."""

    def __init__(self, nodes: int) -> None:
        self.nodes = nodes
        self.since = np.full(nodes + _MORE, EVER, np.uint32)
        self.part = np.full(nodes + _MORE, EVER, np.uint32)
        self.hop = np.full(nodes, NEVER, np.int8)
        self.tier = np.full(nodes, NEVER, np.int8)
        self._touched: list[Array] = []
        self._others: dict[tuple[int, int], int] = {}
        self._node_of_other = np.empty(_MORE, np.int32)

    def clear(self) -> None:
        """As if nothing had been reached."""
        for nodes in self._touched:
            self.since[nodes] = self.part[nodes] = EVER
            self.hop[nodes] = self.tier[nodes] = NEVER
        others = slice(self.nodes, self.nodes + len(self._others))
        self.since[others] = self.part[others] = EVER
        self._touched, self._others = [], {}

    @property
    def found(self) -> Array:
        """All nodes that were reached, each once."""
        return np.concatenate([np.empty(0, np.int32), *self._touched])

    @property
    def slots(self) -> Array:
        """All slots that were reached, each once."""
        return np.append(self.found, np.arange(self.nodes, self.nodes + len(self._others), dtype=np.int32))

    def node(self, slots: Array) -> Array:
        """The node of each slot."""
        others = slots >= self.nodes
        if not others.any():
            return slots
        nodes = slots.copy()
        nodes[others] = self._node_of_other[slots[others] - self.nodes]
        return nodes

    def least(self, nodes: Array) -> Array:
        """Since when each node was reached, in whatever episode."""
        least: Array = self.since[nodes].astype(np.int64)
        if self._others:
            keys, slots = zip(*self._others.items(), strict=True)
            ordered = np.argsort(nodes)
            rows = ordered[np.searchsorted(nodes, [node for node, _ in keys], sorter=ordered)]
            np.minimum.at(least, rows, self.since[list(slots)])
        return least

    def take(self, nodes: Array, parts: Array, since: Array, hop: int) -> Array:
        """Let nodes be reached in episodes since seconds; the slots for which that is sooner, in order."""
        slots = self._slots(nodes, parts, hop)
        since = since.astype(np.uint32)
        sooner = since < self.since[slots]
        slots = slots[sooner]
        np.minimum.at(self.since, slots, since[sooner])
        return distinct(slots)

    def label(self, nodes: Array, tiers: Array, hop: int) -> Array:
        """Nodes that were new in this hop are there by these tiers, if those are closer; which are."""
        closer: Array = (self.hop[nodes] == hop) & (tiers < self.tier[nodes])
        np.minimum.at(self.tier, nodes[closer], tiers[closer].astype(np.int8))
        return closer

    def _slots(self, nodes: Array, parts: Array, hop: int) -> Array:
        free = np.flatnonzero(self.part[nodes] == EVER)
        if len(free):
            # Of several episodes that come at once, one takes the node's own place.
            self.part[nodes[free]] = parts[free]
            new = distinct(nodes[free])
            self.hop[new] = hop
            self._touched.append(new)
        others = np.flatnonzero(self.part[nodes] != parts)
        if not len(others):
            return nodes
        slots = nodes.copy()
        slots[others] = [
            self._other(*key) for key in zip(nodes[others].tolist(), parts[others].tolist(), strict=True)
        ]
        return slots

    def _other(self, node: int, part: int) -> int:
        slot = self._others.get((node, part))
        if slot is None:
            slot = self._others[node, part] = self.nodes + len(self._others)
            self._reserve()
            self._node_of_other[slot - self.nodes] = node
            self.part[slot] = part
        return slot

    def _reserve(self) -> None:
        if len(self._others) > len(self._node_of_other):
            more = len(self._node_of_other)
            self._node_of_other = np.append(self._node_of_other, np.empty(more, np.int32))
            self.since = np.append(self.since, np.full(more, EVER, np.uint32))
            self.part = np.append(self.part, np.full(more, EVER, np.uint32))

"""Who met what is exposed: in one place at one time, on a vehicle's next trip, handled by the same means.

Rules kept here: contacts go forward in time only; zero seconds are no meeting; what was sealed on both sides
does not count where that is asked for; a disinfection between two contacts cuts them. (Decision record 25.)
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from service.tracing.exposure.question import Question, Tier
from service.tracing.index.arrays import Arrays
from service.tracing.index.columns import EVER, Array, distinct
from service.tracing.index.cuts import Cutting
from service.tracing.index.grounds import Ground
from service.tracing.index.handlings import Handlings, Pairs
from service.tracing.index.intervals import Intervals
from service.tracing.index.presence import Held, Known
from service.tracing.index.stays import expand

_SHIFT = 33
_SECOND = (1 << _SHIFT) - 1

Contacts: TypeAlias = tuple[Array, Array, Array, Array]
"""Nodes, the episodes in which they were met, since when they are exposed, and by which tiers."""


@dataclass(frozen=True, slots=True)
class Sources:
    """Nodes in episodes that are exposed, a row each: since when, and when the episode begins and ends.

    Where they are asked for by ``first`` and ``of``, nodes ascend.
    """

    node: Array
    since: Array
    part: Array
    end: Array

    @property
    def first(self) -> Array:
        """The first row of each node."""
        return np.flatnonzero(np.append([True], self.node[1:] != self.node[:-1])[: len(self.node)])

    def of(self, first: Array, which: Array) -> tuple[Array, Array | None]:
        """The rows of each of some nodes, by their places in ``first``; and which of the nodes each row is
        for, where that is not row by row."""
        if len(first) == len(self.node):
            return which, None
        return expand(first[which], np.append(first[1:], len(self.node))[which])


class Meetings:
    """Tiers 2 and 3: what was in a place while it was dangerous, or on the vehicle's next trip."""

    def __init__(self, asked: Question, known: Known, cutting: Cutting, ground: Ground) -> None:
        self._asked = asked
        self._known = known
        self._cutting = cutting
        self._ground = ground
        self._every = Intervals()
        self._opened = Intervals()

    def of_place(self, place: int) -> Iterator[Contacts]:
        """Who met the place that is asked about; its own disinfection ends it."""
        asked, zone = self._asked, self._ground.zone[[place]]
        places, begin, end = np.array([[place], [asked.begin], [asked.end]])
        # For a vehicle every disinfection counts: nothing is on it for certain.
        until = np.where(zone, EVER, begin + 1)
        end = self._cutting.place_ends(places, zone, begin, until, end)
        if self._ground.asked[place]:
            yield self._met(Intervals(places, begin, end), None)

    def around(self, sources: Sources) -> Iterator[Contacts]:
        """Who met what is exposed by now, where its danger is not the same as it was a hop ago."""
        rows, held = self._stays(sources)
        begin, until, pieces = self._pieces(sources, rows, held)
        if Tier.VEHICLE in self._asked.tiers:
            yield from self._next_trips(held.only(pieces), until)
        asked = self._ground.asked[held.place[pieces]]
        held, begin, until = held.only(pieces[asked]), begin[asked], until[asked]
        last = np.minimum(until + 60 * self._asked.linger_minutes, self._asked.end)
        zones = self._ground.zone[held.place]
        ends = self._cutting.place_ends(held.place, zones, begin, until, last)
        danger = Intervals(held.place.astype(np.int64), begin, ends)
        every, opened = danger.united(), danger.only(~held.sealed).united()
        if not self._asked.opened_only:
            yield self._met(every.beyond(self._every), None)
        else:
            yield self._met(every.beyond(self._every), False)
            yield self._met(opened.beyond(self._opened), True)
        self._every, self._opened = every, opened

    def _stays(self, sources: Sources) -> tuple[Array, Held]:
        """The stays of the sources' units, and of which source each is; a unit may be several sources."""
        first = sources.first
        held, which = self._known.of_nodes(sources.node[first])
        rows, stays = sources.of(first, which)
        return rows, held if stays is None else held.only(stays)

    def _pieces(self, sources: Sources, rows: Array, held: Held) -> tuple[Array, Array, Array]:
        """Since when goods were dangerous where they were, until when they were there so, and which stays
        those are."""
        until = np.minimum(held.until, sources.end[rows])
        begin = np.maximum(np.maximum(held.since, sources.since[rows]), self._asked.begin)
        begin = np.maximum(begin, sources.part[rows])
        pieces = np.flatnonzero(begin < np.minimum(until, self._asked.end))
        return begin[pieces], until[pieces], pieces

    def _met(self, danger: Intervals, sealed: bool | None) -> Contacts:
        """Who was in places while they were dangerous; only what was sealed, or opened, or either."""
        danger = danger.only(danger.begin < danger.end)
        held, which = self._known.at_places(danger.place, danger.begin, danger.end)
        least = self._asked.least_overlap
        begin, end = danger.begin[which], danger.end[which]
        meet = np.minimum(held.until, end) - np.maximum(held.since, begin) >= least
        if sealed is not None:
            meet &= held.sealed == sealed
        held, begin, end = held.only(meet), begin[meet], end[meet]
        rows, part, since, until = self._cutting.split(held.node, held.since, held.until)
        first = np.maximum(since, begin[rows])
        long = np.minimum(until, end[rows]) - first >= least
        rows, tiers = rows[long], np.where(self._ground.zone[held.place], Tier.ZONE, Tier.VEHICLE)
        return held.node[rows], part[long], first[long], tiers[rows]

    def _next_trips(self, trips: Held, until: Array) -> Iterator[Contacts]:
        """Who was on the vehicle next, unless that was disinfected between."""
        over = trips.ended & (until == trips.until) & (until <= self._asked.end)
        trips = trips.only(over & self._ground.vehicle[trips.place])
        opened = (~trips.sealed).astype(np.int64)
        # One row a vehicle and second; opened if any of the goods were.
        keys, back = np.unique((trips.place.astype(np.int64) << _SHIFT) | trips.until, return_inverse=True)
        open_ = np.zeros(len(keys), np.int64)
        np.maximum.at(open_, back, opened)
        places, ends = keys >> _SHIFT, keys & _SECOND
        if not len(keys):
            return
        held, which = self._known.next_at(places, ends)
        counts = (held.since < self._asked.end) & ~self._cutting.cut_between(
            places[which], ends[which], held.since
        )
        if self._asked.opened_only:
            counts &= (open_[which] == 1) | ~held.sealed
        held = held.only(counts)
        part, _ = self._cutting.bounds(held.node, held.since)
        yield held.node, part, held.since, np.full(len(held), Tier.VEHICLE)


class Hands:
    """Tier 4: handled at the same bay, with the same equipment or by the same people, soon after."""

    def __init__(self, asked: Question, arrays: Arrays, known: Known, cutting: Cutting) -> None:
        self._asked = asked
        self._handlings: Handlings = arrays.handlings
        self._known = known
        self._cutting = cutting

    def around(self, sources: Sources) -> Iterator[Contacts]:
        """What was handled after goods that are exposed."""
        handlings, since = self._handled(sources)
        means, until, since = self._used(handlings, since)
        if not len(means):
            return
        others, first = self._after(means, until, since)
        rows = self._handlings.touched.of_handling.at(distinct(others))
        begins = np.full(len(self._handlings), EVER, np.int64)
        np.minimum.at(begins, others, first)
        nodes = self._handlings.touched.thing[rows]
        since = begins[self._handlings.touched.handling[rows]]
        part, _ = self._cutting.bounds(nodes, since)
        yield nodes, part, since, np.full(len(nodes), Tier.HANDLING)

    def _counting(self, handlings: Array) -> Array:
        versions = self._handlings.version[handlings]
        return (versions < self._asked.position) & ~self._known.gone(versions)

    def _handled(self, sources: Sources) -> tuple[Array, Array]:
        """Handlings of exposed goods, and since when those were so in them."""
        pairs, first = self._handlings.touched, sources.first
        found, which = pairs.of_thing.each(sources.node[first])
        rows, places = sources.of(first, which)
        handlings = pairs.handling[found if places is None else found[places]]
        began, over = self._handlings.since[handlings].astype(np.int64), self._handlings.until[handlings]
        meets = (over > sources.since[rows]) & (began < np.minimum(sources.end[rows], self._asked.end))
        meets &= self._counting(handlings)
        return handlings[meets], np.maximum(sources.since[rows], began)[meets]

    def _used(self, handlings: Array, since: Array) -> tuple[Array, Array, Array]:
        """The means of handlings: until when each was used, and since when that was dangerous."""
        least = np.full(len(self._handlings), EVER, np.int64)
        np.minimum.at(least, handlings, since)
        pairs: Pairs = self._handlings.used
        rows = pairs.of_handling.at(distinct(handlings))
        means, of = pairs.thing[rows], pairs.handling[rows]
        return means, self._handlings.until[of].astype(np.int64), least[of]

    def _after(self, means: Array, until: Array, since: Array) -> tuple[Array, Array]:
        """Handlings by the same means soon after, and since when what they handled is exposed."""
        order = np.lexsort((until, means))
        keys = (means[order].astype(np.int64) << _SHIFT) | until[order]
        # The least of all that were over later, for each means: those of later means are above.
        least = np.minimum.accumulate(((means[order].astype(np.int64) << _SHIFT) | since[order])[::-1])[::-1]
        pairs = self._handlings.used
        rows = pairs.of_thing.at(distinct(means))
        thing, handlings = pairs.thing[rows].astype(np.int64), pairs.handling[rows]
        began, over = self._handlings.since[handlings].astype(np.int64), self._handlings.until[handlings]
        clean = self._cutting.last_of_means(thing, began)
        soon = np.maximum(np.maximum(began - 3600 * self._asked.handling_hours, clean + 1), 0)
        places = np.minimum(np.searchsorted(keys, (thing << _SHIFT) | soon), len(keys) - 1)
        first = least[places] & _SECOND
        meets = (keys[places] >= (thing << _SHIFT) | soon) & (keys[places] >> _SHIFT == thing)
        meets &= (over > first) & (began < self._asked.end) & self._counting(handlings)
        return handlings[meets], np.maximum(first, began)[meets]

"""What is exposed, told the slow way: dictionaries, loops, and the rules one after the other.

The oracle of the trace index and of its SQL twin. It reads the rows of a ledger as they stand, as ``Books``
does, and never looks at an index; nothing here is made to be quick.

A node of the walk is a unit in one of its *episodes*: a disinfection that counts ends one and begins the
next, which is known by the second in which it begins (0 for the first). The steps of a transformation are
nodes as well, with one episode.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any

from schema.moments import last_second
from service.goods.disinfection import DISINFECTION
from service.goods.state import ARRIVAL, CORRECTION, EDGE, LOT, SHIPMENT, UNIT, Packaging
from service.goods.whereabouts import HANDLING, STAY
from service.ledger.history import SUPERSEDED
from service.ledger.kinds import IDS_PER_POSITION
from service.ledger.world import Projection
from service.parties import FACILITY
from service.tracing.exposure.question import Answer, Hit, Hits, Question

Node = tuple[int, int]
Place = tuple[Any, ...]
Reached = list[tuple[Node, int, int]]
"""Nodes, since when they are exposed, and by which tier."""

EVER = 1 << 40
HOUR = 3600


@dataclass(frozen=True)
class Piece:
    """Where goods were during one episode, or, as a whole, one stay; ``ended`` unless they are there yet."""

    unit: int
    place: Place
    since: int
    until: int
    sealed: bool
    ended: bool


Interval = tuple[int, int]


class Exposed:
    """One question asked of the rows of one ledger."""

    def __init__(
        self, rows: Callable[[Projection[Any]], Iterable[Any]], asked: Question, *, cuts: bool
    ) -> None:
        self.rows = rows
        self.asked = asked
        self.cutting = cuts
        self.since: dict[Node, int] = {}
        self.hop: dict[int, int] = {}
        self.tier: dict[int, int] = {}

    # What is known at the position asked at

    def standing(self, projection: Projection[Any]) -> list[Any]:
        """The rows as they stood; those that were replaced since then as they were before."""
        p = self.asked.position
        found = [row for row in self.rows(projection) if row.version < p]
        old = (each for each in self.rows(SUPERSEDED) if each.stream == projection.name)
        return found + [projection.row(**each.row) for each in old if each.since < p <= each.version]

    @cached_property
    def excluded(self) -> set[int]:
        """The statements that authorities took out of traces."""
        return {row.position for row in self.standing(CORRECTION) if row.excluded_by is not None}

    @cached_property
    def lot_of(self) -> dict[int, int]:
        """The lot of each unit that is there."""
        made = self.asked.position * IDS_PER_POSITION
        return {unit.id: unit.lot for unit in self.rows(UNIT) if unit.id < made}

    @cached_property
    def zone_kind(self) -> dict[Place, str]:
        """What kind of zone each is."""
        return {
            ("zone", facility.id, zone["no"]): zone["kind"]
            for facility in self.rows(FACILITY)
            for zone in facility.zones
        }

    @cached_property
    def stays(self) -> list[Piece]:
        """Every stay of every unit that counts; what ended after a case opened counts as if it had not."""
        found, now = [], self.asked.now
        for stay in self.rows(STAY):
            if stay.version < self.asked.position and not self.excluded & {stay.placed, stay.version}:
                place = self._place(stay.facility, stay.zone, stay.shipment, stay.vehicle)
                ended = stay.version < self.asked.known_before
                until = stay.until if ended else now
                found.append(Piece(stay.unit, place, stay.since, until, stay.sealed, ended))
        vehicles = {shipment.id: shipment.vehicle for shipment in self.standing(SHIPMENT)}
        for unit in self.standing(UNIT):
            if unit.until is None and unit.placed and unit.placed not in self.excluded:
                place = self._place(unit.facility, unit.zone, unit.shipment, vehicles.get(unit.shipment))
                sealed = unit.packaging == Packaging.SEALED
                found.append(Piece(unit.id, place, unit.since, now, sealed, ended=False))
        return found

    def _place(self, facility: Any, zone: Any, shipment: Any, vehicle: Any) -> Place:
        if facility is not None:
            return "zone", facility, zone or 0
        return ("shipment", shipment) if vehicle is None else ("vehicle", vehicle)

    # Disinfections that count

    @cached_property
    def cuts(self) -> dict[Place, list[tuple[int, bool]]]:
        """When each thing was disinfected, and whether for good: goods, zones, vehicles, bays, tools."""
        found, asked = defaultdict(list), self.asked
        for done in self.standing(DISINFECTION) if self.cutting else ():
            known = done.version < asked.known_before and not done.broken
            accepted = done.accepted_in is not None and done.accepted_in < asked.position
            whole = done.of_pieces is None or done.pieces >= done.of_pieces
            if whole and (known or accepted) and not done.withdrawn:
                found[self._thing(done)].append((last_second(done.happened_at), done.terminal))
        return found

    def _thing(self, done: Any) -> Place:
        if done.subject in {"unit", "lot", "vehicle"}:
            return done.subject, done.target
        if done.subject == "zone":
            return "zone", done.facility, done.target
        owner = done.facility if done.subject == "bay" else done.organisation
        return done.subject, owner, done.label

    def episodes(self, node: int) -> list[Interval]:
        """The episodes of a unit; a step of a transformation has one."""
        if node not in self.lot_of:
            return [(0, EVER)]
        things = ("unit", node), ("lot", self.lot_of[node])
        at = sorted({when for thing in things for when, _ in self.cuts.get(thing, ())})
        return list(zip([0, *at], [*at, EVER], strict=True))

    def meeting(self, node: int, begin: int, end: int) -> Iterator[Interval]:
        """The episodes that meet [begin, end)."""
        return (each for each in self.episodes(node) if each[0] < end and each[1] > begin)

    def pieces(self) -> Iterator[tuple[Interval, Piece, Piece]]:
        """Each stay, split where its goods were disinfected: the episode, the part, the whole."""
        for stay in self.stays:
            for begin, end in self.meeting(stay.unit, stay.since, stay.until):
                since, until = max(stay.since, begin), min(stay.until, end)
                yield (begin, end), replace(stay, since=since, until=until), stay

    # The start

    def seeds(self) -> tuple[set[int], set[int]]:
        """The units that it begins with, and their lots."""
        lots = {lot.id: lot for lot in self.standing(LOT)}
        named = {lot for lot in self.asked.lots if lot in lots}
        named |= {lot.id for lot in lots.values() if lot.arrival in self.asked.arrivals}
        units = {unit for unit in self.asked.units if unit in self.lot_of}
        first = named | {self.lot_of[unit] for unit in units}
        if 0 in self.asked.tiers:
            named |= {lot.id for lot in lots.values() if any(_same_batch(lots[one], lot) for one in first)}
        units |= {unit for unit, lot in self.lot_of.items() if lot in named}
        return units, {self.lot_of[unit] for unit in units}

    def ring(self, seeds: set[int]) -> Iterator[tuple[int, int]]:
        """Units of lots that came with those of the seeds (tier 1), or from where they come (tier 5)."""
        lots = {lot.id: lot for lot in self.standing(LOT)}
        arrivals = {arrival.id: arrival for arrival in self.standing(ARRIVAL)}
        for unit, lot in self.lot_of.items():
            for seed in (lots[id_] for id_ in seeds):
                if 1 in self.asked.tiers and _together(seed, lots[lot], arrivals):
                    yield unit, 1
                if 5 in self.asked.tiers and self._upstream(seed, lots[lot], arrivals):
                    yield unit, 5

    def _upstream(self, a: Any, b: Any, arrivals: dict[int, Any]) -> bool:
        if a.arrival is not None and b.arrival is not None:
            voyage = arrivals[a.arrival].voyage
            if voyage is not None and voyage == arrivals[b.arrival].voyage:
                return True
        if a.establishment is None or a.establishment != b.establishment:
            return False
        if a.produced_on is None or b.produced_on is None:
            return False
        apart = abs(date.fromisoformat(a.produced_on) - date.fromisoformat(b.produced_on))
        return apart.days <= self.asked.production_days

    # From hop to hop

    def walk(self) -> list[Hit]:
        """The units that are exposed."""
        units, lots = self.seeds()
        self.reach(0, [(self.at_the_start(unit), self.asked.begin, 0) for unit in units])
        for hop in range(1, self.asked.hops + 1):
            ring = self.ring(lots) if hop == 1 else ()
            around = [(self.at_the_start(unit), self.asked.begin, tier) for unit, tier in ring]
            self.reach(hop, [*around, *self.contacts(hop)])
        least: dict[int, int] = {}
        for (unit, _), when in self.since.items():
            least[unit] = min(least.get(unit, EVER), when)
        found = ((unit, when) for unit, when in sorted(least.items()) if unit in self.lot_of)
        return [Hit(unit, self.hop[unit], self.tier[unit], when) for unit, when in found]

    def at_the_start(self, unit: int) -> Node:
        """The unit in the episode in which the window begins."""
        return unit, self.episode(unit, self.asked.begin)

    def episode(self, unit: int, when: int) -> int:
        """The episode of a second, known by its beginning."""
        return next(begin for begin, end in self.episodes(unit) if begin <= when < end)

    def reach(self, hop: int, reached: Reached) -> None:
        """Add what was reached, and all that was made of it and of what was there."""
        for node, when, _ in reached:
            self.since[node] = min(self.since.get(node, EVER), when)
        waiting = list(self.since)
        while waiting:
            node = waiting.pop()
            for child, when in self.made_of(node, self.since[node]):
                if when < self.since.get(child, EVER):
                    self.since[child] = when
                    waiting.append(child)
        new = {unit for unit, _ in self.since} - self.hop.keys()
        self.hop |= dict.fromkeys(new, hop)
        self._label(new, [(node[0], tier) for node, _, tier in reached])

    def _label(self, new: set[int], reached: list[tuple[int, int]]) -> None:
        """The least tier by which each unit that is new is there, from any that it is made of."""
        made = [
            (node[0], child[0]) for node, when in self.since.items() for child, _ in self.made_of(node, when)
        ]
        while True:
            inherited = [(child, self.tier[source]) for source, child in made if source in self.tier]
            told = sorted({*reached, *inherited})
            closer = [(unit, by) for unit, by in told if unit in new and by < self.tier.get(unit, EVER)]
            if not closer:
                return
            self.tier |= dict(closer[::-1])

    @cached_property
    def leaving(self) -> dict[int, list[Any]]:
        """The movements that leave each node."""
        found = defaultdict(list)
        for edge in self.rows(EDGE):
            if edge.version < self.asked.position and edge.version not in self.excluded:
                found[edge.parent].append(edge)
        return found

    def made_of(self, node: Node, when: int) -> Iterator[tuple[Node, int]]:
        """What goods of an exposed node went into, and since when that is exposed."""
        ends = dict(self.episodes(node[0]))[node[1]]
        for edge in self.leaving[node[0]]:
            begin = max(when, edge.earliest)
            end = min(max(edge.latest, edge.earliest + 1), ends, self.asked.end)
            if begin < end:
                for episode in self.meeting(edge.child, begin, end):
                    yield (edge.child, episode[0]), max(begin, episode[0])

    # Contacts

    def contacts(self, hop: int) -> Iterator[tuple[Node, int, int]]:
        """Whatever met what is exposed: its node, since when, and by which tier."""
        yield from self.in_places(hop)
        if 2 in self.asked.tiers:
            yield from self.next_trips()
        if 4 in self.asked.tiers:
            yield from self.handled()

    def infectious(self) -> Iterator[tuple[Piece, int, int, bool]]:
        """Each piece of a stay that makes its place infectious, from when to when, and whether its stay
        ended with it."""
        asked = self.asked
        for (begin, _), piece, stay in self.pieces():
            since = self.since.get((piece.unit, begin), EVER)
            first = max(since, piece.since, asked.begin)
            if first < min(piece.until, asked.end):
                last = min(piece.until + asked.linger_minutes * 60, asked.end)
                left = stay.ended and piece.until == stay.until
                yield piece, first, self._cleaned(piece, first, last), left

    def _cleaned(self, piece: Piece, first: int, last: int) -> int:
        ends = [last]
        for when, terminal in self.cuts.get(piece.place, ()):
            through = piece.place[0] == "zone" and terminal and when > first
            if through or when >= piece.until:
                ends.append(when)
        return min(ends)

    def meets(self, place: Place) -> bool:
        """Whether contacts in such a place are asked for."""
        if place[0] != "zone":
            return 2 in self.asked.tiers
        kinds = self.asked.zone_kinds
        return 3 in self.asked.tiers and (kinds is None or self.zone_kind.get(place) in kinds)

    def in_places(self, hop: int) -> Iterator[tuple[Node, int, int]]:
        """Tiers 2 and 3: in one zone, or on one trip, at one time."""
        every: dict[Place, list[Interval]] = defaultdict(list)
        opened: dict[Place, list[Interval]] = defaultdict(list)
        for place, first, last in self.seed_places() if hop == 1 else ():
            every[place].append((first, last))
            opened[place].append((first, last))
        for piece, first, last, _ in self.infectious():
            every[piece.place].append((first, last))
            if not piece.sealed:
                opened[piece.place].append((first, last))
        for (begin, _), piece, _ in self.pieces():
            sources = opened if self.asked.opened_only and piece.sealed else every
            for first, last in united(sources[piece.place]) if self.meets(piece.place) else ():
                if min(piece.until, last) - max(piece.since, first) >= self.asked.least_overlap:
                    yield (piece.unit, begin), max(piece.since, first), 3 if piece.place[0] == "zone" else 2

    def seed_places(self) -> Iterator[tuple[Place, int, int]]:
        """The place that is asked about; its disinfection ends it, that of a zone if it was the last."""
        asked = self.asked
        if asked.zone is not None:
            place: Place = ("zone", *asked.zone)
            done = [when for when, terminal in self.cuts.get(place, ()) if terminal and when > asked.begin]
            yield place, asked.begin, min([asked.end, *done])
        if asked.vehicle is not None:
            place = "vehicle", asked.vehicle
            done = [when for when, _ in self.cuts.get(place, ()) if when > asked.begin]
            yield place, asked.begin, min([asked.end, *done])

    def next_trips(self) -> Iterator[tuple[Node, int, int]]:
        """Tier 2: the vehicle's next trip, unless it was disinfected before."""
        for piece, _, _, left in self.infectious():
            if piece.place[0] == "vehicle" and left and piece.until <= self.asked.end:
                yield from self._next_trip(piece)

    def _next_trip(self, trip: Piece) -> Iterator[tuple[Node, int, int]]:
        later = [each for each in self.stays if each.place == trip.place and each.since >= trip.until]
        starts = min((each.since for each in later), default=EVER)
        cut = any(trip.until <= when <= starts for when, _ in self.cuts.get(trip.place, ()))
        for each in later:
            met = not (self.asked.opened_only and trip.sealed and each.sealed)
            if met and not cut and each.since == starts < self.asked.end:
                yield (each.unit, self.episode(each.unit, starts)), starts, 2

    @cached_property
    def handlings(self) -> list[Any]:
        """Who and what handled goods, as it is known."""
        known = (each for each in self.rows(HANDLING) if each.version < self.asked.position)
        return [each for each in known if each.version not in self.excluded]

    def handled(self) -> Iterator[tuple[Node, int, int]]:
        """Tier 4: handled at the same bay, with the same equipment or by the same people soon after."""
        asked = self.asked
        for first in self.handlings:
            for unit in first.units:
                for begin, end in self.episodes(unit):
                    when = self.since.get((unit, begin), EVER)
                    if first.until > when and first.since < min(end, asked.end):
                        yield from self._handled_after(first, when)

    def _handled_after(self, first: Any, when: int) -> Iterator[tuple[Node, int, int]]:
        asked = self.asked
        for second in self.handlings:
            since = max(when, first.since, second.since)
            soon = second.since <= first.until + HOUR * asked.handling_hours
            after = second.until > max(when, first.since) and second.since < asked.end
            if soon and after and self._shared(first, second):
                for unit in second.units:
                    yield (unit, self.episode(unit, since)), since, 4

    def _shared(self, first: Any, second: Any) -> bool:
        if set(first.crew) & set(second.crew):
            return True
        for subject, owner in (("bay", "facility"), ("equipment", "organisation")):
            label, belongs = getattr(first, subject), getattr(first, owner)
            same = (label, belongs) == (getattr(second, subject), getattr(second, owner))
            if label is not None and belongs is not None and same:
                done = self.cuts.get((subject, belongs, label), ())
                if not any(first.until <= when <= second.since for when, _ in done):
                    return True
        return False


def _same_batch(a: Any, b: Any) -> bool:
    """Whether they are two lots of one batch that share a paper."""
    alike = (a.establishment, a.production_batch) == (b.establishment, b.production_batch) and a.id != b.id
    named = a.establishment is not None and a.production_batch is not None
    return alike and named and bool(set(a.certificates) & set(b.certificates))


def _together(a: Any, b: Any, arrivals: dict[int, Any]) -> bool:
    if a.arrival is None or b.arrival is None:
        return False
    if a.arrival == b.arrival:
        return True
    one, other = arrivals[a.arrival], arrivals[b.arrival]
    if one.container is None or one.container != other.container:
        return False
    voyage = one.voyage is not None and one.voyage == other.voyage
    return voyage or (one.entry_on is not None and one.entry_on == other.entry_on)


def united(intervals: list[Interval]) -> list[Interval]:
    """The union as disjoint intervals; those that touch are one."""
    joined: list[Interval] = []
    for begin, end in sorted(intervals):
        if joined and begin <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(joined[-1][1], end)
        else:
            joined.append((begin, end))
    return joined


def exposed(rows: Callable[[Projection[Any]], Iterable[Any]], asked: Question) -> Answer:
    """The whole answer."""
    hits = Exposed(rows, asked, cuts=True).walk()
    uncut = Exposed(rows, asked, cuts=False).walk() if asked.cleared else []
    reached = {hit.unit for hit in hits}
    cleared = (hit for hit in uncut if hit.unit not in reached)
    return Answer(asked.position, Hits.of(hits), Hits.of(cleared))

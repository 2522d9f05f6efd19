"""What exposure rests on beside lineage: who was where, what was disinfected, what kind of zone each is.

It stands beside the arrays and changes nothing of theirs. Disinfections and zones are few and are read when a
question wants them; they name things by id, which get their dense numbers when these are there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np

from schema.moments import last_second
from service.goods.disinfection.state import Subject
from service.tracing.exposure.question import Question, Tier
from service.tracing.index.arrays import Arrays, place_kinds, trip_keys, zone_keys
from service.tracing.index.columns import LAST_POSITION, NONE, Array
from service.tracing.index.cuts import LOT, MEANS, PLACE, UNIT, Cuts
from service.tracing.index.presence import Presence
from service.tracing.index.reached import Reached

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Ground:
    """What places are, by their dense numbers: zones, vehicles, and where contacts are asked for."""

    zone: Array
    vehicle: Array
    asked: Array


class Grounds:
    """Beside ``arrays``; disinfections of statements before ``position`` are known."""

    def __init__(self, arrays: Arrays) -> None:
        self.arrays = arrays
        self.position = 0
        self.presence = Presence(arrays)
        self.cuts = Cuts()
        self._things: list[Row] = []
        self._standing: dict[int, int] = {}
        self._zones: dict[tuple[int, int], str] = {}
        self._lent: list[Reached] = []

    def ground(self, asked: Question) -> Ground:
        """What places are to a question."""
        zone, vehicle = place_kinds(self.arrays.places.ids)
        met = zone & (Tier.ZONE in asked.tiers)
        if asked.zone_kinds is not None:
            met &= self._of_kinds(asked.zone_kinds, len(zone))
        return Ground(zone, vehicle, met | (~zone & (Tier.VEHICLE in asked.tiers)))

    def _of_kinds(self, kinds: frozenset[str], places: int) -> Array:
        zones = [zone for zone, kind in self._zones.items() if kind in kinds]
        found = np.zeros(places, np.bool_)
        numbers = self._zone_places(np.array(zones, np.int64).reshape(-1, 2))
        found[numbers[numbers != NONE]] = True
        return found

    def place(self, asked: Question) -> int | None:
        """The number of the place that is asked about; None if there is none, or nothing ever was there."""
        if asked.zone is not None:
            places = self._zone_places(np.array([asked.zone], np.int64))
        elif asked.vehicle is not None:
            places = self.arrays.places.find(trip_keys(np.array([asked.vehicle]), np.array([NONE])))
        else:
            return None
        return None if places[0] == NONE else int(places[0])

    @contextmanager
    def borrowed(self) -> Iterator[Reached]:
        """Arrays in which nothing was reached yet; several questions may be asked at a time."""
        wanted = len(self.arrays.nodes)
        reached = self._lent.pop() if self._lent else Reached(0)
        if reached.nodes < wanted:
            reached = Reached(wanted + wanted // 8)
        try:
            yield reached
        finally:
            reached.clear()
            self._lent.append(reached)

    def put(self, zones: Iterable[Row], disinfections: Iterable[Row], position: int) -> None:
        """Rows of ``tracing/grounds``: all zones, and each form of disinfections up to ``position``."""
        self._zones.update(((row["facility"], row["zone"]), row["kind"]) for row in zones)
        for row in disinfections:
            before = self._standing.get(row["id"])
            if before is not None:
                self.cuts.replaced[before] = row["version"]
            self._standing[row["id"]] = self.cuts.add(**_columns(row)).start
            self._things.append(row)
        self.position = position
        self._number()

    def _number(self) -> None:
        """Number what was disinfected; what no goods ever had to do with has no number yet."""
        for row in np.flatnonzero(self.cuts.thing == NONE).tolist():
            self.cuts.thing[row] = self._thing(self._things[row])

    def _thing(self, row: Row) -> int:
        arrays, target = self.arrays, row["target"]
        match Subject(row["subject"]):
            case Subject.UNIT:
                return arrays.nodes.find_one(target)
            case Subject.LOT:
                return arrays.lots.find_one(target)
            case Subject.VEHICLE:
                return int(arrays.places.find(trip_keys(np.array([target]), np.array([NONE])))[0])
            case Subject.ZONE:
                return int(self._zone_places(np.array([[row["facility"], target]]))[0])
            case Subject.BAY:
                return arrays.handlings.means.get(("bay", row["facility"], row["label"]), NONE)
            case Subject.EQUIPMENT:
                return arrays.handlings.means.get(("equipment", row["organisation"], row["label"]), NONE)

    def _zone_places(self, zones: Array) -> Array:
        """The numbers of zones: facilities by id, and zones of them."""
        facilities = self.arrays.facilities.find(zones[:, 0])
        places = self.arrays.places.find(zone_keys(facilities, zones[:, 1]))
        return np.where(facilities == NONE, NONE, places)


_SUBJECTS = {
    Subject.UNIT: UNIT,
    Subject.LOT: LOT,
    Subject.ZONE: PLACE,
    Subject.VEHICLE: PLACE,
    Subject.BAY: MEANS,
    Subject.EQUIPMENT: MEANS,
}


def _columns(row: Row) -> dict[str, Any]:
    whole = row["of_pieces"] is None or (row["pieces"] or 0) >= row["of_pieces"]
    return {
        "subject": _SUBJECTS[Subject(row["subject"])],
        "thing": NONE,
        "at": last_second(row["happened_at"]),
        "terminal": row["terminal"],
        "sound": not row["broken"],
        "counts": whole and not row["withdrawn"],
        "accepted": LAST_POSITION if row["accepted_in"] is None else row["accepted_in"],
        "version": row["version"],
        "replaced": LAST_POSITION,
    }

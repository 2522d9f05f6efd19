"""What exposure rests on beside lineage: who was where, what was disinfected, what kind of zone each is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from schema.moments import last_second
from service.goods.disinfection.state import Subject
from service.tracing.exposure.question import Question, Tier
from service.tracing.index.arrays import Arrays, place_kinds, trip_keys, zone_keys
from service.tracing.index.columns import LAST_POSITION, NONE, Array, Table
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


class Zones(Table):
    """Zones of facilities: the dense number of the ``place``, and the number of the ``kind`` of zone."""

    types: ClassVar[Mapping[str, str]] = {"place": "i4", "kind": "i1"}

    place: Array
    kind: Array

    def __init__(self) -> None:
        super().__init__()
        self._kinds: dict[str, int] = {}

    def put(self, places: Iterable[int], kinds: Iterable[str]) -> None:
        """Zones that are new, or known: a zone never changes its kind."""
        numbers = [self._kinds.setdefault(kind, len(self._kinds)) for kind in kinds]
        new = np.array([*places], np.int32)
        unknown = ~np.isin(new, self.place)
        if unknown.any():
            self.add(place=new[unknown], kind=np.array(numbers, np.int8)[unknown])

    def of_kinds(self, kinds: Iterable[str], places: int) -> Array:
        """Which of so many places are zones of these kinds."""
        numbers = [self._kinds[kind] for kind in kinds if kind in self._kinds]
        found = np.zeros(places, np.bool_)
        found[self.place[np.isin(self.kind, numbers)]] = True
        return found


class Grounds:
    """Beside ``arrays``, and as of the same position."""

    def __init__(self, arrays: Arrays) -> None:
        self.arrays = arrays
        self.presence = Presence(arrays)
        self.cuts = Cuts()
        self.zones = Zones()
        self._standing: dict[int, int] = {}
        self._lent: list[Reached] = []

    def ground(self, asked: Question) -> Ground:
        """What places are to a question."""
        zone, vehicle = place_kinds(self.arrays.places.ids)
        met = zone & (Tier.ZONE in asked.tiers)
        if asked.zone_kinds is not None:
            met &= self.zones.of_kinds(asked.zone_kinds, len(zone))
        return Ground(zone, vehicle, met | (~zone & (Tier.VEHICLE in asked.tiers)))

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

    def place(self, asked: Question) -> int | None:
        """The number of the place that is asked about, if anything ever was there."""
        if asked.zone is not None:
            facility = self.arrays.facilities.find(np.array([asked.zone[0]]))
            key = zone_keys(facility, np.array([asked.zone[1]]))
        else:
            facility = np.array([0])
            key = trip_keys(np.array([asked.vehicle]), np.array([NONE]))
        place = self.arrays.places.find_one(int(key[0])) if facility[0] != NONE else NONE
        return None if place == NONE else place

    def put_zones(self, rows: Iterable[Row]) -> None:
        """Rows of ``tracing/grounds.zones``."""
        listed = list(rows)
        facilities = self.arrays.facilities.number(np.array([row["facility"] for row in listed], np.int64))
        keys = zone_keys(facilities, np.array([row["zone"] for row in listed], np.int64))
        self.zones.put(self.arrays.places.number(keys).tolist(), [row["kind"] for row in listed])

    def put_disinfections(self, rows: Iterable[Row]) -> None:
        """Rows of ``tracing/grounds.disinfections``, each form of one after the other."""
        for row in rows:
            before = self._standing.get(row["id"])
            if before is not None:
                self.cuts.replaced[before] = row["version"]
            done = self.cuts.add(**self._columns(row))
            self._standing[row["id"]] = done.start

    def _columns(self, row: Row) -> dict[str, Any]:
        subject, thing = self._thing(row)
        whole = row["of_pieces"] is None or (row["pieces"] or 0) >= row["of_pieces"]
        return {
            "id": row["id"],
            "subject": subject,
            "thing": thing,
            "at": last_second(row["happened_at"]),
            "terminal": row["terminal"],
            "sound": not row["broken"],
            "counts": whole and not row["withdrawn"],
            "accepted": LAST_POSITION if row["accepted_in"] is None else row["accepted_in"],
            "version": row["version"],
            "replaced": LAST_POSITION,
        }

    def _thing(self, row: Row) -> tuple[int, int]:
        """What was disinfected, and its dense number."""
        arrays, subject, target = self.arrays, Subject(row["subject"]), row["target"]
        match subject:
            case Subject.UNIT:
                return UNIT, _number(arrays.nodes, target)
            case Subject.LOT:
                return LOT, _number(arrays.lots, target)
            case Subject.VEHICLE:
                return PLACE, _number(arrays.places, trip_keys(np.array([target]), np.array([NONE]))[0])
            case Subject.ZONE:
                facility = np.array([_number(arrays.facilities, row["facility"])])
                return PLACE, _number(arrays.places, zone_keys(facility, np.array([target]))[0])
        owner = row["facility"] if subject is Subject.BAY else row["organisation"]
        return MEANS, arrays.handlings.means.setdefault(
            (subject.value, owner, row["label"]), len(arrays.handlings.means)
        )


def _number(ids: Any, id_: int) -> int:
    return int(ids.number(np.array([id_]))[0])

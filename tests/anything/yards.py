"""Any small yard: rows as a ledger might leave them, more crowded and more tangled than people make it.

Goods stand, travel, are handled, disinfected, divided and mixed within a day or two, at seconds that often
coincide; what was said is corrected, excluded, accepted late. Rows of one yard agree with each other as those
of a ledger do (a unit's row with its stays, forms that were superseded); nobody judged them. Yards of
different numbers share no id, so that one database holds many.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import asdict, replace
from datetime import UTC, datetime
from random import Random
from typing import Any

from service.goods.disinfection.state import DISINFECTION, Disinfection
from service.goods.state import (
    ARRIVAL,
    CORRECTION,
    EDGE,
    LOT,
    SHIPMENT,
    UNIT,
    Arrival,
    Correction,
    Edge,
    Lot,
    Shipment,
    Unit,
)
from service.goods.whereabouts import HANDLING, STAY, Handling, Stay
from service.ledger.history import SUPERSEDED, Superseded
from service.ledger.kinds import IDS_PER_POSITION
from service.ledger.world import Projection
from service.parties import FACILITY
from service.parties.state import Facility

POSITIONS = 60
ROOM = 100
"""Positions of a yard, those of the next one begin after them."""
_BEGINNING, _STEP = 1_600_000_000, 600
_TIMES = 200
"""A yard's day has so many moments, ten minutes apart."""
_DAY = "2020-09-13"
_REGIONS = ("370200", "370200", "440100")
_KINDS = ("imported", "imported", "domestic")


class Yard:
    """One yard's rows; ``moments`` are the seconds at which its statements were recorded, ``base`` is the
    position of the first."""

    def __init__(self, chance: Random, number: int = 0) -> None:
        self.chance = chance
        self.base = number * ROOM
        self.moments = [_BEGINNING + at * _STEP * _TIMES // POSITIONS for at in range(POSITIONS)]
        self._rows: dict[Projection[Any], list[Any]] = defaultdict(list)
        self._next: dict[int, int] = defaultdict(int)
        self._places()
        self._lots()
        self.units = [
            self._unit(*self._positions(chance.randint(1, 4))) for _ in range(chance.randint(6, 30))
        ]
        self._lineage()
        self._hands()
        self._disinfections()
        self._corrections()

    def rows(self, projection: Projection[Any]) -> Iterable[Any]:
        """The rows of a projection."""
        return self._rows[projection]

    def tables(self) -> dict[Projection[Any], list[Any]]:
        """All rows."""
        return {projection: rows for projection, rows in self._rows.items() if rows}

    def _id(self, position: int) -> int:
        self._next[position] += 1
        return position * IDS_PER_POSITION + self._next[position]

    def _positions(self, count: int) -> list[int]:
        """Some positions, ascending; often next to each other."""
        first = self.chance.randint(1, POSITIONS - 10)
        found = sorted(self.chance.sample(range(first, POSITIONS), count + 1))
        return [self.base + position for position in found]

    def _second(self) -> int:
        return _BEGINNING + _STEP * self.chance.randint(0, _TIMES)

    def _known(self, *choices: Any) -> Any:
        return self.chance.choice(choices)

    def _places(self) -> None:
        self.facilities = [self._id(self.base) for _ in range(2)]
        zones = [
            {"no": no + 1, "name": str(no), "kind": kind, "edition": 0, "from": [], "closed": False}
            for no, kind in enumerate(_KINDS)
        ]
        for key in self.facilities:
            place = Facility(key, 1, "cold_store", "库", None, "370200", "路", "备", zones, True, self.base)
            self._rows[FACILITY].append(place)
        self.vehicles = [self._id(self.base) for _ in range(2)]
        self.owners = [self._id(self.base) for _ in range(2)]

    def _lots(self) -> None:
        self.arrivals = [self._id(self.base) for _ in range(3)]
        for key in self.arrivals:
            box, ship = (
                self._known(None, f"B{self.base}", f"C{self.base}"),
                self._known(None, f"V{self.base}"),
            )
            row = Arrival(
                key,
                1,
                self.facilities[0],
                "port",
                box,
                None,
                ship,
                "",
                "青岛港",
                _DAY,
                _DAY,
                None,
                None,
                {},
                self.base,
            )
            self._rows[ARRIVAL].append(row)
        self.lots = [self._lot() for _ in range(self.chance.randint(2, 8))]

    def _lot(self) -> int:
        key, chance = self._id(self.base), self.chance
        row = Lot(
            key, key, f"C{key}", 1, self.facilities[0], self._known(None, *self.arrivals), [], "牛肉", None,
            "livestock", "箱", None, None, "frozen", None, self._known(None, f"E{self.base}"),
            self._known(None, "一批"), self._known(None, "2020-08-01", "2020-08-03"), None, _DAY, 10, 1000,
            0, 0, chance.sample([f"甲/{self.base}", f"乙/{self.base}"], chance.randint(0, 2)), {}, self.base,
        )  # fmt: skip
        self._rows[LOT].append(row)
        return key

    # Units and where they stay

    def _unit(self, made: int, *moved: int) -> Unit:
        """A unit that comes, stays, and moves on at each position."""
        key, since = self._id(made), self._second()
        sealed = self._known("sealed", "opened")
        row = Unit(
            key, self.chance.choice(self.lots), 0, 1, 1, None, None, _REGIONS[made % 3], "released", None,
            "carton", sealed, 10, 1000, 10, 1000, 0, 0, 0, 0, 0, 0, 0, 0, [], _DAY, made, since, made,
            None, None,
        )  # fmt: skip
        row = self._placed(row, since, made)
        for position in moved:
            until = since + _STEP * self._known(0, 1, 2, 6, 30, 100)
            self._leave(row, until, position)
            gone = position == moved[-1] and self.chance.random() < 0.4
            changed = replace(row, until=until, vacated=position, state="sold", version=position)
            now = changed if gone else self._placed(row, until, position)
            self._supersede(UNIT, row, now)
            row, since = now, until
        self._rows[UNIT].append(row)
        return row

    def _placed(self, row: Unit, since: int, position: int) -> Unit:
        """The unit at another place: in a zone, or on a trip."""
        if self.chance.random() < 0.6:
            where = {"facility": self._known(*self.facilities), "zone": self._known(None, 1, 2, 3)}
            where |= {"state": "released", "shipment": None}
        else:
            where = {"facility": None, "zone": None, "state": "in_transit", "shipment": self._trip(position)}
        return replace(row, **where, since=since, placed=position, version=position)

    def _trip(self, position: int) -> int:
        """A trip that others may be on, too."""
        if self._rows[SHIPMENT] and self.chance.random() < 0.3:
            return int(self.chance.choice(self._rows[SHIPMENT]).id)
        key, vehicle = self._id(position), self._known(None, *self.vehicles)
        places = self.facilities[0], self.facilities[1]
        row = Shipment(key, 1, 1, *places, [], vehicle, {}, _DAY, None, "trade", True, False, self.base)
        self._rows[SHIPMENT].append(row)
        return key

    def _leave(self, row: Unit, until: int, position: int) -> None:
        trips = {trip.id: trip.vehicle for trip in self._rows[SHIPMENT]}
        stay = Stay(
            self._id(position), row.id, row.lot, row.facility, row.zone, row.shipment,
            trips.get(row.shipment), row.packaging == "sealed", row.since, until, row.placed, position,
        )  # fmt: skip
        self._rows[STAY].append(stay)

    def _supersede(self, projection: Projection[Any], before: Any, now: Any) -> None:
        key = projection.key(before)
        named = f"{projection.name}/{key}/{before.version}"
        old = Superseded(named, projection.name, key, before.version, now.version, asdict(before))
        self._rows[SUPERSEDED].append(old)

    # What happened to them

    def _lineage(self) -> None:
        """Some are made of others that were there before, directly or through a step that mixes."""
        for place, child in enumerate(self.units[1:], 1):
            for parent in self.chance.sample(self.units[:place], min(place, self._known(0, 0, 1, 1, 2))):
                made, node = child.id // IDS_PER_POSITION, None
                if self.chance.random() < 0.3:
                    node = self._id(made)
                    self._edge(node, child.id, made)
                self._edge(parent.id, node or child.id, made)

    def _edge(self, parent: int, child: int, position: int) -> None:
        earliest = self._second()
        latest = earliest + self._known(1, 60, 60, 3600, 86_400)
        row = Edge(self._id(position), parent, child, 0, "split", None, 1, _DAY, position, earliest, latest)
        self._rows[EDGE].append(row)

    def _hands(self) -> None:
        for position in self._positions(self.chance.randint(0, 8)):
            since = self._second()
            there = [unit.id for unit in self.units if unit.id // IDS_PER_POSITION <= position]
            touched = sorted(self.chance.sample(there, min(len(there), self.chance.randint(1, 3))))
            crew = sorted(self.chance.sample([self.base + 1, self.base + 2], self._known(0, 1)))
            row = Handling(
                position, self._known(*self.owners), self._known(None, *self.facilities),
                self._known(None, "D1", "D2"), self._known(None, "FL-1"), crew, touched, since,
                since + self._known(60, 3600), position,
            )  # fmt: skip
            self._rows[HANDLING].append(row)

    def _disinfections(self) -> None:
        for position in self._positions(self._known(0, 4, 9, 9)):
            key, subject = (
                self._id(position),
                self._known("unit", "lot", "lot", "zone", "vehicle", "bay", "equipment"),
            )
            target = {
                "unit": self.chance.choice(self.units).id,
                "lot": self.chance.choice(self.lots),
                "zone": self._known(1, 2, 3),
                "vehicle": self._known(*self.vehicles),
            }.get(subject)
            label = {"bay": "D1", "equipment": "FL-1"}.get(subject)
            moment = datetime.fromtimestamp(self._second() - 1, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
            broken = self._known([], [], [], ["disinfection.too-weak"])
            row = Disinfection(
                key, self._known(*self.owners), self._known(*self.facilities), "370200", subject, target,
                label, "chlorine", None, 1000, 30, self._known(9, 10, 10), self._known(None, 10), None,
                self.chance.random() < 0.5, [], moment, None, broken, None, None, None, position,
            )  # fmt: skip
            self._rows[DISINFECTION].append(self._later(row, position))

    def _later(self, row: Disinfection, position: int) -> Disinfection:
        """As it stands in the end: accepted, or taken back, by a statement after it."""
        roll, after = (
            self.chance.random(),
            min(position + self.chance.randint(1, 20), self.base + POSITIONS - 1),
        )
        if roll > 0.4 or after == position:
            return row
        taken = (
            {"withdrawn": True} if roll < 0.1 else {"accepted_by": 1, "accepted_in": after, "grounds": "x"}
        )
        now = replace(row, **taken, version=after)
        self._supersede(DISINFECTION, row, now)
        return now

    def _corrections(self) -> None:
        last = self.base + POSITIONS - 1
        said = sorted({row.version for table in (EDGE, STAY, HANDLING) for row in self._rows[table]} - {last})
        for position in self.chance.sample(said, min(len(said), self._known(0, 1, 3))):
            free = {*range(position + 1, last + 1)} - {row.correction for row in self._rows[CORRECTION]}
            if not free:
                continue
            at = self.chance.choice(sorted(free)[:10])
            row = Correction(position, at, position, "x", 1, 1, "mistake", True, _DAY, None, None, at)
            if self.chance.random() < 0.6 and at < last:
                now = replace(row, excluded_by=1, excluded_at=_DAY, version=at + 1)
                self._supersede(CORRECTION, row, now)
                row = now
            self._rows[CORRECTION].append(row)

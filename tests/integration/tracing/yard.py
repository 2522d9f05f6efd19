"""A yard of bare rows: goods that stand, travel and are handled at seconds that a test names.

::

    yard = Yard()
    yard.stays(A, zone=1, since=10, until=20)
    found = await yard.asks(conn, units=(A,))

Lots, units and facilities are numbers of the test's own; every row is of position 1 unless it says another.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
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
from service.ledger import store
from service.ledger.world import Dirty
from service.parties.state import FACILITY, Facility
from service.tracing.exposure.question import Answer, Question, Tier
from service.tracing.exposure.sql import exposed

DAY = "2020-08-17"
NOW = 1_000_000
PLACE = 11
"""A cold store with zones 1 and 2 for imported goods and 3 for domestic ones."""


def moment(second: int) -> str:
    """A moment that is over by ``second``: a text of one second's precision."""
    return datetime.fromtimestamp(second - 1, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class Yard:
    """What happened there. Units come to be when they are first named, each a lot of its own."""

    def __init__(self) -> None:
        self.rows: dict[Any, dict[Any, Any]] = {}
        self._next = 5_000_000
        zones = [
            {"no": no, "name": str(no), "kind": kind, "edition": 0, "from": [], "closed": False}
            for no, kind in ((1, "imported"), (2, "imported"), (3, "domestic"))
        ]
        place = Facility(PLACE, 1, "cold_store", "库", None, "370200", "路", "备", zones, True, 0)
        self._put(FACILITY, place)

    def _put(self, projection: Any, row: Any) -> None:
        self.rows.setdefault(projection, {})[projection.key(row)] = row

    def _id(self) -> int:
        self._next += 1
        return self._next

    def lot(self, key: int, **said: Any) -> int:
        """A lot. ``said`` are its columns."""
        row = Lot(
            key, 0, f"C{key}", 1, PLACE, None, [], "牛肉", None, "livestock", "箱", None, None, "frozen",
            None, None, None, None, None, DAY, None, 1000, 0, 0, [], {}, 1,
        )  # fmt: skip
        self._put(LOT, replace(row, **said))
        return key

    def arrival(self, key: int, **said: Any) -> int:
        """An arrival."""
        row = Arrival(key, 1, PLACE, "port", None, None, None, "", "青岛港", DAY, DAY, None, None, {}, 1)
        self._put(ARRIVAL, replace(row, **said))
        return key

    def unit(self, key: int, lot: int | None = None, **said: Any) -> int:
        """A unit that is nowhere yet."""
        if lot is None:
            lot = self.lot(key + 100_000)
        row = Unit(
            key, lot, 0, 1, 1, PLACE, None, "370200", "released", None, "carton", "sealed",
            10, 1000, 10, 1000, 0, 0, 0, 0, 0, 0, 0, 0, [], DAY, 1, 0, 1, 0, 1,
        )  # fmt: skip
        self._put(UNIT, replace(row, **said))
        return key

    def _known(self, key: int) -> Unit:
        if key not in self.rows.get(UNIT, {}):
            self.unit(key)
        found: Unit = self.rows[UNIT][key]
        return found

    def stays(
        self,
        key: int,
        *,
        since: int,
        until: int | None = None,
        zone: int | None = None,
        vehicle: int | None = None,
        trip: int | None = None,
        sealed: bool = False,
        placed: int = 1,
        version: int = 1,
    ) -> None:
        """A stay in a zone (0: a place without), or on a trip; it goes on where it has no end."""
        unit = self._known(key)
        facility = None if zone is None else PLACE
        if zone is None:
            trip = trip or self._trip(vehicle)
        if until is None:
            packaging = "sealed" if sealed else "opened"
            where = {"facility": facility, "zone": zone or None, "shipment": trip, "packaging": packaging}
            state = "released" if trip is None else "in_transit"
            open_ = {"since": since, "placed": placed, "until": None, "vacated": None, "state": state}
            self._put(UNIT, replace(unit, **where, **open_))
            return
        where_ = (facility, zone or None, trip, vehicle, sealed)
        self._put(STAY, Stay(self._id(), key, unit.lot, *where_, since, until, placed, version))

    def _trip(self, vehicle: int | None) -> int:
        trip = self._id()
        made = Shipment(trip, 1, 1, PLACE, PLACE, [], vehicle, {}, DAY, None, "trade", True, False, 1)
        self._put(SHIPMENT, made)
        return trip

    def makes(self, parent: int, child: int, at: int, *, version: int = 1) -> None:
        """What was made of the goods, within the second from ``at``; a child may be a node's number."""
        edge = Edge(self._id(), parent, child, 0, "split", None, 1, DAY, version, at, at + 1)
        self._put(EDGE, edge)

    def disinfected(self, subject: str, at: int, **said: Any) -> int:
        """Something was disinfected, by the second ``at``."""
        key = self._id() * 1000
        row = Disinfection(
            key, 1, PLACE, "370200", subject, None, None, "chlorine", None, 1000, 30, None, None, None,
            False, [], moment(at), None, [], None, None, None, 1,
        )  # fmt: skip
        self._put(DISINFECTION, replace(row, **said))
        return key

    def handled(self, *units: int, since: int, until: int, **by: Any) -> None:
        """Units were handled together."""
        row = Handling(self._id(), 1, PLACE, None, None, [], [*units], since, until, 1)
        self._put(HANDLING, replace(row, **by))

    def excluded(self, position: int, at: int) -> None:
        """An authority excluded what the statement at ``position`` said, by the one at ``at``."""
        row = Correction(position, position + 1, position, "x", 1, 1, "mistake", True, DAY, 1, DAY, at)
        self._put(CORRECTION, row)

    async def write(self, conn: Any) -> None:
        """Put all of it into the database; once more, what was added since."""
        for projection, rows in self.rows.items():
            await store.save(conn, Dirty(projection, [*rows.values()]))
        for log in (STAY, EDGE, HANDLING):
            self.rows.pop(log, None)

    async def asks(self, conn: Any, **said: Any) -> Answer:
        """The answer to a question, of which only what a test is about is said."""
        return await exposed(conn, question(**said))


def question(**said: Any) -> Question:
    """A question about everything until NOW, of all tiers and one hop, without a second run."""
    told = {
        "begin": 0,
        "end": NOW,
        "position": 100,
        "now": NOW,
        "known_before": 100,
        "cleared": False,
        **said,
    }
    if "tiers" in told:
        told["tiers"] = frozenset(map(Tier, told["tiers"]))
    return Question(**told)


def units(answer: Answer, *, hop: int | None = None) -> set[int]:
    """Which units an answer names."""
    return {hit.unit for hit in answer.hits if hop is None or hit.hop == hop}


def by_unit(answer: Answer) -> dict[int, tuple[int, int, int]]:
    """Hop, tier and time by unit."""
    return {hit.unit: (hit.hop, hit.tier, hit.since) for hit in answer.hits}

"""How each unit of an answer was reached: one step back from it, and so the whole way from where it began.

An answer says that a unit was reached, in how many hops, by which relation and since when. Its last step is
found again from the same rows: of all that could have led to it, what agrees with the answer. A step without
a source is where the way begins.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np

from service.ledger.store import Connection
from service.parties.shelves import Row
from service.storage import query
from service.tracing.exposure.question import Hit, Hits, Question, Tier

LONGEST = 500
"""Steps of a way; a longer one is told from its end."""
_BY_TIER: Mapping[int, tuple[str, ...]] = {
    Tier.SAME: ("batch",),
    Tier.CONTAINER: ("container",),
    Tier.VEHICLE: ("vehicle", "next_trip"),
    Tier.ZONE: ("zone",),
    Tier.HANDLING: ("handling",),
    Tier.UPSTREAM: ("voyage", "production"),
}
_FILE = "tracing/exposure_steps"
Columns: TypeAlias = tuple[list[int], list[int], list[int], list[int]]
"""Units, hops and times of what was reached; and the units whose last step is asked for."""


@dataclass(frozen=True, slots=True)
class Ways:
    """The steps of one answer; without ``cut`` of the run that no disinfection is counted in."""

    conn: Connection
    asked: Question
    hits: Hits
    gone: Sequence[int]
    cut: bool = True
    steps: dict[int, Row] = field(default_factory=dict)

    async def find(self, units: Iterable[int]) -> None:
        """Find the ways to units, whole, each step once."""
        waiting = [unit for unit in dict.fromkeys(units) if unit not in self.steps]
        for _ in range(LONGEST):
            if not waiting:
                return
            self.steps.update(await self._last(waiting))
            sources = dict.fromkeys(self.steps[unit]["source"] for unit in waiting)
            waiting = [unit for unit in sources if unit is not None and unit not in self.steps]

    def way(self, unit: int) -> list[Row]:
        """The steps to a unit that was found, the first one first."""
        steps: dict[int, Row] = {}
        at: int | None = unit
        while at is not None and at in self.steps and at not in steps:
            steps[at] = self.steps[at]
            at = self.steps[at]["source"]
        return [*steps.values()][::-1]

    async def _last(self, units: list[int]) -> dict[int, Row]:
        """The last step to each unit: of those that could be, the one that agrees with the answer."""
        found: dict[int, list[Row]] = {unit: [] for unit in units}
        for row in await self._candidates(units):
            found[row["unit"]].append(dict(row))
        return {unit: self._step(self.found(unit), rows) for unit, rows in found.items()}

    def found(self, unit: int) -> Hit:
        found = self.hits.find(unit)
        assert found is not None  # noqa: S101  (only what was reached has a way)
        return found

    def _step(self, hit: Hit, candidates: list[Row]) -> Row:
        """A seed has no step before it, whatever else would lead to it."""
        likely = [row for row in candidates if self._leads(hit, row)]
        seed: Row = {"relation": "seed"}
        chosen = min(likely, key=lambda row: self._fit(hit, row)) if likely else seed
        facts = {name: chosen.get(name) for name in _FACTS}
        seconds = chosen.get("seconds")
        minutes = None if seconds is None else seconds // 60
        told = {"unit": hit.unit, "hop": hit.hop, "since": hit.since, "overlap_minutes": minutes}
        return {**facts, **told}

    def _leads(self, hit: Hit, row: Row) -> bool:
        if row["relation"] in ("zone", "vehicle") and row["seconds"] < self.asked.least_overlap:
            return False
        if hit.hop == 0:
            named = hit.unit in self.asked.units
            return not named and row["relation"] in ("derived", "batch") and row["since"] == hit.since
        return row["relation"] == "derived" or row["relation"] in _BY_TIER[hit.tier]

    @staticmethod
    def _fit(hit: Hit, row: Row) -> tuple[bool, bool, bool, int]:
        """What begins when the answer says comes first, then a source that was exposed in that part of its
        life for sure, then a contact, then the longest one."""
        made, later = row["relation"] == "derived", row.get("later", False)
        return row["since"] != hit.since, later, made, -(row.get("seconds") or 0)

    async def _candidates(self, units: list[int]) -> list[Any]:
        asked, gone = self.asked, [*self.gone]
        near = await asyncio.to_thread(self._near, units)
        kinds = None if asked.zone_kinds is None else sorted(asked.zone_kinds)
        window = (asked.begin, asked.end, 60 * asked.linger_minutes)
        named = [*asked.units], [*asked.lots], [*asked.arrivals]
        place = (*(asked.zone or (None, None)), asked.vehicle)
        return [
            *await self._ask("met", near, asked.now, gone, *window, *place, asked.opened_only, kinds),
            *await self._ask("next_trip", near, asked.now, gone, asked.opened_only),
            *await self._ask("handled", near, gone, 3600 * asked.handling_hours),
            *await self._made(units, gone),
            *await self._ask("related", near, *named, asked.production_days),
        ]

    def _near(self, units: Sequence[int]) -> Columns:
        """The columns of whatever may have led to these, themselves included, and these: a contact comes from
        an earlier hop, which leaves most of an answer out."""
        theirs = np.isin(self.hits.unit, np.array(units, np.int64))
        last = int(self.hits.hop[theirs].max(initial=0))
        return _columns(self.hits.only(theirs | (self.hits.hop < last)), units)

    async def _made(self, units: list[int], gone: list[int]) -> list[Any]:
        """What they were made of, whatever hop that is of."""
        parents = await self.conn.fetchval(query(f"{_FILE}.parents"), units)
        known = self.hits.only(np.isin(self.hits.unit, np.array([*parents, *units], np.int64)))
        return await self._ask("derived", _columns(known, units), gone)

    async def _ask(self, name: str, near: Columns, *arguments: object) -> list[Any]:
        asked = self.asked
        head = (asked.position, asked.known_before, self.cut)
        found: list[Any] = await self.conn.fetch(query(f"{_FILE}.{name}"), *head, *near, *arguments)
        return found


def _columns(hits: Hits, units: Sequence[int]) -> Columns:
    return hits.unit.tolist(), hits.hop.tolist(), hits.since.tolist(), [*units]


_FACTS = (
    *("relation", "source", "facility", "zone", "vehicle", "shipment", "bay", "equipment", "people"),
    *("until", "position"),
)


async def cleared_by(ways: Ways, unit: int, lots: Mapping[int, int]) -> list[int]:
    """The disinfections on the way to a unit that only they kept out."""
    asked, way = ways.asked, ways.way(unit)
    zones = [step for step in way if step["zone"] is not None]
    bays = [step for step in way if step["bay"] is not None]
    rows = await ways.conn.fetch(
        query(f"{_FILE}.cleared_by"),
        *(asked.position, asked.known_before, True),
        [step["unit"] for step in way],
        [lots[step["unit"]] for step in way if step["unit"] in lots],
        [step["facility"] for step in zones],
        [step["zone"] for step in zones],
        [step["vehicle"] for step in way if step["vehicle"] is not None],
        [step["facility"] for step in bays],
        [step["bay"] for step in bays],
        [step["equipment"] for step in way if step["equipment"] is not None],
        *(asked.begin, ways.found(unit).since),
    )
    return [row["id"] for row in rows]

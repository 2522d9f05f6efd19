"""How each unit of an answer was reached: one step back from it, and so the whole way from where it began.

An answer says that a unit was reached, in how many hops, by which relation and since when. Its last step is
found again from the same rows: of all that could have led to it, what agrees with the answer. A step without
a source is where the way begins.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from service.ledger.store import Connection
from service.parties.shelves import Row
from service.storage import query
from service.tracing.exposure.question import Hit, Question, Tier

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


@dataclass(frozen=True, slots=True)
class Ways:
    """The steps of one answer; without ``cut`` of the run that no disinfection is counted in."""

    conn: Connection
    asked: Question
    hits: Mapping[int, Hit]
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
        return {unit: self._step(self.hits[unit], rows) for unit, rows in found.items()}

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
        if hit.hop == 0:
            named = hit.unit in self.asked.units
            return not named and row["relation"] in ("derived", "batch") and row["since"] == hit.since
        return row["relation"] == "derived" or row["relation"] in _BY_TIER[hit.tier]

    @staticmethod
    def _fit(hit: Hit, row: Row) -> tuple[bool, bool, int]:
        """What begins when the answer says comes first, then a contact, then the longest one."""
        return row["since"] != hit.since, row["relation"] == "derived", -(row.get("seconds") or 0)

    async def _candidates(self, units: list[int]) -> list[Any]:
        asked, gone = self.asked, [*self.gone]
        window = (asked.begin, asked.end, 60 * asked.linger_minutes)
        place = (*(asked.zone or (None, None)), asked.vehicle)
        return [
            *await self._ask("met", units, asked.now, gone, *window, *place),
            *await self._ask("next_trip", units, asked.now, gone),
            *await self._ask("handled", units, gone, 3600 * asked.handling_hours),
            *await self._ask("derived", units, gone),
            *await self._ask("related", units, [*asked.units], [*asked.lots], [*asked.arrivals]),
        ]

    async def _ask(self, name: str, units: list[int], *arguments: object) -> list[Any]:
        asked = self.asked
        head = (asked.position, asked.known_before, self.cut)
        columns = [[*self.hits], [h.hop for h in self.hits.values()], [h.since for h in self.hits.values()]]
        found: list[Any] = await self.conn.fetch(query(f"{_FILE}.{name}"), *head, *columns, units, *arguments)
        return found


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
        *(asked.begin, ways.hits[unit].since),
    )
    return [row["id"] for row in rows]

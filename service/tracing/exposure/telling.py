"""What of an answer is told to whom: units in reach with their last step, ways with the rest left out.

Of goods that the reader may not see a way tells the relation, when, and the city: nothing that names them,
their holder or their place.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from service.goods.reading import UNITS
from service.http.paging import Page, Slice
from service.http.readers import Reader
from service.ledger.store import Connection
from service.parties.shelves import Row
from service.parties.visibility import not_found, sight
from service.storage import Database, query
from service.tracing.exposure.asking import moment
from service.tracing.exposure.question import Answer, Hit, Hits, Question
from service.tracing.exposure.steps import Ways, cleared_by
from service.tracing.walk import trace_snapshot

WINDOW = 2_000
"""Hits that are looked at for a page at first."""
_SEEN = "tracing/exposure_seen"
_HIDDEN = (
    "facility",
    "zone",
    "vehicle",
    "shipment",
    "bay",
    "equipment",
    "people",
    "position",
    "corrected_by",
)


@dataclass(frozen=True, slots=True)
class Choice:
    """Which of an answer's hits are wanted; ``cleared``: of those that disinfections kept out."""

    tier: int | None = None
    hop: int | None = None
    cleared: bool = False

    @classmethod
    def of(cls, said: Mapping[str, Any]) -> Choice:
        """As a query says it."""
        tier = said.get("tier")
        return cls(None if tier is None else int(tier), said.get("hop"), said.get("cleared", False))

    def among(self, answer: Answer) -> Hits:
        """Those hits, by unit."""
        found = answer.cleared if self.cleared else answer.hits
        for column, wanted in (("tier", self.tier), ("hop", self.hop)):
            if wanted is not None:
                found = found.only(getattr(found, column) == wanted)
        return found


@dataclass(frozen=True, slots=True)
class Telling:
    """One answer, told to one reader."""

    database: Database
    reader: Reader
    asked: Question
    answer: Answer

    async def hits(self, choice: Choice, page: Page) -> Slice[Row]:
        """A page of the units in reach, each with its last step."""
        wanted = choice.among(self.answer)
        async with trace_snapshot(self.database.as_of(self.asked.position)) as conn:
            keys = page.cut(await self._within(conn, wanted, page), lambda key: (key,))
            ways = await self._ways(conn, choice, keys.items)
            steps = {
                step["unit"]: step for step in await self._told(conn, [ways.steps[k] for k in keys.items])
            }
            clearing = await self._clearing(conn, ways, keys.items) if choice.cleared else {}
        units = await self._units(keys.items)
        rows = [
            {
                "unit": units[key],
                "step": steps[key],
                "cleared_by": clearing.get(key, []),
                **_told(hit),
            }
            for key in keys.items
            if (hit := wanted.find(key)) is not None
        ]
        return Slice(rows, keys.next)

    async def _within(self, conn: Connection, wanted: Hits, page: Page) -> list[int]:
        """The units of a page: those in reach among the next few hits, or among ever more of them."""
        at = (*sight(self.reader), self.asked.position)
        begin = int(np.searchsorted(wanted.unit, page.after[0], "right")) if page.after else 0
        found, many = list[int](), WINDOW
        while begin < len(wanted) and len(found) < page.wanted:
            units = wanted.unit[begin : begin + many].tolist()
            rows = await conn.fetch(query(f"{_SEEN}.within"), *at, units, None, page.wanted - len(found))
            found += [row["id"] for row in rows]
            begin, many = begin + many, 4 * many
        return found

    async def path(self, unit: int) -> Row:
        """The whole way to one unit. Raises Problem ``request.not-found`` where it is not in reach."""
        cleared = self.answer.hits.find(unit) is None
        choice = Choice(cleared=cleared)
        hit = choice.among(self.answer).find(unit)
        if hit is None:
            raise not_found()
        async with trace_snapshot(self.database.as_of(self.asked.position)) as conn:
            at = (*sight(self.reader), self.asked.position)
            if not await conn.fetch(query(f"{_SEEN}.within"), *at, [unit], None, 1):
                raise not_found()
            ways = await self._ways(conn, choice, [unit])
            steps = await self._told(conn, ways.way(unit))
            clearing = await self._clearing(conn, ways, [unit]) if cleared else {}
        return {"unit": unit, "steps": steps, "cleared_by": clearing.get(unit, []), **_told(hit)}

    async def places(self, page: Page) -> Slice[Row]:
        """Zones and trips with when such goods were there."""
        return await self._around("places", page)

    async def people(self, page: Page) -> Slice[Row]:
        """Members of the staff who handled such goods, or worked where they lay."""
        return await self._around("people", page)

    async def _around(self, name: str, page: Page) -> Slice[Row]:
        """A page of what was around the goods in reach. The answer stands still, so a cursor is a number."""
        asked, hits = self.asked, self.answer.hits
        columns = await asyncio.to_thread(lambda: (hits.unit.tolist(), hits.since.tolist()))
        skipped = int(page.after[0]) if page.after else 0
        async with trace_snapshot(self.database.as_of(self.asked.position)) as conn:
            gone: list[int] = await conn.fetchval(query("tracing/exposure.excluded"), asked.position)
            rows = await conn.fetch(
                query(f"tracing/exposure_places.{name}"),
                *sight(self.reader),
                *(asked.position, asked.known_before, asked.now, gone, asked.begin, asked.end),
                *(*columns, skipped, page.wanted),
            )
        told = [
            dict(row) | {"since": moment(row["since"]), "until": moment(row["until"])}
            for row in rows[: page.limit]
        ]
        return Slice(told, (skipped + page.limit,) if len(rows) > page.limit else None)

    async def _ways(self, conn: Connection, choice: Choice, units: Sequence[int]) -> Ways:
        known = self.answer.hits
        if choice.cleared:
            known = await asyncio.to_thread(known.joined, self.answer.cleared)
        gone: list[int] = await conn.fetchval(query("tracing/exposure.excluded"), self.asked.position)
        ways = Ways(conn, self.asked, known, gone, cut=not choice.cleared)
        await ways.find(units)
        return ways

    async def _placed(self, conn: Connection, units: Iterable[int]) -> dict[int, Any]:
        at = (*sight(self.reader), self.asked.position)
        return {row["id"]: row for row in await conn.fetch(query(f"{_SEEN}.placed"), *at, sorted(set(units)))}

    async def _told(self, conn: Connection, steps: Sequence[Row]) -> list[Row]:
        """Steps as they are told, in their order."""
        placed = await self._placed(conn, [step["unit"] for step in steps])
        positions = [step["position"] for step in steps if step["position"] is not None]
        rows = await conn.fetch(query("tracing/exposure_steps.corrected"), positions)
        corrected = {row["position"]: row["correction"] for row in rows}
        places = await conn.fetch(
            query(f"{_SEEN}.facilities"), [s["facility"] for s in steps if s["facility"] is not None]
        )
        named = {row["id"]: row["place"] for row in places}
        return [_shown(step, placed.get(step["unit"]), named, corrected) for step in steps]

    async def _clearing(self, conn: Connection, ways: Ways, units: Sequence[int]) -> dict[int, list[int]]:
        known = await self._placed(conn, [step["unit"] for unit in units for step in ways.way(unit)])
        lots = {unit: row["lot"] for unit, row in known.items()}
        return {unit: await cleared_by(ways, unit, lots) for unit in units}

    async def _units(self, keys: Sequence[int]) -> dict[int, Row]:
        """Units as they were known then."""
        pool = self.database.as_of(self.asked.position)
        return {row["id"]: row for row in await UNITS.rows(pool, sight(self.reader), keys)}


def _told(hit: Hit) -> Row:
    return {"tier": str(hit.tier), "hop": hit.hop, "since": moment(hit.since)}


def _shown(step: Row, placed: Any, named: Mapping[int, Row], corrected: Mapping[int, int]) -> Row:
    """A step; of goods out of reach what tells nothing of them."""
    until, position = step["until"], step["position"]
    told = step | {
        "since": moment(step["since"]),
        "until": None if until is None else moment(until),
        "facility": None if step["facility"] is None else named.get(step["facility"]),
        "corrected_by": None if position is None else corrected.get(position),
        "lot": None if placed is None else placed["lot"],
        "region": None,
    }
    if placed is not None and placed["seen"]:
        return told
    region = None if placed is None else placed["region"]
    return told | dict.fromkeys(_HIDDEN) | {"unit": None, "lot": None, "region": region}


async def all_hits(telling: Telling, choice: Choice, limit: int) -> Any:
    """Every hit in reach, page by page; the event loop goes on between them."""
    after: tuple[int | str, ...] | None = None
    while True:
        part = await telling.hits(choice, Page(limit, after))
        yield part.items
        if part.next is None:
            return
        after = part.next
        await asyncio.sleep(0)

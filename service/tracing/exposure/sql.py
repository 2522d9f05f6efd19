"""Exposure asked of the database, level by level: the fallback of the index, and the oracle it is tested by.

What was reached is kept here, each step is one query (``queries/tracing/exposure.sql``). A node whose time
or relation improves is expanded again, so the order of steps does not matter: what comes out is the least.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from service.ledger.store import Connection
from service.storage import query
from service.tracing.exposure.question import Answer, Hits, Question, Tier

Key = tuple[int, int]
"""A unit and the second in which a part of its life begins."""


@dataclass(slots=True)
class Reached:
    """Nodes with the end of their part of life and the second since which they are exposed; of each unit the
    hop and the closest relation by which it was reached then."""

    nodes: dict[Key, tuple[int, int]] = field(default_factory=dict)
    hops: dict[int, int] = field(default_factory=dict)
    tiers: dict[int, int] = field(default_factory=dict)
    parts: dict[int, list[Key]] = field(default_factory=dict)

    def take(self, rows: Iterable[Any], hop: int) -> list[Key]:
        """Take in what a step found; the nodes that are to be expanded again."""
        better: dict[Key, None] = {}
        for row in rows:
            unit, key = row["unit"], (row["unit"], row["begins"])
            known = self.nodes.get(key)
            if known is None:
                self.parts.setdefault(unit, []).append(key)
            if known is None or row["tau"] < known[1]:
                self.nodes[key] = row["ends"], row["tau"]
                better[key] = None
            if self.hops.setdefault(unit, hop) == hop and row["tier"] < self.tiers.get(unit, len(Tier)):
                self.tiers[unit] = row["tier"]
                better.update(dict.fromkeys(self.parts[unit]))
        return [*better]

    def columns(self, keys: Iterable[Key]) -> tuple[list[int], list[int], list[int]]:
        """Units, ends and times of nodes."""
        found = [(key[0], *self.nodes[key]) for key in keys]
        units, ends, taus = zip(*found, strict=True) if found else ((), (), ())
        return [*units], [*ends], [*taus]

    def since(self) -> dict[int, int]:
        """The second since which each unit is exposed, whatever part of its life it was in."""
        return {unit: min(self.nodes[key][1] for key in keys) for unit, keys in self.parts.items()}


@dataclass(frozen=True, slots=True)
class Spread:
    """One question on one connection; without ``cut`` as if nothing had ever been disinfected."""

    conn: Connection
    asked: Question
    gone: Sequence[int]
    cut: bool

    async def run(self) -> Reached:
        """Everything that is reached within the hops asked for."""
        reached, asked = Reached(), self.asked
        seeds = await self._seeds()
        await self._close(reached, await _took(reached, seeds, 0), 0)
        for hop in range(1, asked.hops + 1):
            rows = await self._contacts(reached, hop)
            if hop == 1:
                rows += await self._related(sorted({row["lot"] for row in seeds}))
            fresh = await _took(reached, rows, hop)
            if not fresh:
                break
            await self._close(reached, fresh, hop)
        return reached

    async def _step(self, name: str, *arguments: object) -> list[Any]:
        asked = self.asked
        head = (asked.position, asked.known_before, self.cut)
        found: list[Any] = await self.conn.fetch(query(f"tracing/exposure.{name}"), *head, *arguments)
        return found

    async def _seeds(self) -> list[Any]:
        asked = self.asked
        named = [*asked.units], [*asked.lots], [*asked.arrivals]
        return await self._step("seeds", asked.begin, *named, Tier.SAME in asked.tiers)

    async def _close(self, reached: Reached, fresh: list[Key], hop: int) -> None:
        """What was made of the goods is as dangerous as they are."""
        while fresh:
            units, ends, taus = await asyncio.to_thread(reached.columns, fresh)
            tiers = [*map(reached.tiers.__getitem__, units)]
            rows = await self._step("derived", units, ends, taus, [*self.gone], self.asked.end, tiers)
            fresh = await _took(reached, rows, hop)

    async def _contacts(self, reached: Reached, hop: int) -> list[Any]:
        asked, tiers = self.asked, self.asked.tiers
        columns = await asyncio.to_thread(reached.columns, reached.nodes)
        window = (asked.now, [*self.gone], asked.begin, asked.end)
        rows: list[Any] = []
        if tiers & {Tier.VEHICLE, Tier.ZONE}:
            rows += await self._step("met", *columns, *window, *self._terms(hop))
        if Tier.VEHICLE in tiers:
            rows += await self._step("next_trip", *columns, *window, asked.opened_only)
        if Tier.HANDLING in tiers:
            terms = ([*self.gone], asked.end, 3600 * asked.handling_hours)
            rows += await self._step("handled", *columns, *terms)
        return rows

    def _terms(self, hop: int) -> Sequence[object]:
        """What makes a meeting, and the place that is asked about, which is dangerous at the first hop."""
        asked = self.asked
        kinds = None if asked.zone_kinds is None else sorted(asked.zone_kinds)
        terms = (60 * asked.linger_minutes, asked.least_overlap, asked.opened_only, kinds)
        counted = (Tier.ZONE in asked.tiers, Tier.VEHICLE in asked.tiers)
        place = (*(asked.zone or (None, None)), asked.vehicle) if hop == 1 else (None, None, None)
        return (*terms, *counted, *place)

    async def _related(self, lots: list[int]) -> list[Any]:
        """Goods of the containers, voyages and productions that the first ones came from."""
        asked = self.asked
        counted = (Tier.CONTAINER in asked.tiers, Tier.UPSTREAM in asked.tiers)
        if not any(counted):
            return []
        return await self._step("related", asked.begin, lots, *counted, asked.production_days)


async def _took(reached: Reached, rows: Sequence[Any], hop: int) -> list[Key]:
    """What ``Reached.take`` says, in a thread: of many rows it takes long."""
    return await asyncio.to_thread(reached.take, rows, hop)


async def exposed(conn: Connection, asked: Question) -> Answer:
    """The answer to a question. ``conn`` sees one state from the first query to the last."""
    gone: list[int] = await conn.fetchval(query("tracing/exposure.excluded"), asked.position)
    reached = await Spread(conn, asked, gone, cut=True).run()
    hits = await _hits(conn, reached)
    if not asked.cleared:
        return Answer(asked.position, hits)
    without = await _hits(conn, await Spread(conn, asked, gone, cut=False).run())
    cleared = np.isin(without.unit, hits.unit, assume_unique=True, invert=True)
    return Answer(asked.position, hits, without.only(cleared))


async def _hits(conn: Connection, reached: Reached) -> Hits:
    """The units among what was reached, the rest are nodes of transformations."""
    since = await asyncio.to_thread(reached.since)
    units = await conn.fetch(query("tracing/exposure.units_of"), [*since])
    return await asyncio.to_thread(_columns, reached, since, units)


def _columns(reached: Reached, since: Mapping[int, int], units: Iterable[Any]) -> Hits:
    rows = [(row["id"], reached.hops[row["id"]], reached.tiers[row["id"]], since[row["id"]]) for row in units]
    return Hits(*np.array(rows, np.int64).reshape(-1, 4).T)

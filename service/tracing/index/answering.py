"""Questions of exposure put to the trace index of this process: what ``Answers`` asks before it asks SQL.

The index answers as of its own position, and as of an earlier one since which nothing was corrected: then
what stood has only been added to. Where it cannot say, SQL does.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import numpy as np

from service.ledger.kinds import IDS_PER_POSITION
from service.storage import Database, query
from service.tracing.exposure.question import Answer, Question, Tier
from service.tracing.index.arrays import Arrays
from service.tracing.index.columns import NONE, Array, distinct
from service.tracing.index.exposure import Seeds, answer, exposed
from service.tracing.index.following import TraceIndex
from service.tracing.index.grounds import Grounds

Row = Mapping[str, Any]
WAIT = 0.5
"""Seconds for which a question waits for the index to reach its position; SQL answers in that order."""


class Exposures:
    """The index asked about exposure, with what it rests on besides."""

    def __init__(self, index: TraceIndex, database: Database) -> None:
        self._index = index
        self._database = database
        self._grounds: Grounds | None = None
        self._lock = asyncio.Lock()

    async def quick(self, asked: Question) -> Answer | None:
        """The answer; None where the index cannot say."""
        index = self._index
        if index.position is None or not await index.at_least(asked.position, WAIT):
            return None
        async with index.reading() as arrays:
            if arrays is None or not _can_say(arrays, asked.position):
                return None
            grounds = await self._following(arrays)
            seeds = await seeds_of(self._database, grounds, asked)
            return await asyncio.to_thread(_answered, grounds, asked, seeds)

    async def _following(self, arrays: Arrays) -> Grounds:
        """What lies beside the arrays, as of their position."""
        async with self._lock:
            grounds = self._grounds
            if grounds is None or grounds.arrays is not arrays:
                grounds = self._grounds = Grounds(arrays)
            if grounds.position < arrays.position:
                await follow(self._database, grounds)
            return grounds


def _can_say(arrays: Arrays, position: int) -> bool:
    corrected = arrays.edges.corrections.correction
    behind = position > arrays.position
    return not behind and (position == arrays.position or not (corrected >= position).any())


def _answered(grounds: Grounds, asked: Question, seeds: Seeds) -> Answer:
    told = answer(asked, exposed(grounds, asked, seeds))
    # Asked for here, where it holds nobody up: it hashes every hit, and is remembered.
    assert told.digest  # noqa: S101
    return told


async def follow(database: Database, grounds: Grounds) -> None:
    """Take in disinfections and zones up to the position of the arrays."""
    since, position = grounds.position, grounds.arrays.position
    zones = await _rows(database, "zones", since)
    grounds.put(zones, await _rows(database, "disinfections", since, position), position)


async def seeds_of(database: Database, grounds: Grounds, asked: Question) -> Seeds:
    """Where a walk begins: lots are found in SQL by what papers say of them, units in the arrays."""
    arrays, position, tiers = grounds.arrays, asked.position, asked.tiers
    named = [*asked.units], [*asked.lots], [*asked.arrivals]
    lots = await _rows(database, "seed_lots", position, *named, Tier.SAME in tiers) if any(named) else []
    whole, _ = _units(arrays, {row["lot"]: Tier.SAME for row in lots}, position)
    ids = np.array(asked.units, np.int64)
    units = arrays.nodes.find(ids)
    seeds = np.union1d(units[(units != NONE) & (ids // IDS_PER_POSITION < position)], whole)
    kin: list[Row] = []
    if asked.hops and tiers & {Tier.CONTAINER, Tier.UPSTREAM}:
        of = arrays.lots.ids[distinct(arrays.units.lot[seeds])].tolist()
        kinds = Tier.CONTAINER in tiers, Tier.UPSTREAM in tiers
        kin = await _rows(database, "kin", position, of, *kinds, asked.production_days)
    # The closest relation comes last and stays.
    closest = {row["lot"]: row["tier"] for row in sorted(kin, key=lambda row: -row["tier"])}
    return Seeds(seeds, *_units(arrays, closest, position), grounds.place(asked))


def _units(arrays: Arrays, tiers: Mapping[int, int], position: int) -> tuple[Array, Array]:
    """The units of lots by id that there were at a position, and the tiers of their lots."""
    lots = arrays.lots.find(np.array([*tiers], np.int64))
    tier = np.zeros(len(arrays.lots), np.int64)
    tier[lots] = [*tiers.values()]
    nodes = arrays.of_lot.at(lots)
    nodes = nodes[arrays.nodes.ids[nodes] // IDS_PER_POSITION < position]
    return nodes, tier[arrays.units.lot[nodes]]


async def _rows(database: Database, name: str, *arguments: object) -> list[Row]:
    return [dict(row) for row in await database.reader.fetch(query(f"tracing/grounds.{name}"), *arguments)]

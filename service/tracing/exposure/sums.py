"""A large answer counted from columns: by relation, hop, state, region and holder, of what the reader sees;
of the rest by city. It says what ``tracing/exposure_seen.sql`` counts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from service.goods.state import UnitState
from service.tracing.exposure.question import Column, Hits
from service.tracing.index.columns import distinct

Row = Mapping[str, Any]
STATES: Sequence[str] = sorted(UnitState)
MOST_HOLDERS = 50
NONE = -1
"""No facility, or pieces that nobody counted."""
FIELDS = 9
"""Values that ``tracing/exposure_seen.columns`` gives of each unit."""


@dataclass(frozen=True, slots=True)
class Goods:
    """The units of an answer, as they were then; ids, and the place of the state in STATES."""

    unit: Column
    lot: Column
    region: Column
    pieces: Column
    grams: Column
    custodian: Column
    facility: Column
    state: Column
    held: Column
    tier: Column
    hop: Column

    @classmethod
    def of(cls, hits: Hits, wire: bytes) -> Goods:
        """From what the database said of each hit, eight bytes a value."""
        rows = np.frombuffer(wire, ">i8").reshape(-1, FIELDS).astype(np.int64)
        rows = rows[np.argsort(rows[:, 0])]
        columns = [*rows.T, hits.tier.astype(np.int64), hits.hop.astype(np.int64)]
        return cls(*columns)

    def only(self, wanted: Column) -> Goods:
        """Those units."""
        return Goods(*(getattr(self, name)[wanted] for name in self.__slots__))

    def within(self, lots: Column | None) -> Column:
        """Which of them are of these lots."""
        return np.ones(len(self.unit), bool) if lots is None else np.isin(self.lot, lots)

    def sum(self) -> Row:
        """All of them together; nothing at all has no pieces, rather than pieces that nobody counted."""
        _, rows = self._grouped(np.zeros(len(self.unit), np.int64))
        return rows[0] if rows else {"units": 0, "lots": 0, "pieces": 0, "grams": 0}

    def by(self, name: str, key: Column, words: Sequence[object] | None = None) -> list[Row]:
        """Together with all that have an equal key, in the order of keys."""
        keys, rows = self._grouped(key)
        return [
            {name: found if words is None else words[found], **row}
            for found, row in zip(keys.tolist(), rows, strict=True)
        ]

    def holders(self) -> list[dict[str, Any]]:
        """Who has the most of what is on hand, and where."""
        there = self.only(self.grams > 0)
        organisations, who = np.unique(there.custodian, return_inverse=True)
        places, where = np.unique(there.facility, return_inverse=True)
        keys, rows = there._grouped(who * max(len(places), 1) + where)
        found = [
            {
                "organisation": int(organisations[key // len(places)]),
                "facility": _known(int(places[key % len(places)])),
                **row,
            }
            for key, row in zip(keys.tolist(), rows, strict=True)
        ]
        greatest = sorted(found, key=lambda row: (-row["grams"], *_who(row)))[:MOST_HOLDERS]
        return sorted(greatest, key=lambda row: (-row["grams"], -row["units"], *_who(row)))

    def cities(self) -> list[Row]:
        """How many there are in which city."""
        cities, counts = np.unique(self.region // 100, return_counts=True)
        pairs = zip(cities.tolist(), counts.tolist(), strict=True)
        return [{"region": f"{city:04d}00", "units": count} for city, count in pairs]

    def _grouped(self, key: Column) -> tuple[Column, list[dict[str, Any]]]:
        """Keys ascending, and what is counted under each."""
        keys, which, units = np.unique(key, return_inverse=True, return_counts=True)
        loose = np.bincount(which[self.pieces == NONE], minlength=len(keys)) > 0
        pieces, grams = (
            _added(which, column, len(keys)) for column in (np.maximum(self.pieces, 0), self.grams)
        )
        columns = units, self._lots(which, len(keys)), pieces, grams, loose
        return keys, [
            {"units": units, "lots": lots, "pieces": None if loose else pieces, "grams": grams}
            for units, lots, pieces, grams, loose in zip(*(each.tolist() for each in columns), strict=True)
        ]

    def _lots(self, which: Column, size: int) -> Column:
        """How many lots there are in each group."""
        _, lot = np.unique(self.lot, return_inverse=True)
        pairs = distinct(lot * max(size, 1) + which)
        counts: Column = np.bincount(pairs % max(size, 1), minlength=size)
        return counts


def _known(place: int) -> int | None:
    return None if place == NONE else place


def _who(row: Row) -> tuple[int, bool, int]:
    """The order of SQL, where no place comes last."""
    return row["organisation"], row["facility"] is None, row["facility"] or 0


def _added(which: Column, amounts: Column, size: int) -> Column:
    """Sums by group. They are added as floats, which are exact up to 2**53 grams."""
    sums: Column = np.bincount(which, amounts, size).astype(np.int64)
    return sums


def parts(goods: Goods) -> dict[str, list[Row]]:
    """Goods that a reader sees, in all and in parts."""
    regions = goods.by("region", goods.region)
    return {
        "tiers": goods.by("tier", goods.tier),
        "hops": goods.by("hop", goods.hop),
        "states": goods.by("state", goods.state, STATES),
        "regions": [{**row, "region": f"{row['region']:06d}"} for row in regions],
    }

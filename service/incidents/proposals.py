"""What a hold would cover, as of a position: asked before it is placed, and confirmed by its digest.

The same question as coverage.py answers under the head row, asked of the tables: what has an id or a version
from the position on is left out, so the answer to an old question can be found again, and its digest checked.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from service.ledger import canonical
from service.ledger.store import Connection
from service.storage import query

Question = Mapping[str, Sequence[int]]
_FILE = "incidents/read_proposals"


@dataclass(frozen=True, slots=True)
class Proposal:
    """The lots that a hold would cover as a whole, and every unit, each in ascending order."""

    asked_at: int
    lots: list[int]
    units: list[int]

    @property
    def digest(self) -> str:
        """SHA-256 of both lists as canonical JSON, in hex."""
        return hashlib.sha256(canonical.encode({"lots": self.lots, "units": self.units})).hexdigest()


async def position(conn: Connection) -> int:
    """The position that the next statement gets."""
    return int(await conn.fetchval(query(f"{_FILE}.position")))


async def proposal(conn: Connection, question: Question, asked_at: int, keeper: int | None) -> Proposal:
    """The answer as of ``asked_at``, for the own hold of a ``keeper`` or an authority (None)."""
    if "units" in question:
        units = await _ids(conn, "units", list(question["units"]), asked_at, keeper)
        return Proposal(asked_at, [], units)
    named = [*question.get("lots", ()), *question.get("arrivals", ())]
    lots = await _ids(conn, "lots", named, asked_at)
    return Proposal(asked_at, lots, await _ids(conn, "units_of", lots, asked_at))


async def in_hand(conn: Connection, units: Sequence[int], keeper: int) -> bool:
    """Whether all of ``units`` are in the store of ``keeper``."""
    return set(await _ids(conn, "in_hand", list(units), keeper)) == set(units)


async def witnesses(conn: Connection, question: Question, reach: str) -> list[int]:
    """Units that show the goods of ``question`` in a region (a prefix), one for each named thing."""
    kind = "unit_witnesses" if "units" in question else "lot_witnesses"
    named = [key for keys in question.values() for key in keys]
    rows = await conn.fetch(query(f"{_FILE}.{kind}"), named, reach)
    return [row["unit"] for row in rows]


async def _ids(conn: Connection, name: str, *arguments: object) -> list[int]:
    return [row["id"] for row in await conn.fetch(query(f"{_FILE}.{name}"), *arguments)]

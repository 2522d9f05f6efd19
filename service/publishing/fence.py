"""Whether the database continues what was signed: asked at a start, and before each signature.

What does not continue the note is not written any more, because whatever were signed next would be another
history. ``docs/operating.md`` names the ways on.
"""

from __future__ import annotations

from schema.problems import Problem
from service.ledger import store
from service.ledger.errors import EdgeError
from service.ledger.merkle import RightEdge
from service.ledger.segments import SEGMENT
from service.ledger.store import Connection, Head, MissingPositionError
from service.ledger.tiles import right_edge
from service.publishing.notes import Noted
from service.publishing.stored import StoredTiles
from service.storage import query

PAGE = 10_000
"""Leaves that are read at a time."""


async def check_fence(conn: Connection, tiles: StoredTiles, note: Noted | None) -> RightEdge:
    """The right edge of the whole ledger, computed from its leaves.

    Raises Problem ``ledger.fenced`` where the database is behind the note, has another history, has other
    leaves than were sealed, or a head that does not fit them.
    """
    async with conn.transaction(isolation="repeatable_read", readonly=True):
        head = await fitting_head(conn)
        await _compare_with_sealed(conn, tiles, head.size)
        noted = await noted_edge(conn, tiles, note, head)
        return await grown(conn, noted, head)


async def fitting_head(conn: Connection) -> Head:
    """The head as committed. Raises Problem ``ledger.fenced`` where size and right edge do not fit."""
    try:
        return await store.head(conn)
    except EdgeError as error:
        raise fenced(f"the head row cannot be: {error}") from error


async def noted_edge(conn: Connection, tiles: StoredTiles, note: Noted | None, head: Head) -> RightEdge:
    """The right edge at the note's size. Raises Problem ``ledger.fenced`` where its root is another."""
    if note is None:
        return RightEdge()
    if note.size > head.size:
        raise fenced(f"it has {head.size} entries, the checkpoint {note.size}")
    try:
        edge = await right_edge(note.size, tiles.fetch_from(conn))
    except MissingPositionError as error:
        raise fenced(str(error)) from error
    if edge.root() != note.checkpoint.root:
        raise fenced(f"another history of the first {note.size} entries")
    return edge


async def grown(conn: Connection, edge: RightEdge, head: Head) -> RightEdge:
    """``edge`` after all entries up to the head, which must agree. Raises Problem ``ledger.fenced``."""
    if edge.size > head.size:
        raise fenced(f"it has {head.size} entries and had {edge.size}")
    try:
        for start in range(edge.size, head.size, PAGE):
            edge = edge.extend(await store.leaves(conn, start, min(start + PAGE, head.size)))
    except MissingPositionError as error:
        raise fenced(str(error)) from error
    if edge != head.edge:
        raise fenced("the head row does not fit the entries")
    return edge


async def _compare_with_sealed(conn: Connection, tiles: StoredTiles, size: int) -> None:
    """The rows against the sealed segments, by one digest a segment, made where the rows are."""
    sealed = tiles.segments.end
    if sealed > size:
        raise fenced(f"it has {size} entries, {sealed} were sealed")
    rows = await conn.fetch(query("ledger/ledger.leaf_digests"), sealed, SEGMENT)
    found = {row["segment"] * SEGMENT: row["leaves"] for row in rows}
    for segment in tiles.segments:
        if found.get(segment.first) != segment.leaves_digest():
            last = segment.end - 1
            raise fenced(f"the entries from {segment.first} to {last} are not those that were sealed")


def fenced(reason: str) -> Problem:
    """Why the ledger is not written any more."""
    return Problem("ledger.fenced", reason=reason)

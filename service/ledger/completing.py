"""A database that lost its tail, completed from a copy: all or nothing, in one transaction.

The copy is trusted for nothing: each of its entries is hashed, chained and decoded again, what the database
still has must be the same, byte for byte, and the tree has the root of every checkpoint that was given. Rows
are made from the statements by the walk that ``rebuild`` is, which also makes those right that stood ahead of
the entries.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

from schema.problems import Problem
from service.ledger import store
from service.ledger.audit import Progress, rewrite
from service.ledger.checkpoint import Checkpoint
from service.ledger.kinds import Registry
from service.ledger.merkle import RightEdge
from service.ledger.replay import Replay
from service.ledger.statement import Statement
from service.ledger.store import Connection, Head, Record
from service.storage import query

PAGE = 2000
"""Entries that are written at a time."""


@dataclass(frozen=True, slots=True)
class Completed:
    """How far the database reached, how far it reaches, and what the entries say that came back."""

    before: int
    size: int
    rows: int
    said: Sequence[Statement]


async def complete(
    conn: Connection,
    registry: Registry,
    copied: Iterator[Record],
    checkpoints: Sequence[Checkpoint],
    progress: Progress,
) -> Completed:
    """Take what is missing up to the newest checkpoint from ``copied``, which begins at position 0 and must
    reach it. Needs the owner's rights.

    Raises Problem ``completion.…``; nothing was written then.
    """
    roots = {checkpoint.size: checkpoint.root for checkpoint in checkpoints}
    async with conn.transaction():
        head = await store.take_head(conn)
        walk = _Walk(Replay(registry, rules=False), roots)
        said: list[Statement] = []
        for start in range(0, max(roots), PAGE):
            page = [*islice(copied, min(PAGE, max(roots) - start))]
            walk.take(page)
            progress(start + len(page), max(roots))
            tail = await _missing(conn, page, head)
            head = await _append(conn, head, tail)
            said += (Statement.decode(record.statement) for record in tail)
        written = [await rewrite(conn, walk.replay, projection) for projection in registry.kept]
        await conn.execute(query("ledger/rebuild_due.clear"))
    return Completed(head.size - len(said), head.size, sum(written), said)


@dataclass(slots=True)
class _Walk:
    """The copy followed from its first entry."""

    replay: Replay
    roots: Mapping[int, bytes]
    edge: RightEdge = field(default_factory=RightEdge)

    def take(self, records: Sequence[Record]) -> None:
        """Raises Problem ``completion.unsound`` at the first thing that is wrong."""
        for record in records:
            for what in self.replay.step(record):
                raise unsound(f"position {record.position}", what)
            self.edge = self.edge.append(record.leaf)
            size = record.position + 1
            if self.roots.get(size, self.edge.root()) != self.edge.root():
                what = f"the tree of the first {size} entries has another root than the checkpoint"
                raise unsound(f"position {record.position}", what)


async def _missing(conn: Connection, page: Sequence[Record], head: Head) -> list[Record]:
    """What of a page the database has not. Raises Problem ``completion.forks`` where one differs."""
    start, end = page[0].position, min(page[-1].position + 1, head.size)
    held = {record.position: record async for record in store.records(conn, start, end=end)}
    for record in page[: max(0, end - start)]:
        if held.get(record.position) != record:
            raise Problem("completion.forks", position=record.position)
    return [record for record in page if record.position >= head.size]


async def _append(conn: Connection, head: Head, tail: Sequence[Record]) -> Head:
    if not tail:
        return head
    size, last = head.size + len(tail), tail[-1]
    edge = head.edge.extend([record.leaf for record in tail])
    at = Statement.decode(last.statement).at
    grown = Head(size, last.chain, edge, at, reference=size)
    if not await store.write(conn, store.advance_head(head, grown), store.insert_entries(tail)):
        raise Problem("ledger.unavailable")
    return grown


def unsound(where: str, what: str) -> Problem:
    """What is wrong with a copy, and where."""
    return Problem("completion.unsound", where=where, what=what)

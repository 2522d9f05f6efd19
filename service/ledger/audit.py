"""``coldledger verify`` and ``rebuild``: the ledger checked against itself, and the rows against it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from itertools import islice
from typing import Any

from service.ledger import store
from service.ledger.checking import Checked, check_segments
from service.ledger.checkpoint import Checkpoint
from service.ledger.kinds import Registry
from service.ledger.replay import Finding, Replay
from service.ledger.segments import SEGMENT, Sealed, Segment, Segments, segment_path
from service.ledger.store import Connection, Record
from service.ledger.world import Dirty, Projection
from service.storage import query

SAVE_PAGE = 5000

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Report:
    """What an audit found, in order of position, and how much it looked at."""

    entries: int
    rows: int
    findings: list[Finding]


async def _counted(records: AsyncIterator[Record], size: int, progress: Progress) -> AsyncIterator[Record]:
    async for record in records:
        if record.position % 1000 == 0:
            progress(record.position, size)
        yield record


def _silent(_done: int, _all: int) -> None:
    return None


@dataclass(frozen=True, slots=True)
class Sealing:
    """The sealed segments, and in how many processes they are checked."""

    segments: Segments
    processes: int = 1


async def verify(
    conn: Connection,
    registry: Registry,
    checkpoint: Checkpoint | None,
    *,
    rules: bool = False,
    sealing: Sealing | None = None,
    progress: Progress = _silent,
) -> Report:
    """Check chain, tree, statements against entries, and the checkpoint kept outside.

    ``rules`` judges every statement again as well. What is sealed is hashed in its segments, and the rows are
    compared with it. Reads one snapshot, so it can run beside a live service.
    """
    async with conn.transaction(isolation="repeatable_read", readonly=True):
        head = await store.head(conn)
        replay = Replay(registry, rules=rules, checkpoint=checkpoint, rows=False)
        findings: list[Finding] = []
        start = 0
        if sealing is not None:
            async for checked in _sealed(sealing, head.size):
                findings += await _take_sealed(conn, replay, sealing.segments, checked)
                start = checked.first + SEGMENT
                progress(start, head.size)
        records = _counted(store.records(conn, start), head.size, progress)
        findings += [finding async for finding in replay.walk(records)]
        findings += replay.end(head)
    return Report(entries=head.size, rows=0, findings=findings)


async def _sealed(sealing: Sealing, size: int) -> AsyncIterator[Checked]:
    """The full segments of the first ``size`` entries, checked; what was sealed after the snapshot is not."""
    segments = sealing.segments
    firsts = range(0, min(segments.end, size) // SEGMENT * SEGMENT, SEGMENT)
    checks = check_segments([segment_path(segments.folder, first) for first in firsts], sealing.processes)
    for first in firsts:
        checked = await anext(checks)
        # What could not be read at all does not know where it began.
        yield checked if checked.count else replace(checked, first=first)


async def _take_sealed(
    conn: Connection, replay: Replay, segments: Segments, checked: Checked
) -> list[Finding]:
    first = checked.first
    records = [record async for record in store.records(conn, first, end=first + SEGMENT)]
    findings = [Finding(where, what) for where, what in checked.wrong]
    if not findings and _are_sealed(records, segments[first], checked):
        return [*replay.take_sealed(records, checked)]
    by_position = {record.position: record for record in records}
    for sealed in segments[first].records() if not findings else ():
        row = by_position.get(sealed.position)
        if row is not None and _parts(row) != _parts(sealed):
            findings.append(Finding(f"position {sealed.position}", "the row is not what was sealed"))
    for record in records:
        findings += (Finding(f"position {record.position}", what) for what in replay.step(record))
    return findings


def _are_sealed(records: Sequence[Record], segment: Segment, checked: Checked) -> bool:
    """Whether the rows are the entries of a sound segment, byte for byte."""
    chains = sha256(b"".join(record.chain for record in records)).digest()
    kinds = sha256("\n".join(record.kind for record in records).encode()).digest()
    return (
        (chains, kinds, len(records)) == (checked.chains, checked.kinds, checked.count)
        and [record.position for record in records] == [*range(segment.first, segment.end)]
        and all(_parts(row) == _parts(sealed) for row, sealed in zip(records, segment.records(), strict=True))
    )


def _parts(record: Record | Sealed) -> tuple[bytes, bytes, bytes, bytes]:
    return record.nonce, record.statement, record.entry, record.leaf


async def check_rows(conn: Connection, registry: Registry, progress: Progress = _silent) -> Report:
    """Make every projection again in memory and compare it with the tables, row by row."""
    async with conn.transaction(isolation="repeatable_read", readonly=True):
        replay, findings, size = await _replay(conn, registry, None, False, progress)
        compared = 0
        if not replay.broken:
            for projection in registry.kept:
                found, rows = await _compare(conn, replay, projection)
                findings += found
                compared += rows
    return Report(entries=size, rows=compared, findings=findings)


async def rebuild(conn: Connection, registry: Registry, progress: Progress = _silent) -> Report:
    """Drop every projection and write the same rows again, in one transaction; needs the owner's rights.

    Writes nothing where a statement cannot be read.
    """
    async with conn.transaction():
        await store.take_head(conn)
        replay, findings, size = await _replay(conn, registry, None, False, progress)
        written = 0
        if not replay.broken:
            for projection in registry.kept:
                written += await rewrite(conn, replay, projection)
            await conn.execute(query("ledger/rebuild_due.clear"))
    return Report(entries=size, rows=written, findings=findings)


async def _replay(
    conn: Connection, registry: Registry, checkpoint: Checkpoint | None, rules: bool, progress: Progress
) -> tuple[Replay, list[Finding], int]:
    head = await store.head(conn)
    replay = Replay(registry, rules=rules, checkpoint=checkpoint)
    records = _counted(store.records(conn), head.size, progress)
    findings = [finding async for finding in replay.walk(records)]
    findings += replay.end(head)
    return replay, findings, head.size


async def _compare(
    conn: Connection, replay: Replay, projection: Projection[Any]
) -> tuple[list[Finding], int]:
    expected = dict(replay.world.table(projection))
    findings: list[Finding] = []
    compared = len(expected)
    async for row in store.rows(conn, projection):
        key = projection.key(row)
        made = expected.pop(key, None)
        where = f"{projection.name} {key}"
        if made is None:
            findings.append(Finding(where, "this row follows from no statement"))
        elif made != row:
            findings.append(Finding(where, "; ".join(_differences(projection, row, made))))
    findings += (Finding(f"{projection.name} {key}", "this row is missing") for key in expected)
    return findings, compared


def _differences(projection: Projection[Any], row: object, made: object) -> Iterator[str]:
    for column in projection.columns:
        found, right = getattr(row, column), getattr(made, column)
        if found != right:
            yield f"{column} is {found!r}, the ledger makes it {right!r}"


async def rewrite(conn: Connection, replay: Replay, projection: Projection[Any]) -> int:
    """Write a table anew from what a replay made; how many rows."""
    await conn.execute(query(f"{projection.queries}.clear"))
    table = iter(replay.world.table(projection).values())
    written = 0
    while rows := list(islice(table, SAVE_PAGE)):
        await store.save(conn, Dirty(projection, rows))
        written += len(rows)
    return written

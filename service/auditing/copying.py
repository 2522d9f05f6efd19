"""An auditor's copy of the statements: checked against their entries, kept in segment files.

It has the format in which the ledger seals its own, so that it can be checked without a network, and a ledger
that lost its tail can be completed from it. The last segment is written again as it grows. Nothing is in it
whose entry is not under the signed root.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Sequence
from contextlib import aclosing
from pathlib import Path
from typing import Final, Protocol

import orjson

from schema.problems import Problem
from service.auditing.alarms import Alarm, AlarmError
from service.auditing.entries import recorded_time
from service.auditing.fetching import Told
from service.auditing.keeping import noted
from service.auditing.tree import Tree
from service.ledger import chain
from service.ledger.errors import SegmentError
from service.ledger.note import Verifier
from service.ledger.segments import SEGMENT, Sealed, Segment, segment_path, write_segment
from service.ledger.store import Record
from service.publishing.notes import Noted, write_note
from service.terminal import Progress

CHECKPOINT: Final = "checkpoint"


class Tells(Protocol):
    """Whoever tells statements; what is told may be anything."""

    async def statements(self, start: int, limit: int) -> list[Told]:
        """Statements from a position on. Raises the alarm UNREACHABLE."""
        ...


class Copy:
    """The segments in a folder, from position 0 on."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @property
    def end(self) -> int:
        """How many statements it has. Raises Problem ``audit.copy-damaged``."""
        paths = self.paths()
        if not paths:
            return 0
        with _opened(paths[-1]) as segment:
            return segment.end

    def paths(self) -> list[Path]:
        """Its files without a gap, in order; only the last may not be full."""
        found: list[Path] = []
        while (path := segment_path(self.folder, len(found) * SEGMENT)).exists():
            found.append(path)
        return found

    def records(self, start: int = 0) -> Iterator[Record]:
        """Every entry from a position on. Raises Problem ``audit.copy-damaged``."""
        for path in self.paths()[start // SEGMENT :]:
            with _opened(path) as segment:
                yield from (each for each in records_of(segment) if each.position >= start)

    async def complete(self, tree: Tree, source: Tells, progress: Progress) -> None:
        """Fetch what is missing of the tree's statements.

        Raises the alarms STATEMENT, UNREACHABLE and CHANGED, and Problem ``audit.copy-damaged``; what was
        written by then stays.
        """
        end = self.end
        while end < tree.size:
            first = end - end % SEGMENT
            held = self._held(first) if end > first else []
            last = min(first + SEGMENT, tree.size)
            sealed = [each async for each in _fetched(tree, source, end, last)]
            self._write(first, [*held, *sealed])
            end = last
            progress(end, tree.size)
        # What ties the copy to a signature, also when it is handed on without anything else.
        if tree.size:
            write_note(self.folder / CHECKPOINT, tree.note.text)

    def note(self, keys: Sequence[Verifier]) -> Noted | None:
        """The checkpoint up to which it was complete. Raises Problem ``audit.state-unreadable``."""
        return noted(self.folder / CHECKPOINT, keys)

    def _held(self, first: int) -> list[Sealed]:
        path = segment_path(self.folder, first)
        with _opened(path) as segment:
            if not segment.is_whole():
                raise Problem("audit.copy-damaged", file=str(path), cause="its digest is another")
            return [*segment.records()]

    def _write(self, first: int, sealed: list[Sealed]) -> None:
        before = chain.GENESIS
        if first:
            with _opened(segment_path(self.folder, first - SEGMENT)) as segment:
                before = segment.after
        after = before
        for each in sealed:
            after = chain.link(after, each.leaf)
        write_segment(self.folder, sealed, before, after)


def _opened(path: Path) -> Segment:
    try:
        return Segment(path)
    except (SegmentError, OSError) as error:
        raise Problem("audit.copy-damaged", file=str(path), cause=str(error)) from error


def records_of(segment: Segment) -> Iterator[Record]:
    """The entries of a segment as rows of the ledger have them."""
    link = segment.before
    for each in segment.records():
        link = chain.link(link, each.leaf)
        kind = _member(each.statement, "kind")
        yield Record(each.position, kind, each.nonce, each.statement, each.entry, each.leaf, link)


def _member(statement: bytes, name: str) -> str:
    """A member's text; empty where there is none."""
    try:
        found = orjson.loads(statement)[name]
    except (ValueError, KeyError, TypeError):
        return ""
    return found if isinstance(found, str) else ""


async def _fetched(tree: Tree, source: Tells, start: int, end: int) -> AsyncIterator[Sealed]:
    """The statements of some positions, each of which fits its entry."""
    async with aclosing(_all_told(source, start, end)) as told:
        async for first, entries in tree.entries(start, end):
            for position, entry in enumerate(entries, first):
                if start <= position < end:
                    yield await _fitting(tree, position, entry, await anext(told))


async def _all_told(source: Tells, start: int, end: int) -> AsyncGenerator[Told]:
    while start < end:
        page = await source.statements(start, end - start)
        for place, told in enumerate(page, start):
            if told.position != place:
                cause = f"position {told.position} was given in its place"
                raise AlarmError(Alarm.STATEMENT, position=place, cause=cause)
            yield told
        if not page:
            raise AlarmError(Alarm.STATEMENT, position=start, cause="it was not given")
        start += len(page)


async def _fitting(tree: Tree, position: int, entry: bytes, told: Told) -> Sealed:
    """Raises the alarm STATEMENT for what is not what the entry commits to."""
    at = recorded_time(position, entry)
    cause = None
    if len(told.nonce) != chain.HASH_BYTES:
        cause = "its nonce has not 32 bytes"
    elif chain.entry(at, chain.commit(told.nonce, told.statement)) != entry:
        cause = "statement and nonce do not hash to its commitment"
    elif _member(told.statement, "at") != at:
        cause = "its recorded time is not that of the entry"
    if cause is None:
        return Sealed(position, told.nonce, told.statement, entry, chain.leaf_hash(entry))
    evidence = {
        "checkpoint": tree.note.text.encode(),
        "entry": entry,
        "proof": await tree.prove(position),
        "nonce": told.nonce,
        "statement": told.statement,
    }
    raise AlarmError(Alarm.STATEMENT, evidence, position=position, cause=cause)

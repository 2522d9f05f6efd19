"""Sealed segments checked by themselves: every hash made again from the bytes, every statement read.

No database and no network: ``verify`` does it beside the database, an auditor with a copy in a folder. A
segment vouches for itself only; that one follows the other, and that all are what was signed, is seen from
the chain values and subtrees that ``check_segment`` gives back.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from hashlib import sha256
from itertools import islice
from multiprocessing import get_context
from pathlib import Path

from schema.problems import Problem
from service.ledger import chain
from service.ledger.errors import LedgerFormatError
from service.ledger.segments import Segment
from service.ledger.statement import Statement
from service.ledger.tiles import WIDTH, split_entries, split_hashes, subtree


@dataclass(frozen=True, slots=True)
class Checked:
    """What a segment's own bytes lead to, and what is wrong with them, each with its place.

    ``tiles`` are the roots of its full tiles, ``rest`` the leaves after the last full one. ``chains`` and
    ``kinds`` are digests of what the rows must say of the same entries: every chain value, every kind.
    """

    first: int
    count: int
    before: bytes
    after: bytes
    tiles: tuple[bytes, ...]
    rest: tuple[bytes, ...]
    begins: str
    ends: str
    chains: bytes
    kinds: bytes
    wrong: tuple[tuple[str, str], ...]


@dataclass(slots=True)
class Hashes:
    """The hash layer of one segment: leaves, chain, subtrees. What is wrong is gathered in ``wrong``."""

    before: bytes
    after: bytes
    chains: bytes
    tiles: list[bytes]
    rest: list[bytes]
    wrong: list[tuple[str, str]]


def check_segment(path: Path) -> Checked:
    """Make every hash of a segment again and read its statements. What cannot be read is wrong, too."""
    try:
        with Segment(path) as segment:
            hashes = check_hashes(segment)
            said = _Statements(segment)
            wrong = [*hashes.wrong, *said.check()]
            if not wrong and not segment.is_whole():
                wrong.append((segment.path.name, "its digest is not that of its bytes"))
            return Checked(
                first=segment.first,
                count=segment.count,
                before=hashes.before,
                after=hashes.after,
                tiles=tuple(hashes.tiles),
                rest=tuple(hashes.rest),
                begins=said.begins,
                ends=said.ends,
                chains=hashes.chains,
                kinds=sha256("\n".join(said.kinds).encode()).digest(),
                wrong=tuple(wrong),
            )
    except (LedgerFormatError, OSError) as error:
        broken = ((path.name, str(error)),)
        return Checked(0, 0, b"", b"", (), (), "", "", b"", b"", broken)


def check_hashes(segment: Segment) -> Hashes:
    """Leaves from entries, the chain over them, and the roots of full tiles. Raises TileError."""
    link, chains = segment.before, sha256()
    found = Hashes(link, link, b"", [], [], [])
    for number in range(-(-segment.count // WIDTH)):
        first = segment.first + number * WIDTH
        leaves = [sha256(b"\x00" + entry).digest() for entry in split_entries(segment.bundle(number))]
        for leaf in leaves:
            link = sha256(link + leaf).digest()
            chains.update(link)
        stored = segment.leaves(first, min(first + WIDTH, segment.end))
        if b"".join(leaves) != stored:
            found.wrong += _other_leaves(first, leaves, split_hashes(stored))
        _gather(segment, number, leaves, found)
    if link != segment.after:
        found.wrong.append((segment.path.name, "the chain over its entries ends in another value"))
    found.after, found.chains = link, chains.digest()
    return found


def _gather(segment: Segment, number: int, leaves: list[bytes], found: Hashes) -> None:
    if len(leaves) < WIDTH:
        found.rest = leaves
        return
    found.tiles.append(subtree(leaves))
    if found.tiles[-1] != segment.subtrees(number, number + 1):
        found.wrong.append((segment.path.name, f"its subtree {number} has another root"))


def _other_leaves(first: int, made: Sequence[bytes], stored: Sequence[bytes]) -> Iterator[tuple[str, str]]:
    for position, (right, other) in enumerate(zip(made, stored, strict=False), first):
        if right != other:
            yield f"position {position}", "the sealed leaf is not the hash of the sealed entry"
    if len(made) != len(stored):
        yield (
            f"position {first + min(len(made), len(stored))}",
            "a sealed bundle has another number of entries",
        )


class _Statements:
    """The statement layer: each is read, fits its entry, and is not recorded before the one before it."""

    def __init__(self, segment: Segment) -> None:
        self._segment = segment
        self.kinds: list[str] = []
        self.begins = self.ends = ""

    def check(self) -> Iterator[tuple[str, str]]:
        for sealed in self._segment.records():
            where = f"position {sealed.position}"
            try:
                statement = Statement.decode(sealed.statement)
            except (Problem, ValueError, KeyError, TypeError) as error:
                yield where, f"the sealed statement cannot be read: {error}"
                continue
            if chain.entry(statement.at, chain.commit(sealed.nonce, sealed.statement)) != sealed.entry:
                yield where, "the sealed entry does not commit to the sealed statement, nonce and time"
            if statement.at < self.ends:
                yield where, f"its recorded time {statement.at} is before {self.ends}"
            self.begins, self.ends = self.begins or statement.at, statement.at
            self.kinds.append(statement.kind)


async def check_segments(paths: Sequence[Path], processes: int) -> AsyncIterator[Checked]:
    """Check segments in processes of their own, in order; with one process, in this one."""
    if processes <= 1 or len(paths) <= 1:
        for path in paths:
            yield check_segment(path)
        return
    workers = min(processes, len(paths))
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        loop = asyncio.get_running_loop()
        waiting: deque[asyncio.Future[Checked]] = deque()
        ahead = iter(paths)
        for path in islice(ahead, 2 * workers):
            waiting.append(loop.run_in_executor(pool, check_segment, path))
        while waiting:
            yield await waiting.popleft()
            for path in islice(ahead, 1):
                waiting.append(loop.run_in_executor(pool, check_segment, path))

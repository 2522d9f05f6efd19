"""One look at a ledger, from its checkpoint down to its statements, as far as they are shown.

Order: signatures → nothing less than before → the tiles fold into the root → it extends what is known → every
new entry → the checkpoint is kept → statements → rules → age. What comes later in it takes nothing back of
what came before.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from service.auditing.alarms import Alarm, AlarmError
from service.auditing.copying import Copy
from service.auditing.entries import Times
from service.auditing.fetching import Source
from service.auditing.judging import Judge
from service.auditing.keeping import Keeper
from service.auditing.tree import Tree
from service.ledger.checkpoint import open_checkpoint
from service.ledger.cosignature import Cosignature, CosignatureVerifier, open_cosigned
from service.ledger.errors import LedgerFormatError
from service.ledger.note import Verifier
from service.ledger.proofs import HEADING, Proof
from service.ledger.statement import parse_instant
from service.publishing.notes import Noted
from service.receipts.receipt import Receipt
from service.receipts.trust import LedgerKey
from service.terminal import Progress

PAUSES: Final = (1.0, 2.0, 4.0)
"""Seconds in which a checkpoint that is smaller than a known one may turn out to be an old answer."""


@dataclass(frozen=True, slots=True)
class Demands:
    """Whose signatures a checkpoint needs, how many cosignatures, and how old it may be, in seconds.

    A key that is past its time signs no newest checkpoint: it may be in anybody's hands by now.
    """

    keys: tuple[LedgerKey, ...]
    witnesses: tuple[CosignatureVerifier, ...] = ()
    quorum: int = 0
    max_age: int | None = None

    @property
    def verifiers(self) -> list[Verifier]:
        """The ledger's keys, whatever their time."""
        return [key.verifier for key in self.keys]


@dataclass(frozen=True, slots=True)
class Known:
    """A checkpoint that was seen elsewhere or before; ``name`` says where."""

    name: str
    note: Noted


@dataclass(frozen=True, slots=True)
class Look:
    """What one look found sound. ``before`` is the size that was known, ``age`` in seconds; ``statements``
    and ``judged`` are None where no token shows them."""

    size: int
    before: int
    age: int | None
    witnesses: tuple[str, ...]
    statements: int | None = None
    judged: int | None = None


def _now() -> datetime:
    return datetime.now(UTC)


def _silent(_done: int, _all: int) -> None:
    return None


@dataclass(slots=True)
class Auditor:
    """Looks at one ledger. ``others`` are checkpoints of other people, to be compared once."""

    source: Source
    keeper: Keeper
    demands: Demands
    judge: Judge | None = None
    others: list[Known] = field(default_factory=list)
    progress: Progress = _silent
    clock: Callable[[], datetime] = _now
    pauses: Sequence[float] = PAUSES

    async def look(self) -> Look:
        """Raises AlarmError, whose evidence is not kept yet, and Problem ``audit.…``."""
        kept, copied = self.keeper.kept, Copy(self.keeper.segments).note(self.demands.verifiers)
        own = (("the one that was kept", kept), ("that of the copy", copied))
        known = [*(Known(name, note) for name, note in own if note is not None), *self.others]
        note, cosignatures = await self._shown(known)
        tree = Tree(self.source, note)
        await tree.open()
        for each in known:
            await tree.check_extends(each.note, each.name)
        before = kept.size if kept else 0
        newest = await self._read_entries(tree, before)
        if kept is None or kept.text != note.text:
            self.keeper.keep(note)
        self.others.clear()
        statements, judged = await self._read_statements(tree)
        age = self._age(note, newest, cosignatures)
        witnesses = tuple(each.witness.name for each in cosignatures)
        return Look(note.size, before, age, witnesses, statements, judged)

    async def _shown(self, known: Sequence[Known]) -> tuple[Noted, tuple[Cosignature, ...]]:
        """What the ledger shows as its newest. Raises the alarm ROLLBACK where that is less than is known."""
        note, cosignatures = self._open(await self.source.checkpoint())
        largest = max(known, key=lambda each: each.note.size, default=Known("", note))
        for pause in self.pauses:
            if note.size >= largest.note.size:
                break
            await asyncio.sleep(pause)
            note, cosignatures = self._open(await self.source.checkpoint())
        if note.size < largest.note.size:
            raise AlarmError(
                Alarm.ROLLBACK,
                {"checkpoint.older": largest.note.text.encode(), "checkpoint": note.text.encode()},
                size=note.size,
                older=largest.note.size,
                known=largest.name,
            )
        return note, cosignatures

    def _open(self, served: bytes) -> tuple[Noted, tuple[Cosignature, ...]]:
        """Raises the alarms WRONG_KEY and QUORUM."""
        now, demands = self.clock(), self.demands
        keys = [key.verifier for key in demands.keys if key.covers(now)]
        evidence = {"checkpoint": served}
        try:
            checkpoint = open_checkpoint(served, *keys)
        except LedgerFormatError as error:
            names = ", ".join(sorted({key.name for key in demands.verifiers}))
            raise AlarmError(Alarm.WRONG_KEY, evidence, key=names, cause=str(error)) from error
        try:
            _, cosignatures = open_cosigned(served, keys, demands.witnesses, demands.quorum)
        except LedgerFormatError as error:
            raise AlarmError(
                Alarm.QUORUM, evidence, size=checkpoint.size, needed=demands.quorum, cause=str(error)
            ) from error
        return Noted(served.decode(), checkpoint), cosignatures

    async def _read_entries(self, tree: Tree, before: int) -> str:
        """Read what is new, and the last that is not; the time of the newest, empty where there is none."""
        times = Times()
        async for first, entries in tree.entries(max(before - 1, 0)):
            for position, entry in enumerate(entries, first):
                times.take(position, entry)
            self.progress(first + len(entries), tree.size)
        return times.last

    async def _read_statements(self, tree: Tree) -> tuple[int | None, int | None]:
        if not self.source.has_token:
            return None, None
        copy = Copy(self.keeper.segments)
        await copy.complete(tree, self.source, self.progress)
        if self.judge is None:
            return copy.end, None
        await self.judge.judge(copy, tree, self.progress)
        return copy.end, self.judge.judged

    def _age(self, note: Noted, newest: str, cosignatures: Sequence[Cosignature]) -> int | None:
        """Seconds since as many witnesses as are needed said that this is the newest checkpoint.

        Where none is asked, since the newest entry: then a ledger that nobody writes and one that is held
        back look the same. A time to come vouches for as little as one that is as long ago: else a clock that
        is ahead would make everything new. Raises the alarm TOO_OLD.
        """
        needed = max(self.demands.quorum, 1)
        times = [each.at for each in cosignatures]
        if len(times) < needed:
            if not newest:
                return None
            times, needed = [parse_instant(newest)], 1
        now = self.clock()
        age = sorted(int(abs(now - at).total_seconds()) for at in times)[needed - 1]
        most = self.demands.max_age
        if most is not None and age > most:
            evidence = {"checkpoint": note.text.encode()}
            raise AlarmError(Alarm.TOO_OLD, evidence, size=note.size, age=age, most=most)
        return age


def open_known(text: bytes, name: str, keys: Sequence[Verifier]) -> Known:
    """A checkpoint that somebody else was shown: a note, a proof that ends in one, or a receipt with a proof.

    Raises the alarm WRONG_KEY for what this ledger has not signed, and Problem ``receipt.…``.
    """
    try:
        note = text.decode()
        if note.startswith("{"):
            note = Receipt.decode(text).proof
        if note.startswith(HEADING):
            note = Proof.parse(note).checkpoint
        return Known(name, Noted(note, open_checkpoint(note, *keys)))
    except (LedgerFormatError, UnicodeDecodeError) as error:
        raise AlarmError(
            Alarm.WRONG_KEY, {"checkpoint.older": text}, key=keys[0].name, cause=f"{name}: {error}"
        ) from error

"""The whole ledger once more, from position 0: hashes checked, statements judged again, rows made anew.

``verify`` and ``rebuild`` are both this walk. It trusts nothing of the database but the bytes of the entries:
what is derived (hashes, chain, head, projections) is computed and compared.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass

from schema.problems import Problem
from service.ledger import chain, judging, submissions
from service.ledger.checking import Checked
from service.ledger.checkpoint import Checkpoint
from service.ledger.kinds import Registry
from service.ledger.merkle import RightEdge
from service.ledger.said import SAID, Said
from service.ledger.statement import Statement
from service.ledger.store import Head, Record
from service.ledger.tiles import WIDTH
from service.ledger.world import ReplayWorld


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is not as it was written: where (a position, or a table) and what."""

    where: str
    what: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}"


class Replay:
    """A walk over the entries in order.

    ``rules`` judges each statement again on the state before it. After a finding the walk goes on from the
    stored values, so that each place that was tampered with is named once. Rows can only be made from
    statements that can be read; where one cannot, ``broken`` says so and no rows are compared. Without
    ``rows`` none are made, and nothing grows with the ledger.
    """

    def __init__(
        self,
        registry: Registry,
        *,
        rules: bool,
        checkpoint: Checkpoint | None = None,
        rows: bool = True,
    ) -> None:
        self.registry = registry
        self._rows = rows or rules
        self.world = ReplayWorld(registry.projections)
        self.broken = False
        self._rules = rules
        self._checkpoint = checkpoint
        self._chain = chain.GENESIS
        self._edge = RightEdge()
        self._at = ""
        self._next = 0

    async def walk(self, records: AsyncIterator[Record]) -> AsyncIterator[Finding]:
        """Follow ``records``, which start at position 0; yields what is wrong, in order."""
        async for record in records:
            for what in self.step(record):
                yield Finding(f"position {record.position}", what)

    def step(self, record: Record) -> Iterator[str]:
        """Take one entry; yields what is wrong with it."""
        if record.position != self._next:
            yield f"the positions from {self._next} on are missing"
        yield from self._check_hashes(record)
        self._chain = record.chain
        self._edge = self._edge.append(record.leaf)
        self._next = record.position + 1
        yield from self._check_statement(record)
        if self._checkpoint is not None and self._checkpoint.size == self._next:
            yield from self._check_root(self._checkpoint)

    def take_sealed(self, records: Sequence[Record], checked: Checked) -> Iterator[Finding]:
        """Take the entries of a sound, full segment, which ``records`` equal.

        Only what a segment cannot tell of those before it is looked at, and the statements where rules or
        rows are asked for.
        """
        if checked.before != self._chain or checked.begins < self._at:
            yield Finding(f"position {checked.first}", "the sealed entries do not follow those before")
        if self._rows:
            for record in records:
                for what in self._fold(record, Statement.decode(record.statement)):
                    yield Finding(f"position {record.position}", what)
        note = self._checkpoint
        if note is not None and checked.first < note.size <= checked.first + checked.count:
            leaves = [record.leaf for record in records[: note.size - checked.first]]
            if self._edge.extend(leaves).root() != note.root:
                yield Finding(f"position {note.size - 1}", self._other_root(note))
        if self._edge.size == checked.first:
            self._edge = self._edge.extend_full(checked.tiles, WIDTH)
        else:
            self._edge = self._edge.extend(record.leaf for record in records)
        self._chain, self._at = checked.after, checked.ends
        self._next = checked.first + checked.count

    def _check_hashes(self, record: Record) -> Iterator[str]:
        if chain.leaf_hash(record.entry) != record.leaf:
            yield "the leaf is not the hash of the entry"
        if chain.link(self._chain, record.leaf) != record.chain:
            yield "the chain value does not follow from the one before"

    def _check_statement(self, record: Record) -> Iterator[str]:
        try:
            statement = Statement.decode(record.statement)
        except (Problem, ValueError, KeyError, TypeError) as error:
            self.broken = True
            yield f"the statement cannot be read: {error}"
            return
        if chain.entry(statement.at, chain.commit(record.nonce, record.statement)) != record.entry:
            yield "the entry does not commit to this statement, nonce and time"
        if statement.at < self._at:
            yield f"its recorded time {statement.at} is before {self._at}"
        self._at = statement.at
        if statement.kind != record.kind:
            yield f"it is listed as {record.kind}, its statement says {statement.kind}"
        yield from self._fold(record, statement)

    def _fold(self, record: Record, statement: Statement) -> Iterator[str]:
        """Judge the statement again where asked, then apply it."""
        if self.broken:
            return
        position = record.position
        kind = self.registry.kinds.get(statement.kind)
        if kind is None or statement.decider not in kind.deciders:
            self.broken = True
            yield f"no judgement {statement.kind}/{statement.decider} is known here, so no rows can be made"
            return
        if not self._rows:
            return
        if self._rules:
            wrong = judging.judge_again(self.registry, statement, self.world, position)
            if wrong is not None:
                yield wrong
        try:
            rows = self.registry.rows(statement, position, self.world)
        except Exception as error:
            self.broken = True
            yield f"its rows cannot be made: {error!r}"
            return
        self.world.put([*rows, *submissions.project(statement, position)])
        self.world.load(SAID, [position], [Said(position, record.statement.decode(), position)])

    def _check_root(self, checkpoint: Checkpoint) -> Iterator[str]:
        if self._edge.root() != checkpoint.root:
            yield self._other_root(checkpoint)

    def _other_root(self, checkpoint: Checkpoint) -> str:
        return (
            f"the tree of the first {checkpoint.size} entries does not have the root of the checkpoint"
            " kept outside: an entry up to here was changed"
        )

    def end(self, head: Head) -> Iterator[Finding]:
        """After the last entry: compare what was computed with the head row and the checkpoint."""
        if self._checkpoint is not None and self._checkpoint.size > self._next:
            yield Finding(
                f"position {self._next}",
                f"the ledger ends here, but the checkpoint kept outside has {self._checkpoint.size} entries",
            )
        computed = (self._next, self._chain, self._edge.root())
        if computed != (head.size, head.chain, head.edge.root()) or (self._at and head.at != self._at):
            yield Finding(
                "head", f"it does not stand at the last entry, position {self._next - 1}, with its hashes"
            )

"""One batch: judged proposal by proposal on one state, then hashed into the chain and the tree. Pure."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from schema.problems import Problem
from service.ledger import chain, submissions
from service.ledger.judging import judge
from service.ledger.kinds import Proposal, Registry
from service.ledger.said import SAID, Said
from service.ledger.statement import Statement
from service.ledger.store import Head, Record
from service.ledger.world import Stream, UnloadedError, World

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Admitted:
    """A proposal that became the entry at a position; without one where an earlier submission already had."""

    position: int
    statement: Statement | None = None
    record: Record | None = None


@dataclass(slots=True)
class Batch:
    """The judgement of a batch so far. ``results`` holds one answer a proposal, in order of arrival."""

    registry: Registry
    world: World
    head: Head
    at: str
    proposals: Sequence[Proposal]
    results: list[Admitted | Exception] = field(default_factory=list)
    records: list[Record] = field(default_factory=list)
    asides: dict[str, list[tuple[Any, ...]]] = field(default_factory=dict)
    chain: bytes = b""

    def __post_init__(self) -> None:
        self.chain = self.head.chain

    @property
    def position(self) -> int:
        """The position of the next entry."""
        return self.head.size + len(self.records)

    def judge_on(self) -> Stream | None:
        """Judge what is left; stops at, and returns, a stream that must be loaded first."""
        while len(self.results) < len(self.proposals):
            proposal = self.proposals[len(self.results)]
            try:
                self.results.append(self._admit(proposal))
            except UnloadedError as missing:
                return missing.stream
            except Problem as problem:
                self.results.append(problem)
            except Exception as defect:
                # One broken proposal must not take down the others of its batch.
                log.exception("the judgement of %s failed", proposal.kind.name)
                broken = Problem("ledger.defect")
                broken.__cause__ = defect
                self.results.append(broken)
        return None

    def _admit(self, proposal: Proposal) -> Admitted:
        earlier = submissions.replayed(proposal.idempotency, self.world)
        if earlier is not None:
            return Admitted(earlier)
        position = self.position
        statement = judge(self.registry, proposal, self.world, position, self.at)
        record = self._record(position, statement)
        rows = self.registry.rows(statement, position, self.world)
        self.world.put([*rows, *submissions.project(statement, position)])
        # What was said in this batch may be spoken of in it: an auditor, too, knows it from then on.
        self.world.load(SAID, [position], [Said(position, record.statement.decode(), position)])
        self.records.append(record)
        self.chain = record.chain
        if proposal.asides is not None:
            for name, row in proposal.asides(position, statement):
                self.asides.setdefault(name, []).append(row)
        return Admitted(position, statement, record)

    def _record(self, position: int, statement: Statement) -> Record:
        encoded = statement.encode()
        nonce = secrets.token_bytes(32)
        entry = chain.entry(statement.at, chain.commit(nonce, encoded))
        leaf = chain.leaf_hash(entry)
        return Record(position, statement.kind, nonce, encoded, entry, leaf, chain.link(self.chain, leaf))

    def new_head(self) -> Head:
        """The head after this batch."""
        wrote_reference = any(d.projection.reference for d in self.world.dirty())
        size = self.head.size + len(self.records)
        return Head(
            size=size,
            chain=self.chain,
            edge=self.head.edge.extend([record.leaf for record in self.records]),
            at=self.at,
            reference=size if wrote_reference else self.head.reference,
        )

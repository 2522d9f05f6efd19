"""The ledger as other rooms use it: append a proposal, read an entry back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import asyncpg

from schema.problems import Problem
from service.ledger import store, submissions
from service.ledger.appender import Appender
from service.ledger.batch import Admitted
from service.ledger.checkpoint import sign_promise
from service.ledger.kinds import Proposal, Registry
from service.ledger.note import Signer
from service.ledger.statement import Idempotency, Statement
from service.ledger.submissions import SUBMISSION


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """What a submitter takes away: the entry's position and leaf, and the ledger's signed promise of it."""

    position: int
    statement: Statement
    leaf: bytes
    promise: str


class Appends(Protocol):
    """Whatever records proposals: the appender, or the peer that benchmarks compare it with."""

    async def append(self, proposal: Proposal) -> Admitted: ...

    async def close(self) -> None: ...


class Follows(Protocol):
    """Whoever makes public what was recorded."""

    def wake(self) -> None:
        """Something was recorded."""
        ...

    def demand_unfenced(self) -> None:
        """Raises Problem ``ledger.fenced`` where nothing may be recorded any more."""
        ...

    async def demand_published(self, position: int, leaf: bytes) -> None:
        """Raises Problem ``ledger.changed`` where another leaf was published at ``position``."""
        ...


MakeAppender = Callable[["asyncpg.Pool[asyncpg.Record]", Registry], Appends]


class Ledger:
    """One process's hold on the ledger."""

    def __init__(
        self,
        pool: asyncpg.Pool[asyncpg.Record],
        registry: Registry,
        signer: Signer,
        appender: MakeAppender = Appender,
        publisher: Follows | None = None,
    ) -> None:
        self.pool = pool
        self.registry = registry
        self._signer = signer
        self._appender = appender(pool, registry)
        self._publisher = publisher

    @property
    def origin(self) -> str:
        """The ledger's name: the checkpoint's origin and its key's name."""
        return self._signer.name

    async def append(self, proposal: Proposal) -> Acknowledgement:
        """Record a proposal durably, or give again the answer of the submission that already did.

        Raises the Refusal of the rule that it broke, or Problem ``ledger.*`` where it could not be taken.
        """
        self.demand_unfenced()
        admitted = await self._appender.append(proposal)
        if admitted.statement is None or admitted.record is None:
            return await self.acknowledgement(admitted.position)
        if self._publisher is not None:
            self._publisher.wake()
        return self._acknowledge(admitted.position, admitted.statement, admitted.record.leaf)

    def demand_unfenced(self) -> None:
        """Raises Problem ``ledger.fenced`` where nothing may be recorded any more."""
        if self._publisher is not None:
            self._publisher.demand_unfenced()

    async def repeated(self, submission: Idempotency) -> Acknowledgement | None:
        """The answer that a submission was given before; None where it is new.

        Raises Problem ``ledger.idempotency-conflict`` where its key was used for a different request.
        """
        world = self.registry.world()
        async with self.pool.acquire() as conn:
            await store.load(conn, world, [(SUBMISSION, submission.key)])
        position = submissions.replayed(submission, world)
        return None if position is None else await self.acknowledgement(position)

    async def acknowledgement(self, position: int) -> Acknowledgement:
        """The same answer again, for an entry that is still what was published.

        Raises Problem ``ledger.changed`` where it is not, ``ledger.no-such-position`` beyond the end.
        """
        record = await self.record(position)
        if self._publisher is not None:
            await self._publisher.demand_published(position, record.leaf)
        return self._acknowledge(position, Statement.decode(record.statement), record.leaf)

    async def record(self, position: int) -> store.Record:
        """The entry at a position with its statement and nonce: for a reader who may see it."""
        async with self.pool.acquire() as conn:
            record = await store.record(conn, position)
        if record is None:
            raise Problem("ledger.no-such-position", position=position)
        return record

    def promise(self, position: int, leaf: bytes) -> str:
        """The signed note that this leaf, which the ledger has at ``position``, stays there."""
        return sign_promise(self._signer, position, leaf)

    def _acknowledge(self, position: int, statement: Statement, leaf: bytes) -> Acknowledgement:
        return Acknowledgement(position, statement, leaf, self.promise(position, leaf))

    async def close(self) -> None:
        """Record what waits, then stop."""
        await self._appender.close()

"""Kinds of statement: how each is judged and what it writes. The ledger knows no more of them than this."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from schema.problems import Refusal
from service.ledger.history import SUPERSEDED, replaced
from service.ledger.statement import Actor, Data, Idempotency, Statement, parse_instant
from service.ledger.world import Projection, Stream, World

IDS_PER_POSITION = 1000
"""How many things one statement may make; an id is its statement's position times this, plus a place."""


@dataclass(frozen=True, slots=True)
class Context:
    """What a decider may know besides the request and the world: no clock, no chance, no database.

    ``kind`` is the kind of statement in judgement: limits may be its own.
    """

    actor: Actor
    at: str
    position: int
    kind: str = ""

    def id(self, place: int = 0) -> int:
        """The id of the ``place``-th thing that this statement makes (0 ≤ place < 1000)."""
        if not 0 <= place < IDS_PER_POSITION:
            raise ValueError(f"a statement makes at most {IDS_PER_POSITION} things")
        return self.position * IDS_PER_POSITION + place

    @property
    def recorded(self) -> datetime:
        """The recorded time (UTC)."""
        return parse_instant(self.at)


@dataclass(frozen=True, slots=True)
class Decision:
    """Admitted: what follows, under which policy, which rules a fact broke, which position it corrects."""

    outcome: Data = field(default_factory=dict)
    policy: int | None = None
    breach: Sequence[Refusal] = ()
    corrects: int | None = None


Decide = Callable[[Data, Context, World], Decision]
"""Judge a request. Raises schema.problems.Refusal; pure: the same arguments, the same answer."""

Project = Callable[[Statement, int, World], Iterable[Any]]
"""The rows that a statement at a position writes, from the statement and the rows before it."""

Follow = Callable[[Statement, int, World, Sequence[Any]], Iterable[Any]]
"""What a statement of any kind writes besides, from the rows that it writes itself."""

Reads = Callable[[Data, World], Iterable[Stream]]
"""The streams that a request will need, as far as the rows loaded so far (``world.peek``) can tell.

Only a saving of round trips: a stream that a decider asks for and that is missing is loaded then.
"""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of statement.

    ``deciders`` maps versions to judgements. A judgement that changes gets a new version, and the old one
    stays as long as a ledger holds statements under it, so that an auditor can judge those again.
    ``scope`` is what an actor's standing must include; the standing gives it its meaning. An ``intent`` may
    be refused by the gate, and its refusal is logged; anything else is a fact, or keeps a register.
    ``made`` names the members of the data that the service adds to what was said (``code``; within a list
    ``outputs/*/code``): nobody signs them.
    """

    name: str
    deciders: Mapping[int, Decide]
    project: Project
    reads: Reads
    schema: int = 1
    scope: str = "goods:write"
    intent: bool = False
    made: tuple[str, ...] = ()

    @property
    def newest(self) -> int:
        """The version of the judgement that new statements get."""
        return max(self.deciders)


Asides = Callable[[int, Statement], Iterable[tuple[str, tuple[Any, ...]]]]
"""Rows that are written with the statement but are not derived from it: a named query and its values each.

They are the truths outside the ledger: personal values, credentials.
"""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A request to admit a statement."""

    kind: Kind
    actor: Actor
    data: Data
    idempotency: Idempotency | None = None
    asides: Asides | None = None
    signature: str | None = None


class Standing(Protocol):
    """Whether an actor may speak at all; asked under the head row before each judgement."""

    def reads(self, proposal: Proposal) -> Iterable[Stream]:
        """The streams that tell."""

    def check(self, proposal: Proposal, context: Context, world: World) -> None:
        """Raises Refusal where the actor is unknown, disabled, or may not say this kind of thing, and where
        the proposal is not signed as it must be."""


class Registry:
    """Every kind and projection that this ledger holds, put together by service/registry.py.

    ``followers`` project every statement, whatever its kind, after its own projector. Rows that are replaced
    are kept where their projection has a history.
    """

    def __init__(
        self,
        kinds: Iterable[Kind],
        projections: Iterable[Projection[Any]],
        standing: Standing,
        followers: Iterable[Follow] = (),
    ) -> None:
        self.kinds = {kind.name: kind for kind in kinds}
        self.projections = {projection.row: projection for projection in (*projections, SUPERSEDED)}
        self.standing = standing
        self.followers = tuple(followers)

    @property
    def kept(self) -> list[Projection[Any]]:
        """The projections that are tables of their own."""
        return [projection for projection in self.projections.values() if projection.kept]

    def rows(self, statement: Statement, position: int, world: World) -> list[Any]:
        """All that an admitted statement writes."""
        rows = [*self.kinds[statement.kind].project(statement, position, world)]
        for follow in self.followers:
            rows += follow(statement, position, world, rows)
        return [*rows, *replaced(rows, position, world)]

    def world(self) -> World:
        """An empty world for a batch."""
        return World(self.projections)

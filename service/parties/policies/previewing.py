"""What the last days would have been under another policy: statements judged again with it in force.

The ledger is walked from its beginning, because a judgement needs the state that it was made on. From a
moment on, each statement that was judged under the region's policies is judged a second time, on the same
state but with the draft in force, by the very decider that judged it. Each is taken for itself: what follows
is judged on what was recorded, not on what would have been. Intents that were refused are tried, too, on the
state as of when they were listed: one that is refused again as things were, and not under the draft, is one
that it would have let in. Nothing is written.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from schema.problems import Problem, Refusal
from service.ledger import Actor, Data, Kind, Registry, World
from service.ledger.kinds import Context
from service.ledger.replay import Replay
from service.ledger.statement import Statement
from service.ledger.store import Record
from service.ledger.world import Fork
from service.parties.state import POLICY, Policies

log = logging.getLogger(__name__)

ALWAYS = "0000"
"""Before every recorded time, as text."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A policy that might be: where and for which goods, and what it says."""

    region: str
    regime: str
    document: Data


@dataclass(frozen=True, slots=True)
class Difference:
    """A statement that the draft judges otherwise: refused, or with rules that it breaks more or less."""

    position: int
    statement: Statement
    refusal: Problem | None
    added: tuple[Data, ...]
    removed: tuple[Data, ...]

    def told(self) -> Data:
        """As it is kept and shown."""
        refusal = self.refusal
        causes: Sequence[Problem] = [] if refusal is None else refusal.causes or (refusal,)
        return {
            "at": self.statement.at,
            "kind": self.statement.kind,
            "organisation": self.statement.actor.organisation,
            "effect": "changed" if refusal is None else "refused",
            "refused": [_plain(each) for each in causes],
            "added": list(self.added),
            "removed": list(self.removed),
        }


@dataclass(frozen=True, slots=True)
class Intent:
    """What somebody was about to say and a rule refused, before the statement at ``position`` was recorded.

    ``data`` is what would have stood in the ledger, ``rules`` are those that it broke.
    """

    id: int
    position: int
    at: str
    kind: str
    actor: Actor
    data: Data
    rules: tuple[Data, ...]

    def told(self) -> Data:
        """As it is kept and shown, where the draft would have let it in."""
        return {
            "at": self.at,
            "kind": self.kind,
            "organisation": self.actor.organisation,
            "effect": "allowed",
            "refused": [],
            "added": [],
            "removed": list(self.rules),
        }


class Rehearsal:
    """A walk over the ledger's entries in order; ``judged`` counts what was judged a second time."""

    def __init__(self, registry: Registry, draft: Draft, since: str) -> None:
        self.judged = 0
        self._registry = registry
        self._draft = draft
        self._since = since
        self._stream = f"{POLICY.name}/{draft.region}"
        self._replay = Replay(registry, rules=False)

    def step(self, record: Record) -> Difference | None:
        """Take the next entry; what the draft would have changed of it, if anything.

        Raises ValueError where the ledger cannot be read.
        """
        statement = Statement.decode(record.statement)
        found = None
        if statement.at >= self._since and self._concerns(statement):
            self.judged += 1
            found = self._judge(statement, record.position)
        wrong = [*self._replay.step(record)]
        if self._replay.broken:
            raise ValueError(f"position {record.position}: {'; '.join(wrong)}")
        return found

    def would_allow(self, intent: Intent) -> bool:
        """Whether the draft is what would have let it in, on the entries taken so far."""
        kind = self._registry.kinds.get(intent.kind)
        if kind is None:
            return False
        self._replay.world.begin()
        is_refused = self._refuses(kind, intent, self._replay.world)
        asked = (stream for stream, _ in self._replay.world.reads())
        if not is_refused or self._stream not in asked:
            return False
        self.judged += 1
        return self._refuses(kind, intent, self._drafted()) is False

    @staticmethod
    def _refuses(kind: Kind, intent: Intent, world: World) -> bool | None:
        """Whether a rule refuses it; None where it cannot be judged any more."""
        context = Context(intent.actor, intent.at, intent.position, kind.name)
        try:
            kind.deciders[kind.newest](intent.data, context, world)
        except Refusal:
            return True
        except Exception:
            log.exception("refused intent %s cannot be judged again", intent.id)
            return None
        return False

    def _drafted(self) -> Fork:
        """The state so far, with the draft in force."""
        world = Fork(self._replay.world)
        world.put([self._in_force()])
        return world

    def _concerns(self, statement: Statement) -> bool:
        """Whether it was judged under a policy that was looked for in the draft's region."""
        return statement.policy is not None and any(stream == self._stream for stream, _ in statement.judged)

    def _judge(self, statement: Statement, position: int) -> Difference | None:
        world = self._drafted()
        decide = self._registry.kinds[statement.kind].deciders[statement.decider]
        context = Context(statement.actor, statement.at, position, statement.kind)
        try:
            decision = decide(statement.data, context, world)
        except Refusal as refusal:
            return Difference(position, statement, refusal, (), ())
        except Exception:
            # A trial that one statement breaks would tell nothing of the others; it is named among them.
            log.exception("position %s cannot be judged under a draft", position)
            return Difference(
                position, statement, Problem("policy-draft.cannot-judge", position=position), (), ()
            )
        breach = [_plain(each) for each in decision.breach]
        # A rule that is broken in both is no difference, though it may tell another limit.
        before, after = ({each["rule"] for each in broken} for broken in (statement.breach, breach))
        added = tuple(each for each in breach if each["rule"] not in before)
        removed = tuple(each for each in statement.breach if each["rule"] not in after)
        return Difference(position, statement, None, added, removed) if added or removed else None

    def _in_force(self) -> Policies:
        """The region's policies as they stood, but the draft for its regime."""
        draft = self._draft
        known = self._replay.world.peek(POLICY, draft.region)
        others = [] if known is None else [x for x in known.editions if x["regime"] != draft.regime]
        made: dict[str, Any] = {"position": -1, "regime": draft.regime, "begins": ALWAYS, "ends": None}
        return Policies(draft.region, [*others, {**made, "document": draft.document}], 0)


def _plain(refusal: Problem) -> Data:
    """A broken rule, as a statement holds it."""
    return {"rule": refusal.code, "facts": refusal.facts}


def differing(before: Data, after: Data, place: str = "") -> Iterator[tuple[str, Any, Any]]:
    """What differs between two documents: each place (``issuers/quarantine``) with both values, in order."""
    for name in sorted({*before, *after}):
        old, new = before.get(name), after.get(name)
        where = f"{place}/{name}" if place else name
        if isinstance(old, dict) and isinstance(new, dict):
            yield from differing(old, new, where)
        elif old != new:
            yield where, old, new

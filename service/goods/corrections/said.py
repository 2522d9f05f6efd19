"""What a statement says by now: as it was first said, or as the last correction of it has it.

Corrections form a chain. Each names the statement, or the correction, that stands until then, so that two
people who correct the same thing at once do not overwrite each other unseen.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from schema.problems import Refusal
from service.goods.state import CORRECTION, RELEASE
from service.ledger import Data, Statement, World
from service.ledger.said import statement_at

CORRECTED = "statement-corrected"


@dataclass(frozen=True, slots=True)
class Said:
    """The statement at ``root`` as the one at ``position`` has it, which is the root or a correction of it.

    ``data`` is None where it was withdrawn, and ``outcome`` empty; ``last`` is what it said before that.
    ``breach`` are the rules that it breaks as it stands.
    """

    position: int
    root: int
    first: Statement
    data: Data | None
    last: Data
    outcome: Data
    breach: tuple[Data, ...]

    @property
    def kind(self) -> str:
        """The kind of what was first said."""
        return self.first.kind

    @property
    def author(self) -> int:
        """The organisation that said it first."""
        return self.first.actor.organisation

    @property
    def statement(self) -> Statement | None:
        """As if it had been said so from the beginning; None where it was withdrawn."""
        if self.data is None:
            return None
        return replace(self.first, data=self.data, outcome=self.outcome, breach=self.breach)


def said_at(position: int, world: World) -> Said | None:
    """What the statement at ``position``, or the correction there, says; None where there is no statement."""
    statement = statement_at(world, position)
    if statement is None:
        return None
    if statement.kind != CORRECTED:
        outcome = _as_it_is(statement.outcome, world)
        return Said(position, position, statement, statement.data, statement.data, outcome, statement.breach)
    told, root = statement.outcome, statement.outcome["root"]
    first = statement_at(world, root)
    if first is None:
        raise LookupError(f"statement {position} corrects {root}, which is not there")
    data = statement.data["replacement"]
    last = data if data is not None else _before(statement, world)
    outcome = _as_it_is(told["said"] or {}, world)
    return Said(position, root, first, data, last, outcome, tuple(told["breach"]))


def _before(correction: Statement, world: World) -> Data:
    """What stood before a withdrawal."""
    earlier = said_at(correction.data["position"], world)
    if earlier is None:
        raise LookupError(f"a correction of {correction.data['position']}, which is not there")
    return earlier.last


def _as_it_is(outcome: Data, world: World) -> Data:
    """A release names papers by their numbers, and those may have been corrected since."""
    if "release" not in outcome:
        return outcome
    release = world.get(RELEASE, outcome["release"])
    if release is None or release.withdrawn:
        return outcome
    parts = zip(outcome["certificates"], release.certificates, strict=True)
    return outcome | {"certificates": [{**part, "key": key} for part, key in parts]}


def latest(position: int, world: World) -> int:
    """Where the chain of corrections that passes ``position`` ends."""
    while (correction := world.get(CORRECTION, position)) is not None:
        position = correction.correction
    return position


def standing_at(position: int, world: World) -> Said | None:
    """Like ``said_at``. Raises ``correction.already-corrected`` where a later correction stands instead."""
    correction = world.get(CORRECTION, position)
    if correction is not None:
        raise Refusal(
            "correction.already-corrected",
            field="/position",
            position=position,
            at=correction.corrected_at,
            correction=correction.correction,
        )
    return said_at(position, world)

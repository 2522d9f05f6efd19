"""A ledger without a database: statements judged and folded one after the other, as a replay does.

::

    history = History()
    statement = history.say(organisations.REGISTER, {...}, PLATFORM)
    refusal = history.refused(facilities.FILE, {...}, actor)
    history.row(FACILITY, statement.outcome["facility"])

Each statement goes the way that the ledger takes it, so that a kind which breaks the ledger's promises fails
in its own unit tests: it must encode, be judged again to the same statement, and write rows that bear its
position.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, TypeVar

import service.codes.state
import service.goods.disinfection.state
import service.goods.movements.zoning
import service.goods.state
import service.goods.stock.state
import service.goods.whereabouts
import service.incidents.cases.state
import service.incidents.cooperation.state
import service.incidents.detecting.state
import service.incidents.drills.state
import service.incidents.recalls.state
import service.incidents.state
import service.parties.identity
import service.parties.state
import service.supervision.state
from schema.problems import Refusal, explain
from service.ledger import Actor, Data, Idempotency, Kind, Projection, Proposal, Registry, Statement
from service.ledger.history import SUPERSEDED
from service.ledger.judging import judge, judge_again
from service.ledger.kinds import Standing
from service.ledger.said import SAID, Said
from service.ledger.statement import instant, parse_instant
from service.ledger.world import Key, ReplayWorld, Versioned
from service.parties import STANDING
from service.registry import FOLLOWERS

Row = TypeVar("Row", bound=Versioned)


def projections(*modules: Any) -> list[Projection[Any]]:
    """Every projection that the modules define."""
    found = (value for module in modules for value in vars(module).values())
    return [value for value in found if isinstance(value, Projection)]


class History:
    """A ledger that begins empty. ``at`` is the recorded time of the next statement; each takes a second."""

    def __init__(self, *more: Projection[Any], standing: Standing = STANDING) -> None:
        states = projections(
            service.parties.identity,
            service.parties.state,
            service.goods.state,
            service.goods.disinfection.state,
            service.goods.stock.state,
            service.goods.movements.zoning,
            service.goods.whereabouts,
            service.codes.state,
            service.incidents.state,
            service.incidents.recalls.state,
            service.incidents.detecting.state,
            service.supervision.state,
            service.incidents.drills.state,
            service.incidents.cases.state,
            service.incidents.cooperation.state,
        )
        self.projections = {p.name: p for p in [SAID, SUPERSEDED, *states, *more]}
        self.statements: list[Statement] = []
        self.standing = standing
        self.world = ReplayWorld({p.row: p for p in self.projections.values()})
        self.at = parse_instant("2020-08-01T00:00:00.000000Z")

    @property
    def position(self) -> int:
        """The position of the next statement."""
        return len(self.statements)

    def now(self, moment: str | datetime) -> None:
        """Go on at a later time: a datetime, or text with an offset."""
        later = datetime.fromisoformat(moment) if isinstance(moment, str) else moment
        assert later >= self.at, f"recorded times never decrease: it is {self.at} already"
        self.at = later

    def say(
        self,
        kind: Kind,
        data: Data,
        actor: Actor,
        submission: Idempotency | None = None,
        signature: str | None = None,
    ) -> Statement:
        """Admit a statement and fold what it writes. Raises the Refusal of the rule that it breaks."""
        registry = Registry([kind], self.projections.values(), self.standing, FOLLOWERS)
        list(kind.reads(data, self.world))
        proposal = Proposal(kind, actor, data, submission, signature=signature)
        statement = judge(registry, proposal, self.world, self.position, instant(self.at))
        assert Statement.decode(statement.encode()) == statement
        assert judge_again(registry, statement, self.world, self.position) is None
        rows = registry.rows(statement, self.position, self.world)
        self._check(rows)
        self.world.put(rows)
        said = Said(self.position, statement.encode().decode(), self.position)
        self.world.load(SAID, [self.position], [said])
        self.statements.append(statement)
        self.at += timedelta(seconds=1)
        return statement

    def refused(
        self,
        kind: Kind,
        data: Data,
        actor: Actor,
        submission: Idempotency | None = None,
        signature: str | None = None,
    ) -> Refusal:
        """The refusal of a statement that must not be admitted; its words are there in both languages."""
        before = {name: dict(table) for name, table in self.world._rows.items()}
        try:
            statement = self.say(kind, data, actor, submission, signature)
        except Refusal as refusal:
            assert self.world._rows == before, "a refused statement changed the world"
            for language in ("en", "zh"):
                explain(refusal, language)
            return refusal
        raise AssertionError(f"admitted, with {statement.outcome}")

    def row(self, projection: Projection[Row], key: Key) -> Row:
        """A row that must be there."""
        return self.world.row(projection, key)

    def rows(self, projection: Projection[Row]) -> list[Row]:
        """Every row of a projection, in order of writing."""
        return [*self.world.table(projection).values()]

    def _check(self, rows: Iterable[Any]) -> None:
        for row in rows:
            assert row.version == self.position, f"{row} does not bear position {self.position}"

"""Whatever is said, in whatever order: nothing comes from nowhere, nothing is gone unsaid, and what is plain
gets a plain answer.

Random histories of every kind of statement go through the ledger's judgement, sensible and conflicting,
back-dated, in breach and corrected. A short one shrinks to what breaks a law; a long one goes where short
ones do not come. Each statement is judged again by ``History``; in the end all of them, told again, give the
same rows.
"""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from random import Random

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from schema.messages.cases import HeldPart
from schema.messages.corrections import StatementCorrection
from schema.problems import Refusal
from service.goods.corrections import CORRECT
from service.incidents.holds import PLACE_HOLD
from service.ledger.said import SAID
from service.ledger.world import ReplayWorld
from service.registry import make_registry
from service.web.operations import WRITES
from tests.anything.beginning import begin
from tests.anything.saying import NOT_SAID, PROPOSERS, Saying, propose, propose_of
from tests.anything.seen import Seen
from tests.anything.verdict import Verdict, verdict
from tests.history import History
from tests.laws import Books

OFTEN = [name for name, (_, weight) in PROPOSERS.items() for _ in range(weight)]
SEEDS, STATEMENTS = range(6), 500
LEAST_CODES = 75
"""Of the rules that the long histories run into: more than this many, by their codes."""


MADE_BY_THE_SERVICE = {"code", "codes", "witnesses"}
NOT_PROPOSED = ("name", "count")
"""Members that a client states and a statement does not hold so."""


def let_in(saying: Saying) -> None:
    """The interface would let it in: rules judge nothing else. Raises ValidationError."""
    if saying.kind is CORRECT:
        StatementCorrection().load(saying.data)
        return
    stated = {name: value for name, value in saying.data.items() if name not in MADE_BY_THE_SERVICE}
    if "outputs" in stated:
        stated["outputs"] = [
            {name: value for name, value in output.items() if name not in MADE_BY_THE_SERVICE}
            for output in stated["outputs"]
        ]
    stated.pop("name", None)
    # Goods of a recorded answer are held by way of their case.
    schema = HeldPart if "exposure" in stated else WRITES[saying.kind.name].schema
    schema(partial=NOT_PROPOSED).load(stated)


class Telling:
    """A history in the making, with what was admitted, in breach and refused."""

    def __init__(self) -> None:
        self.history = History()
        begin(self.history)
        self.admitted, self.broken, self.refused = Counter[str](), Counter[str](), Counter[str]()
        self.verdicts = Counter[Verdict]()

    def seen(self, chance: Random) -> Seen:
        """All of it, as it is."""
        return Seen(self.history.rows, self.history.statements, self.history.at, chance)

    def later(self, minutes: int) -> None:
        """Time passes."""
        self.history.now(self.history.at + timedelta(minutes=minutes))

    def say(self, saying: Saying, expected: Verdict) -> None:
        """Say it, and hold the answer against what is plain."""
        self.verdicts[expected] += 1
        try:
            statement = self.history.say(saying.kind, saying.data, saying.actor)
        except Refusal as refusal:
            self.refused.update([refusal.code, *(cause.code for cause in refusal.causes)])
            assert expected in (Verdict.REFUSED, Verdict.OPEN), (refusal, saying.kind.name, saying.data)
            return
        rules = [broken["rule"] for broken in statement.breach]
        self.admitted[saying.kind.name] += 1
        self.broken.update(rules)
        assert expected is not Verdict.REFUSED, (saying.kind.name, saying.data)
        if expected is not Verdict.OPEN:
            short = "unit.more-than-held" in rules
            assert short == (expected is Verdict.SHORT), (rules, saying.kind.name, saying.data)
        if saying.kind is PLACE_HOLD:
            self.books().own_hold_ends_at_the_door(statement)

    def books(self) -> Books:
        """For the laws."""
        return Books(self.history.rows, enumerate(self.history.statements))

    def told_again(self) -> None:
        """The statements, told again from position 0, give the same rows."""
        registry = make_registry()
        again = ReplayWorld(registry.projections)
        for position, statement in enumerate(self.history.statements):
            again.put(registry.rows(statement, position, again))
            said = self.history.world.row(SAID, position)
            again.load(SAID, [position], [said])
        for projection in registry.kept:
            if projection.name != "submission":
                assert again.table(projection) == self.history.world.table(projection), projection.name


class Trade(RuleBasedStateMachine):
    """Short histories: each step is a kind and a number from which chance makes the rest."""

    def __init__(self) -> None:
        super().__init__()
        self.telling = Telling()

    @rule(kind=st.sampled_from(OFTEN), chance=st.integers(0, 10_000))
    def say(self, kind: str, chance: int) -> None:
        seen = self.telling.seen(Random(chance))
        saying = propose_of(kind, seen)
        if saying is not None:
            self.telling.say(saying, verdict(saying, seen))

    @rule(minutes=st.integers(1, 2000))
    def later(self, minutes: int) -> None:
        self.telling.later(minutes)

    @invariant()
    def every_account_balances(self) -> None:
        self.telling.books().accounts_balance()

    def teardown(self) -> None:
        self.telling.books().check()
        self.telling.told_again()


Trade.TestCase.settings = settings(
    max_examples=60,
    stateful_step_count=40,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
TestTrade = Trade.TestCase


@pytest.fixture(scope="module")
def long_histories() -> list[Telling]:
    """One for each seed, the laws checked all along."""
    return [told(seed, STATEMENTS) for seed in SEEDS]


def told(seed: int, statements: int) -> Telling:
    """A long history."""
    telling, chance = Telling(), Random(seed)
    for step in range(statements):
        if chance.random() < 0.1:
            telling.later(chance.randint(1, 600))
        seen = telling.seen(chance)
        saying = propose(seen)
        let_in(saying)
        telling.say(saying, verdict(saying, seen))
        if step % 50 == 0:
            telling.books().check()
    return telling


@pytest.mark.parametrize("seed", SEEDS)
def test_the_laws_hold_of_a_long_history(long_histories: list[Telling], seed: int) -> None:
    long_histories[seed].books().check()
    long_histories[seed].told_again()


def test_every_kind_is_said_or_named_as_left_out() -> None:
    assert {*PROPOSERS} | {*NOT_SAID} == {*make_registry().kinds}
    assert not {*PROPOSERS} & {*NOT_SAID}


def test_long_histories_go_everywhere(long_histories: list[Telling]) -> None:
    """Every kind was admitted, every plain verdict came up, and most rules were run into."""
    admitted, broken, refused = Counter[str](), Counter[str](), Counter[str]()
    verdicts = Counter[Verdict]()
    for telling in long_histories:
        admitted += telling.admitted
        broken += telling.broken
        refused += telling.refused
        verdicts += telling.verdicts
    shown = f"admitted {admitted}\nin breach of {broken}\nrefused by {refused}\nverdicts {verdicts}"
    assert {*PROPOSERS} <= {*admitted}, f"never admitted: { ({*PROPOSERS} - {*admitted}) }\n{shown}"
    assert {*Verdict} <= {*verdicts}, shown
    assert len({*broken, *refused}) > LEAST_CODES, shown

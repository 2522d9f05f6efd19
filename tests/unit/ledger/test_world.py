"""What judgements read: rows, logs by one of their columns, and a world that might be."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from service.ledger.world import Fork, Projection, ReplayWorld, UnloadedError, World


@dataclass(frozen=True, slots=True)
class Box:
    id: int
    holds: int
    version: int


@dataclass(frozen=True, slots=True)
class Step:
    id: int
    of: int
    version: int


BOX = Projection(Box, name="box", queries="tests/box")
STEP = Projection(Step, name="step", queries="tests/step", log=True)
STEPS_OF = STEP.index("of", by="of")


def world(kind: type[World] = World) -> World:
    return kind({Box: BOX, Step: STEP})


def test_a_log_is_read_by_a_column_and_noted_with_its_last_row() -> None:
    there = world()
    there.load(STEPS_OF, [7, 8], [Step(1, 7, 10), Step(2, 7, 11)])
    there.begin()
    assert [step.id for step in there.among(STEPS_OF, 7)] == [1, 2]
    assert there.among(STEPS_OF, 8) == []
    assert there.reads() == [("step.of/7", 11), ("step.of/8", None)]


def test_what_the_batch_added_counts_whether_it_was_loaded_before_or_after() -> None:
    for loaded_first in (True, False):
        there = world()
        if loaded_first:
            there.load(STEPS_OF, [7], [Step(1, 7, 10)])
        there.put([Step(2, 7, 20)])
        if not loaded_first:
            there.load(STEPS_OF, [7], [Step(1, 7, 10)])
        assert [step.id for step in there.among(STEPS_OF, 7)] == [1, 2]


def test_a_log_that_was_not_loaded_is_asked_for() -> None:
    with pytest.raises(UnloadedError) as caught:
        world().among(STEPS_OF, 7)
    assert caught.value.stream == (STEPS_OF, 7)


def test_a_replay_knows_every_row_that_there_was() -> None:
    there = world(ReplayWorld)
    there.put([Step(1, 7, 10), Step(2, 8, 11)])
    assert [step.id for step in there.among(STEPS_OF, 7)] == [1]
    assert there.among(STEPS_OF, 9) == []


def test_rows_that_change_have_no_index() -> None:
    with pytest.raises(ValueError, match="no log"):
        BOX.index("of", by="holds")


def test_a_fork_shows_what_would_be_and_leaves_the_world_as_it_is() -> None:
    there = world()
    there.load(BOX, [1, 2], [Box(1, 5, 10)])
    there.load(STEPS_OF, [7], [Step(1, 7, 10)])
    there.begin()
    fork = Fork(there)
    fork.put([Box(1, 3, 10), Step(2, 7, 20)])
    assert (fork.get(BOX, 1), fork.get(BOX, 2)) == (Box(1, 3, 10), None)
    assert fork.row(BOX, 1) == fork.peek(BOX, 1) == Box(1, 3, 10)
    assert [step.id for step in fork.among(STEPS_OF, 7)] == [1, 2]
    assert there.get(BOX, 1) == Box(1, 5, 10)
    assert list(there.dirty()) == []
    assert there.reads() == [("box/1", 10), ("box/2", None), ("step.of/7", 10)]


def test_a_fork_asks_the_world_below_for_what_is_missing() -> None:
    with pytest.raises(UnloadedError):
        Fork(world()).get(BOX, 1)

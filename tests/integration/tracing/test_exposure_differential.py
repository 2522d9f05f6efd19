"""Exposure by the index, by SQL and by the oracle: one answer.

On tangled yards, written as rows (``python -m tests.differential`` asks as many as one likes), and on random
histories told to a real ledger: between statements, corrections and exclusions, as of earlier positions, and
by an index that begins with the snapshot of one that is no more. ``COLDLEDGER_SEEDS=20`` tells so many.
"""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from schema.messages.exposure import ExposureView
from schema.moments import last_second
from service.http.readers import Reader, ReaderKind
from service.storage import open_database
from service.storage.database import Database
from service.tracing.exposure import counting, sql
from service.tracing.exposure.question import Answer
from service.tracing.index import following as index_following
from service.tracing.index.answering import Exposures
from service.tracing.walk import trace_snapshot
from tests.anything.asking import ask
from tests.differential import Compared, compare
from tests.exposed import exposed
from tests.integration.tracing.test_index_is_sql import LONG, Told, following

YARDS = range(1000, 1000 + (LONG or 1) * 40)
SEEDS = range(31, 31 + LONG) if LONG else [31, 32]
REGIONS = ("3702", "44")
STATEMENTS, LOOKS, QUESTIONS = 240, 4, 6


async def test_of_any_yard_all_three_say_the_same(database: str) -> None:
    compared = Compared()
    async with open_database(database) as opened:
        await compare(opened, YARDS, compared)
    assert compared.different == []
    assert {tier for _, tier in compared.hits} == {0, 1, 2, 3, 4, 5}
    assert compared.cleared
    assert compared.asked.total() == len(YARDS) * 6


async def counts_alike(database: Database, told: Answer) -> None:
    """Summed up from columns or counted by the database, for whoever asks, it is the same."""
    async with trace_snapshot(database.as_of(told.position)) as conn:
        for reader in (
            Reader(ReaderKind.AUDITOR),
            *(Reader(ReaderKind.REGULATOR, region=r) for r in REGIONS),
        ):
            by_columns = await counting.by_columns(conn, reader, told)
            by_sql = await counting.by_database(conn, reader, told)
            assert ExposureView().dump(by_columns) == ExposureView().dump(by_sql), (told.position, reader)


async def look(told: Told, exposures: Exposures, database: Database, chance: Random) -> tuple[int, int]:
    """Ask about any goods as of now or earlier; how many answers the index gave, and what they reached."""
    history, said, reached = told.history, 0, 0
    moments = [last_second(statement.at) for statement in history.statements]
    for number in range(QUESTIONS):
        asked = ask(history.rows, moments, chance, 1 + number % 2)
        async with trace_snapshot(database.reader) as conn:
            by_sql = await sql.exposed(conn, asked)
        assert exposed(history.rows, asked).digest == by_sql.digest, asked
        by_index = await exposures.quick(asked)
        if by_index is not None:
            assert by_index.digest == by_sql.digest, asked
            await counts_alike(database, by_index)
            said += 1
            reached += len(by_index.hits)
    return said, reached


@pytest.mark.parametrize("seed", SEEDS)
async def test_of_any_history_all_three_say_the_same(
    database: str, tmp_path: Path, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    told, chance = Told(seed), Random(seed)
    monkeypatch.setattr(index_following, "SAVE_STATEMENTS", 1)
    monkeypatch.setattr(index_following, "SAVE_SECONDS", 0.0)
    said = reached = 0
    async with open_database(database) as opened, told.ledger(database) as ledger:
        for _ in range(2):
            # The second index begins with the snapshot of the first, and what was said since.
            await told.tell(ledger)
            async with following(opened, tmp_path) as index:
                exposures = Exposures(index, opened)
                for _ in range(LOOKS):
                    told.go_on(STATEMENTS // LOOKS)
                    await told.tell(ledger)
                    counts = await look(told, exposures, opened, chance)
                    said, reached = said + counts[0], reached + counts[1]
            told.go_on(20)
    assert said > LOOKS * QUESTIONS
    assert reached > said

"""Who answers: the trace index of this process where it can, else the database; the same either way.

The answer to a question never changes, for the question says as of which position it is asked. So the last
few are kept, and the pages of a list are pages of one answer. The database gets only so long for one: a
question that would keep it from all others is refused, with what to do about it.
"""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from aiohttp import web

from schema.problems import Problem
from service.storage import Database
from service.tracing.exposure.question import Answer, Question
from service.tracing.exposure.sql import exposed
from service.tracing.walk import trace_snapshot

PATIENCE = 60.0
"""Seconds that the database may take for a question."""
MOST_KEPT = 8
MOST_HITS = 1_000_000
"""Hits of all answers that are kept together; one takes about twenty bytes."""

Quick = Callable[[Question], Awaitable[Answer | None]]
"""The index: None where it cannot say."""


@dataclass(frozen=True, slots=True)
class Timed:
    """An answer, who gave it, and how long that took; 0 ms where it was known."""

    answer: Answer
    by_index: bool
    milliseconds: int


@dataclass(frozen=True)
class Answers:
    """Answers questions of exposure."""

    database: Database
    quick: Quick | None = None
    kept: OrderedDict[Question, Timed] = field(default_factory=OrderedDict)
    patience: float = PATIENCE

    async def to(self, asked: Question) -> Timed:
        """The answer to a question. Raises Problem ``exposure.too-wide``."""
        known = self.kept.get(asked)
        if known is not None:
            self.kept.move_to_end(asked)
            return Timed(known.answer, known.by_index, 0)
        began = time.monotonic()
        answer = None if self.quick is None else await self.quick(asked)
        by_index = answer is not None
        if answer is None:
            answer = await self._by_database(asked)
        timed = Timed(answer, by_index, round((time.monotonic() - began) * 1000))
        self._keep(asked, timed)
        return timed

    async def _by_database(self, asked: Question) -> Answer:
        try:
            # A query that is cut off here is cancelled at the server, too.
            async with trace_snapshot(self.database.reader) as conn, asyncio.timeout(self.patience):
                answer = await exposed(conn, asked)
        except TimeoutError as error:
            raise Problem("exposure.too-wide", seconds=round(self.patience), hops=asked.hops) from error
        # Made here, where it holds nobody up: it hashes every hit, and is remembered.
        await asyncio.to_thread(lambda: answer.digest)
        return answer

    def _keep(self, asked: Question, timed: Timed) -> None:
        self.kept[asked] = timed
        while len(self.kept) > MOST_KEPT or (len(self.kept) > 1 and self._hits() > MOST_HITS):
            self.kept.popitem(last=False)

    def _hits(self) -> int:
        return sum(len(each.answer.hits) + len(each.answer.cleared) for each in self.kept.values())


ANSWERS = web.AppKey("answers of exposure", Answers)

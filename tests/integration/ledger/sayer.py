"""A service process in small that says anything: it reads the ledger now and then, and speaks of what it saw.

``python -m tests.integration.ledger.sayer URL SEED STATEMENTS BEGAN`` waits for a line on its standard input,
so that several begin together, says so many statements, and prints what became of them as JSON: how many of
each kind were admitted, and how many refused by each code. Its clock goes ten thousand times as fast since
``BEGAN``, an instant, as everybody's does here, so that a run lasts for days of trade.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Any

from schema.problems import Problem
from service.ledger import Idempotency, Ledger, Proposal, Statement, store
from service.ledger.committer import Clock, utc_now
from service.ledger.statement import parse_instant
from service.ledger.world import Projection
from tests.anything.beginning import BEGINNING
from tests.anything.saying import Saying, propose
from tests.anything.seen import Seen
from tests.retold import ledger_on

AT_ONCE = 12
"""Statements that are made of one reading, all at once: they compete with each other, too."""
FASTER = 10_000
UNREAD = {"submission", "event", "code", "cases", "edge", "parentage"}
"""Projections of which nobody speaks."""
TWICE = 0.05
"""Of the statements so many are sent again under the same key, as a client does whose line went dead."""


def clock(began: datetime) -> Clock:
    """Hours a second, beginning a day after the history that was told."""
    start = datetime.fromisoformat(BEGINNING) + timedelta(days=1)
    return lambda: start + (utc_now() - began) * FASTER


class Sayer:
    """One process: a reading of the ledger that grows stale, and chance."""

    def __init__(self, ledger: Ledger, seed: int, now: Clock) -> None:
        self.ledger = ledger
        self.chance = Random(seed)
        self.seed = seed
        self.now = now
        self.statements: list[Statement] = []
        self.said = 0
        self.admitted, self.refused = Counter[str](), Counter[str]()

    async def read(self) -> Seen:
        """Every row as it is at this moment."""
        found: dict[Projection[Any], Sequence[Any]] = {}
        async with self.ledger.pool.acquire() as conn, conn.transaction(isolation="repeatable_read"):
            for projection in self.ledger.registry.kept:
                if projection.name not in UNREAD:
                    found[projection] = [row async for row in store.rows(conn, projection)]
            async for record in store.records(conn, len(self.statements)):
                self.statements.append(Statement.decode(record.statement))
        return Seen(found.__getitem__, self.statements, self.now(), self.chance)

    async def speak(self, times: int) -> None:
        """Say so much, a few at once."""
        while self.said < times:
            seen = await self.read()
            sayings = [propose(seen) for _ in range(min(AT_ONCE, times - self.said))]
            await asyncio.gather(*map(self.say, sayings))

    async def say(self, saying: Saying) -> None:
        """Say it, perhaps twice, and count the answer."""
        self.said += 1
        key = Idempotency(f"{self.seed:032}{self.said:032}", f"{self.said:064}")
        proposal = Proposal(saying.kind, saying.actor, saying.data, key)
        times = 2 if self.chance.random() < TWICE else 1
        said = (self.ledger.append(proposal) for _ in range(times))
        answers = await asyncio.gather(*said, return_exceptions=True)
        positions = {each.position for each in answers if not isinstance(each, BaseException)}
        assert len(positions) <= 1, f"said once, recorded at {positions}"
        for answer in answers[:1]:
            if isinstance(answer, Problem):
                self.refused[answer.code] += 1
            elif isinstance(answer, BaseException):
                raise answer
            else:
                self.admitted[saying.kind.name] += 1


async def main(url: str, seed: int, times: int, began: datetime) -> None:
    """Speak, and say what came of it."""
    now = clock(began)
    async with ledger_on(url, now) as ledger:
        sayer = Sayer(ledger, seed, now)
        print("ready", flush=True)
        await asyncio.to_thread(sys.stdin.readline)
        await sayer.speak(times)
    print(json.dumps({"admitted": sayer.admitted, "refused": sayer.refused}))


if __name__ == "__main__":
    _, url, seed, times, began = sys.argv
    asyncio.run(main(url, int(seed), int(times), parse_instant(began)))

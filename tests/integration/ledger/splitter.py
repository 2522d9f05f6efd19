"""A service process in small: splits one carton at a time off a unit, all at once, and counts the answers.

``python -m tests.integration.ledger.splitter URL UNIT ORGANISATION USER TIMES`` waits for a line on its
standard input, so that two of them begin together, and prints ``{"admitted": …, "refused": …}``.
"""

from __future__ import annotations

import asyncio
import json
import sys

from schema.problems import Problem
from service.goods.movements import SPLIT
from service.ledger import Actor, Proposal
from tests.quay import OUT
from tests.retold import ledger_on

CARTON = 27_000


async def main(url: str, unit: int, actor: Actor, times: int) -> None:
    """Append, and say what came of it."""
    data = {"unit": unit, "parts": [{"pieces": 1, "grams": CARTON}], "happened_at": OUT}
    async with ledger_on(url) as ledger:
        print("ready", flush=True)
        await asyncio.to_thread(sys.stdin.readline)
        proposals = (Proposal(SPLIT, actor, data) for _ in range(times))
        answers = await asyncio.gather(*map(ledger.append, proposals), return_exceptions=True)
    refused = sum(isinstance(a, Problem) and a.code == "unit.insufficient-grams" for a in answers)
    admitted = sum(not isinstance(a, BaseException) for a in answers)
    print(json.dumps({"admitted": admitted, "refused": refused}))


if __name__ == "__main__":
    _, url, unit, organisation, user, times = sys.argv
    asyncio.run(main(url, int(unit), Actor(int(organisation), user=int(user)), int(times)))

"""A service process in small: ships one carton at a time out of a unit, all at once, and counts the answers.

``python -m tests.integration.ledger.shipper URL UNIT PLACE DESTINATION ORGANISATION USER TIMES`` waits for a
line on its standard input, so that two of them begin together, and prints ``{"admitted": …, "refused": …}``.
"""

from __future__ import annotations

import asyncio
import json
import sys

from schema.problems import Problem
from service.goods.movements import SHIP
from service.ledger import Actor, Proposal
from tests.quay import OUT
from tests.retold import ledger_on

CARTON = 27_000


async def main(url: str, unit: int, place: int, destination: int, actor: Actor, times: int) -> None:
    """Append, and say what came of it."""
    items = [{"unit": unit, "pieces": 1, "grams": CARTON}]
    data = {"facility": place, "destination": destination, "items": items, "departed_at": OUT}
    async with ledger_on(url) as ledger:
        print("ready", flush=True)
        await asyncio.to_thread(sys.stdin.readline)
        proposals = (Proposal(SHIP, actor, data) for _ in range(times))
        answers = await asyncio.gather(*map(ledger.append, proposals), return_exceptions=True)
    refused = sum(isinstance(a, Problem) and a.code == "unit.insufficient-grams" for a in answers)
    admitted = sum(not isinstance(a, BaseException) for a in answers)
    print(json.dumps({"admitted": admitted, "refused": refused}))


if __name__ == "__main__":
    _, url, *numbers = sys.argv
    unit, place, destination, organisation, user, times = map(int, numbers)
    asyncio.run(main(url, unit, place, destination, Actor(organisation, user=user), times))

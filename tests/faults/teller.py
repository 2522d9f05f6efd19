"""A service process in small: ``python -m tests.faults.teller URL UNIT ORGANISATION USER``.

Each line on its standard input is a submission key under which a carton is split off; it answers with the
position, or with the code of the problem that it met. Its end is the end of its input, or worse.
"""

from __future__ import annotations

import asyncio
import sys

from schema.problems import Problem
from service.ledger import Actor
from tests.faults.ground import split
from tests.retold import ledger_on


async def main(url: str, unit: int, organisation: int, user: int) -> None:
    """Say what is asked, one after the other."""
    async with ledger_on(url) as ledger:
        print("ready", flush=True)
        while key := (await asyncio.to_thread(sys.stdin.readline)).strip():
            try:
                said = await ledger.append(split(unit, Actor(organisation, user), key))
            except Problem as problem:
                print(problem.code, flush=True)
            else:
                print(said.position, flush=True)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], *map(int, sys.argv[2:])))

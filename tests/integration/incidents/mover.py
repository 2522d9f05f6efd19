"""A business in small, whose goods move while they are being held: 25 movements a second, until told to stop.

``python -m tests.integration.incidents.mover URL ORGANISATION USER PLANT SHOP SEED RATE UNIT…`` splits,
ships, processes and sells goods of the units named and of what it made of them. It begins when a line comes
on its standard input, stops at the end of that, and prints ``{"admitted": …, CODE: …}``.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections import Counter
from random import Random
from typing import Any

from schema.identifiers import Level, TraceCode
from schema.problems import Problem
from service.goods.movements import PROCESS, SELL, SHIP, SPLIT
from service.ledger import Acknowledgement, Actor, Data, Kind, Ledger, Proposal
from tests.retold import ledger_on

GRAMS = 1000
WHEN = "2020-08-19"


class Mover:
    """What a business has in hand, as units with their pieces, and what it does next."""

    def __init__(self, actor: Actor, plant: int, shop: int, seed: int, units: dict[int, int]) -> None:
        self.actor, self.plant, self.shop = actor, plant, shop
        self.random = Random(seed)
        self.units = units
        self.answers: Counter[str] = Counter()

    def next(self) -> tuple[Kind, Data]:
        """Some movement of a piece of some unit."""
        unit = self.random.choice([key for key, pieces in self.units.items() if pieces > 1])
        self.units[unit] -= 1
        piece = {"pieces": 1, "grams": GRAMS}
        kind = self.random.choice((SPLIT, SPLIT, SHIP, SHIP, PROCESS, SELL))
        if kind is SPLIT:
            return kind, {"unit": unit, "parts": [piece], "happened_at": WHEN}
        if kind is SHIP:
            items = [{"unit": unit, **piece}]
            road = {"facility": self.plant, "destination": self.shop, "departed_at": WHEN}
            return kind, {**road, "items": items}
        if kind is SELL:
            return kind, {"unit": unit, **piece, "happened_at": WHEN}
        return kind, self._processing({"unit": unit, **piece})

    def _processing(self, item: Data) -> Data:
        output = {
            "code": TraceCode.new(Level.BATCH, "370200").text,
            "product": "冻牛肉块",
            "category": "livestock",
            "specification": "1 千克/袋",
            "hs": "0202300090",
            "temperature_class": "frozen",
            "production_batch": "K1",
            "produced_on": "2020-08-18",
            "best_before": "2021-06-01",
            "pieces": 1,
            "grams": GRAMS,
        }
        return {
            "facility": self.plant,
            "inputs": [item],
            "outputs": [output],
            "loss_grams": 0,
            "happened_at": WHEN,
        }

    async def move(self, ledger: Ledger) -> None:
        """Append the next one; what it makes in hand may be moved on."""
        kind, data = self.next()
        try:
            said: Acknowledgement = await ledger.append(Proposal(kind, self.actor, data))
        except Problem as problem:
            self.answers[problem.code] += 1
            return
        self.answers["admitted"] += 1
        if kind in (SPLIT, PROCESS):
            for unit in said.statement.outcome["units"]:
                self.units[unit] = 1


async def main(url: str, mover: Mover, rate: float) -> None:
    """Move at a steady rate, however long an answer takes, as a loading bay does."""
    stop = asyncio.Event()
    async with ledger_on(url) as ledger:
        print("ready", flush=True)
        await asyncio.to_thread(sys.stdin.readline)
        asyncio.get_running_loop().run_in_executor(None, sys.stdin.read).add_done_callback(
            lambda _: stop.set()
        )
        moving: set[asyncio.Task[Any]] = set()
        while not stop.is_set():
            task = asyncio.create_task(mover.move(ledger))
            moving.add(task)
            task.add_done_callback(moving.discard)
            await asyncio.sleep(1 / rate)
        await asyncio.gather(*moving)
    print(json.dumps(mover.answers))


if __name__ == "__main__":
    _, address, organisation, user, plant, shop, seed, rate, *units = sys.argv
    held = {int(unit): int(pieces) for unit, pieces in (each.split(":") for each in units)}
    actor = Actor(int(organisation), user=int(user))
    asyncio.run(main(address, Mover(actor, int(plant), int(shop), int(seed), held), float(rate)))

"""What a case finds exposed, and what of that is held: asked of the database or the index, then appended.

Order: the answer is asked as of a position → recorded with its digest → what was chosen of it is asked for
again at that position, and must have the same digest → cut into holds that each fit one statement → appended
together. Each hold is judged under the head row and takes in what was made of its goods since the answer.
Whatever fails on the way, the holds that were placed stand, and asking again holds what is not held yet.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any, TypeVar

import numpy as np
from aiohttp import web

from schema.messages.cases import HeldPart
from schema.problems import Problem, Refusal
from service.http.keys import DATABASE
from service.http.readers import Reader
from service.http.writes import Draft, Receipt, Write, submit
from service.incidents.cases.questions import asked_again, asked_now
from service.incidents.coverage import MOST_LOTS
from service.incidents.holds import PLACE_HOLD
from service.parties.visibility import not_found, sight
from service.storage import query
from service.tracing.exposure.answering import ANSWERS
from service.tracing.exposure.asking import told
from service.tracing.exposure.question import Answer

_FILE = "incidents/read_cases"
PART = 500
"""Goods that one hold names: lots, each of which gets a line in its history, or units."""
WITNESSED = 100
"""Lots of one hold that are not registered in the region, each shown by a unit."""
_TOO_MANY = ("hold.too-many-units", "hold.too-many-lots")


Thing = TypeVar("Thing")


@dataclass(frozen=True, slots=True)
class Part:
    """Goods of one hold; ``witnesses`` show lots that are registered elsewhere."""

    kind: str
    keys: tuple[int, ...]
    witnesses: tuple[int, ...] = ()

    def halves(self) -> tuple[Part, Part]:
        """The same goods in two holds."""
        half = len(self.keys) // 2
        return replace(self, keys=self.keys[:half]), replace(self, keys=self.keys[half:])


@dataclass(frozen=True, slots=True)
class Order:
    """What is held, by whom and why: a recorded answer of a case, and the words of the hold."""

    app: web.Application
    reader: Reader
    case: Mapping[str, Any]
    exposure: Mapping[str, Any]
    words: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Held:
    """The holds that were placed of an answer as of ``asked_at``, and how many units were reached that do not
    concern the region."""

    asked_at: int
    receipts: tuple[Receipt, ...]
    elsewhere: int


async def led_case(app: web.Application, reader: Reader, key: int) -> Mapping[str, Any]:
    """The case, for who leads it. Raises Problem ``request.not-found``."""
    pool = app[DATABASE].reader
    row = await pool.fetchrow(query(f"{_FILE}.led"), *sight(reader), key)
    if row is None:
        raise not_found()
    return dict(row)


async def _again(app: web.Application, exposure: Mapping[str, Any]) -> Answer:
    """The answer on record, asked for again. Raises Problem ``case.exposure-changed``."""
    async with app[DATABASE].reader.acquire() as conn:
        asked = await asked_again(conn, exposure)
    answer = (await app[ANSWERS].to(asked)).answer
    if answer.digest != exposure["digest"]:
        raise Problem("case.exposure-changed", field="/exposure", asked=asked.position)
    return answer


async def with_answer(draft: Draft) -> Draft:
    """What is exposed as it is known now, for the statement that records it."""
    case = await led_case(draft.app, draft.reader, draft.data["case"])
    pool = draft.app[DATABASE].reader
    async with pool.acquire() as conn:
        asked = await asked_now(conn, case, draft.data.get("terms", {}))
    answer = (await draft.app[ANSWERS].to(asked)).answer
    lots = await pool.fetchval(query(f"{_FILE}.lots_of"), answer.hits.unit.tolist())
    counts = {**_sums(answer), "lots": lots, "new": await _new(draft.app, case, answer)}
    return draft.adding(question=told(asked), asked_at=asked.position, digest=answer.digest, counts=counts)


def _sums(answer: Answer) -> dict[str, Any]:
    by_tier = {str(tier): int(units) for tier, units in enumerate(np.bincount(answer.hits.tier)) if units}
    return {"units": len(answer.hits), "cleared": len(answer.cleared), "tiers": by_tier}


async def _new(app: web.Application, case: Mapping[str, Any], answer: Answer) -> int | None:
    """How many units the case's last answer on record did not reach; None where there is none."""
    rows = await app[DATABASE].reader.fetch(query(f"{_FILE}.exposures"), case["id"])
    if not rows:
        return None
    before = (await _again(app, dict(rows[-1]))).hits
    return len(answer.hits) - int(np.isin(answer.hits.unit, before.unit).sum())


async def hold(order: Order, tiers: Iterable[int]) -> Held:
    """Hold what the answer reached by ``tiers`` and is not under a hold of the case yet.

    Raises Problem ``case.exposure-changed``, or what a rule says to a hold.
    """
    answer = await _again(order.app, order.exposure)
    units = answer.hits.unit[np.isin(answer.hits.tier, [*tiers])].tolist()
    found = await order.app[DATABASE].reader.fetch(
        query(f"{_FILE}.holdable"),
        *(units, order.reader.region, order.case["id"], MOST_LOTS, answer.position),
    )
    rows = [dict(row) for row in found]
    receipts = await asyncio.gather(*(_placed(order, part) for part in parts(rows)))
    return Held(
        answer.position,
        tuple(each for some in receipts for each in some),
        sum(1 for row in rows if not (row["here"] or row["whole"])),
    )


def _cut(things: Iterable[Thing], most: int) -> Iterator[tuple[Thing, ...]]:
    """The same things, at most so many together."""
    rest = iter(things)
    while some := tuple(islice(rest, most)):
        yield some


def parts(rows: Sequence[Mapping[str, Any]]) -> Iterator[Part]:
    """The holds that cover ``rows``, units with their lots: whole lots where all of a lot, and of what was
    made of it, is there."""
    named = {row["lot"]: row for row in rows if row["named"] and (row["own"] or row["here"])}
    own = [lot for lot, row in named.items() if row["own"]]
    shown = [(lot, row["unit"]) for lot, row in named.items() if not row["own"]]
    for lots in _cut(own, PART):
        yield Part("lots", lots)
    for pairs in _cut(shown, WITNESSED):
        yield Part("lots", tuple(lot for lot, _ in pairs), tuple(unit for _, unit in pairs))
    for units in _cut((row["unit"] for row in rows if row["here"] and not row["whole"]), PART):
        yield Part("units", units)


async def _placed(order: Order, part: Part) -> list[Receipt]:
    """One hold; where what moved meanwhile makes it too many for one, two."""
    body = {
        **order.words,
        "question": {part.kind: list(part.keys)},
        "asked_at": order.exposure["asked_at"],
        "digest": order.exposure["digest"],
        "exposure": order.exposure["id"],
    }

    async def shown(draft: Draft) -> Draft:
        return draft.adding(witnesses=list(part.witnesses))

    write = Write("/api/v1/cases/{case:id}/holds", PLACE_HOLD, HeldPart, "", prepare=shown)
    try:
        return [await submit(order.app, write, order.reader, {"case": order.case["id"]}, body)]
    except Refusal as refusal:
        if refusal.code not in _TOO_MANY or len(part.keys) == 1:
            raise
    halves = [await _placed(order, half) for half in part.halves()]
    return [receipt for half in halves for receipt in half]

"""What was counted in the store, against what the ledger has on hand.

Rules kept here: a count that differs is recorded with both values and its reason, never an edit, and always a
finding; allowed before release and under a hold. What is missing is lost. What is more than there should be
is a unit of its own, by a stock difference, and held: of packs where packs are more, with their share of what
was weighed where the weight is not more; loose, in grams only, where only the weight is more.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from schema.problems import Refusal
from service.goods import timing
from service.goods.accounts import Amount, demand_counting
from service.goods.movements import flow, rules
from service.goods.movements.telling import Telling, streams, tell
from service.goods.state import UNIT, MovementKind, Unit
from service.ledger import Context, Data, Decision, Kind, Statement, Stream, World


def decide(data: Data, ctx: Context, world: World) -> Decision:
    """``units`` of the outcome are the surpluses."""
    facility = rules.own_facility(data["facility"], ctx, world)
    telling = tell("stock-counted", data, ctx, world, facility)
    lots, seen = [], set[int]()
    for place, item in enumerate(data["items"]):
        pointer = f"/items/{place}"
        unit = rules.unit_in_hand(item["unit"], ctx, world, f"{pointer}/unit")
        if unit.id in seen:
            raise Refusal("stock.unit-twice", field=f"{pointer}/unit", unit=unit.id)
        seen.add(unit.id)
        rules.unit_at(unit, facility, f"{pointer}/unit")
        timing.after_made(telling.moment, unit)
        _count(telling, unit, item, pointer)
        lots.append(unit.lot)
    made = [difference["unit"] for difference in telling.accounts.differences]
    return telling.decided({"units": made, **telling.accounts.outcome}, lots, holding=bool(made))


def _count(telling: Telling, unit: Unit, item: Data, pointer: str) -> None:
    """Book one unit's count. Raises Refusal ``unit.…`` or ``stock.reason-missing``."""
    counted = Amount(item.get("pieces"), item["grams"])
    try:
        demand_counting(unit, counted.pieces)
    except Refusal as refusal:
        raise refusal.at(pointer) from None
    if (counted.pieces, counted.grams) == (unit.pieces, unit.grams):
        return
    both: Data = {
        "unit": unit.id,
        "counted_pieces": counted.pieces,
        "counted_grams": counted.grams,
        "held_pieces": unit.pieces,
        "held_grams": unit.grams,
    }
    if "reason" not in item:
        raise Refusal("stock.reason-missing", field=f"{pointer}/reason", **both)
    telling.broken.append(Refusal("stock.differs", field=pointer, **both))
    _book(telling.accounts, unit, counted, pointer)


def _book(accounts: flow.Accounts, unit: Unit, counted: Amount, pointer: str) -> None:
    pieces = None if unit.pieces is None else (counted.pieces or 0) - unit.pieces
    grams = counted.grams - unit.grams
    missing = Amount(None if pieces is None else max(-pieces, 0), max(-grams, 0))
    more = Amount(pieces if pieces and pieces > 0 else None, max(grams, 0))
    if more.pieces is not None and not more.grams:
        _share(accounts, unit, counted, missing, more.pieces, pointer)
        return
    if missing.pieces or missing.grams:
        accounts.lose(unit, missing.pieces, missing.grams, pointer)
    if more.grams:
        accounts.found(unit, more)


def _share(
    accounts: flow.Accounts, unit: Unit, counted: Amount, missing: Amount, more: int, pointer: str
) -> None:
    """Packs that nobody counted before: they hold their share of what is there."""
    if counted.grams < (counted.pieces or 0):
        raise Refusal(
            "unit.remainder-mismatch",
            field=pointer,
            unit=unit.id,
            pieces=counted.pieces,
            grams=counted.grams,
        )
    if missing.grams:
        accounts.lose(unit, 0, missing.grams, pointer)
    share = counted.grams * more // (counted.pieces or 1)
    accounts.give(unit.id, accounts.found(unit, Amount(more, 0)), 0, share)


def project(statement: Statement, position: int, world: World) -> Iterator[Any]:
    """What is on hand now, and what was more than that."""
    data, at = statement.data, statement.data["happened_at"]
    yield from flow.rows(statement, position, world, MovementKind.DIFFERENCE, at, {})
    lots = [world.row(UNIT, item["unit"]).lot for item in data["items"]]
    yield from flow.events(statement, position, lots, data["facility"], at)


def reads(data: Data, world: World) -> Iterator[Stream]:
    """The units, their place with the policy there, and the crew."""
    yield from streams(data, (item["unit"] for item in data["items"]), world)
    yield from rules.facility_streams(data["facility"], world)


COUNT = Kind("stock-counted", {1: decide}, project, reads)

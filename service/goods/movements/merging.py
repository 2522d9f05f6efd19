"""Units that lie together become one. What is merged can no longer be told apart, so it must be alike.

Rules kept here: units of one lot, owner, place, zone, state, pack level and packaging, all of each of them.
The new unit bears the holds of every one, so it is allowed before release and under a hold.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from schema.problems import Refusal
from service.goods import timing
from service.goods.accounts import Amount, drawn
from service.goods.movements import flow, rules
from service.goods.movements.telling import streams, tell
from service.goods.state import UNIT, MovementKind, Unit
from service.ledger import Context, Data, Decision, Kind, Statement, Stream, World

_ALIKE = ("lot", "owner", "facility", "zone", "state", "pack", "packaging")


def decide(data: Data, ctx: Context, world: World) -> Decision:
    """``unit`` of the outcome is the new one."""
    units = [
        rules.unit_in_hand(unit, ctx, world, f"/units/{place}") for place, unit in enumerate(data["units"])
    ]
    _alike(units)
    telling = tell("units-merged", data, ctx, world, rules.facility_of(units[0], world))
    for place, unit in enumerate(units):
        timing.after_made(telling.moment, unit)
        telling.accounts.take(unit, unit.pieces, unit.grams, ctx.id(), f"/units/{place}")
    outcome = {
        "unit": ctx.id(),
        "units": [ctx.id()],
        "holds": sorted({hold for unit in units for hold in unit.holds}),
        **telling.accounts.outcome,
    }
    return telling.decided(outcome, [units[0].lot], holding=True)


def _alike(units: Sequence[Unit]) -> None:
    first = units[0]
    for place, unit in enumerate(units):
        for trait in _ALIKE:
            one, other = getattr(first, trait), getattr(unit, trait)
            if one != other:
                raise Refusal(
                    "merge.unlike",
                    field=f"/units/{place}",
                    unit=first.id,
                    other=unit.id,
                    trait=trait,
                    one=one,
                    another=other,
                )


def project(statement: Statement, position: int, world: World) -> Iterator[Any]:
    """The one unit, and the emptied ones."""
    outcome, at = statement.outcome, statement.data["happened_at"]
    units = [world.row(UNIT, unit) for unit in statement.data["units"]]
    whole = _together(units)
    merged = drawn(
        units[0],
        id=outcome["unit"],
        pieces=whole.pieces,
        grams=whole.grams,
        made_at=at,
        version=position,
        holds=outcome["holds"],
    )
    made = {merged.id: replace(merged, shipment=None)}
    yield from flow.rows(statement, position, world, MovementKind.MERGE, at, made)
    yield from flow.events(statement, position, [merged.lot], merged.facility, at)


def _together(units: Sequence[Unit]) -> Amount:
    counts = [unit.pieces for unit in units if unit.pieces is not None]
    return Amount(sum(counts) if counts else None, sum(unit.grams for unit in units))


def reads(data: Data, world: World) -> Iterator[Stream]:
    """The units, where they are with the policy there, and the crew."""
    yield from streams(data, data["units"], world)


MERGE = Kind("units-merged", {1: decide}, project, reads)

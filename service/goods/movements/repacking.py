"""Packs become other packs of the same lot: cartons into bags, or opened, so that only grams count.

Rules kept here: every gram that goes in comes out or is declared lost; packs that each hold so much weigh
that together; opened packs stay opened. The parts stay in their place and state and under the holds of the
whole. A fact: goods that were held, or not released, are recorded, in breach.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from schema.problems import Refusal
from service.goods.accounts import Way, drawn
from service.goods.movements import flow, rules
from service.goods.movements.telling import streams, tell_of
from service.goods.state import UNIT, MovementKind, Packaging, Unit
from service.ledger import Context, Data, Decision, Kind, Statement, Stream, World


def decide(data: Data, ctx: Context, world: World) -> Decision:
    """``node`` of the outcome stands between the old packs and the new ones, which count other things."""
    telling, unit = tell_of("unit-repacked", data, ctx, world)
    _conversion(data, unit)
    telling.broken += (*rules.not_free(unit, world), *rules.out_of_service(telling.facility))
    node = ctx.id()
    telling.accounts.took(unit, data.get("pieces"), data["grams"], node)
    units = [ctx.id(place) for place in range(1, len(data["into"]) + 1)]
    for part, child in zip(data["into"], units, strict=True):
        telling.accounts.give(node, child, part.get("pieces"), part["grams"])
    if data["loss_grams"]:
        telling.accounts.give(node, Way.LOSS, None, data["loss_grams"])
    outcome = {"node": node, "units": units, **telling.accounts.outcome}
    return telling.decided(outcome, [unit.lot], holding=True)


def _conversion(data: Data, unit: Unit) -> None:
    """What comes out is what went in, in other packs."""
    came_out = sum(part["grams"] for part in data["into"])
    difference = data["grams"] - came_out - data["loss_grams"]
    if difference:
        raise Refusal(
            "repack.unbalanced",
            field="/into",
            unit=unit.id,
            taken=data["grams"],
            made=came_out,
            loss=data["loss_grams"],
            difference=difference,
        )
    if data["loss_grams"] and "loss_reason" not in data:
        raise Refusal("repack.loss-reason-missing", field="/loss_reason", loss=data["loss_grams"])
    for place, part in enumerate(data["into"]):
        _packs(part, unit, f"/into/{place}")


def _packs(part: Data, unit: Unit, pointer: str) -> None:
    pieces, each = part.get("pieces"), part.get("grams_each")
    if pieces is not None and unit.packaging == Packaging.OPENED:
        raise Refusal("repack.stays-opened", field=f"{pointer}/pieces", unit=unit.id, pieces=pieces)
    if each is not None and each * (pieces or 0) != part["grams"]:
        raise Refusal(
            "repack.conversion-off",
            field=f"{pointer}/grams_each",
            pack=part["pack"],
            pieces=pieces,
            each=each,
            grams=part["grams"],
        )


def project(statement: Statement, position: int, world: World) -> Iterator[Any]:
    """The new packs, and what is left of the old ones."""
    data, outcome, at = statement.data, statement.outcome, statement.data["happened_at"]
    unit = world.row(UNIT, data["unit"])
    made = {}
    for part, child in zip(data["into"], outcome["units"], strict=True):
        pieces = part.get("pieces")
        packed = drawn(
            unit,
            id=child,
            pieces=pieces,
            grams=part["grams"],
            made_at=at,
            version=position,
            holds=outcome.get("holds", ()),
        )
        packaging = Packaging.OPENED if pieces is None else Packaging.SEALED
        made[child] = replace(packed, pack=part["pack"], packaging=packaging.value)
    yield from flow.rows(statement, position, world, MovementKind.REPACK, at, made)
    yield from flow.events(statement, position, [unit.lot], unit.facility, at)


def reads(data: Data, world: World) -> Iterator[Stream]:
    """The unit with its place and the policy there, and the crew."""
    yield from streams(data, [data["unit"]], world)


REPACK = Kind("unit-repacked", {1: decide}, project, reads)

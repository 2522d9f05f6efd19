"""Goods change hands where they lie: the owner becomes another, the custodian and the place stay.

Rules kept here: all of a unit is passed on, by its owner or by its custodian for the owner, to another
organisation that is registered and active, on a document. A fact: held goods are recorded, in breach.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from schema.problems import Refusal
from service.goods import timing
from service.goods.movements import flow, rules
from service.goods.movements.telling import streams, tell
from service.goods.state import UNIT
from service.incidents.restraint import held
from service.ledger import Context, Data, Decision, Kind, Statement, Stream, World
from service.parties import ORGANISATION


def decide(data: Data, ctx: Context, world: World) -> Decision:
    """``from`` of the outcome is the owner until then."""
    unit = rules.unit_in_charge(data["unit"], ctx, world)
    telling = tell("ownership-transferred", data, ctx, world, rules.facility_of(unit, world))
    timing.after_made(telling.moment, unit)
    if not unit.grams:
        raise Refusal("unit.nothing-taken", field="/unit", unit=unit.id, pieces=unit.pieces, grams=unit.grams)
    if data["to"] == unit.owner:
        raise Refusal("transfer.owner-already", field="/to", unit=unit.id, organisation=unit.owner)
    owner = world.get(ORGANISATION, data["to"])
    if owner is None or not owner.active:
        raise Refusal("transfer.no-such-owner", field="/to", organisation=data["to"])
    telling.broken += held(rules.holds_on(unit, world), unit.id)
    return telling.decided({"from": unit.owner}, [unit.lot])


def project(statement: Statement, position: int, world: World) -> Iterator[Any]:
    """The unit under its new owner."""
    unit = world.row(UNIT, statement.data["unit"])
    yield replace(unit, owner=statement.data["to"], version=position)
    at = statement.data["happened_at"]
    yield from flow.events(statement, position, [unit.lot], unit.facility, at)


def reads(data: Data, world: World) -> Iterator[Stream]:
    """The unit with its place and the policy there, who gets it, and the crew."""
    yield from streams(data, [data["unit"]], world)
    yield ORGANISATION, data["to"]


TRANSFER = Kind("ownership-transferred", {1: decide}, project, reads)

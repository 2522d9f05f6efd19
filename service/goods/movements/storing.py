"""Goods are put into a zone of the store that they are in. Imported goods are kept apart from all others.

A fact: goods in a zone that is not for them, or in a closed store, are recorded there, in breach.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from service.goods.movements import flow, rules, zoning
from service.goods.movements.telling import streams, tell_of
from service.goods.state import UNIT, UnitState
from service.ledger import Context, Data, Decision, Kind, Statement, Stream, World


def decide(data: Data, ctx: Context, world: World) -> Decision:
    """``from`` of the outcome is the zone that they were in."""
    telling, unit = tell_of("goods-stored", data, ctx, world)
    facility = telling.facility
    zone = rules.zone_of(facility, data["zone"])
    restrained = bool(rules.holds_on(unit, world))
    allowed = rules.zones_for(unit, facility, ctx, world, restrained=restrained)
    telling.broken += rules.out_of_service(facility)
    telling.broken += rules.zone_unfit(zone, facility, UnitState(unit.state), allowed=allowed)
    telling.broken += zoning.mixed(zone, facility, [unit.family], telling.policy, world)
    there = zoning.occupies(zone, facility, [unit.family], telling.policy, world)
    return telling.decided({"from": unit.zone, **there}, [unit.lot])


def project(statement: Statement, position: int, world: World) -> Iterator[Any]:
    """The unit in its zone."""
    data = statement.data
    unit = world.row(UNIT, data["unit"])
    yield replace(unit, zone=data["zone"], version=position)
    yield from zoning.entered(statement, position)
    yield from flow.events(statement, position, [unit.lot], unit.facility, data["happened_at"])


def reads(data: Data, world: World) -> Iterator[Stream]:
    """The unit, its lot, its store and the policy there, and the crew."""
    yield from streams(data, [data["unit"]], world)
    yield from rules.lot_streams([data["unit"]], world)


STORE = Kind("goods-stored", {2: decide}, project, reads)

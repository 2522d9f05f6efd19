"""Vehicles: registered, changed and retired by the managers of their own organisation.

Rules: one changes and retires what is one's own; a vehicle that was retired stays so.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from schema.problems import Refusal
from service.ledger import Context, Data, Decision, Kind, Statement, Stream, World
from service.parties.speakers import demand_manager, organisation_of
from service.parties.standing import Scope
from service.parties.state import VEHICLE, Vehicle

CHANGEABLE = ("kind", "plate")


def _decide_registration(_data: Data, ctx: Context, world: World) -> Decision:
    organisation_of(ctx, world)
    demand_manager(ctx, world)
    return Decision(outcome={"vehicle": ctx.id()})


def _project_registration(statement: Statement, position: int, _world: World) -> Iterable[Any]:
    yield Vehicle(
        id=statement.outcome["vehicle"],
        organisation=statement.actor.organisation,
        kind=statement.data["kind"],
        plate=statement.data["plate"],
        active=True,
        version=position,
    )


def _decide_change(data: Data, ctx: Context, world: World) -> Decision:
    _own(data, ctx, world)
    if not any(name in data for name in CHANGEABLE):
        raise Refusal("filing.nothing-changed")
    return Decision()


def _decide_retirement(data: Data, ctx: Context, world: World) -> Decision:
    _own(data, ctx, world)
    return Decision()


def _own(data: Data, ctx: Context, world: World) -> None:
    organisation = organisation_of(ctx, world)
    demand_manager(ctx, world)
    vehicle = world.get(VEHICLE, data["vehicle"])
    if vehicle is None or vehicle.organisation != organisation.id:
        raise Refusal("vehicle.not-found", field="/vehicle", vehicle=data["vehicle"])
    if not vehicle.active:
        raise Refusal("vehicle.retired", field="/vehicle", vehicle=vehicle.id)


def _project_change(statement: Statement, position: int, world: World) -> Iterable[Any]:
    said = {name: statement.data[name] for name in CHANGEABLE if name in statement.data}
    yield replace(world.row(VEHICLE, statement.data["vehicle"]), **said, version=position)


def _project_retirement(statement: Statement, position: int, world: World) -> Iterable[Any]:
    yield replace(world.row(VEHICLE, statement.data["vehicle"]), active=False, version=position)


def _read_nothing(_data: Data, _world: World) -> Iterable[Stream]:
    return ()


def _reads(data: Data, _world: World) -> Iterable[Stream]:
    yield (VEHICLE, data["vehicle"])


REGISTER_VEHICLE = Kind(
    "vehicle-registered",
    {1: _decide_registration},
    _project_registration,
    _read_nothing,
    scope=Scope.PARTIES_WRITE,
)
CHANGE_VEHICLE = Kind(
    "vehicle-changed", {1: _decide_change}, _project_change, _reads, scope=Scope.PARTIES_WRITE
)
RETIRE_VEHICLE = Kind(
    "vehicle-retired", {1: _decide_retirement}, _project_retirement, _reads, scope=Scope.PARTIES_WRITE
)
KINDS = [REGISTER_VEHICLE, CHANGE_VEHICLE, RETIRE_VEHICLE]

"""A drill is planned, and may be cancelled.

Rules kept here: an authority plans drills for its region; it, or one above it, cancels one that is planned.
One that runs is finished, so that its case never stays behind.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from schema.identifiers import covers
from schema.problems import Refusal
from service.incidents.drills.state import DRILL, Drill, DrillState
from service.incidents.reach import authority
from service.ledger import Context, Data, Decision, Kind, Statement, Stream, World

TARGETS = ("list_minutes", "acknowledge_minutes", "located_percent")


def _plan(_data: Data, ctx: Context, world: World) -> Decision:
    organisation = authority(ctx, world)
    return Decision({"drill": ctx.id(), "region": organisation.region})


def _planned(statement: Statement, position: int, _world: World) -> Iterator[Drill]:
    data, outcome = statement.data, statement.outcome
    yield Drill(
        id=outcome["drill"],
        organisation=statement.actor.organisation,
        region=outcome["region"],
        seed=data["seed"],
        hazard=data["hazard"],
        scheduled_on=data["scheduled_on"],
        targets={name: data[name] for name in TARGETS},
        state=DrillState.PLANNED.value,
        planned_at=statement.at,
        version=position,
        note=data.get("note"),
    )


def led(key: int, ctx: Context, world: World, state: DrillState) -> Drill:
    """A drill in that state, of the actor or below its region. Raises Refusal ``drill.not-found`` or
    ``drill.not-….``."""
    organisation = authority(ctx, world)
    drill = world.get(DRILL, key)
    if drill is None or not (
        drill.organisation == organisation.id or covers(organisation.region, drill.region)
    ):
        raise Refusal("drill.not-found", field="/drill", drill=key)
    if drill.state != state:
        raise Refusal("drill.another-state", field="/drill", drill=drill.id, state=drill.state)
    return drill


def _cancel(data: Data, ctx: Context, world: World) -> Decision:
    led(data["drill"], ctx, world, DrillState.PLANNED)
    return Decision()


def _cancelled(statement: Statement, position: int, world: World) -> Iterator[Drill]:
    drill = world.row(DRILL, statement.data["drill"])
    yield replace(drill, state=DrillState.CANCELLED.value, ended_at=statement.at, version=position)


def _reads(data: Data, _world: World) -> Iterator[Stream]:
    yield DRILL, data["drill"]


PLAN_DRILL = Kind("drill-planned", {1: _plan}, _planned, lambda _data, _world: ())
CANCEL_DRILL = Kind("drill-cancelled", {1: _cancel}, _cancelled, _reads)
KINDS: list[Kind] = [PLAN_DRILL, CANCEL_DRILL]

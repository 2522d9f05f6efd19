"""What authorities say of drills: planned, started on goods that are there, finished, cancelled."""

from __future__ import annotations

from service.goods.state import LOT, UNIT
from service.incidents.drills.finishing import FINISH_DRILL
from service.incidents.drills.planning import CANCEL_DRILL, PLAN_DRILL
from service.incidents.drills.starting import START_DRILL
from service.incidents.drills.state import DRILL, Drill, DrillState
from tests.anything.seen import Saying, Seen


def plan(seen: Seen) -> Saying:
    """By any authority."""
    data = {
        "seed": seen.chance.randint(0, 1000),
        "hazard": "asf",
        "scheduled_on": seen.day(),
        "list_minutes": 60,
        "acknowledge_minutes": 60,
        "located_percent": 90,
    }
    return Saying(PLAN_DRILL, data, seen.actor(seen.pick(seen.organisations("regulator")).id))


def _drill(seen: Seen, state: DrillState) -> Drill:
    """One in that state, mostly."""
    drills = seen.rows(DRILL)
    fit = [drill for drill in drills if drill.state == state]
    drill: Drill = seen.pick(drills if seen.rarely() else fit)
    return drill


def start(seen: Seen) -> Saying:
    """On any lot, also one that never came to the region."""
    drill = _drill(seen, DrillState.PLANNED)
    lot = seen.pick(seen.rows(LOT)).id
    units = sorted(unit.id for unit in seen.rows(UNIT) if unit.lot == lot)
    drawn = {"candidates": 1, "digest": "0" * 64, "asked_at": len(seen.statements)}
    data = {"drill": drill.id, "lot": lot, "units": units, **drawn}
    return Saying(START_DRILL, data, seen.actor(drill.organisation))


def finish(seen: Seen) -> Saying:
    """With its score."""
    drill = _drill(seen, DrillState.RUNNING)
    return Saying(FINISH_DRILL, {"drill": drill.id}, seen.actor(drill.organisation))


def cancel(seen: Seen) -> Saying:
    """It does not take place."""
    drill = _drill(seen, DrillState.PLANNED)
    return Saying(CANCEL_DRILL, {"drill": drill.id}, seen.actor(drill.organisation))

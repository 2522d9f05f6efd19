"""A drill starts: goods are drawn, and a case is opened on them as if a sample had been positive.

Rules kept here: only a drill that is planned starts; what was drawn concerns the authority's region, as the
subject of any case does. What the ledger says each holder has at that moment is written down, so that the
score measures people against what was known, and not against what moved meanwhile.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from schema.identifiers import covers
from schema.problems import Refusal
from service.goods.state import LOT, UNIT, UnitState
from service.incidents.cases.state import CaseFile, CaseState, step
from service.incidents.coverage import coverage_streams, covered
from service.incidents.drills.planning import led
from service.incidents.drills.state import DRILL, DrillState
from service.incidents.reach import foreign, reach_streams
from service.ledger import Context, Data, Decision, Kind, Statement, Stream, World
from service.parties import ORGANISATION

_THERE = (UnitState.QUARANTINED, UnitState.RELEASED, UnitState.IN_TRANSIT)


def _start(data: Data, ctx: Context, world: World) -> Decision:
    drill = led(data["drill"], ctx, world, DrillState.PLANNED)
    units = data["units"]
    strays = [key for key in units if (unit := world.get(UNIT, key)) is None or unit.lot != data["lot"]]
    if strays or [*foreign({"lots": [data["lot"]]}, units, drill.region, world)]:
        raise Refusal("drill.goods-not-found", field="/drill", drill=drill.id, lot=data["lot"])
    expected = _expected(units, drill.region, world)
    return Decision({"case": ctx.id(1), "number": f"DRILL-{drill.id}", "expected": expected})


def _expected(units: list[int], region: str, world: World) -> list[list[Any]]:
    """``[organisation, grams, whether it is of the region]`` for each holder of these units, or of what was
    made of them."""
    grams: Counter[int] = Counter()
    here: set[int] = set()
    for key in covered({"units": units}, world).units:
        unit = world.get(UNIT, key)
        if unit is not None and unit.grams and unit.state in _THERE:
            grams[unit.custodian] += unit.grams
            if covers(region, unit.region) or _is_of(unit.custodian, region, world):
                here.add(unit.custodian)
    return [[holder, grams[holder], holder in here] for holder in sorted(grams)]


def _is_of(holder: int, region: str, world: World) -> bool:
    organisation = world.get(ORGANISATION, holder)
    return organisation is not None and covers(region, organisation.region)


def _started(statement: Statement, position: int, world: World) -> Iterator[Any]:
    data, outcome = statement.data, statement.outcome
    drill = world.row(DRILL, data["drill"])
    yield replace(
        drill,
        state=DrillState.RUNNING.value,
        case_file=outcome["case"],
        lot=data["lot"],
        asked_at=data["asked_at"],
        candidates=data["candidates"],
        digest=data["digest"],
        expected=outcome["expected"],
        started_at=statement.at,
        version=position,
    )
    yield CaseFile(
        id=outcome["case"],
        organisation=drill.organisation,
        region=drill.region,
        number=outcome["number"],
        hazard=drill.hazard,
        drill=True,
        state=CaseState.SUSPECTED.value,
        subject={"lots": [data["lot"]]},
        opened_at=statement.at,
        opened_in=position,
        sampled_at=statement.at[:19] + "Z",
        confirmed_in=None,
        cleared_in=None,
        closed_in=None,
        version=position,
    )
    yield step(statement, position, outcome["case"], drill.id)


def _reads(data: Data, world: World) -> Iterator[Stream]:
    yield DRILL, data["drill"]
    if "lot" in data:
        yield LOT, data["lot"]
        yield from reach_streams({"lots": [data["lot"]]}, data["units"], world)
        yield from coverage_streams({"units": data["units"]}, world)


START_DRILL = Kind(
    "drill-started",
    {1: _start},
    _started,
    _reads,
    made=("lot", "units", "candidates", "digest", "asked_at"),
)
KINDS: list[Kind] = [START_DRILL]

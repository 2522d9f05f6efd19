"""Disposal: what became of goods of a recall, or of goods held under a case, is tied to it by the statement
that destroyed them, handed them over or sent them away.

Rules kept here: the statement is one of the four kinds of way out, said after the recall was ordered or the
case opened, and stands: one that was withdrawn disposes of nothing. Each of its units bears the hold of the
recall or of the case. Who said it ties it, or an authority of the region; a statement is tied once. What is
not so is told as what does not exist, because a case is nobody's to look for. The evidence is that of the
statement itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from schema.identifiers import covers
from schema.problems import Refusal
from service.goods.state import CORRECTION, UNIT
from service.incidents.cases.state import CASE, step
from service.incidents.reach import speaker
from service.incidents.recalls.state import DISPOSAL, RECALL, Disposal
from service.incidents.state import HELD_LOT
from service.ledger import Context, Data, Decision, Kind, Statement, Stream, World
from service.ledger.kinds import IDS_PER_POSITION
from service.ledger.said import SAID, statement_at
from service.parties import Role

WAYS_OUT = ("goods-destroyed", "goods-surrendered", "goods-shipped")
"""Kinds of statement by which goods leave for good, and shipments for these purposes."""
PURPOSES = ("return", "disposal", "quarantine")


def _decide(data: Data, ctx: Context, world: World) -> Decision:
    if ("recall" in data) == ("case" in data):
        raise Refusal("disposal.of-one", field="/recall")
    region, since, holds = _of(data, world)
    told = statement_at(world, data["statement"])
    if told is None or told.kind not in WAYS_OUT or told.data.get("purpose", "return") not in PURPOSES:
        raise Refusal("disposal.not-found", field="/statement", statement=data["statement"])
    organisation = speaker(ctx, world)
    supervises = Role.REGULATOR in organisation.roles and covers(organisation.region, region)
    if told.actor.organisation != organisation.id and not supervises:
        raise Refusal("disposal.not-found", field="/statement", statement=data["statement"])
    correction = world.get(CORRECTION, data["statement"])
    if correction is not None:
        raise Refusal("disposal.corrected", field="/statement", statement=data["statement"])
    units = [_unit(item, holds, data, world) for item in _items(told.data)]
    if not units or data["statement"] < since:
        raise Refusal("disposal.not-found", field="/statement", statement=data["statement"])
    if world.get(DISPOSAL, data["statement"] * IDS_PER_POSITION) is not None:
        raise Refusal("disposal.recorded-already", field="/statement", statement=data["statement"])
    return Decision({"kind": told.kind, "organisation": told.actor.organisation, "units": units})


def _of(data: Data, world: World) -> tuple[str, int, list[int]]:
    """Whose region it is of, from which position on, and the holds of its goods.

    Raises Refusal ``disposal.not-found``: no other answer than where there is one that has nothing to do with
    the statement, so that nobody learns of it by trying.
    """
    if "case" in data:
        case = world.get(CASE, data["case"])
        if case is not None:
            return case.region, case.opened_in, case.holds
        raise Refusal("disposal.not-found", field="/statement", statement=data["statement"])
    recall = world.get(RECALL, data["recall"])
    if recall is None:
        raise Refusal("disposal.not-found", field="/statement", statement=data["statement"])
    return recall.region, recall.id // IDS_PER_POSITION, [] if recall.hold is None else [recall.hold]


def _items(said: Data) -> list[Data]:
    """What a way out names: one unit, or a load of them."""
    items: list[Data] = said.get("items", [said])
    return items


def _unit(item: Data, holds: list[int], data: Data, world: World) -> Data:
    """What is kept of an item. Raises Refusal ``disposal.not-found`` where it is of other goods."""
    unit = world.get(UNIT, item["unit"])
    whole = None if unit is None else world.get(HELD_LOT, unit.lot)
    borne = set() if unit is None else {*unit.holds, *(() if whole is None else whole.holds)}
    if unit is None or not borne & {*holds}:
        raise Refusal("disposal.not-found", field="/statement", statement=data["statement"])
    return {"unit": unit.id, "lot": unit.lot, "grams": item["grams"]}


def _project(statement: Statement, position: int, world: World) -> Iterator[Any]:
    data, outcome = statement.data, statement.outcome
    recall = world.row(RECALL, data["recall"]) if "recall" in data else None
    case = data.get("case") if recall is None else recall.case_file
    told = statement_at(world, data["statement"])
    assert told is not None  # noqa: S101  (the decider found it)
    for place, unit in enumerate(outcome["units"]):
        yield Disposal(
            id=data["statement"] * IDS_PER_POSITION + place,
            recall=data.get("recall"),
            case_file=case,
            position=data["statement"],
            kind=outcome["kind"],
            organisation=outcome["organisation"],
            happened_at=told.data.get("happened_at") or told.data["departed_at"],
            evidence=told.data.get("evidence", []),
            version=position,
            **unit,
        )
    if case is not None:
        yield step(statement, position, case, data.get("recall"))


def _reads(data: Data, world: World) -> Iterator[Stream]:
    yield SAID, data["statement"]
    yield CORRECTION, data["statement"]
    if "recall" in data:
        yield RECALL, data["recall"]
    if "case" in data:
        yield CASE, data["case"]
    told = world.peek(SAID, data["statement"])
    said = None if told is None else Statement.decode(told.statement.encode())
    for item in [] if said is None or said.kind not in WAYS_OUT else _items(said.data):
        yield UNIT, item["unit"]
        unit = world.peek(UNIT, item["unit"])
        if unit is not None:
            yield HELD_LOT, unit.lot


RECORD_DISPOSAL = Kind("disposal-recorded", {1: _decide}, _project, _reads)
KINDS = [RECORD_DISPOSAL]

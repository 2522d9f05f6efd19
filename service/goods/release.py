"""A release: goods of a lot leave quarantine, all or a part of them, on papers that the gate named.

Rules kept here: only the first station that registered the lot releases it; the gate (gate.py) decides,
under the policy of the station's region, and a refusal lists all that it still wants. The exit certificate's
code is random and new. What was released is taken from the quarantined unit and counted on the lot and on
each paper that carries it, so that no kilogram leaves twice.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from schema.problems import Refusal
from service.goods import accounts
from service.goods.demands import Demands
from service.goods.exit_code import is_exit_code
from service.goods.fitness import Application
from service.goods.gate import judge
from service.goods.movements.flow import events, rows
from service.goods.movements.rules import facility_streams, holds_on
from service.goods.state import (
    ARRIVAL,
    CERTIFICATE,
    LOT,
    UNIT,
    Arrival,
    Certificate,
    Edge,
    Event,
    Lot,
    MovementKind,
    Release,
    Reliance,
    Unit,
    UnitState,
)
from service.goods.timing import happened
from service.incidents.breaches import decided
from service.incidents.restraint import held, hold_streams
from service.ledger import Context, Data, Decision, Kind, Statement, Stream, World
from service.ledger.kinds import IDS_PER_POSITION
from service.parties import FACILITY, Facility, policy_for


def _release(data: Data, ctx: Context, world: World) -> Decision:
    if not is_exit_code(data["code"]):
        raise Refusal("release.code-malformed", field="/code", code=data["code"][:40])
    lot, arrival = _own_lot(data["lot"], ctx, world)
    unit, facility = _quarantined_unit(data["unit"], lot, ctx, world)
    policy = policy_for(world, facility.region, ctx.recorded, lot.regime)
    case = Application(
        lot=lot,
        unit=unit,
        arrival=arrival,
        facility=facility,
        papers=_papers(lot, world),
        demands=Demands.of(policy),
        pieces=data["pieces"],
        grams=data["grams"],
        moment=happened(data["happened_at"], ctx, policy),
    )
    verdict = judge(case)
    wanted = [*held(holds_on(unit, world), unit.id), *verdict.wants]
    if wanted:
        raise Refusal("gate.refused", causes=wanted, lot=lot.code, count=len(wanted))
    outcome = {
        "release": ctx.id(0),
        "unit": ctx.id(1),
        "units": [ctx.id(1)],
        "flows": [[unit.id, ctx.id(1), data["pieces"], data["grams"]]],
        "code": data["code"],
        "certificates": [
            {"key": part.paper.key, "pieces": part.pieces, "grams": part.grams} for part in verdict.carried
        ],
    }
    return decided(ctx, outcome, policy, verdict.findings, facility=facility, lots=[lot.id])


def _own_lot(lot_id: int, ctx: Context, world: World) -> tuple[Lot, Arrival]:
    """A lot that the actor's own first station registered, with its arrival."""
    lot = world.get(LOT, lot_id)
    arrival = None if lot is None or lot.arrival is None else world.get(ARRIVAL, lot.arrival)
    if lot is None or arrival is None or lot.organisation != ctx.actor.organisation:
        raise Refusal("lot.not-found", field="/lot", lot=lot_id)
    if lot.withdrawn:
        raise Refusal("lot.withdrawn", field="/lot", lot=lot_id)
    return lot, arrival


def _quarantined_unit(unit_id: int, lot: Lot, ctx: Context, world: World) -> tuple[Unit, Facility]:
    """A unit of the lot in the actor's store; whether it is quarantined is for the gate."""
    unit = world.get(UNIT, unit_id)
    if unit is None or unit.lot != lot.id or unit.custodian != ctx.actor.organisation:
        raise Refusal("unit.not-found", field="/unit", unit=unit_id)
    facility = None if unit.facility is None else world.get(FACILITY, unit.facility)
    if facility is None:
        raise Refusal("unit.in-transit", field="/unit", unit=unit_id, shipment=unit.shipment)
    return unit, facility


def _papers(lot: Lot, world: World) -> list[Certificate]:
    found = (world.get(CERTIFICATE, key) for key in lot.certificates)
    return [paper for paper in found if paper is not None]


def _released(
    statement: Statement, position: int, world: World
) -> Iterator[Unit | Edge | Release | Reliance | Lot | Certificate | Event]:
    data, outcome = statement.data, statement.outcome
    pieces, grams, when = data["pieces"], data["grams"], data["happened_at"]
    unit, lot = world.row(UNIT, data["unit"]), world.row(LOT, data["lot"])
    free = accounts.drawn(
        unit, id=outcome["unit"], pieces=pieces, grams=grams, made_at=when, version=position
    )
    made = {free.id: replace(free, state=UnitState.RELEASED.value)}
    yield from rows(statement, position, world, MovementKind.RELEASE, when, made)
    yield _exit(statement, unit, position)
    yield from _relies(outcome, lot.id, position)
    yield replace(
        lot,
        released_pieces=lot.released_pieces + pieces,
        released_grams=lot.released_grams + grams,
        version=position,
    )
    for part in outcome["certificates"]:
        paper = world.row(CERTIFICATE, part["key"])
        yield replace(
            paper,
            released_pieces=paper.released_pieces + part["pieces"],
            released_grams=paper.released_grams + part["grams"],
            version=position,
        )
    yield from events(statement, position, [lot.id], unit.facility, when)


def _relies(outcome: Data, lot: int, position: int) -> Iterator[Reliance]:
    """By which a corrected paper finds the releases that it carried."""
    keys = [part["key"] for part in outcome["certificates"]] or [None]
    for place, key in enumerate(keys):
        yield Reliance(position * IDS_PER_POSITION + place, outcome["release"], lot, key, position)


def _exit(statement: Statement, unit: Unit, position: int) -> Release:
    data, outcome = statement.data, statement.outcome
    if unit.facility is None:
        raise ValueError("a unit in transit is never released")
    return Release(
        id=outcome["release"],
        code=outcome["code"],
        lot=data["lot"],
        unit=outcome["unit"],
        organisation=statement.actor.organisation,
        facility=unit.facility,
        pieces=data["pieces"],
        grams=data["grams"],
        certificates=[part["key"] for part in outcome["certificates"]],
        happened_at=data["happened_at"],
        version=position,
    )


def _reads(data: Data, world: World) -> Iterator[Stream]:
    yield LOT, data["lot"]
    yield UNIT, data["unit"]
    lot, unit = world.peek(LOT, data["lot"]), world.peek(UNIT, data["unit"])
    if lot is not None:
        if lot.arrival is not None:
            yield ARRIVAL, lot.arrival
        for key in lot.certificates:
            yield CERTIFICATE, key
    if unit is not None:
        yield from hold_streams(unit.holds, unit.lot, world)
        if unit.facility is not None:
            yield from facility_streams(unit.facility, world)


RELEASE_LOT = Kind("lot-released", {2: _release}, _released, _reads, intent=True, made=("code",))
KINDS = [RELEASE_LOT]

"""Something was disinfected. A fact: only what cannot be meant is refused, everything else is recorded.

Rules kept here: one thing is named, and it is one's own: a unit in one's hands, a lot that one registered, a
zone, bay or equipment of one's own place, one's own vehicle or a carrier's. Counted goods state their pieces.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from schema.problems import Refusal
from service.goods import timing
from service.goods.disinfection.state import Disinfection, Subject
from service.goods.movements import flow, rules
from service.goods.state import LOT
from service.incidents.breaches import decided
from service.ledger import Context, Data, Decision, Kind, Statement, Stream, World
from service.parties import (
    ORGANISATION,
    VEHICLE,
    Facility,
    Policy,
    Role,
    crew_breaches,
    crew_streams,
    policy_for,
)

OTHER = "other"


@dataclass(frozen=True, slots=True)
class Target:
    """What is disinfected: where it belongs, the lot in question, how many pieces there are."""

    subject: Subject
    key: int | None
    region: str
    facility: Facility | None = None
    lot: int | None = None
    pieces: int | None = None


def decide(data: Data, ctx: Context, world: World) -> Decision:
    """The outcome says what the data cannot tell: the region, the place, the pieces that are there."""
    target = _target(data, ctx, world)
    policy = policy_for(world, target.region, ctx.recorded)
    broken: list[Refusal] = []
    moment = timing.happened(data["happened_at"], ctx, policy, broken=broken)
    broken += crew_breaches(data.get("crew", ()), ctx.actor.organisation, moment, policy, world)
    if data["agent"] == OTHER and "agent_name" not in data:
        raise Refusal("disinfection.agent-name-missing", field="/agent_name")
    if target.pieces is not None and "pieces" not in data:
        raise Refusal("disinfection.pieces-missing", field="/pieces", pieces=target.pieces)
    broken += _too_many(data, target)
    broken += too_weak(data, policy)
    outcome = {
        "disinfection": ctx.id(),
        "subject": target.subject.value,
        "target": target.key,
        "region": target.region,
        "facility": None if target.facility is None else target.facility.id,
        "lot": target.lot,
        "of_pieces": target.pieces,
    }
    lots = [] if target.lot is None else [target.lot]
    return decided(ctx, outcome, policy, broken, facility=target.facility, region=target.region, lots=lots)


def _too_many(data: Data, target: Target) -> Iterator[Refusal]:
    if target.pieces is not None and data["pieces"] > target.pieces:
        yield Refusal(
            "disinfection.more-than-there", field="/pieces", pieces=data["pieces"], there=target.pieces
        )


def too_weak(data: Data, policy: Policy) -> Iterator[Refusal]:
    """What the policy's minimum for the agent finds wrong."""
    demanded = policy.document["disinfection_minimum"]
    if not demanded:
        return
    least = next((each for each in demanded if each["agent"] == data["agent"]), None)
    if least is None:
        agents = ", ".join(each["agent"] for each in demanded)
        yield Refusal("disinfection.agent-unfit", field="/agent", agent=data["agent"], agents=agents)
        return
    for name, code in (
        ("milligrams_per_litre", "disinfection.too-weak"),
        ("contact_minutes", "disinfection.too-short"),
    ):
        stated, wanted = data.get(name), least.get(name, 0)
        if (stated or 0) < wanted:
            yield Refusal(code, field=f"/{name}", agent=data["agent"], stated=stated, least=wanted)


def _target(data: Data, ctx: Context, world: World) -> Target:
    named = [subject for subject in Subject if subject in data]
    if len(named) != 1:
        raise Refusal("disinfection.not-one-thing", named=", ".join(named) or None)
    subject = named[0]
    if subject is Subject.UNIT:
        return _unit(data["unit"], ctx, world)
    if subject is Subject.LOT:
        return _lot(data["lot"], ctx, world)
    if subject is Subject.VEHICLE:
        return _vehicle(data["vehicle"], ctx, world)
    if "facility" not in data:
        raise Refusal("disinfection.place-missing", field="/facility", subject=subject.value)
    facility = rules.own_facility(data["facility"], ctx, world)
    if subject is Subject.ZONE:
        rules.zone_of(facility, data["zone"])
    return Target(subject, data.get("zone"), facility.region, facility)


def _unit(key: int, ctx: Context, world: World) -> Target:
    unit = rules.unit_in_hand(key, ctx, world)
    facility = rules.facility_of(unit, world)
    return Target(Subject.UNIT, key, facility.region, facility, unit.lot, unit.pieces)


def _lot(key: int, ctx: Context, world: World) -> Target:
    lot = world.get(LOT, key)
    if lot is None or lot.organisation != ctx.actor.organisation:
        raise Refusal("lot.not-found", field="/lot", lot=key)
    facility = rules.known_facility(lot.facility, world)
    return Target(Subject.LOT, key, facility.region, facility, key, lot.pieces)


def _vehicle(key: int, ctx: Context, world: World) -> Target:
    vehicle = world.get(VEHICLE, key)
    holder = None if vehicle is None else world.get(ORGANISATION, vehicle.organisation)
    if holder is None or (holder.id != ctx.actor.organisation and Role.CARRIER not in holder.roles):
        raise Refusal("vehicle.not-found", field="/vehicle", vehicle=key)
    own = world.get(ORGANISATION, ctx.actor.organisation)
    assert own is not None  # noqa: S101  (the standing found the speaker)
    return Target(Subject.VEHICLE, key, own.region)


def project(statement: Statement, position: int, _world: World) -> Iterator[Any]:
    """The disinfection, and a line in the history of goods."""
    data, outcome = statement.data, statement.outcome
    yield Disinfection(
        id=outcome["disinfection"],
        organisation=statement.actor.organisation,
        facility=outcome["facility"],
        region=outcome["region"],
        subject=outcome["subject"],
        target=outcome["target"],
        label=data.get("bay", data.get("equipment")),
        agent=data["agent"],
        agent_name=data.get("agent_name"),
        milligrams_per_litre=data.get("milligrams_per_litre"),
        contact_minutes=data.get("contact_minutes"),
        pieces=data.get("pieces"),
        of_pieces=outcome["of_pieces"],
        square_metres=data.get("square_metres"),
        terminal=data.get("terminal", False),
        crew=data.get("crew", []),
        happened_at=data["happened_at"],
        file=data.get("file"),
        broken=[breach["rule"] for breach in statement.breach],
        accepted_by=None,
        accepted_in=None,
        grounds=None,
        version=position,
    )
    if outcome["lot"] is not None:
        yield from flow.events(
            statement, position, [outcome["lot"]], outcome["facility"], data["happened_at"]
        )


def reads(data: Data, world: World) -> Iterator[Stream]:
    """What is named, where it is, the policy there, and who did it."""
    yield from crew_streams(data.get("crew", ()), world)
    if "unit" in data:
        yield from rules.unit_streams([data["unit"]], world)
    if "lot" in data:
        yield LOT, data["lot"]
        lot = world.peek(LOT, data["lot"])
        if lot is not None:
            yield from rules.facility_streams(lot.facility, world)
    if "facility" in data:
        yield from rules.facility_streams(data["facility"], world)
    if "vehicle" in data:
        yield VEHICLE, data["vehicle"]
        vehicle = world.peek(VEHICLE, data["vehicle"])
        if vehicle is not None:
            yield ORGANISATION, vehicle.organisation


RECORD_DISINFECTION = Kind("disinfection-done", {1: decide}, project, reads)

"""A case is opened: an authority suspects something.

Rules kept here: a case is about one thing, which concerns the authority's region, as what it holds does
(service/incidents/reach.py): goods that were or are there, or are on the way there; a zone there; a vehicle
of somebody there, or one that carried goods from or to it. A vehicle that is not registered there is shown by
a shipment, goods by a unit: the statement's witnesses. Whoever looks for goods elsewhere learns nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from schema.identifiers import covers
from schema.problems import Refusal
from service.goods.state import SHIPMENT
from service.incidents.cases.state import CaseFile, CaseState, step
from service.incidents.coverage import Question
from service.incidents.reach import authority, foreign, is_within, reach_streams
from service.ledger import Context, Data, Decision, Kind, Statement, Stream, World
from service.parties import FACILITY, ORGANISATION, VEHICLE, policy_for

GOODS = ("lots", "arrivals", "units")
SUBJECTS = (*GOODS, "zone", "vehicle")


def goods_of(subject: Mapping[str, Any]) -> Question:
    """The goods that a case is about; nothing where it is about a place."""
    return {kind: subject[kind] for kind in GOODS if kind in subject}


def _open(data: Data, ctx: Context, world: World) -> Decision:
    organisation = authority(ctx, world)
    subject = data["subject"]
    named = [name for name in SUBJECTS if name in subject]
    if len(named) != 1:
        raise Refusal("case.not-one-subject", field="/subject", named=", ".join(named) or None)
    _demand_reach(subject, data.get("witnesses", ()), organisation.region, world)
    policy = policy_for(world, organisation.region, ctx.recorded)
    return Decision({"case": ctx.id(), "region": organisation.region}, policy.version)


def _demand_reach(subject: Data, witnesses: Sequence[int], region: str, world: World) -> None:
    """Raises Refusal ``case.…-not-found`` where the subject does not concern ``region``."""
    for pointer, key in foreign(goods_of(subject), witnesses, region, world):
        raise Refusal("case.goods-not-found", field=f"/subject/{pointer}", key=key)
    if "zone" in subject:
        facility, zone = subject["zone"]["facility"], subject["zone"]["zone"]
        place = world.get(FACILITY, facility)
        known = () if place is None else [each["no"] for each in place.zones]
        if zone not in known or not is_within(facility, region, world):
            raise Refusal("case.place-not-found", field="/subject/zone", facility=facility, zone=zone)
    if "vehicle" in subject and not _drives_in(subject["vehicle"], witnesses, region, world):
        raise Refusal("case.vehicle-not-found", field="/subject/vehicle", vehicle=subject["vehicle"])


def _drives_in(key: int, witnesses: Sequence[int], region: str, world: World) -> bool:
    """Whether the vehicle is of somebody in ``region``, or a shipment shows that it drove from or to it."""
    vehicle = world.get(VEHICLE, key)
    keeper = None if vehicle is None else world.get(ORGANISATION, vehicle.organisation)
    if keeper is None:
        return False
    shipments = [shipment for shipment in (world.get(SHIPMENT, each) for each in witnesses) if shipment]
    return covers(region, keeper.region) or any(
        shipment.vehicle == key
        and (is_within(shipment.origin, region, world) or is_within(shipment.destination, region, world))
        for shipment in shipments
    )


def _opened(statement: Statement, position: int, _world: World) -> Iterator[Any]:
    data, outcome = statement.data, statement.outcome
    yield CaseFile(
        id=outcome["case"],
        organisation=statement.actor.organisation,
        region=outcome["region"],
        number=data["number"],
        hazard=data["hazard"],
        drill=data.get("drill", False),
        state=CaseState.SUSPECTED.value,
        subject=data["subject"],
        opened_at=statement.at,
        opened_in=position,
        sampled_at=data.get("sampled_at"),
        confirmed_in=None,
        cleared_in=None,
        closed_in=None,
        version=position,
        note=data.get("note"),
    )
    yield step(statement, position, outcome["case"], outcome["case"])


def _reads(data: Data, world: World) -> Iterator[Stream]:
    subject, witnesses = data["subject"], data.get("witnesses", ())
    if "zone" in subject:
        yield FACILITY, subject["zone"]["facility"]
    if "vehicle" in subject:
        yield VEHICLE, subject["vehicle"]
        yield from ((SHIPMENT, each) for each in witnesses)
    else:
        yield from reach_streams(goods_of(subject), witnesses, world)


OPEN_CASE = Kind("case-opened", {1: _open}, _opened, _reads, made=("witnesses",))
KINDS = [OPEN_CASE]

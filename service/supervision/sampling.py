"""Samples of what goods touch are taken; samples of any kind are sent to a laboratory.

Rules kept here: one thing is named, at a place of one's own or, by an authority, of its region; a sample is
sent by who took it, or an authority of its region, after it was taken, and not once it is known to be
negative. Samples of goods are said where the goods are taken (service/goods/movements/ending.py).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from schema import moments
from schema.identifiers import covers
from schema.moments import Moment
from schema.problems import Refusal
from service.goods import timing
from service.goods.movements import rules
from service.goods.state import LOT
from service.incidents.reach import speaker
from service.ledger import Context, Data, Decision, Kind, Statement, Stream, World
from service.parties import (
    FACILITY,
    ORGANISATION,
    VEHICLE,
    Facility,
    Organisation,
    Role,
    policy_for,
    policy_streams,
)
from service.supervision.state import SAMPLE, Sample, SampleState, SampleSubject, Taken, samples

POSITIVE, NEGATIVE = "positive", "negative"
NAMED = tuple(subject for subject in SampleSubject if subject is not SampleSubject.UNIT)


def _take(data: Data, ctx: Context, world: World) -> Decision:
    """The outcome says whose place it is, and in which region."""
    organisation = speaker(ctx, world)
    facility = _place(data, organisation, world)
    named = [subject for subject in NAMED if subject in data]
    if len(named) != 1:
        raise Refusal("sample.not-one-thing", named=", ".join(named) or None)
    if named[0] is SampleSubject.ZONE:
        rules.zone_of(facility, data["zone"])
    if named[0] is SampleSubject.VEHICLE:
        _demand_vehicle(data["vehicle"], organisation, world)
    policy = policy_for(world, facility.region, ctx.recorded)
    happened(data["happened_at"], ctx, "/happened_at")
    outcome = {
        "samples": [ctx.id(place) for place in range(len(data["samples"]))],
        "subject": named[0].value,
        "keeper": facility.organisation,
        "region": facility.region,
        "by_authority": Role.REGULATOR in organisation.roles,
    }
    return Decision(outcome, policy.version)


def _place(data: Data, organisation: Organisation, world: World) -> Facility:
    """Raises Refusal ``sample.place-not-found``."""
    facility = world.get(FACILITY, data["facility"])
    if facility is None or not _may_sample(organisation, facility):
        raise Refusal("sample.place-not-found", field="/facility", facility=data["facility"])
    return facility


def _may_sample(organisation: Organisation, facility: Facility) -> bool:
    return facility.organisation == organisation.id or supervises(organisation, facility.region)


def supervises(organisation: Organisation, region: str) -> bool:
    """Whether it is an authority of that region."""
    return Role.REGULATOR in organisation.roles and covers(organisation.region, region)


def _demand_vehicle(key: int, organisation: Organisation, world: World) -> None:
    """One's own or a carrier's, as for a disinfection; an authority samples whatever stands there."""
    vehicle = world.get(VEHICLE, key)
    holder = None if vehicle is None else world.get(ORGANISATION, vehicle.organisation)
    if holder is None or not (
        holder.id == organisation.id or Role.CARRIER in holder.roles or Role.REGULATOR in organisation.roles
    ):
        raise Refusal("sample.vehicle-not-found", field="/vehicle", vehicle=key)


def happened(text: str, ctx: Context, field: str) -> Moment:
    """When a sample was taken, sent or tested: facts, so only what is still to come is refused.

    Raises Refusal ``time.in-future``.
    """
    moment = moments.parse(text)
    if moment.earliest > ctx.recorded + timing.CLOCKS_DIFFER:
        raise Refusal("time.in-future", field=field, happened=text, recorded=ctx.at)
    return moment


def _taken(statement: Statement, position: int, _world: World) -> Iterator[Sample]:
    data, outcome = statement.data, statement.outcome
    subject = SampleSubject(outcome["subject"])
    is_named = subject in (SampleSubject.BAY, SampleSubject.EQUIPMENT, SampleSubject.SURFACE)
    author = statement.actor.organisation
    taken = Taken(
        organisation=author,
        authority=author if outcome["by_authority"] else None,
        keeper=outcome["keeper"],
        owner=outcome["keeper"],
        facility=data["facility"],
        region=outcome["region"],
        subject=subject,
        target=None if is_named else data[subject],
        label=data[subject] if is_named else None,
    )
    yield from samples(taken, data, outcome["samples"], position)


def _take_reads(data: Data, world: World) -> Iterator[Stream]:
    yield from rules.facility_streams(data["facility"], world)
    if "vehicle" in data:
        yield VEHICLE, data["vehicle"]
        vehicle = world.peek(VEHICLE, data["vehicle"])
        if vehicle is not None:
            yield ORGANISATION, vehicle.organisation


def reported_by(key: int, ctx: Context, world: World, field: str) -> Sample:
    """A sample that the actor answers for. Raises Refusal ``sample.not-found``, ``….not-yours`` or
    ``….withdrawn``.

    That is who took it, and any authority of its region: an operator whom an authority sampled knows of the
    sample, and is told who reports it.
    """
    organisation = speaker(ctx, world)
    sample = world.get(SAMPLE, key)
    if sample is None or not _sees(organisation, sample):
        raise Refusal("sample.not-found", field=field, sample=key)
    if sample.taker != organisation.id and not supervises(organisation, sample.region):
        raise Refusal("sample.not-yours", field=field, sample=key, taker=sample.taker)
    if sample.withdrawn:
        raise Refusal("sample.withdrawn", field=field, sample=key)
    return sample


def _sees(organisation: Organisation, sample: Sample) -> bool:
    concerned = (sample.organisation, sample.taker, sample.keeper, sample.owner)
    return organisation.id in concerned or supervises(organisation, sample.region)


def _send(data: Data, ctx: Context, world: World) -> Decision:
    sent = happened(data["sent_at"], ctx, "/sent_at")
    for place, key in enumerate(data["samples"]):
        field = f"/samples/{place}"
        sample = reported_by(key, ctx, world, field)
        if sent.certainly_before(moments.parse(sample.taken_at)):
            raise Refusal("sample.sent-before-taken", field=field, sample=key, taken=sample.taken_at)
        if sample.result == NEGATIVE:
            raise Refusal("sample.negative-already", field=field, sample=key, test=sample.test)
    return Decision()


def _sent(statement: Statement, position: int, world: World) -> Iterator[Sample]:
    """What was inconclusive is open again; what a positive showed stands while it is tested once more."""
    data = statement.data
    for key in data["samples"]:
        sample = world.row(SAMPLE, key)
        if sample.result != POSITIVE:
            sample = replace(sample, state=SampleState.SENT.value, result=None, test=None, tested_at=None)
        yield replace(sample, laboratory=data["laboratory"], sent_at=data["sent_at"], version=position)


def _send_reads(data: Data, _world: World) -> Iterator[Stream]:
    yield from ((SAMPLE, key) for key in data["samples"])


def sample_streams(key: int, world: World) -> Iterator[Stream]:
    """A sample with its place, its lot and the policy there, as far as they can be told."""
    yield SAMPLE, key
    sample = world.peek(SAMPLE, key)
    if sample is not None:
        yield from policy_streams(sample.region)
        if sample.lot is not None:
            yield LOT, sample.lot


TAKE_SAMPLES = Kind("place-sampled", {1: _take}, _taken, _take_reads)
SEND_SAMPLES = Kind("samples-sent", {1: _send}, _sent, _send_reads)
KINDS: list[Kind] = [TAKE_SAMPLES, SEND_SAMPLES]

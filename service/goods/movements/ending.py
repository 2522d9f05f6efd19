"""Goods are used up where they lie: taken as samples, or destroyed.

Rules kept here: both are allowed before release and under a hold, for that is when they happen; whoever
samples for an authority names it, and each sample is followed until it is tested (service/supervision); goods
are destroyed on evidence, and without it in breach. What was taken beyond what was there comes out of a stock
difference, so that the account of the unit still balances.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from schema.problems import Refusal
from service.goods.accounts import Way
from service.goods.movements import flow, rules
from service.goods.movements.telling import streams, tell_of
from service.goods.state import UNIT, Evidence, MovementKind, Unit
from service.ledger import Context, Data, Decision, Kind, Statement, Stream, World
from service.ledger.kinds import IDS_PER_POSITION
from service.parties import ORGANISATION
from service.supervision.state import SampleSubject, Taken, samples


def _sample(data: Data, ctx: Context, world: World) -> Decision:
    telling, unit = tell_of("goods-sampled", data, ctx, world)
    if data["by"] == "regulator":
        if "authority" not in data:
            raise Refusal("sample.authority-missing", field="/authority")
        rules.authority(data["authority"], world)
    telling.accounts.took(unit, data.get("pieces"), data["grams"], Way.SAMPLE)
    outcome = telling.accounts.outcome | {"samples": [ctx.id(place) for place in range(len(data["samples"]))]}
    return telling.decided(outcome, [unit.lot], holding=True)


def _destroy(data: Data, ctx: Context, world: World) -> Decision:
    telling, unit = tell_of("goods-destroyed", data, ctx, world)
    telling.broken += _unproven(data)
    telling.accounts.took(unit, data.get("pieces"), data["grams"], Way.DESTROYED)
    return telling.decided(telling.accounts.outcome, [unit.lot], holding=True)


def _unproven(data: Data) -> Iterator[Refusal]:
    if not data.get("evidence"):
        yield Refusal("destruction.no-evidence", field="/evidence", unit=data["unit"], grams=data["grams"])


def project(statement: Statement, position: int, world: World) -> Iterator[Any]:
    """What is left, the files that show it, and the samples."""
    unit = world.row(UNIT, statement.data["unit"])
    at = statement.data["happened_at"]
    if "samples" in statement.outcome:
        yield from samples(_taken(statement, unit), statement.data, statement.outcome["samples"], position)
    for place, file in enumerate(statement.data.get("evidence", ())):
        id_ = position * IDS_PER_POSITION + place
        yield Evidence(id_, unit.id, unit.lot, statement.kind, file, at, position)
    yield from flow.rows(statement, position, world, MovementKind.DIFFERENCE, at, {})
    yield from flow.events(statement, position, [unit.lot], unit.facility, at)


def _taken(statement: Statement, unit: Unit) -> Taken:
    """A unit in store is at a facility of its custodian."""
    assert unit.facility is not None  # noqa: S101  (the judgement found it there)
    return Taken(
        organisation=statement.actor.organisation,
        authority=statement.data.get("authority") if statement.data["by"] == "regulator" else None,
        keeper=unit.custodian,
        owner=unit.owner,
        facility=unit.facility,
        region=unit.region,
        subject=SampleSubject.UNIT,
        target=unit.id,
        lot=unit.lot,
    )


def reads(data: Data, world: World) -> Iterator[Stream]:
    """The unit with its place and the policy there, the crew, and the authority."""
    yield from streams(data, [data["unit"]], world)
    if "authority" in data:
        yield ORGANISATION, data["authority"]


SAMPLE = Kind("goods-sampled", {2: _sample}, project, reads)
DESTROY = Kind("goods-destroyed", {1: _destroy}, project, reads)

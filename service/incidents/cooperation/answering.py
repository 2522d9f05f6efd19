"""What an authority was asked for is acknowledged and answered; a reply from another ledger is taken in.

Rules kept here: the authority of the region that was asked acknowledges once and answers once: an answer is a
signed reply that may have left this ledger. What came from another ledger is answered by who took it in, or
another authority of that region. A reply is taken in by who asked, while nobody answered here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from schema.identifiers import covers
from schema.problems import Refusal
from service.incidents.cases.state import step
from service.incidents.cooperation.state import COOPERATION, PACKAGE, Cooperation, CooperationState, Package
from service.incidents.reach import authority
from service.ledger import Context, Data, Decision, Kind, Statement, Stream, World


def _addressed(data: Data, ctx: Context, world: World) -> Cooperation:
    """What the actor was asked and has not answered. Raises Refusal ``cooperation.…``."""
    organisation = authority(ctx, world)
    found = world.get(COOPERATION, data["cooperation"])
    if found is None or not covers(organisation.region, found.region):
        raise _not_found(data)
    return _unanswered(found)


def _not_found(data: Data) -> Refusal:
    return Refusal("cooperation.not-found", field="/cooperation", cooperation=data["cooperation"])


def _unanswered(found: Cooperation) -> Cooperation:
    if found.state == CooperationState.ANSWERED:
        raise Refusal(
            "cooperation.answered", field="/cooperation", cooperation=found.id, at=found.answered_at
        )
    return found


def _acknowledge(data: Data, ctx: Context, world: World) -> Decision:
    found = _addressed(data, ctx, world)
    if found.state != CooperationState.OPEN:
        raise Refusal(
            "cooperation.acknowledged", field="/cooperation", cooperation=found.id, at=found.acknowledged_at
        )
    return Decision()


def _acknowledged(statement: Statement, position: int, world: World) -> Iterator[Any]:
    found = world.row(COOPERATION, statement.data["cooperation"])
    yield replace(
        found,
        state=CooperationState.ACKNOWLEDGED.value,
        acknowledged_at=statement.at,
        version=position,
    )
    yield from _step(found, statement, position)


def _step(found: Cooperation, statement: Statement, position: int) -> Iterator[Any]:
    """The line in the history of the case here that it was asked under."""
    if found.case_file is not None:
        yield step(statement, position, found.case_file, found.id)


def _answer(data: Data, ctx: Context, world: World) -> Decision:
    _addressed(data, ctx, world)
    _demand_grams(data)
    return Decision()


def _demand_grams(data: Data) -> None:
    """Raises Refusal ``cooperation.grams``: what was not found weighs nothing."""
    if (data["answer"] == "not_found") == bool(data.get("grams")):
        raise Refusal("cooperation.grams", field="/grams", answer=data["answer"])


def _answered(statement: Statement, position: int, world: World) -> Iterator[Any]:
    data = statement.data
    found = world.row(COOPERATION, data["cooperation"])
    yield replace(
        _closed(found, statement, position),
        answered_by=statement.actor.organisation,
        answer_note=data.get("note"),
    )
    yield from _step(found, statement, position)


def _closed(found: Cooperation, statement: Statement, position: int) -> Cooperation:
    return replace(
        found,
        state=CooperationState.ANSWERED.value,
        acknowledged_at=found.acknowledged_at or statement.at,
        answered_at=statement.at,
        answered_in=position,
        answer=statement.data["answer"],
        grams=statement.data.get("grams"),
        version=position,
    )


def _take(data: Data, ctx: Context, world: World) -> Decision:
    organisation = authority(ctx, world)
    found = world.get(COOPERATION, data["cooperation"])
    if found is None or found.organisation != organisation.id or found.case_file is None:
        raise _not_found(data)
    _unanswered(found)
    return Decision()


def _taken(statement: Statement, position: int, world: World) -> Iterator[Any]:
    data = statement.data
    found = world.row(COOPERATION, data["cooperation"])
    yield replace(
        _closed(found, statement, position), reply_origin=data["origin"], reply_package=data["package"]
    )
    yield Package(data["package"], found.id, position)
    yield from _step(found, statement, position)


def _reads(data: Data, _world: World) -> Iterator[Stream]:
    yield COOPERATION, data["cooperation"]


def _take_reads(data: Data, world: World) -> Iterator[Stream]:
    yield from _reads(data, world)
    yield PACKAGE, data["package"]


FROM_REPLY = ("answer", "cooperation", "grams", "origin", "package")
"""What a reply from another ledger says is in its package."""

ACKNOWLEDGE_COOPERATION = Kind("cooperation-acknowledged", {1: _acknowledge}, _acknowledged, _reads)
ANSWER_COOPERATION = Kind("cooperation-answered", {1: _answer}, _answered, _reads)
TAKE_REPLY = Kind("cooperation-replied", {1: _take}, _taken, _take_reads, made=FROM_REPLY)
KINDS = [ACKNOWLEDGE_COOPERATION, ANSWER_COOPERATION, TAKE_REPLY]

"""A person's data are erased, or kept for a case. What an erasure does outside the ledger is in
forgetting.py.

Rules: the organisation that answers for the data, the platform on request, or a regulator of the region
erases; only whoever takes part no more; not while records of it must be kept (policy ``retention_days`` from
the newest statement about the person, which only a court's order overrides), nor while a regulator has them
kept for a case. What is recorded of the same person later is another matter and can be erased again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from schema.identifiers import is_sole_trader, prefix
from schema.problems import Refusal
from service.ledger import Context, Data, Decision, Kind, Projection, Statement, Stream, World
from service.ledger.said import SAID, statement_at
from service.ledger.statement import parse_instant
from service.parties.lookups import policy_for
from service.parties.speakers import demand_manager, is_platform, organisation_of
from service.parties.standing import Scope
from service.parties.state import (
    ORGANISATION,
    PERSON,
    STAFF,
    USER,
    Organisation,
    Person,
    PersonKind,
    Role,
)

COURT_ORDER = "court_order"


@dataclass(frozen=True, slots=True)
class Standing:
    """Where somebody stands: who answers for the data, the newest statement, whether it takes part."""

    organisation: int
    position: int
    active: bool


def _key(data: Data) -> str:
    return f"{data['kind']}/{data['subject']}"


def _standing(data: Data, world: World) -> Standing | None:
    """None where there is no such person."""
    subject = data["subject"]
    if data["kind"] == PersonKind.USER:
        user = world.get(USER, subject)
        return None if user is None else Standing(user.organisation, user.version, user.active)
    if data["kind"] == PersonKind.STAFF:
        staff = world.get(STAFF, subject)
        return None if staff is None else Standing(staff.organisation, staff.version, staff.left_on is None)
    if data["kind"] == PersonKind.ORGANISATION:
        trader = world.get(ORGANISATION, subject)
        # Only a sole trader is a person.
        if trader is None or not is_sole_trader(trader.uscc):
            return None
        return Standing(trader.id, trader.version, trader.active)
    said = statement_at(world, subject)
    return None if said is None else Standing(said.actor.organisation, subject, active=False)


def _answering(standing: Standing | None, world: World) -> Organisation | None:
    return None if standing is None else world.get(ORGANISATION, standing.organisation)


def _decide_erasure(data: Data, ctx: Context, world: World) -> Decision:
    standing = _standing(data, world)
    organisation = _answering(standing, world)
    if standing is None or organisation is None or not _may_erase(ctx, organisation, world):
        raise Refusal("person.not-found", field="/subject", kind=data["kind"], subject=data["subject"])
    demand_manager(ctx, world)
    if standing.active:
        raise Refusal("person.still-active", field="/subject", kind=data["kind"], subject=data["subject"])
    person = world.get(PERSON, _key(data))
    if person is not None:
        _check_person(person, standing)
    policy = policy_for(world, organisation.region, ctx.recorded)
    said = statement_at(world, standing.position)
    since = said.at if said is not None else ctx.at
    days = policy.document["retention_days"]
    if data["reason"] != COURT_ORDER and parse_instant(since) + timedelta(days=days) > ctx.recorded:
        raise Refusal("person.retained", field="/reason", since=since, days=days)
    return Decision(outcome={"organisation": organisation.id}, policy=policy.version)


def _check_person(person: Person, standing: Standing) -> None:
    facts: dict[str, Any] = {"kind": person.kind, "subject": person.subject}
    if person.kept_for:
        raise Refusal("person.kept-for-case", field="/subject", cases=", ".join(person.kept_for), **facts)
    if person.erased is not None and standing.position < person.erased:
        raise Refusal("person.already-erased", field="/subject", position=person.erased, **facts)


def _may_erase(ctx: Context, answering: Organisation, world: World) -> bool:
    if answering.id == ctx.actor.organisation or is_platform(ctx, world):
        return True
    return _is_regulator_of(ctx, answering, world)


def _is_regulator_of(ctx: Context, answering: Organisation, world: World) -> bool:
    speaker = organisation_of(ctx, world)
    return Role.REGULATOR in speaker.roles and answering.region.startswith(prefix(speaker.region))


def _project_erasure(statement: Statement, position: int, world: World) -> Iterable[Any]:
    data = statement.data
    person = _person(data, statement.outcome["organisation"], position, world)
    yield replace(person, erased=position, reason=data["reason"])


def _person(data: Data, organisation: int, position: int, world: World) -> Person:
    known = world.peek(PERSON, _key(data))
    if known is not None:
        return replace(known, version=position)
    return Person(_key(data), data["kind"], data["subject"], organisation, [], None, None, position)


def _decide_keeping(data: Data, ctx: Context, world: World) -> Decision:
    answering = _supervised(data, ctx, world)
    person = world.get(PERSON, _key(data))
    if person is not None and data["case"] in person.kept_for:
        raise Refusal("person.already-kept", field="/case", **data)
    return Decision(outcome={"organisation": answering.id})


def _decide_letting(data: Data, ctx: Context, world: World) -> Decision:
    answering = _supervised(data, ctx, world)
    person = world.get(PERSON, _key(data))
    if person is None or data["case"] not in person.kept_for:
        raise Refusal("person.not-kept", field="/case", **data)
    return Decision(outcome={"organisation": answering.id})


def _supervised(data: Data, ctx: Context, world: World) -> Organisation:
    """Who answers for a person whom the speaker, a regulator, supervises."""
    answering = _answering(_standing(data, world), world)
    if answering is None or not _is_regulator_of(ctx, answering, world):
        raise Refusal("person.not-found", field="/subject", kind=data["kind"], subject=data["subject"])
    demand_manager(ctx, world)
    return answering


def _project_keeping(statement: Statement, position: int, world: World) -> Iterable[Any]:
    data = statement.data
    person = _person(data, statement.outcome["organisation"], position, world)
    yield replace(person, kept_for=[*person.kept_for, data["case"]])


def _project_letting(statement: Statement, position: int, world: World) -> Iterable[Any]:
    data = statement.data
    person = _person(data, statement.outcome["organisation"], position, world)
    yield replace(person, kept_for=[case for case in person.kept_for if case != data["case"]])


_ROWS: Mapping[str, Projection[Any]] = {
    PersonKind.USER: USER,
    PersonKind.STAFF: STAFF,
    PersonKind.ORGANISATION: ORGANISATION,
    PersonKind.STATEMENT: SAID,
}


def _reads(data: Data, _world: World) -> Iterable[Stream]:
    yield (PERSON, _key(data))
    yield (_ROWS[data["kind"]], data["subject"])


ERASE_PERSON = Kind(
    "person-erased", {1: _decide_erasure}, _project_erasure, _reads, scope=Scope.PARTIES_WRITE
)
KEEP_PERSON = Kind("person-kept", {1: _decide_keeping}, _project_keeping, _reads, scope=Scope.PARTIES_WRITE)
LET_PERSON = Kind("person-let", {1: _decide_letting}, _project_letting, _reads, scope=Scope.PARTIES_WRITE)

KINDS = [ERASE_PERSON, KEEP_PERSON, LET_PERSON]
PROJECTIONS: list[Projection[Any]] = [PERSON]

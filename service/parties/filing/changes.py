"""Filing (备案) of places: what one changes, who stops one, and the clocks of both.

Rules: a place is filed within the policy's working days of its beginning, and a change is told within those
of the change (Guangdong 2020: 30 and 10); what is late is recorded, in breach. Its own manager or the
regulator of its region suspends it, each lifts only what it imposed, and either closes it for good. A place
never moves to another region: that is another place.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from schema import moments
from schema.clock import CHINA
from schema.identifiers import covers
from schema.moments import Moment
from schema.problems import Refusal
from service.ledger import Context, Data, Decision, Kind, Statement, Stream, World
from service.parties.filing.working_days import last_day
from service.parties.lookups import policy_for, policy_streams
from service.parties.speakers import demand_manager, organisation_of
from service.parties.standing import Scope
from service.parties.state import FACILITY, Facility, Keeper, Policy, Role, in_clear

CLOCKS_DIFFER = timedelta(minutes=5)
CHANGEABLE = ("name", "name_en", "address", "filing")


def own_place(data: Data, ctx: Context, world: World) -> Facility:
    """A place of the manager's own organisation that is not closed. Raises Refusal ``facility.…``."""
    organisation = organisation_of(ctx, world)
    demand_manager(ctx, world)
    facility = world.get(FACILITY, data["facility"])
    if facility is None or facility.organisation != organisation.id:
        raise Refusal("facility.not-found", field="/facility", facility=data["facility"])
    return _open(facility)


def kept_place(data: Data, ctx: Context, world: World) -> tuple[Facility, Keeper]:
    """A place that the actor may stop, and as whom. Others are told what is told of no place."""
    organisation = organisation_of(ctx, world)
    demand_manager(ctx, world)
    facility = world.get(FACILITY, data["facility"])
    if facility is not None and facility.organisation == organisation.id:
        return _open(facility), Keeper.OWNER
    supervises = facility is not None and covers(organisation.region, facility.region)
    if facility is None or not supervises or Role.REGULATOR not in organisation.roles:
        raise Refusal("facility.not-found", field="/facility", facility=data["facility"])
    return _open(facility), Keeper.AUTHORITY


def _open(facility: Facility) -> Facility:
    if facility.closed:
        raise Refusal("facility.closed", field="/facility", facility=facility.id)
    return facility


def not_in_future(text: str, ctx: Context, field: str) -> Moment:
    """The moment in ``text``. Raises Refusal ``time.in-future``, but for clocks that differ by minutes."""
    moment = moments.parse(text)
    if moment.earliest > ctx.recorded + CLOCKS_DIFFER:
        raise Refusal("time.in-future", field=field, happened=text, recorded=ctx.at)
    return moment


def filed_late(began: Moment, ctx: Context, policy: Policy) -> Iterator[Refusal]:
    """The breach of a place that is filed after its term."""
    days: int = policy.document["filing_days"]
    due, today = last_day(began.day, days), _today(ctx)
    if today > due:
        yield Refusal(
            "filing.late", field="/began_on", began=began.text, due=str(due), told=str(today), days=days
        )


def told_late(changed: Moment, ctx: Context, policy: Policy, field: str) -> Iterator[Refusal]:
    """The breach of a change that is told after its term."""
    days: int = policy.document["filing_change_days"]
    due, today = last_day(changed.day, days), _today(ctx)
    if today > due:
        yield Refusal(
            "filing.change-late", field=field, changed=changed.text, due=str(due), told=str(today), days=days
        )


def concerning(facility: int, region: str, breach: Sequence[Refusal]) -> Data:
    """What of a statement in breach belongs into its outcome: where the finding belongs."""
    return {"finding": {"facility": facility, "region": region}} if breach else {}


def _today(ctx: Context) -> date:
    return ctx.recorded.astimezone(CHINA).date()


def _decide_change(data: Data, ctx: Context, world: World) -> Decision:
    facility = own_place(data, ctx, world)
    if not any(name in data for name in CHANGEABLE):
        raise Refusal("filing.nothing-changed")
    changed = not_in_future(data["changed_on"], ctx, "/changed_on")
    policy = policy_for(world, facility.region, ctx.recorded)
    breach = [*told_late(changed, ctx, policy, "/changed_on")]
    return Decision(concerning(facility.id, facility.region, breach), policy.version, breach)


def _project_change(statement: Statement, position: int, world: World) -> Iterable[Any]:
    data = statement.data
    said: dict[str, Any] = {name: in_clear(data[name]) for name in CHANGEABLE if name in data}
    for name in ("name", "address"):
        if name in said:
            said[name] = said[name] or ""
    yield replace(world.row(FACILITY, data["facility"]), **said, version=position)


def _decide_suspension(data: Data, ctx: Context, world: World) -> Decision:
    facility, keeper = kept_place(data, ctx, world)
    if keeper in facility.suspended:
        raise Refusal("facility.already-suspended", field="/facility", facility=facility.id)
    return Decision(outcome={"keeper": keeper.value})


def _project_suspension(statement: Statement, position: int, world: World) -> Iterable[Any]:
    facility = world.row(FACILITY, statement.data["facility"])
    suspended = [*facility.suspended, statement.outcome["keeper"]]
    yield _stopped(facility, suspended, statement, position)


def _decide_reinstatement(data: Data, ctx: Context, world: World) -> Decision:
    facility, keeper = kept_place(data, ctx, world)
    if keeper not in facility.suspended:
        raise Refusal("facility.not-suspended", field="/facility", facility=facility.id)
    return Decision(outcome={"keeper": keeper.value})


def _project_reinstatement(statement: Statement, position: int, world: World) -> Iterable[Any]:
    facility = world.row(FACILITY, statement.data["facility"])
    left = [keeper for keeper in facility.suspended if keeper != statement.outcome["keeper"]]
    yield _stopped(facility, left, statement, position)


def _stopped(facility: Facility, suspended: list[str], statement: Statement, position: int) -> Facility:
    return replace(
        facility,
        suspended=suspended,
        active=not suspended,
        reason=statement.data["reason"] if suspended else None,
        version=position,
    )


def _decide_closing(data: Data, ctx: Context, world: World) -> Decision:
    _, keeper = kept_place(data, ctx, world)
    return Decision(outcome={"keeper": keeper.value})


def _project_closing(statement: Statement, position: int, world: World) -> Iterable[Any]:
    facility = world.row(FACILITY, statement.data["facility"])
    yield replace(facility, active=False, closed=True, reason=statement.data["reason"], version=position)


def place_streams(data: Data, world: World) -> Iterable[Stream]:
    """The place and the policy there."""
    yield (FACILITY, data["facility"])
    facility = world.peek(FACILITY, data["facility"])
    if facility is not None:
        yield from policy_streams(facility.region)


def _kept(data: Data, _world: World) -> Iterable[Stream]:
    yield (FACILITY, data["facility"])


CHANGE_FACILITY = Kind(
    "facility-changed", {1: _decide_change}, _project_change, place_streams, scope=Scope.PARTIES_WRITE
)
SUSPEND_FACILITY = Kind(
    "facility-suspended", {1: _decide_suspension}, _project_suspension, _kept, scope=Scope.PARTIES_WRITE
)
REINSTATE_FACILITY = Kind(
    "facility-reinstated",
    {1: _decide_reinstatement},
    _project_reinstatement,
    _kept,
    scope=Scope.PARTIES_WRITE,
)
CLOSE_FACILITY = Kind(
    "facility-closed", {1: _decide_closing}, _project_closing, _kept, scope=Scope.PARTIES_WRITE
)
KINDS = [CHANGE_FACILITY, SUSPEND_FACILITY, REINSTATE_FACILITY, CLOSE_FACILITY]

"""People who touch goods: registered, tested, vaccinated, assigned to shifts, gone.

Rules: managers keep the register of their own organisation; nobody who is overdue, not cleared, not
vaccinated where that is demanded, or gone is assigned to a shift, and a movement that names such a person is
in breach (``crew_breaches``). What is demanded is the policy's table ``staff_tests``. A sample counts on its
own day and so many days after; of two tests the later sample decides, and on one day the one that does not
clear.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from schema import moments
from schema.clock import CHINA
from schema.moments import Moment
from schema.problems import Refusal
from service.ledger import Context, Data, Decision, Kind, Projection, Statement, Stream, World
from service.parties.lookups import policy_for, policy_streams
from service.parties.speakers import demand_manager, organisation_of
from service.parties.standing import Scope
from service.parties.state import FACILITY, ORGANISATION, SHIFT, STAFF, Facility, Policy, Shift, Staff

MOST_TESTS = 60
"""Tests that a row keeps: two a day for as long as anything is back-dated."""
LONGEST_SHIFT = timedelta(hours=24)


def demands(policy: Policy, role: str) -> list[Data]:
    """What the policy's table asks of people of ``role``."""
    return [rule for rule in policy.document["staff_tests"] if rule["role"] == role]


def due_on(staff: Staff, policy: Policy, day: date) -> date | None:
    """The last day on which somebody may work with the tests up to ``day``; None where none is demanded.

    ``date.min`` where a test that is demanded was never made or does not clear.
    """
    dues = (_valid_until(staff, rule, day) for rule in demands(policy, staff.role))
    return min(dues, default=None)


def _valid_until(staff: Staff, rule: Data, day: date) -> date:
    newest = newest_test(staff, rule["test"], day)
    if newest is None or not newest["clears"]:
        return date.min
    return date.fromisoformat(newest["on"]) + timedelta(days=rule["every_days"])


def newest_test(staff: Staff, test: str, day: date) -> Data | None:
    """The test of a kind that decides on ``day``: the newest sample up to then."""
    known = [each for each in staff.tests if each["test"] == test and each["on"] <= day.isoformat()]
    return known[-1] if known else None


def state_of(staff: Staff, policy: Policy, day: date) -> str:
    """How somebody stands on a day: ``fit``, ``due`` (it is the last day), ``overdue``, ``not_cleared``,
    ``unvaccinated``, ``left``."""
    if staff.left_on is not None and day.isoformat() > staff.left_on:
        return "left"
    wrong = {refusal.code for refusal in _unfit(staff, day, policy, "")}
    for code, state in _STATES.items():
        if code in wrong:
            return state
    return "due" if due_on(staff, policy, day) == day else "fit"


_STATES = {
    "staff.not-cleared": "not_cleared",
    "staff.test-overdue": "overdue",
    "staff.vaccination-missing": "unvaccinated",
}


def crew_streams(crew: Sequence[int], _world: World) -> Iterable[Stream]:
    """The streams that ``crew_breaches`` reads."""
    return ((STAFF, each) for each in crew)


def crew_breaches(
    crew: Sequence[int],
    organisation: int,
    moment: Moment,
    policy: Policy,
    world: World,
    field: str = "/crew",
) -> Iterator[Refusal]:
    """Why people of a crew must not work for ``organisation`` at a moment, each by its place in ``field``.

    ``staff.not-found``, ``staff.left``, ``staff.not-cleared``, ``staff.test-overdue``,
    ``staff.vaccination-missing``.
    """
    for index, id_ in enumerate(crew):
        place = f"{field}/{index}"
        staff = world.get(STAFF, id_)
        if staff is None or staff.organisation != organisation:
            yield Refusal("staff.not-found", field=place, staff=id_)
        elif staff.left_on is not None and moment.day > date.fromisoformat(staff.left_on):
            yield Refusal("staff.left", field=place, staff=id_, left=staff.left_on)
        else:
            yield from _unfit(staff, moment.day, policy, place)


def _unfit(staff: Staff, day: date, policy: Policy, place: str) -> Iterator[Refusal]:
    rules = demands(policy, staff.role)
    for rule in rules:
        newest = newest_test(staff, rule["test"], day)
        if newest is not None and not newest["clears"]:
            yield Refusal("staff.not-cleared", field=place, staff=staff.id, sampled=newest["on"])
        elif _valid_until(staff, rule, day) < day:
            sampled = None if newest is None else newest["on"]
            yield Refusal(
                "staff.test-overdue", field=place, staff=staff.id, sampled=sampled, days=rule["every_days"]
            )
    if any(rule.get("vaccination") for rule in rules) and not _vaccinated(staff, day):
        yield Refusal("staff.vaccination-missing", field=place, staff=staff.id)


def _vaccinated(staff: Staff, day: date) -> bool:
    return staff.vaccinated_on is not None and staff.vaccinated_on <= day.isoformat()


def _decide_registration(data: Data, ctx: Context, world: World) -> Decision:
    organisation_of(ctx, world)
    demand_manager(ctx, world)
    if data.get("facility") is not None:
        _own_facility(data, ctx, world)
    return Decision(outcome={"staff": ctx.id()})


def _own_facility(data: Data, ctx: Context, world: World) -> Facility:
    facility = world.get(FACILITY, data["facility"])
    if facility is None or facility.organisation != ctx.actor.organisation:
        raise Refusal("facility.not-found", field="/facility", facility=data["facility"])
    return facility


def _project_registration(statement: Statement, position: int, _world: World) -> Iterable[Any]:
    data = statement.data
    yield Staff(
        id=statement.outcome["staff"],
        organisation=statement.actor.organisation,
        role=data["role"],
        facility=data.get("facility"),
        tests=[],
        vaccinated_on=None,
        left_on=None,
        version=position,
    )


def _decide_leaving(data: Data, ctx: Context, world: World) -> Decision:
    staff = _own_staff(data, ctx, world)
    if staff.left_on is not None:
        raise Refusal("staff.left", field="/staff", staff=staff.id, left=staff.left_on)
    _policy_of_day(staff, data["left_on"], "/left_on", "staff-left", ctx, world)
    return Decision()


def _decide_test(data: Data, ctx: Context, world: World) -> Decision:
    staff = _own_staff(data, ctx, world)
    policy = _policy_of_day(staff, data["sampled_on"], "/sampled_on", "staff-tested", ctx, world)
    return Decision(policy=policy.version)


def _decide_vaccination(data: Data, ctx: Context, world: World) -> Decision:
    staff = _own_staff(data, ctx, world)
    today = ctx.recorded.astimezone(CHINA).date().isoformat()
    if data["vaccinated_on"] > today:
        raise Refusal("staff.day-ahead", field="/vaccinated_on", day=data["vaccinated_on"], staff=staff.id)
    return Decision()


def _own_staff(data: Data, ctx: Context, world: World) -> Staff:
    organisation_of(ctx, world)
    demand_manager(ctx, world)
    staff = world.get(STAFF, data["staff"])
    if staff is None or staff.organisation != ctx.actor.organisation:
        raise Refusal("staff.not-found", field="/staff", staff=data["staff"])
    return staff


def _policy_of_day(staff: Staff, day: str, field: str, kind: str, ctx: Context, world: World) -> Policy:
    """The policy of where somebody works, under which ``day`` is neither ahead nor too far back."""
    today = ctx.recorded.astimezone(CHINA).date()
    if day > today.isoformat():
        raise Refusal("staff.day-ahead", field=field, day=day, staff=staff.id)
    policy = policy_for(world, workplace(staff, world), ctx.recorded)
    days = policy.back_dating_days(kind)
    if day < (today - timedelta(days=days)).isoformat():
        raise Refusal("staff.day-too-far-back", field=field, day=day, days=days)
    return policy


def workplace(staff: Staff, world: World) -> str:
    """The region whose policy judges somebody: of the place of work, else of the organisation's seat."""
    facility = None if staff.facility is None else world.get(FACILITY, staff.facility)
    if facility is not None:
        return facility.region
    organisation = world.get(ORGANISATION, staff.organisation)
    return "" if organisation is None else organisation.region


def _project_leaving(statement: Statement, position: int, world: World) -> Iterable[Any]:
    data = statement.data
    yield replace(world.row(STAFF, data["staff"]), left_on=data["left_on"], version=position)


def _project_test(statement: Statement, position: int, world: World) -> Iterable[Any]:
    data = statement.data
    staff = world.row(STAFF, data["staff"])
    same = [t for t in staff.tests if (t["test"], t["on"]) == (data["test"], data["sampled_on"])]
    clears = data["clears"] and all(each["clears"] for each in same)
    new = {"test": data["test"], "on": data["sampled_on"], "clears": clears}
    tests = sorted((*(t for t in staff.tests if t not in same), new), key=lambda each: each["on"])
    yield replace(staff, tests=tests[-MOST_TESTS:], version=position)


def _project_vaccination(statement: Statement, position: int, world: World) -> Iterable[Any]:
    data = statement.data
    staff = world.row(STAFF, data["staff"])
    first = min(filter(None, (staff.vaccinated_on, data["vaccinated_on"])))
    yield replace(staff, vaccinated_on=first, version=position)


def _decide_shift(data: Data, ctx: Context, world: World) -> Decision:
    organisation_of(ctx, world)
    demand_manager(ctx, world)
    facility = _own_facility(data, ctx, world)
    if not facility.active:
        raise Refusal("facility.inactive", field="/facility", facility=facility.id)
    if data.get("zone") is not None and data["zone"] not in {zone["no"] for zone in facility.zones}:
        raise Refusal("zone.not-found", field="/zone", facility=facility.id, zone=data["zone"])
    begins = _shift_times(data, ctx)
    policy = policy_for(world, facility.region, ctx.recorded)
    own = ctx.actor.organisation
    causes = list(crew_breaches(data["crew"], own, begins, policy, world, field=""))
    if causes:
        raise Refusal("shift.crew-unfit", field="/crew", causes=causes, count=len(causes))
    return Decision(outcome={"shift": ctx.id()}, policy=policy.version)


def _shift_times(data: Data, ctx: Context) -> Moment:
    begins, ends = moments.parse(data["begins_at"]), moments.parse(data["ends_at"])
    if ends.latest <= begins.earliest or ends.earliest < begins.earliest:
        raise Refusal("shift.ends-before", field="/ends_at", begins=begins.text, ends=ends.text)
    if ends.earliest - begins.earliest > LONGEST_SHIFT:
        hours = LONGEST_SHIFT // timedelta(hours=1)
        raise Refusal("shift.too-long", field="/ends_at", begins=begins.text, ends=ends.text, hours=hours)
    if ends.latest <= ctx.recorded:
        raise Refusal("shift.over", field="/ends_at", ends=ends.text, recorded=ctx.at)
    return begins


def _project_shift(statement: Statement, position: int, _world: World) -> Iterable[Any]:
    data = statement.data
    yield Shift(
        id=statement.outcome["shift"],
        organisation=statement.actor.organisation,
        facility=data["facility"],
        zone=data.get("zone"),
        bay=data.get("bay"),
        crew=data["crew"],
        begins_at=data["begins_at"],
        ends_at=data["ends_at"],
        version=position,
    )


def _read_facility(data: Data, _world: World) -> Iterable[Stream]:
    if data.get("facility") is not None:
        yield (FACILITY, data["facility"])


def _read_staff(data: Data, world: World) -> Iterable[Stream]:
    yield (STAFF, data["staff"])
    staff = world.peek(STAFF, data["staff"])
    if staff is not None and staff.facility is not None:
        yield (FACILITY, staff.facility)


def _read_shift(data: Data, world: World) -> Iterable[Stream]:
    yield (FACILITY, data["facility"])
    yield from crew_streams(data["crew"], world)
    facility = world.peek(FACILITY, data["facility"])
    if facility is not None:
        yield from policy_streams(facility.region)


def _kind(name: str, decide: Any, project: Any, reads: Any, *, intent: bool = False) -> Kind:
    return Kind(name, {1: decide}, project, reads, scope=Scope.PARTIES_WRITE, intent=intent)


REGISTER_STAFF = _kind("staff-registered", _decide_registration, _project_registration, _read_facility)
STAFF_LEFT = _kind("staff-left", _decide_leaving, _project_leaving, _read_staff)
TEST_STAFF = _kind("staff-tested", _decide_test, _project_test, _read_staff)
VACCINATE_STAFF = _kind("staff-vaccinated", _decide_vaccination, _project_vaccination, _read_staff)
ASSIGN_SHIFT = _kind("shift-assigned", _decide_shift, _project_shift, _read_shift, intent=True)

KINDS = [REGISTER_STAFF, STAFF_LEFT, TEST_STAFF, VACCINATE_STAFF, ASSIGN_SHIFT]
PROJECTIONS: list[Projection[Any]] = [STAFF, SHIFT]

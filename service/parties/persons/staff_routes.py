"""Staff and shifts over the interface: the register with who is due, tests, shifts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

from schema.clock import CHINA
from schema.messages import staff as messages
from service.http.disclosing import readings, who
from service.http.keys import LEDGER
from service.http.paging import Slice
from service.http.reads import Ask, Read
from service.http.writes import Write
from service.ledger import store
from service.ledger.kinds import IDS_PER_POSITION
from service.parties import policy_for, policy_streams
from service.parties.persons.staff import (
    ASSIGN_SHIFT,
    REGISTER_STAFF,
    STAFF_LEFT,
    TEST_STAFF,
    VACCINATE_STAFF,
    due_on,
    state_of,
)
from service.parties.state import Policy, Staff
from service.parties.visibility import not_found, sight
from service.storage import query

_FILE = "parties/read_staff"
_TAG = "staff"
_NAME = "/name"
_COLUMNS = ("id", "organisation", "role", "facility", "tests", "vaccinated_on", "left_on", "version")


async def _staff(ask: Ask) -> Slice[dict[str, Any]]:
    before = ask.page.after[0] if ask.page.after else None
    rows = await ask.pool.fetch(
        query(f"{_FILE}.page"), *sight(ask.reader), before, ask.page.wanted, ask.query.get("state")
    )
    page = ask.page.cut([dict(row) for row in rows], lambda row: (row["id"],))
    return Slice(await _told(ask, page.items), page.next)


async def _one(ask: Ask) -> dict[str, Any]:
    row = await ask.pool.fetchrow(query(f"{_FILE}.one"), *sight(ask.reader), ask.path["staff"])
    if row is None:
        raise not_found()
    return (await _told(ask, [dict(row)]))[0]


async def _told(ask: Ask, rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Each with its name, where the reader may have it, and how it stands today."""
    names = await _names(ask, [row["id"] for row in rows])
    policies = await policies_of(ask, {row["region"] for row in rows})
    return [_view(row, policies[row["region"]], names.get(row["id"]), today()) for row in rows]


def today() -> date:
    """This day in China."""
    return datetime.now(UTC).astimezone(CHINA).date()


async def _names(ask: Ask, ids: Iterable[int]) -> dict[int, str]:
    asking = who(ask.reader)
    positions = [id_ // IDS_PER_POSITION for id_ in ids]
    if asking is None or not positions:
        return {}
    found = await readings(ask.request.app).read(asking, positions, pointers=[_NAME])
    return {each.position * IDS_PER_POSITION: each.value for each in found if each.value is not None}


async def policies_of(ask: Ask, regions: Iterable[str]) -> dict[str, Policy]:
    """The policies in force now. Raises Refusal ``policy.missing``."""
    world = ask.request.app[LEDGER].registry.world()
    wanted = sorted(regions)
    async with ask.pool.acquire() as conn:
        await store.load(conn, world, (stream for region in wanted for stream in policy_streams(region)))
    now = datetime.now(UTC)
    return {region: policy_for(world, region, now) for region in wanted}


def _view(row: Mapping[str, Any], policy: Policy, name: str | None, day: date) -> dict[str, Any]:
    staff = Staff(**{column: row[column] for column in _COLUMNS})
    due = due_on(staff, policy, day)
    cleared = [test["on"] for test in staff.tests if test["clears"]]
    return {
        "id": staff.id,
        "organisation": row["employer"],
        "role": staff.role,
        "facility": row["place"],
        "name": name,
        "erased": row["erased"],
        "tested_on": cleared[-1] if cleared else None,
        "due_on": None if due is None or due == date.min else due.isoformat(),
        "state": state_of(staff, policy, day),
        "vaccinated_on": staff.vaccinated_on,
        "left_on": staff.left_on,
        "position": staff.version,
    }


async def _shifts(ask: Ask) -> Slice[dict[str, Any]]:
    before = ask.page.after[0] if ask.page.after else None
    rows = await ask.pool.fetch(query(f"{_FILE}.shifts_page"), *sight(ask.reader), before, ask.page.wanted)
    page = ask.page.cut([dict(row) for row in rows], lambda row: (row["id"],))
    return Slice(await _with_people(ask, page.items), page.next)


async def _shift(ask: Ask) -> dict[str, Any]:
    row = await ask.pool.fetchrow(query(f"{_FILE}.shift"), *sight(ask.reader), ask.path["shift"])
    if row is None:
        raise not_found()
    return (await _with_people(ask, [dict(row)]))[0]


async def _with_people(ask: Ask, rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Each with the names of its crew, where the reader may have them."""
    names = await _names(ask, sorted({each for row in rows for each in row["crew"]}))
    return [
        {**row, "people": [{"id": each, "name": names.get(each)} for each in row["crew"]]} for row in rows
    ]


READS: Sequence[Read] = (
    Read("/api/v1/staff", "staff", "People who touch goods, and who of them is due",
         _staff, messages.StaffView, messages.StaffQuery, cursor=(int,), tag=_TAG),
    Read("/api/v1/staff/{staff:id}", "staff-member", "One of them",
         _one, messages.StaffView, tag=_TAG),
    Read("/api/v1/shifts", "shifts", "Shifts, newest first",
         _shifts, messages.ShiftView, cursor=(int,), tag=_TAG),
    Read("/api/v1/shifts/{shift:id}", "shift", "A shift",
         _shift, messages.ShiftView, tag=_TAG),
)  # fmt: skip

WRITES: Sequence[Write] = (
    Write("/api/v1/staff", REGISTER_STAFF, messages.StaffRegistration, "Register who touches goods",
          location="/api/v1/staff/{staff}", tag=_TAG, example={"role": "direct_contact", "name": "王力"}),
    Write("/api/v1/staff/{staff:id}/tests", TEST_STAFF, messages.StaffTesting, "Record a test", tag=_TAG,
          example={"test": "nucleic_acid", "sampled_on": "2020-11-13", "clears": True, "result": "阴性"}),
    Write("/api/v1/staff/{staff:id}/vaccinations", VACCINATE_STAFF, messages.StaffVaccination,
          "Record a vaccination", tag=_TAG, example={"vaccinated_on": "2021-01-20", "vaccine": "第二剂"}),
    Write("/api/v1/staff/{staff:id}/leaving", STAFF_LEFT, messages.StaffLeaving,
          "Record that somebody works here no more", tag=_TAG, example={"left_on": "2020-12-31"}),
    Write("/api/v1/shifts", ASSIGN_SHIFT, messages.ShiftAssignment,
          "Assign a shift: refused where anybody of the crew may not work then",
          location="/api/v1/shifts/{shift}", tag=_TAG,
          example={"facility": 17000, "zone": 1, "bay": "3", "crew": [18000, 19000],
                   "begins_at": "2020-11-13T08:00+08:00", "ends_at": "2020-11-13T16:00+08:00"}),
)  # fmt: skip

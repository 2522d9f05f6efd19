"""Messages about people: staff with their tests and shifts, erasures, and why personal data are read.

What the rules need of a test stands in clear: the day and whether it *clears* the person to work. Not cleared
is a positive, invalid or pending test, a symptom or a contact alike; which of them it was is the result, and
that is personal.
"""

from __future__ import annotations

import re
from typing import Any

from marshmallow import fields

from schema.messages.fields import (
    About,
    Choice,
    Flag,
    Id,
    Inner,
    Items,
    Message,
    Parsed,
    Personal,
    Text,
    Whole,
)
from schema.messages.views import Listed, PartyRef, PlaceRef
from schema.messages.written import Day, Moment
from schema.problems import Problem

STAFF_ROLES = ("direct_contact", "handler", "driver", "supervisor", "cleaner", "other")
TESTS = ("nucleic_acid", "antigen", "health_check")
PERSON_KINDS = ("user", "staff", "organisation", "statement")
ERASURE_REASONS = ("request", "purpose_ended", "unlawful", "court_order")
PURPOSES = ("inspection", "trace", "case", "complaint", "request")
"""Why somebody reads what another organisation answers for."""
RELATIONS = ("own", "counterparty", "register", "region", "outside")
MAX_CREW = 200

_CASE = re.compile(r"[A-Z0-9][A-Z0-9-]{2,39}")


def _about(text: str) -> dict[str, str]:
    return {"description": text}


def _case(text: str) -> str:
    value = text.strip().upper()
    if not _CASE.fullmatch(value):
        raise Problem("person.case-format", value=text[:40])
    return value


class CaseNumber(Parsed):
    """The number of a case: it must not hold anybody's name, so letters, digits and hyphens are all."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(_case, **{"metadata": _about("Number of the case: 2020-WH-001."), **kwargs})


class StaffRegistration(Message):
    """A person of the own organisation who touches goods."""

    role = Choice(STAFF_ROLES, required=True, metadata=_about("What the person does; tests depend on it."))
    facility = Id(metadata=_about("Where the person works: a place of one's own."))
    name = Personal(about=About.MADE, longest=100, required=True, metadata=_about("Name; kept private."))
    phone = Personal(about=About.MADE, longest=30, metadata=_about("Telephone; kept private."))
    id_number = Personal(about=About.MADE, longest=30, metadata=_about("Identity number; kept private."))


class StaffLeaving(Message):
    """A person works here no more."""

    staff = Id(required=True, metadata=_about("Id of the member of staff."))
    left_on = Day(required=True, metadata=_about("The last day at work."))


class StaffTesting(Message):
    """A test of a member of staff."""

    staff = Id(required=True, metadata=_about("Id of the member of staff."))
    test = Choice(TESTS, required=True, metadata=_about("What was tested."))
    sampled_on = Day(required=True, metadata=_about("The day of the sample."))
    clears = Flag(
        required=True,
        metadata=_about("Whether the person may work; false also where the result is pending or invalid."),
    )
    result = Personal(about=About.STAFF, longest=200, metadata=_about("The result; kept private."))


class StaffVaccination(Message):
    """A member of staff was vaccinated."""

    staff = Id(required=True, metadata=_about("Id of the member of staff."))
    vaccinated_on = Day(required=True, metadata=_about("The day."))
    vaccine = Personal(about=About.STAFF, longest=200, metadata=_about("Product and dose; kept private."))


class ShiftAssignment(Message):
    """Who will work where and when. Refused where anybody of the crew may not."""

    facility = Id(required=True, metadata=_about("A place of one's own."))
    zone = Whole(least=1, metadata=_about("Number of the zone."))
    bay = Text(longest=20, metadata=_about("What the bay is called on site."))
    crew = Items(Id(), most=MAX_CREW, distinct=True, required=True, metadata=_about("Ids of staff."))
    begins_at = Moment(required=True)
    ends_at = Moment(required=True)


class PersonErasure(Message):
    """A person's data are destroyed: the key, and with it every copy of what it sealed."""

    kind = Choice(PERSON_KINDS, required=True, metadata=_about("What the person is here."))
    subject = Id(required=True, metadata=_about("The id; for a statement, its position."))
    reason = Choice(ERASURE_REASONS, required=True, metadata=_about("Why."))


class PersonKeeping(Message):
    """A regulator has a person's data kept for a case."""

    kind = Choice(PERSON_KINDS, required=True, metadata=_about("What the person is here."))
    subject = Id(required=True, metadata=_about("The id; for a statement, its position."))
    case = CaseNumber(required=True)


class PersonLetting(PersonKeeping):
    """They are not kept for that case any more."""


class PersonalReading(Message):
    """Which personal data are read, and why."""

    position = Id(required=True, metadata=_about("Position of the statement that they were given in."))
    purpose = Choice(PURPOSES, metadata=_about("Why; needed for what another organisation answers for."))
    case = CaseNumber()


class PersonalValueView(Message):
    """A value in clear; ``erased`` where there is none any more."""

    pointer = Text(metadata=_about("Where it stands in the statement."))
    value = Text(allow_none=True)
    erased = Flag()


class PersonalDisclosure(Message):
    """What was told; each value that is told has a line in the access log."""

    position = Id()
    items = Listed(Inner(PersonalValueView))


class StaffView(Message):
    """A member of staff. The name is told to the own organisation alone."""

    id = Id()
    organisation = Inner(PartyRef)
    role = Text()
    facility = Inner(PlaceRef, allow_none=True)
    name = Text(allow_none=True, metadata=_about("Null for others; read it with a reason."))
    erased = Flag()
    tested_on = Day(allow_none=True, metadata=_about("The newest test that cleared."))
    due_on = Day(allow_none=True, metadata=_about("The last day of work before the next test; null: none."))
    state = Text(
        metadata=_about("fit, due (today is the last day), overdue, not_cleared, unvaccinated or left.")
    )
    vaccinated_on = Day(allow_none=True)
    left_on = Day(allow_none=True)
    position = Id()


class CrewMember(Message):
    """Somebody of a crew; without a name for who may not have it."""

    id = Id()
    name = Text(allow_none=True)


class ShiftView(Message):
    """Who works where and when."""

    id = Id()
    organisation = Inner(PartyRef)
    facility = Inner(PlaceRef)
    zone = Whole(allow_none=True)
    bay = Text(allow_none=True)
    crew = Listed(Id())
    people = Listed(Inner(CrewMember))
    begins_at = Moment()
    ends_at = Moment()
    position = Id()


class AccessView(Message):
    """One reading of a personal value. The value itself is not told."""

    id = Id()
    at = fields.AwareDateTime(format="iso")
    reader = Inner(PartyRef)
    user = Id(allow_none=True)
    token = Id(allow_none=True)
    relation = Text(
        metadata=_about("How the reader stood to it: own, counterparty, register, region, outside.")
    )
    purpose = Text()
    case = Text(allow_none=True)
    kind = Text(metadata=_about("What the person is: user, staff, organisation, statement."))
    subject = Id()
    organisation = Inner(PartyRef, metadata=_about("Who answers for the data."))
    position = Id()
    pointer = Text()


class StaffQuery(Message):
    """Which staff."""

    state = Choice(("working", "left"))


class AccessQuery(Message):
    """Whose."""

    kind = Choice(PERSON_KINDS)
    subject = Id()
    others = Flag(metadata=_about("Only readings by other organisations than the one that answers."))

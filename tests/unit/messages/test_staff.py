"""Messages about people: what stands in clear is a word, a day or a number; what a case is called holds no
name.
"""

from __future__ import annotations

from typing import Any

import pytest
from marshmallow import Schema, ValidationError

from schema.messages import staff
from schema.messages.fields import About, Personal, refusal
from schema.messages.policies import PolicyDocument
from schema.problems import Problem, explain
from service.parties import shipped_policies


def faults(schema: Schema, said: dict[str, Any], **how: Any) -> list[Problem]:
    with pytest.raises(ValidationError) as caught:
        schema.load(said, **how)
    return [*refusal(caught.value).causes]


def test_a_role_has_one_interval_for_a_test() -> None:
    rule = {"role": "handler", "test": "nucleic_acid", "every_days": 7}
    document = shipped_policies()[""]
    PolicyDocument().load({**document, "staff_tests": [rule, {**rule, "test": "antigen"}]})
    (fault,) = faults(PolicyDocument(), {**document, "staff_tests": [rule, {**rule, "every_days": 3}]})
    assert (fault.code, fault.field) == ("policy.staff-rule-twice", "/staff_tests/1")
    for language in ("zh", "en"):
        assert "handler" in explain(fault, language).detail


@pytest.mark.parametrize("days", [0, 366])
def test_an_interval_is_between_a_day_and_a_year(days: int) -> None:
    rule = {"role": "handler", "test": "nucleic_acid", "every_days": days}
    (fault,) = faults(PolicyDocument(), {**shipped_policies()[""], "staff_tests": [rule]})
    assert (fault.code, fault.field) == ("message.range", "/staff_tests/0/every_days")


@pytest.mark.parametrize(
    ("typed", "kept"), [("2020-wh-001", "2020-WH-001"), (" A12 ", "A12"), ("A" * 40,) * 2]
)
def test_a_case_is_a_number(typed: str, kept: str) -> None:
    assert staff.PersonalReading().load({"position": 1, "case": typed})["case"] == kept


@pytest.mark.parametrize("typed", ["A1", "A" * 41, "张三案", "2020 WH", "-12", "A/1"])
def test_and_no_story(typed: str) -> None:
    (fault,) = faults(staff.PersonalReading(), {"position": 1, "case": typed})
    assert (fault.code, fault.field) == ("person.case-format", "/case")
    for language in ("zh", "en"):
        assert typed[:40] in explain(fault, language).detail


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        (staff.StaffRegistration(), {"name": About.MADE, "phone": About.MADE, "id_number": About.MADE}),
        (staff.StaffTesting(), {"result": About.STAFF}),
        (staff.StaffVaccination(), {"vaccine": About.STAFF}),
        (staff.ShiftAssignment(), {}),
        (staff.PersonErasure(), {}),
    ],
)
def test_what_is_personal_and_whose_it_is(schema: Schema, expected: dict[str, About]) -> None:
    found = {name: field.about for name, field in schema.fields.items() if isinstance(field, Personal)}
    assert found == expected


def test_whether_somebody_may_work_is_said() -> None:
    said = {"staff": 1, "test": "nucleic_acid", "sampled_on": "2020-11-13"}
    (fault,) = faults(staff.StaffTesting(), said)
    assert (fault.code, fault.field) == ("message.required", "/clears")

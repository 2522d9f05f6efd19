"""A form becomes the body that the interface would get, and what is wrong finds its way back to the field."""

from __future__ import annotations

from schema.problems import Problem
from service.web.forms import Field, Form, Group, Option, Widget, blamed, read

FORM = Form(
    (
        Group(
            "",
            (
                Field("product", required=True),
                Field("facility", Widget.CHOICE, ids=True, options=(Option("7", "seven"),)),
                Field("pieces", Widget.WHOLE),
                Field("grams", Widget.KILOGRAMS, required=True),
                Field("happened_at", Widget.MOMENT),
                Field("seal_intact", Widget.YES_NO),
                Field("lots", Widget.CHECKS, ids=True),
                Field("scopes", Widget.CHECKS),
                Field("waybill.temperature", Widget.DEGREES),
                Field("items.0.unit", Widget.PICK, ids=True),
                Field("items.0.grams", Widget.KILOGRAMS),
                Field("items.1.unit", Widget.PICK, ids=True),
                Field("items.1.grams", Widget.KILOGRAMS),
            ),
        ),
    ),
    {"items": "unit"},
)


def test_what_is_typed_becomes_canonical_data() -> None:
    reading = read(
        FORM,
        {
            "product": ["冷冻牛肉"],
            "facility": ["7"],
            "pieces": ["1,006"],
            "grams": ["27000.5"],
            "happened_at": ["2020-08-17T09:30"],
            "seal_intact": ["no"],
            "lots": ["1", "2"],
            "scopes": ["goods:read"],
            "waybill.temperature": ["-18.5"],
        },
    )
    assert reading.problems == ()
    assert reading.body == {
        "product": "冷冻牛肉",
        "facility": 7,
        "pieces": 1006,
        "grams": 27_000_500,
        "happened_at": "2020-08-17T09:30+08:00",
        "seal_intact": False,
        "lots": [1, 2],
        "scopes": ["goods:read"],
        "waybill": {"temperature": -185},
    }


def test_blank_fields_are_not_sent() -> None:
    assert read(FORM, {"product": ["  "], "pieces": [""], "grams": ["1"]}).body == {"grams": 1000}


def test_a_day_stays_a_day_and_an_offset_stays_as_said() -> None:
    for said in ("2020-08-17", "2020-08-17T09:30+08:00", "2020-08-17T01:30Z"):
        assert read(FORM, {"happened_at": [said]}).body["happened_at"] == said


def test_rows_that_were_not_picked_are_not_sent_and_pointers_lead_back_to_the_row() -> None:
    reading = read(FORM, {"items.0.grams": ["5"], "items.1.unit": ["42"], "items.1.grams": ["6"]})
    assert reading.body["items"] == [{"unit": 42, "grams": 6000}]
    assert reading.name_of("/items/0/grams") == "items.1.grams"
    assert reading.name_of("/product") == "product"
    assert reading.name_of("") == ""


def test_text_that_is_no_number_is_left_for_the_schema_to_refuse() -> None:
    assert read(FORM, {"pieces": ["many"]}).body == {"pieces": "many"}


def test_each_problem_finds_its_field() -> None:
    reading = read(FORM, {"grams": ["1.2345"], "items.1.unit": ["42"]})
    refusal = Problem(
        "message.invalid",
        causes=(
            Problem("message.required", field="/product"),
            Problem("message.integer", field="/grams"),
            Problem("message.required", field="/items/0/grams"),
            Problem("message.required", field="/somewhere/else"),
        ),
        count=4,
    )
    by_field, others = blamed(refusal, reading, [field.name for field in FORM.fields])
    assert {name: [each.code for each in found] for name, found in by_field.items()} == {
        "product": ["message.required"],
        "grams": ["web.kilograms-decimals"],
        "items.1.grams": ["message.required"],
    }
    assert [each.field for each in others] == ["/somewhere/else"]


def test_what_is_wrong_with_a_whole_row_is_told_at_its_first_field() -> None:
    reading = read(FORM, {"items.1.unit": ["42"]})
    by_field, others = blamed(
        Problem("unit.not-found", field="/items/0", unit=42), reading, [field.name for field in FORM.fields]
    )
    assert list(by_field) == ["items.1.unit"]
    assert others == []


def test_a_refusal_of_no_field_is_told_above_the_form_with_all_its_causes() -> None:
    causes = (Problem("auth.missing"), Problem("auth.invalid"))
    refusal = Problem("auth.csrf", causes=causes)
    by_field, others = blamed(refusal, read(FORM, {}), ["product"])
    assert by_field == {}
    assert [each.code for each in others] == ["auth.missing", "auth.invalid"]

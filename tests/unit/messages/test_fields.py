"""Fields: what each lets in, in which written form, and what is said of the rest."""

from __future__ import annotations

from typing import Any

import pytest
from marshmallow import ValidationError
from marshmallow.fields import Field

from schema.identifiers import Level
from schema.messages import fields, written
from schema.messages.fields import Inner, Items, Message, refusal
from schema.problems import Problem, explain

TRACE_CODE = "1B210100ABCDEF234563"


def faults(schema: Message, data: Any) -> list[tuple[str | None, str]]:
    """Field and code of all that is wrong, after a look at the words in both languages."""
    with pytest.raises(ValidationError) as caught:
        schema.load(data)
    problem = refusal(caught.value)
    assert problem.code == "message.invalid"
    assert problem.facts == {"count": len(problem.causes)}
    for cause in problem.causes:
        for language in ("en", "zh"):
            assert "{" not in explain(cause, language).detail
    return [(cause.field, cause.code) for cause in problem.causes]


def holding(field: Field[Any]) -> Message:
    """A message of one field, ``x``."""
    return Message.from_dict({"x": field})()  # type: ignore[return-value]


LOADED: list[tuple[Field[Any], Any, Any]] = [
    (fields.Text(), " 冷库 ", "冷库"),
    (fields.Text(), "e\u0301", "é"),
    (fields.Text(longest=3), "abc", "abc"),
    (fields.Text(lines=True), "a\nb", "a\nb"),
    (fields.Secret(), " pass word ", " pass word "),
    (written.Moment(), "2020-08-17", "2020-08-17"),
    (written.Moment(), "2020-08-17T09:30+08:00", "2020-08-17T09:30+08:00"),
    (written.Day(), "2020-08-17", "2020-08-17"),
    (written.Sha256(), "0a" * 32, "0a" * 32),
    (written.Uscc(), "9111 0000 6000 3734 1l", "91110000600037341L"),
    (written.Region(), "２１０１００", "210100"),
    (written.RegionPrefix(), "", ""),
    (written.RegionPrefix(), "21", "21"),
    (written.RegionPrefix(), "210100", "2101"),
    (written.RegionPrefix(), "210102", "210102"),
    (written.TraceCode(), "1b 210100 abcd ef23 4563", TRACE_CODE),
    (written.TraceCode(level=Level.BATCH), TRACE_CODE, TRACE_CODE),
    (written.Container(), "csqu 305438 3", "CSQU3054383"),
    (written.Country(), "br", "BRA"),
    (written.Country(), "BRA", "BRA"),
    (written.Hs(), "0202.3000.00", "0202300000"),
    (written.Gtin(), "6901234567892", "6901234567892"),
    (fields.Whole(least=-1, most=1), -1, -1),
    (fields.Whole(least=-1, most=1), 1, 1),
    (fields.Id(), 0, 0),
    (fields.Pieces(), 1, 1),
    (fields.Grams(), 10**12, 10**12),
    (fields.Grams(least=0), 0, 0),
    (fields.Temperature(), -185, -185),
    (fields.Flag(), False, False),
    (fields.Choice(("a", "b")), "b", "b"),
    (fields.Items(fields.Whole(), most=2), [1, 1], [1, 1]),
    (fields.Items(fields.Whole(), distinct=True), [1, 2], [1, 2]),
]

REFUSED: list[tuple[Field[Any], Any, str]] = [
    (fields.Text(), 1, "message.text"),
    (fields.Text(), "  ", "message.length"),
    (fields.Text(longest=3), "abcd", "message.length"),
    (fields.Text(), "a\x00b", "message.character"),
    (fields.Text(), "a\nb", "message.character"),
    (fields.Text(), "a\ud800b", "message.character"),
    (fields.Text(), "a\u200bb", "message.character"),
    (fields.Text(), "a\u202eb", "message.character"),
    (fields.Text(lines=True), "a\u2028b", "message.character"),
    (fields.Text(), None, "message.null"),
    (fields.Personal(), 13800000000, "message.text"),
    (fields.Secret(), "x" * 1001, "message.length"),
    (fields.Secret(), 5, "message.text"),
    (written.Moment(), "17.8.2020", "moment.format"),
    (written.Moment(), 20200817, "message.text"),
    (written.Day(), "2020-08-17T09:30+08:00", "moment.day-format"),
    (written.Day(), "2020-02-30", "moment.no-such-day"),
    (written.Moment(), "9999-12-31T23:58-12:00", "moment.no-such-day"),
    (written.Moment(), "0001-01-01T07:59+08:01", "moment.no-such-day"),
    (written.Sha256(), "0A" * 32, "message.sha256"),
    (written.Uscc(), "91350100M000100Y4A", "identifier.uscc-check"),
    (written.Region(), "990000", "identifier.region-province"),
    (written.RegionPrefix(), "2", "identifier.region-length"),
    (written.RegionPrefix(), "99", "identifier.region-province"),
    (written.TraceCode(), "1B210100ABCDEF234564", "identifier.trace-code-check"),
    (written.TraceCode(level=Level.CASE), TRACE_CODE, "message.trace-code-level"),
    (written.Container(), "CSQU3054384", "identifier.container-check"),
    (written.Country(), "XX", "identifier.country-unknown"),
    (written.Hs(), "020230", "identifier.hs-length"),
    (written.Gtin(), "6901234567893", "identifier.gtin-check"),
    (fields.Whole(), "5", "message.integer"),
    (fields.Whole(), 5.0, "message.integer"),
    (fields.Whole(), True, "message.integer"),
    (fields.Whole(least=-1, most=1), 2, "message.range"),
    (fields.Whole(least=-1, most=1), -2, "message.range"),
    (fields.Id(), -1, "message.range"),
    (fields.Id(), 1 << 53, "message.range"),
    (fields.Pieces(), 0, "message.range"),
    (fields.Pieces(), 10**9 + 1, "message.range"),
    (fields.Grams(), 0, "message.range"),
    (fields.Grams(), 10**12 + 1, "message.range"),
    (fields.Temperature(), -1001, "message.range"),
    (fields.Flag(), "true", "message.boolean"),
    (fields.Flag(), 1, "message.boolean"),
    (fields.Choice(("a", "b")), "c", "message.choice"),
    (fields.Choice(("a", "b")), ["a"], "message.text"),
    (fields.Items(fields.Whole()), "ab", "message.list"),
    (fields.Items(fields.Whole()), [], "message.count"),
    (fields.Items(fields.Whole(), most=2), [1, 2, 3], "message.count"),
    (fields.Inner(Message), [], "message.type"),
]


@pytest.mark.parametrize(("field", "given", "kept"), LOADED)
def test_let_in(field: Field[Any], given: Any, kept: Any) -> None:
    loaded = holding(field).load({"x": given})["x"]
    assert (loaded, type(loaded)) == (kept, type(kept))


@pytest.mark.parametrize(("field", "given", "code"), REFUSED)
def test_refused(field: Field[Any], given: Any, code: str) -> None:
    assert faults(holding(field), {"x": given}) == [("/x", code)]


class Line(Message):
    grams = fields.Grams(required=True)
    tags = Items(fields.Text(), distinct=True)


class Order(Message):
    at = written.Moment(required=True)
    lines = Items(Inner(Line), required=True)


def test_everything_that_is_wrong_is_told_at_once_and_by_pointer() -> None:
    lines = [{"grams": 5}, {"grams": "5"}, {}, {"grams": 1, "tags": ["a", "b", "a"], "price/kg": 3}, 7]
    assert sorted(faults(Order(), {"lines": lines, "a~b": 1})) == [  # type: ignore[type-var]
        ("/at", "message.required"),
        ("/a~0b", "message.unknown"),
        ("/lines/1/grams", "message.integer"),
        ("/lines/2/grams", "message.required"),
        ("/lines/3/price~1kg", "message.unknown"),
        ("/lines/3/tags/2", "message.twice"),
        ("/lines/4", "message.type"),
    ]


def test_a_message_is_an_object() -> None:
    assert faults(Order(), [1]) == [("", "message.type")]


def test_a_plain_marshmallow_message_is_told_too() -> None:
    problem = refusal(ValidationError({"x": ["Not like this."]}))
    assert [(cause.code, cause.field) for cause in problem.causes] == [("message.other", "/x")]
    assert "Not like this." in explain(problem.causes[0]).detail


def test_the_problem_that_refused_is_kept() -> None:
    with pytest.raises(ValidationError) as caught:
        holding(written.Uscc()).load({"x": "91350100M000100Y4A"})
    (problem,) = caught.value.messages["x"]  # type: ignore[call-overload]
    assert isinstance(problem, Problem)
    assert problem.facts["position"] == 18

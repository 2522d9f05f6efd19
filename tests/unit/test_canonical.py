"""Canonical JSON against an RFC 8785 implementation that nobody here wrote, and what is refused."""

from enum import StrEnum
from typing import Any

import orjson
import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from schema import canonical
from schema.problems import LANGUAGES, Problem, explain

LIMIT = 2**53 - 1
KEYS = st.text(st.characters(max_codepoint=127))
SCALARS = st.none() | st.booleans() | st.integers(-LIMIT, LIMIT) | st.text(st.characters(codec="utf-8"))
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner) | st.dictionaries(KEYS, inner), max_leaves=40)


def nested(depth: int) -> Any:
    value: Any = 0
    for level in range(depth):
        value = [value] if level % 2 else {"in": value}
    return value


def refusal(value: Any) -> Problem:
    with pytest.raises(Problem) as caught:
        canonical.encode(value)
    for language in LANGUAGES:
        assert explain(caught.value, language).detail
    return caught.value


@given(VALUES)
def test_bytes_are_those_of_rfc_8785(value: Any) -> None:
    assert canonical.encode(value) == rfc8785.dumps(value)


@given(VALUES)
def test_decoding_gives_the_value_back(value: Any) -> None:
    assert canonical.decode(canonical.encode(value)) == value


@pytest.mark.parametrize(
    "text", ['"\\\b\f\n\r\t\x00\x1f\x7f', "冷冻牛肉", "\U0001f42e", "\u2028/", "é", "e\u0301"]
)
def test_text_is_escaped_as_rfc_8785_says_and_not_normalised(text: str) -> None:
    assert canonical.encode({text.encode("ascii", "ignore").decode(): text}) == rfc8785.dumps(
        {text.encode("ascii", "ignore").decode(): text}
    )


class Grade(StrEnum):
    A = "a"


class Text(str):
    __slots__ = ()


@pytest.mark.parametrize(
    ("value", "code", "field"),
    [
        (1.0, "canonical.float", ""),
        ({"a": [1, {"b": 0.5}]}, "canonical.float", "/a/1/b"),
        (float("nan"), "canonical.float", ""),
        ([float("inf")], "canonical.float", "/0"),
        ({"a": LIMIT + 1}, "canonical.integer-range", "/a"),
        ({"a": -LIMIT - 1}, "canonical.integer-range", "/a"),
        ({"a": 2**64}, "canonical.integer-range", "/a"),
        ({"a": 10**5000}, "canonical.integer-range", "/a"),
        ({"a": {"é": 1}}, "canonical.key-not-ascii", "/a/\\xe9"),
        ({"品名": "牛肉"}, "canonical.key-not-ascii", "/\\u54c1\\u540d"),
        ({"\ud800": 1}, "canonical.key-not-ascii", "/\\ud800"),
        ({"a": ["ok", "\ud800"]}, "canonical.not-unicode", "/a/1"),
        ({"a~b/c": 1.5}, "canonical.float", "/a~0b~1c"),
        ({"a": (1, 2)}, "canonical.type", "/a"),
        ({"a": b"x"}, "canonical.type", "/a"),
        ({"a": Grade.A}, "canonical.type", "/a"),
        ({"a": Text("x")}, "canonical.type", "/a"),
        ({1: "x"}, "canonical.type", ""),
        ({None: "x"}, "canonical.type", ""),
        (nested(33), "canonical.too-deep", "/in/0" * 16),
        (nested(300), "canonical.too-deep", "/0/in" * 16),
        ("x" * (1 << 20), "canonical.too-large", ""),
        (["牛" * (1 << 19)], "canonical.too-large", ""),
    ],
)
def test_refused_with_the_place_of_the_fault(value: Any, code: str, field: str) -> None:
    problem = refusal(value)
    assert (problem.code, problem.field) == (code, field)


def test_a_value_inside_itself_is_too_deep() -> None:
    value: dict[str, Any] = {}
    value["in"] = value
    assert refusal(value).code == "canonical.too-deep"


@pytest.mark.parametrize("value", [LIMIT, -LIMIT, nested(32), "x" * ((1 << 20) - 2)])
def test_the_limits_themselves_are_admitted(value: Any) -> None:
    assert canonical.decode(canonical.encode(value)) == value


@given(st.recursive(
    SCALARS | st.floats() | st.integers() | st.text(st.characters()) | st.binary(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.integers(), inner) | st.tuples(inner),
    max_leaves=20,
))  # fmt: skip
def test_anything_is_either_written_as_it_is_or_refused_with_a_problem(value: Any) -> None:
    try:
        data = canonical.encode(value)
    except Problem as problem:
        assert problem.code.startswith("canonical.")
        assert problem.field is not None
        assert problem.field.isascii()
    else:
        assert data == rfc8785.dumps(value)
        assert orjson.loads(data) == value


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b'{"b":1,"a":2}', "not-canonical"),
        (b'{"a":1,"a":1}', "not-canonical"),
        (b'{"a": 1}', "not-canonical"),
        (b'{"a":1}\n', "not-canonical"),
        (b'"\\u0061"', "not-canonical"),
        (b'"\\/"', "not-canonical"),
        (b'"\\u001F"', "not-canonical"),
        (b'\xef\xbb\xbf{"a":1}', "not-canonical"),
        (b"-0", "not-canonical"),
        (b"", "not-canonical"),
        (b"{", "not-canonical"),
        (b'"\xff"', "not-canonical"),
        (b'"\\ud800"', "not-canonical"),
        (b"NaN", "not-canonical"),
        (b"1" * 400, "not-canonical"),
        (b"1.0", "float"),
        (b"1e2", "float"),
        (b"9007199254740992", "integer-range"),
        ('{"é":1}'.encode(), "key-not-ascii"),
        (b"[" * 33 + b"]" * 33, "too-deep"),
        (b" " * ((1 << 20) + 1), "too-large"),
    ],
)
def test_bytes_that_are_not_canonical_are_refused(data: bytes, code: str) -> None:
    with pytest.raises(Problem) as caught:
        canonical.decode(data)
    assert caught.value.code == f"canonical.{code}"
    assert caught.value.field is not None


@given(st.binary(max_size=60))
def test_any_bytes_are_either_canonical_or_a_problem(data: bytes) -> None:
    try:
        value = canonical.decode(data)
    except Problem:
        return
    assert canonical.encode(value) == data

"""How movements are written down: the closed sets of the messages are those of the rules, codes are short."""

from __future__ import annotations

import pytest
from marshmallow import ValidationError

from schema.messages import movements
from schema.messages.fields import refusal
from schema.messages.happenings import CountedUnit, OwnershipTransfer, UnitRepacking, UnitsMerging
from schema.messages.movements import GoodsStoring, Handling
from schema.problems import explain
from service.goods.movements.flow import DIFFERENCE_PLACE
from service.goods.state import Pack, Purpose
from service.incidents.breaches import FINDING_PLACE


def test_the_words_are_those_of_the_rules() -> None:
    assert tuple(Pack) == movements.PACKS
    assert tuple(Purpose) == movements.PURPOSES


def test_what_a_statement_makes_has_places() -> None:
    assert movements.MAX_UNITS < DIFFERENCE_PLACE
    assert DIFFERENCE_PLACE + movements.MAX_UNITS <= FINDING_PLACE
    # An edge for each unit made, and three for each drawn on: to it, from a difference, to the difference.
    assert 4 * movements.MAX_UNITS < 1000


@pytest.mark.parametrize("code", ["D3", "FL-2", "x" * 16])
def test_a_bay_is_a_short_code(code: str) -> None:
    assert Handling().load({"bay": f" {code} "}) == {"bay": code}


@pytest.mark.parametrize("code", ["", "x" * 17, "D 3", "张三", "D3;", "D_3"])
@pytest.mark.parametrize("name", ["bay", "equipment"])
def test_a_bay_is_no_sentence(name: str, code: str) -> None:
    assert fault({name: code}, Handling()) == ("handling.code", f"/{name}")


@pytest.mark.parametrize("number", ["2020-17", "国市监罚〔2020〕12号", "A/1(2)", "x" * 50])
def test_a_document_has_a_number(number: str) -> None:
    loaded = OwnershipTransfer(only=("document",)).load({"document": {"kind": "invoice", "number": number}})
    assert loaded["document"]["number"] == number


@pytest.mark.parametrize("number", ["", "x" * 51, "see the driver", "12;13"])
def test_a_documents_number_is_no_sentence(number: str) -> None:
    said = {"document": {"kind": "invoice", "number": number}}
    assert fault(said, OwnershipTransfer(only=("document",))) == (
        "movement.document-number",
        "/document/number",
    )


def test_a_crew_is_at_most_fifty_and_nobody_stands_twice() -> None:
    everyone = [*range(1, 52)]
    assert Handling().load({"crew": everyone[:50]})["crew"] == everyone[:50]
    assert fault({"crew": everyone}, Handling()) == ("message.count", "/crew")
    assert fault({"crew": [1, 1]}, Handling()) == ("message.twice", "/crew/1")


def test_every_movement_may_say_who_and_what_moved_the_goods() -> None:
    said = {"handling": {"crew": [1], "bay": "D3", "equipment": "FL-2"}}
    assert GoodsStoring(partial=True).load(said) == said


def test_merging_takes_two() -> None:
    assert fault({"units": [1]}, UnitsMerging(partial=True)) == ("message.count", "/units")


def test_nothing_may_be_counted_and_is_not_repacked() -> None:
    nothing = {"unit": 1, "pieces": 0, "grams": 0}
    assert CountedUnit().load(nothing) == nothing
    with pytest.raises(ValidationError):
        UnitRepacking(partial=True).load(nothing)


def fault(said: object, schema: object) -> tuple[str, str | None]:
    with pytest.raises(ValidationError) as caught:
        schema.load(said)  # type: ignore[attr-defined]
    (cause,) = refusal(caught.value).causes
    for language in ("en", "zh"):
        assert "{" not in explain(cause, language).detail  # type: ignore[arg-type]
    return cause.code, cause.field

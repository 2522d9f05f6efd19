"""Each kind of statement about goods is corrected, or has a reverse that is named; and each has a form."""

from __future__ import annotations

import re
from typing import Any, cast

import pytest

from schema.problems import Language
from service.goods import KINDS
from service.goods.corrections import REVERSES, SUBJECTS
from service.goods.corrections.routes import WRITES_OF
from service.web.correction_forms import lines, questions
from service.web.texts import text
from service.web.visits import Visit
from tests.unit.goods.corrections.told import TELL
from tests.unit.goods.movements.scene import Scene


class Words:
    """What a form asks of a visit: words."""

    def __init__(self, language: Language) -> None:
        self.language = language

    def t(self, key: str, /, **values: object) -> str:
        return text(key, self.language, **values)


@pytest.mark.parametrize("name", [kind.name for kind in KINDS])
def test_each_kind_of_goods_is_corrected_or_has_a_reverse(name: str) -> None:
    assert (name in SUBJECTS) is not (name in REVERSES)


@pytest.mark.parametrize("name", sorted(SUBJECTS))
def test_each_kind_that_is_corrected_is_said_over_the_interface(name: str) -> None:
    assert WRITES_OF[name].kind is SUBJECTS[name].kind


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("name", sorted(TELL))
def test_each_kind_has_a_form_filled_in_with_what_was_said(name: str, language: Language) -> None:
    visit = cast(Visit, Words(language))
    data: dict[str, Any] = TELL[name](Scene()).data
    write = WRITES_OF[name]
    schema = write.schema(exclude=sorted({*write.parsed.parameters, *write.made} & {*write.schema().fields}))
    fields = [*questions(visit, schema, data)]
    assert fields
    for field in fields:
        assert visit.t(field.key), field
    said = {re.sub(r"\.\d+\.", ".", field.name): field.initial for field in fields}
    assert any(said.values())
    assert [*lines(visit, data, schema.load_fields)]

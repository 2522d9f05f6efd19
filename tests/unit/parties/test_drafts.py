"""Who drafts policies: those who may put them in force."""

from __future__ import annotations

import pytest

from schema.problems import Problem, explain
from service.http.readers import Reader, ReaderKind
from service.parties.policies.drafts import demand_authority


@pytest.mark.parametrize("kind", [ReaderKind.REGULATOR, ReaderKind.PLATFORM])
def test_authorities_draft_for_their_organisation(kind: ReaderKind) -> None:
    assert demand_authority(Reader(kind, 7)) == 7


@pytest.mark.parametrize(
    ("reader", "code"),
    [
        (Reader(ReaderKind.ORGANISATION, 7), "party.role-missing"),
        (Reader(ReaderKind.AUDITOR, 7), "party.role-missing"),
        (Reader(ReaderKind.PUBLIC, None), "auth.missing"),
    ],
)
def test_nobody_else_does(reader: Reader, code: str) -> None:
    with pytest.raises(Problem) as caught:
        demand_authority(reader)
    assert caught.value.code == code
    for language in ("en", "zh"):
        assert explain(caught.value, language)

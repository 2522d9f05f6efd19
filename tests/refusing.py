"""Tables of what must be refused: each rule with somebody who breaks it, and what the refusal must tell.

::

    CASES = Cases[Settlement]()

    @CASES.breaks("vehicle.not-found")
    def somebody_elses_vehicle(town: Settlement) -> Said: ...

    @pytest.mark.parametrize(("code", "case"), CASES.params)
    def test_refused(town: Settlement, code: str, case: Case[Settlement]) -> None:
        demand_refused(town.history, code, case(town))
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeAlias, TypeVar

import pytest

from schema.problems import LANGUAGES, Refusal, explain
from service.ledger import PLATFORM, Actor, Data, Idempotency, Kind
from tests.history import History

World = TypeVar("World")


@dataclass(frozen=True)
class Said:
    """What is said and must be refused, with what its words must contain in both languages."""

    kind: Kind
    data: Data
    actor: Actor = PLATFORM
    facts: tuple[str, ...] = ()
    field: str | None = None
    submission: Idempotency | None = None
    signature: str | None = None


Case: TypeAlias = Callable[[World], Said]


class Cases(Generic[World]):
    """Cases by the code of the rule that each breaks."""

    def __init__(self) -> None:
        self._cases: list[tuple[str, Case[World]]] = []

    def breaks(self, code: str) -> Callable[[Case[World]], Case[World]]:
        """Marks a case that breaks the rule ``code``."""

        def keep(case: Case[World]) -> Case[World]:
            self._cases.append((code, case))
            return case

        return keep

    @property
    def codes(self) -> set[str]:
        """The rules that are broken."""
        return {code for code, _ in self._cases}

    @property
    def params(self) -> list[Any]:
        """For ``parametrize(("code", "case"), …)``."""
        return [pytest.param(code, case, id=case.__name__) for code, case in self._cases]


def demand_refused(history: History, code: str, said: Said) -> Refusal:
    """It is refused by that rule, blames that field, and says all that its reader needs."""
    refusal = history.refused(said.kind, said.data, said.actor, said.submission, said.signature)
    assert (refusal.code, refusal.field) == (code, said.field)
    for language in LANGUAGES:
        words = explain(refusal, language)
        missing = [fact for fact in said.facts if fact not in words.detail]
        assert not missing, f"{words.detail} does not tell {missing}"
        assert words.title
        assert words.remedy
    return refusal


@dataclass(frozen=True)
class Boundary:
    """``wrong`` breaks the rule, ``right`` keeps it by as little as can be. ``field`` is to blame."""

    kind: Kind
    wrong: Data
    right: Data
    field: str
    by: str = "qingdao"
    right_by: str | None = None


class Boundaries(Generic[World]):
    """Both sides of each rule's boundary, by its code and what is tried."""

    def __init__(self) -> None:
        self._cases: list[tuple[str, str, Callable[[World], Boundary]]] = []

    def case(
        self, code: str, what: str
    ) -> Callable[[Callable[[World], Boundary]], Callable[[World], Boundary]]:
        """Marks what makes a boundary of the rule ``code``."""

        def add(made: Callable[[World], Boundary]) -> Callable[[World], Boundary]:
            self._cases.append((code, what, made))
            return made

        return add

    @property
    def codes(self) -> set[str]:
        """The rules whose boundaries are tried."""
        return {code for code, _, _ in self._cases}

    @property
    def params(self) -> list[Any]:
        """For ``parametrize(("code", "made"), …)``."""
        return [pytest.param(code, made, id=f"{code} {what}") for code, what, made in self._cases]

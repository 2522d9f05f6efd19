"""How times that stand in the ledger are put before a person."""

from __future__ import annotations

import pytest

from schema.clock import as_read
from schema.problems import Problem, explain


@pytest.mark.parametrize(
    ("said", "read"),
    [
        ("2026-11-22T15:38+08:00", "2026-11-22 15:38"),
        ("2026-11-22T23:59Z", "2026-11-23 07:59"),
        ("2026-11-22T07:37:05.214307Z", "2026-11-22 15:37:05"),
        ("2026-11-22", "2026-11-22"),
        ("2026-11-22T15:38", "2026-11-22T15:38"),
        ("2026-02-30T15:38Z", "2026-02-30T15:38Z"),
        ("9999-12-31T23:59Z", "9999-12-31T23:59Z"),
        ("NA-77 2026-11-22T23:59Z", "NA-77 2026-11-22T23:59Z"),
    ],
)
def test_a_time_is_read_on_chinas_clock_as_precise_as_it_was_said(said: str, read: str) -> None:
    assert as_read(said) == read


def test_a_problem_tells_times_as_people_read_them() -> None:
    problem = Problem(
        "gate.sampled-before-arrival",
        certificate="x/1",
        sampled="2026-11-22T05:39:00.5Z",
        arrived="2026-11-22T15:38+08:00",
    )
    assert "2026-11-22 13:39:00" in explain(problem).detail
    assert "2026-11-22 15:38" in explain(problem, "zh").detail

"""What a session of tests says in the end: which skips are failures, and which outside verifiers ran."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from tests.conftest import CANNOT_BE_HAD, NOT_RUN, VERIFIER, tell_verifiers, unwanted_skips


class Terminal:
    """A terminal reporter as far as the end of a session needs it."""

    def __init__(self, **stats: list[Any]) -> None:
        self.stats = stats
        self.lines: list[str] = []

    def section(self, title: str) -> None:
        """A heading."""
        self.lines.append(title)

    def write_line(self, line: str) -> None:
        """A line."""
        self.lines.append(line)


def skipped(reason: str) -> SimpleNamespace:
    return SimpleNamespace(longrepr=("tests/conformance/test_it.py", 7, f"Skipped: {reason}"))


def passed(tool: str, what: str) -> SimpleNamespace:
    return SimpleNamespace(user_properties=[(VERIFIER, [tool, what])])


@pytest.mark.parametrize(
    ("reason", "counts"),
    [
        (f"{NOT_RUN}, {CANNOT_BE_HAD}: fsck needs Go", False),
        ("no vectors at ../shared/conformance/merkle nor CONFORMANCE_DIR", False),
        (f"{NOT_RUN}, could not be installed: fsck", True),
        ("no Chromium", True),
    ],
)
def test_a_skip_counts_as_failed_unless_what_it_wants_cannot_be_had(reason: str, counts: bool) -> None:
    terminal = Terminal(skipped=[skipped(reason)])
    strict = SimpleNamespace(getoption=lambda _name: True)
    assert len(unwanted_skips(terminal, strict)) == counts
    lenient = SimpleNamespace(getoption=lambda _name: False)
    assert unwanted_skips(terminal, lenient) == []


def test_each_verifier_is_told_on_a_line_with_what_it_checked() -> None:
    terminal = Terminal(
        passed=[passed("b 2", "an entry"), passed("a 1", "all"), passed("b 2", "an entry")],
        skipped=[skipped(f"{NOT_RUN}, {CANNOT_BE_HAD}: c needs Go"), skipped("no Chromium")],
    )
    tell_verifiers(terminal)
    assert terminal.lines == [
        "outside verifiers",
        "a 1: all",
        "b 2: an entry (2 times)",
        f"{NOT_RUN}, {CANNOT_BE_HAD}: c needs Go",
    ]


def test_where_none_is_asked_nothing_is_told() -> None:
    terminal = Terminal(passed=[SimpleNamespace(user_properties=[])], skipped=[skipped("no Chromium")])
    tell_verifiers(terminal)
    assert terminal.lines == []

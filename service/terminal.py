"""What commands tell whoever runs them: how far they are, and what they found."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

from schema.problems import Problem
from service.ledger.audit import Report

SHOWN = 50
"""Findings printed in full; the rest are counted."""

Progress = Callable[[int, int], None]
"""Called with how many are done, of how many."""

_EVERY_SECONDS = 0.5


def progress() -> Progress:
    """A line on a terminal that tells how far it is; silent where nobody watches."""
    shown = time.monotonic()

    def show(done: int, total: int) -> None:
        nonlocal shown
        if sys.stderr.isatty() and time.monotonic() - shown > _EVERY_SECONDS:
            shown = time.monotonic()
            sys.stderr.write(f"\r{done:,} of {total:,} entries")

    return show


def demand_consent(question: str, *, given: bool) -> None:
    """Ask whoever runs a command that cannot be undone. Raises Problem ``command.unconfirmed``.

    ``given``: it was said on the command line. Where nobody is there to be asked, nothing is done.
    """
    if given:
        return
    if not sys.stdin.isatty():
        raise Problem("command.unconfirmed")
    sys.stdout.write(f"{question}\nyes? ")
    sys.stdout.flush()
    if sys.stdin.readline().strip().lower() not in {"yes", "是"}:
        raise Problem("command.unconfirmed")


def print_report(report: Report, good: str) -> int:
    """Say what was found; the exit code: 0 where nothing was."""
    for finding in report.findings[:SHOWN]:
        sys.stdout.write(f"BAD  {finding}\n")
    if report.findings[SHOWN:]:
        sys.stdout.write(f"BAD  and {len(report.findings) - SHOWN} more\n")
    if not report.findings:
        sys.stdout.write(f"good {good}\n")
    return 1 if report.findings else 0

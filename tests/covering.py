"""A pytest plugin for tests/mutants.py: which test runs which lines, and how long it takes.

``COVERING_DATA`` names the file of coverage data to write; each test is a context of it. Beside it,
``.seconds`` holds a line ``seconds<TAB>test`` each.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter

import coverage
import pytest


class Covering:
    """Switches the context from test to test."""

    def __init__(self, data: Path) -> None:
        self._seconds = data.with_suffix(".seconds")
        self._coverage = coverage.Coverage(data_file=str(data), source=["service"], config_file=False)
        self._coverage.start()

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        """One test, its fixtures included."""
        self._coverage.switch_context(item.nodeid)
        began = perf_counter()
        yield
        with self._seconds.open("a", encoding="utf-8") as file:
            file.write(f"{perf_counter() - began:.4f}\t{item.nodeid}\n")

    def pytest_unconfigure(self) -> None:
        """After the last test."""
        self._coverage.stop()
        self._coverage.save()


def pytest_configure(config: pytest.Config) -> None:
    """Called by pytest where the plugin is named with ``-p``."""
    config.pluginmanager.register(Covering(Path(os.environ["COVERING_DATA"])))

"""What every room's tests share: a real PostgreSQL, and a fresh database for each test that asks for one."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from typing import Any, TypeVar

import asyncpg
import pytest
from hypothesis import settings

from service.storage import EmbeddedPostgres, prepare

pytest_plugins = ["tests.seventy"]

Result = TypeVar("Result")
CANNOT_BE_HAD = "cannot be had on this machine"
EXCUSES = ("shared/conformance", CANNOT_BE_HAD)
"""Reasons to skip a test that are no failure where everything else must run."""

VERIFIER = "outside verifier"
"""The property of a test's report that names the tool that judged in it, and what it checked."""

NOT_RUN = "outside verifier did not run"
TEMPLATE = "coldledger_template"
_numbers = count(1)

# Laws are tested for truth, not for time: a shared machine may be slow for a moment.
settings.register_profile("laws", deadline=None)
settings.load_profile("laws")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Where everything that tests need is installed, a skipped test is a failure."""
    parser.addoption(
        "--no-skips",
        action="store_true",
        help="a skipped test counts as failed, unless what it wants cannot be had here",
    )


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Say what outside verifiers checked; name what was skipped and should not have been."""
    tell_verifiers(terminalreporter)
    for report in unwanted_skips(terminalreporter, config):
        terminalreporter.write_line(f"SKIPPED, which counts as failed: {report.nodeid}", red=True)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail the run where something was skipped that should not have been."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if reporter is not None and unwanted_skips(reporter, session.config) and session.exitstatus == 0:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def unwanted_skips(reporter: Any, config: Any) -> list[Any]:
    """Where every test must run: those that were skipped though what they want could be had."""
    if not config.getoption("--no-skips"):
        return []
    skipped = reporter.stats.get("skipped", [])
    return [report for report in skipped if not any(excuse in _reason(report) for excuse in EXCUSES)]


def _reason(report: Any) -> str:
    """Why a test was skipped, without where."""
    return str(report.longrepr[-1] if isinstance(report.longrepr, tuple) else report.longrepr)


def tell_verifiers(reporter: Any) -> None:
    """One line a tool that nobody here wrote: its version, and what it checked in tests that passed."""
    passed: dict[str, Counter[str]] = {}
    for report in reporter.stats.get("passed", []):
        for tool, what in (value for name, value in report.user_properties if name == VERIFIER):
            passed.setdefault(tool, Counter())[what] += 1
    missing = {_reason(report) for report in reporter.stats.get("skipped", []) if NOT_RUN in _reason(report)}
    if passed or missing:
        reporter.section("outside verifiers")
    for tool, checked in sorted(passed.items()):
        told = (what if times == 1 else f"{what} ({times} times)" for what, times in checked.items())
        reporter.write_line(f"{tool}: {', '.join(told)}")
    for reason in sorted(missing):
        reporter.write_line(reason.removeprefix("Skipped: "))


def complete(work: Callable[[], Coroutine[Any, Any, Result]]) -> Result:
    """Run ``work`` to its end on a loop of its own, whatever loop the test has."""
    with ThreadPoolExecutor(max_workers=1) as thread:
        return thread.submit(lambda: asyncio.run(work())).result()


async def _execute(url: str, *statements: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        for statement in statements:
            await connection.execute(statement)
    finally:
        await connection.close()


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedPostgres]:
    """One running PostgreSQL for the session (for each worker under xdist)."""
    with EmbeddedPostgres(tmp_path_factory.mktemp("postgres")) as server:
        yield server


@pytest.fixture(scope="session")
def template(postgres: EmbeddedPostgres) -> str:
    """The name of a migrated database that nothing is connected to, to be copied."""
    complete(lambda: _execute(postgres.url(), f"CREATE DATABASE {TEMPLATE}"))
    complete(lambda: prepare(postgres.url(TEMPLATE)))
    return TEMPLATE


@pytest.fixture
def empty_database(postgres: EmbeddedPostgres) -> Iterator[str]:
    """The URL of a fresh database without migrations, dropped after the test."""
    yield from fresh_copy(postgres, "template0")


@pytest.fixture
def database(postgres: EmbeddedPostgres, template: str) -> Iterator[str]:
    """The URL of a fresh, migrated database of this test's own, dropped afterwards (about 50 ms in all).

    Its user is a superuser. To act as the product does, open pools with a role::

        async def test_append(database: str) -> None:
            async with await open_pool(database, "coldledger_writer", 2) as pool:
                await pool.execute(...)

    ``open_database(database)`` gives both pools, as the service has them. The fixture needs no loop, so plain
    tests may use it too. Whatever is still connected in the end is cut off. Who needs two databases requests
    ``another_database`` as well.
    """
    yield from fresh_copy(postgres, template)


@pytest.fixture
def another_database(postgres: EmbeddedPostgres, template: str) -> Iterator[str]:
    """A second one like ``database``."""
    yield from fresh_copy(postgres, template)


def fresh_copy(postgres: EmbeddedPostgres, source: str) -> Iterator[str]:
    """The URL of a copy of the database ``source``, to which nothing is connected; dropped afterwards."""
    name = f"test_{next(_numbers)}"
    complete(lambda: _execute(postgres.url(), f"CREATE DATABASE {name} TEMPLATE {source}"))
    try:
        yield postgres.url(name)
    finally:
        complete(lambda: _execute(postgres.url(), f"DROP DATABASE {name} WITH (FORCE)"))

"""What aiohttp says of requests is kept in the log without what was in them."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest

from service.logs import set_up

LOG = logging.getLogger("aiohttp.server")
SENT = "Bearer cl_7_secret"


@pytest.fixture
def own_log() -> Iterator[None]:
    """A log that the test may set up; afterwards it is as it was."""
    root = logging.getLogger()
    handlers, level, filters = root.handlers[:], root.level, LOG.filters[:]
    root.handlers[:] = []
    yield
    root.handlers[:], LOG.filters[:] = handlers, filters
    root.setLevel(level)


@pytest.mark.usefixtures("own_log")
def test_a_fault_is_told_by_its_kind_and_place(capfd: pytest.CaptureFixture[str]) -> None:
    set_up()
    try:
        int(SENT)
    except ValueError as error:
        LOG.exception("Error handling request from %s", "192.0.2.7", exc_info=error)
    LOG.error("Missing return statement on request handler")
    told = capfd.readouterr().err
    assert "ERROR aiohttp.server ValueError" in told
    assert "test_logs.py" in told
    assert "Missing return statement" in told
    assert SENT not in told
    assert "192.0.2.7" not in told

"""The product as it is used: a process started on the command line, reached over HTTP on this machine."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.acceptance import hands
from tests.acceptance.running import Service, serving

OPERATOR = {
    "--operator-uscc": "91210100MA17366650",
    "--operator-region": "210100",
    "--operator-name": "示例追溯平台",
    "--public-host": "trace.example.com",
}


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """An empty ledger with its platform's first manager, served until the module's tests are done."""
    options = [word for pair in OPERATOR.items() for word in pair]
    with serving(tmp_path_factory.mktemp("service") / "data", *options) as running:
        yield running


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """The machine's own Chromium, without a window."""
    with hands.chromium() as browser:
        yield browser

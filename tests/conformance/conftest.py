"""What the tests with outside verifiers share."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.conformance.claims import Claims, claims_of
from tests.conformance.foreign import Tool
from tests.conftest import VERIFIER
from tests.seventy import SIZES, Served

POSITIONS = (0, 1, 255, 256, 4_711, 65_535, 65_536, 69_887, 69_888, SIZES[-1] - 1)
"""On either side of where tiles of both levels end, in full tiles and in partial ones."""

Checked = Callable[[Tool, str], None]


@pytest.fixture
def checked(record_property: Callable[[str, object], None]) -> Checked:
    """Notes what a tool checked, for the end of the session; it counts where the test passes."""

    def note(tool: Tool, what: str) -> None:
        record_property(VERIFIER, [f"{tool.name} {tool.version}", what])

    return note


@pytest.fixture(scope="session")
def claims(seventy: Served) -> Claims:
    """The newest checkpoint of the ledger, entries of it, and its growth from each older checkpoint."""
    return claims_of(seventy, POSITIONS)

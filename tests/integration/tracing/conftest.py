"""A database of the test's own, and the yard's question put to it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from service.storage import open_pool


@pytest.fixture
async def conn(database: str) -> AsyncIterator[Any]:
    """A superuser's connection."""
    pool = await open_pool(database, None, 1)
    async with pool, pool.acquire() as connection:
        yield connection

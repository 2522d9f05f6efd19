"""The ledger as a command writes to it, beside a running service or without one."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from service.commands.database import database_url
from service.founding import found
from service.ledger import Ledger
from service.registry import make_registry
from service.settings import Settings
from service.storage import Database, open_database
from service.trust import open_signer


@dataclass(frozen=True, slots=True)
class Desk:
    """A ledger that may be written, and its database."""

    database: Database
    ledger: Ledger


@asynccontextmanager
async def open_desk(settings: Settings) -> AsyncIterator[Desk]:
    """The ledger, after all that a start of the service checks, so that a fenced one takes nothing.

    Raises Problem as a start does.
    """
    async with database_url(settings) as url:
        founded = await found(settings, url)
        signer = open_signer(settings, founded.origin)
        async with open_database(url, writers=1, readers=1) as database:
            ledger = Ledger(database.writer, make_registry(), signer)
            try:
                yield Desk(database, ledger)
            finally:
                await ledger.close()

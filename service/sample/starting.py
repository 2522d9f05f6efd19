"""What ``coldledger serve --sample-data`` does: a ledger of its own, loaded once all workers listen."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Sequence
from dataclasses import replace

import asyncpg
from aiohttp import ClientError

from schema.problems import Problem
from service.commands.database import database_url
from service.founding import SAMPLE_USCC
from service.parties.credentials import Credentials
from service.sample.client import RefusedError
from service.sample.loading import load
from service.settings import Settings
from service.storage import open_pool, query

LOGIN = "platform"
NOTE = "sample.json"


def sample_settings(settings: Settings) -> Settings:
    """The settings with the sample's own operator. Raises Problem ``sample.not-local``."""
    if not settings.loopback:
        raise Problem("sample.not-local", host=settings.host)
    return replace(settings, operator=None)


async def load_sample(settings: Settings, base_url: str, password: str | None) -> Sequence[str]:
    """Load what is missing and tell what to print.

    ``password`` is the platform manager's, where this start made it. Raises Problem ``sample.…``.
    """
    async with database_url(settings) as url, await open_pool(url, "coldledger_writer", 2) as pool:
        await _demand_sample(settings, pool)
        new_password = Credentials(pool).logins.reset_password
        try:
            guide = await load(base_url, settings.data / NOTE, LOGIN, password, new_password)
        except (RefusedError, ClientError) as error:
            raise Problem("sample.stopped", cause=str(error)) from error
    command = [sys.argv[0], "password", "--data", str(settings.data)]
    return [*guide.lines(base_url, shlex.join(command))]


async def _demand_sample(settings: Settings, pool: asyncpg.Pool[asyncpg.Record]) -> None:
    """A ledger can give nothing back, so a real one gets no sample, and its manager no new password."""
    if not await pool.fetch(query("parties/uscc.load"), [SAMPLE_USCC]):
        raise Problem("sample.other-ledger", data=str(settings.data))

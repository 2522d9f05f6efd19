"""A ledger of a few dozen entries, and what befalls it: backups put back, keys lost, rows changed.

::

    house.say(3)
    with house.backup() as older:
        house.say(5)
        house.publish()
    older.command("complete", "--from", …)
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, replace
from io import StringIO
from itertools import count
from pathlib import Path
from shutil import copyfile
from typing import Any
from urllib.parse import urlsplit

import pytest
from aiohttp import ClientSession, web
from aiohttp.test_utils import TestServer

from schema.problems import LANGUAGES, Problem, explain
from service.__main__ import main
from service.app import make_app
from service.founding import found
from service.http.keys import VERIFIERS
from service.ledger import Ledger, Proposal, chain, store
from service.ledger.segments import Sealed, write_segment
from service.ledger.store import Record
from service.parties import ISSUE_TOKEN, REGISTER_ORGANISATION, REGISTER_USER
from service.parties.credentials.tokens import new_token
from service.parties.identity import HERE, IDENTITY, Identity
from service.publishing.keys import LOG
from service.publishing.notes import is_signed_by
from service.registry import make_registry
from service.settings import Settings
from service.storage import EmbeddedPostgres, open_pool
from service.trust import open_signer, open_signers
from tests.conftest import complete, fresh_copy
from tests.history import History
from tests.retold import SIGNER, retold
from tests.settlement import SEALED, Settlement, uscc

PATIENCE_SECONDS = 30
_numbers = count(500)


@dataclass(frozen=True)
class House:
    """Where the ledger is; ``token`` is an auditor's."""

    postgres: EmbeddedPostgres
    database: str
    folder: Path
    token: str

    @property
    def settings(self) -> Settings:
        return Settings(data=self.folder / "data", trust=self.folder / "trust", database=self.database)

    def command(self, *words: str | Path) -> tuple[int, str, str]:
        """A command of the product on it: exit status, what it printed, what it complained of."""
        here = ("--data", self.settings.data, "--trust", self.settings.trust, "--database", self.database)
        told, complained = StringIO(), StringIO()
        with redirect_stdout(told), redirect_stderr(complained):
            status = main([*map(str, (*words, *here))])
        return status, told.getvalue(), complained.getvalue()

    def good(self, *words: str | Path) -> str:
        """What a command printed that must end well."""
        status, told, complained = self.command(*words)
        assert status == 0, told + complained
        return told

    def sound(self) -> None:
        """Everything about the ledger agrees with everything."""
        self.good("verify", "--rules")
        self.good("rebuild", "--check")

    @asynccontextmanager
    async def served(self, *witnesses: str) -> AsyncIterator[tuple[str, web.Application]]:
        """As ``coldledger serve`` has it, once all is published: its URL, and the application."""
        settings = replace(self.settings, witnesses=witnesses)
        await found(settings, self.database)
        app = await make_app(settings, self.database, *open_signers(settings, ""), writers=2)
        async with TestServer(app) as server:
            await self._published(app)
            yield str(server.make_url("")).rstrip("/"), app

    async def _published(self, app: web.Application) -> None:
        size = (await self._head()).size
        until = time.monotonic() + PATIENCE_SECONDS
        while not self._tells(app, size):
            assert time.monotonic() < until, "nothing is published"
            await asyncio.sleep(0.02)

    def _tells(self, app: web.Application, size: int) -> bool:
        if not self.settings.published_file.exists():
            return False
        note = app[LOG].published()
        return note.size >= size and is_signed_by(note.text, app[VERIFIERS])

    def publish(self, *witnesses: str) -> str:
        """Serve until all is published; the published note."""

        async def serve() -> str:
            async with self.served(*witnesses) as (_, app):
                note: str = app[LOG].published().text
                return note

        return complete(serve)

    def get(self, path: str) -> bytes:
        """What it serves there."""

        async def ask() -> bytes:
            async with (
                self.served() as (url, _),
                ClientSession() as session,
                session.get(url + path) as answer,
            ):
                assert answer.status == 200
                return await answer.read()

        return complete(ask)

    def say(self, count: int) -> None:
        """Register so many organisations, and for the last one a person and a token."""

        async def tell(ledger: Ledger) -> None:
            for _ in range(count - 2):
                data = {
                    "uscc": uscc(next(_numbers)),
                    "name": "某公司",
                    "roles": ["carrier"],
                    "region": "210100",
                }
                said = await ledger.append(Proposal(REGISTER_ORGANISATION, PLATFORM_MANAGER, data))
                organisation = said.statement.outcome["organisation"]
            person = {"organisation": organisation, "role": "manager", "name": SEALED}
            await ledger.append(Proposal(REGISTER_USER, PLATFORM_MANAGER, person))
            asides, _ = new_token()
            scopes = {"scopes": ["goods:read"]}
            await ledger.append(Proposal(ISSUE_TOKEN, PLATFORM_MANAGER, scopes, asides=asides))

        self._append(tell)

    def _append(self, tell: Any) -> None:
        async def act() -> None:
            async with await open_pool(self.database, "coldledger_writer", 1) as pool:
                ledger = Ledger(pool, make_registry(), open_signer(self.settings, ""))
                await tell(ledger)
                await ledger.close()

        complete(act)

    @contextmanager
    def backup(self) -> Iterator[House]:
        """The database as it is now, to be put back later; data and trust folders stay as they become."""
        copy = contextmanager(fresh_copy)
        with copy(self.postgres, urlsplit(self.database).path.removeprefix("/")) as url:
            yield replace(self, database=url)

    def copy(self, folder: Path, size: int | None = None) -> Path:
        """An auditor's copy of the first entries, with the newest published checkpoint; where it is."""
        records = self.records()[:size]
        sealed = [Sealed(r.position, r.nonce, r.statement, r.entry, r.leaf) for r in records]
        write_segment(folder / "segments", sealed, chain.GENESIS, records[-1].chain)
        if self.settings.published_file.exists():
            copyfile(self.settings.published_file, folder / "checkpoint")
        return folder

    def refused(self) -> Problem:
        """Why a start is refused, in both languages."""
        with pytest.raises(Problem) as caught:
            complete(lambda: found(self.settings, self.database))
        for language in LANGUAGES:
            assert "{" not in explain(caught.value, language).detail
        return caught.value

    async def _head(self) -> store.Head:
        async with await open_pool(self.database, "coldledger_reader", 1) as pool, pool.acquire() as conn:
            return await store.head(conn)

    @property
    def size(self) -> int:
        """How many entries the database has."""
        return complete(self._head).size

    def records(self) -> list[Record]:
        """Every entry of the database."""

        async def read() -> list[Record]:
            async with await open_pool(self.database, "coldledger_reader", 1) as pool, pool.acquire() as conn:
                return [record async for record in store.records(conn)]

        return complete(read)

    def identity(self) -> Identity:
        """The row of its names and keys."""

        async def read() -> Identity:
            async with await open_pool(self.database, "coldledger_reader", 1) as pool, pool.acquire() as conn:
                row = await store.row(conn, IDENTITY, HERE)
            assert row is not None
            return row

        return complete(read)

    def tampered(self, act: Any) -> None:
        """Do something with a superuser's connection."""

        async def do() -> None:
            async with await open_pool(self.database, None, 1) as pool, pool.acquire() as conn:
                await act(conn)

        complete(do)


def begin(postgres: EmbeddedPostgres, database: str, folder: Path) -> House:
    """Tell the first statements under a key that tests know."""
    town = Settlement(History())
    auditor = town.party("auditor", region="110000")
    house = House(postgres, database, folder, "")
    settings = house.settings
    settings.trust.mkdir(parents=True, mode=0o700)
    settings.key_file.write_text(SIGNER.skey + "\n", encoding="ascii")

    async def tell() -> str:
        async with retold(database, town.history) as ledger:
            asides, once = new_token()
            scopes = {"scopes": ["goods:read"]}
            await ledger.append(Proposal(ISSUE_TOKEN, auditor.manager, scopes, asides=asides))
            return str(once["secret"])

    return replace(house, token=complete(tell))


PLATFORM_MANAGER = Settlement(History()).platform.manager

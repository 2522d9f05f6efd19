"""A wire between asyncpg and PostgreSQL that breaks, or waits, at a chosen statement.

::

    async with Wire.to(database_url) as wire:
        async with ledger_on(wire.url) as ledger:
            fault = wire.at("COMMIT", Moment.AFTER)
            await ledger.append(proposal)   # committed, and the answer never comes
            assert fault.struck

It stands between two Unix sockets and reads PostgreSQL's protocol as far as to tell statements apart. A fault
strikes once, at the first statement that has its words in it. ``act`` runs at that moment: whoever is killed
is killed then.
"""

from __future__ import annotations

import asyncio
import shutil
import struct
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Self
from urllib.parse import parse_qs, quote, urlsplit

SOCKET = ".s.PGSQL.5432"
Act = Callable[[], Awaitable[None]]
_LENGTH = struct.Struct(">I")


class Moment(Enum):
    """When a fault strikes a statement."""

    BEFORE = "before the database has it"
    DURING = "while the database works on it"  # statements without parameters: COMMIT
    AFTER = "when the database has answered, before the client knows"


async def _nothing() -> None:
    pass


@dataclass
class Fault:
    """One fault: at which statement, when, what happens, and whether the connection breaks then."""

    words: str
    moment: Moment
    act: Act = _nothing
    breaks: bool = True
    struck: bool = False


@dataclass
class _Link:
    """One connection: what asyncpg prepared on it, and the fault that waits for an answer."""

    client: asyncio.StreamWriter
    server: asyncio.StreamWriter
    prepared: dict[bytes, str] = field(default_factory=dict)
    awaited: Fault | None = None

    def cut(self) -> None:
        for writer in (self.client, self.server):
            writer.transport.abort()


class Wire:
    """``url`` leads through it. ``statements`` are those that came, in order."""

    def __init__(self, url: str, folder: Path, unlocked: bool) -> None:
        parts = urlsplit(url)
        self._server = Path(parse_qs(parts.query)["host"][0]) / SOCKET
        self._folder = folder
        self._unlocked = unlocked
        self._faults: list[Fault] = []
        self._links: set[asyncio.Task[None]] = set()
        self._open: list[_Link] = []
        self.statements: list[str] = []
        self.url = parts._replace(query=f"host={quote(str(folder), safe='')}").geturl()

    @classmethod
    @asynccontextmanager
    async def to(cls, url: str, *, unlocked: bool = False) -> AsyncIterator[Self]:
        """A wire to the database at ``url``. ``unlocked``: it takes the lock out of ``… FOR UPDATE``."""
        # A socket's address has room for a hundred characters.
        folder = Path(tempfile.mkdtemp(prefix="wire-"))
        wire = cls(url, folder, unlocked)
        listening = await asyncio.start_unix_server(wire._serve, folder / SOCKET)
        try:
            yield wire
        finally:
            listening.close()
            for link in wire._links:
                link.cancel()
            await asyncio.gather(*wire._links, return_exceptions=True)
            shutil.rmtree(folder)

    def at(self, words: str, moment: Moment, act: Act = _nothing, *, breaks: bool = True) -> Fault:
        """Something happens at the next statement that has these words."""
        fault = Fault(words, moment, act, breaks)
        self._faults.append(fault)
        return fault

    def give_up(self) -> None:
        """The server says on every connection that it ends, and does not hang up yet."""
        fields = b"SFATAL\0VFATAL\0C57P01\0Mterminating connection due to unexpected postmaster exit\0\0"
        for link in self._open:
            link.client.write(b"E" + _LENGTH.pack(len(fields) + 4) + fields)

    def hang_up(self) -> None:
        """All connections break."""
        for link in self._open:
            link.cut()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._links.add(task)
        try:
            from_server, to_server = await asyncio.open_unix_connection(self._server)
        except OSError:
            writer.transport.abort()
            self._links.discard(task)
            return
        link = _Link(writer, to_server)
        self._open.append(link)
        back = asyncio.create_task(self._answers(link, from_server))
        try:
            with suppress(asyncio.IncompleteReadError, OSError):
                await self._questions(link, reader)
        finally:
            link.cut()
            self._open.remove(link)
            self._links.discard(task)
            back.cancel()
            await asyncio.gather(back, return_exceptions=True)

    async def _questions(self, link: _Link, reader: asyncio.StreamReader) -> None:
        head = await reader.readexactly(4)
        link.server.write(head + await reader.readexactly(_LENGTH.unpack(head)[0] - 4))
        while True:
            kind, body = await _message(reader)
            text = self._statement(link, kind, body)
            if text is not None and await self._strike(link, text):
                return
            if self._unlocked and kind == b"P":
                body = body.replace(b"FOR UPDATE", b"          ")
            link.server.write(kind + _LENGTH.pack(len(body) + 4) + body)
            if text is not None and self._is_during(link):
                await link.server.drain()
                return

    def _statement(self, link: _Link, kind: bytes, body: bytes) -> str | None:
        """The statement that this message asks to be executed, if it does."""
        text = None
        if kind == b"Q":
            text = body.rstrip(b"\0").decode()
        elif kind == b"P":
            name, said, _ = body.split(b"\0", 2)
            link.prepared[name] = said.decode()
        elif kind == b"B":
            text = link.prepared[body.split(b"\0", 2)[1]]
        if text is not None:
            self.statements.append(text)
        return text

    async def _strike(self, link: _Link, text: str) -> bool:
        """Whether the connection breaks here; a fault for later is noted on the link."""
        fault = next((each for each in self._faults if each.words in text), None)
        if fault is None:
            return False
        self._faults.remove(fault)
        if fault.moment is not Moment.BEFORE:
            link.awaited = fault
            return False
        fault.struck = True
        await fault.act()
        return fault.breaks

    def _is_during(self, link: _Link) -> bool:
        fault = link.awaited
        if fault is None or fault.moment is not Moment.DURING:
            return False
        fault.struck = True
        return True

    async def _answers(self, link: _Link, reader: asyncio.StreamReader) -> None:
        with suppress(asyncio.IncompleteReadError, OSError):
            while True:
                kind, body = await _message(reader)
                fault = link.awaited
                if fault is None:
                    link.client.write(kind + _LENGTH.pack(len(body) + 4) + body)
                elif kind == b"Z":
                    # The database is done with it, and nothing of its answer was passed on.
                    fault.struck = True
                    await fault.act()
                    break
        link.cut()


async def _message(reader: asyncio.StreamReader) -> tuple[bytes, bytes]:
    head = await reader.readexactly(5)
    return head[:1], await reader.readexactly(_LENGTH.unpack(head[1:])[0] - 4)

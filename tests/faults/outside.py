"""A client outside the service that forgets nothing, and what it demands of the ledger afterwards.

It says statements under submission keys and repeats each until it is acknowledged, whatever becomes of the
service meanwhile. It keeps every acknowledgement, and compares them with what is published: that is judged by
a verifier that nobody here wrote (Go's ``sumdb/tlog``), over HTTP, with the public key alone.
"""

from __future__ import annotations

import asyncio
import json
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from random import Random
from typing import Any

import aiohttp

from service.ledger.checkpoint import open_checkpoint, open_promise
from service.ledger.note import Verifier
from tests.conformance.verifiers import sumdb

TOGETHER = 6
"""Statements that are under way at a time."""
PATIENCE_SECONDS = 120.0
PAUSE_SECONDS = 0.05
REPEATED = 5
"""Submissions of earlier cycles that are sent once more after each."""
_BUNDLE = 256
_AWAY = ("503", "connection refused", "connection reset", "EOF")


class LostError(Exception):
    """Something that was promised is not so."""


@dataclass(frozen=True)
class Saying:
    """What is said: where, and with which body."""

    path: str
    body: dict[str, Any]


@dataclass(frozen=True)
class Acknowledged:
    """What the client was told: position, leaf and the promise signed by the ledger."""

    position: int
    leaf: str
    promise: str


@dataclass
class Client:
    """``sayings`` are said by chance, each time under a key of its own."""

    url: str
    token: str
    vkey: str
    sayings: list[Saying]
    folder: Path
    chance: Random
    kept: dict[str, tuple[Saying, Acknowledged]] = field(default_factory=dict)
    size: int = 0
    _older: list[Path] = field(default_factory=list)

    async def speak(self, enough: asyncio.Event) -> None:
        """Say one after the other until it is enough, at least one each connection; all is acknowledged."""
        async with self._session() as session:
            await asyncio.gather(*(self._speak(session, enough) for _ in range(TOGETHER)))

    async def _speak(self, session: aiohttp.ClientSession, enough: asyncio.Event) -> None:
        while True:
            key = f"{self.chance.getrandbits(128):032x}"
            saying = self.chance.choice(self.sayings)
            self.kept[key] = saying, await self._acknowledged(session, key, saying)
            if enough.is_set():
                return

    async def _acknowledged(self, session: aiohttp.ClientSession, key: str, saying: Saying) -> Acknowledged:
        """Repeat a submission until it is answered with its position; any other answer is a failure."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while True:
                told = await self._ask(session, key, saying)
                if told is not None:
                    return Acknowledged(told["position"], told["leaf"], told["promise"])
                await asyncio.sleep(PAUSE_SECONDS)

    async def _ask(self, session: aiohttp.ClientSession, key: str, saying: Saying) -> dict[str, Any] | None:
        """The receipt; None where the service could not answer or said to come again."""
        try:
            status, told = await self._post(session, key, saying)
        except (aiohttp.ClientError, OSError, TimeoutError):
            return None
        if status == 503:
            return None
        if status != 201:
            raise LostError(f"{saying.path} is answered {status}: {told}")
        return told

    async def answer(self, session: aiohttp.ClientSession, key: str, saying: Saying) -> str:
        """What is answered when something is said once: the problem's code, 201, or no answer."""
        try:
            status, told = await self._post(session, key, saying)
        except (aiohttp.ClientError, OSError, TimeoutError):
            return "no answer"
        return str(told.get("code", status))

    async def _post(
        self, session: aiohttp.ClientSession, key: str, saying: Saying
    ) -> tuple[int, dict[str, Any]]:
        headers = {"Idempotency-Key": key, "Authorization": f"Bearer {self.token}"}
        async with session.post(self.url + saying.path, json=saying.body, headers=headers) as answer:
            return answer.status, json.loads(await answer.read())

    async def check(self) -> str:
        """Everything that was acknowledged is published as it was promised; what the verifier told of it.

        Raises LostError.
        """
        last = max(kept.position for _, kept in self.kept.values())
        async with self._session() as session:
            note = await self._published(session, last + 1)
            told = await self._judged()
            leaves = await self._leaves(session)
            await self._repeat(session)
        self._compare(leaves)
        self._keep(note)
        return told

    async def _fetched(self, session: aiohttp.ClientSession, path: str) -> bytes:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while True:
                found = await self._got(session, path)
                if found is not None:
                    return found
                await asyncio.sleep(PAUSE_SECONDS)

    async def _published(self, session: aiohttp.ClientSession, size: int) -> bytes:
        """The checkpoint, once it covers so much. It never went back."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while True:
                note = await self._fetched(session, "/checkpoint")
                found = open_checkpoint(note, Verifier.parse(self.vkey)).size
                if found < self.size:
                    raise LostError(f"the checkpoint went back from {self.size} to {found}")
                if found >= size:
                    self.size = found
                    return note
                await asyncio.sleep(PAUSE_SECONDS)

    async def _got(self, session: aiohttp.ClientSession, path: str) -> bytes | None:
        try:
            async with session.get(self.url + path) as answer:
                return await answer.read() if answer.status == 200 else None
        except (aiohttp.ClientError, OSError, TimeoutError):
            return None

    async def _judged(self) -> str:
        """What Go's own verifier tells of the whole ledger. Raises LostError where it does not take it."""
        key = self.folder / "verifier.key"
        key.write_text(self.vkey, encoding="ascii")
        words = ("follow", "-key", key, "-records", "20", self.url, *self._older)
        async with asyncio.timeout(PATIENCE_SECONDS):
            while True:
                done = await asyncio.to_thread(sumdb().run, *words)
                if done.returncode == 0:
                    return done.stdout.strip()
                # What was killed may still be falling: then nothing can be fetched, and nothing is judged.
                if not any(away in done.stderr for away in _AWAY):
                    raise LostError(f"the verifier refuses the ledger: {done.stderr}")
                await asyncio.sleep(PAUSE_SECONDS)

    async def _leaves(self, session: aiohttp.ClientSession) -> list[str]:
        """The leaf of every published entry, computed from the bundles."""
        leaves: list[str] = []
        for start in range(0, self.size, _BUNDLE):
            width = min(_BUNDLE, self.size - start)
            path = f"/tile/entries/{_numbered(start // _BUNDLE)}" + (f".p/{width}" if width < _BUNDLE else "")
            bundle = await self._fetched(session, path)
            leaves += (sha256(b"\0" + entry).hexdigest() for entry in _split(bundle))
        return leaves

    async def _repeat(self, session: aiohttp.ClientSession) -> None:
        """A submission that is sent again is answered as it was the first time."""
        for key in self.chance.sample(sorted(self.kept), min(REPEATED, len(self.kept))):
            saying, first = self.kept[key]
            again = await self._acknowledged(session, key, saying)
            if (again.position, again.leaf) != (first.position, first.leaf):
                raise LostError(f"recorded at {first.position}, and again at {again.position}")

    def _compare(self, leaves: list[str]) -> None:
        """Every acknowledgement, and its promise, against the published tree."""
        if len(leaves) != self.size:
            raise LostError(f"{len(leaves)} entries are served, the checkpoint has {self.size}")
        verifier = Verifier.parse(self.vkey)
        positions = {kept.position for _, kept in self.kept.values()}
        if len(positions) != len(self.kept):
            raise LostError("two submissions were acknowledged with one position")
        for _, kept in self.kept.values():
            promise = open_promise(kept.promise, verifier)
            if (promise.position, promise.leaf.hex()) != (kept.position, kept.leaf):
                raise LostError(f"the promise of position {kept.position} is of another statement")
            if leaves[kept.position] != kept.leaf:
                raise LostError(f"position {kept.position} was acknowledged and is another entry")

    def _keep(self, note: bytes) -> None:
        """The checkpoint, so that the next one must extend it."""
        path = self.folder / f"checkpoint-{self.size}"
        path.write_bytes(note)
        self._older = [*self._older[-2:], path]

    def _session(self) -> aiohttp.ClientSession:
        return aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=20))


def _numbered(index: int) -> str:
    """A tile's number as C2SP writes it."""
    text = f"{index % 1000:03d}"
    while index >= 1000:
        index //= 1000
        text = f"x{index % 1000:03d}/{text}"
    return text


def _split(bundle: bytes) -> Iterator[bytes]:
    place = 0
    while place < len(bundle):
        (length,) = struct.unpack_from(">H", bundle, place)
        yield bundle[place + 2 : place + 2 + length]
        place += 2 + length

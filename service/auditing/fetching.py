"""Fetches what a ledger serves, patiently and in bounds. Nothing that it returns is checked yet."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Self
from urllib.parse import urlsplit

import aiohttp
import orjson

from schema.problems import Problem
from service.auditing.alarms import Alarm, AlarmError
from service.ledger.chain import HASH_BYTES
from service.ledger.note import MAX_NOTE_CHARS
from service.ledger.tiles import ENTRIES, WIDTH, Tile
from service.settings import is_loopback

PAUSES: Final = (0.5, 1.0, 2.0, 4.0)
"""Seconds between attempts, after which it is told that nobody answers."""
_PATIENCE: Final = aiohttp.ClientTimeout(total=120, sock_connect=10, sock_read=30)
_MAX_BUNDLE: Final = 1 << 20
"""Bytes; an entry has some 120."""
_MAX_STATEMENTS: Final = 64 << 20
_DENIED: Final = (401, 403)


class _NotServedError(Exception):
    """An answer that may be another one in a moment."""


_TRIED_AGAIN: Final = (_NotServedError, aiohttp.ClientError, TimeoutError, OSError)


@dataclass(frozen=True, slots=True)
class Told:
    """A statement and nonce, as somebody says that they stand at a position."""

    position: int
    nonce: bytes
    statement: bytes


class Source:
    """A ledger at a URL, while a ``with`` block lasts."""

    def __init__(self, url: str, token: str | None = None, pauses: Sequence[float] = PAUSES) -> None:
        """Raises Problem ``audit.url``, or ``audit.token-in-clear`` where a token could be overheard."""
        self.url = _checked(url, token is not None)
        self.has_token = token is not None
        self._headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        self._pauses = pauses
        self._session: aiohttp.ClientSession

    async def checkpoint(self) -> bytes:
        """The newest checkpoint. This and what follows raise the alarm UNREACHABLE."""
        return await self._get("/checkpoint", MAX_NOTE_CHARS)

    async def tile(self, tile: Tile) -> bytes:
        """The hashes of a tile, or a bundle of entries."""
        most = _MAX_BUNDLE if tile.level == ENTRIES else WIDTH * HASH_BYTES
        return await self._get(f"/tile/{tile.path}", most)

    async def statements(self, start: int, limit: int) -> list[Told]:
        """Statements from a position on. Raises Problem ``audit.token`` where the token is not enough."""
        path = f"/api/v1/ledger/statements?start={start}&limit={limit}"
        body = await self._get(path, _MAX_STATEMENTS, self._headers)
        try:
            return [_told(each) for each in orjson.loads(body)["statements"]]
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise self._unreachable(path, "statements that cannot be read") from error

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(headers={"User-Agent": "coldledger"}, timeout=_PATIENCE)
        return self

    async def __aexit__(self, *_error: object) -> None:
        await self._session.close()

    async def _get(self, path: str, most: int, headers: Mapping[str, str] | None = None) -> bytes:
        for pause in self._pauses:
            with contextlib.suppress(*_TRIED_AGAIN):
                return await self._once(path, most, headers or {})
            await asyncio.sleep(pause)
        try:
            return await self._once(path, most, headers or {})
        except _TRIED_AGAIN as error:
            raise self._unreachable(path, str(error) or type(error).__name__) from error

    async def _once(self, path: str, most: int, headers: Mapping[str, str]) -> bytes:
        # Redirects would carry the token elsewhere, and a ledger has one address.
        async with self._session.get(self.url + path, headers=headers, allow_redirects=False) as response:
            if headers and response.status in _DENIED:
                raise Problem("audit.token", url=self.url, status=response.status)
            if response.status != 200:
                raise _NotServedError(f"HTTP {response.status}")
            body = bytearray()
            async for chunk in response.content.iter_any():
                body += chunk
                if len(body) > most:
                    raise _NotServedError(f"more than {most} bytes")
            return bytes(body)

    def _unreachable(self, path: str, cause: str) -> AlarmError:
        return AlarmError(Alarm.UNREACHABLE, url=self.url, path=path, cause=cause)


def _told(said: Mapping[str, Any]) -> Told:
    position = said["position"]
    if type(position) is not int:
        raise TypeError("a position is an integer")
    return Told(position, bytes.fromhex(said["nonce"]), said["statement"].encode())


def _checked(url: str, with_token: bool) -> str:
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        _ = parts.port
    except ValueError as error:
        raise Problem("audit.url", url=url) from error
    if parts.scheme not in {"http", "https"} or not host or parts.query or parts.fragment:
        raise Problem("audit.url", url=url)
    if with_token and parts.scheme == "http" and not is_loopback(host):
        raise Problem("audit.token-in-clear", url=url)
    return url.rstrip("/")

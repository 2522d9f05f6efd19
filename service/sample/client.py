"""A client of the public interface: signs in like a browser, says things under idempotency keys.

It knows nothing of the service but its address. What the service refuses is raised with the words of its
answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import TracebackType
from typing import Any, Self

from aiohttp import ClientSession, ClientTimeout, CookieJar

_PATIENCE = ClientTimeout(total=60)


class RefusedError(Exception):
    """The service answered with a problem document; ``code`` is its stable code."""

    def __init__(self, path: str, document: Mapping[str, Any]) -> None:
        errors = "; ".join(str(error.get("detail")) for error in document.get("errors", ()))
        super().__init__(f"{path}: {document.get('code')}: {document.get('detail')} {errors}")
        self.code = document.get("code")
        self.document = document


class ApiClient:
    """One signed-in user; the session cookie is the client's own."""

    def __init__(self, base_url: str) -> None:
        # Cookies of an address without a name are kept only by an "unsafe" jar.
        self._http = ClientSession(base_url, cookie_jar=CookieJar(unsafe=True), timeout=_PATIENCE)
        self._csrf = ""
        self.organisation = 0

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        await self._http.close()

    async def sign_in(self, login: str, password: str) -> None:
        """Open a session. Raises RefusedError."""
        signed_in = await self._send("POST", "/api/v1/sessions", json={"login": login, "password": password})
        self._csrf, self.organisation = signed_in["csrf"], signed_in["organisation"]

    async def get(self, path: str, **query: str) -> Any:
        """Read. Raises RefusedError."""
        return await self._send("GET", path, params=query)

    async def say(self, path: str, body: Mapping[str, Any], key: str) -> dict[str, Any]:
        """Say something once: the same key again gives the first answer. Raises RefusedError."""
        headers = {"Idempotency-Key": key, "X-CSRF-Token": self._csrf}
        receipt: dict[str, Any] = await self._send("POST", path, json=dict(body), headers=headers)
        return receipt

    async def keep(self, path: str, body: Mapping[str, Any]) -> int:
        """Keep what is no statement, and has no key: the id that it got. Raises RefusedError."""
        headers = {"X-CSRF-Token": self._csrf}
        kept: int = (await self._send("POST", path, json=dict(body), headers=headers))["id"]
        return kept

    async def hand_in(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """What became of something that is no statement and may be handed in again. Raises RefusedError."""
        headers = {"X-CSRF-Token": self._csrf}
        told: dict[str, Any] = await self._send("POST", path, json=dict(body), headers=headers)
        return told

    async def upload(self, content: bytes, media: str) -> str:
        """Keep a file; its SHA-256. Raises RefusedError."""
        headers = {"Content-Type": media, "X-CSRF-Token": self._csrf}
        kept = await self._send("POST", "/api/v1/files", data=content, headers=headers)
        digest: str = kept["sha256"]
        return digest

    async def _send(self, method: str, path: str, **options: Any) -> Any:
        async with self._http.request(method, path, **options) as response:
            answer = await response.json(content_type=None)
            if response.status >= 400:
                raise RefusedError(path, answer)
            return answer

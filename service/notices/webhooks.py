"""Webhooks: a signed POST, as Standard Webhooks (standardwebhooks.com) has it, so that receivers check it
with the library of their language.

``webhook-signature`` is ``v1,`` and the base64 HMAC-SHA256 of ``id.timestamp.body`` under the contact's own
secret (``whsec_…``, shown once). The receiver also looks at ``webhook-timestamp``, and knows by
``webhook-id`` what came twice. An answer of 2xx within ten seconds is a delivery; a redirect is none.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import time
from dataclasses import dataclass
from typing import Final, Self

import aiohttp

from schema.problems import Problem
from service.notices.messages import Message, webhook_body
from service.notices.targets import PublicResolver, demand_target

SECONDS: Final = 10.0
_MAX_ANSWER: Final = 200
_PREFIX: Final = "whsec_"


@dataclass(frozen=True, slots=True)
class Attempt:
    """What came of one attempt: the answer as far as it is kept, and the digest of what was sent."""

    delivered: bool
    response: str
    digest: str


def new_secret() -> str:
    """A secret for a new webhook."""
    return _PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def signature(secret: str, message_id: str, timestamp: int, body: bytes) -> str:
    """What the receiver compares with."""
    key = base64.b64decode(secret.removeprefix(_PREFIX))
    signed = f"{message_id}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


class Webhooks:
    """Sends webhooks; to be closed."""

    def __init__(self, session: aiohttp.ClientSession, *, private: bool) -> None:
        self._session = session
        self._private = private

    @classmethod
    def opened(cls, *, private: bool) -> Self:
        """With a session of its own, which knows no proxy, keeps no cookie and looks up public names only."""
        connector = aiohttp.TCPConnector(resolver=None if private else PublicResolver())
        session = aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=aiohttp.ClientTimeout(total=SECONDS),
        )
        return cls(session, private=private)

    async def send(self, url: str, secret: str, message: Message) -> Attempt:
        """One attempt; whatever goes wrong is its answer."""
        body, now = webhook_body(message), int(time.time())
        digest = hashlib.sha256(body).hexdigest()
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "ColdLedger",
            "webhook-id": message.id,
            "webhook-timestamp": str(now),
            "webhook-signature": signature(secret, message.id, now, body),
        }
        try:
            demand_target(url, private=self._private)
            async with self._session.post(url, data=body, headers=headers, allow_redirects=False) as answer:
                said = await answer.content.read(_MAX_ANSWER)
        except (OSError, aiohttp.ClientError, TimeoutError, ValueError, Problem) as error:
            # ValueError: a name that cannot even be looked up, or an answer that is none.
            return Attempt(False, f"{type(error).__name__}: {error}"[:_MAX_ANSWER], digest)
        told = f"{answer.status} {said.decode('utf-8', 'replace')}"
        return Attempt(200 <= answer.status < 300, _printable(told)[:_MAX_ANSWER], digest)

    async def close(self) -> None:
        """Give the connections back."""
        await self._session.close()


def _printable(text: str) -> str:
    """Without what a database or a page would stumble over."""
    return "".join(character if character.isprintable() else " " for character in text)

"""Sends what waits: one process at a time, under an advisory lock, whichever it is.

=====================================  ==================================================================
what fails                             then
=====================================  ==================================================================
the receiver, or the way to it         tried again after 30 s, 1, 2, 4 … minutes, ``ATTEMPTS`` times in all
this process, after sending            sent again by the next one, with the same message id
the proof is not written               as if it had not been sent
the key of the contact is gone         given up: the person was erased
anything else, by a defect             counted as an attempt, so that nobody's contact stops the others'
=====================================  ==================================================================
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import asyncpg
from aiohttp import web

from schema.problems import Problem
from service.notices import telling
from service.notices.contacts import EMAIL, Contacts
from service.notices.mail import Mailer
from service.notices.messages import TRIAL, Message, address_of
from service.notices.webhooks import Attempt, Webhooks
from service.stopping import stop
from service.storage import query

log = logging.getLogger(__name__)

INTERVAL: Final = 2.0
"""Seconds between two passes, where nothing waits."""
CLOCKS: Final = 60.0
"""Seconds between two looks at the clocks."""
ATTEMPTS: Final = 10
FIRST_PAUSE: Final = 30.0
_AT_ONCE: Final = 20
_SENDING = "private/sending"
_NOTHING: Final = hashlib.sha256(b"").hexdigest()


@dataclass(frozen=True, slots=True)
class Ways:
    """How messages leave: contacts, the mail server where there is one, webhooks, and where links lead."""

    contacts: Contacts
    mailer: Mailer | None
    webhooks: Webhooks
    public_url: str


class Sender:
    """The sender of one process; it works while no other does."""

    def __init__(self, pool: asyncpg.Pool[asyncpg.Record], ways: Ways) -> None:
        self._pool = pool
        self.ways = ways
        self._task: asyncio.Task[None] | None = None
        self._looked = -CLOCKS

    def start(self) -> None:
        """Run in the background until ``close``."""
        self._task = asyncio.create_task(self._run(), name="notices")

    async def _run(self) -> None:
        more = False
        while True:
            await asyncio.sleep(0 if more else INTERVAL)
            try:
                more = await self.once()
            except Exception:
                # Whatever it was: were this task to end, nobody would be told anything any more.
                more = False
                log.exception("telling people was interrupted; it begins again")

    async def once(self) -> bool:
        """One pass; whether more waits. Nothing where another process is at it."""
        async with self._pool.acquire() as conn:
            # Of the session, which ends with this process: a pass waits for strangers' servers, and a
            # transaction must not. The pool takes the lock back when the connection returns.
            if not await conn.fetchval(query("private/notice.lock")):
                return False
            more = await telling.gather(self._pool)
            if time.monotonic() - self._looked >= CLOCKS:
                self._looked = time.monotonic()
                await telling.watch_clocks(self._pool)
                await telling.escalate(self._pool)
            due = await self._pool.fetch(query(f"{_SENDING}.due"), _AT_ONCE)
            await asyncio.gather(*(self._send(dict(row)) for row in due))
            return more or len(due) == _AT_ONCE

    async def _send(self, row: Mapping[str, Any]) -> None:
        message = Message(
            id=f"notice-{row['notice']}-{row['contact']}",
            kind=row["kind"],
            organisation=row["organisation"],
            about=row["about"],
            position=row["position"],
            drill=row["drill"],
            due_at=row["due_at"],
            told_at=row["made_at"],
            url=address_of(self.ways.public_url, row["kind"], row["about"]),
        )
        try:
            attempt, is_final = await self._attempt(row, message)
        except Exception:
            log.exception("sending %s met a defect", row["id"])
            attempt, is_final = Attempt(False, "a defect of this service", _NOTHING), False
        number = row["attempts"] + 1
        given_up = is_final or number >= ATTEMPTS
        state = "delivered" if attempt.delivered else "failed" if given_up else "waiting"
        await self._prove(row["id"], row["channel"], number, attempt, message.id)
        pause = FIRST_PAUSE * 2.0 ** row["attempts"]
        await self._pool.execute(query(f"{_SENDING}.attempted"), row["id"], state, pause)

    async def _attempt(self, contact: Mapping[str, Any], message: Message) -> tuple[Attempt, bool]:
        """What came of it, and whether trying again is of no use."""
        opened = self.ways.contacts.open(contact)
        if opened is None:
            return Attempt(False, "the key of this contact is gone", _NOTHING), True
        if contact["channel"] != EMAIL:
            return await self.ways.webhooks.send(opened.address, opened.secret, message), False
        if self.ways.mailer is None:
            return Attempt(False, "no mail server is set up", _NOTHING), True
        return await self.ways.mailer.send(opened.address, contact["language"], message), False

    async def _prove(
        self, sending: int, channel: str, number: int, attempt: Attempt, message_id: str
    ) -> None:
        await self._pool.execute(
            query(f"{_SENDING}.prove"),
            *(sending, channel, number, attempt.delivered, attempt.response, message_id, attempt.digest),
        )

    async def trial(self, organisation: int, contact_id: int) -> Attempt:
        """Send a contact a message that tells of nothing, at once; what came of it.

        Raises Problem ``request.not-found`` or ``contact.mail-not-set-up``.
        """
        contact = await self.ways.contacts.one(organisation, contact_id)
        if contact["channel"] == EMAIL and self.ways.mailer is None:
            raise Problem("contact.mail-not-set-up")
        sending = await self._pool.fetchval(query(f"{_SENDING}.trial"), contact_id)
        message = Message(
            id=f"trial-{sending}",
            kind=TRIAL,
            organisation=organisation,
            about=0,
            position=None,
            drill=False,
            due_at=None,
            told_at=datetime.now(UTC),
            url=address_of(self.ways.public_url, TRIAL, 0),
        )
        attempt, _ = await self._attempt(contact, message)
        await self._prove(sending, contact["channel"], 1, attempt, message.id)
        return attempt

    async def close(self) -> None:
        """Stop; what was being sent may be sent again."""
        if self._task is not None:
            await stop(self._task)
        await self.ways.webhooks.close()


SENDER = web.AppKey("notices", Sender)
"""That of the application; whoever serves it starts it."""

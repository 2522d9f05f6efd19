"""The served bazaar with a mail server and a receiver of webhooks beside it, both real, on this machine."""

from __future__ import annotations

import asyncio
import email
import email.policy
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from aiosmtpd.smtp import SMTP, Envelope, Session

from service.http.keys import DATABASE
from service.notices.mail import Mailer
from service.notices.sending import SENDER, Sender, Ways
from service.notices.webhooks import Webhooks
from tests.integration.incidents.conftest import Office, office, served

__all__ = ["office", "served"]

SENDER_ADDRESS = "ledger@example.org"


@dataclass
class Mailbox:
    """What a mail server took; ``refuses`` is what it says instead of taking more."""

    mails: list[EmailMessage] = field(default_factory=list)
    raw: list[bytes] = field(default_factory=list)
    refuses: str = ""
    port: int = 0

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        """As aiosmtpd calls it."""
        if self.refuses:
            return self.refuses
        content = envelope.original_content
        assert content is not None
        self.raw.append(content)
        mail = email.message_from_bytes(content, policy=email.policy.default)
        assert isinstance(mail, EmailMessage)
        self.mails.append(mail)
        return "250 kept as 4711"


@pytest.fixture
async def mailbox() -> AsyncIterator[Mailbox]:
    """A mail server on a free port."""
    box, loop = Mailbox(), asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(box, hostname="localhost", loop=loop), "127.0.0.1", 0)
    box.port = server.sockets[0].getsockname()[1]
    yield box
    server.close()
    await server.wait_closed()


@dataclass
class Receiver:
    """What came by webhook: headers and bodies; ``answers`` are what it gives, then 204."""

    came: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)
    url: str = ""

    async def take(self, request: web.Request) -> web.Response:
        """One webhook."""
        self.came.append((dict(request.headers), await request.read()))
        status = self.answers.pop(0) if self.answers else 204
        return web.Response(status=status, headers={"Location": "/elsewhere"} if status == 302 else {})


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    """A receiver on a free port."""
    found = Receiver()
    app = web.Application()
    app.router.add_post("/hook", found.take)
    async with TestServer(app) as server:
        found.url = str(server.make_url("/hook"))
        yield found


@pytest.fixture
async def sender(office: Office, mailbox: Mailbox) -> AsyncIterator[Sender]:
    """The application's sender, with mail set up and private targets allowed; it works when it is told to."""
    app: Any = office.served.client.app
    mailer = Mailer("127.0.0.1", mailbox.port, tls=False, sender=SENDER_ADDRESS)
    contacts = app[SENDER].ways.contacts
    object.__setattr__(contacts, "private", True)
    ways = Ways(contacts, mailer, Webhooks.opened(private=True), "https://ledger.example.org")
    made = Sender(app[DATABASE].writer, ways)
    before = app[SENDER]
    await before.ways.webhooks.close()
    before.ways = ways
    yield made

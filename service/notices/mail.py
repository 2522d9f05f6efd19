"""E-mail by SMTP, in a thread of its own: TLS from the start (``smtps``) or before anything is said (``smtp``
with STARTTLS); in the clear to this machine alone.

A mail that the server took (250) is delivered as far as can be known; its answer is kept as the proof.
"""

from __future__ import annotations

import asyncio
import hashlib
import re
import smtplib
import ssl
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Final, Self
from urllib.parse import unquote, urlsplit

from schema.problems import Language, Problem
from service.notices.messages import Message, mail_text
from service.notices.webhooks import Attempt
from service.settings import Settings, is_loopback

SECONDS: Final = 20.0
_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63})+")
_PORTS: Final = {"smtp": 587, "smtps": 465}
_KEPT: Final = 200


def demand_address(address: str) -> str:
    """An address that mail may be sent to. Raises Problem ``contact.address``."""
    if not _ADDRESS.fullmatch(address) or len(address) > 254:
        raise Problem("contact.address", field="/address", address=address[:80])
    return address


@dataclass(frozen=True, slots=True)
class Mailer:
    """How mail leaves: the server, who signs in there, and from whom it is."""

    host: str
    port: int
    tls: bool
    sender: str
    user: str = ""
    password: str = ""

    @classmethod
    def of(cls, settings: Settings) -> Self | None:
        """As ``COLDLEDGER_SMTP_URL`` and ``COLDLEDGER_MAIL_FROM`` say; None where mail is not set up.

        Raises Problem ``settings.mail``.
        """
        if settings.smtp_url is None:
            return None
        parts = urlsplit(settings.smtp_url)
        sender = settings.mail_from or ""
        if parts.scheme not in _PORTS or not parts.hostname or not _ADDRESS.fullmatch(sender):
            raise Problem("settings.mail", sender=sender or None)
        port = parts.port or _PORTS[parts.scheme]
        user, password = unquote(parts.username or ""), unquote(parts.password or "")
        return cls(parts.hostname, port, parts.scheme == "smtps", sender, user, password)

    async def send(self, address: str, language: Language, message: Message) -> Attempt:
        """One attempt; whatever goes wrong is its answer."""
        mail = self._mail(address, language, message)
        digest = hashlib.sha256(mail.as_bytes()).hexdigest()
        try:
            said = await asyncio.to_thread(self._deliver, mail)
        except (OSError, smtplib.SMTPException) as error:
            return Attempt(False, f"{type(error).__name__}: {error}"[:_KEPT], digest)
        return Attempt(True, said[:_KEPT], digest)

    def _mail(self, address: str, language: Language, message: Message) -> EmailMessage:
        subject, body = mail_text(message, language)
        mail = EmailMessage()
        mail["From"] = Address(display_name="ColdLedger", addr_spec=self.sender)
        mail["To"] = Address(addr_spec=address)
        mail["Subject"] = subject
        mail["Date"] = format_datetime(message.told_at)
        mail["Message-ID"] = f"<{message.id}@{self.sender.partition('@')[2]}>"
        mail["Auto-Submitted"] = "auto-generated"
        mail.set_content(body, cte="base64")
        return mail

    def _deliver(self, mail: EmailMessage) -> str:
        """The server's answer. Raises OSError or smtplib.SMTPException."""
        context = ssl.create_default_context()
        with self._connected(context) as server:
            if not self.tls and not is_loopback(self.host):
                server.starttls(context=context)
            if self.user:
                server.login(self.user, self.password)
            server.ehlo_or_helo_if_needed()
            server.mail(self.sender)
            code, said = server.rcpt(str(mail["To"].addresses[0].addr_spec))
            if code == 250:
                code, said = server.data(mail.as_bytes(policy=mail.policy.clone(linesep="\r\n")))
            if code != 250:
                raise smtplib.SMTPResponseException(code, said)
            return f"{code} {said.decode('utf-8', 'replace')}"

    def _connected(self, context: ssl.SSLContext) -> smtplib.SMTP:
        # The name is given, or it would be looked up, which may take as long as all the rest.
        own = self.sender.partition("@")[2]
        if self.tls:
            return smtplib.SMTP_SSL(self.host, self.port, own, timeout=SECONDS, context=context)
        return smtplib.SMTP(self.host, self.port, own, timeout=SECONDS)

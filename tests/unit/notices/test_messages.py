"""What is sent: in both languages, signed as the standard has it, and telling nothing but where to look."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from schema.problems import LANGUAGES, Problem
from service.notices.kinds import KINDS, page_of
from service.notices.mail import Mailer, demand_address
from service.notices.messages import TRIAL, Message, address_of, mail_text, title, webhook_body
from service.notices.webhooks import new_secret, signature
from service.settings import Settings

NOW = datetime.now(UTC)
MESSAGE = Message(
    "notice-1-2", "recall-ordered", 5000, 75000, 75, False, "2026-11-23T02:00:00Z", NOW, "https://x"
)


@pytest.mark.parametrize("kind", [*KINDS, TRIAL])
def test_every_kind_has_its_words_in_both_languages(kind: str) -> None:
    told = [title(kind, language, due_at="2026-11-22", drill=True) for language in LANGUAGES]
    assert len({*told}) == len(LANGUAGES)
    assert told[0].startswith("[Drill]")
    assert all("{" not in each for each in told)


def test_a_due_time_is_told_on_chinas_clock() -> None:
    assert "2026-11-23 10:00" in title("recall-ordered", "zh", due_at=MESSAGE.due_at)


def test_a_link_leads_to_the_thing() -> None:
    assert address_of("https://ledger.example.org", "hold-placed", 7) == "https://ledger.example.org/holds/7"
    assert page_of("unread", 7) == "/notices"
    assert address_of("https://ledger.example.org", TRIAL, 0).endswith("/contacts")


def test_a_signature_holds_for_these_bytes_alone() -> None:
    secret, body = new_secret(), webhook_body(MESSAGE)
    now = int(NOW.timestamp())
    headers = {
        "webhook-id": MESSAGE.id,
        "webhook-timestamp": str(now),
        "webhook-signature": signature(secret, MESSAGE.id, now, body),
    }
    assert Webhook(secret).verify(body.decode(), headers)["about"] == 75000
    for wrong in ({**headers, "webhook-id": "notice-1-3"}, {**headers, "webhook-timestamp": str(now - 1)}):
        with pytest.raises(WebhookVerificationError):
            Webhook(secret).verify(body.decode(), wrong)
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(body.decode().replace("75000", "75001"), headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(new_secret()).verify(body.decode(), headers)


def test_a_message_tells_no_more_than_what_and_where() -> None:
    assert {*json.loads(webhook_body(MESSAGE))} == {
        *("id", "type", "organisation", "about", "position", "drill", "due_at", "told_at", "url"),
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_mail_says_when_and_where(language: str) -> None:
    subject, body = mail_text(MESSAGE, language)  # type: ignore[arg-type]
    assert "\n" not in subject
    assert MESSAGE.url in body
    assert MESSAGE.id in body


@pytest.mark.parametrize("address", ["a@example.org", "first.last+tag@mail.example.co", "x_1@a-b.example"])
def test_a_mail_address_is_one(address: str) -> None:
    assert demand_address(address) == address


@pytest.mark.parametrize(
    "address", ["", "nobody", "@example.org", "a@localhost", "a@b@c.example", "a b@example.org",
                "a@example.org\nBcc: b@example.org", "<a@example.org>", f"{'a' * 65}@example.org"],
)  # fmt: skip
def test_what_is_no_mail_address_is_refused(address: str) -> None:
    with pytest.raises(Problem) as caught:
        demand_address(address)
    assert (caught.value.code, caught.value.field) == ("contact.address", "/address")


def settings(tmp_path: Path, url: str | None, sender: str | None = "ledger@example.org") -> Settings:
    return Settings(data=tmp_path, trust=tmp_path / "trust", smtp_url=url, mail_from=sender)


def test_a_mail_server_is_read_from_its_url(tmp_path: Path) -> None:
    assert Mailer.of(settings(tmp_path, None)) is None
    found = Mailer.of(settings(tmp_path, "smtps://me:p%40ss@mail.example.org"))
    assert found == Mailer("mail.example.org", 465, True, "ledger@example.org", "me", "p@ss")
    plain = Mailer.of(settings(tmp_path, "smtp://mail.example.org:2525"))
    assert plain == Mailer("mail.example.org", 2525, False, "ledger@example.org")


@pytest.mark.parametrize(
    ("url", "sender"),
    [("http://mail.example.org", "a@example.org"), ("smtps://", "a@example.org"),
     ("smtps://mail.example.org", None), ("smtps://mail.example.org", "nobody")],
)  # fmt: skip
def test_a_mail_server_that_is_none_is_refused_at_the_start(
    tmp_path: Path, url: str, sender: str | None
) -> None:
    with pytest.raises(Problem) as caught:
        Mailer.of(settings(tmp_path, url, sender))
    assert caught.value.code == "settings.mail"


def test_the_mail_servers_password_is_in_no_log(tmp_path: Path) -> None:
    assert "p%40ss" not in repr(settings(tmp_path, "smtps://me:p%40ss@mail.example.org"))

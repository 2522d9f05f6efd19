"""What is sent: the same few words and a link, as a line, a mail or a webhook's JSON. Pure."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Any

import orjson

from schema.clock import as_read
from schema.problems import Language
from service.notices.kinds import page_of

TRIAL = "trial"
"""The kind of a message that tells of nothing."""


@dataclass(frozen=True, slots=True)
class Message:
    """One notice on its way to one contact. ``id`` is the same at every attempt, so that who gets it twice
    knows it again."""

    id: str
    kind: str
    organisation: int
    about: int
    position: int | None
    drill: bool
    due_at: str | None
    told_at: datetime
    url: str


@cache
def _texts() -> Mapping[str, Mapping[Language, str]]:
    text = (files("service.notices") / "texts.toml").read_text(encoding="utf-8")
    found: Mapping[str, Mapping[Language, str]] = tomllib.loads(text)
    return found


def text(key: str, language: Language, **values: object) -> str:
    """What ``key`` says."""
    return _texts()[key][language].format_map(values)


def title(kind: str, language: Language, *, due_at: str | None = None, drill: bool = False) -> str:
    """What a notice says, in one line."""
    due = "—" if due_at is None else as_read(due_at)
    return (text("drill", language) if drill else "") + text(kind, language, due=due)


def address_of(public_url: str, kind: str, about: int) -> str:
    """The whole address of the page that a notice leads to."""
    return public_url + ("/contacts" if kind == TRIAL else page_of(kind, about))


def mail_text(message: Message, language: Language) -> tuple[str, str]:
    """Subject and body of a mail."""
    said = title(message.kind, language, due_at=message.due_at, drill=message.drill)
    told = as_read(message.told_at.isoformat())
    body = text("mail.body", language, title=said, url=message.url, at=told, id=message.id)
    return text("mail.subject", language, title=said), body


def webhook_body(message: Message) -> bytes:
    """The JSON of a webhook."""
    told: dict[str, Any] = {
        "id": message.id,
        "type": message.kind,
        "organisation": message.organisation,
        "about": message.about,
        "position": message.position,
        "drill": message.drill,
        "due_at": message.due_at,
        "told_at": message.told_at.isoformat(),
        "url": message.url,
    }
    return orjson.dumps(told)

"""Messages about the keys that sign labels. Said by the platform."""

from __future__ import annotations

from schema.ed25519 import read_public
from schema.key_directory import REVOCATIONS
from schema.messages.fields import Choice, Flag, Id, Message, Parsed, Text, Whole
from schema.messages.views import words
from schema.messages.written import Moment
from schema.problems import Problem
from schema.public_host import public_host

MOST_DAYS = 1826
"""Five years: what a key has signed outlives it, and whoever steals it may sign no longer than that."""


def _public_key(text: str) -> str:
    try:
        read_public(text)
    except ValueError:
        raise Problem("label-key.public-key") from None
    return text


def _host(text: str) -> str:
    return public_host(text, sample_data=True)


class LabelKeyRegistration(Message):
    """A new label key; its private half is made by the service and stays in its trust folder."""

    public_key = Parsed(_public_key, required=True, metadata=words("Ed25519, 32 bytes in base64."))
    host = Parsed(_host, required=True, metadata=words("The host whose labels it signs."))
    valid_from = Moment(
        metadata=words(
            "When it begins to sign; now where nothing is said. Announced early, scanners know it."
        )
    )
    valid_days = Whole(least=1, most=MOST_DAYS, metadata=words("How long it signs; 730 days by default."))


class LabelKeyRevocation(Message):
    """A label key is not to be believed any more, nor is any label that it signed."""

    key = Text(longest=2, required=True, metadata=words("Id of the key: two characters."))
    since = Moment(required=True, metadata=words("From when on it may have been in other hands."))
    reason = Choice(REVOCATIONS, required=True, metadata=words("Why."))


class LabelKeyView(Message):
    """A key that signs labels."""

    id = Text(metadata=words("By what labels name it."))
    public_key = Text(metadata=words("Ed25519, base64."))
    host = Text()
    valid_from = Text()
    valid_until = Text(metadata=words("Until when it signs; what it signed stays good."))
    revoked_since = Text(allow_none=True)
    reason = Text(allow_none=True)
    signs = Flag(metadata=words("Whether it may sign now."))
    position = Id(metadata=words("The statement that last said something of it."))

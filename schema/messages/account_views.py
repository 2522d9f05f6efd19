"""What is answered about users and API tokens."""

from __future__ import annotations

from schema.messages.fields import Flag, Id, Message, Text
from schema.messages.views import Listed


class UserView(Message):
    """A person who signs in."""

    id = Id()
    organisation = Id()
    role = Text()
    active = Flag()
    position = Id()


class TokenView(Message):
    """An API token, without its secret."""

    id = Id()
    organisation = Id()
    scopes = Listed(Text())
    networks = Listed(Text(), metadata={"description": "From where it may be used; none: from anywhere."})
    expires_at = Text(metadata={"description": "When it ends (UTC)."})
    issued_by = Id(allow_none=True, metadata={"description": "The user who issued it; null: a token did."})
    last_used = Text(allow_none=True, metadata={"description": "To the minute (UTC); null: never."})
    active = Flag(metadata={"description": "False once it is revoked."})
    signs = Flag(metadata={"description": "Whether it says only what a device signed with its key."})
    position = Id()


class UserQuery(Message):
    """Which users."""

    organisation = Id(metadata={"description": "Of which organisation; the platform's operator sees all."})


class TokenQuery(UserQuery):
    """Which tokens."""

    issued_by = Id(metadata={"description": "The user who issued them."})
    holding = Flag(metadata={"description": "Only such as are neither revoked nor expired."})

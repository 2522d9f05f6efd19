"""Messages about the ledger itself: what an auditor's copy is made of."""

from __future__ import annotations

from schema.messages.fields import Id, Inner, Message, Text, Whole
from schema.messages.views import Listed, words

MOST_STATEMENTS = 4096
"""Statements in one answer."""


class StatementsQuery(Message):
    """Which statements are wanted."""

    start = Id(load_default=0, metadata=words("Position of the first."))
    limit = Whole(
        least=1,
        most=MOST_STATEMENTS,
        load_default=MOST_STATEMENTS,
        metadata=words("How many at most; fewer where they are long."),
    )


class SealedStatement(Message):
    """A statement with what opens its public commitment."""

    position = Id(required=True)
    nonce = Text(
        required=True,
        longest=64,
        metadata=words("64 hex digits. SHA-256(nonce ‖ statement) is the entry's commit."),
    )
    statement = Text(
        required=True,
        longest=1 << 20,
        metadata=words("The exact text that was hashed: canonical JSON, to be hashed as UTF-8."),
    )


class SealedStatements(Message):
    """Consecutive statements of the published ledger; ask again from where they end."""

    size = Whole(required=True, metadata=words("How many the published checkpoint covers."))
    statements = Listed(Inner(SealedStatement))

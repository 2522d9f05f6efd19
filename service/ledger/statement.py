"""A statement: what somebody said, what it was judged on, what followed. Private; its commitment is public.

The shape can never change for what is already written, so every key is always present and a change of
shape is a new ``v``. Source of the format: docs/formats.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from service.ledger import canonical

Data = dict[str, Any]
"""Canonical JSON: ASCII keys; strings, integers, booleans, nulls, lists and objects; no floats."""

FORMAT = 1


@dataclass(frozen=True, slots=True)
class Actor:
    """Who speaks: a user or an API token of an organisation. Organisation 0 is the platform itself."""

    organisation: int
    user: int | None = None
    token: int | None = None


PLATFORM = Actor(organisation=0)


@dataclass(frozen=True, slots=True)
class Idempotency:
    """Digests (hex SHA-256) of the submission's key, bound to its organisation, and of its request."""

    key: str
    request: str


@dataclass(frozen=True, slots=True)
class Statement:
    """One admitted statement.

    ``judged`` names each stream that the decider read (``"unit/17"``) with its version: the position that
    last wrote it, or None where there was nothing. ``breach`` lists the rules that a fact broke, with the
    facts. ``outcome`` is what the decider added: ids and other consequences. A personal value stands in
    ``data`` as ``{"sha256": hex SHA-256(salt ‖ value)}``; value and salt are kept, erasable, outside.
    """

    kind: str
    schema: int
    decider: int
    at: str
    actor: Actor
    data: Data
    outcome: Data
    judged: list[tuple[str, int | None]]
    policy: int | None = None
    breach: tuple[Data, ...] = ()
    corrects: int | None = None
    idempotency: Idempotency | None = None
    signature: str | None = None

    def encode(self) -> bytes:
        """The exact bytes that are hashed and stored. Raises Problem where data is not canonical."""
        key = self.idempotency
        return canonical.encode(
            {
                "v": FORMAT,
                "kind": self.kind,
                "schema": self.schema,
                "decider": self.decider,
                "at": self.at,
                "actor": {
                    "organisation": self.actor.organisation,
                    "user": self.actor.user,
                    "token": self.actor.token,
                },
                "data": self.data,
                "outcome": self.outcome,
                "judged": [[stream, version] for stream, version in self.judged],
                "policy": self.policy,
                "breach": list(self.breach),
                "corrects": self.corrects,
                "idempotency": None if key is None else {"key": key.key, "request": key.request},
                "signature": self.signature,
            }
        )

    @classmethod
    def decode(cls, data: bytes) -> Statement:
        """Read stored bytes. Raises Problem when they are not a canonical statement of a known format."""
        raw = canonical.decode(data)
        version = raw.pop("v")
        # True is 1 to Python and to nobody else.
        if type(version) is not int or version != FORMAT:
            raise ValueError("statement of an unknown format")
        key = raw.pop("idempotency")
        return cls(
            actor=Actor(**raw.pop("actor")),
            breach=tuple(raw.pop("breach")),
            judged=[(stream, version) for stream, version in raw.pop("judged")],
            idempotency=None if key is None else Idempotency(**key),
            **raw,
        )


def instant(moment: datetime) -> str:
    """A recorded time: RFC 3339 in UTC with microseconds, so that text order is time order."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def parse_instant(text: str) -> datetime:
    """The recorded time of a statement or an entry."""
    return datetime.fromisoformat(text)

"""A request that a device signed: the one text that both the device and an auditor make, and its header.

The text is made of what was said, and the same text can be made again from the statement alone: personal
values are null in it, because a statement holds only a commitment under a salt that the device does not
know, and what the platform added is left out. Format: docs/formats.md.
"""

from __future__ import annotations

import hashlib
import re
from base64 import b64encode
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from schema import canonical
from schema.ed25519 import SIGNATURE_BYTES, from_base64, read_public
from schema.identifiers import is_register_key
from schema.problems import Problem

FORMAT = 1
HEADER = "Device-Signature"
_TIME = "%Y-%m-%dT%H:%M:%SZ"
_WRITTEN = re.compile(r"[0-9]{4}(-[0-9]{2}){2}T[0-9]{2}(:[0-9]{2}){2}Z")
_HEADER = re.compile(
    r'key=([1-9][0-9]{0,14}), *signed_at="([0-9TZ:-]{20})", *signature=:([A-Za-z0-9+/=]{88}):'
)


@dataclass(frozen=True, slots=True)
class Signature:
    """What a device adds to a request. ``key`` is the id under which its public key is registered here."""

    key: int
    signed_at: str
    value: bytes

    def header(self) -> str:
        """As a device sends it: a dictionary of RFC 9651."""
        return f'key={self.key}, signed_at="{self.signed_at}", signature=:{b64encode(self.value).decode()}:'

    @classmethod
    def of_header(cls, text: str) -> Signature:
        """Read what a device sent. Raises Problem ``signature.malformed``."""
        match = _HEADER.fullmatch(text.strip())
        if match is None:
            raise Problem("signature.malformed")
        return cls(int(match[1]), written_time(match[2]), _signature(match[3]))

    def recorded(self, made: Iterable[str]) -> str:
        """As the statement keeps it; ``made`` are pointers to what the device did not say."""
        members = {
            "key": self.key,
            "made": sorted(made),
            "signature": b64encode(self.value).decode(),
            "signed_at": self.signed_at,
            "v": FORMAT,
        }
        return canonical.encode(members).decode()

    @classmethod
    def of_statement(cls, text: str) -> tuple[Signature, list[str]]:
        """The signature that a statement keeps, and what in its data was not said.

        Raises Problem ``signature.malformed``.
        """
        match _decoded(text):
            case {"v": 1, "key": int(key), "made": [*made], "signed_at": at, "signature": value, **more}:
                if not more and all(isinstance(each, str) for each in made):
                    return cls(key, written_time(at), _signature(value)), made
        raise Problem("signature.malformed")


@dataclass(frozen=True, slots=True)
class Request:
    """What is signed. ``origin`` is the ledger's name, ``kind`` the operation's, ``idempotency`` the digest
    that :func:`submission_key` gives, ``data`` what :func:`as_said` leaves of a statement's data."""

    origin: str
    kind: str
    key: int
    idempotency: str
    signed_at: str
    data: Mapping[str, Any]

    def text(self) -> bytes:
        """The bytes under the signature. Raises Problem ``canonical.…``."""
        return canonical.encode(
            {
                "data": dict(self.data),
                "idempotency": self.idempotency,
                "key": self.key,
                "kind": self.kind,
                "origin": self.origin,
                "signed_at": self.signed_at,
                "v": FORMAT,
            }
        )


def _decoded(text: str) -> Any:
    """The value of canonical JSON; None for what is none."""
    try:
        return canonical.decode(text.encode())
    except (Problem, UnicodeEncodeError):
        return None


def submission_key(organisation: int, key: str) -> str:
    """The hex digest by which a submission of ``organisation`` under an ``Idempotency-Key`` is known."""
    return hashlib.sha256(f"{organisation}\n{key}".encode()).hexdigest()


def as_said(
    data: Mapping[str, Any], made: Iterable[str] = (), personal: Iterable[str] = ()
) -> dict[str, Any]:
    """``data`` as it is signed: without what ``made`` points to, null for what is personal.

    In a statement a personal value is known by the commitment, or the register key, in its place; a device,
    which has the value itself, points to it with ``personal``.
    """
    return _Bare(frozenset(made), frozenset(personal)).members(data, "")


@dataclass(frozen=True, slots=True)
class _Bare:
    """One walk through the data of a request."""

    made: frozenset[str]
    personal: frozenset[str]

    def members(self, data: Mapping[str, Any], pointer: str) -> dict[str, Any]:
        places = ((name, f"{pointer}/{name}", value) for name, value in data.items())
        return {name: self.value(value, place) for name, place, value in places if place not in self.made}

    def value(self, value: Any, pointer: str) -> Any:
        if pointer in self.personal:
            return None
        if isinstance(value, str):
            return None if is_register_key(value) else value
        if isinstance(value, dict):
            return None if is_commitment(value) else self.members(value, pointer)
        if isinstance(value, list):
            return [self.value(each, f"{pointer}/{place}") for place, each in enumerate(value)]
        return value


def is_commitment(value: object) -> bool:
    """Whether ``value`` stands in a statement for a personal value."""
    return isinstance(value, dict) and value.keys() == {"sha256"}


def matching(patterns: Iterable[str], data: Mapping[str, Any]) -> list[str]:
    """Pointers to all members of ``data`` that one of ``patterns`` names; ``*`` is each item of a list."""
    return [place for pattern in patterns for place in _matching(pattern.split("/"), dict(data), "")]


def _matching(parts: list[str], value: Any, pointer: str) -> Iterator[str]:
    if not parts:
        yield pointer
    elif parts[0] == "*" and isinstance(value, list):
        for place, each in enumerate(value):
            yield from _matching(parts[1:], each, f"{pointer}/{place}")
    elif isinstance(value, dict) and parts[0] in value:
        yield from _matching(parts[1:], value[parts[0]], f"{pointer}/{parts[0]}")


def time_text(moment: datetime) -> str:
    """A time as it is signed: UTC, whole seconds."""
    return moment.astimezone(UTC).strftime(_TIME)


def written_time(text: object) -> str:
    """``text`` where it is a time in its one written form. Raises Problem ``signature.malformed``."""
    try:
        if isinstance(text, str) and _WRITTEN.fullmatch(text) and time_text(read_time(text)) == text:
            return text
    except ValueError:
        pass
    raise Problem("signature.malformed")


def read_time(text: str) -> datetime:
    """The moment of a written time."""
    return datetime.fromisoformat(text)


def parse_public_key(text: str) -> str:
    """An Ed25519 public key in base64, in its one written form. Raises Problem ``message.ed25519``."""
    key = text.strip()
    try:
        read_public(key)
    except ValueError:
        raise Problem("message.ed25519", value=key[:50]) from None
    return key


def _signature(text: object) -> bytes:
    """The 64 bytes of a signature. Raises Problem ``signature.malformed``."""
    try:
        value = from_base64(text)
    except ValueError:
        value = b""
    if len(value) != SIGNATURE_BYTES:
        raise Problem("signature.malformed")
    return value

"""Signed labels for tests: a ledger's key, label keys with their times, a directory that lists them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from schema.key_directory import KeyDirectory, LabelKey, LedgerKey, Revocation
from schema.signed_code import sign
from schema.signed_note import Signer, generate_key

HOST = "trace.example.com"
CODE = "1B210100ABCDEF234563"
ADDRESS = f"https://{HOST}/01/06950123456786/10/{CODE}?17=220817"
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def private(number: int) -> Ed25519PrivateKey:
    """The ``number``-th label key; those of small numbers have ids of their own."""
    return Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32)


@dataclass(frozen=True)
class Platform:
    """A platform that prints labels: its ledger's key and its newest label key."""

    ledger: Signer = field(default_factory=lambda: generate_key("ledger.example.com/test"))
    key: Ed25519PrivateKey = field(default_factory=lambda: private(1))
    valid_from: datetime = NOW - 30 * DAY
    valid_until: datetime = NOW + 30 * DAY
    revocation: Revocation | None = None
    host: str = HOST

    def label(self, address: str = ADDRESS) -> str:
        """What the QR code of a label says."""
        return sign(address, self.key).printed

    @property
    def listed(self) -> LabelKey:
        """The label key as the directory has it."""
        public = self.key.public_key().public_bytes_raw()
        return LabelKey(public, self.host, self.valid_from, self.valid_until, self.revocation)

    def directory(self, *more: LabelKey, made_at: datetime = NOW) -> KeyDirectory:
        """The directory of the platform's keys."""
        return KeyDirectory(
            self.ledger.name, made_at, (LedgerKey(self.ledger.verifier),), (self.listed, *more)
        )

    def revoked(self, since: str = "2026-11-20T08:00+08:00", reason: str = "stolen") -> Platform:
        """The platform after it revoked its key."""
        return replace(self, revocation=Revocation(since, reason))

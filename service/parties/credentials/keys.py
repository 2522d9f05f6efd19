"""The keys of accounts, derived from one root outside the database (service/trust.py keeps its file).

Whoever has the database alone reads no second factor, forges no device cookie and finds no login among the
counters, and no sole trader's code in the register (service/parties/persons/register.py). Whoever has the
root as well can do all of it, and still knows no password, session or token.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from schema.problems import Problem

ROOT_BYTES = 32
_NONCE_BYTES = 12


@dataclass(frozen=True, slots=True)
class AccountKeys:
    """One key for each purpose, so that nothing made for one is taken for another."""

    sealing: bytes
    devices: bytes
    steps: bytes
    counters: bytes
    register: bytes = field(repr=False)

    @classmethod
    def from_root(cls, root: bytes) -> AccountKeys:
        """The keys that a root of 32 random bytes gives (HKDF, RFC 5869). Raises ValueError for another."""
        if len(root) != ROOT_BYTES:
            raise ValueError(f"{len(root)} bytes instead of {ROOT_BYTES}")
        return cls(
            *(_derived(root, name) for name in ("sealing", "devices", "steps", "counters", "register"))
        )

    @classmethod
    def fresh(cls) -> AccountKeys:
        """Keys of this process alone."""
        return cls.from_root(secrets.token_bytes(ROOT_BYTES))

    def seal(self, user: int, secret: bytes) -> bytes:
        """``secret`` of a user, encrypted and bound to that user (AES-256-GCM): nonce ‖ ciphertext."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return nonce + AESGCM(self.sealing).encrypt(nonce, secret, _bound_to(user))

    def unseal(self, user: int, sealed: bytes) -> bytes:
        """What was sealed.

        Raises Problem ``second-factor.unreadable`` under another key or for another user.
        """
        nonce, ciphertext = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
        try:
            return AESGCM(self.sealing).decrypt(nonce, ciphertext, _bound_to(user))
        except InvalidTag:
            raise Problem("second-factor.unreadable") from None


def mac(key: bytes, *parts: object) -> bytes:
    """HMAC-SHA256 of parts that hold no line break."""
    return hmac.digest(key, "\n".join(map(str, parts)).encode(errors="replace"), hashlib.sha256)


def _bound_to(user: int) -> bytes:
    return f"second factor of user {user}".encode()


def _derived(root: bytes, purpose: str) -> bytes:
    return HKDF(SHA256(), ROOT_BYTES, salt=None, info=f"coldledger accounts {purpose}".encode()).derive(root)

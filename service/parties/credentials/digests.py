"""How secrets that hold enough chance are made and stored."""

from __future__ import annotations

import hashlib
import secrets


def new_secret() -> str:
    """256 random bits, safe in an address and a cookie."""
    return secrets.token_urlsafe(32)


def digest(secret: str) -> bytes:
    """What is stored of a secret: there is too much chance in it to need more than SHA-256."""
    return hashlib.sha256(secret.encode(errors="replace")).digest()

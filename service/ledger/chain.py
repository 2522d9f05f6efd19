"""The ledger's hashes: from a private statement to a public entry, its leaf and its link. All are SHA-256.

A statement is committed to with a random nonce, so that the public entry tells nothing about it: without the
nonce, guessing a statement cannot be confirmed. Nonces and salts are exactly 32 bytes, always; were their
length free, the end of one could be read as the start of what follows and one commitment would have two
openings. For the same reason the first byte of a leaf (0) and of a node (1) differ (RFC 6962, 2.1).
"""

from __future__ import annotations

from hashlib import sha256
from typing import Final

from service.ledger import canonical
from service.ledger.errors import ChainError

HASH_BYTES: Final = 32
ENTRY_FORMAT: Final = 1
GENESIS: Final = bytes(HASH_BYTES)
"""The chain value before the first entry."""


def commit(nonce: bytes, statement: bytes) -> bytes:
    """What a public entry says of a statement: SHA-256(nonce ‖ statement)."""
    if len(nonce) != HASH_BYTES:
        raise ChainError(f"a nonce has {HASH_BYTES} bytes, not {len(nonce)}")
    return sha256(nonce + statement).digest()


def field_commitment(salt: bytes, value: bytes) -> bytes:
    """What a statement says of a field that is kept outside of it: SHA-256(salt ‖ value)."""
    if len(salt) != HASH_BYTES:
        raise ChainError(f"a salt has {HASH_BYTES} bytes, not {len(salt)}")
    return sha256(salt + value).digest()


def entry(at: str, commitment: bytes) -> bytes:
    """The public entry: the recorded time ``at`` and the commitment, in canonical JSON."""
    if len(commitment) != HASH_BYTES:
        raise ChainError(f"a commitment has {HASH_BYTES} bytes, not {len(commitment)}")
    return canonical.encode({"at": at, "commit": commitment.hex(), "v": ENTRY_FORMAT})


def leaf_hash(entry: bytes) -> bytes:
    """The leaf of the tree that stands for ``entry`` (RFC 6962, 2.1)."""
    return sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The inner node over two nodes (RFC 6962, 2.1)."""
    return sha256(b"\x01" + left + right).digest()


def link(previous: bytes, leaf: bytes) -> bytes:
    """The chain value after ``leaf``: SHA-256(previous ‖ leaf), from GENESIS."""
    if len(previous) != HASH_BYTES or len(leaf) != HASH_BYTES:
        raise ChainError(f"a chain value and a leaf have {HASH_BYTES} bytes each")
    return sha256(previous + leaf).digest()

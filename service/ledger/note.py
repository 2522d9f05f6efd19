"""Signed notes (C2SP signed-note) as the rooms of the ledger use them. They are made and checked in
``schema``, where scanners, which know no ledger, find them too."""

from __future__ import annotations

from schema.signed_note import (
    ED25519,
    MAX_NOTE_CHARS,
    MAX_SIGNATURES,
    PRIVATE,
    Note,
    OpenedNote,
    PublicKey,
    Signature,
    Signer,
    Verifier,
    from_base64,
    generate_key,
    join_key,
    open_note,
    require_name,
    require_text,
    sign_note,
    split_key,
    split_secret,
)

__all__ = [
    "ED25519",
    "MAX_NOTE_CHARS",
    "MAX_SIGNATURES",
    "PRIVATE",
    "Note",
    "OpenedNote",
    "PublicKey",
    "Signature",
    "Signer",
    "Verifier",
    "from_base64",
    "generate_key",
    "join_key",
    "open_note",
    "require_name",
    "require_text",
    "sign_note",
    "split_key",
    "split_secret",
]

"""The trust folder: the ledger's signing key, its newest checkpoint, and the key of the accounts, outside the
database and its folder.

Whoever holds the key can sign a checkpoint of another history; whoever holds the checkpoint can show that one
is another. So the folder is the service account's alone, is not in the database's backups, and the public
key beside it (``verifier.key``) may be handed to anyone.
"""

from __future__ import annotations

import contextlib
import os
import secrets
from pathlib import Path

from schema.problems import Problem
from service.ledger.errors import LedgerFormatError
from service.ledger.note import Signer, Verifier, generate_key
from service.parties.credentials.keys import ROOT_BYTES, AccountKeys
from service.settings import Settings

KEY_VARIABLE = "COLDLEDGER_SIGNING_KEY"
"""Holds the key instead of the file, for those who hand secrets to a process by its environment."""


def open_signer(settings: Settings, origin: str) -> Signer:
    """The ledger's key; made on the first start under the name ``origin``, readable by this account only.

    Raises Problem ``trust.key-unreadable`` where there is a key that cannot be used.
    """
    text = os.environ.get(KEY_VARIABLE)
    path = settings.key_file
    try:
        if not text:
            if not path.exists():
                settings.trust.mkdir(parents=True, exist_ok=True, mode=0o700)
                _write_new(path, generate_key(origin).skey, 0o600)
            text = path.read_text(encoding="utf-8")
        signer = Signer.parse(text.strip())
        public = settings.trust / "verifier.key"
        if not public.exists():
            settings.trust.mkdir(parents=True, exist_ok=True, mode=0o700)
            _write_new(public, signer.verifier.vkey, 0o644)
    except (OSError, LedgerFormatError) as error:
        raise Problem("trust.key-unreadable", file=str(path), cause=str(error)) from error
    return signer


def read_verifier(settings: Settings) -> Verifier:
    """The ledger's public key. Raises Problem ``trust.key-missing`` where no service ever ran here."""
    path = settings.trust / "verifier.key"
    try:
        return Verifier.parse(path.read_text(encoding="utf-8").strip())
    except FileNotFoundError:
        raise Problem("trust.key-missing", file=str(path)) from None
    except (OSError, LedgerFormatError) as error:
        raise Problem("trust.key-unreadable", file=str(path), cause=str(error)) from error


def open_account_keys(settings: Settings) -> AccountKeys:
    """The keys of the accounts; made on the first start, readable by this account only.

    Two processes that start at once agree on the first one's. Raises Problem ``trust.key-unreadable``.
    """
    path = settings.account_key_file
    try:
        if not path.exists():
            settings.trust.mkdir(parents=True, exist_ok=True, mode=0o700)
            draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
            _write_new(draft, secrets.token_hex(ROOT_BYTES), 0o600)
            with contextlib.suppress(FileExistsError):
                os.link(draft, path)
            draft.unlink()
        keys = AccountKeys.from_root(bytes.fromhex(path.read_text(encoding="ascii").strip()))
    except (OSError, ValueError) as error:
        raise Problem("trust.key-unreadable", file=str(path), cause=str(error)) from error
    return keys


def _write_new(path: Path, text: str, mode: int) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text + "\n")
        file.flush()
        os.fsync(file.fileno())

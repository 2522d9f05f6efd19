"""The trust folder: the ledger's signing keys, its newest checkpoint, and the key of the accounts, outside
the database and its folder.

Whoever holds a key can sign a checkpoint of another history; whoever holds the checkpoint can show that one
is another. So the folder is the service account's alone, is not in the database's backups, and the public
keys beside it (``verifier.key``) may be handed to anyone. Both files have a key a line: one, or several while
one takes over from another. All sign each checkpoint; the first signs promises.
"""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Iterable, Sequence

from schema.problems import Problem
from service.ledger.errors import LedgerFormatError, NoteError
from service.ledger.note import Signer, Verifier, generate_key
from service.parties.credentials.keys import ROOT_BYTES, AccountKeys
from service.settings import Settings
from service.storage.durable import make_file, replace_file

_UNSAFE = re.compile(r"[^A-Za-z0-9.-]")
KEY_VARIABLE = "COLDLEDGER_SIGNING_KEY"
"""Holds the keys instead of the file, for those who hand secrets to a process by its environment."""


def open_signers(settings: Settings, origin: str) -> tuple[Signer, ...]:
    """The ledger's keys; one is made on the first start under the name ``origin``.

    Raises Problem ``trust.key-unreadable`` where there is a key that cannot be used.
    """
    text = os.environ.get(KEY_VARIABLE)
    path = settings.key_file
    try:
        if not text:
            if not path.exists():
                settings.trust.mkdir(parents=True, exist_ok=True, mode=0o700)
                make_file(path, [f"{generate_key(origin).skey}\n".encode()], 0o600)
            text = path.read_text(encoding="utf-8")
        signers = tuple(map(Signer.parse, _lines(text)))
        _demand_one_name(signer.name for signer in signers)
        _publish(settings, signers)
    except (OSError, LedgerFormatError) as error:
        raise Problem("trust.key-unreadable", file=str(path), cause=str(error)) from error
    return signers


def open_signer(settings: Settings, origin: str) -> Signer:
    """The first of them, for whoever signs promises alone. Raises Problem ``trust.key-unreadable``."""
    return open_signers(settings, origin)[0]


def keep_signers(settings: Settings, signers: Sequence[Signer]) -> None:
    """Make these the keys of the next start, durably.

    Raises Problem ``ledger-key.in-environment`` where the file is not what is read, ``trust.key-unreadable``.
    """
    path = settings.key_file
    demand_key_file(settings)
    try:
        replace_file(path, [f"{signer.skey}\n".encode() for signer in signers], 0o600)
        _publish(settings, signers)
    except OSError as error:
        raise Problem("trust.key-unreadable", file=str(path), cause=str(error)) from error


def next_signer(settings: Settings, origin: str) -> Signer:
    """The key of a ledger that goes on under the name ``origin``, on disk before it is of use.

    One that is there already stays, with its name. Raises Problem ``trust.key-unreadable``.
    """
    path = settings.next_key_file
    try:
        if not path.exists():
            settings.trust.mkdir(parents=True, exist_ok=True, mode=0o700)
            make_file(path, [f"{generate_key(origin).skey}\n".encode()], 0o600)
        return Signer.parse(path.read_text(encoding="utf-8").strip())
    except (OSError, LedgerFormatError) as error:
        raise Problem("trust.key-unreadable", file=str(path), cause=str(error)) from error


def hand_over(settings: Settings, old: str) -> None:
    """Put what belongs to the name ``old`` aside, and the next key in its place, which comes last.

    May be done again where it was cut off. Raises Problem ``trust.key-unreadable``.
    """
    suffix = _UNSAFE.sub("_", old)
    mine = (settings.checkpoint_file, settings.published_file, settings.verifier_file, settings.key_file)
    try:
        for path in (settings.segments, *mine):
            aside = path.with_name(f"{path.name}.{suffix}")
            if path.exists() and not aside.exists():
                path.rename(aside)
        settings.next_key_file.rename(settings.key_file)
    except OSError as error:
        raise Problem("trust.key-unreadable", file=str(settings.next_key_file), cause=str(error)) from error
    open_signers(settings, old)


def demand_key_file(settings: Settings) -> None:
    """Raises Problem ``ledger-key.in-environment`` where the keys are not in the file."""
    if os.environ.get(KEY_VARIABLE):
        raise Problem("ledger-key.in-environment", variable=KEY_VARIABLE, file=str(settings.key_file))


def read_verifiers(settings: Settings) -> tuple[Verifier, ...]:
    """The ledger's public keys. Raises Problem ``trust.key-missing`` where no service ever ran here."""
    path = settings.verifier_file
    try:
        return tuple(map(Verifier.parse, _lines(path.read_text(encoding="utf-8"))))
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
            make_file(path, [f"{secrets.token_hex(ROOT_BYTES)}\n".encode()], 0o600)
        keys = AccountKeys.from_root(bytes.fromhex(path.read_text(encoding="ascii").strip()))
    except (OSError, ValueError) as error:
        raise Problem("trust.key-unreadable", file=str(path), cause=str(error)) from error
    return keys


def _lines(text: str) -> list[str]:
    """Raises NoteError where there is none."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if not lines:
        raise NoteError("there is no key in it")
    return lines


def _demand_one_name(names: Iterable[str]) -> None:
    found = sorted(set(names))
    if len(found) > 1:
        raise NoteError(f"keys of several ledgers: {', '.join(found)}")


def _publish(settings: Settings, signers: Sequence[Signer]) -> None:
    """The public halves beside the keys; written only where they change, since workers start at once."""
    text = "".join(f"{signer.verifier.vkey}\n" for signer in signers)
    path = settings.verifier_file
    try:
        current = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        current = None
    if current is None or current.split() != text.split():
        settings.trust.mkdir(parents=True, exist_ok=True, mode=0o700)
        replace_file(path, [text.encode()], 0o644)

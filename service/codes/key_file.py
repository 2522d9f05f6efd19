"""The private halves of label keys: a file of the trust folder, a line each: id, space, seed in base64.

Whoever reads it can sign labels of this platform until each key is revoked, so it is the service account's
alone and in no backup of the database. Written first and registered after: a key that the ledger does not
know signs nothing. It is the first to be used where one is wanted, so that registrations that are refused,
whoever asks for them and how often, leave one key here and no more: there are 961 ids. Whoever adds one holds
a lock on the folder, so that nothing that another adds is lost.
"""

from __future__ import annotations

import fcntl
import os
from base64 import b64decode, b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from schema.problems import Problem
from schema.signed_code import IDS, key_id
from service.storage.durable import replace_file


class KeyFile:
    """The label keys of this installation. Nothing is kept in memory: a revocation may take a line out."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def read(self) -> dict[str, Ed25519PrivateKey]:
        """The keys by their ids. Raises Problem ``label-key.unreadable``."""
        try:
            text = self.path.read_text(encoding="ascii")
            return {_id(key): key for key in map(_key, text.splitlines())}
        except FileNotFoundError:
            return {}
        except (OSError, ValueError) as error:
            raise Problem("label-key.unreadable", file=str(self.path), cause=str(error)) from None

    def unused(self, known: frozenset[str]) -> Ed25519PrivateKey:
        """A key of none of the ids ``known`` to the ledger: one that is here, or a new one, on disk when this
        returns.

        Raises Problem ``label-key.unreadable``, or ``label-key.none-left`` where every id is known.
        """
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            with _locked(self.path.parent):
                keys = self.read()
                waiting = next((key for id_, key in keys.items() if id_ not in known), None)
                return waiting or self._add(keys, _new(known))
        except OSError as error:
            raise Problem("label-key.unreadable", file=str(self.path), cause=str(error)) from error

    def _add(self, keys: dict[str, Ed25519PrivateKey], key: Ed25519PrivateKey) -> Ed25519PrivateKey:
        replace_file(self.path, (_line(each) for each in (*keys.values(), key)), 0o600)
        return key


def _new(known: frozenset[str]) -> Ed25519PrivateKey:
    """Drawn until its id is free: the last of all ids takes a tenth of a second."""
    if len(known) >= IDS:
        raise Problem("label-key.none-left", ids=IDS)
    while True:
        key = Ed25519PrivateKey.generate()
        if _id(key) not in known:
            return key


def _id(key: Ed25519PrivateKey) -> str:
    return key_id(key.public_key().public_bytes_raw())


def _line(key: Ed25519PrivateKey) -> bytes:
    return f"{_id(key)} {b64encode(key.private_bytes_raw()).decode()}\n".encode()


def _key(line: str) -> Ed25519PrivateKey:
    """Raises ValueError, which never quotes the line."""
    id_, _, seed = line.partition(" ")
    try:
        key = Ed25519PrivateKey.from_private_bytes(b64decode(seed, validate=True))
    except ValueError:
        raise ValueError("a line is no key") from None
    if _id(key) != id_:
        raise ValueError("a key stands under another id")
    return key


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)

"""The private halves of label keys: a file of the trust folder, a line each: id, space, seed in base64.

Whoever reads it can sign labels of this platform until each key is revoked, so it is the service account's
alone and in no backup of the database. Written first and registered after: a key that the ledger does not
know signs nothing. Whoever adds one holds a lock on the folder, so that two who add at once both stay.
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
from schema.signed_code import key_id
from service.ledger.durable import replace_file


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

    def make(self, taken: frozenset[str] = frozenset()) -> Ed25519PrivateKey:
        """A new key whose id is not ``taken``, on disk when this returns.

        Raises Problem ``label-key.unreadable``.
        """
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            with _locked(self.path.parent):
                keys = self.read()
                key = _new(taken | keys.keys())
                lines = (_line(each) for each in (*keys.values(), key))
                replace_file(self.path, lines, 0o600)
        except OSError as error:
            raise Problem("label-key.unreadable", file=str(self.path), cause=str(error)) from error
        return key


def _new(taken: frozenset[str]) -> Ed25519PrivateKey:
    while True:
        key = Ed25519PrivateKey.generate()
        if _id(key) not in taken:
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

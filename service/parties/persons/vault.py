"""The keys of persons: one for each, in one file beside the signing key, outside the database and its
backups.

What is recorded about a person is encrypted under that person's key, so destroying 32 bytes here erases every
copy of it there is: rows, dumps, replicas, backups. Who has the database alone has ciphertext; who has this
file alone has keys to nothing; who has both reads all that was not erased.

The file is an array of 64-byte records: the header, then one key each. A key is named ``<number>-<tag>``; the
number is its place, the tag (random) shows that the file put back is the one that the name came from. Rules
that it keeps: a key is on disk before its name is given out (keys are made in blocks, so a statement costs no
write here); a record is never used again; destroying overwrites the key in place and syncs it, so that
neither a journal nor a former page keeps it. Where the disk itself keeps former blocks (flash, snapshots)
only an encrypted volume helps. A hundred thousand persons are 6.4 MB. Processes share the file: growth is
under a lock, and each read sees what any process destroyed, for no key is remembered.
"""

from __future__ import annotations

import asyncio
import fcntl
import os
import re
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from schema.problems import Problem
from service.storage.durable import sync_folder

RECORD: Final = 64
TAG: Final = 16
KEY: Final = 32
NONCE: Final = 12
BLOCK: Final = 64
"""Keys that one process makes at a time; those it does not use are never used."""
HEADER: Final = b"coldledger persons' keys 1\n".ljust(RECORD, b"\0")

_NAME = re.compile(r"([1-9]\d{0,14})-([0-9a-f]{32})")
_GONE: Final = bytes(KEY)


class Vault:
    """An open vault. ``path`` is made, for this account alone, where it is not there.

    Raises Problem ``vault.unreadable`` or ``vault.exposed``.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._fresh: list[str] = []
        self._growing = asyncio.Lock()
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
            self._check()
        except OSError as error:
            raise Problem("vault.unreadable", file=str(path), cause=error.strerror) from error

    def _check(self) -> None:
        status = os.fstat(self._file)
        if status.st_mode & 0o077:
            raise Problem("vault.exposed", file=str(self.path))
        with self._locked():
            if os.fstat(self._file).st_size == 0:
                os.pwrite(self._file, HEADER, 0)
                os.fsync(self._file)
                sync_folder(self.path.parent)
        if os.pread(self._file, RECORD, 0) != HEADER:
            raise Problem("vault.unreadable", file=str(self.path), cause="it is no file of persons' keys")

    async def new(self) -> str:
        """The name of a key that nobody has yet; it is on disk."""
        async with self._growing:
            if not self._fresh:
                self._fresh = await asyncio.to_thread(self._grow)
            return self._fresh.pop()

    def seal(self, name: str, value: bytes, bound: bytes) -> bytes:
        """``value`` encrypted (AES-256-GCM) under a key; it opens only together with ``bound``.

        Raises KeyError where the key was destroyed or is not of this vault.
        """
        key = self._key(name)
        if key is None:
            raise KeyError(name)
        nonce = secrets.token_bytes(NONCE)
        return nonce + AESGCM(key).encrypt(nonce, value, bound)

    def open(self, name: str, box: bytes, bound: bytes) -> bytes | None:
        """What ``seal`` was given; None where the key is gone or the box was tampered with."""
        key = self._key(name)
        if key is None or len(box) < NONCE:
            return None
        try:
            return AESGCM(key).decrypt(box[:NONCE], box[NONCE:], bound)
        except InvalidTag:
            return None

    def destroy(self, names: Iterable[str]) -> int:
        """Overwrite keys, gone from disk when this returns; how many were there. Again is harmless."""
        there = [name for name in names if self._key(name) is not None]
        for name in there:
            os.pwrite(self._file, _GONE, _place(name) + TAG)
        if there:
            os.fsync(self._file)
        return len(there)

    def holds(self, name: str) -> bool:
        """Whether a key is there: of this vault, and not destroyed."""
        return self._key(name) is not None

    def close(self) -> None:
        """Let go of the file."""
        os.close(self._file)

    def _key(self, name: str) -> bytes | None:
        match = _NAME.fullmatch(name)
        if match is None:
            return None
        record = os.pread(self._file, RECORD, _place(name))
        tag, key = record[:TAG], record[TAG : TAG + KEY]
        return key if len(record) == RECORD and tag.hex() == match[2] and key != _GONE else None

    def _grow(self) -> list[str]:
        with self._locked():
            # A crash while growing may leave part of a record: the next block begins at a whole one.
            first = -(-os.fstat(self._file).st_size // RECORD)
            tags = [secrets.token_bytes(TAG) for _ in range(BLOCK)]
            records = (tag + secrets.token_bytes(KEY) for tag in tags)
            _write_whole(self._file, b"".join(r.ljust(RECORD, b"\0") for r in records), first * RECORD)
            os.fsync(self._file)
        return [f"{first + n}-{tag.hex()}" for n, tag in enumerate(tags)]

    @contextmanager
    def _locked(self) -> Iterator[None]:
        # Of the file, not of the process: a second descriptor of this process waits as another process does.
        fcntl.flock(self._file, fcntl.LOCK_EX)
        try:
            yield
        finally:
            fcntl.flock(self._file, fcntl.LOCK_UN)


def _place(name: str) -> int:
    return int(name.partition("-")[0]) * RECORD


def _write_whole(file: int, data: bytes, place: int) -> None:
    written = 0
    while written < len(data):
        written += os.pwrite(file, data[written:], place + written)

"""Files of certificates, stored once each, under their SHA-256: ``DATA/files/ab/cdef…``.

Rules it keeps:

* A path is made of a digest alone; what a person called the file is never part of it.
* Only PDF, PNG, JPEG and WebP are taken, by what their first bytes are, whatever they were said to be.
* When ``store`` has answered, the file is on disk under its final name, whole; before that it is not there.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import re
import tempfile
from collections.abc import AsyncIterable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from schema.problems import Problem
from service.storage.durable import sync_folder

MAX_BYTES = 10 * 1024 * 1024
_HEAD_BYTES = 12
_DIGEST = re.compile(r"[0-9a-f]{64}")


class FileType(StrEnum):
    """The types that are taken; values are media types."""

    PDF = "application/pdf"
    PNG = "image/png"
    JPEG = "image/jpeg"
    WEBP = "image/webp"


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file in the store: ``digest`` is the SHA-256 in hex, ``size`` in bytes."""

    digest: str
    size: int
    type: FileType


def sniff(head: bytes) -> FileType | None:
    """The type that a file's first 12 bytes show."""
    if head.startswith(b"%PDF-"):
        return FileType.PDF
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return FileType.PNG
    if head.startswith(b"\xff\xd8\xff"):
        return FileType.JPEG
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return FileType.WEBP
    return None


class FileStore:
    """The files under one folder, which is made when the first file comes."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def store(self, chunks: AsyncIterable[bytes], limit: int = MAX_BYTES) -> StoredFile:
        """Take a file as it arrives. The same bytes again are the same file.

        :raises Problem: ``file.too-large`` (more than ``limit`` bytes), ``file.empty``,
            ``file.type-not-accepted``; nothing is kept then.
        """
        draft = await asyncio.to_thread(_Draft, self._folder)
        try:
            async for chunk in chunks:
                if draft.size + len(chunk) > limit:
                    raise Problem("file.too-large", limit=limit // 1024 // 1024)
                await asyncio.to_thread(draft.write, chunk)
            return await asyncio.to_thread(self._keep, draft)
        finally:
            await asyncio.to_thread(draft.discard)

    def path(self, digest: str) -> Path:
        """Where the file of ``digest`` is.

        :raises Problem: ``file.not-found``.
        """
        path = self._place(digest)
        if not path.is_file():
            raise Problem("file.not-found", digest=digest)
        return path

    async def verify(self, digest: str) -> bool:
        """Whether the file's bytes still are what ``digest`` says.

        :raises Problem: ``file.not-found``.
        """
        return await asyncio.to_thread(_sha256, self.path(digest)) == digest

    def _place(self, digest: str) -> Path:
        if not _DIGEST.fullmatch(digest):
            raise Problem("file.not-found", digest=digest)
        return self._folder / digest[:2] / digest[2:]

    def _keep(self, draft: _Draft) -> StoredFile:
        if not draft.size:
            raise Problem("file.empty")
        kind = sniff(draft.head)
        if kind is None:
            raise Problem("file.type-not-accepted")
        stored = StoredFile(draft.digest.hexdigest(), draft.size, kind)
        draft.move_to(self._place(stored.digest))
        return stored


class _Draft:
    """A file that is still arriving, beside its final place so that a rename suffices."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor, name = tempfile.mkstemp(prefix=".arriving-", dir=folder)
        self._path = Path(name)
        self._file = os.fdopen(descriptor, "wb")
        self.digest = hashlib.sha256()
        self.head = b""
        self.size = 0

    def write(self, chunk: bytes) -> None:
        self._file.write(chunk)
        self.digest.update(chunk)
        if len(self.head) < _HEAD_BYTES:
            self.head = (self.head + chunk)[:_HEAD_BYTES]
        self.size += len(chunk)

    def move_to(self, place: Path) -> None:
        """Content first, then the name, then the folders that hold the name: each on disk before the next.

        A file already there is replaced by the same bytes, which also mends one that was damaged.
        """
        self._file.flush()
        os.fsync(self._file.fileno())
        place.parent.mkdir(exist_ok=True, mode=0o700)
        self._path.replace(place)
        for folder in (place.parent, place.parent.parent):
            sync_folder(folder)

    def discard(self) -> None:
        self._file.close()
        self._path.unlink(missing_ok=True)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()

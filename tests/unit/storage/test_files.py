"""Certificate files: stored once under their digest, by what they are, whole or not at all."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from schema.problems import LANGUAGES, Problem, explain
from service.storage.files import MAX_BYTES, FileStore, FileType, sniff

PDF = b"%PDF-1.7\n" + b"certificate" * 50


async def arriving(content: bytes, size: int = 7) -> AsyncIterator[bytes]:
    for start in range(0, len(content), size):
        yield content[start : start + size]


def everything_in(folder: Path) -> list[Path]:
    return sorted(path.relative_to(folder) for path in folder.rglob("*") if path.is_file())


@pytest.fixture
def store(tmp_path: Path) -> FileStore:
    return FileStore(tmp_path)


async def test_a_file_is_kept_under_its_sha256(store: FileStore, tmp_path: Path) -> None:
    stored = await store.store(arriving(PDF))
    digest = hashlib.sha256(PDF).hexdigest()
    assert (stored.digest, stored.size, stored.type) == (digest, len(PDF), FileType.PDF)
    assert store.path(digest) == tmp_path / digest[:2] / digest[2:]
    assert store.path(digest).read_bytes() == PDF
    assert store.path(digest).stat().st_mode & 0o077 == 0


async def test_the_same_bytes_are_the_same_file(store: FileStore, tmp_path: Path) -> None:
    assert await store.store(arriving(PDF)) == await store.store(arriving(PDF, size=100))
    assert len(everything_in(tmp_path)) == 1


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (b"%PDF-1.4", FileType.PDF),
        (b"\x89PNG\r\n\x1a\n", FileType.PNG),
        (b"\xff\xd8\xff\xe0", FileType.JPEG),
        (b"RIFF\x10\x00\x00\x00WEBP", FileType.WEBP),
        (b"RIFF\x10\x00\x00\x00WAVE", None),
        (b"GIF89a", None),
        (b"PK\x03\x04", None),
        (b"<svg xmlns=", None),
        (b"<html>", None),
        (b" %PDF-1.4", None),
        (b"", None),
    ],
)
def test_types_are_told_by_their_first_bytes(head: bytes, kind: FileType | None) -> None:
    assert sniff(head) is kind


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "file.empty"),
        (b"<html><script>", "file.type-not-accepted"),
        (PDF.ljust(MAX_BYTES + 1), "file.too-large"),
    ],
)
async def test_what_is_refused_leaves_nothing(
    store: FileStore, tmp_path: Path, content: bytes, code: str
) -> None:
    with pytest.raises(Problem) as caught:
        await store.store(arriving(content, size=1 << 20))
    assert caught.value.code == code
    assert all(explain(caught.value, language).remedy for language in LANGUAGES)
    assert everything_in(tmp_path) == []


async def test_ten_mebibytes_are_not_too_large(store: FileStore) -> None:
    stored = await store.store(arriving(PDF.ljust(MAX_BYTES), size=1 << 20))
    assert stored.size == MAX_BYTES


async def test_an_upload_that_breaks_off_leaves_nothing(store: FileStore, tmp_path: Path) -> None:
    async def broken() -> AsyncIterator[bytes]:
        yield PDF
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        await store.store(broken())
    assert everything_in(tmp_path) == []


@pytest.mark.parametrize("digest", ["0" * 64, "../../etc/passwd", "A" * 64, "0" * 63, ""])
def test_what_is_not_there_is_not_found(store: FileStore, digest: str) -> None:
    with pytest.raises(Problem) as caught:
        store.path(digest)
    assert caught.value.code == "file.not-found"


async def test_a_damaged_file_is_found_and_mended_by_storing_it_again(store: FileStore) -> None:
    stored = await store.store(arriving(PDF))
    assert await store.verify(stored.digest)
    store.path(stored.digest).write_bytes(PDF.replace(b"certificate", b"Certificate", 1))
    assert not await store.verify(stored.digest)
    await store.store(arriving(PDF))
    assert await store.verify(stored.digest)

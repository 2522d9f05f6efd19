"""Files that are there whole or not at all, whatever happens while they are written."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


def replace_file(path: Path, parts: Iterable[bytes | memoryview], mode: int) -> None:
    """Write a file durably: when this returns it is on disk under its name; a crash leaves the old
    one or the new.

    Its folder must be there. Raises OSError; the file may have been replaced even so, where the last step
    (the folder's entry) is what failed.
    """
    with _draft(path, parts, mode) as draft:
        draft.replace(path)
    sync_folder(path.parent)


def make_file(path: Path, parts: Iterable[bytes | memoryview], mode: int) -> None:
    """The same for a file that is made once: where there is one already, or another process is quicker, that
    one stays as it is."""
    with _draft(path, parts, mode) as draft, suppress(FileExistsError):
        os.link(draft, path)
    sync_folder(path.parent)


@contextmanager
def _draft(path: Path, parts: Iterable[bytes | memoryview], mode: int) -> Iterator[Path]:
    """The bytes on disk, under a name of their own that is gone in the end."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.writelines(parts)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(mode)
        yield Path(name)
    finally:
        Path(name).unlink(missing_ok=True)


def sync_folder(folder: Path) -> None:
    """Have on disk which files are in a folder. Raises OSError."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

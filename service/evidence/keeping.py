"""Packs that were made: files of one folder, one for each case, position and sight of who asked.

A pack is made in the background by whichever process was asked, one at a time in each, and given out by all:
what another is making holds a lock on a file that says how far it is, so a maker that died is seen to have.
The same case as of the same position is the same file, made once and kept; what a reader may see is part of
its name, so that nobody is handed what was made for other eyes. Whether the reader may see the case at all is
asked anew each time.
"""

from __future__ import annotations

import asyncio
import fcntl
import logging
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

import orjson
from aiohttp import web

from schema.problems import Problem
from service.evidence import container
from service.evidence.making import Maker
from service.http.readers import Reader
from service.parties.visibility import sight
from service.storage.durable import replace_file

log = logging.getLogger(__name__)

_STEP: Final = 50
"""Receipts between two notes of how far it is."""
_TRIES: Final = 5
MOST_WAITING: Final = 20
"""Packs that one process takes on: each may be large, and one is made at a time."""
_PRIVATE: Final = 0o600


class PackState(StrEnum):
    """How far a pack is."""

    MAKING = "making"
    READY = "ready"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Pack:
    """A pack as its reader sees it; ``size`` in bytes where it is ready, ``why`` where it failed."""

    case: int
    position: int
    state: PackState
    done: int = 0
    total: int = 0
    size: int | None = None
    why: str | None = None


class Packs:
    """The packs of one installation."""

    def __init__(self, folder: Path, maker: Maker) -> None:
        self._folder = folder
        self.maker = maker
        self._tasks: set[asyncio.Task[None]] = set()
        self._one = asyncio.Semaphore(1)

    def begin(self, reader: Reader, case: int, position: int) -> Pack:
        """Have a pack made unless it is there or under way. The reader sees the case.

        Raises Problem ``evidence.too-many``.
        """
        found = self.find(reader, case, position)
        if found is None or found.state is PackState.FAILED:
            if len(self._tasks) >= MOST_WAITING:
                raise Problem("evidence.too-many", waiting=len(self._tasks))
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            task = asyncio.create_task(self._make(reader, case, position))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
            found = Pack(case, position, PackState.MAKING)
        return found

    def find(self, reader: Reader, case: int, position: int) -> Pack | None:
        """How far a pack is; None where nobody asked for it."""
        path = self._path(reader, case, position)
        if path.exists():
            return Pack(case, position, PackState.READY, size=path.stat().st_size)
        told = _read(_progress(path))
        if told is None:
            return None
        failed = told["why"] is not None or not _is_locked(_progress(path))
        state = PackState.FAILED if failed else PackState.MAKING
        return Pack(case, position, state, told["done"], told["total"], why=told["why"])

    def all(self, reader: Reader, case: int) -> list[Pack]:
        """Those that were made for this reader's eyes, the newest position first."""
        prefix, suffix = f"{case}-", f"-{_eyes(reader)}.zip"
        positions = {
            int(path.name.removesuffix(".making").removeprefix(prefix).removesuffix(suffix))
            for path in self._folder.glob(f"{prefix}*{suffix}*")
        }
        packs = [self.find(reader, case, position) for position in sorted(positions, reverse=True)]
        return [pack for pack in packs if pack is not None]

    def path(self, reader: Reader, case: int, position: int) -> Path:
        """The file. Raises Problem ``evidence.not-made``, ``….being-made`` or ``….failed``."""
        found = self.find(reader, case, position)
        if found is None:
            raise Problem("evidence.not-made", case=case, position=position)
        if found.state is PackState.FAILED:
            raise Problem("evidence.failed", why=found.why)
        if found.state is PackState.MAKING:
            raise Problem("evidence.being-made", done=found.done, total=found.total)
        return self._path(reader, case, position)

    async def finished(self) -> None:
        """Wait until this process makes none."""
        await asyncio.gather(*self._tasks)

    async def close(self) -> None:
        """Give up what is under way: whoever asked sees that it was stopped, and may ask again."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _make(self, reader: Reader, case: int, position: int) -> None:
        path = self._path(reader, case, position)
        async with _progressing(_progress(path)) as note:
            if note is None or path.exists():
                return
            try:
                async with self._one:
                    await self._write(path, reader, case, position, note)
            except Problem as problem:
                note.fail(str(problem))
            except Exception:
                log.exception("the evidence pack of case %s was not made", case)
                note.fail("—")

    async def _write(self, path: Path, reader: Reader, case: int, position: int, note: _Note) -> None:
        files = await self.maker.make(reader, case, position, note.tell)
        await asyncio.to_thread(replace_file, path, map(bytes, container.write(files)), _PRIVATE)
        note.forget()

    def _path(self, reader: Reader, case: int, position: int) -> Path:
        return self._folder / f"{case}-{position}-{_eyes(reader)}.zip"


def _eyes(reader: Reader) -> str:
    """What a reader may see, as a part of a file's name."""
    return sha256(orjson.dumps(sight(reader))).hexdigest()[:16]


def _progress(path: Path) -> Path:
    return path.with_name(f"{path.name}.making")


@dataclass(frozen=True, slots=True)
class _Note:
    """The file that says how far a pack is, locked by its maker."""

    path: Path
    handle: int

    def tell(self, done: int, total: int) -> None:
        if done % _STEP == 0 or done == total:
            self._write(done, total, None)

    def fail(self, why: str) -> None:
        self._write(0, 0, why)

    def forget(self) -> None:
        self.path.unlink(missing_ok=True)

    def _write(self, done: int, total: int, why: str | None) -> None:
        told = orjson.dumps({"done": done, "total": total, "why": why})
        os.pwrite(self.handle, told, 0)
        os.ftruncate(self.handle, len(told))


@asynccontextmanager
async def _progressing(path: Path) -> AsyncIterator[_Note | None]:
    """The note, held as long as the pack is being made; None where another one holds it."""
    handle = os.open(path, os.O_RDWR | os.O_CREAT, _PRIVATE)
    try:
        if not await _locked(handle):
            yield None
            return
        note = _Note(path, handle)
        note.tell(0, 0)
        yield note
    finally:
        os.close(handle)


async def _locked(handle: int) -> bool:
    """Whether the lock was had. Whoever looks whether a maker is alive holds it for a moment, too."""
    for _ in range(_TRIES):
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            await asyncio.sleep(0.01)
        else:
            return True
    return False


def _read(path: Path) -> dict[str, Any] | None:
    """What a note says; None where there is none."""
    try:
        told = orjson.loads(path.read_bytes())
    except FileNotFoundError:
        return None
    except orjson.JSONDecodeError:
        # It was read while it was written anew.
        return {"done": 0, "total": 0, "why": None}
    return dict(told)


def _is_locked(path: Path) -> bool:
    """Whether its maker is alive."""
    try:
        handle = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        return True
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    else:
        return False
    finally:
        os.close(handle)


PACKS: web.AppKey[Packs] = web.AppKey("evidence packs", Packs)

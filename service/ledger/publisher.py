"""The checkpoint outside the database: signed after each commit, written with fsync, compared at every start.

One publisher at a time, under an advisory lock, whichever process it is. Order: commit → sign → write and
fsync the note outside the database and its data folder. A note that was not written is written with the next;
a note never says less than the one before.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import tempfile
from pathlib import Path

import asyncpg

from schema.problems import Problem
from service.ledger import store
from service.ledger.checkpoint import Checkpoint, open_checkpoint, sign_checkpoint
from service.ledger.merkle import RightEdge
from service.ledger.note import Signer, Verifier
from service.ledger.store import Connection
from service.storage import query

log = logging.getLogger(__name__)

INTERVAL = 1.0
"""Seconds between two checkpoints at most; what was acknowledged in between is covered by its promise."""


def read_note(path: Path, verifier: Verifier) -> Checkpoint | None:
    """The checkpoint in a file, or None where there is no file. Raises NoteError or CheckpointError."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    return open_checkpoint(text, verifier)


def write_note(path: Path, text: str) -> None:
    """Replace the note durably: a crash leaves the old one or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".checkpoint-")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


async def check_fence(conn: Connection, note: Checkpoint | None) -> None:
    """Refuse a database that does not continue the note or whose head does not fit its entries.

    Raises Problem ``ledger.fenced``. Hashes every leaf once: about two seconds a million entries.
    """
    async with conn.transaction(isolation="repeatable_read", readonly=True):
        head = await store.head(conn)
        if note is not None and note.size > head.size:
            raise Problem("ledger.fenced", reason=f"it has {head.size} entries, the checkpoint {note.size}")
        edge = RightEdge()
        async for row in conn.cursor(query("ledger/ledger.leaves"), 0, head.size, prefetch=5000):
            if row["position"] != edge.size:
                raise Problem("ledger.fenced", reason=f"position {edge.size} is missing")
            edge = edge.append(row["leaf"])
            if note is not None and note.size == edge.size and edge.root() != note.root:
                raise Problem("ledger.fenced", reason=f"another history of the first {note.size} entries")
        if edge.size != head.size or edge.root() != head.edge.root():
            raise Problem("ledger.fenced", reason="the head row does not fit the entries")


class Publisher:
    """Writes the note while this process lives."""

    def __init__(self, pool: asyncpg.Pool[asyncpg.Record], signer: Signer, path: Path) -> None:
        self._pool = pool
        self._signer = signer
        self._path = path
        self._published = -1
        self._task = asyncio.create_task(self._run(), name="checkpoint publisher")

    async def _run(self) -> None:
        while True:
            try:
                await self.publish()
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError):
                log.exception("the checkpoint was not written; it is tried again")
            await asyncio.sleep(INTERVAL)

    async def publish(self) -> None:
        """Write a note of the committed head, where it grew and no other process is at it."""
        async with self._pool.acquire() as conn, conn.transaction():
            if not await conn.fetchval(query("ledger/ledger.publisher_lock")):
                return
            head = await store.head(conn)
            if head.size == self._published:
                return
            note = await asyncio.to_thread(read_note, self._path, self._signer.verifier)
            if note is None or note.size < head.size:
                checkpoint = Checkpoint(self._signer.name, head.size, head.edge.root())
                text = sign_checkpoint(self._signer, checkpoint)
                await asyncio.to_thread(write_note, self._path, text)
            self._published = head.size

    async def close(self) -> None:
        """Write the last note and stop."""
        self._task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._task
        await self.publish()

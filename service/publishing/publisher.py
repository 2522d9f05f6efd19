"""The publisher: a checkpoint of what was committed, signed, kept outside, cosigned, published.

One at a time, under an advisory lock, whichever process it is. Order: commit → check that the ledger grew
from what was signed last → sign → write and fsync the note outside the database and its data folder → seal
what is full → collect cosignatures → publish. Whatever fails on the way is done again a moment later, from
the note that was written; a note never says less than the one before. A database that went back, or grew
from something else, is not signed for, and this process records nothing more.

=========================================  ============================  =============================
what                                       fails                         persists but reports failure
=========================================  ============================  =============================
note outside                               nothing new is published;     read again, and published as
                                           appends go on, with promises  it is
a segment                                  tiles come from the rows      taken as sealed
a quorum of cosignatures                   nothing new is published      asked again, same answer
published note                             the older one is served       served
=========================================  ============================  =============================
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import asyncpg

from schema.problems import Problem
from service.ledger.checkpoint import Checkpoint, sign_checkpoint
from service.ledger.cosignature import open_cosigned
from service.ledger.errors import LedgerFormatError, ProofError
from service.ledger.merkle import RightEdge, verify_inclusion
from service.ledger.note import Signer
from service.ledger.segments import Segments
from service.ledger.store import Connection, Head, MissingPositionError
from service.ledger.tiles import consistency_proof, inclusion_proof
from service.publishing.fence import fenced, fitting_head, grown, noted_edge
from service.publishing.notes import Noted, advance_note, is_signed_by, read_note
from service.publishing.sealing import seal
from service.publishing.stored import StoredTiles
from service.publishing.witnesses import Consistency, Quorum, QuorumMissingError
from service.settings import Settings
from service.stopping import stop
from service.storage import query

log = logging.getLogger(__name__)

IDLE = 1.0
"""Seconds until the publisher looks by itself: another process may have written."""
PAUSE = 0.2
"""Seconds between two checkpoints at least; what was acknowledged in between is covered by its promise."""
SHARE = 9
"""Publishing pauses so many times as long as it took, up to ``IDLE``: writing goes before."""

REFRESH = 300.0
"""Seconds after which witnesses are asked again for a ledger that did not grow."""


@dataclass(frozen=True, slots=True)
class Places:
    """Where the notes and the segments are."""

    checkpoint: Path
    published: Path
    segments: Path

    @classmethod
    def of(cls, settings: Settings) -> Places:
        return cls(settings.checkpoint_file, settings.published_file, settings.segments)


class Publisher:
    """Publishes while this process lives. ``fenced`` says why it does not any more."""

    def __init__(
        self,
        pool: asyncpg.Pool[asyncpg.Record],
        signers: Sequence[Signer],
        places: Places,
        witnesses: Quorum,
    ) -> None:
        self.fenced: Problem | None = None
        self._pool = pool
        self._signers = signers
        self._verifiers = [signer.verifier for signer in signers]
        self._places = places
        self._witnesses = witnesses
        self._tiles = StoredTiles(Segments(places.segments))
        self._edge: RightEdge | None = None
        self._noted: Noted | None = None
        # What a start finds published may have been put back with all the rest: witnesses are asked once.
        self._heard = not witnesses.verifiers
        self._grown = asyncio.Event()
        self._task = asyncio.create_task(self._run(), name="checkpoint publisher")

    def wake(self) -> None:
        """Something was recorded: publish it soon."""
        self._grown.set()

    def demand_unfenced(self) -> None:
        """Raises Problem ``ledger.fenced`` where nothing may be recorded any more."""
        if self.fenced is not None:
            raise self.fenced

    async def demand_published(self, position: int, leaf: bytes) -> None:
        """Raises Problem ``ledger.changed`` where another leaf was published at ``position``.

        Who rewrites a row must not get the ledger's word for it by asking again. What is not published yet
        is taken as it is: nobody has seen another.
        """
        note = await asyncio.to_thread(read_note, self._places.published, self._verifiers)
        if note is None or position >= note.size:
            return
        proof = await inclusion_proof(position, note.size, self._tiles.fetch_from(self._pool))
        try:
            verify_inclusion(leaf, position, note.size, proof, note.checkpoint.root)
        except ProofError as error:
            raise Problem("ledger.changed", position=position) from error

    async def close(self) -> None:
        """Publish what was recorded, where it can be, and stop."""
        await stop(self._task)
        await self._try()
        self._tiles.segments.close()

    async def _run(self) -> None:
        while True:
            begun = time.monotonic()
            await self._try()
            await asyncio.sleep(min(IDLE, max(PAUSE, SHARE * (time.monotonic() - begun))))
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(IDLE):
                    await self._grown.wait()

    async def _try(self) -> None:
        self._grown.clear()
        try:
            await self.publish()
        except Problem as problem:
            if self.fenced is None:
                log.critical("nothing is recorded any more: %s", problem)
            self.fenced = problem
        except QuorumMissingError as error:
            # The quorum has logged who does not answer, once; this is every second.
            log.debug("the checkpoint was not published; it is tried again: %s", error)
        except Exception:
            # Whatever it was: were this task to end, nothing would be published any more, and nobody told.
            log.exception("the checkpoint was not published; it is tried again")

    async def publish(self) -> None:
        """Publish the committed head, where it grew and no other process is at it.

        Raises Problem ``ledger.fenced``, or what reading and writing raise.
        """
        async with self._pool.acquire() as conn, conn.transaction():
            if not await conn.fetchval(query("ledger/ledger.publisher_lock")):
                return
            head = await fitting_head(conn)
            note = await asyncio.to_thread(read_note, self._places.checkpoint, self._verifiers)
            self._edge = await self._follow(conn, note, head)
            if self._heard and self._stands(note, head) and await self._is_told(head):
                await self._seal(conn, head.size)
                return
            note = await self._sign(note, head)
            await self._seal(conn, head.size)
            text = await self._cosign(conn, note)
            self._heard = True
            await self._write(self._places.published, Noted(text, note.checkpoint))

    async def _is_told(self, head: Head) -> bool:
        """Whether the head is published, by whichever process, under each of our keys, with all the
        cosignatures that are needed, and not too long ago: that nothing was added since is for witnesses to
        say, too."""
        quorum, path = self._witnesses, self._places.published
        try:
            text, at = await asyncio.to_thread(lambda: (path.read_bytes(), path.stat().st_mtime))
            told, _ = open_cosigned(text, self._verifiers, quorum.verifiers, quorum.needed)
        except (FileNotFoundError, LedgerFormatError):
            return False
        if not _covers(told, head) or not is_signed_by(text.decode(), self._verifiers):
            return False
        return not (quorum.verifiers and time.time() - at > REFRESH)

    async def _follow(self, conn: Connection, note: Noted | None, head: Head) -> RightEdge:
        """The edge of the head, grown from what this process checked last.

        A note that another process wrote meanwhile, or that somebody put there, is compared with the entries.
        """
        known = self._edge
        if known is None or note != self._noted:
            edge = await noted_edge(conn, self._tiles, note, head)
            known = edge if known is None or known.size < edge.size else known
            self._noted = note
        return await grown(conn, known, head)

    async def _sign(self, note: Noted | None, head: Head) -> Noted:
        if note is not None and self._stands(note, head):
            return note
        checkpoint = Checkpoint(self._signers[0].name, head.size, head.edge.root())
        text = sign_checkpoint(self._signers[0], checkpoint, *self._signers[1:])
        self._noted = Noted(text, checkpoint)
        await self._write(self._places.checkpoint, self._noted)
        return self._noted

    def _stands(self, note: Noted | None, head: Head) -> bool:
        """Whether a note is of the head and bears each of our keys: one may have joined since it was signed,
        in a ledger that did not grow."""
        if note is None or not _covers(note.checkpoint, head):
            return False
        return is_signed_by(note.text, self._verifiers)

    async def _write(self, path: Path, note: Noted) -> None:
        await asyncio.to_thread(advance_note, path, note, self._verifiers)

    async def _cosign(self, conn: Connection, note: Noted) -> str:
        """The note with its cosignatures. Raises QuorumMissingError, and Problem ``ledger.fenced``.

        Witnesses that know more than the note fence this process, unless the note itself was replaced
        meanwhile: then it was another process of ours that they have heard.
        """
        try:
            return await self._witnesses.cosign(note.text, note.checkpoint, self._prover(conn))
        except QuorumMissingError as error:
            newest = await asyncio.to_thread(read_note, self._places.checkpoint, self._verifiers)
            if error.fatal and newest == note:
                raise fenced(f"the witness {error.fatal}") from error
            raise

    async def _seal(self, conn: Connection, size: int) -> None:
        """A segment that cannot be written keeps nothing from being published."""
        try:
            await seal(conn, self._tiles.segments, size)
        except (OSError, LedgerFormatError, MissingPositionError):
            log.exception("a segment was not sealed; it is tried again")

    def _prover(self, conn: Connection) -> Consistency:
        async def prove(old: int, new: int) -> list[bytes]:
            return await consistency_proof(old, new, self._tiles.fetch_from(conn))

        return prove


def _covers(checkpoint: Checkpoint, head: Head) -> bool:
    """Whether it is one of just this tree."""
    return (checkpoint.size, checkpoint.root) == (head.size, head.edge.root())

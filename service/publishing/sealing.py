"""Segments made from the rows of the database, each entry checked before it is sealed."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence

from service.ledger import chain, store
from service.ledger.errors import SegmentError
from service.ledger.segments import SEGMENT, Sealed, Segments, segment_path, write_segment
from service.ledger.store import Connection, Record

log = logging.getLogger(__name__)

AT_ONCE = 32
"""Segments that are sealed before the publisher goes on: where all were lost, publishing does not wait."""


async def seal(conn: Connection, segments: Segments, size: int) -> None:
    """Seal what is full among the first ``size`` entries, or as much of it as is done at once.

    Raises SegmentError where a row is not as it was written, MissingPositionError where one is missing.
    """
    for first in range(segments.end, size - SEGMENT + 1, SEGMENT)[:AT_ONCE]:
        path = segment_path(segments.folder, first)
        if path.exists():
            log.warning("%s is no whole segment; it is made again", path.name)
        records = await store.records_between(conn, first, first + SEGMENT)
        before = segments[first - 1].after if first else chain.GENESIS
        await asyncio.to_thread(_seal, segments, records, before)


def _seal(segments: Segments, records: Sequence[Record], before: bytes) -> None:
    link = before
    for record in records:
        link = chain.link(link, record.leaf)
        committed = chain.commit(record.nonce, record.statement).hex().encode() in record.entry
        if chain.leaf_hash(record.entry) != record.leaf or record.chain != link or not committed:
            raise SegmentError(f"position {record.position} is not as it was written; it is not sealed")
    sealed = [Sealed(r.position, r.nonce, r.statement, r.entry, r.leaf) for r in records]
    write_segment(segments.folder, sealed, before, link)

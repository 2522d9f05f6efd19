"""``coldledger index state | rebuild | drop``: the trace index's snapshot on disk.

A service that runs has its index in memory and goes on with it; it reads the snapshot when it starts, and
writes it now and then. Nothing is lost with a snapshot: without one the next start reads the tables.
"""

from __future__ import annotations

import argparse
import sys
import time

from service.commands.database import database_url
from service.settings import Settings
from service.storage import open_pool
from service.storage.database import READER
from service.tracing.index import snapshots
from service.tracing.index.following import CONNECTIONS
from service.tracing.index.loading import load, read_head
from service.tracing.index.snapshots import OddSnapshotError, Origin


def add_options(parser: argparse.ArgumentParser) -> None:
    """What to do."""
    parser.add_argument(
        "act",
        choices=("state", "rebuild", "drop"),
        help="state: what is on disk; rebuild: make it from the tables; drop: take it away",
    )


async def run(settings: Settings, said: argparse.Namespace) -> int:
    """Do it; the exit status: 1 where the snapshot is missing or of no use. Raises OSError."""
    if said.act == "drop":
        dropped = snapshots.remove(settings.index)
        sys.stdout.write("The snapshot was dropped.\n" if dropped else "There is no snapshot.\n")
        return 0
    return await (_state(settings) if said.act == "state" else _rebuild(settings))


async def _state(settings: Settings) -> int:
    try:
        origin = snapshots.read_origin(settings.index)
    except OddSnapshotError as error:
        sys.stdout.write(f"The snapshot is of no use: {error}.\n")
        return 1
    if origin is None:
        sys.stdout.write("There is no snapshot.\n")
        return 1
    async with database_url(settings) as url, await open_pool(url, READER, 1) as pool, pool.acquire() as conn:
        head = await read_head(conn, origin.position)
    fits = origin == Origin(head.origin, origin.position, head.chain_before or "", head.migration)
    size = snapshots.path_in(settings.index).stat().st_size
    about = (
        f"position {origin.position} of {head.size}" if fits else "another ledger, or older tables: of no use"
    )
    sys.stdout.write(f"A snapshot of {size} bytes, of {about}.\n")
    return 0 if fits else 1


async def _rebuild(settings: Settings) -> int:
    begun = time.monotonic()
    async with database_url(settings) as url, await open_pool(url, READER, CONNECTIONS) as pool:
        arrays, head = await load(pool)
    origin = Origin(head.origin, arrays.position, head.chain, head.migration)
    snapshots.save(settings.index, arrays, arrays.order, origin)
    took = time.monotonic() - begun
    about = f"{len(arrays.nodes)} units and nodes, position {arrays.position}"
    sys.stdout.write(f"A snapshot of {about} was written in {took:.1f} s.\n")
    return 0

"""``coldledger verify`` and ``rebuild``: the ledger against itself, and the tables against it."""

from __future__ import annotations

import os
from contextlib import closing

from service.commands.database import connection
from service.ledger import Registry, audit
from service.ledger.audit import Sealing
from service.ledger.segments import Segments
from service.publishing.notes import read_note
from service.settings import Settings
from service.terminal import print_report, progress
from service.tracing.index import snapshots
from service.trust import read_verifiers


async def verify(settings: Settings, registry: Registry, *, rules: bool) -> int:
    """``coldledger verify [--rules]``: 0 where everything agrees, otherwise 1 and the places."""
    note = read_note(settings.checkpoint_file, read_verifiers(settings))
    checkpoint = None if note is None else note.checkpoint
    async with connection(settings, "coldledger_reader") as conn:
        with closing(Segments(settings.segments)) as segments:
            sealing = Sealing(segments, os.cpu_count() or 1)
            report = await audit.verify(
                conn, registry, checkpoint, rules=rules, sealing=sealing, progress=progress()
            )
    noted = "no checkpoint outside yet" if checkpoint is None else f"checkpoint of {checkpoint.size} entries"
    judged = ", every statement judged again" if rules else ""
    return print_report(report, f"{report.entries} entries: chain, tree, statements, head; {noted}{judged}")


async def rebuild(settings: Settings, registry: Registry, *, check: bool) -> int:
    """``coldledger rebuild [--check]``: make every projection from the ledger; ``check`` only compares."""
    async with connection(settings, "coldledger_reader" if check else "coldledger_owner") as conn:
        work = audit.check_rows if check else audit.rebuild
        report = await work(conn, registry, progress())
    if not check:
        # It may hold what the tables held before, under the same position.
        snapshots.remove(settings.index)
    done = "compared" if check else "written"
    return print_report(report, f"{report.entries} entries, {report.rows} rows {done}")

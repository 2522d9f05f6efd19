"""``coldledger verify-copy DIR``: an auditor's copy checked with no network and no database.

Every hash is made again from the bytes, every statement read, and where it is asked for judged again; the
tree over them is the one that the ledger signed.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path
from typing import Final

from schema.problems import Problem
from service.auditing.command import add_trust_options, demands_from
from service.auditing.copying import Copy, records_of
from service.auditing.keeping import Keeper
from service.ledger.audit import Report
from service.ledger.checking import Checked, check_segments
from service.ledger.cosignature import open_cosigned
from service.ledger.errors import LedgerFormatError
from service.ledger.replay import Finding, Replay
from service.ledger.segments import SEGMENT, Segment
from service.publishing.notes import Noted
from service.registry import make_registry
from service.terminal import print_report, progress

_WORTH_A_PROCESS: Final = 16
"""Segments that take about as long as starting a process does."""


def add_offline_options(parser: argparse.ArgumentParser) -> None:
    """Where the copy is, and whose signature ties it."""
    parser.epilog = "Exit status: 0 sound; 1 not."
    parser.add_argument("copy", type=Path, metavar="DIR", help="what coldledger audit --copy made")
    add_trust_options(parser)
    parser.add_argument("--rules", action="store_true", help="judge every statement again as well")


async def run_verify_copy(arguments: argparse.Namespace) -> int:
    """0 where everything agrees, otherwise 1 and the places. Raises Problem ``audit.…``."""
    demands = demands_from(arguments)
    with closing(Keeper(arguments.copy, demands.verifiers)) as keeper:
        copy = Copy(keeper.segments)
        note = copy.note(demands.verifiers)
        if note is None:
            raise Problem("audit.no-copy", folder=str(arguments.copy))
        try:
            _, seen = open_cosigned(note.text, demands.verifiers, demands.witnesses, demands.quorum)
        except LedgerFormatError as error:
            raise Problem("audit.copy-unsigned", cause=str(error)) from error
        findings = [finding async for finding in _check(copy, note, rules=arguments.rules)]
    witnesses = "".join(f", cosigned by {each.witness.name}" for each in seen)
    judged = ", every statement judged again" if arguments.rules else "; not checked: rules"
    good = f"{note.size} entries and statements, in the tree that {note.checkpoint.origin} signed"
    return print_report(Report(note.size, 0, findings), f"{good}{witnesses}{judged}")


async def _check(copy: Copy, note: Noted, *, rules: bool) -> AsyncIterator[Finding]:
    replay = Replay(make_registry(), rules=rules, checkpoint=note.checkpoint, rows=False)
    show, done = progress(), 0
    paths = copy.paths()
    checks = check_segments(paths, min(os.cpu_count() or 1, 1 + len(paths) // _WORTH_A_PROCESS))
    for path in paths:
        checked = await anext(checks)
        for where, what in checked.wrong:
            yield Finding(where, what)
        if checked.wrong:
            # What follows stands on it: nothing of that could be judged.
            return
        for finding in _take(replay, path, checked):
            yield finding
        done = checked.first + checked.count
        show(done, note.size)
    if done < note.size:
        yield Finding(f"position {done}", f"the copy ends here, its checkpoint has {note.size} entries")


def _take(replay: Replay, path: Path, checked: Checked) -> list[Finding]:
    with Segment(path) as segment:
        records = [*records_of(segment)]
    if checked.count == SEGMENT:
        return [*replay.take_sealed(records, checked)]
    return [
        Finding(f"position {record.position}", what) for record in records for what in replay.step(record)
    ]

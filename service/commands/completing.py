"""``coldledger complete --from COPY``: a database behind its checkpoint takes what it lost from a copy.

The copy is what ``coldledger audit URL --copy DIR`` made, or any folder of segments from position 0 on. The
newest checkpoint that is known must be reached: that of the trust folder, or the copy's own.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from schema.problems import Problem
from schema.signed_request import is_commitment
from service.auditing.copying import Copy
from service.commands.database import alone
from service.ledger import Registry, store
from service.ledger.completing import Completed, complete
from service.ledger.errors import LedgerFormatError
from service.publishing.notes import Noted, read_note
from service.settings import Settings
from service.terminal import demand_consent, progress
from service.trust import read_verifiers

_OUTSIDE = {
    "user-registered": "persons without a password: coldledger password LOGIN, or invite them again",
    "user-invited": "invitations, which have to be made again",
    "token-issued": "tokens that nobody can use: revoke them and issue others",
}
"""Kinds of statement with which something was written that stands outside the ledger."""


def add_options(parser: argparse.ArgumentParser) -> None:
    """Where the copy is."""
    parser.epilog = (
        "The service must be stopped. Exit status: 0 completed; 1 refused, and nothing was written."
    )
    add = parser.add_argument
    add("--from", dest="copy", type=Path, required=True, metavar="DIR", help="an auditor's copy, or segments")
    add("--yes", action="store_true", help="do not ask")


async def run(settings: Settings, registry: Registry, said: argparse.Namespace) -> int:
    """0 where the database was completed. Raises Problem ``completion.…`` or ``command.…``."""
    copy = Copy(_segments(said.copy))
    notes = _notes(settings, said.copy)
    newest = max(note.size for note in notes)
    if copy.end < newest:
        raise Problem("completion.too-short", copied=copy.end, noted=newest)
    async with alone(settings) as (_, conn):
        size = (await store.head(conn)).size
        if size >= newest:
            raise Problem("completion.nothing-missing", size=size, noted=newest)
        demand_consent(f"Write the entries from {size} to {newest - 1} into the database?", given=said.yes)
        checkpoints = [note.checkpoint for note in notes]
        done = await complete(conn, registry, copy.records(), checkpoints, progress())
    sys.stdout.write("".join(f"{line}\n" for line in _told(done)))
    return 0


def _segments(folder: Path) -> Path:
    """Raises Problem ``completion.no-copy``."""
    inner = folder / "segments"
    found = inner if inner.is_dir() else folder
    if not Copy(found).paths():
        raise Problem("completion.no-copy", folder=str(folder))
    return found


def _notes(settings: Settings, folder: Path) -> list[Noted]:
    """Every checkpoint that is known.

    Raises Problem ``completion.no-checkpoint`` or ``….checkpoint-unsigned``.
    """
    verifiers = read_verifiers(settings)
    places = [settings.checkpoint_file, settings.published_file]
    places += [folder / "checkpoint", folder / "segments" / "checkpoint"]
    notes = []
    for place in places:
        try:
            note = read_note(place, verifiers)
        except (OSError, LedgerFormatError) as error:
            raise Problem("completion.checkpoint-unsigned", file=str(place), cause=str(error)) from error
        if note is not None:
            notes.append(note)
    if not notes:
        raise Problem("completion.no-checkpoint")
    return notes


def _told(done: Completed) -> Sequence[str]:
    """What came back, and what never was in the ledger and did not."""
    taken = done.size - done.before
    lines = [f"good {taken} entries taken, {done.size} in all; {done.rows} rows written from the statements"]
    kinds = Counter(statement.kind for statement in done.said)
    personal = sum(_commitments(statement.data) for statement in done.said)
    lines.append("Not in the ledger, and so not back, of what those entries speak of:")
    lines += [f"  {kinds[kind]} {what}" for kind, what in _OUTSIDE.items() if kinds[kind]]
    lines.append(f"  {personal} personal values and free texts: the commitments are there, the words are not")
    lines.append(
        "  sessions, second factors, drafts, refused intents, scanned files: as the database has them"
    )
    return lines


def _commitments(value: Any) -> int:
    if is_commitment(value):
        return 1
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return sum(map(_commitments, inner))

"""``coldledger succeed --reason WORD``: the ledger goes on under a new name and key, in the same database.

For when it cannot go on under the old one: entries are lost that nobody has a copy of, the history differs
from what was signed, or the key is lost or stolen. What is here is inherited where it stands; the first own
statement says what the old name signed last and what is missing (service/parties/succession.py).

Order: the new key on disk → rows made again from the entries → the statement committed → old notes, keys and
segments put aside under the old name → the new key in its place. It may be cut off anywhere: the same command
completes it, and until then no service starts.
"""

from __future__ import annotations

import argparse
import secrets
import sys
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

from schema.problems import Problem
from service.commands.database import alone
from service.ledger import PLATFORM, Idempotency, Ledger, Proposal, Registry, audit, store
from service.ledger.errors import LedgerFormatError
from service.ledger.merkle import RightEdge
from service.ledger.note import Signer, Verifier
from service.ledger.statement import Data, Statement
from service.ledger.store import Connection
from service.parties.identity import HERE, IDENTITY, Identity
from service.parties.succession import SUCCEED, Cause
from service.publishing.notes import Noted, read_note
from service.settings import Settings
from service.storage import open_pool
from service.terminal import demand_consent, progress
from service.trust import demand_key_file, hand_over, next_signer

_PAGE = 10_000
"""Leaves that are read at a time."""


def add_options(parser: argparse.ArgumentParser) -> None:
    """Why, and what is known of the old ledger beyond the trust folder."""
    parser.epilog = "The service must be stopped. docs/operating.md says when this is the way on."
    add = parser.add_argument
    add("--reason", required=True, choices=[*map(str, Cause)], help="why it cannot go on under its name")
    add(
        "--checkpoint",
        type=Path,
        action="append",
        default=[],
        metavar="FILE",
        help="a checkpoint of the old name, from a witness or an auditor; may be given again",
    )
    add("--since", metavar="TIME", help="from when on its keys may have been in other hands (default: now)")
    add("--yes", action="store_true", help="do not ask")


async def run(settings: Settings, registry: Registry, said: argparse.Namespace) -> int:
    """0 where it goes on. Raises Problem ``succession.…`` or ``command.…``."""
    demand_key_file(settings)
    async with alone(settings) as (url, conn):
        identity = await _identity(conn)
        signer = next_signer(settings, _beside(identity.origin))
        if identity.origin != signer.name:
            demand_consent(f"Go on under a new name, and never again as {identity.origin}?", given=said.yes)
            identity = await _rebuilt(conn, registry)
            data = await _looked_at(conn, settings, identity, signer, said)
            await _say(url, registry, signer, data)
            identity = await _identity(conn)
        hand_over(settings, str(identity.names[-2]["origin"]))
    sys.stdout.write("".join(f"{line}\n" for line in _told(identity, signer)))
    return 0


def _beside(origin: str) -> str:
    """A name that no ledger has, at the same host."""
    return f"{origin.rpartition('/')[0] or origin}/{secrets.token_hex(4)}"


async def _identity(conn: Connection) -> Identity:
    """Raises Problem ``succession.nothing-held``."""
    identity: Identity | None = await store.row(conn, IDENTITY, HERE)
    if identity is None:
        raise Problem("succession.nothing-held")
    return identity


async def _rebuilt(conn: Connection, registry: Registry) -> Identity:
    """What the entries say, and nothing that rows say beyond. Raises Problem ``succession.unsound``."""
    report = await audit.rebuild(conn, registry, progress())
    for finding in report.findings:
        raise Problem("succession.unsound", where=finding.where, what=finding.what)
    return await _identity(conn)


async def _looked_at(
    conn: Connection, settings: Settings, identity: Identity, signer: Signer, said: argparse.Namespace
) -> Data:
    """What the successor says. Raises Problem ``succession.note-unreadable`` or ``….nothing-differs``."""
    held = (await store.head(conn)).size
    files = [settings.published_file, settings.checkpoint_file, *said.checkpoint]
    notes = _notes(files, [Verifier.parse(each) for each in identity.trusted], given=said.checkpoint)
    same, other = await _compared(conn, [note for note in notes if note.size <= held])
    if said.reason == Cause.HISTORY_DIFFERS and not other:
        raise Problem("succession.nothing-differs", size=max((note.size for note in same), default=0))
    newest, shown = max(notes, key=_size, default=None), max(same, key=_size, default=None)
    data: Data = {
        "origin": signer.name,
        "vkey": signer.verifier.vkey,
        "reason": said.reason,
        "held": held,
        "predecessor": {
            "origin": identity.origin,
            "vkeys": identity.standing,
            "checkpoint": None if newest is None else newest.text,
        },
        "shown": None if shown is None else shown.text,
    }
    return data if said.since is None else {**data, "since": said.since}


def _size(note: Noted) -> int:
    return note.size


def _notes(files: Sequence[Path], verifiers: Sequence[Verifier], given: Sequence[Path]) -> list[Noted]:
    """The old name's checkpoints: where two cover the same, the one that has cosignatures comes first."""
    notes = []
    for file in files:
        try:
            note = read_note(file, verifiers)
        except (OSError, LedgerFormatError) as error:
            raise Problem("succession.note-unreadable", file=str(file), cause=str(error)) from error
        if note is None and file in given:
            raise Problem("succession.note-unreadable", file=str(file), cause="there is no such file")
        notes += [] if note is None else [note]
    return notes


async def _compared(conn: Connection, notes: Sequence[Noted]) -> tuple[list[Noted], list[Noted]]:
    """Which checkpoints the entries here lead to, and which they contradict."""
    same, other, edge = list[Noted](), list[Noted](), RightEdge()
    for note in sorted(notes, key=_size):
        for start in range(edge.size, note.size, _PAGE):
            edge = edge.extend(await store.leaves(conn, start, min(start + _PAGE, note.size)))
        (same if edge.root() == note.checkpoint.root else other).append(note)
    return same, other


async def _say(url: str, registry: Registry, signer: Signer, data: Data) -> Statement:
    """Once for a new name, however often it is tried."""
    key = sha256(f"succession\n{signer.name}".encode()).hexdigest()
    async with await open_pool(url, "coldledger_writer", 1) as pool:
        ledger = Ledger(pool, registry, signer)
        try:
            proposal = Proposal(SUCCEED, PLATFORM, data, Idempotency(key, key))
            return (await ledger.append(proposal)).statement
        finally:
            await ledger.close()


def _told(identity: Identity, signer: Signer) -> Sequence[str]:
    old, new = identity.names[-2:]
    lines = [f"good the ledger goes on as {new['origin']}, with {new['held']} entries of {old['origin']}"]
    if new["size"] > new["held"]:
        lines.append(f"missing: positions {new['held']} to {new['size'] - 1}, which the old name had signed")
    lines.append(f"shown to be the old ones: the first {new['shown']} of {new['held']}")
    lines.append(f"public key, for witnesses, auditors and scanners: {signer.verifier.vkey}")
    return lines

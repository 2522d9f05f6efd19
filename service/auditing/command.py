"""``coldledger audit URL``: look once, or follow the ledger until an alarm that does not pass by itself."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import time
from contextlib import closing
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final

from schema.problems import Problem
from service.auditing.alarms import Alarm, AlarmError
from service.auditing.auditor import Auditor, Demands, Known, open_known
from service.auditing.fetching import Source
from service.auditing.judging import Judge
from service.auditing.keeping import Keeper
from service.auditing.telling import tell, tell_alarm
from service.ledger.cosignature import require_distinct
from service.ledger.errors import NoteError
from service.receipts.trust import read_ledger_keys, read_witnesses
from service.registry import make_registry
from service.settings import data_home
from service.terminal import progress

HOUR: Final = 3600.0
EXITS: Final = "; ".join(f"{int(alarm)} {alarm.word}" for alarm in Alarm)


def add_audit_options(parser: argparse.ArgumentParser) -> None:
    """Where the ledger is, whom to believe, what to keep."""
    parser.epilog = f"Exit status: 0 sound; 1 it could not be looked at; alarms: {EXITS}."
    add = parser.add_argument
    add("url", metavar="URL", help="the ledger's address, below which /checkpoint is served")
    add_trust_options(parser)
    add(
        "--token-file",
        type=Path,
        metavar="FILE",
        help="an auditor's token: every statement is fetched, kept and judged again as well",
    )
    add("--copy", type=Path, metavar="DIR", help="what was seen, the statements, evidence (default: by key)")
    add("--max-age", type=_count, metavar="SECONDS", help="alarm where nobody vouched for it since")
    add("--follow", type=_count, metavar="SECONDS", help="go on, looking so often")
    add(
        "--compare",
        type=Path,
        action="append",
        default=[],
        metavar="FILE",
        help="a checkpoint, proof or receipt that somebody else was given; may be given several times",
    )
    add("--json", action="store_true", help="a JSON object a line")


def add_trust_options(parser: argparse.ArgumentParser) -> None:
    """Whose signatures count."""
    add = parser.add_argument
    add(
        "--ledger-key",
        required=True,
        action="append",
        metavar="KEY",
        help="the ledger's public key (NAME+ID+KEY) or a file with it; several while one follows another",
    )
    add("--witness", action="append", default=[], metavar="KEY", help="a witness's public key, or a file")
    add("--quorum", type=_count, metavar="N", help="how many of them must have cosigned (default: all)")


async def run_audit(arguments: argparse.Namespace) -> int:
    """Look, tell, and go on where asked to. Raises Problem ``audit.…`` or ``receipt.…``."""
    demands = demands_from(arguments)
    token = None if arguments.token_file is None else _read(arguments.token_file).decode().strip()
    with closing(Keeper(arguments.copy or _folder(demands), demands.verifiers)) as keeper:
        async with Source(arguments.url, token) as source:
            judge = None if token is None else Judge(make_registry())
            auditor = Auditor(source, keeper, demands, judge, progress=progress())
            watch = Watch(auditor, arguments.json)
            try:
                auditor.others += (_compared(path, demands) for path in arguments.compare)
            except AlarmError as error:
                return watch.alarm(error)
            return await watch.follow(arguments.follow)


@dataclass(slots=True)
class Watch:
    """Tells what is new: an alarm, that it passed, growth, and once an hour that nothing is."""

    auditor: Auditor
    as_json: bool
    _alarm: Alarm | None = None
    _size: int = -1
    _told_at: float = 0.0

    async def follow(self, every: float | None) -> int:
        """Look once, or every so many seconds until an alarm that does not pass; the exit status."""
        while True:
            status = await self._look()
            if every is None or (status and not Alarm(status).passes):
                return status
            await asyncio.sleep(every)

    async def _look(self) -> int:
        try:
            look = await self.auditor.look()
        except AlarmError as error:
            return self.alarm(error)
        if self._alarm is not None or look.size != self._size or self._is_due():
            self._say(tell(look, self.as_json))
        self._alarm, self._size = None, look.size
        return 0

    def alarm(self, error: AlarmError) -> int:
        """Keep its evidence, then tell it; one that lasts is told once an hour."""
        kept = None
        if error.evidence:
            url, at = self.auditor.source.url, self.auditor.clock()
            kept = self.auditor.keeper.keep_evidence(error, url, at)
        if error.alarm is not self._alarm or self._is_due():
            self._say(tell_alarm(error, kept, self.as_json))
        self._alarm = error.alarm
        return int(error.alarm)

    def _is_due(self) -> bool:
        return time.monotonic() - self._told_at >= HOUR

    def _say(self, line: str) -> None:
        self._told_at = time.monotonic()
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()


def demands_from(arguments: argparse.Namespace) -> Demands:
    """Raises Problem ``receipt.key-unreadable``, ``audit.keys`` or ``audit.quorum-size``."""
    keys = [key for said in arguments.ledger_key for key in read_ledger_keys(said)]
    witnesses = [witness for said in arguments.witness for witness in read_witnesses(said)]
    try:
        require_distinct([*(key.verifier for key in keys), *witnesses])
    except NoteError as error:
        raise Problem("audit.keys", cause=str(error)) from error
    # One that is named twice counts once.
    count = len({witness.claim for witness in witnesses})
    quorum = count if arguments.quorum is None else arguments.quorum
    if quorum > count:
        raise Problem("audit.quorum-size", needed=quorum, witnesses=count)
    return Demands(tuple(keys), tuple(witnesses), quorum, getattr(arguments, "max_age", None))


def _compared(path: Path, demands: Demands) -> Known:
    return open_known(_read(path), path.name, demands.verifiers)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise Problem("audit.file-unreadable", file=str(path), cause=error.strerror) from error


def _folder(demands: Demands) -> Path:
    """A folder for each ledger, in the user's data folder."""
    key = demands.verifiers[0].vkey.encode()
    return data_home(os.environ) / "coldledger-audits" / sha256(key).hexdigest()[:16]


def _count(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number")
    return int(text)
